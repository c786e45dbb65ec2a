//! What a statement is given. A null keeps its type, because PostgreSQL asks for it.

use evenkeel_core::{Id, time};
use jiff::Timestamp;

/// A bound value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// BIGINT.
    Int(Option<i64>),
    /// TEXT.
    Text(Option<String>),
    /// DOUBLE PRECISION.
    Float(Option<f64>),
    /// {blob}.
    Bytes(Option<Vec<u8>>),
}

impl Value {
    /// Anything that has a word, as text.
    pub fn word(word: impl std::fmt::Display) -> Self {
        Self::Text(Some(word.to_string()))
    }
    /// An optional word, as text.
    pub fn opt_word<T: std::fmt::Display>(word: Option<T>) -> Self {
        Self::Text(word.map(|word| word.to_string()))
    }
}

macro_rules! from {
    ($($type:ty => |$value:ident| $variant:ident($make:expr);)*) => {$(
        impl From<$type> for Value { fn from($value: $type) -> Self { Self::$variant(Some($make)) } }
        impl From<&$type> for Value { fn from(value: &$type) -> Self { let $value = value.clone(); Self::$variant(Some($make)) } }
        impl From<Option<$type>> for Value { fn from(value: Option<$type>) -> Self { Self::$variant(value.map(|$value| $make)) } }
        impl From<&Option<$type>> for Value { fn from(value: &Option<$type>) -> Self { Self::$variant(value.clone().map(|$value| $make)) } }
    )*};
}
from! {
    i64 => |v| Int(v);
    i32 => |v| Int(i64::from(v));
    u32 => |v| Int(i64::from(v));
    u16 => |v| Int(i64::from(v));
    u8 => |v| Int(i64::from(v));
    usize => |v| Int(i64::try_from(v).unwrap_or(i64::MAX));
    bool => |v| Int(i64::from(v));
    f64 => |v| Float(v);
    String => |v| Text(v);
    Vec<u8> => |v| Bytes(v);
    Timestamp => |v| Int(v.as_microsecond());
}
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}
impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}
impl<K> From<Id<K>> for Value {
    fn from(id: Id<K>) -> Self {
        Self::Text(Some(id.to_string()))
    }
}
impl<K> From<&Id<K>> for Value {
    fn from(id: &Id<K>) -> Self {
        Self::Text(Some(id.to_string()))
    }
}
impl<K> From<Option<Id<K>>> for Value {
    fn from(id: Option<Id<K>>) -> Self {
        Self::Text(id.map(|id| id.to_string()))
    }
}
impl<K> From<&Option<Id<K>>> for Value {
    fn from(id: &Option<Id<K>>) -> Self {
        Self::Text(id.as_ref().map(ToString::to_string))
    }
}

macro_rules! words {
    ($($type:ty),*) => {$(
        impl From<$type> for Value { fn from(word: $type) -> Self { Self::Text(Some(word.as_str().to_owned())) } }
        impl From<Option<$type>> for Value { fn from(word: Option<$type>) -> Self { Self::Text(word.map(|word| word.as_str().to_owned())) } }
    )*};
}
use evenkeel_core::state;
words!(
    state::Verdict,
    state::SliState,
    state::IncidentState,
    state::MajorState,
    state::MajorRole,
    state::ProblemState,
    state::ReviewState,
    state::FollowUpOrigin,
    state::ArticleState,
    state::ArticleKind,
    state::ArticleVisibility,
    state::ChangeState,
    state::ChangeKind,
    state::ChangeOutcome,
    state::RiskLevel,
    state::ReleaseState,
    state::StageState,
    state::RequestState,
    state::ApprovalState,
    state::TaskState,
    state::HoldReason,
    state::Visibility,
    state::Medium,
    state::PageReason,
    state::Goal,
    state::ReportState,
    state::OrganisationKind,
    state::Criticality,
    state::GrievanceState,
    state::ComplaintState,
    state::SurveyState,
    state::TicketKind,
    state::Touchpoint
);

/// Turns a stored number of microseconds into an instant.
pub(crate) fn instant(micros: i64) -> Timestamp {
    time::from_micros(micros)
}

/// `params![a, b, c]`: values in the order of `$1, $2, $3`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}
