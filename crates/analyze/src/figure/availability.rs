//! Availability of each service, its downtime and outages, and the mean times between and to restore.

use evenkeel_core::{
    definition::Layer,
    id::{AgreementId, ServiceId},
    state::SliState,
};
use evenkeel_sla::{
    availability::{self, Availability, SliInterval},
    intervals::{IntervalSet, Span},
};
use jiff::Timestamp;

use super::{
    compute::{Computed, Values, figure},
    definition::{SERVICE_TIME_FIGURES, SERVICE_TIME_FIGURES_1},
    evidence::{Item, Part, Row},
    maintenance::{self, Excuse, Judged},
    model::Unit,
    setting::{Ask, Setting},
    statistic::{count, number},
};
use crate::world::{
    View,
    sli::{Sealed, Stretch, stretches},
};

const MICROS: f64 = 1_000_000.0;

/// One service over the period.
#[derive(Debug)]
pub struct Measured {
    /// The service.
    pub service: ServiceId,
    /// What its indicator was, without gaps.
    pub stretches: Vec<Stretch>,
    /// What that comes to.
    pub availability: Availability,
    /// What was promised, percent.
    pub target: Option<f64>,
    committed: IntervalSet,
    /// `name v2` of the hours at the end of the period; none = 24×7.
    calendar: Option<String>,
    /// The events that put the definitions.
    definition_seqs: Vec<i64>,
    /// Maintenance in the period, and how it was judged.
    pub maintenance: Vec<Judged>,
    /// The events that put the agreements whose method that was.
    agreement_seqs: Vec<i64>,
}

impl Measured {
    /// The share of good time of a part of the period, 0 to 1; none when nothing of it is known. Cut from what is measured
    /// already: a chart of a hundred pieces does not read every seal a hundred times.
    pub fn value_within(&self, from: Timestamp, to: Timestamp) -> Option<f64> {
        self.within(from, to).value
    }

    /// The availability of a part of the period, cut the same way.
    pub fn within(&self, from: Timestamp, to: Timestamp) -> Availability {
        let first = self.stretches.partition_point(|stretch| stretch.to <= from);
        let indicator: Vec<SliInterval> = self
            .stretches
            .iter()
            .skip(first)
            .take_while(|stretch| stretch.from < to)
            .map(|stretch| SliInterval { from: stretch.from, to: stretch.to, state: stretch.state })
            .collect();
        let whole = IntervalSet::of(from.as_microsecond(), to.as_microsecond());
        availability::availability(from, to, None, &whole.subtract(&self.committed), &indicator)
    }

    /// Maintenance taken out of committed time, seconds.
    pub fn excused_secs(&self) -> f64 {
        number(self.maintenance.iter().map(|judged| judged.excused_micros).sum()) / MICROS
    }
}

/// Measures one service, with the maintenance that its agreement excuses taken out.
pub fn measure(view: View<'_>, ask: &Ask, service: ServiceId) -> Measured {
    measure_without(view, ask, service, maintenance::excuse(view, ask, service))
}

/// Measures one service under a version of the definitions: the first took no maintenance out.
pub fn measure_under(version: i64, view: View<'_>, ask: &Ask, service: ServiceId) -> Measured {
    if version < 2 { measure_without(view, ask, service, Excuse::default()) } else { measure(view, ask, service) }
}

/// Measures one service by the method of one agreement; `open` is the stretch that is not in the ledger yet.
pub fn measure_by(view: View<'_>, ask: &Ask, service: ServiceId, agreement: AgreementId, open: Option<Sealed>) -> Measured {
    measure_with(view, ask, service, maintenance::excuse_by(view, ask, service, agreement), open)
}

fn measure_without(view: View<'_>, ask: &Ask, service: ServiceId, excuse: Excuse) -> Measured {
    measure_with(view, ask, service, excuse, None)
}

fn measure_with(view: View<'_>, ask: &Ask, service: ServiceId, excuse: Excuse, open: Option<Sealed>) -> Measured {
    let seals = view.world.sli.get(&service).into_iter().flatten().copied().filter(|seal| view.knows(seal.seq));
    let stretches = stretches(seals.chain(open), ask.from, ask.to);
    let (hours, calendar, definition_seqs) = committed(view, ask, service);
    let maintenance = excuse.judged(&hours);
    let committed = hours.subtract(&excuse.time);
    let whole = IntervalSet::of(ask.from.as_microsecond(), ask.to.as_microsecond());
    let indicator: Vec<SliInterval> =
        stretches.iter().map(|stretch| SliInterval { from: stretch.from, to: stretch.to, state: stretch.state }).collect();
    // Hours may change within the period: what is not committed is taken out as a whole.
    let availability = availability::availability(ask.from, ask.to, None, &whole.subtract(&committed), &indicator);
    Measured {
        service,
        stretches,
        availability,
        target: target(view, ask, service),
        committed,
        calendar,
        definition_seqs,
        maintenance,
        agreement_seqs: excuse.agreement_seqs,
    }
}

/// From when to when of the period there was something to promise: from the service's first definition or first look,
/// whichever was earlier, to its retirement.
fn alive(view: View<'_>, ask: &Ask, service: ServiceId) -> (Timestamp, Timestamp) {
    let services = &view.world.services;
    let defined = services.all(service).filter(|version| view.knows(version.seq)).map(|version| version.from).min();
    let seals = view.world.sli.get(&service).into_iter().flatten().filter(|seal| view.knows(seal.seq));
    let from = seals.map(|seal| seal.from).chain(defined).min().map_or(ask.to, |first| first.max(ask.from));
    let to = services.retired_at(service, view.position).map_or(ask.to, |retired| retired.min(ask.to));
    (from, to)
}

/// The hours a service was promised for, maintenance or not, piece by piece under the hours in force.
fn committed(view: View<'_>, ask: &Ask, service: ServiceId) -> (IntervalSet, Option<String>, Vec<i64>) {
    let services = &view.world.services;
    let (first, last) = alive(view, ask, service);
    if first >= last {
        return (IntervalSet::empty(), None, Vec::new());
    }
    let mut edges = vec![first];
    edges.extend(services.changes(service, first, last, view.position));
    for at in edges.clone() {
        if let Some(hours) = services.in_force(service, at, view.position).and_then(|service| service.body.hours) {
            edges.extend(view.world.calendars.changes(hours, first, last, view.position));
        }
    }
    edges.sort_unstable();
    edges.dedup();
    let (mut spans, mut name, mut seqs): (Vec<Span>, Option<String>, Vec<i64>) = (Vec::new(), None, Vec::new());
    for (place, from) in edges.iter().enumerate() {
        let to = edges.get(place + 1).copied().unwrap_or(last);
        let definition = services.in_force(service, *from, view.position);
        seqs.extend(definition.map(|definition| definition.seq));
        let hours = definition
            .and_then(|definition| definition.body.hours)
            .and_then(|hours| view.world.calendars.in_force(hours, *from, view.position));
        seqs.extend(hours.map(|hours| hours.seq));
        name = hours.map(|hours| format!("{} v{}", hours.name, hours.version));
        let open = availability::committed(*from, to, hours.map(|hours| &hours.body), &IntervalSet::empty());
        spans.extend(open.spans().iter().copied());
    }
    seqs.sort_unstable();
    seqs.dedup();
    (IntervalSet::union_of(spans), name, seqs)
}

/// The strictest promise of the SLAs that name the service at the end of the period.
fn target(view: View<'_>, ask: &Ask, service: ServiceId) -> Option<f64> {
    let agreements = &view.world.agreements;
    agreements
        .living(ask.from, ask.to, view.position)
        .into_iter()
        .filter_map(|id| agreements.in_force(id, ask.to, view.position))
        .filter(|agreement| agreement.body.layer == Layer::Sla && agreement.body.services.contains(&service))
        .filter_map(|agreement| agreement.body.availability_target)
        .max_by(f64::total_cmp)
}

/// The five figures of one service.
pub fn figures(setting: &Setting<'_>, measured: &Measured) -> Vec<Computed> {
    let [availability, downtime, outage, mtbf, mtrs] =
        if setting.service_time < 2 { &SERVICE_TIME_FIGURES_1 } else { &SERVICE_TIME_FIGURES };
    let mut items = items(setting, measured);
    let excluded = excluded(measured);
    let bad: Vec<Item> = items
        .iter()
        .filter(|item| item.part == Part::Denominator)
        .map(|item| Item { part: Part::Numerator, row: item.row.clone() })
        .chain(excluded.iter().cloned())
        .collect();
    items.extend(excluded);
    let a = &measured.availability;
    let about = || Some((measured.service.to_string(), setting.service_name(measured.service)));
    let same = |text: String| (text.clone(), text);
    let known = a.committed_micros > a.unknown_micros;
    let not_observed = count(items.iter().filter(|item| item.part == Part::Unknown).count());
    let (outages, outages_float) = (i64::from(a.outages), f64::from(a.outages));
    let (good, down, unknown) = (a.good_secs(), a.downtime_secs(), a.unknown_secs());
    // Of outages: how many, and how many stretches nobody watched.
    let of_outages = |value: Option<f64>, worked: String| Values {
        value: value.filter(|_| known),
        n: outages,
        unknown: not_observed,
        worked: same(worked),
        ..Values::default()
    };
    let mean = |secs: f64| (outages > 0).then(|| secs / outages_float);
    vec![
        figure(
            setting,
            availability,
            about(),
            Values {
                value: a.value.map(|value| value * 100.0),
                low: a.low.map(|low| low * 100.0),
                high: a.high.map(|high| high * 100.0),
                target: measured.target,
                n: (a.committed_micros - a.unknown_micros) / 1_000_000,
                unknown: a.unknown_micros / 1_000_000,
                worked: same(format!("{good:.3} s / {:.3} s", good + down)),
                ..Values::default()
            },
            items,
        ),
        figure(
            setting,
            downtime,
            about(),
            Values { low: Some(down), high: Some(down + unknown), ..of_outages(Some(down), format!("{down:.3} s")) },
            bad.clone(),
        ),
        figure(setting, outage, about(), of_outages(Some(outages_float), outages.to_string()), bad.clone()),
        figure(
            setting,
            mtbf,
            about(),
            Values { low: mean(good), high: mean(good + unknown), ..of_outages(mean(good), format!("{good:.3} s / {outages}")) },
            bad.clone(),
        ),
        figure(setting, mtrs, about(), of_outages(a.mtrs_secs, format!("{down:.3} s / {outages}")), bad),
    ]
}

/// Maintenance in the period: what of each window is taken out, and why no more.
fn excluded(measured: &Measured) -> Vec<Item> {
    measured
        .maintenance
        .iter()
        .map(|judged| {
            let (piece, window) = (&judged.piece, &judged.piece.window);
            let mut event_seqs = vec![piece.seq];
            event_seqs.extend(&measured.agreement_seqs);
            Item {
                part: Part::Excluded,
                row: Row {
                    id: format!("{} maintenance {} {}", measured.service, window.from, piece.name),
                    label: piece.name.to_string(),
                    value: Some(number(judged.excused_micros) / MICROS),
                    unit: Unit::Secs,
                    incident_id: None,
                    service_id: Some(measured.service),
                    event_seqs,
                    calendar: measured.calendar.clone(),
                    detail: format!("{}/{} {}", window.from, window.to, judged.why),
                },
            }
        })
        .collect()
}

/// Stretches within committed time: good = numerator, bad = denominator alone, the rest unknown. One sweep over stretches,
/// committed time and seals together: an indicator that flaps has tens of thousands of each.
pub fn items(setting: &Setting<'_>, measured: &Measured) -> Vec<Item> {
    let view = setting.view;
    let mut seals: Vec<&Sealed> = view.world.sli.get(&measured.service).into_iter().flatten().filter(|seal| view.knows(seal.seq)).collect();
    seals.sort_unstable();
    let mut coming = seals.into_iter().peekable();
    let mut near: Vec<&Sealed> = Vec::new();
    let mut committed = measured.committed.spans();
    let mut items = Vec::new();
    for stretch in &measured.stretches {
        while let Some(seal) = coming.next_if(|seal| seal.from < stretch.to) {
            near.push(seal);
        }
        near.retain(|seal| seal.to > stretch.from);
        let span = Span::new(stretch.from.as_microsecond(), stretch.to.as_microsecond());
        let passed = committed.partition_point(|open| open.to <= span.from);
        committed = committed.get(passed..).unwrap_or_default();
        let micros: i64 = committed.iter().take_while(|open| open.from < span.to).map(|open| open.intersect(span).length()).sum();
        if micros == 0 {
            continue;
        }
        let mut event_seqs: Vec<i64> = near.iter().filter(|seal| seal.state == stretch.state).map(|seal| seal.seq).collect();
        event_seqs.sort_unstable();
        event_seqs.extend(&measured.definition_seqs);
        items.push(Item {
            part: match stretch.state {
                SliState::Good | SliState::Partial => Part::Numerator,
                SliState::Bad => Part::Denominator,
                SliState::Unknown => Part::Unknown,
            },
            row: Row {
                id: format!("{} {}", measured.service, stretch.from),
                label: stretch.state.as_str().to_owned(),
                value: Some(number(micros) / MICROS),
                unit: Unit::Secs,
                incident_id: None,
                service_id: Some(measured.service),
                event_seqs,
                calendar: measured.calendar.clone(),
                detail: format!("{}/{}", stretch.from, stretch.to),
            },
        });
    }
    items
}
