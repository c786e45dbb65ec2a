#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::Language;
use std::{path::PathBuf, process::Command};

use evenkeel_core::id::{IncidentId, ServiceId};
use jiff::Timestamp;

use super::{fonts, labels, render};
use crate::{
    figure::model::{Figure, Slice, Unit},
    report::document::{
        Align, Block, Cell, Chart, ChartKind, Column, Document, ReportedService, Section, Series, Span, Strip, Table, Timeline345,
        TimelineAction, TimelineDuration, TimelineMoment,
    },
    words::Words,
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn words(zh: &str, en: &str) -> Words {
    Words::new(zh, en)
}

fn figure(definition: &str, name: Words, unit: Unit, value: Option<f64>) -> Figure {
    Figure {
        id: definition.to_owned(),
        definition: definition.to_owned(),
        version: 1,
        name,
        formula: words("（承诺时长 − 中断时长）÷ 承诺时长 × 100", "(committed − downtime) ÷ committed × 100"),
        population: words("期间内服务时间减去已批准的维护", "service hours in the period minus approved maintenance"),
        about: None,
        unit,
        value,
        low: None,
        high: None,
        target: None,
        met: None,
        n: 12,
        unknown: 0,
        by: Vec::new(),
        from: at("2026-02-28T16:00:00Z"),
        to: at("2026-03-31T16:00:00Z"),
        position: 81_234,
        input_hash: "0".repeat(64),
    }
}

fn availability() -> Figure {
    Figure {
        about: Some(words("网上商城", "Web shop")),
        low: Some(99.871),
        high: Some(99.953),
        target: Some(99.9),
        met: Some(true),
        n: 2_678_400,
        unknown: 2_190,
        ..figure("availability", words("可用性", "Availability"), Unit::Percent, Some(99.952_96))
    }
}

fn attainment() -> Figure {
    Figure {
        target: Some(95.0),
        met: Some(false),
        by: (1..=4)
            .map(|p| Slice {
                key: format!("p{p}"),
                label: Words::same(format!("P{p}")),
                value: (p < 4).then_some(100.0 - f64::from(p) * 6.5),
                n: i64::from(p) * 3,
            })
            .collect(),
        ..figure("attainment", words("解决达成率", "Resolution attainment"), Unit::Percent, Some(91.666_666))
    }
}

fn column(title: Words, align: Align) -> Column {
    Column { key: title.en.clone(), title, align }
}

fn table(rows: usize) -> Block {
    Block::Table(Table {
        id: "breaches".to_owned(),
        title: words("逾期的承诺", "Promises missed"),
        columns: vec![
            column(words("事件", "Incident"), Align::Left),
            column(words("到期", "Due"), Align::Left),
            column(words("目标", "Target"), Align::Right),
            column(words("实际", "Actual"), Align::Right),
            column(words("结果", "Result"), Align::Left),
        ],
        rows: (0..rows)
            .map(|row| {
                vec![
                    Cell::Incident {
                        id: IncidentId::named("i"),
                        number: 1_000 + i64::try_from(row).unwrap(),
                        title: (row % 2 == 0).then(|| "digest".to_owned()),
                    },
                    Cell::Instant { at: Some(at("2026-03-09T02:30:00Z")) },
                    Cell::Number { value: Some(14_400.0), unit: Unit::Secs },
                    Cell::Number { value: Some(15_723.0 + f64::from(u32::try_from(row).unwrap()) * 1_000.0), unit: Unit::Secs },
                    Cell::Met { met: Some(row % 3 == 0) },
                ]
            })
            .collect(),
        more: 7,
    })
}

fn chart(kind: ChartKind) -> Block {
    let months = ["10", "11", "12", "01", "02", "03"];
    Block::Chart(Chart {
        id: "trend".to_owned(),
        kind,
        title: match kind {
            ChartKind::Bars => words("按优先级的故障数", "Faults by priority"),
            ChartKind::Line => words("可用性走势", "Availability over the months"),
            ChartKind::Strip => words("期间内的服务状态", "State of the services over the period"),
        },
        unit: if kind == ChartKind::Bars { Unit::Count } else { Unit::Percent },
        categories: months.iter().map(|month| Words::new(format!("{month} 月"), format!("2026-{month}"))).collect(),
        series: match kind {
            ChartKind::Bars => vec![
                Series {
                    key: "p1".into(),
                    label: Words::same("P1"),
                    values: vec![Some(2.0), Some(0.0), Some(1.0), Some(3.0), Some(1.0), Some(2.0)],
                },
                Series {
                    key: "p2".into(),
                    label: Words::same("P2"),
                    values: vec![Some(5.0), Some(4.0), None, Some(6.0), Some(3.0), Some(8.0)],
                },
            ],
            ChartKind::Line => vec![Series {
                key: "shop".into(),
                label: words("网上商城", "Web shop"),
                values: vec![Some(99.97), Some(99.99), None, Some(99.82), Some(99.94), Some(99.953)],
            }],
            ChartKind::Strip => Vec::new(),
        },
        target: (kind == ChartKind::Line).then_some(99.9),
        strips: ["网上商城", "支付", "会员"]
            .iter()
            .map(|name| Strip {
                label: Words::new(*name, "Web shop"),
                spans: vec![
                    Span { from: at("2026-02-28T16:00:00Z"), to: at("2026-03-09T02:00:00Z"), state: "good".into() },
                    Span { from: at("2026-03-09T02:00:00Z"), to: at("2026-03-09T02:09:00Z"), state: "bad".into() },
                    Span { from: at("2026-03-09T02:09:00Z"), to: at("2026-03-20T02:00:00Z"), state: "good".into() },
                    Span { from: at("2026-03-21T02:00:00Z"), to: at("2026-03-31T16:00:00Z"), state: "good".into() },
                ],
            })
            .collect(),
    })
}

fn timeline() -> Block {
    let moment = |key: &str, label: Words, instant: Option<&str>, basis: Option<Words>| TimelineMoment {
        moment: key.to_owned(),
        label,
        at: instant.map(at),
        basis: basis.as_ref().map(|basis| basis.en.clone()),
        basis_label: basis,
        event_seq: instant.map(|_| 80_121),
    };
    let telemetry = || Some(words("监测", "telemetry"));
    Block::Timeline345(Timeline345 {
        incident_id: IncidentId::named("i"),
        number: 1_042,
        title: Some("digest".to_owned()),
        priority: 1,
        service: words("网上商城", "Web shop"),
        moments: vec![
            moment("t0", words("T0 发生", "T0 occurred"), Some("2026-03-09T02:00:00Z"), telemetry()),
            moment("t1", words("T1 发现", "T1 detected"), Some("2026-03-09T02:00:20Z"), telemetry()),
            moment("t2", words("T2 定位", "T2 located"), Some("2026-03-09T02:04:41Z"), Some(words("决定行动", "decision to act"))),
            moment("t3", words("T3 恢复", "T3 restored"), Some("2026-03-09T02:09:00Z"), telemetry()),
        ],
        durations: [
            ("detect", "发现 = T1 − T0", "detect = T1 − T0", 20),
            ("locate", "定位 = T2 − T1", "locate = T2 − T1", 261),
            ("restore", "恢复 = T3 − T2", "restore = T3 − T2", 259),
        ]
        .map(|(name, zh, en, secs)| TimelineDuration { name: name.to_owned(), label: words(zh, en), secs: Some(secs) })
        .to_vec(),
        total_secs: Some(540),
        actions: [("监测发现", "detect"), ("通知升级", "notify"), ("诊断", "diagnose"), ("授权恢复", "recover"), ("复盘改进", "review")]
            .iter()
            .enumerate()
            .map(|(place, (zh, en))| TimelineAction {
                action: (*en).to_owned(),
                label: words(zh, en),
                done: place < 4,
                at: (place < 4).then(|| at("2026-03-09T02:00:20Z")),
                event_seq: None,
            })
            .collect(),
    })
}

fn document() -> Document {
    let section = |id: &str, title: Words, text: Option<Words>, blocks: Vec<Block>| Section { id: id.to_owned(), title, text, blocks };
    Document {
        title: words("网上商城 2026 年 3 月服务报告", "Web shop: service report, March 2026"),
        number: "SR-12".to_owned(),
        version: 1,
        customer: Some(words("顺风船具有限公司", "Fair Wind Chandlery Ltd")),
        services: vec![
            ReportedService { id: ServiceId::named("shop"), name: words("网上商城", "Web shop") },
            ReportedService { id: ServiceId::named("pay"), name: words("支付", "Payments") },
        ],
        from: at("2026-02-28T16:00:00Z"),
        to: at("2026-03-31T16:00:00Z"),
        zone: "Asia/Shanghai".to_owned(),
        generated_at: at("2026-04-01T01:00:00Z"),
        position: 81_234,
        figures_hash: "3fa94be1".repeat(8),
        sections: vec![
            section(
                "overview",
                words("概述", "Overview"),
                Some(words(
                    "本报告覆盖网上商城和支付两项服务。\n\n本月发生一次 P1 故障，九分钟内恢复；#[原因] 是一次配置变更 *未经复核*。",
                    "This report covers two services.\n\nOne P1 fault, restored in nine minutes; its #[cause] was a configuration change *without review*.",
                )),
                vec![Block::Figures {
                    figures: vec![
                        availability(),
                        attainment(),
                        figure(
                            "continuity.2",
                            words("监测发现故障的平均用时", "Mean time for monitoring to find a fault"),
                            Unit::Secs,
                            Some(17.4),
                        ),
                        figure("continuity.8", words("应急恢复用时", "Emergency recovery duration"), Unit::Secs, Some(93_784.0)),
                        figure("faults", words("故障数", "Faults"), Unit::Count, Some(1_042.0)),
                        Figure {
                            n: 0, ..figure("continuity.3", words("备用接管成功率", "Standby takeover success"), Unit::Percent, None)
                        },
                    ],
                }],
            ),
            section(
                "availability",
                words("可用性", "Availability"),
                None,
                vec![Block::Figures { figures: vec![availability(), availability()] }, chart(ChartKind::Strip), chart(ChartKind::Line)],
            ),
            section("faults", words("故障统计", "Faults"), None, vec![chart(ChartKind::Bars), timeline()]),
            section("breaches", words("逾期与措施", "Breaches and measures"), None, vec![table(34)]),
            section("restatements", words("更正", "Restatements"), None, Vec::new()),
        ],
        texts: [("digest".to_owned(), "首页打不开 Front page is down".to_owned())].into(),
    }
}

/// A tool of the machine's, when it is there.
#[allow(clippy::disallowed_methods, reason = "a test asks the machine's own PDF reader")]
fn reader(arguments: &[&str], pdf: &[u8]) -> Option<String> {
    let folder = std::env::temp_dir().join(format!("evenkeel-pdf-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{}.pdf", arguments.join("").len() + pdf.len()));
    std::fs::write(&file, pdf).unwrap();
    let out = Command::new(arguments[0]).args(&arguments[1..]).arg(&file).arg("-").output().ok()?;
    Some(String::from_utf8_lossy(&out.stdout).into_owned())
}

#[test]
fn a_report_reads_in_both_languages_with_its_numbers_notes_and_hashes() {
    for (language, words) in [
        (
            Language::Zh,
            ["99.952 %", "未达成", "承诺时长", "首页打不开", "另有 7 行", "26 小时 3 分 4 秒", "T2 定位", "目录", "没有可更正的数字"],
        ),
        (
            Language::En,
            [
                "99.952 %",
                "missed",
                "committed",
                "Front page is down",
                "7 more rows",
                "26h 3m 4s",
                "T2 located",
                "Contents",
                "nothing to restate",
            ],
        ),
    ] {
        let pdf = render(&document(), language, Some(&"ab".repeat(32))).unwrap();
        assert!(pdf.starts_with(b"%PDF-1."));
        if let Some(folder) = std::env::var_os("EVENKEEL_PDF_OUT").map(PathBuf::from) {
            std::fs::write(folder.join(format!("{}.pdf", language.as_str())), &pdf).unwrap();
        }
        let Some(text) = reader(&["pdftotext", "-layout"], &pdf) else { continue };
        for word in words {
            assert!(text.contains(word), "{word} is not in\n{text}");
        }
        assert!(text.contains(&"3fa94be1".repeat(8)) && text.contains("abababababababab"));
        assert!(text.contains("#["), "an author's text is text, never markup");
    }
}

/// The labels of the upright axis of a drawn chart.
fn axis(unit: Unit, values: &[f64]) -> Vec<String> {
    let Block::Chart(mut drawn) = chart(ChartKind::Line) else { panic!("a chart") };
    drawn.unit = unit;
    drawn.target = None;
    drawn.series[0].values = values.iter().copied().map(Some).collect();
    let document = document();
    let drawing = super::chart::draw(&drawn, Language::En, document.from, document.to, &jiff::tz::TimeZone::UTC);
    let marks = drawing["marks"].as_array().unwrap().clone();
    marks.iter().filter(|mark| mark["anchor"] == "end").map(|mark| mark["t"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_axis_of_percentages_ends_at_a_hundred() {
    assert_eq!(axis(Unit::Percent, &[100.0, 100.0]), ["99.00 %", "99.25 %", "99.50 %", "99.75 %", "100.00 %"]);
    assert_eq!(axis(Unit::Percent, &[99.97, 100.0]).last().unwrap(), "100.00 %");
    assert_eq!(axis(Unit::Percent, &[0.0, 0.0]), ["0.00 %", "0.25 %", "0.50 %", "0.75 %", "1.00 %"]);
}

#[test]
fn a_chart_without_a_value_says_so_instead_of_drawing_axes() {
    assert_eq!(axis(Unit::Secs, &[f64::NAN]), Vec::<String>::new());
}

#[test]
fn the_first_pages_name_each_promise_once_and_the_missed_first() {
    let told = super::promises::of(&document(), Language::En);
    let rows: Vec<_> =
        told["rows"].as_array().unwrap().iter().map(|row| (row["name"].as_str().unwrap(), row["state"].as_str().unwrap())).collect();
    assert_eq!(rows, [("Resolution attainment", "missed"), ("Availability · Web shop", "met")]);
    assert_eq!((told["tiles"][0]["n"].as_str(), told["tiles"][1]["n"].as_str()), (Some("1"), Some("1")));
}

#[test]
fn a_figure_of_time_counts_time_and_a_footnote_is_made_of_sentences() {
    let view = super::view::of(&document(), Language::En, None, &jiff::tz::TimeZone::UTC);
    let card = &view["sections"][0]["blocks"][0]["figures"][0];
    assert_eq!(card["sample"], "observed 31d · not observed 36m 30s");
    assert!(card["footnote"].as_str().unwrap().ends_with("minus approved maintenance. (availability v1)"));
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let once = render(&document(), Language::En, None).unwrap();
    assert_eq!(once, render(&document(), Language::En, None).unwrap());
}

#[test]
fn our_own_fonts_set_chinese_on_a_machine_without_any_font() {
    let none = [PathBuf::from("/nonexistent")];
    assert_eq!(fonts::for_text_in("稳舵 服务报告 Evenkeel ≥ 99.9 % ●", &none).len(), 2);
    assert_eq!(fonts::for_text_in("a rare character: \u{2A6A5}", &none).len(), 2, "set as a box and logged, never an error");
}

#[test]
fn a_percentage_is_never_rounded_up_to_a_promise_it_missed() {
    let shown = |value| labels::value(Language::En, Unit::Percent, Some(value));
    assert_eq!(shown(99.999_96), "99.999 %");
    assert_eq!(shown(99.9), "99.9 %");
    assert_eq!(shown(99.949_9), "99.949 %");
    assert_eq!(shown(100.0), "100 %");
    assert_eq!(shown(0.0), "0 %");
    assert_eq!(shown(f64::NAN), "–");
}

#[test]
fn values_read_like_people_write_them() {
    let secs = |value| labels::value(Language::En, Unit::Secs, Some(value));
    assert_eq!(
        [secs(0.0), secs(59.6), secs(3_723.0), secs(14_400.0), secs(190_000.0), secs(172_800.0), secs(-30.0), secs(0.3)],
        ["0s", "1m", "1h 2m 3s", "4h", "2d 4h 47m", "2d", "−30s", "0.3s"]
    );
    let count = |value| labels::value(Language::En, Unit::Count, Some(value));
    assert_eq!([count(999.0), count(1_234_567.0), count(-1_000.0)], ["999", "1\u{202f}234\u{202f}567", "−1\u{202f}000"]);
}
