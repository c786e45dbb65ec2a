//! Planned maintenance: alerts wait for its end, nothing is approved afterwards, and resolved incidents are closed by rule.

use evenkeel_core::{
    event::{
        Event,
        manage::{AlertHeld, IncidentOpened, MaintenanceCancelled, MaintenancePlanned, Origin, Suppressor, Transitioned, Window},
    },
    id::{MaintenanceId, ServiceId},
    state::IncidentState,
};
use evenkeel_manage::{
    incident::rules::{self, IncidentRules},
    maintenance::{self, MaintenanceDefinition},
};
use evenkeel_store::{StoreError, ledger};
use jiff::SignedDuration;
use serde_json::json;

use crate::world::{GRANT, World, bank, epoch, in_world, only, person, shop};

/// Maintenance from and to so many seconds after now.
fn plan(world: &World, services: &[ServiceId], from: i64, to: i64) -> MaintenanceDefinition {
    let at = |secs: i64| world.now() + SignedDuration::from_secs(secs);
    MaintenanceDefinition {
        services: services.to_vec(),
        windows: vec![Window { from: at(from), to: at(to) }],
        approved_by: Some(person("mia")),
        announced_at: None,
        reason: Some("new database".to_owned()),
    }
}

async fn put(world: &World, name: &str, plan: MaintenanceDefinition) -> Result<bool, StoreError> {
    let mut tx = world.test.db.write().await?;
    let (_, put) = maintenance::put(&mut tx, &GRANT, &world.act(), name, plan).await?;
    tx.commit().await?;
    Ok(put.changed)
}

async fn cancel(world: &World, name: &str) -> bool {
    let mut tx = world.test.db.write().await.unwrap();
    let retired = maintenance::retire(&mut tx, &GRANT, &world.act(), name).await.unwrap();
    tx.commit().await.unwrap();
    retired
}

async fn told(world: &World, kind: &str, id: impl std::fmt::Display) -> Vec<Event> {
    let mut read = world.test.db.read().await.unwrap();
    ledger::events_of(&mut read, world.test.tenant, kind, &id.to_string()).await.unwrap()
}

#[tokio::test]
async fn an_alert_in_maintenance_opens_nothing_and_what_recovers_in_it_never_does() {
    in_world(|world| async move {
        put(&world, "upgrade", plan(&world, &[shop()], 0, 3600)).await.unwrap();
        world.pass(60);
        let (alert, event) = world.fires(shop(), "shop-web", 5).await;
        world.replay(&event).await;
        assert!(world.incidents().await.is_empty());
        let held: AlertHeld = only(&told(&world, "alert", alert).await);
        assert_eq!((held.service_id, held.by), (shop(), Suppressor::Maintenance { id: MaintenanceId::named("upgrade") }));
        world.pass(600);
        world.clears(alert, shop(), "shop-web", 5, "recovered").await;
        world.pass(3600);
        world.ring().await;
        assert!(world.incidents().await.is_empty());
        world.fires(shop(), "shop-web", 5).await;
        assert_eq!(world.incidents().await.len(), 1, "afterwards an alert is an alert");
    })
    .await;
}

#[tokio::test]
async fn what_still_fires_when_maintenance_ends_is_a_fault_from_then_on() {
    in_world(|world| async move {
        put(&world, "upgrade", plan(&world, &[shop()], 0, 3600)).await.unwrap();
        world.pass(60);
        let (alert, _) = world.fires(shop(), "shop-web", 5).await;
        world.fires(bank(), "bank-web", 5).await;
        assert_eq!(world.incidents().await.len(), 1, "another service is not in maintenance");
        world.pass(3540);
        world.ring().await;
        let incidents = world.incidents().await;
        assert_eq!(incidents.len(), 2);
        let ended = epoch() + SignedDuration::from_secs(3600);
        let of_shop = incidents.iter().find(|incident| incident["service"]["id"] == json!(shop())).unwrap();
        assert_eq!((&of_shop["opened_at"], &of_shop["started_at"]), (&json!(ended), &json!(ended)));
        let opened: IncidentOpened = only(&world.events(of_shop["id"].as_str().unwrap()).await);
        assert!(matches!(opened.origin, Origin::Alert { alert_id, .. } if alert_id == alert));
    })
    .await;
}

#[tokio::test]
async fn maintenance_that_is_cancelled_or_made_longer_moves_what_waits_for_its_end() {
    in_world(|world| async move {
        put(&world, "upgrade", plan(&world, &[shop()], 0, 600)).await.unwrap();
        world.pass(60);
        world.fires(shop(), "shop-web", 5).await;
        assert!(put(&world, "upgrade", plan(&world, &[shop()], 0, 7200)).await.unwrap());
        world.pass(700);
        world.ring().await;
        assert!(world.incidents().await.is_empty(), "it was made longer");
        assert!(cancel(&world, "upgrade").await);
        world.ring().await;
        assert_eq!(world.incidents().await.len(), 1);
        only::<MaintenanceCancelled>(&told(&world, "service", shop()).await);
        assert!(!cancel(&world, "upgrade").await, "once");
    })
    .await;
}

#[tokio::test]
async fn nothing_is_approved_afterwards() {
    in_world(|world| async move {
        world.pass(7200);
        let refused = put(&world, "late", plan(&world, &[shop()], -7200, -3600)).await.unwrap_err();
        assert!(matches!(refused, StoreError::Failure(failure) if failure.detail.contains("never afterwards")));
        // Of one that has begun only what is left counts.
        put(&world, "begun", plan(&world, &[shop()], -600, 600)).await.unwrap();
        let shown = world.get("eve", "/api/v1/maintenance").await.ok();
        assert_eq!((&shown[0]["from"], &shown[0]["name"]), (&json!(world.now()), &json!("begun")));
        assert_eq!((&shown[0]["approved_by"]["display"], &shown[0]["reason"]), (&json!("mia"), &json!("new database")));
        let planned = told(&world, "service", shop()).await;
        assert!(!planned[0].payload.contains("database"), "a reason is personal text and not part of the event");
        assert_eq!(only::<MaintenancePlanned>(&planned).approved_by, Some(person("mia")));
    })
    .await;
}

#[tokio::test]
async fn the_same_again_says_nothing_and_a_service_left_out_is_cancelled() {
    in_world(|world| async move {
        let both = plan(&world, &[shop(), bank()], 3600, 7200);
        assert!(put(&world, "upgrade", both.clone()).await.unwrap());
        assert!(!put(&world, "upgrade", both.clone()).await.unwrap());
        assert!(put(&world, "upgrade", MaintenanceDefinition { services: vec![shop()], ..both }).await.unwrap());
        only::<MaintenanceCancelled>(&told(&world, "service", bank()).await);
        let shown = world.get("cora", "/api/v1/maintenance").await.ok();
        assert_eq!(shown.as_array().unwrap().len(), 1);
        let of_bank = world.get("eve", &format!("/api/v1/maintenance?service={}", bank())).await.ok();
        assert_eq!(of_bank, json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_customer_sees_maintenance_of_its_own_services_only() {
    in_world(|world| async move {
        put(&world, "upgrade", plan(&world, &[shop(), bank()], 3600, 7200)).await.unwrap();
        let shown = world.get("cora", "/api/v1/maintenance").await.ok();
        let services: Vec<_> = shown.as_array().unwrap().iter().map(|window| window["service"]["id"].clone()).collect();
        assert_eq!(services, [json!(shop())]);
    })
    .await;
}

#[tokio::test]
async fn what_was_resolved_is_closed_after_the_days_that_the_rule_gives() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        world.step("eve", &id, "resolve", json!({"reason": "fixed"})).await.ok();
        let rule = async |days| {
            let mut tx = world.test.db.write().await.unwrap();
            rules::put(&mut tx, &GRANT, &world.act(), IncidentRules { close_after_days: days }).await.unwrap();
            tx.commit().await.unwrap();
        };
        rule(Some(2)).await;
        world.pass(86_400);
        world.ring().await;
        assert_eq!(world.incident(&id).await["state"], "resolved");
        rule(Some(3)).await;
        world.pass(86_400);
        world.ring().await;
        assert_eq!(world.incident(&id).await["state"], "resolved", "the rule became more patient");
        world.pass(86_400);
        world.ring().await;
        assert_eq!(world.incident(&id).await["state"], "closed");
        let events = world.events(&id).await;
        let last: Transitioned = events.iter().rev().find_map(Event::read::<Transitioned>).unwrap().unwrap();
        assert_eq!((last.to, last.reason.as_deref()), (IncidentState::Closed, Some("by_rule")));

        let other = world.open("slow again").await;
        world.step("eve", &other, "resolve", json!({"reason": "fixed"})).await.ok();
        world.pass(86_400);
        world.step("eve", &other, "reopen", json!({})).await.ok();
        world.pass(5 * 86_400);
        world.ring().await;
        assert_eq!(world.incident(&other).await["state"], "reopened", "it is not resolved any more");
    })
    .await;
}
