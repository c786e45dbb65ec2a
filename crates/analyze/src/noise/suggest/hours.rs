//! What nobody ever acts on at night can wait for the morning.

use super::{Backtest, Change, Group, Suggestion, cost};
use crate::{
    figure::statistic::count,
    noise::{
        case::{Case, Verdict, is_night, morning},
        figures::Setting,
    },
};

/// Priorities of this number and milder can wait.
const PRIORITY_FROM: u8 = 3;

/// Suggested of low priority, when there were pages at night and nobody did anything before the morning.
pub fn suggest<'b>(setting: &Setting<'_>, group: &Group<'_, 'b>) -> Option<Suggestion<'b>> {
    if group.cases.iter().any(|case| case.incident.priority.get() < PRIORITY_FROM) {
        return None;
    }
    let mut backtest = Backtest { n: count(group.cases.len()), ..Backtest::default() };
    for case in &group.cases {
        let Some(until) = night(setting, case) else { continue };
        if case.incident.did.iter().any(|did| !did.is_answer && did.at < until) {
            // Somebody worked on it that night: it cannot wait.
            return None;
        }
        let over = case.incident.restored.is_some_and(|(at, ..)| at < until);
        backtest.pages_avoided += count(case.pages.iter().filter(|page| page.at < until).count());
        backtest.incidents_avoided += i64::from(over);
        backtest.unknown += i64::from(case.verdict == Verdict::Undecided);
        if case.verdict == Verdict::Actionable {
            backtest.costs.push(cost(case, Some(until.duration_since(case.incident.at).as_secs())));
        }
    }
    (backtest.pages_avoided > 0).then_some(Suggestion { source: group.source, change: Change::HoldUntilMorning, backtest })
}

/// The morning after the night in which it was first paged; none = not at night, or nobody was paged.
fn night(setting: &Setting<'_>, case: &Case<'_>) -> Option<jiff::Timestamp> {
    let first = case.pages.iter().min_by_key(|page| page.at)?;
    let zone = setting.zone_of(first.team);
    is_night(first.at, zone).then(|| morning(first.at, zone))
}
