//! The document of a service report: frozen when it is published, and the one thing that the web page, the PDF and the
//! check of figures read.
//!
//! A document holds no personal text. Where a title of an incident is to be shown it holds the digest of it, and
//! [`Document::texts`] is filled in when the document is shown: an erased text is then simply absent, and the
//! document's hash still holds.

use std::collections::BTreeMap;

use evenkeel_core::id::{IncidentId, ServiceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    figure::model::{Figure, Unit},
    words::Words,
};

/// A service that a report is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReportedService {
    /// Which.
    pub id: ServiceId,
    /// Its shown name at the end of the period.
    pub name: Words,
}

/// The whole report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Document {
    /// Shown title.
    pub title: Words,
    /// The short number: `SR-12`.
    pub number: String,
    /// 1, or one more for each restatement.
    pub version: i64,
    /// For whom; none = for ourselves.
    pub customer: Option<Words>,
    /// About what.
    pub services: Vec<ReportedService>,
    /// Period, inclusive.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Period, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// The IANA zone in which its instants and days are shown.
    pub zone: String,
    /// When its figures were collected.
    #[schema(value_type = String, format = DateTime)]
    pub generated_at: Timestamp,
    /// The ledger position its figures were computed up to.
    pub position: i64,
    /// SHA-256 over its figures, hex.
    pub figures_hash: String,
    /// What it says, in reading order.
    pub sections: Vec<Section>,
    /// Personal text by digest, filled in when the document is shown; never stored and never hashed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, String>,
}

/// One section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Section {
    /// Stable key: `overview`, `targets`, `availability`, `breaches`, `faults`, `major`, `trend`, `improvement`, `restatements`.
    pub id: String,
    /// Shown title.
    pub title: Words,
    /// What the author wrote; none = nothing.
    pub text: Option<Words>,
    /// What was computed.
    pub blocks: Vec<Block>,
}

/// Something computed, in a section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// Figures side by side.
    Figures {
        /// Which.
        figures: Vec<Figure>,
    },
    /// A table.
    Table(Table),
    /// A chart.
    Chart(Chart),
    /// The 345 timeline of one fault.
    Timeline345(Timeline345),
}

/// How a column lines up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Column {
    /// Stable key.
    pub key: String,
    /// Shown title.
    pub title: Words,
    /// How it lines up.
    pub align: Align,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Table {
    /// Stable key within the document.
    pub id: String,
    /// Shown title.
    pub title: Words,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
    /// How many more rows there are that are not shown (long lists are cut; the evidence has them all).
    pub more: i64,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Cell {
    /// Words in both languages.
    Words(Words),
    /// A number with its unit; none = cannot be told, shown as a dash.
    Number {
        /// The value.
        value: Option<f64>,
        /// Its unit; seconds are shown as a duration (1h 02m 03s).
        unit: Unit,
    },
    /// An instant, shown in the document's zone; none is shown as a dash.
    Instant {
        /// When.
        #[schema(value_type = Option<String>, format = DateTime)]
        at: Option<Timestamp>,
    },
    /// A promise kept or not; none is shown as a dash.
    Met {
        /// Kept.
        met: Option<bool>,
    },
    /// An incident: its number, and its title when the text is still there.
    Incident {
        /// Which.
        id: IncidentId,
        /// `INC-1042` is 1042.
        number: i64,
        /// Digest of its title, to be looked up in [`Document::texts`].
        title: Option<String>,
    },
}

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// One bar for each category and series.
    Bars,
    /// Points joined, categories in order of time.
    Line,
    /// Stretches of states over time, one row for each of `strips`.
    Strip,
}

/// A chart as data, so that the web page and the PDF draw the same. `Bars` and `Line` read `categories` and `series`;
/// `Strip` reads `strips`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Chart {
    /// Stable key within the document.
    pub id: String,
    /// How it is drawn.
    pub kind: ChartKind,
    /// Shown title.
    pub title: Words,
    /// Unit of the values.
    pub unit: Unit,
    /// Names along the axis.
    pub categories: Vec<Words>,
    /// Values, one for each category.
    pub series: Vec<Series>,
    /// A line across: what was promised.
    pub target: Option<f64>,
    /// Rows of states.
    pub strips: Vec<Strip>,
}

/// One row of values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Series {
    /// Stable key.
    pub key: String,
    /// Shown name.
    pub label: Words,
    /// One for each category; none = cannot be told, drawn as a gap.
    pub values: Vec<Option<f64>>,
}

/// One row of states over time, from the document's `from` to its `to`. What no span covers was not observed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Strip {
    /// Shown name.
    pub label: Words,
    /// Stretches in order, not overlapping. Drawing may merge what is smaller than a pixel, bad winning over unknown
    /// winning over good.
    pub spans: Vec<Span>,
}

/// One stretch of a state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Span {
    /// From, inclusive.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// To, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// `good`, `bad`, `unknown`, `closed` (outside service hours).
    pub state: String,
}

/// The 345 timeline of one fault: four moments, three durations, five actions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Timeline345 {
    /// Which incident.
    pub incident_id: IncidentId,
    /// `INC-1042` is 1042.
    pub number: i64,
    /// Digest of its title, to be looked up in [`Document::texts`].
    pub title: Option<String>,
    /// P1 to P5, as it ended.
    pub priority: u8,
    /// Its service.
    pub service: Words,
    /// T0 to T3, always four, in this order.
    pub moments: Vec<TimelineMoment>,
    /// `detect`, `locate`, `restore`, always three, in this order.
    pub durations: Vec<TimelineDuration>,
    /// T3 − T0, seconds.
    pub total_secs: Option<i64>,
    /// `detect`, `notify`, `diagnose`, `recover`, `review`, always five, in this order.
    pub actions: Vec<TimelineAction>,
}

/// One of the four moments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TimelineMoment {
    /// `t0` … `t3`.
    pub moment: String,
    /// Shown name.
    pub label: Words,
    /// When; none = not known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// `telemetry`, `declared`, `customer`, `cause_known`, `decision_to_act`, `import`; none = not known.
    pub basis: Option<String>,
    /// The basis in words.
    pub basis_label: Option<Words>,
    /// The event that says so.
    pub event_seq: Option<i64>,
}

/// One of the three durations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TimelineDuration {
    /// `detect`, `locate`, `restore`.
    pub name: String,
    /// Shown name with its formula: `定位 locate = T2 − T1`.
    pub label: Words,
    /// Seconds; none = an end is not known.
    pub secs: Option<i64>,
}

/// One of the five actions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TimelineAction {
    /// `detect`, `notify`, `diagnose`, `recover`, `review`.
    pub action: String,
    /// Shown name.
    pub label: Words,
    /// Whether it was done.
    pub done: bool,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// The event that says so.
    pub event_seq: Option<i64>,
}
