#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod asking;
mod limits;
mod sending;

use std::{collections::BTreeSet, sync::Arc};

use axum::{Router, body::Body};
use evenkeel_api::{Caller, Role};
use evenkeel_core::{
    Actor, Clock, Language,
    id::{OrganisationId, PersonId, TenantId},
    time::ManualClock,
};
use evenkeel_tsdb::{batch::Batch, remote, store::Config, store::Store};
use http::{HeaderMap, Request};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::{MetricOptions, Metrics};

/// The instant the tests stand at: 2026-11-22T08:00:00Z.
const NOW_MS: i64 = 1_795_334_400_000;

fn tenant() -> TenantId {
    TenantId::named("practice")
}

/// A metric store and its API, asked as one role.
struct Client {
    metrics: Metrics,
    router: Router,
    role: Option<Role>,
    _folder: TempDir,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
    body: Value,
    /// In how many pieces it came.
    pieces: usize,
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(ManualClock::at(Timestamp::from_millisecond(NOW_MS).unwrap()))
}

impl Client {
    fn new() -> Self {
        Self::with(clock(), MetricOptions::default())
    }

    fn with(clock: Arc<dyn Clock>, options: MetricOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(Config::new(folder.path()), Arc::clone(&clock)).unwrap();
        let metrics = Metrics::new(Arc::new(store), clock, options);
        let (router, _) = metrics.router().split();
        Self { metrics, router, role: Some(Role::Engineer), _folder: folder }
    }

    fn caller(role: Role) -> Caller {
        let person = PersonId::named("li");
        Caller {
            tenant: tenant(),
            actor: Actor::person(person),
            person: Some(person),
            organisation: Some(OrganisationId::named("acme")),
            roles: BTreeSet::from([role]),
            scopes: None,
            language: Language::En,
        }
    }

    async fn send(&self, mut request: Request<Body>) -> Answer {
        if let Some(role) = self.role {
            request.extensions_mut().insert(Self::caller(role));
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, mut body) = response.into_parts();
        let (mut bytes, mut pieces) = (Vec::new(), 0);
        while let Some(frame) = body.frame().await {
            bytes.extend_from_slice(&frame.unwrap().into_data().unwrap());
            pieces += 1;
        }
        let text = String::from_utf8(bytes).unwrap();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: serde_json::from_str(&text).unwrap_or_default(),
            text,
            pieces,
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(format!("/prometheus/api/v1/{path}")).body(Body::empty()).unwrap()).await
    }

    async fn form(&self, path: &str, form: &str) -> Answer {
        let request = Request::post(format!("/prometheus/api/v1/{path}")).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// Sends a batch by remote-write.
    async fn write(&self, version: remote::Version, batch: &Batch) -> Answer {
        let mut body = Vec::new();
        batch.with_incoming(|samples| remote::encode(version, samples, batch.families(), &mut body));
        let request = Request::post("/prometheus/api/v1/write")
            .header("content-type", version.content_type())
            .header("content-encoding", "snappy")
            .header("x-prometheus-remote-write-version", version.header());
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Five minutes of `up` of two instances, a sample every 15 s until now.
    async fn fill(&self) {
        let mut batch = Batch::new();
        for step in 0..=20_i32 {
            for (instance, value) in [("a", 1.0), ("b", f64::from(step))] {
                batch.name("up");
                batch.label("instance", instance);
                batch.label("job", "node");
                batch.float(NOW_MS - i64::from(20 - step) * 15_000, value).unwrap();
            }
        }
        let answer = self.write(remote::Version::V1, &batch).await;
        assert_eq!(answer.status, 204, "{}", answer.text);
    }
}
