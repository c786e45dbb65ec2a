//! Trouble that mostly heals by itself could last a little before it is told.

use super::{Backtest, Change, Group, Suggestion, cost};
use crate::{
    figure::statistic::count,
    noise::case::{Case, Verdict},
};

/// What is tried, seconds more.
const TRIED_SECS: [i64; 6] = [30, 60, 120, 300, 600, 900];

/// Suggested when at least half of the decided incidents healed by themselves: the longest that would have kept no real fault
/// from being told, as far as it spares more than a shorter one.
pub fn suggest<'b>(group: &Group<'_, 'b>) -> Option<Suggestion<'b>> {
    if group.decided() < super::INCIDENTS_MIN || group.is(Verdict::SelfHealed) * 2 < group.decided() {
        return None;
    }
    let tried = TRIED_SECS.iter().map(|secs| (*secs, backtest(&group.cases, *secs)));
    let (secs, backtest) = tried
        .filter(|(_, outcome)| outcome.pages_avoided > 0 && outcome.costs.iter().all(|cost| cost.later_secs.is_some()))
        // Of those that spare the same, the shortest.
        .max_by_key(|(secs, outcome)| (outcome.pages_avoided, std::cmp::Reverse(*secs)))?;
    Some(Suggestion { source: group.source, change: Change::ConfirmLonger { secs }, backtest })
}

/// The same past with `secs` more: what was over sooner would not have been told, what was real would have been told later.
pub fn backtest(cases: &[&Case<'_>], secs: i64) -> Backtest {
    let mut outcome = Backtest { n: count(cases.len()), ..Backtest::default() };
    for case in cases {
        match case.lasted_secs {
            None => {
                // It still fires: it would have been told by now, later.
                outcome.unknown += i64::from(case.verdict == Verdict::Undecided);
                if case.verdict == Verdict::Actionable {
                    outcome.costs.push(cost(case, Some(secs)));
                }
            }
            Some(lasted) if lasted < secs => {
                if case.verdict == Verdict::Actionable {
                    outcome.costs.push(cost(case, None));
                } else {
                    outcome.incidents_avoided += 1;
                    outcome.pages_avoided += count(case.pages.len());
                }
            }
            Some(_) if case.verdict == Verdict::Actionable => outcome.costs.push(cost(case, Some(secs))),
            Some(_) => {}
        }
    }
    outcome
}
