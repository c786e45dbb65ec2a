#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::state::{
    IncidentState::{InProgress, New, Resolved},
    SliState::{Bad, Good},
    Visibility::Public,
};

use super::{Plan, collect, figures, figures_hash};
use crate::{
    figure::setting::Ask,
    history::{History, at, service, with_definitions},
    report::document::{Block, Cell, Document},
    words::Words,
};

fn plan() -> Plan {
    Plan {
        title: Words::same("Report"),
        number: "SR-1".to_owned(),
        version: 1,
        customer: None,
        ask: Ask { services: [service()].into(), from: at("2026-03-02 00:00"), to: at("2026-03-09 00:00") },
        zone: "Asia/Shanghai".to_owned(),
        restated: Vec::new(),
    }
}

fn document() -> Document {
    let mut history = with_definitions();
    history
        .open("2026-03-02 10:00", 1, History::seen_by_machine("2026-03-02 09:58", "2026-03-02 09:59"))
        .said("2026-03-02 11:00", 1, Public)
        .moved("2026-03-02 11:00", 1, New, InProgress)
        .restored("2026-03-02 15:00", 1)
        .moved("2026-03-02 16:00", 1, InProgress, Resolved)
        .sealed("2026-03-02 00:00", "2026-03-02 09:58", Good)
        .sealed("2026-03-02 09:58", "2026-03-02 10:28", Bad)
        .sealed("2026-03-02 10:28", "2026-03-09 00:00", Good);
    let world = history.world();
    collect(world.latest(), &plan())
}

#[test]
fn sections_come_in_the_order_of_the_domain() {
    let document = document();
    let ids: Vec<&str> = document.sections.iter().map(|section| section.id.as_str()).collect();
    assert_eq!(
        ids,
        ["overview", "targets", "availability", "breaches", "faults", "major", "continuity", "trend", "improvement", "restatements"]
    );
}

#[test]
fn each_breach_stands_with_where_its_time_went() {
    let document = document();
    let breaches = document.sections.iter().find(|section| section.id == "breaches").unwrap();
    let tables: Vec<_> = breaches
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Table(table) => Some(table),
            _ => None,
        })
        .collect();
    // Answered after an hour instead of half an hour; restored after five hours instead of four.
    assert_eq!(tables[0].rows.len(), 2);
    // The answer was counted in one piece: its row says all. The restoration went through closed hours.
    let titles: Vec<&str> = tables[1..].iter().map(|table| table.title.en.as_str()).collect();
    assert!(titles.iter().all(|title| title.starts_with("INC-1 ") && title.contains("calendar office v1")), "{titles:?}");
    assert!(tables[1..].iter().all(|table| table.rows.len() > 1), "what ran without a stop is not listed apart");
    assert!(matches!(&tables[0].rows[0][0], Cell::Incident { number: 1, title: Some(_), .. }));
}

#[test]
fn every_row_is_as_long_as_its_columns_and_every_series_as_its_categories() {
    for block in document().sections.iter().flat_map(|section| &section.blocks) {
        match block {
            Block::Table(table) => assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", table.id),
            Block::Chart(chart) => {
                assert!(chart.series.iter().all(|series| series.values.len() == chart.categories.len()), "{}", chart.id);
            }
            Block::Timeline345(timeline) => {
                assert_eq!((timeline.moments.len(), timeline.durations.len(), timeline.actions.len()), (4, 3, 5));
            }
            Block::Figures { figures } => assert!(!figures.is_empty()),
        }
    }
}

#[test]
fn a_document_survives_being_stored_and_read_to_the_last_bit() {
    let document = document();
    let text = serde_json::to_string(&document).unwrap();
    let read: Document = serde_json::from_str(&text).unwrap();
    assert_eq!(read, document);
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    assert_eq!(figures_hash(figures(&read.sections)), document.figures_hash);
}

#[test]
fn no_personal_text_is_in_a_document() {
    let text = serde_json::to_string(&document()).unwrap();
    assert!(text.contains("digest-1") && !text.contains("\"texts\""), "titles are held by digest");
}

#[test]
fn a_restatement_that_changes_nothing_says_so() {
    use super::Restated;
    let restated = Restated { report: "SR-1 v1".to_owned(), compared: 24, differences: Vec::new() };
    let world = with_definitions().world();
    let document = collect(world.latest(), &Plan { restated: vec![restated], ..plan() });
    let section = document.sections.iter().find(|section| section.id == "restatements").unwrap();
    let [Block::Table(table)] = section.blocks.as_slice() else { panic!("one table") };
    assert!(matches!(&table.rows[0][2], Cell::Words(words) if words.en == "no figure changed"));
}
