//! What nobody ever acts on pages for nothing.

use evenkeel_core::priority::Severity;

use super::{Backtest, Change, Group, Suggestion};
use crate::{
    figure::statistic::count,
    noise::{book::Book, case::Verdict},
};

/// So many decided incidents without a single act.
const DECIDED_MIN: usize = 5;

/// Suggested of what is not critical: of what is, that nobody acted does not prove that nobody needs to know.
pub fn suggest<'b>(book: &'b Book, group: &Group<'_, 'b>) -> Option<Suggestion<'b>> {
    let critical = group.cases.iter().flat_map(|case| &case.incident.alerts).filter_map(|id| book.alerts.get(id));
    if group.decided() < DECIDED_MIN
        || group.is(Verdict::Actionable) > 0
        || critical.into_iter().any(|alert| alert.severity == Severity::Critical)
    {
        return None;
    }
    let backtest = Backtest {
        n: count(group.cases.len()),
        unknown: count(group.is(Verdict::Undecided)),
        incidents_avoided: count(group.cases.len()),
        pages_avoided: group.pages(),
        costs: Vec::new(),
    };
    Some(Suggestion { source: group.source, change: Change::Deactivate, backtest })
}
