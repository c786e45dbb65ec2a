//! Alerts open, join, re-open and clear incidents; verification resolves them; a seen event changes nothing again.

use evenkeel_core::{
    Actor,
    event::{
        Event, NewEvent,
        manage::{Acknowledged, AlertCleared, AlertJoined, IncidentOpened, Origin, Restored, Transitioned},
        observe::PageAcknowledged,
    },
    id::{PageId, ServiceId},
    state::IncidentState,
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{World, at, bank, epoch, id_of, in_world, only, person, shop};

async fn the_incident(world: &World) -> (String, Value) {
    let mut all = world.incidents().await;
    assert_eq!(all.len(), 1, "{all:?}");
    let one = all.pop().unwrap();
    (one["id"].as_str().unwrap().to_owned(), one)
}

#[tokio::test]
async fn an_alert_opens_an_incident_with_an_owner() {
    in_world(|world| async move {
        world.pass(30);
        let (alert_id, _) = world.fires(shop(), "shop-health", 10).await;
        let (id, incident) = the_incident(&world).await;
        assert_eq!(incident["state"], "new");
        assert_eq!(incident["title"], "Shop is unavailable: unexpected status (shop-health)");
        assert_eq!(incident["priority"], 1);
        assert_eq!(incident["firing"], 1);
        assert_eq!(incident["origin"], "alert");
        assert_eq!(incident["owner"]["display"], "mia");
        assert_eq!(incident["opened_at"], json!(world.now()));
        assert_eq!(incident["started_at"], json!(world.now() - SignedDuration::from_secs(10)));
        let opened: IncidentOpened = only(&world.events(&id).await);
        assert!(matches!(opened.origin, Origin::Alert { alert_id: known, .. } if known == alert_id));
    })
    .await;
}

#[tokio::test]
async fn trouble_of_an_undeclared_service_is_not_dropped() {
    in_world(|world| async move {
        world.fires(ServiceId::named("ghost"), "ghost-probe", 1).await;
        let (_, incident) = the_incident(&world).await;
        assert_eq!((&incident["owner"], &incident["team"]), (&Value::Null, &Value::Null));
        let orphans = world.get("ada", "/api/v1/duties").await.ok();
        assert_eq!(orphans["items"][0]["kind"], "incident");
        assert_eq!(orphans["items"][0]["why"], "owner_absent");
    })
    .await;
}

#[tokio::test]
async fn the_same_cause_joins_and_another_cause_or_service_opens() {
    in_world(|world| async move {
        world.fires(shop(), "shop-health", 10).await;
        world.pass(20);
        world.fires(shop(), "shop-health", 5).await;
        let (id, incident) = the_incident(&world).await;
        assert_eq!(incident["firing"], 2);
        only::<AlertJoined>(&world.events(&id).await);
        world.fires(shop(), "shop-certificate", 5).await;
        world.fires(bank(), "shop-health", 5).await;
        assert_eq!(world.incidents().await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn two_probes_of_one_service_make_one_incident_that_is_over_when_both_recover() {
    in_world(|world| async move {
        let (web, _) = world.fires(shop(), "shop-web", 10).await;
        world.pass(5);
        let (orders, _) = world.fires(shop(), "shop-orders", 5).await;
        let (id, incident) = the_incident(&world).await;
        assert_eq!(incident["firing"], 2);
        assert_eq!(only::<AlertJoined>(&world.events(&id).await).probe.as_deref(), Some("shop-orders"));

        world.pass(60);
        world.clears(web, shop(), "shop-web", 5, "recovered").await;
        let (_, incident) = the_incident(&world).await;
        assert_eq!((&incident["firing"], &incident["restored_at"]), (&json!(1), &Value::Null), "one of two still fires");
        world.pass(60);
        world.clears(orders, shop(), "shop-orders", 15, "recovered").await;
        let (_, incident) = the_incident(&world).await;
        assert_eq!((&incident["firing"], &incident["restored_at"]), (&json!(0), &json!(world.now() - SignedDuration::from_secs(15))));
        let cleared: Vec<_> =
            world.events(&id).await.iter().filter_map(Event::read::<AlertCleared>).map(|body| body.unwrap().probe).collect();
        assert_eq!(cleared, [Some("shop-web".to_owned()), Some("shop-orders".to_owned())]);
        world.pass(45);
        world.ring().await;
        assert_eq!(the_incident(&world).await.1["state"], "resolved");
    })
    .await;
}

#[tokio::test]
async fn what_a_probe_that_was_paused_had_seen_is_not_restored_by_another_probe() {
    in_world(|world| async move {
        let (web, _) = world.fires(shop(), "shop-web", 10).await;
        let (orders, _) = world.fires(shop(), "shop-orders", 5).await;
        world.pass(60);
        world.clears(web, shop(), "shop-web", 0, "probe_paused").await;
        world.clears(orders, shop(), "shop-orders", 0, "recovered").await;
        assert_eq!(the_incident(&world).await.1["restored_at"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_title_that_an_alert_made_is_read_and_found_in_both_languages() {
    in_world(|world| async move {
        world.fires(shop(), "shop-health", 10).await;
        let (id, _) = the_incident(&world).await;
        let mut caller = world.caller("ada");
        caller.language = evenkeel_core::Language::Zh;
        let path = format!("/api/v1/incidents/{id}");
        let read = world.send(Some(caller.clone()), http::Method::GET, &path, None, None).await.ok();
        assert_eq!(read["title"], "商店不可用：状态码不符（shop-health）");
        let told = world.send(Some(caller), http::Method::GET, &format!("{path}/timeline"), None, None).await.ok();
        assert_eq!(told[0]["text"], read["title"]);
        for words in ["%E4%B8%8D%E5%8F%AF%E7%94%A8", "is%20unavailable", "SHOP-health"] {
            let found = world.get("ada", &format!("/api/v1/incidents?q={words}")).await.ok();
            assert_eq!(found["items"].as_array().unwrap().len(), 1, "{words}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_recovery_is_verified_then_resolved_by_rule() {
    in_world(|world| async move {
        let (alert_id, _) = world.fires(shop(), "shop-health", 10).await;
        world.pass(100);
        world.clears(alert_id, shop(), "shop-health", 15, "recovered").await;
        let (id, incident) = the_incident(&world).await;
        let recovered_at = world.now() - SignedDuration::from_secs(15);
        assert_eq!((incident["state"].as_str(), &incident["restored_at"]), (Some("new"), &json!(recovered_at)));
        assert_eq!(incident["firing"], 0);
        let restored = world.events(&id).await;
        assert_eq!(at::<Restored>(&restored)[0].occurred_at, recovered_at);
        assert_eq!(only::<Restored>(&restored).basis, "telemetry");

        assert_eq!(world.ring().await, 0, "not verified yet");
        world.pass(45);
        assert_eq!(world.ring().await, 1);
        let (_, incident) = the_incident(&world).await;
        assert_eq!(incident["state"], "resolved");
        let edge: Transitioned = only(&world.events(&id).await);
        assert_eq!((edge.from, edge.to, edge.reason.as_deref()), (IncidentState::New, IncidentState::Resolved, Some("recovered")));
    })
    .await;
}

#[tokio::test]
async fn a_recovery_that_needs_no_verification_resolves_at_once() {
    in_world(|world| async move {
        let mut tx = world.test.db.write().await.unwrap();
        let definition = crate::world::service_definition(crate::world::acme(), 0, true);
        evenkeel_manage::service::put_service(&mut tx, &crate::world::GRANT, &world.act(), "shop", &definition).await.unwrap();
        tx.commit().await.unwrap();
        let (alert_id, _) = world.fires(shop(), "shop-health", 10).await;
        world.pass(20);
        world.clears(alert_id, shop(), "shop-health", 5, "recovered").await;
        let (id, incident) = the_incident(&world).await;
        assert_eq!((incident["state"].as_str(), &incident["resolved_at"]), (Some("resolved"), &json!(world.now())));
        let kinds = world.kinds(&id).await;
        assert_eq!(kinds, ["incident.opened", "incident.alert_cleared", "incident.restored", "incident.transitioned"]);
    })
    .await;
}

#[tokio::test]
async fn a_person_resolves_where_the_service_wants_that() {
    in_world(|world| async move {
        let (alert_id, _) = world.fires(bank(), "bank-health", 10).await;
        world.clears(alert_id, bank(), "bank-health", 0, "recovered").await;
        world.pass(3600);
        world.ring().await;
        let (id, incident) = the_incident(&world).await;
        assert_eq!((incident["state"].as_str(), &incident["restored_at"]), (Some("new"), &json!(epoch())));
        world.step("eve", &id, "resolve", json!({"reason": "recovered"})).await.ok();
        assert_eq!(at::<Restored>(&world.events(&id).await).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn trouble_during_verification_takes_the_recovery_back() {
    in_world(|world| async move {
        let (alert_id, _) = world.fires(shop(), "shop-health", 10).await;
        world.clears(alert_id, shop(), "shop-health", 0, "recovered").await;
        world.pass(30);
        let (again, _) = world.fires(shop(), "shop-health", 2).await;
        let (_, incident) = the_incident(&world).await;
        assert_eq!((&incident["restored_at"], &incident["firing"]), (&Value::Null, &json!(1)));
        world.pass(60);
        assert_eq!(world.ring().await, 0);
        world.clears(again, shop(), "shop-health", 0, "recovered").await;
        world.pass(60);
        world.ring().await;
        assert_eq!(the_incident(&world).await.1["state"], "resolved");
    })
    .await;
}

#[tokio::test]
async fn service_is_back_when_the_last_of_several_alerts_recovered() {
    in_world(|world| async move {
        let (first, _) = world.fires(shop(), "shop-health", 10).await;
        let (second, _) = world.fires(shop(), "shop-health", 10).await;
        world.pass(10);
        world.clears(second, shop(), "shop-health", 0, "recovered").await;
        let (id, incident) = the_incident(&world).await;
        assert_eq!((&incident["restored_at"], &incident["firing"]), (&Value::Null, &json!(1)));
        world.pass(10);
        world.clears(first, shop(), "shop-health", 5, "recovered").await;
        let events = world.events(&id).await;
        assert_eq!(at::<AlertCleared>(&events).len(), 2);
        assert_eq!(at::<Restored>(&events)[0].occurred_at, epoch() + SignedDuration::from_secs(15));
    })
    .await;
}

#[tokio::test]
async fn the_first_word_that_service_is_back_counts() {
    in_world(|world| async move {
        let (alert_id, _) = world.fires(shop(), "shop-health", 10).await;
        let (id, _) = the_incident(&world).await;
        world.pass(20);
        let said = world.step("eve", &id, "restore", json!({})).await.ok();
        world.pass(20);
        let again = world.step("eve", &id, "restore", json!({})).await.ok();
        assert_eq!((&again["restored_at"], &again["version"]), (&said["restored_at"], &said["version"]));
        world.clears(alert_id, shop(), "shop-health", 0, "recovered").await;
        assert_eq!(only::<Restored>(&world.events(&id).await).basis, "declared");
        world.pass(60);
        world.ring().await;
        let (_, incident) = the_incident(&world).await;
        assert_eq!((incident["state"].as_str(), &incident["restored_at"]), (Some("resolved"), &said["restored_at"]));
    })
    .await;
}

#[tokio::test]
async fn a_probe_that_was_paused_proves_no_recovery() {
    in_world(|world| async move {
        let (alert_id, _) = world.fires(shop(), "shop-health", 10).await;
        world.clears(alert_id, shop(), "shop-health", 0, "probe_paused").await;
        world.pass(3600);
        assert_eq!(world.ring().await, 0);
        let (_, incident) = the_incident(&world).await;
        assert_eq!((incident["state"].as_str(), &incident["restored_at"]), (Some("new"), &Value::Null));
        assert_eq!(incident["firing"], 0);
    })
    .await;
}

#[tokio::test]
async fn an_alert_soon_after_the_resolution_reopens_and_a_later_one_opens() {
    in_world(|world| async move {
        let (alert_id, _) = world.fires(shop(), "shop-health", 10).await;
        world.clears(alert_id, shop(), "shop-health", 0, "recovered").await;
        world.pass(60);
        world.ring().await;
        world.pass(599);
        let (again, _) = world.fires(shop(), "shop-health", 1).await;
        let (id, incident) = the_incident(&world).await;
        assert_eq!(incident["state"], "reopened");
        let edges = world.events(&id).await;
        let last = edges.iter().filter_map(Event::read::<Transitioned>).next_back().unwrap().unwrap();
        assert_eq!(last.reason.as_deref(), Some("recurred"));

        world.clears(again, shop(), "shop-health", 0, "recovered").await;
        world.pass(60);
        world.ring().await;
        world.pass(600);
        world.fires(shop(), "shop-health", 1).await;
        assert_eq!(world.incidents().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_incident_is_not_woken() {
    in_world(|world| async move {
        world.fires(shop(), "shop-health", 10).await;
        let (id, _) = the_incident(&world).await;
        world.step("eve", &id, "cancel", json!({"reason": "not_an_incident"})).await.ok();
        world.fires(shop(), "shop-health", 1).await;
        assert_eq!(world.incidents().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn events_that_are_seen_again_change_nothing() {
    in_world(|world| async move {
        let (alert_id, fired) = world.fires(shop(), "shop-health", 10).await;
        let (id, _) = the_incident(&world).await;
        world.replay(&fired).await;
        let acknowledged = page_acknowledged(&world, &id, "eve").await;
        world.pass(5);
        let cleared = world.clears(alert_id, shop(), "shop-health", 0, "recovered").await;
        world.pass(60);
        world.ring().await;
        let before = (world.incident(&id).await, world.kinds(&id).await);
        for event in [&fired, &acknowledged, &cleared, &fired] {
            world.replay(event).await;
        }
        assert_eq!((world.incident(&id).await, world.kinds(&id).await), before);
        assert_eq!(world.incidents().await.len(), 1);
    })
    .await;
}

async fn page_acknowledged(world: &World, id: &str, name: &str) -> Event {
    let page = PageId::at(world.now(), world.test.rng.as_ref());
    let body = PageAcknowledged { incident_id: id.parse().unwrap(), person_id: person(name), via: "link".to_owned() };
    let event = NewEvent::of(world.test.tenant, world.now(), Actor::person(person(name)), "page", page, &body).unwrap();
    let event = world.append(&event.evidence(format!("incident:{id}"))).await;
    world.consume().await;
    event
}

#[tokio::test]
async fn an_acknowledged_page_gives_the_incident_to_the_person() {
    in_world(|world| async move {
        world.fires(shop(), "shop-health", 10).await;
        let (id, _) = the_incident(&world).await;
        world.pass(30);
        page_acknowledged(&world, &id, "eve").await;
        let (_, incident) = the_incident(&world).await;
        assert_eq!((incident["state"].as_str(), incident["assignee"]["display"].as_str()), (Some("in_progress"), Some("eve")));
        assert_eq!(incident["acknowledged_at"], json!(world.now()));
        let acknowledged: Acknowledged = only(&world.events(&id).await);
        assert_eq!((acknowledged.person_id, acknowledged.via.as_str()), (person("eve"), "link"));
        page_acknowledged(&world, &id, "eli").await;
        assert_eq!(the_incident(&world).await.1["assignee"]["display"], "eve");

        let timeline = world.get("eve", &format!("/api/v1/incidents/{id}/timeline")).await.ok();
        let kinds: Vec<&str> = timeline.as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
        assert!(kinds.contains(&"page.acknowledged"), "{kinds:?}");
    })
    .await;
}

#[tokio::test]
async fn a_page_of_an_absorbed_incident_acknowledges_the_survivor() {
    in_world(|world| async move {
        world.fires(shop(), "shop-health", 10).await;
        let (absorbed, _) = the_incident(&world).await;
        let survivor = world.open("everything is down").await;
        world.step("eve", &absorbed, "merge", json!({"into": survivor})).await.ok();
        page_acknowledged(&world, &absorbed, "eli").await;
        assert_eq!(world.incident(&survivor).await["assignee"]["display"], "eli");
        assert_eq!(id_of(&world.incident(&survivor).await).to_string(), survivor);
    })
    .await;
}
