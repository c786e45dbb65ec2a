//! A service day by day by the method of one agreement: what a status page shows of the last weeks.

use std::collections::BTreeSet;

use evenkeel_core::{
    id::{AgreementId, ServiceId},
    state::SliState,
};
use evenkeel_sla::availability::Availability;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{availability::measure_by, setting::Ask};
use crate::world::{View, sli::Sealed};

/// What is asked.
#[derive(Debug, Clone)]
pub struct DaysAsk {
    /// Of which service.
    pub service: ServiceId,
    /// By whose method.
    pub agreement: AgreementId,
    /// The zone that days are cut in.
    pub zone: TimeZone,
    /// First day and last.
    pub days: (Date, Date),
    /// Nothing is said of the time from here on.
    pub until: Timestamp,
    /// What holds since then and is not in the ledger yet.
    pub open: Option<(Timestamp, SliState)>,
}

/// The whole stretch, and each of its days.
#[derive(Debug, Clone)]
pub struct Days {
    /// All of it.
    pub whole: Availability,
    /// Day by day, oldest first.
    pub days: Vec<(Date, Availability)>,
}

/// Measures.
pub fn days(view: View<'_>, ask: &DaysAsk) -> Days {
    let start = |day: Date| day.to_zoned(ask.zone.clone()).map_or(ask.until, |at| at.timestamp()).min(ask.until);
    let (first, last) = ask.days;
    let period = Ask { services: BTreeSet::from([ask.service]), from: start(first), to: ask.until };
    // Not in the ledger: of no position that any view leaves out.
    let open = ask.open.map(|(from, state)| Sealed { from, to: ask.until, state, seq: 0 });
    let measured = measure_by(view, &period, ask.service, ask.agreement, open);
    let mut days = Vec::new();
    let mut day = first;
    while day <= last {
        let Ok(next) = day.tomorrow() else { break };
        days.push((day, measured.within(start(day), start(next))));
        day = next;
    }
    Days { whole: measured.availability, days }
}
