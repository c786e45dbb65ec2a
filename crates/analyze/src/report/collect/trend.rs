//! The trend: within the period piece by piece, and against the period before.

use super::{Source, bucket::buckets};
use crate::{
    figure::{
        attainment::outcomes,
        catalogue::Catalogue,
        compute::round,
        model::Unit,
        setting::{Ask, Setting},
        statistic::percent,
    },
    report::{
        document::{Block, ChartKind, Section, Series, Table},
        section::{self, cell, chart, left, right, said, table},
    },
    words::Words,
};

/// Services drawn in one chart; more lines cannot be told apart.
const LINES_MAX: usize = 6;

pub(super) fn section(source: &Source<'_, '_>) -> Section {
    section::section("trend", "趋势", "Trend", vec![Block::Table(against_before(source)), attainment(source), availability(source)])
}

fn against_before(source: &Source<'_, '_>) -> Table {
    let ask = &source.setting.ask;
    let length = ask.to.duration_since(ask.from);
    let before = Ask { from: ask.from.checked_sub(length).unwrap_or(ask.from), to: ask.from, services: ask.services.clone() };
    let before = Catalogue::of(&Setting::new(source.setting.view, before).without_items());
    let rows = source
        .catalogue
        .figures
        .iter()
        .filter(|computed| !matches!(computed.definition.id, "mtbf" | "mtrs" | "outages" | "response_outcomes"))
        .map(|computed| {
            let (now, unit) = (&computed.figure, computed.definition.unit);
            let then = before.find(&now.id).map(|computed| &computed.figure);
            let value = then.and_then(|figure| figure.value);
            let name = match &now.about {
                Some(about) => Words::new(format!("{} · {}", now.name.zh, about.zh), format!("{} · {}", now.name.en, about.en)),
                None => now.name.clone(),
            };
            vec![
                said(name),
                cell(value, unit),
                cell(now.value, unit),
                cell(now.value.zip(value).map(|(now, then)| round(now - then)), unit),
                section::counted(now.n),
            ]
        })
        .collect();
    let columns = vec![
        left("figure", "指标", "Figure"),
        right("before", "上一周期", "Period before"),
        right("now", "本周期", "This period"),
        right("change", "变化", "Change"),
        right("n", "n", "n"),
    ];
    table("trend", Words::new("与上一周期比较", "Against the period before"), columns, rows, 300)
}

fn attainment(source: &Source<'_, '_>) -> Block {
    let ask = &source.setting.ask;
    let buckets = buckets(ask.from, ask.to, &source.zone);
    let mut tallies = vec![(0i64, 0i64); buckets.len()];
    for (reading, met) in outcomes(source.setting) {
        let Some((at, _)) = reading.outcome() else { continue };
        let place = buckets.partition_point(|bucket| bucket.to <= at);
        if let Some((good, all)) = tallies.get_mut(place) {
            *good += i64::from(met);
            *all += 1;
        }
    }
    chart(
        "attainment_over_time",
        ChartKind::Line,
        Words::new("SLA 达成率走势", "SLA attainment over time"),
        Unit::Percent,
        buckets.into_iter().map(|bucket| bucket.label).collect(),
        vec![Series {
            key: "attainment_total".to_owned(),
            label: Words::new("SLA 总达成率", "SLA attainment, all goals"),
            values: tallies.into_iter().map(|(good, all)| percent(good, all).map(round)).collect(),
        }],
    )
}

fn availability(source: &Source<'_, '_>) -> Block {
    let ask = &source.setting.ask;
    let buckets = buckets(ask.from, ask.to, &source.zone);
    let series = source
        .catalogue
        .measured
        .iter()
        .take(LINES_MAX)
        .map(|measured| Series {
            key: measured.service.to_string(),
            label: source.setting.service_name(measured.service),
            values: buckets.iter().map(|bucket| measured.value_within(bucket.from, bucket.to).map(|value| round(value * 100.0))).collect(),
        })
        .collect();
    chart(
        "availability_over_time",
        ChartKind::Line,
        Words::new("可用率走势", "Availability over time"),
        Unit::Percent,
        buckets.into_iter().map(|bucket| bucket.label).collect(),
        series,
    )
}
