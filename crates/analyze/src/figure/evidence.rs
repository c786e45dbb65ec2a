//! The rows behind a figure: what was in the numerator, what in the denominator, what could not be told, and for each
//! row the events that say so.

use evenkeel_core::id::{IncidentId, ServiceId};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    definition::DefinitionView,
    model::{Figure, Unit},
};
use crate::words::Words;

/// Rows of each list that an answer holds at the most; [`Evidence::more`] tells of the others.
pub const ROWS_MAX: usize = 1_000;

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Row {
    /// Unique within the list.
    pub id: String,
    /// Shown name: `INC-1042`, or a stretch's state.
    pub label: String,
    /// What it adds.
    pub value: Option<f64>,
    /// The value's unit.
    pub unit: Unit,
    /// The incident.
    pub incident_id: Option<IncidentId>,
    /// The service.
    pub service_id: Option<ServiceId>,
    /// Positions of the events that say so.
    pub event_seqs: Vec<i64>,
    /// The calendar whose hours counted, `name v2`.
    pub calendar: Option<String>,
    /// More, as a code with its values: `p2 restore met`, `2026-03-02T09:00:00Z/2026-03-02T10:00:00Z`.
    pub detail: String,
}

/// Which part of a figure an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// In the numerator, and in the denominator with it.
    Numerator,
    /// In the denominator alone.
    Denominator,
    /// Could not be told.
    Unknown,
    /// Left out by the agreement, with the reason: maintenance.
    Excluded,
}

/// One item of a figure, before it is cut for an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Where it counts.
    pub part: Part,
    /// The row.
    pub row: Row,
}

/// The evidence of a figure.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Evidence {
    /// The figure.
    pub figure: Figure,
    /// What it means.
    pub definition: DefinitionView,
    /// The formula with this period's numbers put in.
    pub worked: Words,
    /// Rows of the numerator.
    pub numerator: Vec<Row>,
    /// Rows of the denominator.
    pub denominator: Vec<Row>,
    /// Rows that could not be told.
    pub unknown: Vec<Row>,
    /// Rows that the agreement leaves out, or was asked to: maintenance, each with how it was judged.
    pub excluded: Vec<Row>,
    /// How many rows were left out, because a list holds 1,000 at the most.
    pub more: i64,
}
