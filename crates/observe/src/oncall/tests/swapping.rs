//! Swaps, on both databases.

use evenkeel_api::{Grant, Permission};
use evenkeel_core::{
    Actor, ErrorCode,
    id::{PersonId, RotaSwapId, TeamId},
};
use evenkeel_store::{
    StoreError,
    testing::{TestDb, for_each_database},
};
use jiff::{SignedDuration, Timestamp};

use crate::oncall::{self, NewSwap, RotaDefinition};

const GRANT: Grant = Grant::system(Permission::OnCallWrite);

fn person(name: &str) -> PersonId {
    PersonId::named(name)
}

async fn rota(test: &TestDb) {
    let mut tx = test.db.write().await.unwrap();
    let members = vec![person("an"), person("bo")];
    let definition = RotaDefinition::weekly(TeamId::named("desk"), "UTC", "monday 09:00".parse().unwrap(), members, None);
    oncall::put_rota(&mut tx, &GRANT, test.tenant, &Actor::system("test"), "desk", &definition).await.unwrap();
    tx.commit().await.unwrap();
}

/// When the shift after this one begins, and whose it is.
async fn coming(test: &TestDb) -> (PersonId, Timestamp) {
    let mut sql = test.db.read().await.unwrap();
    let rota = oncall::current(&mut sql, test.tenant, TeamId::named("desk")).await.unwrap().unwrap().definition.rota().unwrap();
    let overrides = oncall::overrides(&mut sql, test.tenant, TeamId::named("desk"), test.clock_now()).await.unwrap();
    let next = rota.next(&overrides, test.clock_now()).unwrap();
    (next.person.unwrap(), next.since)
}

async fn offer(test: &TestDb, by: PersonId, from: Timestamp, hours: i64) -> Result<RotaSwapId, StoreError> {
    let mut tx = test.db.write().await?;
    let to = from.checked_add(SignedDuration::from_hours(hours)).unwrap();
    let new = NewSwap { team: TeamId::named("desk"), offered_by: by, from, to, note: "dentist".to_owned() };
    let id = oncall::offer_swap(&mut tx, &GRANT, test.tenant, new).await?;
    tx.commit().await?;
    Ok(id)
}

async fn take(test: &TestDb, id: RotaSwapId, by: PersonId) -> Result<(), StoreError> {
    let mut tx = test.db.write().await?;
    oncall::take_swap(&mut tx, &GRANT, test.tenant, &Actor::person(by), id, by).await?;
    tx.commit().await
}

fn code<T>(result: Result<T, StoreError>) -> ErrorCode {
    result.err().unwrap().to_failure().code
}

#[tokio::test]
async fn what_is_offered_and_taken_changes_who_is_on_call() {
    for_each_database(oncall::MIGRATIONS.to_vec(), |test| async move {
        rota(&test).await;
        let (whose, from) = coming(&test).await;
        let id = offer(&test, whose, from, 24).await.unwrap();
        take(&test, id, person("cai")).await.unwrap();
        assert_eq!(coming(&test).await, (person("cai"), from));
        assert_eq!(code(take(&test, id, person("dan")).await), ErrorCode::StateRefused, "only once");
        let mut sql = test.db.read().await.unwrap();
        let listed = oncall::swaps(&mut sql, test.tenant, TeamId::named("desk"), test.clock_now()).await.unwrap();
        assert_eq!(listed[0].taken.unwrap().0, person("cai"));
    })
    .await;
}

#[tokio::test]
async fn only_ones_own_duty_ahead_can_be_offered() {
    for_each_database(oncall::MIGRATIONS.to_vec(), |test| async move {
        assert_eq!(code(offer(&test, person("an"), test.clock_now(), 1).await), ErrorCode::NotFound);
        rota(&test).await;
        let (whose, from) = coming(&test).await;
        let other = if whose == person("an") { person("bo") } else { person("an") };
        assert_eq!(code(offer(&test, other, from, 24).await), ErrorCode::Invalid, "somebody else's");
        assert_eq!(code(offer(&test, whose, from, 24 * 8).await), ErrorCode::Invalid, "a part of it is somebody else's");
        assert_eq!(code(offer(&test, whose, from, 0).await), ErrorCode::Invalid, "nothing");
        let past = test.clock_now().checked_sub(SignedDuration::from_hours(1)).unwrap();
        assert_eq!(code(offer(&test, whose, past, 2).await), ErrorCode::Invalid, "begun");
    })
    .await;
}

#[tokio::test]
async fn nobody_takes_their_own_or_what_was_withdrawn_or_has_begun() {
    for_each_database(oncall::MIGRATIONS.to_vec(), |test| async move {
        rota(&test).await;
        let (whose, from) = coming(&test).await;
        let id = offer(&test, whose, from, 2).await.unwrap();
        assert_eq!(code(take(&test, id, whose).await), ErrorCode::Invalid);
        let late = offer(&test, whose, from, 4).await.unwrap();
        let mut tx = test.db.write().await.unwrap();
        oncall::withdraw_swap(&mut tx, &GRANT, test.tenant, id, whose).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(code(take(&test, id, person("cai")).await), ErrorCode::NotFound);
        test.clock.advance(SignedDuration::from_hours(24 * 15));
        assert_eq!(code(take(&test, late, person("cai")).await), ErrorCode::StateRefused);
    })
    .await;
}
