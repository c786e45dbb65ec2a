//! What always fires with another, a moment later, is a consequence of it.

use super::{Backtest, Change, Group, Suggestion, cost};
use crate::{
    figure::statistic::count,
    noise::case::{Case, Verdict},
};

/// Opened within so many seconds of one another.
const WITHIN_SECS: i64 = 60;
/// So many times at least.
const TIMES_MIN: usize = 3;

/// Suggested when at least four fifths of a source's incidents were opened within a minute after one of another service's.
pub fn suggest<'b>(groups: &[Group<'_, 'b>]) -> Vec<Suggestion<'b>> {
    let mut found = Vec::new();
    for later in groups {
        let best = groups
            .iter()
            .filter(|first| first.source.service != later.source.service)
            .map(|first| (first, later.cases.iter().copied().filter(|case| follows(case, first)).collect::<Vec<_>>()))
            .filter(|(_, with)| with.len() >= TIMES_MIN && with.len() * 5 >= later.cases.len() * 4)
            .max_by_key(|(_, with)| with.len());
        if let Some((first, with)) = best {
            found.push(Suggestion {
                source: later.source,
                change: Change::DependOn { name: first.source.name.clone(), service: first.source.service },
                backtest: backtest(later, &with),
            });
        }
    }
    found
}

/// Whether one of the other's incidents was opened at most a minute before. Of two in the same instant the one with the smaller
/// id leads, so that no two depend on one another.
fn follows(case: &Case<'_>, first: &Group<'_, '_>) -> bool {
    first.cases.iter().any(|other| {
        let apart = case.incident.at.duration_since(other.incident.at).as_secs();
        (0..=WITHIN_SECS).contains(&apart) && (other.incident.at, other.id) < (case.incident.at, case.id)
    })
}

/// With the dependency the later ones would have been told only if they outlasted the first; here: those that somebody acted on
/// by themselves are the cost.
fn backtest(later: &Group<'_, '_>, with: &[&Case<'_>]) -> Backtest {
    let mut outcome = Backtest { n: count(later.cases.len()), ..Backtest::default() };
    for case in with {
        match case.verdict {
            Verdict::Actionable => outcome.costs.push(cost(case, None)),
            Verdict::Undecided => outcome.unknown += 1,
            Verdict::SelfHealed | Verdict::Untouched => {
                outcome.incidents_avoided += 1;
                outcome.pages_avoided += count(case.pages.len());
            }
        }
    }
    outcome
}
