//! What of the ledger a rule can wait for. Pure.

use evenkeel_core::{
    event::{
        Body as _, Event,
        analyze::{ClockBreached, ClockEscalated},
        manage::{Assigned, IncidentOpened, Noted, Reprioritised, Transitioned},
        request::{RequestNoted, RequestSubmitted, RequestTransitioned},
    },
    state::{IncidentState, RequestState, Visibility},
};
use jiff::Timestamp;

use super::{Since, When};
use crate::automation::subject::TicketState;

/// The kinds of events that are read.
pub const KINDS: [&str; 10] = [
    IncidentOpened::KIND,
    Transitioned::KIND,
    Assigned::KIND,
    Reprioritised::KIND,
    Noted::KIND,
    ClockBreached::KIND,
    ClockEscalated::KIND,
    RequestSubmitted::KIND,
    RequestTransitioned::KIND,
    RequestNoted::KIND,
];

/// Something happened to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// It was opened.
    Opened,
    /// It came into this state.
    Moved(TicketState),
    /// The customer said something.
    Replied,
    /// One of ours said something to the customer.
    Answered,
    /// Its priority changed.
    Reprioritised,
    /// It was given to somebody.
    Assigned,
    /// A promise is close to being missed.
    AtRisk,
    /// A promise was missed.
    Breached,
    /// A promise has been missed for long.
    Overdue,
}

/// What happened; none = nothing that a rule waits for. A description is no reply.
///
/// # Errors
/// When a payload cannot be read.
pub fn of(event: &Event, opened_at: Timestamp) -> Result<Option<Happening>, serde_json::Error> {
    if let Some(noted) = event.read::<Noted>().transpose()? {
        let public = noted.visibility == Visibility::Public && event.occurred_at > opened_at;
        return Ok(public.then_some(if noted.by_agent { Happening::Answered } else { Happening::Replied }));
    }
    if let Some(moved) = event.read::<Transitioned>().transpose()? {
        return Ok(Some(Happening::Moved(TicketState::Incident(moved.to))));
    }
    if let Some(noted) = event.read::<RequestNoted>().transpose()? {
        let public = noted.visibility == Visibility::Public && event.occurred_at > opened_at;
        return Ok(public.then_some(if noted.by_agent { Happening::Answered } else { Happening::Replied }));
    }
    if let Some(moved) = event.read::<RequestTransitioned>().transpose()? {
        return Ok(Some(Happening::Moved(TicketState::Request(moved.to))));
    }
    if let Some(escalated) = event.read::<ClockEscalated>().transpose()? {
        return Ok(match escalated.level.as_str() {
            "at_risk" => Some(Happening::AtRisk),
            "overdue" => Some(Happening::Overdue),
            _ => None,
        });
    }
    Ok(match event.kind.as_str() {
        IncidentOpened::KIND | RequestSubmitted::KIND => Some(Happening::Opened),
        Reprioritised::KIND => Some(Happening::Reprioritised),
        Assigned::KIND => Some(Happening::Assigned),
        ClockBreached::KIND => Some(Happening::Breached),
        _ => None,
    })
}

impl When {
    /// Whether this is what it waits for.
    pub fn awaits(&self, happening: Happening) -> bool {
        match (self, happening) {
            (Self::Opened, Happening::Opened)
            | (Self::Replied, Happening::Replied)
            | (Self::Answered, Happening::Answered)
            | (Self::Reprioritised, Happening::Reprioritised)
            | (Self::Assigned, Happening::Assigned)
            | (Self::AtRisk, Happening::AtRisk)
            | (Self::Breached, Happening::Breached)
            | (Self::Overdue, Happening::Overdue) => true,
            (Self::Moved(states), Happening::Moved(state)) => states.is_empty() || states.contains(&state),
            _ => false,
        }
    }
}

/// What something that happened means for time that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It is counted from here.
    From,
    /// It is not counted any more.
    Ended,
    /// Nothing.
    Nothing,
}

impl Since {
    /// What this means for it.
    pub const fn mark(self, happening: Happening) -> Mark {
        use Happening as H;
        use IncidentState as S;
        use RequestState as R;
        use TicketState::{Incident as I, Request as Q};
        match (self, happening) {
            (Self::Opened, H::Opened | H::Moved(I(S::Reopened)))
            | (Self::State, H::Opened | H::Moved(_))
            | (Self::CustomerReply, H::Opened | H::Replied)
            | (Self::OurReply, H::Answered) => Mark::From,
            (
                Self::Opened | Self::CustomerReply | Self::OurReply,
                H::Moved(
                    I(S::Resolved | S::Closed | S::Cancelled | S::Merged) | Q(R::Fulfilled | R::Accepted | R::Rejected | R::Withdrawn),
                ),
            )
            | (Self::CustomerReply, H::Answered)
            | (Self::OurReply, H::Replied) => Mark::Ended,
            _ => Mark::Nothing,
        }
    }
}
