//! What an objective is as the API says it, at one moment. Pure.

use evenkeel_core::priority::Severity;

use super::{
    budget::{Budget, budget, burn_down},
    burn::{Look, Rate, Says},
    course::{Course, course},
    model::{Indicator, Metric, Part, Slo},
    shape::{SloBounded, SloDefinition, SloDetail, SloFormula, SloInterval, SloPair, SloPoint, SloQuery, SloRate, SloSealed, SloView},
    table,
    window::{Window, instant},
    worker::{Shared, Tracked, held},
};
use crate::rule::duration;

/// Points of a burn-down at most.
const POINTS_MAX: i64 = 240;

/// A number as one writes it: no more than six digits after the point, and no trailing zeros.
fn number(value: f64) -> String {
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

pub(super) fn standing(tracked: &Tracked) -> Budget {
    let slo = &tracked.slo;
    budget(&tracked.tally, slo.method, slo.target, slo.window.edges(tracked.tally.end()))
}

pub(super) fn view(tracked: &Tracked, budget: &Budget, burning: Option<Severity>, staff: bool) -> SloView {
    let slo = &tracked.slo;
    let (window_kind, zone) = match &slo.window {
        Window::Rolling { .. } => ("rolling", None),
        Window::Calendar { zone, .. } => ("calendar", zone.iana_name().map(str::to_owned)),
    };
    SloView {
        name: slo.name.clone(),
        display: slo.display.clone(),
        service: slo.service.clone(),
        service_id: tracked.service,
        target: slo.target,
        method: slo.method.word().to_owned(),
        unit: if slo.method.is_time() { "slices" } else { "events" }.to_owned(),
        slice_mins: budget.slice_mins,
        window_kind: window_kind.to_owned(),
        window_mins: slo.window.usual_mins(),
        zone,
        from: instant(budget.edges.from),
        to: instant(budget.edges.to),
        until: instant(budget.until),
        numerator: budget.counts.good,
        denominator: budget.counts.total,
        sli: budget.sli().map(SloBounded::from),
        allowed: budget.allowed,
        spent: budget.spent(),
        remaining: budget.remaining().into(),
        unknown_share: budget.unknown,
        burning,
        current: tracked.current,
        error: tracked.error.clone().filter(|_| staff),
    }
}

fn interval(part: &Course) -> SloInterval {
    SloInterval {
        state: part.state,
        from: instant(part.from),
        to: instant(part.to),
        numerator: part.counts.good,
        denominator: part.counts.total,
    }
}

pub(super) fn sealed(row: table::Sealed) -> SloSealed {
    let (from, to) = (instant(row.stretch.from), instant(row.stretch.to));
    SloSealed { state: row.stretch.state, from, to, seq: row.seq, query_hash: row.query_hash }
}

fn rate(rate: &Rate) -> SloRate {
    SloRate {
        window: duration::text((rate.to - rate.from) * 60_000),
        from: instant(rate.from),
        to: instant(rate.to),
        numerator: rate.counts.bad(),
        denominator: rate.counts.total,
        rate: rate.rate,
    }
}

fn pair(look: &Look) -> SloPair {
    let says = match look.says {
        Says::Burns => "burns",
        Says::Calm => "calm",
        Says::Unsure => "unsure",
    };
    SloPair {
        limit: look.pair.rate,
        severity: look.pair.severity,
        long: rate(&look.long),
        short: rate(&look.short),
        hold_mins: look.pair.hold_mins,
        says: says.to_owned(),
    }
}

fn formulas(budget: &Budget) -> (SloFormula, SloFormula, SloFormula) {
    let (good, total, target) = (number(budget.counts.good), number(budget.counts.total), number(budget.target));
    let sli = SloFormula {
        formula: "good / total".to_owned(),
        filled: budget.sli().map_or_else(|| "- / -".to_owned(), |sli| format!("{good} / {total} = {}", number(sli.value))),
    };
    let allowed = match budget.slice_mins {
        Some(slice) => SloFormula {
            formula: "(1 - target) * window / slice".to_owned(),
            filled: format!("(1 - {target}) * {} min / {slice} min = {}", budget.edges.mins(), number(budget.allowed)),
        },
        None => SloFormula {
            formula: "(1 - target) * total".to_owned(),
            filled: format!("(1 - {target}) * {total} = {}", number(budget.allowed)),
        },
    };
    let remaining = SloFormula {
        formula: "1 - (total - good) / allowed".to_owned(),
        filled: if budget.spent() > 0.0 {
            format!("1 - ({total} - {good}) / {} = {}", number(budget.allowed), number(budget.remaining().value))
        } else {
            "1 - 0 = 1".to_owned()
        },
    };
    (sli, allowed, remaining)
}

fn definition(tracked: &Tracked) -> SloDefinition {
    let slo: &Slo = &tracked.slo;
    let query =
        |part: &str, metric: &Metric| SloQuery { part: part.to_owned(), written: metric.written.clone(), asked: metric.asked.clone() };
    let written = match &slo.indicator {
        Indicator::Ratio { part, counted, total } => {
            vec![query(if *part == Part::Good { "good" } else { "bad" }, counted), query("total", total)]
        }
        Indicator::Threshold { value, .. } => vec![query("value", value)],
        Indicator::Raw { share, .. } => vec![query("share", share)],
    };
    SloDefinition {
        file: slo.file.clone(),
        line: slo.line,
        text: slo.text.clone(),
        query: slo.query(),
        query_hash: tracked.query_hash.clone(),
        written,
    }
}

/// Everything of an objective that is in memory, at one moment.
pub(super) fn detail(shared: &Shared, alerts: &[table::OpenAlert], staff: bool) -> SloDetail {
    let tracked = held(shared);
    let slo = &tracked.slo;
    let budget = standing(&tracked);
    let (sli_formula, allowed_formula, remaining_formula) = formulas(&budget);
    let points = burn_down(&tracked.tally, slo.method, &budget, POINTS_MAX);
    SloDetail {
        view: view(&tracked, &budget, gravest(alerts, &slo.name), staff),
        description: slo.description.clone(),
        sli_formula,
        allowed_formula,
        remaining_formula,
        rate_formula: "(bad / total) / (1 - target)".to_owned(),
        events_min: slo.events_min,
        pairs: tracked.looks().iter().map(pair).collect(),
        points: points.into_iter().map(|(at, remaining)| SloPoint { at: instant(at), remaining }).collect(),
        intervals: course(&tracked.tally, &budget).iter().map(interval).collect(),
        sealed: Vec::new(),
        incidents: Vec::new(),
        definition: staff.then(|| definition(&tracked)),
    }
}

pub(super) fn gravest(alerts: &[table::OpenAlert], name: &str) -> Option<Severity> {
    let of = |severity: Severity| alerts.iter().any(|alert| alert.slo == name && alert.severity == severity).then_some(severity);
    of(Severity::Critical).or_else(|| of(Severity::Warning)).or_else(|| of(Severity::Info))
}
