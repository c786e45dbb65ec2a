//! How a person is reached: their ways in order, from which priority on each is used, when they are left in peace, and
//! which way has been proven to work.
//!
//! Invariants: addresses are nowhere in the ledger; a proof is of one address and ends with it; a person without ways of
//! their own that can be used is reached by what is declared of them (mail, webhook), over all of it at once.

mod browser;
mod canary;
mod drill;
mod findings;
mod mine;
mod one;
mod reachability;
mod store;
mod table;

use evenkeel_core::{
    id::{ContactMethodId, PersonId},
    priority::Priority,
};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

pub use canary::{Canary, CanaryFigures, CanaryPlan, canary_figures};
pub(crate) use drill::mint as mint_drill;
pub use drill::{Drill, DrillObserver, answer_drill, peek_drill, start_drill};
pub use findings::{Findings, GAP_DAYS, findings};
pub use mine::router;
pub use one::{add_browser, lose, remove, renew_key};
pub use reachability::{Reach, reach};
pub use store::{NewMethod, all_methods, find_method, forget, methods, named_ways, quiet_hours, set_methods, set_quiet_hours};
pub use table::MIGRATIONS;

use crate::oncall::Window;

/// The channel of mail.
pub const MAIL: &str = "mail";
/// The channel of webhooks.
pub const WEBHOOK: &str = "webhook";
/// The channel of browsers. An address is a subscription as JSON; it comes from the browser itself.
pub const BROWSER: &str = "browser";
/// A proof that is older counts no more, days.
pub const PROOF_DAYS: i64 = 90;

/// One way to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// Its id.
    pub id: ContactMethodId,
    /// Whose.
    pub person: PersonId,
    /// `mail`, `webhook`, `browser`, or the name of a gateway of the house.
    pub channel: String,
    /// A mail address, a URL, a number, a subscription: as the channel wants it.
    pub address: String,
    /// Tried from the lowest up; those of one place at once.
    pub place: i64,
    /// Used for this priority and graver ones.
    pub up_to: Priority,
    /// When a drill over it was last answered at this address.
    pub proven_at: Option<Timestamp>,
    /// Whether configuration declares it: then it has the address that stands there.
    pub declared: bool,
    /// Since when it takes nothing any more; none = it can be used.
    pub gone_at: Option<Timestamp>,
}

/// When a person is left in peace. Held messages leave when it is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// IANA zone of the hours.
    pub zone: String,
    /// Which hours.
    pub hours: Vec<Window>,
    /// Incidents of this priority and graver ones are told all the same.
    pub breaks_through: Priority,
}

impl QuietHours {
    /// Until when a message about an incident of `priority` waits; none = it leaves at once.
    pub fn holds(&self, priority: Priority, at: Timestamp) -> Option<Timestamp> {
        if priority <= self.breaks_through {
            return None;
        }
        crate::oncall::schedule::open_at(&self.hours, &TimeZone::get(&self.zone).ok()?, at)
    }
}

/// The ways to try for an incident of `priority`: all of the lowest place above `after`.
pub fn turn(methods: &[Method], priority: Priority, after: Option<i64>) -> Vec<&Method> {
    let usable = |method: &&Method| priority <= method.up_to && after.is_none_or(|after| method.place > after);
    let place = methods.iter().filter(usable).map(|method| method.place).min();
    methods.iter().filter(usable).filter(|method| Some(method.place) == place).collect()
}
