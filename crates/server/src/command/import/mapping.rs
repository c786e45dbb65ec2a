//! The mapping file: what the other tool's columns and words mean to us.

use std::{collections::BTreeMap, path::Path};

use evenkeel_core::{
    ErrorCode, Failure,
    id::{OrganisationId, PersonId, ServiceId, TeamId},
    priority::{Level, Priority},
    state::HoldReason,
};
use evenkeel_manage::incident::import::ImportedKind;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::source::Encoding;

/// A word of the file with its place.
pub type Word = Spanned<String>;

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// One thing that happened.
    Event,
    /// One ticket with the times of what happened in columns.
    Ticket,
}

/// The mapping file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// One row per event or per ticket.
    pub rows: Rows,
    /// Where the tickets come from; goes before each key, so that two tools' keys cannot meet.
    pub source: String,
    /// How text is written.
    #[serde(default)]
    pub encoding: Encoding,
    /// What stands between two fields.
    #[serde(default = "comma")]
    pub delimiter: char,
    /// The IANA zone of times without an offset.
    pub zone: Word,
    /// How times are written (strftime); ISO 8601 when not given.
    #[serde(default)]
    pub time_formats: Vec<Word>,
    /// Columns every row has.
    pub columns: Columns,
    /// Rows = event: what the words of the event column mean.
    #[serde(default)]
    pub states: BTreeMap<String, Word>,
    /// Rows = ticket: which column says when what happened.
    #[serde(default)]
    pub times: BTreeMap<String, Word>,
    /// Rows = ticket: columns between which it waited.
    #[serde(default)]
    pub holds: Vec<HoldColumns>,
    /// The service, by our name.
    pub service: Field,
    /// The customer, by our name.
    pub customer: Option<Field>,
    /// The team, by our name.
    pub team: Option<Field>,
    /// The person it was given to, by our name.
    pub person: Option<Field>,
    /// 1 to 5.
    pub priority: Field,
    /// 1 to 3; by the priority when not given.
    pub impact: Option<Field>,
    /// 1 to 3; by the priority when not given.
    pub urgency: Option<Field>,
}

const fn comma() -> char {
    ','
}

/// Columns by their names in the first line.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// The ticket's key.
    pub key: Word,
    /// Its title.
    pub title: Option<Word>,
    /// Rows = event: when.
    pub at: Option<Word>,
    /// Rows = event: what.
    pub event: Option<Word>,
    /// Rows = event: the words of a note or reply.
    pub text: Option<Word>,
}

/// Two columns between which a ticket waited.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldColumns {
    /// Column of the beginning.
    pub from: Word,
    /// Column of the end.
    pub to: Word,
    /// `customer`, `third_party`, `vendor`, `change`, `internal`.
    pub reason: HoldReason,
}

/// A value: from a column, translated, or always the same.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Column.
    pub column: Option<Word>,
    /// Their word → ours; without it their word is ours.
    #[serde(default)]
    pub map: BTreeMap<String, String>,
    /// Where the column is empty, or its word is not in the map.
    pub default: Option<String>,
}

/// Words that an event may mean, as the mapping writes them.
pub const KINDS: &[&str] = &[
    "opened",
    "assigned",
    "in_progress",
    "on_hold.customer",
    "on_hold.third_party",
    "on_hold.vendor",
    "on_hold.change",
    "on_hold.internal",
    "public_reply",
    "customer_reply",
    "internal_note",
    "reprioritised",
    "located",
    "restored",
    "resolved",
    "closed",
    "reopened",
    "cancelled",
    "ignore",
];

/// What a word of [`KINDS`] means, before the row's own facts are filled in.
#[derive(Debug, Clone)]
pub enum Meaning {
    /// Nothing.
    Ignore,
    /// It was given to the row's team and person.
    Assigned,
    /// It was judged anew, by the row's priority.
    Reprioritised,
    /// Words of this kind.
    Text(fn(String) -> ImportedKind),
    /// Something that needs no more facts.
    Plain(ImportedKind),
}

impl Meaning {
    /// The meaning of a word.
    pub fn of(word: &str) -> Option<Self> {
        let plain = |kind| Some(Self::Plain(kind));
        match word {
            "ignore" => Some(Self::Ignore),
            "assigned" => Some(Self::Assigned),
            "reprioritised" => Some(Self::Reprioritised),
            "public_reply" => Some(Self::Text(|text| ImportedKind::PublicReply { text })),
            "customer_reply" => Some(Self::Text(|text| ImportedKind::CustomerReply { text })),
            "internal_note" => Some(Self::Text(|text| ImportedKind::InternalNote { text })),
            "opened" => plain(ImportedKind::Opened),
            "in_progress" => plain(ImportedKind::InProgress),
            "located" => plain(ImportedKind::Located),
            "restored" => plain(ImportedKind::Restored),
            "resolved" => plain(ImportedKind::Resolved),
            "closed" => plain(ImportedKind::Closed),
            "reopened" => plain(ImportedKind::Reopened),
            "cancelled" => plain(ImportedKind::Cancelled),
            other => {
                let reason: HoldReason = other.strip_prefix("on_hold.")?.parse().ok()?;
                plain(ImportedKind::OnHold { reason })
            }
        }
    }
}

/// Reads a mapping file.
///
/// # Errors
/// With file, line and the fix.
pub fn read(path: &Path) -> Result<(Mapping, String), Failure> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::new(ErrorCode::NotFound, format!("{name} cannot be read: {error}")).at(name.clone()))?;
    let mapping = serde_saphyr::from_str::<Mapping>(&text).map_err(|error| {
        let error = error.without_snippet();
        let at = error.location().map_or_else(|| name.clone(), |place| format!("{name}:{}:{}", place.line(), place.column()));
        let words = error.to_string();
        let words = words.lines().next().unwrap_or_default().rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words).to_owned();
        Failure::new(ErrorCode::Invalid, format!("{at}: {words}; docs/en/import.md describes the mapping file")).at(at)
    })?;
    Ok((mapping, text))
}

/// `file:line` of a word, with what is wrong with it.
pub fn wrong(path: &Path, word: &Word, detail: impl std::fmt::Display, allowed: impl IntoIterator<Item = impl Into<String>>) -> Failure {
    let at = format!("{}:{}", path.display(), word.referenced.line());
    Failure::new(ErrorCode::Invalid, format!("{at}: {detail}")).at(at).allowed(allowed)
}

/// Ids by our names.
pub fn service(name: &str) -> ServiceId {
    ServiceId::named(name)
}
/// Ids by our names.
pub fn organisation(name: &str) -> OrganisationId {
    OrganisationId::named(name)
}
/// Ids by our names.
pub fn team(name: &str) -> TeamId {
    TeamId::named(name)
}
/// Ids by our names.
pub fn person(name: &str) -> PersonId {
    PersonId::named(name)
}

/// Impact and urgency that give this priority under the default matrix, for tools that know priorities alone.
pub const fn levels_of(priority: Priority) -> (Level, Level) {
    match priority.get() {
        1 => (Level::HIGH, Level::HIGH),
        2 => (Level::HIGH, Level::MEDIUM),
        3 => (Level::MEDIUM, Level::MEDIUM),
        4 => (Level::MEDIUM, Level::LOW),
        _ => (Level::LOW, Level::LOW),
    }
}
