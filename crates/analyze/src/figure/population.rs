//! What became of the first response of every incident: the parts add up to all of them, so that nothing is outside the
//! attainment's n in silence.

use std::collections::BTreeMap;

use evenkeel_core::{
    definition::Layer,
    id::IncidentId,
    state::{Goal, IncidentState},
};
use evenkeel_sla::clock::ClockState;

use super::{
    compute::{Computed, Values, figure, tally},
    definition::{RESPONSE_OUTCOMES, words},
    evidence::{Item, Part, Row},
    model::{Slice, Unit},
    setting::Setting,
    statistic::{count, number},
};
use crate::{
    clock::reading::Reading,
    world::incident::{Incident, What},
};

/// What became of it, the gravest last: of several promises about one incident the gravest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    NoGoal,
    Merged,
    Cancelled,
    Met,
    Open,
    Unanswered,
    Breached,
}

impl Outcome {
    const ALL: [(Self, &'static str, (&'static str, &'static str)); 7] = [
        (Self::Met, "met", ("达成", "met")),
        (Self::Breached, "breached", ("超时", "breached")),
        (Self::Unanswered, "unanswered", ("未响应即结束", "ended without response")),
        (Self::Open, "open", ("仍在计时", "still open")),
        (Self::Cancelled, "cancelled", ("取消", "cancelled")),
        (Self::Merged, "merged", ("并入其他事件", "merged")),
        (Self::NoGoal, "no_goal", ("没有响应目标", "no response goal")),
    ];

    const fn of(reading: &Reading) -> Self {
        match reading.clock.state {
            ClockState::Met => Self::Met,
            ClockState::Breached => Self::Breached,
            ClockState::Stopped => Self::Unanswered,
            ClockState::Merged => Self::Merged,
            ClockState::Cancelled => Self::Cancelled,
            ClockState::Running | ClockState::Paused => Self::Open,
        }
    }

    fn key(self) -> &'static str {
        Self::ALL.iter().find(|(outcome, ..)| *outcome == self).map_or("", |(_, key, _)| key)
    }
}

/// The figure.
pub fn figures(setting: &Setting<'_>) -> Vec<Computed> {
    let mut answers: BTreeMap<IncidentId, &Reading> = BTreeMap::new();
    for reading in setting.readings.iter().filter(|reading| reading.layer == Layer::Sla && reading.clock.goal == Goal::Response) {
        let known = answers.entry(reading.incident).or_insert(reading);
        if Outcome::of(known) < Outcome::of(reading) {
            *known = reading;
        }
    }
    let mut items = Vec::new();
    let mut by: BTreeMap<Outcome, usize> = BTreeMap::new();
    for incident in setting.view.incidents() {
        let Some(opened) = incident.opened.as_ref() else { continue };
        if !setting.ask.services.contains(&opened.service) || !setting.ask.contains(opened.at) {
            continue;
        }
        let (outcome, mut event_seqs) = match (ended(setting, incident), answers.get(&opened.id)) {
            (Some((outcome, seq)), _) => (outcome, vec![seq]),
            (None, Some(reading)) => (Outcome::of(reading), reading.seqs.clone()),
            (None, None) => (Outcome::NoGoal, Vec::new()),
        };
        event_seqs.push(opened.seq);
        event_seqs.sort_unstable();
        event_seqs.dedup();
        *by.entry(outcome).or_default() += 1;
        items.push(Item {
            part: Part::Numerator,
            row: Row {
                id: opened.id.to_string(),
                label: format!("INC-{}", opened.number),
                value: Some(1.0),
                unit: Unit::Count,
                incident_id: Some(opened.id),
                service_id: Some(opened.service),
                event_seqs,
                calendar: answers.get(&opened.id).map(|reading| reading.calendar()),
                detail: format!("P{} {}", opened.priority.get(), outcome.key()),
            },
        });
    }
    let slices = Outcome::ALL.iter().map(|(outcome, key, name)| {
        let n = count(by.get(outcome).copied().unwrap_or(0));
        Slice { key: (*key).to_owned(), label: words(*name), value: Some(number(n)), n }
    });
    let values = Values { by: slices.collect(), ..tally(&items) };
    vec![figure(setting, &RESPONSE_OUTCOMES, None, values, items)]
}

/// Cancelled or merged before the end of the period, and the event that says so.
fn ended(setting: &Setting<'_>, incident: &Incident) -> Option<(Outcome, i64)> {
    let mut ended = None;
    for fact in incident.facts_at(setting.view.position).into_iter().filter(|fact| fact.at < setting.ask.to) {
        ended = match fact.what {
            What::Merged { .. } => Some((Outcome::Merged, fact.seq)),
            What::Transitioned { to: IncidentState::Cancelled, .. } => Some((Outcome::Cancelled, fact.seq)),
            What::Transitioned { to, .. } if to.is_open() => None,
            _ => ended,
        };
    }
    ended
}
