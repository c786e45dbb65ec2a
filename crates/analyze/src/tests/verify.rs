#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_store::params;

use super::{
    house::{House, ada, in_house},
    reports::{create, id_of, publish, week},
};

async fn published(mut house: House) -> (House, String) {
    house.tell(&week()).await;
    house.at("2026-03-09 08:00").await;
    let id = id_of(&create(&house).await);
    publish(&house, &id).await;
    (house, id)
}

async fn tamper(house: &House, sql: &str) {
    let mut tx = house.test.db.write().await.unwrap();
    assert!(tx.execute(sql, params![]).await.unwrap() > 0, "nothing was tampered with");
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn published_figures_follow_from_the_ledger_alone() {
    in_house(vec![ada()], |house| async move {
        let (house, _) = published(house).await;
        let outcome = crate::verify::verify(&house.test.db).await.unwrap();
        assert!(outcome.holds(), "{outcome:?}");
        assert_eq!(outcome.reports.len(), 1);
        assert!(outcome.reports[0].figures > 20 && outcome.events > 15);
    })
    .await;
}

#[tokio::test]
async fn a_tampered_figure_is_named() {
    in_house(vec![ada()], |house| async move {
        let (house, _) = published(house).await;
        tamper(&house, "UPDATE report SET document = REPLACE(document, '\"value\":1800.0', '\"value\":900.0')").await;
        let outcome = crate::verify::verify(&house.test.db).await.unwrap();
        let differences = &outcome.reports[0].differences;
        assert!(differences.iter().any(|line| line.starts_with("downtime.") && line.contains("published 900")), "{differences:?}");
        assert!(differences.iter().any(|line| line.contains("stored document has hash")), "{differences:?}");
    })
    .await;
}

#[tokio::test]
async fn a_tampered_event_is_seen_in_the_figures_it_made() {
    in_house(vec![ada()], |house| async move {
        let (house, _) = published(house).await;
        tamper(&house, "UPDATE ledger_event SET payload = REPLACE(payload, '10:28:00', '10:18:00') WHERE kind = 'sli.sealed'").await;
        let outcome = crate::verify::verify(&house.test.db).await.unwrap();
        let differences = &outcome.reports[0].differences;
        assert!(differences.iter().any(|line| line.starts_with("downtime.")), "{differences:?}");
        assert!(!differences.iter().any(|line| line.contains("stored document has hash")), "{differences:?}");
    })
    .await;
}

#[tokio::test]
async fn a_report_the_ledger_does_not_know_of_does_not_hold() {
    in_house(vec![ada()], |house| async move {
        let (house, _) = published(house).await;
        tamper(&house, "DELETE FROM ledger_event WHERE kind = 'report.published'").await;
        let outcome = crate::verify::verify(&house.test.db).await.unwrap();
        assert!(!outcome.holds());
    })
    .await;
}
