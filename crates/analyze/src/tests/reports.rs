#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::{
    Id,
    event::analyze::ReportPublished,
    state::{
        IncidentState::{InProgress, New, Resolved},
        SliState::{Bad, Good},
        Visibility::Public,
    },
};
use http::Method;
use serde_json::{Value, json};

use super::house::{House, acme, ada, admin, customer, in_house, manager, mia};
use crate::history::{History, agreement_body, service, service_body, with_definitions};

/// A week with one incident met, one missed, and half an hour of downtime.
pub(super) fn week() -> History {
    let mut history = with_definitions();
    history.define::<evenkeel_core::id::Organisation>(
        "2026-01-01 00:00",
        1,
        "acme",
        json!({"display": {"zh": "艾克米", "en": "Acme"}, "kind": "customer"}),
    );
    let mut theirs = service_body(Some(3600));
    theirs["customer"] = json!(acme());
    history.define::<evenkeel_core::id::Service>("2026-01-02 00:00", 2, "shop", theirs);
    history
        .open("2026-03-02 10:00", 1, History::seen_by_machine("2026-03-02 09:58", "2026-03-02 09:59"))
        .said("2026-03-02 10:10", 1, Public)
        .moved("2026-03-02 10:10", 1, New, InProgress)
        .restored("2026-03-02 10:40", 1)
        .moved("2026-03-02 13:00", 1, InProgress, Resolved)
        .open("2026-03-03 10:00", 2, History::told_by_person(Some("2026-03-03 09:00")))
        .moved("2026-03-03 11:00", 2, New, InProgress)
        .said("2026-03-03 11:30", 2, Public)
        .restored("2026-03-03 15:00", 2)
        .moved("2026-03-03 16:00", 2, InProgress, Resolved)
        .sealed("2026-03-02 00:00", "2026-03-02 09:58", Good)
        .sealed("2026-03-02 09:58", "2026-03-02 10:28", Bad)
        .sealed("2026-03-02 10:28", "2026-03-09 00:00", Good);
    history
}

pub(super) async fn create(house: &House) -> Value {
    let body = json!({"customer_id": acme(), "service_ids": [service()], "from": "2026-03-02T00:00:00Z", "to": "2026-03-09T00:00:00Z",
        "zone": "Asia/Shanghai", "language": "zh"});
    house.post(&manager(), "/api/v1/reports", body).await.ok()
}

pub(super) async fn publish(house: &House, id: &str) -> Value {
    house.post(&manager(), &format!("/api/v1/reports/{id}/submit"), json!({})).await.ok();
    house.post(&admin(), &format!("/api/v1/reports/{id}/approve"), json!({})).await.ok();
    house.post(&admin(), &format!("/api/v1/reports/{id}/publish"), json!({})).await.ok()
}

pub(super) fn id_of(report: &Value) -> String {
    report["id"].as_str().unwrap().to_owned()
}

fn figure<'r>(report: &'r Value, definition: &str) -> &'r Value {
    let sections = report["sections"].as_array().unwrap();
    let mut figures = sections.iter().flat_map(|section| section["figures"].as_array().unwrap());
    figures.find(|figure| figure["definition"] == definition).unwrap_or_else(|| panic!("no figure {definition}"))
}

fn section<'r>(report: &'r Value, id: &str) -> &'r Value {
    report["sections"].as_array().unwrap().iter().find(|section| section["id"] == id).unwrap()
}

#[tokio::test]
async fn a_report_is_written_reviewed_published_and_then_stays_as_it_is() {
    in_house(vec![mia(), ada()], |mut house| async move {
        let mut history = week();
        house.tell(&history).await;
        house.at("2026-03-09 08:00").await;
        let report = create(&house).await;
        let id = id_of(&report);
        let path = format!("/api/v1/reports/{id}");
        assert_eq!((report["state"].as_str(), report["number"].as_i64()), (Some("draft"), Some(1)));
        assert_eq!(figure(&report, "downtime")["value"], 1800.0);
        assert_eq!(figure(&report, "attainment_total")["n"], 6);
        assert_eq!(figure(&report, "breaches")["value"], 2.0);
        assert_eq!(section(&report, "breaches")["tables"][0]["rows"].as_array().unwrap().len(), 2);
        assert_eq!(section(&report, "major")["timelines"].as_array().unwrap().len(), 2);
        house.get(&customer(), &path).await.refused(404, "not_found");

        let text = json!({"section": "improvement", "language": "zh", "text": "增加探测。"});
        house.call(&manager(), Method::PUT, &format!("{path}/text"), Some(text)).await.ok();
        let nowhere = json!({"section": "nowhere", "language": "zh", "text": "x"});
        house.call(&manager(), Method::PUT, &format!("{path}/text"), Some(nowhere)).await.refused(422, "invalid");
        house.post(&admin(), &format!("{path}/publish"), json!({})).await.refused(409, "state_refused");
        house.post(&manager(), &format!("{path}/submit"), json!({})).await.ok();
        house.post(&manager(), &format!("{path}/approve"), json!({})).await.refused(403, "forbidden");
        house.post(&admin(), &format!("{path}/rework"), json!({"text": "请写上时间"})).await.ok();
        house.post(&manager(), &format!("{path}/submit"), json!({})).await.ok();
        house.post(&admin(), &format!("{path}/approve"), json!({})).await.ok();
        let published = house.post(&admin(), &format!("{path}/publish"), json!({})).await.ok();
        assert_eq!(published["state"], "published");
        assert_eq!(section(&published, "improvement")["text"], json!({"zh": "增加探测。", "en": "增加探测。"}));
        assert_eq!(published["comments"][0]["text"], "请写上时间");
        let told = house.events("report.published").await;
        let told: ReportPublished = told[0].read().unwrap().unwrap();
        assert_eq!(published["document_hash"].as_str(), Some(told.document_hash.as_str()));
        assert_eq!(published["figures_hash"].as_str(), Some(told.figures_hash.as_str()));
        house.get(&customer(), &path).await.ok();

        // What is learned later changes nothing that was published.
        history.sealed("2026-03-04 01:00", "2026-03-04 02:00", Bad);
        house.tell(&history).await;
        house.at("2026-03-10 08:00").await;
        assert_eq!(house.get(&manager(), &path).await.ok()["sections"], published["sections"]);
        house
            .call(&manager(), Method::PUT, &format!("{path}/text"), Some(json!({"section": "overview", "language": "en", "text": "x"})))
            .await
            .refused(409, "state_refused");
    })
    .await;
}

#[tokio::test]
async fn every_figure_of_a_report_opens_to_its_events() {
    in_house(vec![ada()], |mut house| async move {
        house.tell(&week()).await;
        house.at("2026-03-09 08:00").await;
        let report = create(&house).await;
        let id = id_of(&report);
        let sections = report["sections"].as_array().unwrap();
        let mut opened = 0;
        for shown in sections.iter().flat_map(|section| section["figures"].as_array().unwrap()) {
            let key = shown["id"].as_str().unwrap();
            let evidence = house.get(&manager(), &format!("/api/v1/reports/{id}/figures/{key}/evidence")).await.ok();
            assert_eq!(&evidence["figure"], shown, "{key}");
            for list in ["numerator", "denominator", "unknown"] {
                for row in evidence[list].as_array().unwrap() {
                    assert!(!row["event_seqs"].as_array().unwrap().is_empty(), "{key} {list} {row}");
                }
            }
            opened += 1;
        }
        assert!(opened > 20, "{opened}");
        house.get(&manager(), &format!("/api/v1/reports/{id}/figures/nonsense/evidence")).await.refused(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_restatement_says_old_value_new_value_and_the_events_between() {
    in_house(vec![ada()], |mut house| async move {
        let mut history = week();
        house.tell(&history).await;
        house.at("2026-03-09 08:00").await;
        let first = id_of(&create(&house).await);
        publish(&house, &first).await;
        // A fault of Thursday becomes known on the tenth.
        history.open("2026-03-05 09:00", 3, History::imported("T-9")).moved("2026-03-05 19:00", 3, New, Resolved).sealed(
            "2026-03-05 09:00",
            "2026-03-05 09:30",
            Bad,
        );
        house.test.clock.set(crate::history::at("2026-03-10 08:00"));
        house.tell(&history).await;
        let late = house.events("sli.sealed").await.last().unwrap().seq;

        let second = house.post(&admin(), &format!("/api/v1/reports/{first}/restate"), json!({})).await.ok();
        assert_eq!((second["number"].as_i64(), second["version"].as_i64(), second["state"].as_str()), (Some(1), Some(2), Some("draft")));
        let rows = section(&second, "restatements")["tables"][0]["rows"].as_array().unwrap().clone();
        let downtime = rows.iter().find(|row| row[1]["en"].as_str().is_some_and(|name| name.starts_with("Downtime"))).unwrap();
        assert_eq!((downtime[2]["value"].as_f64(), downtime[3]["value"].as_f64()), (Some(1800.0), Some(3600.0)));
        assert!(downtime[6]["en"].as_str().unwrap().contains(&format!("#{late}")), "{downtime}");
        house.post(&admin(), &format!("/api/v1/reports/{first}/restate"), json!({})).await.refused(409, "duplicate");

        let id = id_of(&second);
        house.post(&admin(), &format!("/api/v1/reports/{id}/submit"), json!({})).await.ok();
        // Ada wrote it and is the only one who may approve: the ledger says so.
        house.post(&admin(), &format!("/api/v1/reports/{id}/approve"), json!({})).await.ok();
        house.post(&admin(), &format!("/api/v1/reports/{id}/publish"), json!({})).await.ok();
        assert_eq!(house.get(&manager(), &format!("/api/v1/reports/{first}")).await.ok()["state"], "superseded");
        let moved = house.events("report.transitioned").await;
        assert!(moved.iter().any(|event| event.evidence.as_deref().is_some_and(|evidence| evidence.starts_with("self_approved"))));
        let told = house.events("report.published").await;
        let told: ReportPublished = told[1].read().unwrap().unwrap();
        assert_eq!((told.version, told.restates.map(|id| id.to_string())), (2, Some(first)));
    })
    .await;
}

#[tokio::test]
async fn the_next_report_tells_of_figures_that_changed_since_the_last() {
    in_house(vec![ada()], |mut house| async move {
        let mut history = week();
        house.tell(&history).await;
        house.at("2026-03-09 08:00").await;
        let first = id_of(&create(&house).await);
        publish(&house, &first).await;
        history.sealed("2026-03-05 09:00", "2026-03-05 09:30", Bad);
        house.tell(&history).await;
        house.at("2026-03-16 08:00").await;
        let body = json!({"customer_id": acme(), "service_ids": [service()], "from": "2026-03-09T00:00:00Z", "to": "2026-03-16T00:00:00Z"});
        let next = house.post(&manager(), "/api/v1/reports", body).await.ok();
        assert_eq!(next["number"].as_i64(), Some(2));
        let rows = section(&next, "restatements")["tables"][0]["rows"].as_array().unwrap();
        assert!(rows.iter().all(|row| row[0]["en"] == "SR-1 v1"));
        let names: Vec<&str> = rows.iter().filter_map(|row| row[1]["en"].as_str()).collect();
        assert_eq!(names[..2], ["Availability · Shop", "Downtime · Shop"]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_reported_on_is_refused_with_the_field() {
    in_house(vec![ada()], |mut house| async move {
        let mut history = week();
        history.define::<evenkeel_core::id::Agreement>("2026-03-01 00:00", 2, "gold", agreement_body(7200));
        house.tell(&history).await;
        house.at("2026-03-09 08:00").await;
        let good = json!({"service_ids": [], "from": "2026-03-02T00:00:00Z", "to": "2026-03-09T00:00:00Z", "zone": "UTC"});
        let with = |field: &str, value: Value| {
            let mut body = good.clone();
            body[field] = value;
            body
        };
        let cases = [
            (with("zone", json!("Mars/Olympus")), "/zone"),
            (with("to", json!("2026-03-01T00:00:00Z")), "/from"),
            (with("service_ids", json!([Id::<evenkeel_core::id::Service>::named("nobody")])), "/service_ids"),
            (with("customer_id", json!(Id::<evenkeel_core::id::Organisation>::named("globex"))), "/service_ids"),
        ];
        for (body, field) in cases {
            let refusal = house.post(&manager(), "/api/v1/reports", body).await.refused(422, "invalid");
            assert_eq!(refusal["at"], field);
        }
        house.post(&customer(), "/api/v1/reports", good.clone()).await.refused(403, "forbidden");
        let all = house.get(&manager(), "/api/v1/reports").await.ok();
        assert_eq!(all["items"].as_array().map(Vec::len), Some(0));
    })
    .await;
}

#[tokio::test]
async fn the_home_page_shows_four_boards_and_says_when_it_does_not_know() {
    in_house(vec![ada()], |mut house| async move {
        let mut history = week();
        history.open("2026-03-09 09:00", 7, History::told_by_person(None));
        house.tell(&history).await;
        house.at("2026-03-09 12:00").await;
        let home = house.get(&manager(), "/api/v1/home").await.ok();
        let boards: Vec<&str> = home["boards"].as_array().unwrap().iter().filter_map(|board| board["board"].as_str()).collect();
        assert_eq!(boards, ["continuity", "delivery", "experience", "quality"]);
        let lead_time = &home["boards"][1]["figures"][0];
        assert_eq!(
            (lead_time["definition"].as_str(), &lead_time["value"], lead_time["n"].as_i64()),
            (Some("lead_time"), &Value::Null, Some(0))
        );
        let need = &home["needs_you"][0];
        assert_eq!((need["kind"].as_str(), need["number"].as_i64()), (Some("clock_breached"), Some(7)));
        for board in home["boards"].as_array().unwrap() {
            for figure in board["figures"].as_array().unwrap() {
                let key = figure["id"].as_str().unwrap();
                let evidence = house.get(&manager(), &format!("/api/v1/figures/live/{key}/evidence")).await.ok();
                assert_eq!(&evidence["figure"]["input_hash"], &figure["input_hash"], "{key}");
            }
        }
        let theirs = house.get(&customer(), "/api/v1/home").await.ok();
        assert_eq!(theirs["needs_you"].as_array().map(Vec::len), Some(0));
    })
    .await;
}

#[tokio::test]
async fn a_history_older_than_its_definitions_can_be_reported_on() {
    in_house(vec![ada()], |mut house| async move {
        let mut history = with_definitions();
        history.open("2025-05-05 10:00", 1, History::imported("T-1")).moved("2025-05-05 12:00", 1, New, Resolved);
        house.tell(&history).await;
        house.at("2026-03-09 08:00").await;
        let body = json!({"from": "2025-05-01T00:00:00Z", "to": "2025-06-01T00:00:00Z"});
        let report = house.post(&manager(), "/api/v1/reports", body).await.ok();
        assert_eq!(
            (figure(&report, "attainment_resolve")["value"].as_f64(), figure(&report, "attainment_resolve")["n"].as_i64()),
            (Some(100.0), Some(1))
        );
        assert_eq!(figure(&report, "availability")["value"], Value::Null);
    })
    .await;
}
