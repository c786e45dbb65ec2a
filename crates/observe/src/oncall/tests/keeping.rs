//! What is kept of rotas and overrides, on both databases.

use evenkeel_api::{Grant, Permission};
use evenkeel_core::{
    Actor, ErrorCode,
    id::{PersonId, TeamId},
};
use evenkeel_store::{
    StoreError, ledger,
    testing::{TestDb, for_each_database},
};
use jiff::{SignedDuration, Timestamp};

use crate::oncall::{self, NewOverride, RotaDefinition};

const GRANT: Grant = Grant::system(Permission::OnCallWrite);

fn desk() -> TeamId {
    TeamId::named("desk")
}

fn definition(members: &[&str]) -> RotaDefinition {
    let members = members.iter().map(|name| PersonId::named(name)).collect();
    RotaDefinition::weekly(desk(), "Asia/Shanghai", "monday 09:00".parse().unwrap(), members, None)
}

async fn put(test: &TestDb, name: &str, definition: &RotaDefinition) -> Result<oncall::Put, StoreError> {
    let mut tx = test.db.write().await?;
    let put = oncall::put_rota(&mut tx, &GRANT, test.tenant, &Actor::system("test"), name, definition).await?;
    tx.commit().await?;
    Ok(put)
}

async fn stand_in(test: &TestDb, from: Timestamp, to: Timestamp) -> Result<evenkeel_core::id::RotaOverrideId, StoreError> {
    let mut tx = test.db.write().await?;
    let new = NewOverride { team: desk(), person: PersonId::named("xia"), from, to };
    let id = oncall::add_override(&mut tx, &GRANT, test.tenant, &Actor::system("test"), new).await?;
    tx.commit().await?;
    Ok(id)
}

async fn remove(test: &TestDb, id: evenkeel_core::id::RotaOverrideId) -> Result<(), StoreError> {
    let mut tx = test.db.write().await?;
    oncall::remove_override(&mut tx, &GRANT, test.tenant, &Actor::system("test"), id).await?;
    tx.commit().await
}

async fn kinds(test: &TestDb) -> Vec<String> {
    let mut sql = test.db.read().await.unwrap();
    let up_to = ledger::horizon(&mut sql).await.unwrap();
    ledger::scan(&mut sql, Some(test.tenant), 0, up_to, 100, &[]).await.unwrap().into_iter().map(|event| event.kind).collect()
}

fn hours(test: &TestDb, hours: i64) -> Timestamp {
    test.clock_now().checked_add(SignedDuration::from_hours(hours)).unwrap()
}

fn code(error: &StoreError) -> ErrorCode {
    error.to_failure().code
}

async fn on_both<F, Fut>(story: F)
where
    F: Fn(TestDb) -> Fut,
    Fut: Future<Output = ()>,
{
    for_each_database(oncall::MIGRATIONS.to_vec(), story).await;
}

#[tokio::test]
async fn each_change_of_a_rota_is_one_version_and_no_change_is_none() {
    on_both(|test| async move {
        assert_eq!(put(&test, "desk", &definition(&["an"])).await.unwrap(), oncall::Put { version: 1, changed: true });
        assert_eq!(put(&test, "desk", &definition(&["an"])).await.unwrap(), oncall::Put { version: 1, changed: false });
        assert_eq!(put(&test, "desk", &definition(&["an", "bo"])).await.unwrap(), oncall::Put { version: 2, changed: true });
        let mut sql = test.db.read().await.unwrap();
        let kept = oncall::current(&mut sql, test.tenant, desk()).await.unwrap().unwrap();
        assert_eq!((kept.version, kept.definition), (2, definition(&["an", "bo"])));
        assert_eq!(kinds(&test).await, ["definition.put", "definition.put"]);
    })
    .await;
}

#[tokio::test]
async fn a_team_has_one_rota_and_a_wrong_one_is_refused() {
    on_both(|test| async move {
        put(&test, "desk", &definition(&["an"])).await.unwrap();
        let second = put(&test, "night", &definition(&["bo"])).await.unwrap_err();
        assert_eq!(code(&second), ErrorCode::Duplicate);
        let twice = put(&test, "desk", &definition(&["an", "an"])).await.unwrap_err();
        assert_eq!(code(&twice), ErrorCode::Invalid);
        let mut tx = test.db.write().await.unwrap();
        assert!(oncall::retire_rota(&mut tx, &GRANT, test.tenant, &Actor::system("test"), "desk").await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(put(&test, "night", &definition(&["bo"])).await.unwrap().version, 1);
        assert_eq!(put(&test, "desk", &definition(&["an"])).await.map_err(|error| code(&error)), Err(ErrorCode::Duplicate));
    })
    .await;
}

#[tokio::test]
async fn an_override_that_was_in_force_keeps_its_past_when_it_is_taken_away() {
    on_both(|test| async move {
        put(&test, "desk", &definition(&["an"])).await.unwrap();
        let running = stand_in(&test, hours(&test, 0), hours(&test, 10)).await.unwrap();
        let coming = stand_in(&test, hours(&test, 20), hours(&test, 30)).await.unwrap();
        test.clock.advance(SignedDuration::from_hours(4));
        remove(&test, running).await.unwrap();
        remove(&test, coming).await.unwrap();
        let mut sql = test.db.read().await.unwrap();
        let kept = oncall::overrides(&mut sql, test.tenant, desk(), hours(&test, -100)).await.unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!((kept[0].id, kept[0].to), (running, test.clock_now()));
        drop(sql);
        test.clock.advance(SignedDuration::from_hours(1));
        assert_eq!(code(&remove(&test, running).await.unwrap_err()), ErrorCode::StateRefused);
        assert_eq!(code(&remove(&test, coming).await.unwrap_err()), ErrorCode::NotFound);
        let told = ["definition.put", "definition.put", "definition.put", "definition.retired", "definition.retired"];
        assert_eq!(kinds(&test).await, told);
    })
    .await;
}

#[tokio::test]
async fn an_override_of_the_past_of_nothing_or_without_a_rota_is_refused() {
    on_both(|test| async move {
        let none = stand_in(&test, hours(&test, 0), hours(&test, 1)).await.unwrap_err();
        assert_eq!(code(&none), ErrorCode::NotFound);
        put(&test, "desk", &definition(&["an"])).await.unwrap();
        for (from, to) in [(1, 1), (2, 1), (-5, -1), (0, 24 * 400)] {
            let refused = stand_in(&test, hours(&test, from), hours(&test, to)).await.unwrap_err();
            assert_eq!(code(&refused), ErrorCode::Invalid, "{from} {to}");
        }
    })
    .await;
}
