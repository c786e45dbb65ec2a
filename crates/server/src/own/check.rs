//! What each finding must be: pure. A page, a rule and a beat judge by these same limits.

use serde::Serialize;
use utoipa::ToSchema;

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OwnSubject)]
pub(crate) enum Subject {
    /// How long a write to the database takes.
    Database,
    /// How late looks of probes begin, 99 of 100 of them.
    ProbeLateness,
    /// How long the look that is due first has been waiting: the engine turns.
    ProbeEngine,
    /// How late the group of rules is that is latest.
    Rules,
    /// How late the timer is that is latest.
    Timers,
    /// How long the message that is due first has been waiting: the outbox turns.
    Outbox,
    /// How old the oldest message is that nobody has taken.
    OutboxAge,
    /// How many messages wait.
    OutboxDepth,
    /// How long pages took until the other side took them, 99 of 100 of the last hour's.
    Pages,
    /// How long the reader of the ledger that stands still has been standing.
    Readers,
    /// The metric store keeps what it is given.
    Metrics,
    /// Which part of the data folder's disk is free.
    DiskFree,
    /// When the disk is full if it goes on as in the last hours.
    DiskFull,
    /// How far the database's clock is from ours.
    ClockSkew,
    /// How much the clock was set since the reading before.
    ClockJump,
    /// How far the kernel believes its clock may be off.
    ClockError,
}

/// The unit of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OwnUnit)]
pub(crate) enum Unit {
    /// Seconds.
    Seconds,
    /// Hours.
    Hours,
    /// A share, 0 to 1.
    Ratio,
    /// A count.
    Count,
}

/// How a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OwnState)]
pub(crate) enum State {
    /// Within its limit.
    Good,
    /// Beyond it.
    Bad,
    /// There is nothing to judge yet, or another process does this work.
    Unknown,
}

/// One finding.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = OwnCheck)]
pub(crate) struct Check {
    /// What was looked at.
    pub subject: Subject,
    /// What was found; null when there is nothing to judge.
    pub value: Option<f64>,
    /// The limit.
    pub limit: f64,
    /// Of value and limit.
    pub unit: Unit,
    /// Whether it keeps the limit.
    pub state: State,
}

/// Everything that is looked at: the word, the metric that keeps it, the limit (more is bad, for a share or hours less is), and
/// whether it is so grave that no beat may say that all is well.
const TABLE: &[(Subject, &str, f64, Unit, bool)] = &[
    (Subject::Database, "evenkeel_database_write_seconds", 10.0, Unit::Seconds, true),
    (Subject::ProbeLateness, "evenkeel_probe_late_seconds", 1.0, Unit::Seconds, false),
    (Subject::ProbeEngine, "evenkeel_probe_overdue_seconds", 120.0, Unit::Seconds, true),
    (Subject::Rules, "evenkeel_rule_late_seconds", 60.0, Unit::Seconds, true),
    (Subject::Timers, "evenkeel_timer_late_seconds", 30.0, Unit::Seconds, true),
    (Subject::Outbox, "evenkeel_outbox_overdue_seconds", 120.0, Unit::Seconds, true),
    (Subject::OutboxAge, "evenkeel_outbox_oldest_seconds", 600.0, Unit::Seconds, false),
    (Subject::OutboxDepth, "evenkeel_outbox_waiting", 1000.0, Unit::Count, false),
    (Subject::Pages, "evenkeel_page_seconds", 60.0, Unit::Seconds, false),
    (Subject::Readers, "evenkeel_reader_still_seconds", 60.0, Unit::Seconds, true),
    (Subject::Metrics, "evenkeel_metric_store_error", 0.0, Unit::Count, true),
    (Subject::DiskFree, "evenkeel_disk_free_ratio", 0.1, Unit::Ratio, false),
    (Subject::DiskFull, "evenkeel_disk_full_hours", 24.0, Unit::Hours, false),
    (Subject::ClockSkew, "evenkeel_clock_skew_seconds", 2.0, Unit::Seconds, false),
    (Subject::ClockJump, "evenkeel_clock_jump_seconds", 5.0, Unit::Seconds, false),
    (Subject::ClockError, "evenkeel_clock_error_seconds", 1.0, Unit::Seconds, false),
];

impl Subject {
    /// Everything that is looked at, in the order in which it is shown.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.0)
    }

    fn row(self) -> &'static (Self, &'static str, f64, Unit, bool) {
        // Each stands in the table once; a test sees to it.
        TABLE.iter().find(|row| row.0 == self).unwrap_or(&TABLE[0])
    }

    /// The metric that keeps it.
    pub(crate) fn metric(self) -> &'static str {
        self.row().1
    }

    /// Whether no beat may say that all is well while it is bad.
    pub(crate) fn is_grave(self) -> bool {
        self.row().4
    }

    /// Judges a value.
    pub(crate) fn judge(self, value: Option<f64>) -> Check {
        let (subject, _, limit, unit, _) = *self.row();
        let keeps = |value: f64| match unit {
            Unit::Seconds | Unit::Count => value.abs() <= limit,
            Unit::Ratio | Unit::Hours => value >= limit,
        };
        let state = match value {
            None => State::Unknown,
            Some(value) if keeps(value) => State::Good,
            Some(_) => State::Bad,
        };
        Check { subject, value, limit, unit, state }
    }
}

impl Check {
    /// One line for whoever reads a beat that says that something is wrong.
    pub(crate) fn line(&self) -> String {
        let value = self.value.unwrap_or_default();
        format!("{} = {value:.3} (limit {})", self.subject.metric(), self.limit)
    }
}
