#![allow(clippy::unwrap_used)]
//! Figures of noise, and the routes on both databases.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use axum::{Router, body::Body};
use evenkeel_api::{Caller, Kit, Role};
use evenkeel_core::{
    Actor, Clock, Language,
    id::{AlertId, IncidentId, OrganisationId, PersonId, ServiceId, TenantId},
};
use evenkeel_store::{
    Sql, StoreError,
    testing::{TestDb, for_each_database},
};
use http::Request;
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tower::ServiceExt as _;

use super::{Firing, Tally, routes, routes::RuleIncident, tally};
use crate::rule::{Routing, RuleHouse, RuleOptions, RuleSet, Rules, SourceFile, check, table};

const HEAL: SignedDuration = SignedDuration::from_mins(5);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn firing(from: &str, to: Option<(&str, &str)>) -> Firing {
    Firing { fired_at: at(from), over: to.map(|(to, why)| (at(to), why.to_owned())) }
}

#[test]
fn only_what_recovered_soon_is_noise_and_only_the_stretch_is_counted() {
    let all = [
        // Began before the stretch: its time in it counts, it does not.
        firing("2026-03-01T23:00:00Z", Some(("2026-03-02T01:00:00Z", "recovered"))),
        firing("2026-03-02T10:00:00Z", Some(("2026-03-02T10:05:00Z", "recovered"))),
        firing("2026-03-02T11:00:00Z", Some(("2026-03-02T11:05:01Z", "recovered"))),
        // Nobody knows whether it was well.
        firing("2026-03-02T12:00:00Z", Some(("2026-03-02T12:01:00Z", "data_silent"))),
        firing("2026-03-02T23:00:00Z", None),
    ];
    let found = tally(&all, at("2026-03-02T00:00:00Z"), at("2026-03-03T00:00:00Z"), HEAL);
    assert_eq!(found, Tally { fired: 4, healed: 1, firing_secs: 3600 + 300 + 301 + 60 + 3600 });
    assert_eq!(tally(&all[..2], at("2026-03-02T11:00:00Z"), at("2026-03-03T00:00:00Z"), HEAL), Tally::default());
}

struct House;

#[async_trait]
impl RuleHouse for House {
    async fn routing(&self, _: &mut dyn Sql, _: TenantId) -> Result<Routing, StoreError> {
        Ok(Routing::default())
    }
    async fn service(&self, _: &mut dyn Sql, _: TenantId, _: &str) -> Result<Option<ServiceId>, StoreError> {
        Ok(None)
    }
    async fn incidents(&self, _: &mut dyn Sql, _: TenantId, alerts: &[AlertId]) -> Result<BTreeMap<AlertId, RuleIncident>, StoreError> {
        Ok(alerts.iter().map(|alert| (*alert, RuleIncident { id: IncidentId::named("one"), number: 1001 })).collect())
    }
}

const RULES: &str = "groups:\n- name: g\n  rules:\n  - { alert: Down, expr: up == 0, labels: { service: shop } }\n  - { alert: Down, expr: up == 1, labels: { service: pier } }\n  - { record: a, expr: up }\n";

fn rules(test: &TestDb) -> Rules {
    let (_folder, metrics) = crate::testing::metrics(test.clock.clone() as Arc<dyn Clock>);
    let kit = Kit::new(test.db.clone());
    let rules = Rules::new(kit, test.tenant, Arc::clone(metrics.store()), Arc::new(House), RuleOptions::default());
    let checked = check(&SourceFile { name: "rules.yml".to_owned(), text: RULES.to_owned() });
    assert!(checked.is_good(), "{:?}", checked.findings);
    rules.set(RuleSet { groups: checked.groups.into_iter().map(Arc::new).collect(), ..RuleSet::default() });
    rules
}

/// An alert of a rule that fired so many minutes ago and was over after so many.
async fn told(test: &TestDb, name: &str, rule: &str, ago: i64, lasted: Option<i64>) {
    let now = test.clock.now();
    let fired_at = now - SignedDuration::from_mins(ago);
    let alert = table::OpenAlert {
        id: AlertId::named(name),
        group: "rules.yml;g".to_owned(),
        rule: rule.to_owned(),
        labels: BTreeMap::from([("i".to_owned(), name.to_owned())]),
        service: ServiceId::named("shop"),
        cause: "rule:Down".to_owned(),
    };
    let mut tx = test.db.write().await.unwrap();
    table::fire(&mut tx, test.tenant, &alert, fired_at, fired_at).await.unwrap();
    if let Some(lasted) = lasted {
        assert!(table::resolve(&mut tx, alert.id, fired_at + SignedDuration::from_mins(lasted), "recovered").await.unwrap());
    }
    tx.commit().await.unwrap();
}

async fn ask(router: &Router, tenant: TenantId, role: Option<Role>, path: &str) -> (u16, Value) {
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    if let Some(role) = role {
        let person = PersonId::named("li");
        request.extensions_mut().insert(Caller {
            tenant,
            actor: Actor::person(person),
            person: Some(person),
            organisation: Some(OrganisationId::named("acme")),
            roles: BTreeSet::from([role]),
            scopes: None,
            language: Language::En,
        });
    }
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

#[tokio::test]
async fn each_rule_in_force_has_its_own_history_with_incidents_and_only_staff_may_look() {
    for_each_database(crate::migrations(), |test| async move {
        let rules = rules(&test);
        test.clock.advance(SignedDuration::from_hours(24 * 40));
        let shop = r#"alert Down [("service", "shop")] 1"#;
        told(&test, "long ago", shop, 35 * 1440, Some(1)).await;
        told(&test, "a week and more ago", shop, 9 * 1440, Some(60)).await;
        told(&test, "yesterday", shop, 1440, Some(2)).await;
        told(&test, "now", shop, 10, None).await;
        told(&test, "of a rule that is gone", "alert Gone [] 1", 10, None).await;
        let (router, _) = routes::router(rules).split();
        let (tenant, engineer) = (test.tenant, Some(Role::Engineer));

        let (status, list) = ask(&router, tenant, engineer, "/api/v1/rules/history").await;
        assert_eq!((status, list["heal_secs"].as_i64()), (200, Some(300)), "{list}");
        let all = list["rules"].as_array().unwrap();
        assert_eq!(all.len(), 2, "recording rules never fire: {list}");
        assert_eq!(all[0]["labels"]["service"], "shop");
        assert_eq!(all[0]["week"], serde_json::json!({ "fired": 2, "healed": 1, "firing_secs": 720 }));
        assert_eq!(all[0]["month"], serde_json::json!({ "fired": 3, "healed": 1, "firing_secs": 4320 }));
        assert_eq!(all[1]["month"]["fired"], 0);
        assert_eq!(all[1]["last_at"], Value::Null);
        assert_ne!(all[0]["id"], all[1]["id"], "two rules of one name");

        let one = format!("/api/v1/rules/{}/history", all[0]["id"].as_str().unwrap());
        let (status, shown) = ask(&router, tenant, engineer, &one).await;
        assert_eq!((status, shown["alert"].as_str(), shown["more"].as_bool()), (200, Some("Down"), Some(false)), "{shown}");
        let firings = shown["firings"].as_array().unwrap();
        let names: Vec<_> = firings.iter().map(|firing| firing["labels"]["i"].as_str().unwrap()).collect();
        assert_eq!(names, ["now", "yesterday", "a week and more ago", "long ago"]);
        assert_eq!((&firings[0]["over_at"], firings[0]["lasted_secs"].as_i64()), (&Value::Null, Some(600)));
        assert_eq!((&firings[1]["healed"], &firings[2]["healed"]), (&Value::Bool(true), &Value::Bool(false)));
        assert_eq!(firings[1]["incident"]["number"], 1001);
        let (_, first) = ask(&router, tenant, engineer, &format!("{one}?limit=1")).await;
        assert_eq!((first["firings"].as_array().unwrap().len(), first["more"].as_bool()), (1, Some(true)));
        let (_, rest) = ask(&router, tenant, engineer, &format!("{one}?before={}", firings[1]["fired_at"].as_str().unwrap())).await;
        assert_eq!(rest["firings"].as_array().unwrap().len(), 2);
        let (_, longer) = ask(&router, tenant, engineer, "/api/v1/rules/history?heal_mins=60").await;
        assert_eq!(longer["rules"][0]["month"]["healed"], 2);

        for wrong in ["/api/v1/rules/history?heal_mins=0", "/api/v1/rules/history?heal_mins=1441", &format!("{one}?limit=501")] {
            assert_eq!(ask(&router, tenant, engineer, wrong).await.0, 422, "{wrong}");
        }
        assert_eq!(ask(&router, tenant, engineer, "/api/v1/rules/0123456789abcdef/history").await.0, 404);
        let elsewhere = TenantId::named("another");
        assert_eq!(ask(&router, elsewhere, engineer, "/api/v1/rules/history").await.1["rules"], serde_json::json!([]));
        assert_eq!(ask(&router, elsewhere, engineer, &one).await.0, 404);
        for path in ["/api/v1/rules/history", &one] {
            assert_eq!(ask(&router, tenant, Some(Role::Customer), path).await.0, 403);
            assert_eq!(ask(&router, tenant, None, path).await.0, 401);
        }
    })
    .await;
}
