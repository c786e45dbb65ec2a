#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! The routes of probes, indicators and the host, as a client sees them.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use axum::{Router, body::Body, http::Request};
use evenkeel_api::{Grant, Kit, Role};
use evenkeel_core::{
    Actor,
    id::{OrganisationId, PersonId, TenantId},
};
use evenkeel_store::{
    StoreError,
    testing::{TestDb, for_each_database},
};
use evenkeel_tsdb::Sample;
use http::StatusCode;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use super::*;
use crate::{ServiceOwners, probe::ProbeOptions};

/// `shop` is Acme's; `bank` is Bolt's; nothing else exists.
struct Owners;

#[async_trait]
impl ServiceOwners for Owners {
    async fn organisations(&self, _: &mut dyn Sql, _: TenantId, id: ServiceId) -> Result<Option<Vec<OrganisationId>>, StoreError> {
        Ok([("shop", "acme"), ("bank", "bolt")]
            .into_iter()
            .find(|(service, _)| ServiceId::named(service) == id)
            .map(|(_, organisation)| vec![OrganisationId::named(organisation)]))
    }
}

struct Client {
    router: Router,
    observe: Observe,
    test: TestDb,
    /// The metric store's.
    _folder: TempDir,
}

impl Client {
    fn new(test: TestDb) -> Self {
        let kit = Kit::new(test.db.clone());
        let (folder, metrics) = crate::testing::metrics(Arc::clone(&kit.clock));
        let observe = Observe::new(kit, test.tenant, metrics, Arc::new(Owners), ProbeOptions::default());
        let (router, _) = observe.router().split();
        Self { router, observe, test, _folder: folder }
    }

    fn caller(&self, role: Role) -> Caller {
        let person = PersonId::named("li");
        Caller {
            tenant: self.test.tenant,
            actor: Actor::person(person),
            person: Some(person),
            organisation: Some(OrganisationId::named("acme")),
            roles: BTreeSet::from([role]),
            scopes: None,
            language: evenkeel_core::Language::En,
        }
    }

    async fn ask(&self, role: Option<Role>, method: &str, path: &str) -> (StatusCode, Value) {
        self.send(role, method, path, None).await
    }

    async fn send(&self, role: Option<Role>, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let request = Request::builder().method(method).uri(path).header(http::header::CONTENT_TYPE, "application/json");
        let mut request = request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).unwrap();
        if let Some(role) = role {
            request.extensions_mut().insert(self.caller(role));
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(Some(Role::Engineer), "GET", path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    async fn put(&self, name: &str) -> ProbeId {
        let definition = serde_json::from_value(json!({
            "name": name, "service": ServiceId::named("shop"), "interval_secs": 5, "tcp": { "address": "127.0.0.1:1" }
        }))
        .unwrap();
        let mut tx = self.test.db.write().await.unwrap();
        let grant = Grant::system(Permission::DefinitionWrite);
        let put = store::put_probe(&mut tx, &grant, self.test.tenant, &Actor::system("test"), &definition).await.unwrap();
        tx.commit().await.unwrap();
        put.id
    }
}

async fn on_each(body: impl AsyncFn(Client) + Clone) {
    for_each_database(crate::migrations(), |test| {
        let body = body.clone();
        async move { body(Client::new(test)).await }
    })
    .await;
}

#[tokio::test]
async fn probes_are_listed_by_name_and_page_by_page() {
    on_each(async |client: Client| {
        for name in ["b", "c", "a"] {
            client.put(name).await;
        }
        let page = client.get("/api/v1/probes?limit=2").await;
        assert_eq!((page["items"][0]["name"].as_str(), page["items"][1]["name"].as_str()), (Some("a"), Some("b")));
        let next = page["next"].as_str().unwrap().to_owned();
        let page = client.get(&format!("/api/v1/probes?limit=2&after={next}")).await;
        assert_eq!((page["items"][0]["name"].as_str(), page["next"].as_str()), (Some("c"), None));
        let shop = ServiceId::named("shop");
        assert_eq!(client.get(&format!("/api/v1/probes?service={shop}")).await["items"].as_array().unwrap().len(), 3);
        let bank = ServiceId::named("bank");
        assert_eq!(client.get(&format!("/api/v1/probes?service={bank}")).await["items"].as_array().unwrap().len(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_probe_shows_what_it_does_and_that_nobody_has_looked_yet() {
    on_each(async |client: Client| {
        let id = client.put("shop-db").await;
        let probe = client.get(&format!("/api/v1/probes/{id}")).await;
        assert_eq!(probe["kind"], "tcp");
        assert_eq!(probe["target"], "127.0.0.1:1");
        assert_eq!(probe["interval_secs"], 5.0);
        assert_eq!(probe["verdict"], "inconclusive");
        assert_eq!(probe["last"], Value::Null);
        assert_eq!(probe["severity"], "critical");
        let (status, problem) = client.ask(Some(Role::Engineer), "GET", &format!("/api/v1/probes/{}", ProbeId::named("x"))).await;
        assert_eq!((status, problem["code"].as_str()), (StatusCode::NOT_FOUND, Some("not_found")));
    })
    .await;
}

#[tokio::test]
async fn a_run_looks_now_and_tells_why() {
    on_each(async |client: Client| {
        let id = client.put("shop-db").await;
        let (status, run) = client.ask(Some(Role::Engineer), "POST", &format!("/api/v1/probes/{id}/run")).await;
        assert_eq!(status, StatusCode::OK, "{run}");
        assert_eq!((run["success"].as_bool(), run["look"]["code"].as_str()), (Some(false), Some("connection_refused")));
        assert!(run["samples"].as_array().unwrap().iter().any(|sample| sample["metric"] == "probe_success"));
    })
    .await;
}

/// A server that answers each request with its own text.
async fn answering(text: &'static str) -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = Router::new().fallback(move || async move { text });
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

#[tokio::test]
async fn what_is_not_declared_yet_is_tried_step_by_step_by_who_may_declare_it() {
    on_each(async |client: Client| {
        let address = answering("{\"id\": 7}").await;
        let step = |name: &str, path: &str| json!({ "name": name, "http": { "url": format!("http://{address}{path}") }, "capture": { "id": { "json": "/id" } } });
        let body = json!({ "definition": { "journey": { "steps": [step("first", "/"), step("second", "/{{id}}")] } } });
        let (status, run) = client.send(Some(Role::Admin), "POST", "/api/v1/probes/try", Some(body.clone())).await;
        assert_eq!(status, StatusCode::OK, "{run}");
        assert_eq!((run["success"].as_bool(), run["steps"][1]["name"].as_str()), (Some(true), Some("second")), "{run}");
        assert_eq!(run["steps"][0]["body"], "{\"id\": 7}");
        // Cloud metadata is looked at by nobody, declared or not.
        let inwards = json!({ "definition": { "http": { "url": "http://169.254.169.254/" } } });
        let (_, run) = client.send(Some(Role::Admin), "POST", "/api/v1/probes/try", Some(inwards)).await;
        assert_eq!(run["look"]["code"], "address_refused", "{run}");
        for wrong in [json!({ "definition": {} }), json!({ "definition": { "http": { "url": "x" } } }), json!({ "definition": 1 })] {
            let (status, problem) = client.send(Some(Role::Admin), "POST", "/api/v1/probes/try", Some(wrong)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        }
        let (status, _) = client.send(Some(Role::Engineer), "POST", "/api/v1/probes/try", Some(body)).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "it goes wherever it is sent");
        let id = client.put("shop-db").await;
        assert_eq!(client.get(&format!("/api/v1/probes/{id}/evidence")).await, json!({ "last": null, "failed": null }));
    })
    .await;
}

#[tokio::test]
async fn a_pause_is_a_version_in_the_ledger_under_the_callers_name() {
    on_each(async |client: Client| {
        let id = client.put("shop-db").await;
        let (_, probe) = client.ask(Some(Role::Engineer), "POST", &format!("/api/v1/probes/{id}/pause")).await;
        assert_eq!((probe["paused"].as_bool(), probe["version"].as_i64()), (Some(true), Some(2)));
        let (_, probe) = client.ask(Some(Role::Engineer), "POST", &format!("/api/v1/probes/{id}/pause")).await;
        assert_eq!(probe["version"].as_i64(), Some(2), "pausing twice is pausing once");
        let (_, probe) = client.ask(Some(Role::Engineer), "POST", &format!("/api/v1/probes/{id}/resume")).await;
        assert_eq!((probe["paused"].as_bool(), probe["version"].as_i64()), (Some(false), Some(3)));
        let mut read = client.test.db.read().await.unwrap();
        let events = evenkeel_store::ledger::events_of(&mut read, client.test.tenant, "definition", &id.to_string()).await.unwrap();
        assert_eq!(events.len(), 3);
        assert_eq!(events[1].actor, Actor::person(PersonId::named("li")));
    })
    .await;
}

#[tokio::test]
async fn a_series_is_thinned_for_the_chart() {
    on_each(async |client: Client| {
        let id = client.put("shop-db").await;
        let now = client.observe.kit.now().as_millisecond();
        for (index, phase) in [(0, "connect"), (0, "answer")].into_iter().chain((1..100).map(|index| (index, "connect"))) {
            let labels = [("instance", "x"), ("phase", phase), ("probe", "shop-db"), ("service", "s")];
            let sample = Sample { metric: "probe_tcp_duration_seconds", labels: &labels, value: 1.0 };
            client.observe.samples.append(client.test.tenant, now - 1000 * (100 - index), &[sample]);
        }
        let path = format!("/api/v1/probes/{id}/series?metric=probe_tcp_duration_seconds&label=connect&points=60");
        let series = client.get(&path).await;
        let points = series["points"].as_array().unwrap();
        assert!(points.len() <= 61 && !points.is_empty(), "{}", points.len());
        let (status, problem) = client.ask(Some(Role::Engineer), "GET", &format!("/api/v1/probes/{id}/series?metric=up")).await;
        assert_eq!((status, problem["at"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("metric")));
    })
    .await;
}

#[tokio::test]
async fn an_indicator_nobody_has_looked_at_is_unknown_for_all_of_the_time() {
    on_each(async |client: Client| {
        let shop = ServiceId::named("shop");
        let now = client.get(&format!("/api/v1/sli?services={shop}")).await;
        assert_eq!(now, json!([{ "service_id": shop, "state": "unknown", "since": null }]));
        let path = format!("/api/v1/services/{shop}/sli?from=2026-03-01T00:00:00Z&to=2026-03-01T12:00:00Z&zone=Asia/Shanghai");
        let sli = client.get(&path).await;
        assert_eq!(sli["intervals"].as_array().unwrap().len(), 1);
        assert_eq!(
            sli["days"],
            json!([{ "date": "2026-03-01", "good_secs": 0.0, "bad_secs": 0.0, "unknown_secs": 43200.0, "partial_secs": 0.0 }])
        );
        for (path, at) in
            [("from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "to"), ("from=2020-03-02T00:00:00Z", "to"), ("zone=Mars/Base", "zone")]
        {
            let (status, problem) = client.ask(Some(Role::Engineer), "GET", &format!("/api/v1/services/{shop}/sli?{path}")).await;
            assert_eq!((status, problem["at"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some(at)));
        }
    })
    .await;
}

#[tokio::test]
async fn a_customer_sees_the_indicators_of_its_own_services_and_no_probes() {
    on_each(async |client: Client| {
        let (shop, bank) = (ServiceId::named("shop"), ServiceId::named("bank"));
        let (status, now) = client.ask(Some(Role::Customer), "GET", &format!("/api/v1/sli?services={shop},{bank}")).await;
        assert_eq!((status, now.as_array().unwrap().len()), (StatusCode::OK, 1));
        let (status, _) = client.ask(Some(Role::Customer), "GET", &format!("/api/v1/services/{shop}/sli")).await;
        assert_eq!(status, StatusCode::OK);
        let (status, _) = client.ask(Some(Role::Customer), "GET", &format!("/api/v1/services/{bank}/sli")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        for path in ["/api/v1/probes", "/api/v1/host", "/api/v1/host/series?metric=node_load1"] {
            assert_eq!(client.ask(Some(Role::Customer), "GET", path).await.0, StatusCode::FORBIDDEN, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_may_not_is_told_so_and_who_is_nobody_is_asked_to_sign_in() {
    on_each(async |client: Client| {
        let id = client.put("shop-db").await;
        for (method, path) in [
            ("GET", "/api/v1/probes".to_owned()),
            ("GET", format!("/api/v1/probes/{id}")),
            ("GET", format!("/api/v1/probes/{id}/series")),
            ("GET", format!("/api/v1/probes/{id}/evidence")),
            ("POST", format!("/api/v1/probes/{id}/run")),
            ("POST", format!("/api/v1/probes/{id}/pause")),
            ("POST", format!("/api/v1/probes/{id}/resume")),
            ("GET", "/api/v1/host".to_owned()),
            ("GET", "/api/v1/sli".to_owned()),
        ] {
            assert_eq!(client.ask(None, method, &path).await.0, StatusCode::UNAUTHORIZED, "{path}");
            if method == "POST" {
                assert_eq!(client.ask(Some(Role::Auditor), method, &path).await.0, StatusCode::FORBIDDEN, "{path}");
            }
        }
    })
    .await;
}
