//! What the API says of an objective: shapes only.

use evenkeel_core::{definition::Bilingual, id::ServiceId, priority::Severity, state::SliState};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{budget::Bounded, worker::SloIncident};

/// A figure, and between what it lies when nothing is assumed of the time that nobody observed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloBounded {
    /// Of what was observed.
    pub(super) value: f64,
    /// If everything unobserved was bad.
    pub(super) low: f64,
    /// If everything unobserved was good.
    pub(super) high: f64,
}

impl From<Bounded> for SloBounded {
    fn from(bounded: Bounded) -> Self {
        Self { value: bounded.value, low: bounded.low, high: bounded.high }
    }
}

/// A formula, and the same with this moment's numbers put in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloFormula {
    /// With names.
    pub(super) formula: String,
    /// With numbers.
    pub(super) filled: String,
}

/// An objective and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloView {
    /// Its name.
    pub(super) name: String,
    /// What people call it.
    pub(super) display: Bilingual,
    /// The service, by name.
    pub(super) service: String,
    /// The service; null while none of this name is declared.
    pub(super) service_id: Option<ServiceId>,
    /// The share that must be good.
    pub(super) target: f64,
    /// `Occurrences`, `Timeslices` or `RatioTimeslices`.
    pub(super) method: String,
    /// What is counted: `events`, or `slices` of `slice_mins` minutes.
    pub(super) unit: String,
    /// How long a slice is; null where events are counted.
    pub(super) slice_mins: Option<i64>,
    /// `rolling` or `calendar`.
    pub(super) window_kind: String,
    /// How long the window is, minutes; of a calendar's about: its edges are exact.
    pub(super) window_mins: i64,
    /// The zone of a calendar's window.
    pub(super) zone: Option<String>,
    /// From, inclusive.
    #[schema(value_type = String, format = DateTime)]
    pub(super) from: Timestamp,
    /// To, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub(super) to: Timestamp,
    /// Up to here it is known.
    #[schema(value_type = String, format = DateTime)]
    pub(super) until: Timestamp,
    /// How many were good.
    pub(super) numerator: f64,
    /// How many there were.
    pub(super) denominator: f64,
    /// The share that was good; null where nothing was observed.
    pub(super) sli: Option<SloBounded>,
    /// How many may be bad.
    pub(super) allowed: f64,
    /// How many were.
    pub(super) spent: f64,
    /// What is left of the budget, 1 = all of it, below 0 = overspent.
    pub(super) remaining: SloBounded,
    /// The share of the time so far that nobody observed.
    pub(super) unknown_share: f64,
    /// The gravest alert that fires: `critical`, `warning` or `info`.
    #[schema(value_type = Option<String>)]
    pub(super) burning: Option<Severity>,
    /// Whether everything up to now was asked for.
    pub(super) current: bool,
    /// Why the last question had no answer; for staff only.
    pub(super) error: Option<String>,
}

/// One window of a burn rate.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloRate {
    /// How long, as one writes it: `1h`.
    pub(super) window: String,
    /// From, inclusive.
    #[schema(value_type = String, format = DateTime)]
    pub(super) from: Timestamp,
    /// To, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub(super) to: Timestamp,
    /// How many were bad.
    pub(super) numerator: f64,
    /// How many there were.
    pub(super) denominator: f64,
    /// Times faster than allowed.
    pub(super) rate: f64,
}

/// Two windows and the rate from which on they are trouble.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloPair {
    /// The burn rate that is too high.
    pub(super) limit: f64,
    /// How grave.
    #[schema(value_type = String)]
    pub(super) severity: Severity,
    /// The long window: it matters.
    pub(super) long: SloRate,
    /// The short window: it still goes on.
    pub(super) short: SloRate,
    /// So long both must burn, minutes.
    pub(super) hold_mins: i64,
    /// `burns`, `calm`, or `unsure` when too little is known.
    pub(super) says: String,
}

/// What was left of the budget at an instant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloPoint {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub(super) at: Timestamp,
    /// What was left, 1 = all of it.
    pub(super) remaining: f64,
}

/// A stretch of the window, and what it came to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloInterval {
    /// `good` as long as it was no worse than the objective asks, `bad`, or `unknown` when less than half was observed.
    #[schema(value_type = String)]
    pub(super) state: SliState,
    /// From, inclusive.
    #[schema(value_type = String, format = DateTime)]
    pub(super) from: Timestamp,
    /// To, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub(super) to: Timestamp,
    /// How many were good.
    pub(super) numerator: f64,
    /// How many there were.
    pub(super) denominator: f64,
}

/// A stretch that was sealed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloSealed {
    /// `good`, `bad` or `unknown`.
    #[schema(value_type = String)]
    pub(super) state: SliState,
    /// From, inclusive.
    #[schema(value_type = String, format = DateTime)]
    pub(super) from: Timestamp,
    /// To, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub(super) to: Timestamp,
    /// The event that holds it, with the query.
    pub(super) seq: i64,
    /// SHA-256 of the query that it was measured by, hex.
    pub(super) query_hash: String,
}

/// How an objective is measured.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloDefinition {
    /// The file it stands in.
    pub(super) file: String,
    /// The line it begins on.
    pub(super) line: usize,
    /// Its document as written.
    pub(super) text: String,
    /// What is asked each minute.
    pub(super) query: String,
    /// SHA-256 of the query, hex.
    pub(super) query_hash: String,
    /// The queries as written: `good` or `bad`, `total`, `value` or `share`.
    pub(super) written: Vec<SloQuery>,
}

/// A query of an objective.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloQuery {
    /// What it counts.
    pub(super) part: String,
    /// As written.
    pub(super) written: String,
    /// As asked each minute.
    pub(super) asked: String,
}

/// An objective in full.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloDetail {
    /// Where it stands.
    #[serde(flatten)]
    pub(super) view: SloView,
    /// What it is about.
    pub(super) description: String,
    /// How the share of good is computed.
    pub(super) sli_formula: SloFormula,
    /// How the budget is computed.
    pub(super) allowed_formula: SloFormula,
    /// How what is left is computed.
    pub(super) remaining_formula: SloFormula,
    /// How a burn rate is computed.
    pub(super) rate_formula: String,
    /// Events in a long window that make a burn rate worth believing.
    pub(super) events_min: f64,
    /// Burn rates.
    pub(super) pairs: Vec<SloPair>,
    /// The budget over the window, oldest first; against what the whole window allows now.
    pub(super) points: Vec<SloPoint>,
    /// Good, bad and unknown time of the window up to now, oldest first, without gaps; numerators and denominators add up to
    /// those above.
    pub(super) intervals: Vec<SloInterval>,
    /// Stretches of the window that were sealed, the newest first, 500 at most; none where events are counted.
    pub(super) sealed: Vec<SloSealed>,
    /// Incidents of the service in the window, oldest first.
    pub(super) incidents: Vec<SloIncident>,
    /// How it is measured; for staff only.
    pub(super) definition: Option<SloDefinition>,
}

/// Objectives and whether the files were taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloListing {
    /// Objectives, by name.
    pub(super) slos: Vec<SloView>,
    /// Why the last files were not taken; those of before hold. For staff only.
    pub(super) trouble: Option<String>,
}
