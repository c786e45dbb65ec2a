//! Restatements: what an earlier report said, what is known now, and the events that made the difference.

use std::collections::BTreeSet;

use super::Source;
use crate::{
    figure::{
        compute::Computed,
        evidence::{Item, Part},
        model::{Figure, Unit},
    },
    report::{
        document::{Block, Section},
        section::{self, cell, left, plain, right, said, table},
    },
    words::Words,
    world::World,
};

/// Events named for one difference.
const EVENTS_MAX: usize = 50;

/// A figure that is no longer what it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The figure as it was published.
    pub old: Figure,
    /// The same figure with what is known now.
    pub new: Figure,
    /// The events that made the difference, in order.
    pub event_seqs: Vec<i64>,
}

/// An earlier report whose figures were computed again.
#[derive(Debug, Clone, PartialEq)]
pub struct Restated {
    /// `SR-11 v1`.
    pub report: String,
    /// How many figures were compared.
    pub compared: i64,
    /// What changed; none = every figure is still what it was.
    pub differences: Vec<Difference>,
}

/// Which figures of an earlier report are no longer what they were. `then` are its figures as they follow from its
/// position, `now` the same ones as they follow from what is known now.
pub fn differences(world: &World, then: &[Computed], now: &[Computed]) -> Vec<Difference> {
    now.iter()
        .filter_map(|now| {
            let then = then.iter().find(|then| then.figure.id == now.figure.id)?;
            if says_the_same(&then.figure, &now.figure) {
                return None;
            }
            let event_seqs = causes(world, then, now);
            Some(Difference { old: then.figure.clone(), new: now.figure.clone(), event_seqs })
        })
        .collect()
}

fn says_the_same(a: &Figure, b: &Figure) -> bool {
    (a.value, a.low, a.high, a.n, a.unknown) == (b.value, b.low, b.high, b.n, b.unknown)
}

/// Events learned after the earlier position that bear on the rows that differ.
fn causes(world: &World, then: &Computed, now: &Computed) -> Vec<i64> {
    let (before, after) = (then.figure.position, now.figure.position);
    let keys = |items: &[Item]| -> BTreeSet<(String, u8, String)> { items.iter().map(key).collect() };
    let (old, new) = (keys(&then.items), keys(&now.items));
    let changed =
        then.items.iter().filter(|item| !new.contains(&key(item))).chain(now.items.iter().filter(|item| !old.contains(&key(item))));
    let mut seqs = BTreeSet::new();
    for item in changed {
        seqs.extend(item.row.event_seqs.iter().copied());
        if let Some(incident) = item.row.incident_id.and_then(|id| world.incidents.get(&id)) {
            seqs.extend(incident.facts.iter().map(|fact| fact.seq));
            seqs.extend(incident.opened.iter().map(|opened| opened.seq));
        }
        if let (None, Some(service)) = (item.row.incident_id, item.row.service_id) {
            let seals = world.sli.get(&service).into_iter().flatten();
            seqs.extend(seals.filter(|seal| seal.from < now.figure.to && seal.to > now.figure.from).map(|seal| seal.seq));
        }
    }
    seqs.into_iter().filter(|seq| *seq > before && *seq <= after).take(EVENTS_MAX).collect()
}

fn key(item: &Item) -> (String, u8, String) {
    let part = match item.part {
        Part::Numerator => 1,
        Part::Denominator => 2,
        Part::Unknown => 3,
        Part::Excluded => 4,
    };
    let value = item.row.value.map_or_else(String::new, |value| value.to_string());
    (item.row.id.clone(), part, format!("{value} {}", item.row.detail))
}

pub(super) fn section(source: &Source<'_, '_>) -> Section {
    let rows: Vec<_> = source
        .plan
        .restated
        .iter()
        .flat_map(|restated| {
            restated.differences.iter().map(move |difference| {
                let figure = &difference.new;
                let name = match &figure.about {
                    Some(about) => Words::new(format!("{} · {}", figure.name.zh, about.zh), format!("{} · {}", figure.name.en, about.en)),
                    None => figure.name.clone(),
                };
                let events: Vec<String> = difference.event_seqs.iter().map(|seq| format!("#{seq}")).collect();
                vec![
                    plain(restated.report.clone()),
                    said(name),
                    cell(difference.old.value, figure.unit),
                    cell(figure.value, figure.unit),
                    cell(Some(crate::figure::statistic::number(difference.old.n)), Unit::Count),
                    cell(Some(crate::figure::statistic::number(figure.n)), Unit::Count),
                    plain(if events.is_empty() { "—".to_owned() } else { events.join(" ") }),
                ]
            })
        })
        .collect();
    let compared = Block::Table(compared(source));
    if rows.is_empty() {
        let blocks = if source.plan.restated.is_empty() { Vec::new() } else { vec![compared] };
        return section::section("restatements", "更正", "Restatements", blocks);
    }
    let columns = vec![
        left("report", "报告", "Report"),
        left("figure", "指标", "Figure"),
        right("old", "原值", "Old value"),
        right("new", "新值", "New value"),
        right("old_n", "原 n", "Old n"),
        right("new_n", "新 n", "New n"),
        left("events", "引起变化的事件（账本位置）", "Events that made the difference (ledger positions)"),
    ];
    let title = Words::new("已发布数字的更正", "Published figures that are no longer what they were");
    section::section("restatements", "更正", "Restatements", vec![Block::Table(table("restatements", title, columns, rows, 500)), compared])
}

/// Which earlier reports were computed again, and how many of their figures changed: none is an answer too.
fn compared(source: &Source<'_, '_>) -> crate::report::document::Table {
    let rows = source
        .plan
        .restated
        .iter()
        .map(|restated| {
            let changed = crate::figure::statistic::count(restated.differences.len());
            let outcome = if changed == 0 {
                Words::new("没有数字变化", "no figure changed")
            } else {
                Words::new(format!("{changed} 个数字变化，见上表"), format!("{changed} changed, listed above"))
            };
            vec![plain(restated.report.clone()), section::counted(restated.compared), said(outcome)]
        })
        .collect();
    let columns = vec![
        left("report", "已发布的报告", "Published report"),
        right("compared", "重新计算的数字", "Figures computed again"),
        left("outcome", "结果", "Outcome"),
    ];
    table("compared", Words::new("与已发布数字的比较", "Compared with what was published"), columns, rows, 100)
}
