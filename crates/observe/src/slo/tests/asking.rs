//! The API: figures with what they are made of, and who sees which.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use axum::{Router, body::Body};
use evenkeel_api::{Caller, Kit, Role};
use evenkeel_core::{
    Actor, Language,
    id::{IncidentId, OrganisationId, PersonId, ServiceId, TenantId},
};
use evenkeel_store::{Sql, StoreError, testing::for_each_database};
use http::Request;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use serde_json::Value;
use tower::ServiceExt as _;

use super::flow::{ROLLING, Stage, events};
use crate::{
    Observe, ServiceOwners,
    probe::ProbeOptions,
    slo::{SloHouse, SloIncident, routes},
};

/// The shop is harbour's, and had one incident.
struct Harbour;

#[async_trait]
impl ServiceOwners for Harbour {
    async fn organisations(&self, _: &mut dyn Sql, _: TenantId, _: ServiceId) -> Result<Option<Vec<OrganisationId>>, StoreError> {
        Ok(Some(vec![OrganisationId::named("harbour")]))
    }
}

#[async_trait]
impl SloHouse for Harbour {
    async fn service(&self, _: &mut dyn Sql, _: TenantId, _: &str) -> Result<Option<ServiceId>, StoreError> {
        Ok(Some(ServiceId::named("shop")))
    }
    async fn incidents(
        &self,
        _: &mut dyn Sql,
        _: TenantId,
        _: ServiceId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<SloIncident>, StoreError> {
        assert!(from < to);
        Ok(vec![SloIncident { id: IncidentId::named("one"), number: 1001, priority: 1, from, to: None }])
    }
}

async fn ask(router: &Router, tenant: TenantId, role: Option<(Role, &str)>, path: &str) -> (u16, Value) {
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    if let Some((role, organisation)) = role {
        let person = PersonId::named("li");
        request.extensions_mut().insert(Caller {
            tenant,
            actor: Actor::person(person),
            person: Some(person),
            organisation: Some(OrganisationId::named(organisation)),
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
async fn every_figure_comes_with_what_it_is_made_of_and_customers_see_their_own_only() {
    for_each_database(crate::migrations(), |test| async move {
        let mut stage = Stage::new(test);
        let slos = stage.slos_of(&events(ROLLING), Arc::new(Harbour));
        stage.minutes(60, 99.0, 1.0);
        stage.turn(&slos).await;
        let tenant = stage.test.tenant;
        let kit = Kit::new(stage.test.db.clone());
        let observe = Observe::new(kit, tenant, stage.metrics.clone(), Arc::new(Harbour), ProbeOptions::default());
        let (router, _) = routes::router(observe, slos).split();
        let engineer = Some((Role::Engineer, "acme"));
        let (status, list) = ask(&router, tenant, engineer, "/api/v1/slos").await;
        assert_eq!((status, list["slos"][0]["name"].as_str()), (200, Some("answers")), "{list}");
        assert_eq!(list["slos"][0]["burning"], "critical");

        let (status, slo) = ask(&router, tenant, engineer, "/api/v1/slos/answers").await;
        assert_eq!(status, 200, "{slo}");
        let (good, total) = (slo["numerator"].as_f64().unwrap(), slo["denominator"].as_f64().unwrap());
        assert!(total > 5900.0 && (total - good - 60.0).abs() < 1.5, "{good} of {total}");
        assert!(slo["sli_formula"]["filled"].as_str().unwrap().contains(" / "), "{slo}");
        let left = slo["remaining"]["value"].as_f64().unwrap();
        assert!((left - (1.0 - (total - good) / (0.001 * total))).abs() < 1e-6);
        assert!(slo["remaining_formula"]["filled"].as_str().unwrap().starts_with("1 - ("));
        assert!(slo["unknown_share"].as_f64().unwrap() > 0.9, "nobody looked before the first scrape");
        assert_eq!(slo["window_mins"], 30 * 1440);
        assert!(slo["from"].as_str().unwrap() < slo["to"].as_str().unwrap());
        let points = slo["points"].as_array().unwrap();
        assert_eq!(points[0]["remaining"], 1.0);
        assert!((points.last().unwrap()["remaining"].as_f64().unwrap() - left).abs() < 1e-6);
        let parts = slo["intervals"].as_array().unwrap();
        let sum = |name: &str| parts.iter().map(|part| part[name].as_f64().unwrap()).sum::<f64>();
        assert!((sum("numerator") - good).abs() < 1e-6 && (sum("denominator") - total).abs() < 1e-6);
        let states: Vec<_> = parts.iter().map(|part| part["state"].as_str().unwrap()).collect();
        assert_eq!(states[..2], ["unknown", "bad"], "{states:?}");
        assert_eq!(slo["sealed"], serde_json::json!([]), "events are not sealed");
        // One in a hundred is ten times what is allowed: too slow for the first pair, too fast for the others.
        let says: Vec<_> = slo["pairs"].as_array().unwrap().iter().map(|pair| pair["says"].as_str().unwrap()).collect();
        assert_eq!(says, ["calm", "burns", "burns", "burns"], "{}", slo["pairs"]);
        assert_eq!(slo["incidents"][0]["number"], 1001);
        assert!(slo["definition"]["text"].as_str().unwrap().starts_with("apiVersion: openslo/v1"));

        let own = Some((Role::Customer, "harbour"));
        let (status, slo) = ask(&router, tenant, own, "/api/v1/slos/answers").await;
        assert_eq!((status, slo["definition"].is_null()), (200, true), "{slo}");
        let other = Some((Role::Customer, "elsewhere"));
        assert_eq!(ask(&router, tenant, other, "/api/v1/slos/answers").await.0, 404);
        assert_eq!(ask(&router, tenant, other, "/api/v1/slos").await.1["slos"], serde_json::json!([]));
        assert_eq!(ask(&router, TenantId::named("another"), engineer, "/api/v1/slos/answers").await.0, 404);
        assert_eq!(ask(&router, tenant, engineer, "/api/v1/slos/nobody").await.0, 404);
        assert_eq!(ask(&router, tenant, None, "/api/v1/slos").await.0, 401);
    })
    .await;
}
