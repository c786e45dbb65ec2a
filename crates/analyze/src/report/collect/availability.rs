//! Availability of each service: figures, table, and the strip of its indicator.

use evenkeel_core::state::SliState;
use jiff::{SignedDuration, Timestamp};

use super::Source;
use crate::{
    figure::{availability::Measured, model::Unit},
    report::{
        document::{Block, Chart, ChartKind, Section, Span, Strip},
        section::{self, cell, counted, figures, left, right, said, table},
    },
    words::Words,
    world::sli::Stretch,
};

/// The most stretches drawn for one service.
const SPANS_MAX: i64 = 2_000;

pub(super) fn section(source: &Source<'_, '_>) -> Section {
    let rows = source
        .catalogue
        .measured
        .iter()
        .map(|measured| {
            let a = &measured.availability;
            vec![
                said(source.setting.service_name(measured.service)),
                cell(Some(a.committed_secs()), Unit::Secs),
                cell(Some(measured.excused_secs()), Unit::Secs),
                cell(Some(a.downtime_secs()), Unit::Secs),
                cell(Some(a.unknown_secs()), Unit::Secs),
                counted(i64::from(a.outages)),
                cell(mtbf(measured), Unit::Secs),
                cell(a.mtrs_secs.map(crate::figure::compute::round), Unit::Secs),
            ]
        })
        .collect();
    let columns = vec![
        left("service", "服务", "Service"),
        right("committed", "承诺时间", "Committed time"),
        right("maintenance", "认可的维护", "Excused maintenance"),
        right("downtime", "停机时间", "Downtime"),
        right("unknown", "未知", "Unknown"),
        right("outages", "停机次数", "Outages"),
        right("mtbf", "平均无故障时间", "Mean time between failures"),
        right("mtrs", "平均恢复服务时间", "Mean time to restore service"),
    ];
    let strips = source
        .catalogue
        .measured
        .iter()
        .map(|measured| Strip { label: source.setting.service_name(measured.service), spans: spans(source, measured) })
        .collect();
    section::section(
        "availability",
        "可用性",
        "Availability",
        vec![
            figures(source.catalogue.of_definitions(&["availability", "downtime", "outages", "mtbf", "mtrs"])),
            Block::Table(table("availability", Words::new("各服务可用性", "Availability by service"), columns, rows, 200)),
            Block::Chart(Chart {
                id: "sli".to_owned(),
                kind: ChartKind::Strip,
                title: Words::new("服务状态", "State of the services"),
                unit: Unit::Percent,
                categories: Vec::new(),
                series: Vec::new(),
                target: None,
                strips,
            }),
        ],
    )
}

/// As the figure of that name: over known time.
fn mtbf(measured: &Measured) -> Option<f64> {
    let a = &measured.availability;
    (a.outages > 0).then(|| crate::figure::compute::round(a.good_secs() / f64::from(a.outages)))
}

fn spans(source: &Source<'_, '_>, measured: &Measured) -> Vec<Span> {
    let ask = &source.setting.ask;
    condense(&measured.stretches, ask.from, ask.to)
        .into_iter()
        .map(|stretch| Span { from: stretch.from, to: stretch.to, state: stretch.state.as_str().to_owned() })
        .collect()
}

/// As many stretches as can be drawn: what is shorter than a two-thousandth of the period joins its neighbours, bad winning
/// over unknown winning over good, so that no outage is lost from the picture.
fn condense(stretches: &[Stretch], from: Timestamp, to: Timestamp) -> Vec<Stretch> {
    if i64::try_from(stretches.len()).is_ok_and(|len| len <= SPANS_MAX) {
        return stretches.to_vec();
    }
    let cell = SignedDuration::from_micros((to.as_microsecond() - from.as_microsecond()) / SPANS_MAX + 1);
    let mut drawn: Vec<Stretch> = Vec::new();
    let mut place = 0;
    let mut at = from;
    while at < to {
        let end = at.checked_add(cell).map_or(to, |end| end.min(to));
        while stretches.get(place).is_some_and(|stretch| stretch.to <= at) {
            place += 1;
        }
        let worst = stretches
            .iter()
            .skip(place)
            .take_while(|stretch| stretch.from < end)
            .map(|stretch| stretch.state)
            .min_by_key(|state| match state {
                SliState::Bad => 0,
                SliState::Unknown => 1,
                SliState::Partial => 2,
                SliState::Good => 3,
            })
            .unwrap_or(SliState::Unknown);
        match drawn.last_mut() {
            Some(last) if last.state == worst => last.to = end,
            _ => drawn.push(Stretch { from: at, to: end, state: worst }),
        }
        at = end;
    }
    drawn
}
