//! SLA targets against actuals: each agreement, goal and priority, and each service's availability.

use std::collections::BTreeMap;

use evenkeel_core::{event::manage::AgreementRef, priority::Priority, state::Goal};

use super::Source;
use crate::{
    figure::{
        attainment::{goal_name, outcomes},
        compute::round,
        model::Unit,
        statistic::percent,
    },
    report::{
        document::{Block, Cell, Section},
        section::{self, cell, counted, figures, left, plain, right, said, secs, table},
    },
    words::Words,
};

#[derive(Default)]
struct Tally {
    target_secs: i64,
    met: i64,
    breached: i64,
}

pub(super) fn section(source: &Source<'_, '_>) -> Section {
    let attainment = source.catalogue.of_definitions(&[
        "attainment_response",
        "attainment_restore",
        "attainment_resolve",
        "attainment_total",
        "response_outcomes",
    ]);
    section::section(
        "targets",
        "SLA 目标与实际",
        "SLA targets and actuals",
        vec![figures(attainment), Block::Table(goals(source)), Block::Table(availability(source))],
    )
}

fn goals(source: &Source<'_, '_>) -> crate::report::document::Table {
    let mut tallies: BTreeMap<(String, i64, Goal, Priority), (AgreementRef, Tally)> = BTreeMap::new();
    for (reading, met) in outcomes(source.setting) {
        let agreement = reading.applied.agreement;
        let key = (reading.applied.name.clone(), agreement.version, reading.clock.goal, reading.clock.priority);
        let (_, tally) = tallies.entry(key).or_insert_with(|| (agreement, Tally::default()));
        tally.target_secs = reading.clock.target_secs;
        tally.met += i64::from(met);
        tally.breached += i64::from(!met);
    }
    let world = source.setting.view.world;
    let rows = tallies
        .into_iter()
        .map(|((name, version, goal, priority), (agreement, tally))| {
            let definition = world.agreements.version(agreement.id, version, source.setting.view.position);
            let share = percent(tally.met, tally.met + tally.breached).map(round);
            let promised = definition.and_then(|definition| definition.body.attainment_target);
            vec![
                definition.map_or_else(|| plain(name.clone()), |definition| said((&definition.body.display).into())),
                plain(format!("v{version}")),
                said(goal_name(goal)),
                plain(format!("P{}", priority.get())),
                secs(Some(tally.target_secs)),
                counted(tally.met + tally.breached),
                counted(tally.met),
                counted(tally.breached),
                cell(share, Unit::Percent),
                cell(promised, Unit::Percent),
                Cell::Met { met: share.zip(promised).map(|(share, promised)| share >= promised) },
            ]
        })
        .collect();
    let columns = vec![
        left("agreement", "协议", "Agreement"),
        left("version", "版本", "Version"),
        left("goal", "目标", "Goal"),
        left("priority", "优先级", "Priority"),
        right("target", "时限", "Within"),
        right("n", "总数", "n"),
        right("met", "达成", "Met"),
        right("breached", "超时", "Breached"),
        right("actual", "达成率", "Attainment"),
        right("promised", "承诺", "Promised"),
        left("kept", "是否达标", "Kept"),
    ];
    table("goals", Words::new("时限目标", "Goals"), columns, rows, 500)
}

fn availability(source: &Source<'_, '_>) -> crate::report::document::Table {
    let rows = source
        .catalogue
        .of_definitions(&["availability"])
        .map(|computed| {
            let figure = &computed.figure;
            vec![
                figure.about.clone().map_or_else(|| plain("—"), said),
                cell(figure.target, Unit::Percent),
                cell(figure.value, Unit::Percent),
                cell(figure.low, Unit::Percent),
                cell(figure.high, Unit::Percent),
                Cell::Met { met: figure.met },
            ]
        })
        .collect();
    let columns = vec![
        left("service", "服务", "Service"),
        right("promised", "承诺", "Promised"),
        right("actual", "可用率", "Availability"),
        right("low", "下限（未知当作停机）", "Low (unknown as down)"),
        right("high", "上限（未知当作正常）", "High (unknown as up)"),
        left("kept", "是否达标", "Kept"),
    ];
    table("availability_targets", Words::new("可用率目标", "Availability targets"), columns, rows, 200)
}
