//! Fault statistics, and the long and major ones with their 345 timeline.

use std::collections::BTreeMap;

use evenkeel_core::priority::Priority;

use super::{Source, bucket::buckets};
use crate::{
    fault::{Basis, Moment, name},
    figure::{
        compute::round,
        model::Unit,
        setting::Case,
        statistic::{count, number, statistic},
    },
    report::{
        document::{Block, ChartKind, Section, Series, Table, Timeline345, TimelineAction, TimelineDuration, TimelineMoment},
        section::{self, cell, chart, counted, figures, left, right, said, table},
    },
    words::Words,
};

/// Timelines shown: every one is a page to read.
const MAJOR_MAX: usize = 10;

pub(super) fn section(source: &Source<'_, '_>) -> Section {
    let faults: Vec<&Case<'_>> = source.setting.faults().collect();
    let by_priority: Vec<(Words, Vec<&Case<'_>>)> = Priority::ALL
        .iter()
        .map(|priority| {
            let own = faults.iter().filter(|case| priority_of(source, case) == *priority).copied().collect();
            (Words::same(format!("P{}", priority.get())), own)
        })
        .collect();
    let mut by_kind: BTreeMap<&str, (Words, Vec<&Case<'_>>)> = BTreeMap::new();
    let mut by_service: BTreeMap<_, (Words, Vec<&Case<'_>>)> = BTreeMap::new();
    for case in &faults {
        let basis = case.fault.detected.map_or(Basis::Declared, |detected| detected.basis);
        by_kind.entry(basis.as_str()).or_insert_with(|| (name::basis(basis), Vec::new())).1.push(case);
        let service = case.opened.service;
        by_service.entry(service).or_insert_with(|| (source.setting.service_name(service), Vec::new())).1.push(case);
    }
    let (by_kind, by_service): (Vec<_>, Vec<_>) = (by_kind.into_values().collect(), by_service.into_values().collect());
    let names = || by_priority.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let mean =
        |cases: &[&Case<'_>]| statistic(cases.iter().filter_map(|case| case.fault.total_secs()).collect()).map(|told| round(told.mean));
    section::section(
        "faults",
        "故障统计",
        "Faults",
        vec![
            figures(source.catalogue.of_definitions(&["fault_detect", "fault_locate", "fault_restore", "fault_total"])),
            Block::Table(times(
                "by_priority",
                Words::new("优先级 × 时长", "Priority by duration"),
                "优先级",
                "Priority",
                by_priority.clone(),
            )),
            Block::Table(times("by_detection", Words::new("发现方式 × 时长", "Detection by duration"), "发现方式", "Detected by", by_kind)),
            Block::Table(times("by_service", Words::new("服务 × 时长", "Service by duration"), "服务", "Service", by_service)),
            chart(
                "faults_by_priority",
                ChartKind::Bars,
                Words::new("故障数（按优先级）", "Faults by priority"),
                Unit::Count,
                names(),
                vec![Series {
                    key: "faults".to_owned(),
                    label: Words::new("故障数", "Faults"),
                    values: by_priority.iter().map(|(_, cases)| Some(number(count(cases.len())))).collect(),
                }],
            ),
            chart(
                "duration_by_priority",
                ChartKind::Bars,
                Words::new("平均故障时长（按优先级）", "Mean fault duration by priority"),
                Unit::Secs,
                names(),
                vec![Series {
                    key: "duration".to_owned(),
                    label: Words::new("T3 − T0", "T3 − T0"),
                    values: by_priority.iter().map(|(_, cases)| mean(cases)).collect(),
                }],
            ),
            over_time(source, &faults),
        ],
    )
}

/// The priority it ended with.
fn priority_of(source: &Source<'_, '_>, case: &Case<'_>) -> Priority {
    let changed = case.incident.facts_at(source.setting.view.position).into_iter().rev().find_map(|fact| match fact.what {
        crate::world::incident::What::Reprioritised { to } => Some(to),
        _ => None,
    });
    changed.unwrap_or(case.opened.priority)
}

fn times(id: &str, title: Words, zh: &str, en: &str, groups: Vec<(Words, Vec<&Case<'_>>)>) -> Table {
    let mean = |cases: &[&Case<'_>], secs: fn(&Case<'_>) -> Option<i64>| {
        let told = statistic(cases.iter().filter_map(|case| secs(case)).filter(|secs| *secs >= 0).collect());
        cell(told.map(|told| round(told.mean)), Unit::Secs)
    };
    let rows = groups
        .into_iter()
        .map(|(name, cases)| {
            vec![
                said(name),
                counted(count(cases.len())),
                mean(&cases, |case| case.fault.detect_secs()),
                mean(&cases, |case| case.fault.locate_secs()),
                mean(&cases, |case| case.fault.restore_secs()),
                mean(&cases, |case| case.fault.total_secs()),
            ]
        })
        .collect();
    let columns = vec![
        left("group", zh, en),
        right("n", "故障数", "Faults"),
        right("detect", "平均发现", "Mean detect"),
        right("locate", "平均定位", "Mean locate"),
        right("restore", "平均恢复", "Mean restore"),
        right("total", "平均总时长", "Mean total"),
    ];
    table(id, title, columns, rows, 200)
}

fn over_time(source: &Source<'_, '_>, faults: &[&Case<'_>]) -> Block {
    let ask = &source.setting.ask;
    let buckets = buckets(ask.from, ask.to, &source.zone);
    let values = buckets
        .iter()
        .map(|bucket| {
            let within =
                |case: &&&Case<'_>| case.fault.restored.is_some_and(|restored| restored.at >= bucket.from && restored.at < bucket.to);
            Some(number(count(faults.iter().filter(within).count())))
        })
        .collect();
    chart(
        "faults_over_time",
        ChartKind::Bars,
        Words::new("故障数（按时间）", "Faults over time"),
        Unit::Count,
        buckets.into_iter().map(|bucket| bucket.label).collect(),
        vec![Series { key: "faults".to_owned(), label: Words::new("故障数", "Faults"), values }],
    )
}

/// The major ones (P1) and the longest.
pub(super) fn major(source: &Source<'_, '_>) -> Section {
    let mut faults: Vec<(Priority, &Case<'_>)> = source.setting.faults().map(|case| (priority_of(source, case), case)).collect();
    let length = |case: &Case<'_>| {
        let began = case.fault.occurred.or(case.fault.detected);
        crate::fault::moments::between(began, case.fault.restored).unwrap_or(0)
    };
    let gravest = Priority::ALL[0];
    faults.sort_by_key(|(priority, case)| (*priority != gravest, std::cmp::Reverse(length(case)), case.opened.number));
    let blocks = faults.iter().take(MAJOR_MAX).map(|(priority, case)| Block::Timeline345(timeline(source, *priority, case))).collect();
    section::section("major", "重大与长时间故障", "Major and long faults", blocks)
}

fn timeline(source: &Source<'_, '_>, priority: Priority, case: &Case<'_>) -> Timeline345 {
    let fault = &case.fault;
    let moment = |key: &str, moment: Option<Moment>| TimelineMoment {
        moment: key.to_owned(),
        label: name::moment(key),
        at: moment.map(|moment| moment.at),
        basis: moment.map(|moment| moment.basis.as_str().to_owned()),
        basis_label: moment.map(|moment| name::basis(moment.basis)),
        event_seq: moment.map(|moment| moment.seq),
    };
    let duration = |key: &str, secs| TimelineDuration { name: key.to_owned(), label: name::duration(key), secs };
    Timeline345 {
        incident_id: case.opened.id,
        number: case.opened.number,
        title: Some(case.opened.title.clone()),
        priority: priority.get(),
        service: source.setting.service_name(case.opened.service),
        moments: vec![
            moment("t0", fault.occurred),
            moment("t1", fault.detected),
            moment("t2", fault.located),
            moment("t3", fault.restored),
        ],
        durations: vec![
            duration("detect", fault.detect_secs()),
            duration("locate", fault.locate_secs()),
            duration("restore", fault.restore_secs()),
        ],
        total_secs: fault.total_secs(),
        actions: fault
            .actions()
            .into_iter()
            .map(|action| TimelineAction {
                action: action.action.as_str().to_owned(),
                label: name::action(action.action),
                done: action.done.is_some(),
                at: action.done.map(|done| done.at),
                event_seq: action.done.map(|done| done.seq),
            })
            .collect(),
    }
}
