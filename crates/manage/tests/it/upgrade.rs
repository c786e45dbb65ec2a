//! What an earlier binary held back for maintenance is taken over by this one.

use evenkeel_core::{
    Actor, Clock as _,
    event::{
        NewEvent,
        observe::{AlertFired, Look},
    },
    id::{AlertId, MaintenanceId},
    priority::Severity,
};
use evenkeel_store::{Migration, NewTimer, migration, params, testing::for_each_database};
use jiff::SignedDuration;
use serde_json::json;

use crate::world::{World, shop};

/// The tables as they were before there was one mechanism for every reason.
fn before() -> Vec<Migration> {
    let new = ["manage.suppression", "manage.silence", "manage.inhibition", "manage.service.0002", "upgrade."];
    evenkeel_manage::migrations().into_iter().filter(|known| !new.iter().any(|prefix| known.name.starts_with(prefix))).collect()
}

#[tokio::test]
async fn an_alert_that_waited_for_the_end_of_maintenance_still_does() {
    for_each_database(before(), |test| async move {
        let now = test.clock.now();
        let until = now + SignedDuration::from_hours(1);
        let alert_id = AlertId::at(now, test.rng.as_ref());
        let body = AlertFired {
            alert_id,
            probe_id: None,
            probe: "shop-web".to_owned(),
            service_id: shop(),
            cause: "unavailable".to_owned(),
            severity: Severity::Critical,
            started_at: now,
            fired_at: now,
            look: Look { at: now, duration_ms: 1.0, code: "timeout".to_owned(), detail: String::new() },
            rule: None,
        };
        let mut tx = test.db.write().await.unwrap();
        let event = NewEvent::of(test.tenant, now, Actor::system("probe"), "probe", alert_id, &body).unwrap();
        let event = tx.append(&event).await.unwrap();
        // The earlier binary has read it.
        tx.execute("INSERT INTO consumer (name, position, moved_at) VALUES ($1, $2, $3)", params!["manage.incident", event.seq, now])
            .await
            .unwrap();
        tx.execute(
            "INSERT INTO maintenance_window (tenant_id, service_id, maintenance_id, name, from_at, to_at) VALUES ($1, $2, $3, $4, $5, $6)",
            params![test.tenant, shop(), MaintenanceId::named("upgrade"), "upgrade", now, until],
        )
        .await
        .unwrap();
        tx.execute(
            "INSERT INTO maintenance_alert (tenant_id, alert_id, service_id, fired) VALUES ($1, $2, $3, $4)",
            params![test.tenant, alert_id, shop(), serde_json::to_string(&body).unwrap()],
        )
        .await
        .unwrap();
        let timer =
            NewTimer { tenant: test.tenant, kind: "maintenance.alert", key: alert_id.to_string(), due_at: until, payload: "{}".to_owned() };
        tx.set_timer(&timer).await.unwrap();
        tx.commit().await.unwrap();

        let all = [evenkeel_store::migrations(), evenkeel_manage::migrations()].concat();
        migration::migrate(&test.db, all).await.unwrap();
        let world = World::new(test).await;
        world.consume().await;
        world.ring().await;
        let held = world.get("aud", "/api/v1/suppressions?open=true").await.ok();
        assert_eq!((held["items"][0]["alert_id"].clone(), held["items"][0]["by"]["type"].clone()), (json!(alert_id), json!("maintenance")));
        assert!(world.incidents().await.is_empty());
        world.pass(3600);
        world.ring().await;
        let incidents = world.incidents().await;
        assert_eq!((incidents.len(), &incidents[0]["opened_at"]), (1, &json!(until)));
    })
    .await;
}
