//! Two writers at once: one wins, the other is told.

use std::collections::BTreeSet;

use http::Method;
use serde_json::json;

use crate::world::in_world;

#[tokio::test]
async fn an_older_version_is_refused() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        let path = format!("/api/v1/incidents/{id}/start");
        let eve = Some(world.caller("eve"));
        world.send(eve.clone(), Method::POST, &path, Some(json!({})), Some(7)).await.refused(412, "precondition_failed");
        let started = world.send(eve.clone(), Method::POST, &path, Some(json!({})), Some(1)).await;
        assert_eq!(started.etag.as_deref(), Some("\"2\""));
        let hold = format!("/api/v1/incidents/{id}/hold");
        let stale = world.send(eve, Method::POST, &hold, Some(json!({"reason": "customer"})), Some(1)).await;
        let problem = stale.refused(412, "precondition_failed");
        assert_eq!(problem["allowed"], json!(["2"]));
        assert_eq!(world.incident(&id).await["state"], "in_progress");
    })
    .await;
}

#[tokio::test]
async fn of_writers_at_the_same_moment_one_wins() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        let path = format!("/api/v1/incidents/{id}/start");
        let writers: Vec<_> = ["eve", "eli", "dan", "mia"]
            .into_iter()
            .map(|name| {
                let (world, path) = (world.clone(), path.clone());
                tokio::spawn(async move { world.send(Some(world.caller(name)), Method::POST, &path, Some(json!({})), Some(1)).await })
            })
            .collect();
        let mut codes = Vec::new();
        for writer in writers {
            codes.push(writer.await.unwrap().status.as_u16());
        }
        codes.sort_unstable();
        assert_eq!(codes, [200, 412, 412, 412]);
        assert_eq!(world.incident(&id).await["version"], 2);
    })
    .await;
}

#[tokio::test]
async fn numbers_have_neither_gaps_nor_twins_under_load() {
    in_world(|world| async move {
        let writers: Vec<_> = (0..12)
            .map(|n| {
                let world = world.clone();
                tokio::spawn(async move { world.open(&format!("trouble {n}")).await })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let numbers: BTreeSet<i64> = world.incidents().await.iter().map(|incident| incident["number"].as_i64().unwrap()).collect();
        assert_eq!(numbers, (1001..1013).collect());
    })
    .await;
}

#[tokio::test]
async fn crossing_merges_leave_one_survivor() {
    in_world(|world| async move {
        let (one, other) = (world.open("one").await, world.open("other").await);
        let merge = |from: String, into: String| {
            let world = world.clone();
            tokio::spawn(async move { world.step("eve", &from, "merge", json!({"into": into})).await.status.as_u16() })
        };
        let (a, b) = (merge(one.clone(), other.clone()), merge(other.clone(), one.clone()));
        let mut codes = [a.await.unwrap(), b.await.unwrap()];
        codes.sort_unstable();
        assert_eq!(codes, [200, 409]);
    })
    .await;
}
