//! What a clock says.

use evenkeel_core::{
    definition::TimeOwner,
    priority::Priority,
    state::{Goal, HoldReason},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::calendar::{CalendarCause, CauseDetail};

/// Where a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// Time is counted (in the calendar's hours).
    Running,
    /// A hold that the agreement names stops it.
    Paused,
    /// The goal was reached no later than it was due.
    Met,
    /// It was missed. Latches: nothing later undoes it.
    Breached,
    /// It ended without being met or missed: the agreement ceased to apply, or the ticket was resolved in time without
    /// the answer this clock waited for.
    Stopped,
    /// The ticket became part of another, whose clocks go on.
    Merged,
    /// The ticket was a duplicate or no incident.
    Cancelled,
}

impl ClockState {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Met => "met",
            Self::Breached => "breached",
            Self::Stopped => "stopped",
            Self::Merged => "merged",
            Self::Cancelled => "cancelled",
        }
    }
}

impl std::fmt::Display for ClockState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What one clock says at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ClockReading {
    /// The goal it runs for.
    pub goal: Goal,
    /// The priority whose target applies.
    pub priority: Priority,
    /// The terms that apply, an index into those handed to the fold.
    pub terms: usize,
    /// The target, seconds of business time.
    pub target_secs: i64,
    /// Where it stands.
    pub state: ClockState,
    /// From when it counts: the origin, or the change of target when the agreement counts from there.
    pub started_at: Timestamp,
    /// When it is due (or was, had it not been stopped); none while paused, or when never.
    pub due_at: Option<Timestamp>,
    /// The due date lies beyond the last decreed holiday year.
    pub holidays_not_yet_published: bool,
    /// Seconds counted.
    pub elapsed_secs: i64,
    /// Target less counted; negative when overdrawn.
    pub remaining_secs: i64,
    /// When it was missed.
    pub breached_at: Option<Timestamp>,
    /// When it stopped; none while it may still count.
    pub stopped_at: Option<Timestamp>,
    /// The hold that pauses it now.
    pub paused_by: Option<HoldReason>,
    /// The instant of this reading.
    pub as_of: Timestamp,
}

impl ClockReading {
    /// Whether it may still count.
    pub const fn is_open(&self) -> bool {
        self.stopped_at.is_none()
    }
}

/// What a stretch of a clock's life was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IntervalKind {
    /// Business time that the target is spent on.
    Counted,
    /// Business time that a named hold does not count.
    Paused,
    /// Outside the calendar's hours.
    Closed,
    /// Between a stop and the re-opening, or before the change a target counts from.
    Stopped,
}

/// What a ticket's event made of its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventCause {
    /// The ticket was opened.
    Opened,
    /// Time inherited from the ticket it was cut out of.
    Inherited,
    /// Time inherited from a ticket that was merged into it.
    Absorbed,
    /// A hold ended.
    Resumed,
    /// A hold that the agreement names.
    OnHold,
    /// A hold that the agreement does not name: the clock runs on.
    OnHoldCounted,
    /// Handed to another party.
    Assigned,
    /// It was resolved.
    Resolved,
    /// The service was restored.
    Restored,
    /// It came back.
    Reopened,
    /// The target counts from a later change.
    Retargeted,
}

/// The code of a cause: a calendar's rule or a ticket's event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum CauseCode {
    /// The calendar says so.
    Calendar(CalendarCause),
    /// An event says so.
    Event(EventCause),
}

/// Why an interval is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// Which rule or kind of event.
    pub code: CauseCode,
    /// The event, by ledger position, when an event it is.
    pub event_seq: Option<i64>,
    /// Which holiday, date, hold.
    pub detail: CauseDetail,
}

/// One stretch of a clock's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Interval {
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
    /// What it was.
    pub kind: IntervalKind,
    /// Its length, seconds.
    pub secs: i64,
    /// Why.
    pub cause: Cause,
    /// Whose time, when business time it is.
    pub owner: Option<TimeOwner>,
}

/// Business time that one party held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct OwnerSecs {
    /// Who.
    pub owner: TimeOwner,
    /// Counted and paused together.
    pub secs: i64,
    /// Of these, counted against the target: these sum to `elapsed_secs`.
    pub counted_secs: i64,
    /// Of these, paused.
    pub paused_secs: i64,
}

/// A reading with every second accounted for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The reading.
    pub reading: ClockReading,
    /// From the origin to the end without a gap.
    pub intervals: Vec<Interval>,
    /// By owner; parties without time are left out.
    pub owners: Vec<OwnerSecs>,
    /// Business seconds in all: the owners' sum.
    pub business_secs: i64,
}
