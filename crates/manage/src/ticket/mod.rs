//! What tickets of every kind have in common. A kind of ticket (incident, request, …) is a folder of its own beside this
//! one; here is only what is the same for all of them.

pub mod erase;
pub mod filter;
pub mod machine;
mod manual;
pub mod number;
pub mod seen;
pub mod timeline;
pub(crate) mod token;
pub mod words;

use evenkeel_api::Caller;

use crate::{Act, Manage};

pub use manual::states;

/// The act of this caller, now.
pub fn act(manage: &Manage, caller: &Caller) -> Act {
    Act { tenant: caller.tenant, actor: caller.actor.clone(), at: manage.kit.now(), source: "api" }
}

/// Whether what this caller says is said by one of ours: whoever is not the customer.
pub fn is_agent(caller: &Caller) -> bool {
    crate::party::is_agent(&caller.roles)
}

/// A ticket as people name it: `INC-1042`.
pub fn tag(ticket: &evenkeel_core::event::voice::TicketRef) -> String {
    use evenkeel_core::state::TicketKind::{Incident, Problem, Request};
    let prefix = match ticket.kind {
        Incident => "INC",
        Request => "REQ",
        Problem => "PRB",
    };
    format!("{prefix}-{}", ticket.number)
}
