//! Overview: content, scope, period, and the figures one looks at first.

use evenkeel_core::{priority::Priority, state::Criticality};

use super::Source;
use crate::{
    figure::model::Unit,
    report::{
        document::{ChartKind, Section, Series},
        section::{self, chart, figures, left, plain, said, table},
    },
    words::Words,
};

pub(super) fn section(source: &Source<'_, '_>) -> Section {
    let catalogue = source.catalogue;
    let head = catalogue.of_definitions(&["attainment_total", "breaches", "incidents_opened", "incidents_resolved", "incidents_open"]);
    let services = source
        .setting
        .ask
        .services
        .iter()
        .map(|id| {
            let definition = source.setting.view.world.services.in_force(*id, source.setting.ask.to, source.setting.view.position);
            vec![
                said(source.setting.service_name(*id)),
                definition.map_or_else(|| plain("—"), |service| said(criticality(service.body.criticality))),
                section::secs(definition.and_then(|service| service.body.rto_secs)),
                plain(definition.map_or_else(|| "—".to_owned(), |service| format!("v{}", service.version))),
            ]
        })
        .collect();
    let columns = vec![
        left("service", "服务", "Service"),
        left("criticality", "重要程度", "Criticality"),
        section::right("rto", "恢复时间目标", "Recovery time objective"),
        left("version", "定义版本", "Definition"),
    ];
    let opened = catalogue.find("incidents_opened").map(|computed| &computed.figure.by);
    let values = |n: usize| opened.and_then(|by| by.get(n)).and_then(|slice| slice.value);
    section::section(
        "overview",
        "概览",
        "Overview",
        vec![
            figures(head),
            crate::report::document::Block::Table(table("services", Words::new("服务范围", "Services in scope"), columns, services, 200)),
            chart(
                "opened_by_priority",
                ChartKind::Bars,
                Words::new("新增事件（按优先级）", "Incidents opened by priority"),
                Unit::Count,
                Priority::ALL.iter().map(|priority| Words::same(format!("P{}", priority.get()))).collect(),
                vec![Series {
                    key: "opened".to_owned(),
                    label: Words::new("新增事件", "Incidents opened"),
                    values: (0..5).map(values).collect(),
                }],
            ),
        ],
    )
}

/// A criticality's shown name.
fn criticality(criticality: Criticality) -> Words {
    match criticality {
        Criticality::Critical => Words::new("关键", "critical"),
        Criticality::High => Words::new("高", "high"),
        Criticality::Medium => Words::new("中", "medium"),
        Criticality::Low => Words::new("低", "low"),
    }
}
