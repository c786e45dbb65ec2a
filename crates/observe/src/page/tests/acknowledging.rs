use evenkeel_core::ErrorCode;
use evenkeel_store::{Sql, StoreError, params};

use super::house::{House, incident, on_both, person};
use crate::page::{Answer, acknowledge, peek};

/// The token of the first message's link, made as it leaves.
async fn token(house: &House) -> String {
    let page = house.pages().await.remove(0);
    let rng = house.test.db.rng().clone();
    super::super::acknowledge::mint(&house.test.db, rng.as_ref(), house.test.tenant, page.id, incident(), page.person).await.unwrap()
}

async fn answer(house: &House, token: &str) -> Result<(), StoreError> {
    let mut tx = house.test.db.write().await?;
    acknowledge(&mut tx, &house.escalation(), token, Answer::Acknowledge).await?;
    tx.commit().await
}

fn code(outcome: Result<(), StoreError>) -> ErrorCode {
    match outcome.unwrap_err() {
        StoreError::Failure(failure) => failure.code,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_link_works_once_and_ends_the_escalation() {
    on_both(|house| async move {
        house.rota(&["an", "bo"]).await;
        house.opens().await;
        let token = token(&house).await;
        answer(&house, &token).await.unwrap();
        assert_eq!(code(answer(&house, &token).await), ErrorCode::TokenUsed);
        house.wait(3_600).await;
        assert_eq!(house.pages().await.len(), 1);
        assert_eq!(house.events().await, ["page.queued", "page.acknowledged"]);
        assert!(house.pages().await[0].acknowledged_at.is_some());
    })
    .await;
}

#[tokio::test]
async fn looking_uses_nothing_up() {
    on_both(|house| async move {
        house.rota(&["an"]).await;
        house.opens().await;
        let token = token(&house).await;
        for _ in 0..3 {
            let mut sql = house.test.db.read().await.unwrap();
            let found = peek(&mut sql, &token, house.test.clock_now()).await.unwrap();
            assert_eq!((found.incident, found.person), (incident(), person("an")));
        }
        answer(&house, &token).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_forged_token_is_refused() {
    on_both(|house| async move {
        house.rota(&["an"]).await;
        house.opens().await;
        let good = token(&house).await;
        let other = format!("{}{}", if good.starts_with('0') { "1" } else { "0" }, &good[1..]);
        for forged in [other.as_str(), "", "x", &good.to_uppercase(), &good[..63]] {
            if forged == good {
                continue;
            }
            assert_eq!(code(answer(&house, forged).await), ErrorCode::TokenForged, "{forged}");
        }
        answer(&house, &good).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn after_seven_days_a_link_is_too_old() {
    on_both(|house| async move {
        house.rota(&["an"]).await;
        house.opens().await;
        let token = token(&house).await;
        house.test.clock.advance(jiff::SignedDuration::from_hours(7 * 24));
        assert_eq!(code(answer(&house, &token).await), ErrorCode::TokenExpired);
    })
    .await;
}

#[tokio::test]
async fn what_is_over_cannot_be_acknowledged() {
    on_both(|house| async move {
        house.rota(&["an"]).await;
        house.opens().await;
        let token = token(&house).await;
        house.moves(evenkeel_core::state::IncidentState::Resolved, "recovered").await;
        assert_eq!(code(answer(&house, &token).await), ErrorCode::StateRefused);
    })
    .await;
}

#[tokio::test]
async fn the_token_itself_is_nowhere_in_the_database() {
    on_both(|house| async move {
        house.rota(&["an"]).await;
        house.opens().await;
        let token = token(&house).await;
        let mut sql = house.test.db.read().await.unwrap();
        for statement in
            ["SELECT payload AS text FROM outbox", "SELECT payload AS text FROM ledger_event", "SELECT digest AS text FROM page_token"]
        {
            for row in sql.rows(statement, params![]).await.unwrap() {
                assert!(!row.text("text").unwrap().contains(&token), "{statement}");
            }
        }
    })
    .await;
}
