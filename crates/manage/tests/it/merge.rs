//! Merge, split, link: clusters count once and nothing is lost on the way.

use evenkeel_core::{
    Id,
    event::manage::{AlertJoined, Linked, Merged, Split},
    id::IncidentId,
};
use serde_json::{Value, json};

use evenkeel_manage::incident;

use crate::world::{epoch, id_of, in_world, only, shop};

#[tokio::test]
async fn the_survivor_keeps_the_earliest_facts_and_the_alerts() {
    in_world(|world| async move {
        let (alert_id, _) = world.fires(shop(), "shop-health", 10).await;
        let absorbed = world.incidents().await[0]["id"].as_str().unwrap().to_owned();
        world.step("eve", &absorbed, "notes", json!({"visibility": "public", "text": "we are on it"})).await.ok();
        world.pass(120);
        let survivor = world.open("everything is down").await;
        let merged = world.step("eve", &absorbed, "merge", json!({"into": survivor})).await.ok();
        assert_eq!(merged["id"].as_str(), Some(survivor.as_str()));
        assert_eq!(merged["opened_at"], json!(epoch()));
        assert_eq!(merged["responded_at"], json!(epoch()));
        assert_eq!(merged["started_at"], json!(epoch() - jiff::SignedDuration::from_secs(10)));
        assert_eq!(merged["firing"], 1);

        let gone = world.incident(&absorbed).await;
        assert_eq!((gone["state"].as_str(), gone["merged_into"].as_str()), (Some("merged"), Some(survivor.as_str())));
        assert_eq!((&gone["firing"], &gone["allowed"]), (&json!(0), &json!([])));
        assert_eq!(gone["links"][0]["number"], merged["number"]);
        assert_eq!(gone["links"][0]["inverse"], true);
        let into: Merged = only(&world.events(&absorbed).await);
        assert_eq!(into.into.to_string(), survivor);
        let events = world.events(&survivor).await;
        let linked: Linked = only(&events);
        assert_eq!((linked.other.to_string(), linked.relation.as_str()), (absorbed.clone(), "absorbed"));
        assert_eq!(only::<AlertJoined>(&events).alert_id, alert_id);
        let mut read = world.test.db.read().await.unwrap();
        let found = incident::incidents_of(&mut read, world.test.tenant, &[alert_id, Id::named("nothing")]).await.unwrap();
        assert_eq!(found[&alert_id], (id_of(&merged), merged["number"].as_i64().unwrap()));
        assert_eq!(found.len(), 1, "an alert that nobody knows has none");
        drop(read);

        // The alert is the survivor's now: it joins there, and its end restores there.
        world.fires(shop(), "shop-health", 1).await;
        assert_eq!(world.incident(&survivor).await["firing"], 2);
        assert_eq!(world.incidents().await.len(), 2);
        world.step("eve", &absorbed, "notes", json!({"visibility": "public", "text": "late"})).await.refused(409, "state_refused");
    })
    .await;
}

#[tokio::test]
async fn a_merge_needs_another_open_incident() {
    in_world(|world| async move {
        let id = world.open("one").await;
        world.step("eve", &id, "merge", json!({"into": id})).await.refused(422, "invalid");
        let nothing = IncidentId::named("nothing");
        world.step("eve", &id, "merge", json!({"into": nothing})).await.refused(404, "not_found");
        let over = world.open("over").await;
        world.step("eve", &over, "resolve", json!({"reason": "fixed"})).await.ok();
        let problem = world.step("eve", &id, "merge", json!({"into": over})).await.refused(409, "state_refused");
        assert_eq!(problem["allowed"], json!(["close", "reopen"]));
        assert_eq!(world.incident(&id).await["state"], "new");
    })
    .await;
}

#[tokio::test]
async fn a_split_inherits_the_origin() {
    in_world(|world| async move {
        let id = world.open("two troubles").await;
        world.pass(600);
        let cut = world.step("eve", &id, "split", json!({"title": "the second"})).await.ok();
        assert_eq!((cut["title"].as_str(), &cut["opened_at"]), (Some("the second"), &json!(epoch())));
        let split: Split = only(&world.events(cut["id"].as_str().unwrap()).await);
        assert_eq!((split.from.to_string(), split.origin_at), (id.clone(), epoch()));
        assert_eq!(world.incident(&id).await["links"][0]["relation"], "split");
    })
    .await;
}

#[tokio::test]
async fn the_same_link_twice_is_one() {
    in_world(|world| async move {
        let (one, other) = (world.open("one").await, world.open("other").await);
        let body = json!({"other": other, "relation": "caused_by"});
        let linked = world.step("eve", &one, "links", body.clone()).await.ok();
        let again = world.step("eve", &one, "links", body).await.ok();
        assert_eq!(linked["version"], again["version"]);
        assert_eq!(world.incident(&other).await["links"][0]["relation"], "caused_by");
        world.step("eve", &one, "links", json!({"other": one, "relation": "related"})).await.refused(422, "invalid");
        assert_ne!(world.incident(&one).await["links"], Value::Null);
    })
    .await;
}
