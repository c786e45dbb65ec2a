//! One layer: people who take turns.

use evenkeel_core::id::PersonId;
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use super::{
    hours::{HolidayRule, Window, open},
    rotation::Rotation,
    span::{Origin, Piece},
};

/// People in one layer at most.
pub const LAYER_MEMBERS_MAX: usize = 200;
/// Windows of one layer at most.
const WINDOWS_MAX: usize = 50;

/// People who take turns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "LayerText", into = "LayerText")]
pub struct Layer {
    /// What people call it; may be empty.
    pub name: String,
    /// IANA zone of its wall clock; none = the rota's.
    pub zone: Option<String>,
    /// How often it changes hands.
    pub rotation: Rotation,
    /// In the order of their turns; empty = a layer of nobody.
    pub members: Vec<PersonId>,
    /// The first member's turn is the one of the first handover on or after this day; none = counted from 1970-01-05.
    pub starts_on: Option<Date>,
    /// In which hours it counts; empty = always.
    pub hours: Vec<Window>,
    /// What holidays mean for it.
    pub holidays: HolidayRule,
}

/// A layer as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LayerText {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    every: String,
    handover: String,
    members: Vec<PersonId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    starts_on: Option<Date>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hours: Vec<Window>,
    #[serde(default)]
    holidays: HolidayRule,
}

impl TryFrom<LayerText> for Layer {
    type Error = String;
    fn try_from(text: LayerText) -> Result<Self, String> {
        let LayerText { name, zone, every, handover, members, starts_on, hours, holidays } = text;
        Ok(Self { name, zone, rotation: Rotation::parse(&every, &handover)?, members, starts_on, hours, holidays })
    }
}
impl From<Layer> for LayerText {
    fn from(layer: Layer) -> Self {
        let Layer { name, zone, rotation, members, starts_on, hours, holidays } = layer;
        Self { name, zone, every: rotation.every(), handover: rotation.handover(), members, starts_on, hours, holidays }
    }
}

/// What must hold of a layer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayerError {
    /// The zone is not in the time zone database.
    #[error("there is no time zone {0:?}; give an IANA name such as Asia/Shanghai")]
    Zone(String),
    /// Twice in the order.
    #[error("member {0} is in the order twice; an order names each person once")]
    Twice(PersonId),
    /// Too much of something.
    #[error("a layer has at most {LAYER_MEMBERS_MAX} members, {WINDOWS_MAX} windows of hours, and a name of 60 characters")]
    TooMuch,
}

/// A checked layer, ready to answer.
#[derive(Debug, Clone)]
pub(in crate::oncall) struct Turns {
    zone: TimeZone,
    rotation: Rotation,
    first: DateTime,
    members: Vec<PersonId>,
    hours: Vec<Window>,
    holidays: HolidayRule,
}

impl Layer {
    /// Checks the layer and makes it answer; `zone` is the rota's.
    pub(in crate::oncall) fn turns(&self, zone: &str) -> Result<Turns, LayerError> {
        if self.members.len() > LAYER_MEMBERS_MAX || self.hours.len() > WINDOWS_MAX || self.name.chars().count() > 60 {
            return Err(LayerError::TooMuch);
        }
        let zone = self.zone.as_deref().unwrap_or(zone);
        let zone = TimeZone::get(zone).map_err(|_| LayerError::Zone(zone.to_owned()))?;
        for (place, member) in self.members.iter().enumerate() {
            if self.members[..place].contains(member) {
                return Err(LayerError::Twice(*member));
            }
        }
        Ok(Turns {
            zone,
            rotation: self.rotation,
            first: self.rotation.first(self.starts_on),
            members: self.members.clone(),
            hours: self.hours.clone(),
            holidays: self.holidays,
        })
    }
}

impl Turns {
    fn member(&self, turn: i64) -> Option<PersonId> {
        let members = i64::try_from(self.members.len()).ok().filter(|members| *members > 0)?;
        usize::try_from(turn.rem_euclid(members)).ok().and_then(|place| self.members.get(place)).copied()
    }

    /// Every member in the order of their turns after the one that holds `at`; that one's comes last.
    pub(in crate::oncall) fn coming(&self, at: Timestamp) -> impl Iterator<Item = PersonId> {
        let turn = self.rotation.turn(self.first, at, &self.zone);
        (1..=self.members.len()).filter_map(move |ahead| self.member(turn.checked_add(i64::try_from(ahead).ok()?)?))
    }

    /// The layer's stretches of duty that touch `[from, to)`, in order.
    pub(in crate::oncall) fn pieces(&self, place: usize, holidays: &[Date], from: Timestamp, to: Timestamp) -> Vec<Piece> {
        if self.members.is_empty() {
            return Vec::new();
        }
        let hours = open(&self.hours, self.holidays, holidays, &self.zone, from, to);
        let mut pieces = Vec::new();
        let mut turn = self.rotation.turn(self.first, from, &self.zone);
        let mut since = self.rotation.begins(self.first, turn, &self.zone);
        let mut window = 0;
        while since < to {
            let until = self.rotation.begins(self.first, turn + 1, &self.zone);
            let piece = Piece { person: self.member(turn), since, until, origin: Origin::Layer(place) };
            match &hours {
                None if since < until => pieces.push(piece),
                None => {}
                Some(hours) => {
                    while hours.get(window).is_some_and(|open| open.1 <= since) {
                        window += 1;
                    }
                    for open in hours[window..].iter().take_while(|open| open.0 < until) {
                        pieces.push(Piece { since: since.max(open.0), until: until.min(open.1), ..piece });
                    }
                }
            }
            turn += 1;
            since = until;
        }
        pieces
    }
}
