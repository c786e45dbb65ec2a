//! What depends on what is down, and inhibition: one trouble is one page.

use evenkeel_core::{
    definition::InhibitionDefinition,
    event::manage::{AlertHeld, AlertReleased, ReleaseOutcome, Suppressor},
    id::{AlertId, ServiceId},
    matcher::Matcher,
};
use evenkeel_manage::{inhibition, service};
use jiff::SignedDuration;
use serde_json::json;

use crate::world::{GRANT, World, at, bank, in_world, only, service_definition, shop};

/// So many services that depend on the shop.
async fn children(world: &World, count: usize) -> Vec<ServiceId> {
    let mut tx = world.test.db.write().await.unwrap();
    let mut all = Vec::new();
    for number in 0..count {
        let mut definition = service_definition(crate::world::acme(), 60, true);
        definition.depends_on = vec![shop()];
        let name = format!("child-{number}");
        all.push(service::put_service(&mut tx, &GRANT, &world.act(), &name, &definition).await.unwrap().0);
    }
    tx.commit().await.unwrap();
    all
}

async fn by(world: &World, alert: AlertId) -> Option<Suppressor> {
    let events = world.alert(alert).await;
    at::<AlertHeld>(&events).last().map(|event| event.read::<AlertHeld>().unwrap().unwrap().by)
}

#[tokio::test]
async fn many_dependents_of_one_parent_that_is_down_are_one_incident() {
    in_world(|world| async move {
        let children = children(&world, 50).await;
        let (parent, _) = world.fires(shop(), "shop-web", 5).await;
        let mut alerts = Vec::new();
        for (number, child) in children.iter().enumerate() {
            alerts.push(world.fires(*child, &format!("child-{number}"), 5).await.0);
        }
        assert_eq!(world.incidents().await.len(), 1);
        assert_eq!(by(&world, alerts[7]).await, Some(Suppressor::Parent { id: shop() }));
        let affected = world.get("eve", &format!("/api/v1/suppressions?by=parent&id={}&limit=200", shop())).await.ok();
        assert_eq!(affected["items"].as_array().unwrap().len(), 50);
        assert_eq!(affected["items"][0]["by_name"]["display"]["en"], "Shop");

        // The parent is back: who depends on it has two minutes to come back too.
        world.pass(600);
        world.clears(parent, shop(), "shop-web", 5, "recovered").await;
        world.ring().await;
        world.pass(60);
        for (number, child) in children.iter().enumerate().skip(1) {
            world.clears(alerts[number], *child, &format!("child-{number}"), 5, "recovered").await;
        }
        world.ring().await;
        assert_eq!(world.incidents().await.len(), 1, "one of them is still within its two minutes");
        world.pass(60);
        world.ring().await;
        let incidents = world.incidents().await;
        assert_eq!(incidents.len(), 2, "and then it is a trouble of its own");
        let released: AlertReleased = only(&world.alert(alerts[0]).await);
        assert_eq!(released.outcome, ReleaseOutcome::LetGo);
        let released: AlertReleased = only(&world.alert(alerts[1]).await);
        assert_eq!((released.outcome, released.pages_avoided), (ReleaseOutcome::Avoided, 1));
    })
    .await;
}

#[tokio::test]
async fn a_parent_counts_as_down_by_its_own_alerts_also_when_nobody_is_told_of_them() {
    in_world(|world| async move {
        let middle = world.declare("middle", &[shop()]).await.unwrap();
        let leaf = world.declare("leaf", &[middle, bank()]).await.unwrap();
        let silence =
            json!({"matchers": [{"name": "service", "op": "=", "value": "shop"}], "to": world.now() + SignedDuration::from_hours(9)});
        world.post("eve", "/api/v1/silences", silence).await.ok();
        let (top, _) = world.fires(shop(), "shop-web", 5).await;
        // Between them nothing is known: it follows from further above all the same.
        let (alert, _) = world.fires(leaf, "leaf", 5).await;
        assert_eq!(by(&world, alert).await, Some(Suppressor::Parent { id: shop() }));
        let (other, _) = world.fires(middle, "middle", 5).await;
        assert_eq!(by(&world, other).await, Some(Suppressor::Parent { id: shop() }));
        assert!(world.incidents().await.is_empty());
        // The shop is back and the middle is not: now that is why.
        world.clears(top, shop(), "shop-web", 5, "recovered").await;
        world.pass(120);
        world.ring().await;
        assert_eq!(by(&world, alert).await, Some(Suppressor::Parent { id: middle }));
        let incidents = world.incidents().await;
        assert_eq!((incidents.len(), &incidents[0]["service"]["id"]), (1, &json!(middle)));
    })
    .await;
}

#[tokio::test]
async fn a_certificate_or_a_rule_of_the_parent_does_not_make_it_down() {
    in_world(|world| async move {
        let child = children(&world, 1).await[0];
        world.fires(shop(), "shop-certificate", 5).await;
        world.fires(child, "child-0", 5).await;
        assert_eq!(world.incidents().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_child_waits_while_nobody_has_seen_its_parent_well_and_no_longer() {
    in_world(|world| async move {
        let children = children(&world, 3).await;
        world.doubt(&[shop()]);
        let (first, _) = world.fires(children[0], "child-0", 5).await;
        assert_eq!(by(&world, first).await, Some(Suppressor::Parent { id: shop() }));
        world.pass(1);
        world.ring().await;
        assert!(world.incidents().await.is_empty());
        let (parent, _) = world.fires(shop(), "shop-web", 5).await;
        world.doubt(&[]);
        world.pass(300);
        world.ring().await;
        assert_eq!(world.incidents().await.len(), 1, "the parent's verdict fell");
        world.clears(parent, shop(), "shop-web", 5, "recovered").await;
        world.clears(first, children[0], "child-0", 5, "recovered").await;
        world.pass(1000);
        world.ring().await;

        // It was not seen well, and then it was.
        world.doubt(&[shop()]);
        world.fires(children[1], "child-1", 5).await;
        world.doubt(&[]);
        world.pass(5);
        world.ring().await;
        assert_eq!(world.incidents().await.len(), 2);
        // And a doubt that never ends is not waited for.
        world.doubt(&[shop()]);
        world.fires(children[2], "child-2", 5).await;
        for _ in 0..24 {
            world.pass(5);
            world.ring().await;
        }
        assert_eq!(world.incidents().await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_childs_incident_of_a_moment_before_is_said_to_be_caused_by_the_parents() {
    in_world(|world| async move {
        let children = children(&world, 2).await;
        world.fires(children[0], "child-0", 5).await;
        world.pass(600);
        world.fires(children[1], "child-1", 5).await;
        world.pass(60);
        world.fires(shop(), "shop-web", 70).await;
        let incidents = world.incidents().await;
        let of = |service: ServiceId| incidents.iter().find(|incident| incident["service"]["id"] == json!(service)).unwrap()["id"].clone();
        let linked = world.incident(of(children[1]).as_str().unwrap()).await;
        assert_eq!(linked["links"][0]["relation"], "caused_by", "{linked}");
        assert_eq!(linked["links"][0]["other"], of(shop()));
        let before = world.incident(of(children[0]).as_str().unwrap()).await;
        assert_eq!(before["links"], json!([]), "ten minutes before is another trouble");
    })
    .await;
}

#[tokio::test]
async fn services_never_depend_on_themselves_and_a_refusal_names_the_way() {
    in_world(|world| async move {
        let b = world.declare("b", &[shop()]).await.unwrap();
        let c = world.declare("c", &[b]).await.unwrap();
        let refused = world.declare("shop", &[c]).await.unwrap_err().to_string();
        assert!(refused.contains("shop → c → b → shop"), "{refused}");
        assert!(world.declare("shop", &[shop()]).await.unwrap_err().to_string().contains("shop → shop"));
        assert!(world.declare("d", &[ServiceId::named("nobody")]).await.unwrap_err().to_string().contains("does not exist"));
        // What depends on nothing any more is told at once.
        world.fires(shop(), "shop-web", 5).await;
        world.fires(c, "c", 5).await;
        assert_eq!(world.incidents().await.len(), 1);
        world.declare("b", &[]).await.unwrap();
        world.ring().await;
        assert_eq!(world.incidents().await.len(), 2);
    })
    .await;
}

async fn inhibit(world: &World, source: &str, target: &str, equal: &[&str]) {
    let rule = InhibitionDefinition {
        source: Matcher::parse_list(source).unwrap(),
        target: Matcher::parse_list(target).unwrap(),
        equal: equal.iter().map(|label| (*label).to_owned()).collect(),
    };
    let mut tx = world.test.db.write().await.unwrap();
    inhibition::put(&mut tx, &GRANT, &world.act(), "rule", &rule).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_alert_is_inhibited_while_one_fires_that_says_more() {
    in_world(|world| async move {
        inhibit(&world, "probe=~\"core-.*\"", "probe=~\"edge-.*\"", &["severity"]).await;
        let (core, _) = world.fires(shop(), "core-1", 5).await;
        let (second, _) = world.fires(bank(), "core-2", 5).await;
        let edge_service = world.declare("edge", &[]).await.unwrap();
        let (edge, _) = world.fires(edge_service, "edge-1", 5).await;
        assert!(matches!(by(&world, edge).await, Some(Suppressor::Inhibition { rule, .. }) if rule == "rule"));
        assert_eq!(world.incidents().await.len(), 2);
        world.clears(core, shop(), "core-1", 5, "recovered").await;
        world.ring().await;
        assert_eq!(world.incidents().await.len(), 2, "the other one still says it");
        world.clears(second, bank(), "core-2", 5, "recovered").await;
        world.ring().await;
        assert_eq!(world.incidents().await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_rule_that_comes_or_goes_counts_at_once_for_what_is_judged_from_then_on() {
    in_world(|world| async move {
        world.fires(shop(), "core-1", 5).await;
        inhibit(&world, "probe=core-1", "probe=~\"edge-.*\"", &[]).await;
        let edge = world.declare("edge", &[]).await.unwrap();
        world.fires(edge, "edge-1", 5).await;
        assert_eq!(world.incidents().await.len(), 1, "its source fired before the rule was put");
        let mut tx = world.test.db.write().await.unwrap();
        assert!(inhibition::retire(&mut tx, &GRANT, &world.act(), "rule").await.unwrap());
        tx.commit().await.unwrap();
        world.ring().await;
        assert_eq!(world.incidents().await.len(), 2);
    })
    .await;
}
