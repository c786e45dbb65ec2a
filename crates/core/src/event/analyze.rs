//! What the analyze hall says.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::body;
use crate::{
    id::{IncidentId, ReportId},
    state::{Goal, ReportState},
};

/// A promise was missed. Latches: nothing later undoes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockBreached {
    /// Whose clock.
    pub incident_id: IncidentId,
    /// Which goal.
    pub goal: Goal,
    /// Which agreement, by name.
    pub agreement: String,
    /// When it was due.
    pub due_at: Timestamp,
}
body!(ClockBreached, "clock.breached", "incident");

/// A promise is close to being missed, or has been missed for long: told once for each clock, level and agreement version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockEscalated {
    /// Whose clock.
    pub incident_id: IncidentId,
    /// Which goal.
    pub goal: Goal,
    /// Which agreement, by name.
    pub agreement: String,
    /// `at_risk` (three quarters of the target are used up), `overdue` (one and a half times).
    pub level: String,
    /// When it is or was due.
    pub due_at: Option<Timestamp>,
}
body!(ClockEscalated, "clock.escalated", "incident");

/// A report moved along an allowed edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportTransitioned {
    /// Before; none when it was made.
    pub from: Option<ReportState>,
    /// Now.
    pub to: ReportState,
}
body!(ReportTransitioned, "report.transitioned", "report");

/// A report was frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportPublished {
    /// Which.
    pub report_id: ReportId,
    /// 1, or one more for a restatement.
    pub version: i64,
    /// The ledger position its figures were computed up to.
    pub position: i64,
    /// SHA-256 over the frozen figures, hex.
    pub figures_hash: String,
    /// SHA-256 over the whole frozen document, hex.
    pub document_hash: String,
    /// The report it restates.
    pub restates: Option<ReportId>,
}
body!(ReportPublished, "report.published", "report");

/// Somebody looked at a suggestion of the noise review and does not want it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoiseDismissed {
    /// What is suggested, and of what: the same for the same suggestion.
    pub suggestion: String,
    /// Digest of why not.
    pub reason: String,
}
body!(NoiseDismissed, "noise.dismissed", "noise_suggestion");
