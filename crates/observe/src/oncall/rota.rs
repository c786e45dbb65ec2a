//! Who is on call when. Pure: no clock, no database.
//!
//! The layers of a rota, later ones over earlier ones, and over all of them the overrides: of two that overlap, the one made
//! later counts. A gap is a stretch in which nobody is on call.

use evenkeel_core::id::{PersonId, RotaOverrideId, TeamId};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::schedule::{Handover, HolidayRule, Layer, LayerError, Piece, Rotation, Turns, fill, over};

/// The longest range that [`Rota::shifts`] answers for, days.
pub const RANGE_DAYS_MAX: i64 = 400;
/// Layers of one rota at most.
pub const LAYERS_MAX: usize = 20;
/// Holidays of one rota at most.
pub const HOLIDAYS_MAX: usize = 500;

/// A rota as it is declared: the body of `definition.put` of kind `rota`.
///
/// It is written in one of two ways: with `layers`, or, for one layer that changes hands weekly, with `handover`, `members`
/// and `starts_on` beside the team. The second is the older; what was declared so goes on to be written so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RotaText", into = "RotaText")]
pub struct RotaDefinition {
    /// Whose.
    pub team: TeamId,
    /// IANA zone of the wall clock.
    pub zone: String,
    /// Lowest first.
    pub layers: Vec<Layer>,
    /// Days that layers may skip or be for.
    pub holidays: Vec<Date>,
    /// How long a page may stay unanswered before the next person is told, seconds.
    pub ack_limit_secs: i64,
    /// How often the whole order is gone through before we stop.
    pub rounds: u32,
}

/// A rota as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RotaText {
    team: TeamId,
    zone: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    handover: Option<Handover>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    members: Option<Vec<PersonId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    starts_on: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layers: Option<Vec<Layer>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    holidays: Vec<Date>,
    ack_limit_secs: i64,
    #[serde(default = "rounds_default")]
    rounds: u32,
}

const fn rounds_default() -> u32 {
    3
}

/// One layer that changes hands weekly.
fn weekly(handover: Handover, members: Vec<PersonId>, starts_on: Option<Date>) -> Layer {
    Layer {
        name: String::new(),
        zone: None,
        rotation: Rotation::Weeks(1, handover),
        members,
        starts_on,
        hours: Vec::new(),
        holidays: HolidayRule::Count,
    }
}

impl TryFrom<RotaText> for RotaDefinition {
    type Error = String;
    fn try_from(text: RotaText) -> Result<Self, String> {
        let layers = match (text.layers, text.handover, text.members) {
            (Some(layers), None, None) if text.starts_on.is_none() => layers,
            (None, Some(handover), Some(members)) => vec![weekly(handover, members, text.starts_on)],
            (None, _, _) => return Err("a rota needs `handover` and `members`, or `layers`".to_owned()),
            _ => return Err("a rota with `layers` has its `handover`, `members` and `starts_on` in the layers".to_owned()),
        };
        let RotaText { team, zone, holidays, ack_limit_secs, rounds, .. } = text;
        Ok(Self { team, zone, layers, holidays, ack_limit_secs, rounds })
    }
}

impl From<RotaDefinition> for RotaText {
    fn from(definition: RotaDefinition) -> Self {
        let RotaDefinition { team, zone, layers, holidays, ack_limit_secs, rounds } = definition;
        let text = Self { team, zone, handover: None, members: None, starts_on: None, layers: None, holidays, ack_limit_secs, rounds };
        if let [Layer { rotation: Rotation::Weeks(1, handover), members, starts_on, .. }] = layers.as_slice()
            && layers[0] == weekly(*handover, members.clone(), *starts_on)
        {
            return Self { handover: Some(*handover), members: Some(members.clone()), starts_on: *starts_on, ..text };
        }
        Self { layers: Some(layers), ..text }
    }
}

/// One person standing in for a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Override {
    /// Its id.
    pub id: RotaOverrideId,
    /// Who stands in.
    pub person: PersonId,
    /// From, inclusive.
    pub from: Timestamp,
    /// To, exclusive.
    pub to: Timestamp,
}

/// One stretch of one person's duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// Who; none = nobody, a gap.
    pub person: Option<PersonId>,
    /// From, inclusive.
    pub since: Timestamp,
    /// To, exclusive.
    pub until: Timestamp,
    /// The override that made it so.
    pub by_override: Option<RotaOverrideId>,
    /// The layer that made it so, counted from the lowest.
    pub by_layer: Option<usize>,
}

/// What must hold of a definition before it is used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RotaError {
    /// The zone is not in the time zone database.
    #[error("there is no time zone {0:?}; give an IANA name such as Asia/Shanghai")]
    Zone(String),
    /// A layer cannot be used.
    #[error("{0}")]
    Layer(#[from] LayerError),
    /// Out of range.
    #[error("a rota has 1 to {LAYERS_MAX} layers and at most {HOLIDAYS_MAX} holidays")]
    Size,
    /// Out of range.
    #[error("ack_limit_secs is {0}; give 30 to 86400")]
    AckLimit(i64),
    /// Out of range.
    #[error("rounds is {0}; give 1 to 10")]
    Rounds(u32),
}

/// A checked rota, ready to answer.
#[derive(Debug, Clone)]
pub struct Rota {
    layers: Vec<Turns>,
    holidays: Vec<Date>,
}

impl RotaDefinition {
    /// A rota of one layer that changes hands weekly, five minutes to answer, three rounds.
    pub fn weekly(team: TeamId, zone: &str, handover: Handover, members: Vec<PersonId>, starts_on: Option<Date>) -> Self {
        let layers = vec![weekly(handover, members, starts_on)];
        Self { team, zone: zone.to_owned(), layers, holidays: Vec::new(), ack_limit_secs: 300, rounds: rounds_default() }
    }

    /// Everyone in any layer, each once, in the order in which they are written.
    pub fn members(&self) -> Vec<PersonId> {
        let mut members = Vec::new();
        for member in self.layers.iter().flat_map(|layer| &layer.members) {
            if !members.contains(member) {
                members.push(*member);
            }
        }
        members
    }

    /// Checks the definition and makes it answer.
    ///
    /// # Errors
    /// As [`RotaError`] says.
    pub fn rota(&self) -> Result<Rota, RotaError> {
        jiff::tz::TimeZone::get(&self.zone).map_err(|_| RotaError::Zone(self.zone.clone()))?;
        if !(1..=LAYERS_MAX).contains(&self.layers.len()) || self.holidays.len() > HOLIDAYS_MAX {
            return Err(RotaError::Size);
        }
        if !(30..=86_400).contains(&self.ack_limit_secs) {
            return Err(RotaError::AckLimit(self.ack_limit_secs));
        }
        if !(1..=10).contains(&self.rounds) {
            return Err(RotaError::Rounds(self.rounds));
        }
        let layers = self.layers.iter().map(|layer| layer.turns(&self.zone)).collect::<Result<_, _>>()?;
        Ok(Rota { layers, holidays: self.holidays.clone() })
    }
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(days * 24)
}

impl From<Piece> for Shift {
    fn from(piece: Piece) -> Self {
        use super::schedule::Origin;
        let (by_layer, by_override) = match piece.origin {
            Origin::Gap => (None, None),
            Origin::Layer(place) => (Some(place), None),
            Origin::Override(id) => (None, Some(id)),
        };
        Self { person: piece.person, since: piece.since, until: piece.until, by_override, by_layer }
    }
}

impl Rota {
    /// The final shifts of `[from, to)`, cut to it, without holes.
    fn pieces(&self, overrides: &[Override], from: Timestamp, to: Timestamp) -> Vec<Piece> {
        let mut laid = Vec::new();
        for (place, layer) in self.layers.iter().enumerate() {
            laid = over(laid, &layer.pieces(place, &self.holidays, from, to));
        }
        for span in overrides.iter().filter(|span| span.from < span.to && span.from < to && from < span.to) {
            let origin = super::schedule::Origin::Override(span.id);
            laid = over(laid, &[Piece { person: Some(span.person), since: span.from, until: span.to, origin }]);
        }
        fill(laid, from, to)
    }

    /// Who is on call at `at`, since when and until when. `overrides` in the order in which they were made. A gap or a shift
    /// that does not end within [`RANGE_DAYS_MAX`] days ends at the end of time.
    pub fn on_call(&self, overrides: &[Override], at: Timestamp) -> Shift {
        for reach in [8, 64, RANGE_DAYS_MAX] {
            let from = at.checked_sub(days(reach)).unwrap_or(Timestamp::MIN);
            let to = at.checked_add(days(reach)).unwrap_or(Timestamp::MAX);
            let found = self.pieces(overrides, from, to).into_iter().find(|piece| at < piece.until);
            let Some(piece) = found else { continue };
            if reach == RANGE_DAYS_MAX {
                let since = if piece.since == from { Timestamp::MIN } else { piece.since };
                let until = if piece.until == to { Timestamp::MAX } else { piece.until };
                return Piece { since, until, ..piece }.into();
            }
            if from < piece.since && piece.until < to {
                return piece.into();
            }
        }
        Piece::gap(Timestamp::MIN, Timestamp::MAX).into()
    }

    /// Who comes after the shift that holds `at`.
    pub fn next(&self, overrides: &[Override], at: Timestamp) -> Option<Shift> {
        let now = self.on_call(overrides, at);
        (now.until < Timestamp::MAX).then(|| self.on_call(overrides, now.until))
    }

    /// The shifts that touch `[from, to)`, in order and without holes, cut to it; at most [`RANGE_DAYS_MAX`] days.
    pub fn shifts(&self, overrides: &[Override], from: Timestamp, to: Timestamp) -> Vec<Shift> {
        let last = from.checked_add(days(RANGE_DAYS_MAX)).unwrap_or(Timestamp::MAX);
        self.pieces(overrides, from, to.min(last)).into_iter().map(Shift::from).collect()
    }

    /// What layer `place` says of `[from, to)` by itself, as [`Self::shifts`]; nothing where it leaves open.
    pub fn layer_shifts(&self, place: usize, from: Timestamp, to: Timestamp) -> Vec<Shift> {
        let to = to.min(from.checked_add(days(RANGE_DAYS_MAX)).unwrap_or(Timestamp::MAX));
        let pieces = self.layers.get(place).map_or_else(Vec::new, |layer| layer.pieces(place, &self.holidays, from, to));
        fill(pieces, from, to).into_iter().filter(|piece| piece.person.is_some()).map(Shift::from).collect()
    }

    /// The stretches of `[from, to)` in which nobody is on call, neighbours joined.
    pub fn gaps(&self, overrides: &[Override], from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let mut gaps: Vec<(Timestamp, Timestamp)> = Vec::new();
        for shift in self.shifts(overrides, from, to).into_iter().filter(|shift| shift.person.is_none()) {
            match gaps.last_mut() {
                Some(last) if last.1 == shift.since => last.1 = shift.until,
                _ => gaps.push((shift.since, shift.until)),
            }
        }
        gaps
    }

    /// Whom to tell, first to last: who is on call; who has the duty in the layers beneath; then the members in the order
    /// of their coming turns, those of the layer that counts first; then `owner`. Nobody is named twice.
    pub fn escalation(&self, overrides: &[Override], at: Timestamp, owner: Option<PersonId>) -> Vec<PersonId> {
        let soon = at.checked_add(SignedDuration::from_nanos(1)).unwrap_or(at);
        let now: Vec<Option<PersonId>> = (0..self.layers.len())
            .map(|place| self.layers[place].pieces(place, &self.holidays, at, soon).into_iter().find_map(|piece| piece.person))
            .collect();
        let counts = now.iter().rposition(Option::is_some).unwrap_or(self.layers.len().saturating_sub(1));
        let beneath = now[..counts.min(now.len())].iter().rev().flatten().copied();
        let coming = self.layers.get(counts).into_iter().chain(self.layers.iter().rev()).flat_map(|layer| layer.coming(at));
        let mut order = Vec::new();
        for person in self.on_call(overrides, at).person.into_iter().chain(beneath).chain(coming).chain(owner) {
            if !order.contains(&person) {
                order.push(person);
            }
        }
        order
    }
}
