//! The five actions: detect by monitoring · notify and escalate · diagnose · authorise recovery · review and improve.

use evenkeel_core::id::PersonId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::moments::{Basis, Fault, Moment};
use crate::world::incident::By;

/// One of the five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FaultActionName)]
pub enum Action {
    /// Detect by monitoring.
    Detect,
    /// Notify and escalate.
    Notify,
    /// Diagnose.
    Diagnose,
    /// Authorise recovery: restore first, root cause after.
    Recover,
    /// Review and improve.
    Review,
}

impl Action {
    /// All five, in order.
    pub const ALL: [Self; 5] = [Self::Detect, Self::Notify, Self::Diagnose, Self::Recover, Self::Review];

    /// The word sent to clients.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Detect => "detect",
            Self::Notify => "notify",
            Self::Diagnose => "diagnose",
            Self::Recover => "recover",
            Self::Review => "review",
        }
    }
}

/// What is known of one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// When.
    pub at: Timestamp,
    /// The person who did it; none = a machine or a token.
    pub owner: Option<PersonId>,
    /// The event that says so.
    pub seq: i64,
}

/// One line of the checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionDone {
    /// Which.
    pub action: Action,
    /// When and by whom; none = not done.
    pub done: Option<Done>,
}

impl Fault {
    /// The checklist, always five lines.
    pub fn actions(&self) -> [ActionDone; 5] {
        let detected = self.detected.filter(|detected| detected.basis == Basis::Telemetry);
        // A cause named after the service was back is still a diagnosis, but T2 does not tell of it; work begun does.
        let diagnosed = self.located.or(self.acted);
        Action::ALL.map(|action| ActionDone {
            action,
            done: match action {
                Action::Detect => detected,
                Action::Notify => self.notified,
                Action::Diagnose => diagnosed,
                Action::Recover => self.acted.filter(|_| self.restored.is_some()),
                Action::Review => self.closed,
            }
            .map(done),
        })
    }
}

const fn done(moment: Moment) -> Done {
    Done {
        at: moment.at,
        owner: match moment.by {
            By::Person(person) => Some(person),
            By::Token | By::System => None,
        },
        seq: moment.seq,
    }
}
