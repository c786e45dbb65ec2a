//! How risky a change is, pure: a sum of points, each with the reason that gives it.
//!
//! The scale is ours. What adds most is what has shown itself: like changes that failed, and a budget that is spent.

use evenkeel_core::{
    event::change::{Risk, RiskReason},
    state::{Criticality, RiskLevel},
};

/// From so many points on it is medium.
const MEDIUM: i64 = 5;
/// From so many points on it is high.
const HIGH: i64 = 9;
/// So many like changes without one that failed speak for it.
const PROVEN: i64 = 5;

/// When the window is, in the hours of the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hours {
    /// While at least one of them is served.
    Inside,
    /// While none is.
    Outside,
    /// They are served always: no window is outside.
    Always,
}

/// What a risk is judged by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Facts {
    /// Of the most critical service.
    pub criticality: Criticality,
    /// Services that depend on those it touches, directly and not.
    pub dependants: usize,
    /// Like changes that were reviewed within a year.
    pub like: i64,
    /// Of these those that were not successful.
    pub unsuccessful: i64,
    /// See [`Hours`].
    pub hours: Hours,
    /// The share of an error budget that is left, of the service with the least; none = no objective, or not known.
    pub budget_left: Option<f64>,
}

/// The risk.
pub(super) fn risk(facts: &Facts) -> Risk {
    let reasons = vec![criticality(facts), dependants(facts), history(facts), hours(facts), budget(facts)];
    let points = reasons.iter().map(|reason| reason.points).sum::<i64>().max(0);
    Risk { level: level(points), points, reasons }
}

/// The risk that a template fixed, however it would be judged.
pub(super) fn fixed(level: RiskLevel, template: &str) -> Risk {
    let points = match level {
        RiskLevel::Low => 0,
        RiskLevel::Medium => MEDIUM,
        RiskLevel::High => HIGH,
    };
    Risk { level, points, reasons: vec![reason("template", points, [template.to_owned()])] }
}

const fn level(points: i64) -> RiskLevel {
    match points {
        HIGH.. => RiskLevel::High,
        MEDIUM.. => RiskLevel::Medium,
        _ => RiskLevel::Low,
    }
}

fn reason(code: &str, points: i64, facts: impl IntoIterator<Item = String>) -> RiskReason {
    RiskReason { code: code.to_owned(), points, facts: facts.into_iter().collect() }
}

fn criticality(facts: &Facts) -> RiskReason {
    let points = match facts.criticality {
        Criticality::Critical => 4,
        Criticality::High => 3,
        Criticality::Medium => 1,
        Criticality::Low => 0,
    };
    reason("criticality", points, [facts.criticality.to_string()])
}

fn dependants(facts: &Facts) -> RiskReason {
    let points = match facts.dependants {
        0 => 0,
        1..5 => 1,
        5..20 => 2,
        _ => 3,
    };
    reason("dependants", points, [facts.dependants.to_string()])
}

/// More than a fifth that was not successful is much; none of five or more speaks for it; nothing done yet is a risk of its own.
fn history(facts: &Facts) -> RiskReason {
    let (like, bad) = (facts.like, facts.unsuccessful);
    let points = match (like, bad) {
        (0, _) => 2,
        (_, 0) if like >= PROVEN => -1,
        (_, 0) => 0,
        _ if bad * 5 > like => 3,
        _ => 1,
    };
    reason("history", points, [like.to_string(), bad.to_string()])
}

fn hours(facts: &Facts) -> RiskReason {
    let (points, word) = match facts.hours {
        Hours::Inside => (2, "inside"),
        Hours::Always => (1, "always"),
        Hours::Outside => (0, "outside"),
    };
    reason("service_hours", points, [word.to_owned()])
}

fn budget(facts: &Facts) -> RiskReason {
    let points = match facts.budget_left {
        Some(left) if left <= 0.0 => 3,
        Some(left) if left < 0.25 => 2,
        Some(left) if left < 0.5 => 1,
        Some(_) | None => 0,
    };
    // Whole percents: no figure is computed from them.
    reason("error_budget", points, [facts.budget_left.map_or_else(|| "unknown".to_owned(), |left| format!("{:.0}", left * 100.0))])
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALM: Facts =
        Facts { criticality: Criticality::Low, dependants: 0, like: 5, unsuccessful: 0, hours: Hours::Outside, budget_left: None };

    #[test]
    fn the_points_are_the_sum_of_the_reasons_and_every_reason_is_named() {
        let risk = risk(&Facts { criticality: Criticality::High, dependants: 7, like: 4, unsuccessful: 1, ..CALM });
        let given: Vec<(&str, i64)> = risk.reasons.iter().map(|reason| (reason.code.as_str(), reason.points)).collect();
        // 3 + 2 + 3 (a quarter failed) + 0 + 0.
        assert_eq!(given, [("criticality", 3), ("dependants", 2), ("history", 3), ("service_hours", 0), ("error_budget", 0)]);
        assert_eq!((risk.points, risk.level), (8, RiskLevel::Medium));
    }

    #[test]
    fn what_was_done_well_speaks_for_it_and_never_makes_less_than_nothing() {
        assert_eq!((risk(&CALM).points, risk(&CALM).level), (0, RiskLevel::Low));
        assert!(risk(&Facts { like: 0, ..CALM }).points > risk(&Facts { like: 1, ..CALM }).points, "nothing done yet is a risk");
    }

    #[test]
    fn a_worse_fact_never_gives_a_lower_risk() {
        let worse = [
            Facts { criticality: Criticality::Critical, ..CALM },
            Facts { dependants: 20, ..CALM },
            Facts { unsuccessful: 1, ..CALM },
            Facts { unsuccessful: 2, ..CALM },
            Facts { hours: Hours::Inside, ..CALM },
            Facts { budget_left: Some(0.0), ..CALM },
        ];
        for facts in worse {
            let reasons = risk(&facts).reasons;
            let calm = risk(&CALM).reasons;
            assert!(reasons.iter().zip(&calm).all(|(worse, calm)| worse.points >= calm.points), "{facts:?}");
            assert!(reasons.iter().zip(&calm).any(|(worse, calm)| worse.points > calm.points), "{facts:?}");
        }
    }

    #[test]
    fn a_spent_budget_beside_a_critical_service_in_its_hours_is_high() {
        let facts = Facts { criticality: Criticality::Critical, hours: Hours::Inside, budget_left: Some(-0.2), like: 1, ..CALM };
        assert_eq!(risk(&facts).level, RiskLevel::High);
        assert_eq!(risk(&facts).reasons[4].facts, ["-20"]);
    }
}
