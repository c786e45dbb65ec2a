//! Who watches, who was named, who is there; and two who act at once.

use evenkeel_core::event::manage::Noted;
use evenkeel_manage::watch;
use evenkeel_store::outbox;
use http::Method;
use serde_json::json;

use crate::world::{World, at, bank, in_world, person, shop};

async fn watchers(world: &World, id: &str) -> Vec<String> {
    let found = world.get("aud", &format!("/api/v1/tickets/incident/{id}/watchers")).await.ok();
    found.as_array().unwrap().iter().map(|one| one["person"]["display"].as_str().unwrap().to_owned()).collect()
}

async fn mails(world: &World) -> Vec<String> {
    let mut sql = world.test.db.read().await.unwrap();
    let queued = outbox::page(&mut sql, world.test.tenant, Some("queued"), None, 200).await.unwrap();
    queued.into_iter().filter(|row| row.subject_kind == watch::SUBJECT).map(|row| row.key).collect()
}

#[tokio::test]
async fn whoever_is_named_watches_and_is_told_once() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        let note = json!({"visibility": "internal", "text": "@eli look at the pool", "mentions": [person("eli"), person("dan")]});
        world.step("dan", &id, "notes", note).await.ok();
        assert_eq!(watchers(&world, &id).await, ["eli"], "naming oneself does nothing");
        world.ring().await;
        assert_eq!(mails(&world).await.len(), 1);
        world.ring().await;
        assert_eq!(mails(&world).await.len(), 1);
        world.step("eve", &id, "notes", json!({"visibility": "internal", "text": "again", "mentions": [person("eli")]})).await.ok();
        world.ring().await;
        assert_eq!(mails(&world).await.len(), 2, "another note is another word");
        assert_eq!(watchers(&world, &id).await, ["eli"]);
        let path = format!("/api/v1/tickets/incident/{id}/watch");
        world.put_at("eve", &path, json!({})).await.ok();
        world.send(Some(world.caller("eli")), Method::DELETE, &path, None, None).await.ok();
        assert_eq!(watchers(&world, &id).await, ["eve"]);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_named_who_may_not_read_the_note() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        let before = world.events(&id).await.len();
        for (visibility, name) in [("internal", "cora"), ("public", "carl"), ("public", "vera"), ("internal", "nobody")] {
            let note = json!({"visibility": visibility, "text": "look", "mentions": [person(name)]});
            world.step("dan", &id, "notes", note).await.refused(422, "invalid");
        }
        assert_eq!(world.events(&id).await.len(), before, "a note that is refused is not written");
        let note = json!({"visibility": "public", "text": "look", "mentions": [person("eve")]});
        world.step("cora", &id, "notes", note).await.refused(403, "forbidden");
        for name in ["cora", "vera"] {
            world.put_at(name, &format!("/api/v1/tickets/incident/{id}/watch"), json!({})).await.refused(403, "forbidden");
        }
    })
    .await;
}

#[tokio::test]
async fn colleagues_see_each_other_until_a_word_is_missed() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        let path = format!("/api/v1/tickets/incident/{id}/presence");
        let there = |name: &'static str, writing: bool| {
            let (world, path) = (world.clone(), path.clone());
            async move { world.put_at(name, &path, json!({"writing": writing})).await.ok() }
        };
        assert_eq!(there("eve", false).await, json!([]));
        let seen = there("eli", true).await;
        assert_eq!((&seen[0]["person"]["display"], &seen[0]["writing"]), (&json!("eve"), &json!(false)));
        assert_eq!(there("eve", false).await[0]["writing"], true);
        world.pass(30);
        there("eve", false).await;
        world.pass(50);
        assert_eq!(there("eve", false).await, json!([]), "eli went without a word");
        let gone = world.send(Some(world.caller("eve")), Method::DELETE, &path, None, None).await;
        assert_eq!(gone.status, 204);
        assert_eq!(there("eli", false).await, json!([]));
        world.put_at("cora", &path, json!({"writing": true})).await.refused(403, "forbidden");
        world.put_at("eve", "/api/v1/tickets/incident/none/presence", json!({"writing": true})).await.refused(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn of_two_who_act_at_once_one_is_told_and_no_word_is_lost() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        let version = world.incident(&id).await["version"].as_i64();
        let path = format!("/api/v1/incidents/{id}/assign");
        let take = |name: &'static str| {
            world.send(Some(world.caller(name)), Method::POST, &path, Some(json!({"person_id": person(name)})), version)
        };
        let (one, other) = tokio::join!(take("eve"), take("eli"));
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "{} {}", one.body, other.body);
        let word = |name: &'static str| world.step(name, &id, "notes", json!({"visibility": "internal", "text": format!("I am {name}")}));
        let (one, other) = tokio::join!(word("eve"), word("eli"));
        one.ok();
        other.ok();
        assert_eq!(at::<Noted>(&world.events(&id).await).len(), 2);
    })
    .await;
}

#[tokio::test]
async fn whoever_reported_a_child_hears_what_is_said_of_the_major_one() {
    in_world(|world| async move {
        let parent = world.open("the bank is down").await;
        let (open, over) = (world.open("cannot pay").await, world.open("paid in the end").await);
        let elsewhere = json!({"service_id": bank(), "title": "not linked", "impact": 3, "urgency": 3});
        let elsewhere = world.post("dan", "/api/v1/incidents", elsewhere).await.ok()["id"].as_str().unwrap().to_owned();
        for child in [&open, &over] {
            world.step("dan", child, "links", json!({"other": parent, "relation": "caused_by"})).await.ok();
        }
        world.step("dan", &over, "resolve", json!({"reason": "recovered"})).await.ok();
        world.step("eve", &parent, "major/declare", json!({"cadence_secs": 600})).await.ok();
        world.step("eve", &parent, "major/update", json!({"visibility": "internal", "text": "among us"})).await.ok();
        world.step("eve", &parent, "major/update", json!({"visibility": "public", "text": "we are on it"})).await.ok();
        for (id, words) in [(&parent, 2), (&open, 1), (&over, 0), (&elsewhere, 0)] {
            assert_eq!(at::<Noted>(&world.events(id).await).len(), words, "{id}");
        }
        let told = world.get("cora", &format!("/api/v1/incidents/{open}/timeline")).await.ok();
        assert!(told.to_string().contains("we are on it") && world.incident(&open).await["service"]["id"] == json!(shop()));
    })
    .await;
}
