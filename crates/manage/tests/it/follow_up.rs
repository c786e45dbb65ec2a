//! Follow-ups: agreed, done, verified by somebody else, and told once when they are late.

use evenkeel_core::event::{Event, follow_up::FollowUpOverdue};
use evenkeel_manage::follow_up;
use evenkeel_store::{ledger, migration, outbox, params, testing::for_each_database};
use http::Method;
use serde_json::{Value, json};

use crate::world::{World, in_world, person, shop};

const DAY: i64 = 86_400;

/// A problem and a follow-up of it, owned by eve and verified by eli, due in two days; the ids of both.
async fn agreed(world: &World) -> (String, String) {
    let problem = world.post("eve", "/api/v1/problems", json!({ "service_id": shop(), "title": "It falls" })).await.ok();
    let problem = problem["id"].as_str().unwrap().to_owned();
    let added = world.post("mia", "/api/v1/follow-ups", follow_up_of(world, "problem", &problem)).await.ok();
    (problem, added["id"].as_str().unwrap().to_owned())
}

fn follow_up_of(world: &World, kind: &str, id: &str) -> Value {
    let due_on = (world.now() + jiff::SignedDuration::from_secs(2 * DAY)).to_zoned(jiff::tz::TimeZone::UTC).date();
    json!({ "of": { "kind": kind, "id": id }, "text": "watch the pool", "owner_id": person("eve"), "due_on": due_on, "verifier_id": person("eli") })
}

async fn which(world: &World, name: &str, which: &str) -> Vec<String> {
    let page = world.get(name, &format!("/api/v1/follow-ups?which={which}")).await.ok();
    page["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// Who would be told now.
async fn told(world: &World) -> Vec<String> {
    let mut read = world.test.db.read().await.unwrap();
    let queued = outbox::page(&mut read, world.test.tenant, Some("queued"), None, 200).await.unwrap();
    drop(read);
    let mut all = Vec::new();
    for message in queued.into_iter().filter(|message| message.subject_kind == follow_up::SUBJECT) {
        let letter = follow_up::letter(&world.test.db, &message, "https://keel.example").await.unwrap();
        all.extend(letter.map(|letter| format!("{} {}", letter.address, letter.subject)));
    }
    all
}

#[tokio::test]
async fn whoever_verifies_it_neither_owns_it_nor_says_that_it_is_done() {
    in_world(|world| async move {
        let (problem, id) = agreed(&world).await;
        let path = format!("/api/v1/follow-ups/{id}");
        let (done, verify) = (format!("{path}/done"), format!("{path}/verify"));
        let mut same = follow_up_of(&world, "problem", &problem);
        same["verifier_id"] = json!(person("eve"));
        assert_eq!(world.post("mia", "/api/v1/follow-ups", same).await.refused(422, "invalid")["at"], "/verifier_id");
        world.post("eli", &done, json!({})).await.refused(422, "invalid");
        world.post("eli", &verify, json!({ "holds": true })).await.refused(409, "state_refused");
        assert_eq!((which(&world, "eve", "mine").await, which(&world, "eli", "to_verify").await), (vec![id.clone()], vec![]));
        world.post("eve", &done, json!({})).await.ok();
        world.post("eve", &done, json!({})).await.refused(409, "state_refused");
        assert_eq!((which(&world, "eve", "mine").await, which(&world, "eli", "to_verify").await), (vec![], vec![id.clone()]));
        world.post("eve", &verify, json!({ "holds": true })).await.refused(422, "invalid");
        let stale = world.send(Some(world.caller("eli")), Method::POST, &verify, Some(json!({ "holds": true })), Some(1)).await;
        stale.refused(412, "precondition_failed");
        assert_eq!(world.post("eli", &verify, json!({ "holds": false })).await.ok()["done_at"], Value::Null);
        world.post("eve", &done, json!({})).await.ok();
        world.post("eli", &verify, json!({ "holds": true })).await.ok();
        assert_eq!((which(&world, "aud", "ended").await, which(&world, "aud", "open").await), (vec![id], vec![]));
    })
    .await;
}

#[tokio::test]
async fn one_that_is_late_is_told_once_to_whoever_has_the_next_move() {
    in_world(|world| async move {
        let (_, late) = agreed(&world).await;
        let (_, waits) = agreed(&world).await;
        world.post("eve", &format!("/api/v1/follow-ups/{waits}/done"), json!({})).await.ok();
        world.pass(2 * DAY);
        world.ring().await;
        assert!(told(&world).await.is_empty(), "its day is not over");
        world.pass(DAY);
        world.ring().await;
        world.pass(DAY);
        world.ring().await;
        let mut all = told(&world).await;
        all.sort();
        assert_eq!(
            all,
            ["eli@example.org [PRB-1002] A follow-up waits for your word", "eve@example.org [PRB-1001] A follow-up is overdue"]
        );
        assert_eq!(which(&world, "aud", "overdue").await.len(), 2);
        let mut read = world.test.db.read().await.unwrap();
        let events = ledger::events_of(&mut read, world.test.tenant, "follow_up", &late).await.unwrap();
        drop(read);
        assert_eq!(events.iter().filter_map(Event::read::<FollowUpOverdue>).count(), 1);
        world.post("eve", &format!("/api/v1/follow-ups/{late}/done"), json!({})).await.ok();
        assert_eq!(told(&world).await.len(), 1, "what waits to leave is another's move meanwhile");
    })
    .await;
}

#[tokio::test]
async fn it_asks_for_the_right_to_write_what_it_follows_from() {
    in_world(|world| async move {
        let (problem, id) = agreed(&world).await;
        let body = follow_up_of(&world, "problem", &problem);
        for name in ["dan", "aud", "cora", "carl", "vera"] {
            world.post(name, "/api/v1/follow-ups", body.clone()).await.refused(403, "forbidden");
        }
        for name in ["cora", "carl", "vera"] {
            world.get(name, "/api/v1/follow-ups").await.refused(403, "forbidden");
            world.post(name, &format!("/api/v1/follow-ups/{id}/done"), json!({})).await.refused(403, "forbidden");
            world.post(name, &format!("/api/v1/follow-ups/{id}/verify"), json!({ "holds": true })).await.refused(403, "forbidden");
        }
        let none = evenkeel_core::id::ReviewId::named("none").to_string();
        world.post("eve", "/api/v1/follow-ups", follow_up_of(&world, "review", &none)).await.refused(404, "not_found");
        world.post("eve", "/api/v1/follow-ups", follow_up_of(&world, "review", "x")).await.refused(422, "invalid");
        // The desk owns some, too.
        let mut theirs = body;
        theirs["owner_id"] = json!(person("dan"));
        let added = world.post("eve", "/api/v1/follow-ups", theirs).await.ok();
        world.post("dan", &format!("/api/v1/follow-ups/{}/done", added["id"].as_str().unwrap()), json!({})).await.ok();
    })
    .await;
}

#[tokio::test]
async fn what_problems_had_of_them_is_taken_over() {
    let before = |name: &str| !["manage.problem.0002", "manage.follow_up.0001"].contains(&name);
    let old = evenkeel_manage::migrations().into_iter().filter(|known| before(known.name)).collect();
    for_each_database(old, |test| async move {
        let mut tx = test.db.write().await.unwrap();
        let (tenant, owner) = (test.tenant, person("eve"));
        tx.execute(
            "INSERT INTO problem (tenant_id, id, number, version, title, title_digest, service_id, owner_id, state, watch_days, recurrences,
                opened_at) VALUES ($1, 'p', 1007, 1, 't', 'd', $2, $3, 'opened', 30, 0, 0)",
            params![tenant, shop(), owner],
        )
        .await
        .unwrap();
        for (id, due_on) in [("a", "2026-12-31"), ("b", "2028-02-29"), ("c", "2027-03-01")] {
            tx.execute(
                "INSERT INTO problem_follow_up (tenant_id, id, problem_id, text, text_digest, owner_id, due_on, verifier_id, done_at)
                 VALUES ($1, $2, 'p', 'watch', 'd', $3, $4, $3, 5)",
                params![tenant, id, owner, due_on],
            )
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        let all = [evenkeel_store::migrations(), evenkeel_manage::migrations()].concat();
        migration::migrate(&test.db, all).await.unwrap();
        let mut read = test.db.read().await.unwrap();
        let rows = evenkeel_store::Sql::rows(
            &mut read,
            "SELECT origin, origin_id, origin_number, due_on, due_at, done_at FROM follow_up ORDER BY due_on",
            params![],
        );
        let rows = rows.await.unwrap();
        assert_eq!(rows.len(), 3);
        for row in rows {
            let day: jiff::civil::Date = row.text("due_on").unwrap().parse().unwrap();
            let over = day.tomorrow().unwrap().to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
            assert_eq!(row.at("due_at").unwrap(), over, "{day}");
            assert_eq!(
                (row.text("origin").unwrap().as_str(), row.int("origin_number").unwrap(), row.int("done_at").unwrap()),
                ("problem", 1007, 5)
            );
        }
    })
    .await;
}
