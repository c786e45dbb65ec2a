//! Attainment = met / (met + breached), by priority beside the total, always with n; and the breaches themselves.

use std::collections::BTreeSet;

use evenkeel_core::{definition::Layer, priority::Priority, state::Goal};

use super::{
    compute::{Computed, Values, figure, share, tally},
    definition::{ATTAINMENT_RESOLVE, ATTAINMENT_RESPONSE, ATTAINMENT_RESTORE, ATTAINMENT_TOTAL, BREACHES, Definition},
    evidence::{Item, Part, Row},
    model::{Slice, Unit},
    setting::Setting,
    statistic::{count, number, percent},
};
use crate::{clock::reading::Reading, words::Words};

/// All of them: one for each goal, all goals together, and the breaches.
pub fn figures(setting: &Setting<'_>) -> Vec<Computed> {
    vec![
        attainment(setting, &ATTAINMENT_RESPONSE, Some(Goal::Response)),
        attainment(setting, &ATTAINMENT_RESTORE, Some(Goal::Restore)),
        attainment(setting, &ATTAINMENT_RESOLVE, Some(Goal::Resolve)),
        attainment(setting, &ATTAINMENT_TOTAL, None),
        breaches(setting),
    ]
}

/// Clocks of the SLA layer whose outcome lies in the period, with whether they were met.
pub fn outcomes<'s>(setting: &'s Setting<'_>) -> impl Iterator<Item = (&'s Reading, bool)> {
    setting.readings.iter().filter(|reading| reading.layer == Layer::Sla).filter_map(|reading| {
        let (at, met) = reading.outcome()?;
        setting.ask.contains(at).then_some((reading, met))
    })
}

fn item(reading: &Reading, met: bool) -> Item {
    let clock = &reading.clock;
    let word = if met { "met" } else { "breached" };
    let due = clock.due_at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    Item {
        part: if met { Part::Numerator } else { Part::Denominator },
        row: Row {
            id: format!("{} {} {}", reading.incident, reading.applied.agreement.id, clock.goal),
            label: format!("INC-{}", reading.number),
            value: Some(number(clock.elapsed_secs)),
            unit: Unit::Secs,
            incident_id: Some(reading.incident),
            service_id: Some(reading.service),
            event_seqs: reading.seqs.clone(),
            calendar: Some(reading.calendar()),
            detail: format!("P{} {} {word} target {} s due {due}", clock.priority.get(), clock.goal, clock.target_secs),
        },
    }
}

fn attainment(setting: &Setting<'_>, definition: &'static Definition, goal: Option<Goal>) -> Computed {
    let mut met_by = [0i64; 5];
    let mut all_by = [0i64; 5];
    let items: Vec<Item> = outcomes(setting)
        .filter(|(reading, _)| goal.is_none_or(|goal| reading.clock.goal == goal))
        .map(|(reading, met)| {
            let place = usize::from(reading.clock.priority.get() - 1);
            all_by[place] += 1;
            met_by[place] += i64::from(met);
            item(reading, met)
        })
        .collect();
    let mut values = share(&items);
    // Everything that counts has an outcome: there is nothing unknown to bound.
    (values.low, values.high) = (None, None);
    values.target = target(setting, goal);
    values.by = Priority::ALL
        .iter()
        .zip(met_by.into_iter().zip(all_by))
        .map(|(priority, (met, all))| Slice {
            key: format!("p{}", priority.get()),
            label: Words::same(format!("P{}", priority.get())),
            value: percent(met, all),
            n: all,
        })
        .collect();
    figure(setting, definition, None, values, items)
}

/// What was promised, when all agreements concerned promise the same.
fn target(setting: &Setting<'_>, goal: Option<Goal>) -> Option<f64> {
    let agreements: BTreeSet<_> = outcomes(setting)
        .filter(|(reading, _)| goal.is_none_or(|goal| reading.clock.goal == goal))
        .map(|(reading, _)| (reading.applied.agreement.id, reading.applied.agreement.version))
        .collect();
    let mut targets = agreements.into_iter().map(|(id, version)| {
        setting.view.world.agreements.version(id, version, setting.view.position).and_then(|agreement| agreement.body.attainment_target)
    });
    let first = targets.next()??;
    targets.all(|target| target == Some(first)).then_some(first)
}

fn breaches(setting: &Setting<'_>) -> Computed {
    let items: Vec<Item> =
        outcomes(setting).filter(|(_, met)| !met).map(|(reading, met)| Item { part: Part::Numerator, ..item(reading, met) }).collect();
    let values = Values {
        by: Goal::ALL
            .iter()
            .map(|goal| {
                let n = count(items.iter().filter(|item| item.row.id.ends_with(goal.as_str())).count());
                Slice { key: goal.as_str().to_owned(), label: goal_name(*goal), value: Some(number(n)), n }
            })
            .collect(),
        ..tally(&items)
    };
    figure(setting, &BREACHES, None, values, items)
}

/// A goal's shown name.
pub fn goal_name(goal: Goal) -> Words {
    match goal {
        Goal::Response => Words::new("首次响应", "first response"),
        Goal::Restore => Words::new("恢复", "restore"),
        Goal::Resolve => Words::new("解决", "resolve"),
    }
}
