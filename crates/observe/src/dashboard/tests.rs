//! What is kept of dashboards, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_api::{Grant, IfMatch, Permission, Problem};
use evenkeel_core::{Actor, ErrorCode};
use evenkeel_store::{
    ledger,
    testing::{TestDb, for_each_database},
};
use serde_json::{Value, json};

use super::{Board, Put};

const GRANT: Grant = Grant::system(Permission::DashboardWrite);

fn panel(id: &str) -> Value {
    json!({ "id": id, "kind": "time_series", "title": { "zh": "负载", "en": "Load" }, "at": { "x": 0, "y": 0, "w": 12, "h": 8 },
            "queries": [{ "expr": "node_load1{instance=~\"$host\"}", "legend": "{{instance}}" }],
            "thresholds": [{ "value": 2.0, "tone": "attention" }, { "value": 4.0, "tone": "bad" }] })
}

fn document() -> Value {
    json!({ "title": "Hosts", "range": "6h", "variables": [{ "name": "host", "label": "instance", "of": "up", "multi": true }],
            "panels": [panel("a"), panel("b")] })
}

fn board(document: Value) -> Board {
    serde_json::from_value(document).unwrap()
}

async fn put(test: &TestDb, name: &str, board: &Board, seen: IfMatch) -> Result<Put, Problem> {
    let mut tx = test.db.write().await?;
    let put = super::put(&mut tx, &GRANT, test.tenant, &Actor::system("test"), name, board, &seen).await?;
    tx.commit().await?;
    Ok(put)
}

async fn retire(test: &TestDb, name: &str, seen: IfMatch) -> Result<bool, Problem> {
    let mut tx = test.db.write().await?;
    let was = super::retire(&mut tx, &GRANT, test.tenant, &Actor::system("test"), name, &seen).await?;
    tx.commit().await?;
    Ok(was)
}

async fn kinds(test: &TestDb) -> Vec<String> {
    let mut sql = test.db.read().await.unwrap();
    let up_to = ledger::horizon(&mut sql).await.unwrap();
    ledger::scan(&mut sql, Some(test.tenant), 0, up_to, 100, &[]).await.unwrap().into_iter().map(|event| event.kind).collect()
}

fn saw(version: i64) -> IfMatch {
    IfMatch::Versions(vec![version])
}

#[tokio::test]
async fn a_board_comes_back_as_it_was_put_and_each_change_is_one_version() {
    for_each_database(super::MIGRATIONS.to_vec(), |test| async move {
        let first = board(document());
        assert_eq!(put(&test, "hosts", &first, saw(0)).await.unwrap(), Put { version: 1, changed: true });
        assert_eq!(put(&test, "hosts", &first, saw(1)).await.unwrap(), Put { version: 1, changed: false });
        let mut second = first.clone();
        second.panels.pop();
        assert_eq!(put(&test, "hosts", &second, saw(1)).await.unwrap(), Put { version: 2, changed: true });
        let mut sql = test.db.read().await.unwrap();
        let kept = super::find(&mut sql, test.tenant, "hosts").await.unwrap().unwrap();
        assert_eq!((kept.version, &kept.board), (2, &second));
        assert_eq!(super::all(&mut sql, test.tenant).await.unwrap(), [kept]);
        drop(sql);
        assert_eq!(kinds(&test).await, ["definition.put", "definition.put"]);
    })
    .await;
}

#[tokio::test]
async fn nobody_overwrites_or_removes_a_version_they_have_not_seen() {
    for_each_database(super::MIGRATIONS.to_vec(), |test| async move {
        let mine = board(document());
        put(&test, "hosts", &mine, saw(0)).await.unwrap();
        let mut other = mine.clone();
        other.panels.pop();
        for seen in [saw(0), saw(2), IfMatch::Foreign] {
            let refused = put(&test, "hosts", &other, seen.clone()).await.unwrap_err();
            assert_eq!(refused.failure().code, ErrorCode::PreconditionFailed);
            let kept = retire(&test, "hosts", seen).await.unwrap_err();
            assert_eq!(kept.failure().code, ErrorCode::PreconditionFailed);
        }
        assert_eq!(kinds(&test).await, ["definition.put"]);
    })
    .await;
}

#[tokio::test]
async fn what_was_removed_is_gone_and_its_name_is_free_again() {
    for_each_database(super::MIGRATIONS.to_vec(), |test| async move {
        let mine = board(document());
        put(&test, "hosts", &mine, saw(0)).await.unwrap();
        assert!(retire(&test, "hosts", saw(1)).await.unwrap());
        assert!(!retire(&test, "hosts", saw(1)).await.unwrap());
        let mut sql = test.db.read().await.unwrap();
        assert_eq!(super::find(&mut sql, test.tenant, "hosts").await.unwrap(), None);
        assert_eq!(super::all(&mut sql, test.tenant).await.unwrap(), []);
        drop(sql);
        // The version goes on, so that the ledger never has two of one number.
        assert_eq!(put(&test, "hosts", &mine, saw(0)).await.unwrap(), Put { version: 2, changed: true });
        assert_eq!(kinds(&test).await, ["definition.put", "definition.retired", "definition.put"]);
    })
    .await;
}

type Case = (fn(&mut Value), &'static str);

#[test]
fn what_cannot_be_shown_is_refused_with_its_place() {
    let with = |change: fn(&mut Value)| {
        let mut document = document();
        change(&mut document);
        board(document).check().map_err(|error| error.at)
    };
    assert_eq!(with(|_| ()), Ok(()));
    let cases: [Case; 10] = [
        (|d| d["title"] = json!(" "), "/title"),
        (|d| d["title"] = json!({ "zh": "主机", "en": "" }), "/title"),
        (|d| d["refresh_secs"] = json!(1), "/refresh_secs"),
        (|d| d["variables"][0]["name"] = json!("1st"), "/variables/0/name"),
        (|d| d["variables"][0]["values"] = json!(["a"]), "/variables/0"),
        (|d| d["panels"][1]["id"] = json!("a"), "/panels/1/id"),
        (|d| d["panels"][0]["at"]["x"] = json!(13), "/panels/0/at"),
        (|d| d["panels"][0]["at"]["w"] = json!(4_294_967_295_u32), "/panels/0/at"),
        (|d| d["panels"][0]["thresholds"][1]["value"] = json!(2.0), "/panels/0/thresholds"),
        (|d| d["panels"][0]["queries"][0]["expr"] = json!("x".repeat(16_385)), "/panels/0/queries/0/expr"),
    ];
    for (change, at) in cases {
        assert_eq!(with(change), Err(at.to_owned()));
    }
}

#[tokio::test]
async fn a_name_that_is_no_part_of_an_address_is_refused() {
    for_each_database(super::MIGRATIONS.to_vec(), |test| async move {
        for name in ["", "Hosts", "a b", "-a", "../a", &"x".repeat(65)] {
            let refused = put(&test, name, &board(document()), IfMatch::Any).await.unwrap_err();
            assert_eq!(refused.failure().code, ErrorCode::Invalid, "{name:?}");
        }
    })
    .await;
}
