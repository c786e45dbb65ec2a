//! The API over a store on disk. Each load makes a tenant of its own, with everything that was loaded since the last
//! `clear`, instant by instant: a store takes what happened in the order in which it happened.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Router, body::Body};
use evenkeel_api::{Caller, Role};
use evenkeel_core::{Actor, Clock, Language, id::PersonId, id::TenantId, time::ManualClock};
use evenkeel_observe::metric::{MetricOptions, Metrics};
use evenkeel_tsdb::{
    histogram::Histogram,
    script::{Item, MemorySource, source},
    source::{Labels, Samples, Source as _},
    store::{Config, Incoming, Store, Value as Sample},
};
use http::Request;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::answer::{self, Answer};

pub struct Server {
    router: Router,
    store: Arc<Store>,
    loaded: MemorySource,
    tenants: usize,
    _folder: TempDir,
}

enum Cell {
    Float(f64),
    Histogram(Arc<Histogram>),
}

impl Server {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(Timestamp::from_second(1_795_334_400).unwrap()));
        let store = Arc::new(Store::open(Config::new(folder.path()), Arc::clone(&clock)).unwrap());
        let metrics = Metrics::new(Arc::clone(&store), clock, MetricOptions::default());
        let (router, _) = metrics.router().split_for_parts();
        Self { router, store, loaded: MemorySource::default(), tenants: 0, _folder: folder }
    }

    fn tenant(&self) -> TenantId {
        TenantId::named(&format!("promqltest-{}", self.tenants))
    }

    pub fn clear(&mut self) {
        self.loaded.clear();
        self.tenants += 1;
    }

    pub fn load(&mut self, step_ms: i64, with_nhcb: bool, series: Vec<(Labels, Vec<Item>)>) {
        source::load(&mut self.loaded, step_ms, with_nhcb, series);
        self.tenants += 1;
        let tenant = self.tenant();
        let mut by_instant: BTreeMap<i64, Vec<(Labels, Cell)>> = BTreeMap::new();
        let mut samples = Samples::default();
        for mut cursor in self.loaded.select(tenant, &[], i64::MIN, i64::MAX, usize::MAX).unwrap() {
            cursor.read(&mut samples).unwrap();
            let mut histograms = samples.histograms.iter().peekable();
            for (place, (at_ms, value)) in samples.at_ms.iter().zip(&samples.values).enumerate() {
                let cell = match histograms.next_if(|(at, _)| *at as usize == place) {
                    Some((_, histogram)) => Cell::Histogram(Arc::clone(histogram)),
                    None => Cell::Float(*value),
                };
                by_instant.entry(*at_ms).or_default().push((cursor.labels().clone(), cell));
            }
        }
        for (at_ms, cells) in by_instant {
            let labels: Vec<Vec<(&str, &str)>> =
                cells.iter().map(|(labels, _)| labels.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect()).collect();
            let batch: Vec<Incoming<'_>> = cells
                .iter()
                .zip(&labels)
                .map(|((_, cell), labels)| {
                    let value = match cell {
                        Cell::Float(value) => Sample::Float(*value),
                        Cell::Histogram(histogram) => Sample::Histogram(histogram),
                    };
                    Incoming { labels, at_ms, value }
                })
                .collect();
            let taken = self.store.append(tenant, &batch).unwrap();
            assert_eq!(taken.refused(), 0, "{:?}", taken.named);
        }
    }

    async fn ask(&self, path: &str, params: &[(&str, String)]) -> Result<Answer, String> {
        let form: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
        let (_, body) = self.post(&format!("/prometheus/api/v1/{path}"), "application/x-www-form-urlencoded", form).await;
        answer::read(&body)
    }

    /// Sends a body; the status and the JSON of the answer.
    pub async fn post(&self, path: &str, content_type: &str, body: String) -> (u16, Value) {
        let mut request = Request::post(path).header("content-type", content_type).body(Body::from(body)).unwrap();
        let person = PersonId::named("li");
        request.extensions_mut().insert(Caller {
            tenant: self.tenant(),
            actor: Actor::person(person),
            person: Some(person),
            organisation: None,
            roles: [Role::Engineer].into(),
            scopes: None,
            language: Language::En,
        });
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&bytes)));
        (status, body)
    }

    pub async fn query(&self, query: &str, at_ms: i64) -> Result<Answer, String> {
        self.ask("query", &[("query", query.to_owned()), ("time", secs(at_ms))]).await
    }

    pub async fn query_range(&self, query: &str, (start, end, step): (i64, i64, i64)) -> Result<Answer, String> {
        let params = [("query", query.to_owned()), ("start", secs(start)), ("end", secs(end)), ("step", secs(step))];
        self.ask("query_range", &params).await
    }
}

/// Milliseconds as seconds.
fn secs(ms: i64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    format!("{sign}{}.{:03}", ms.unsigned_abs() / 1000, ms.unsigned_abs() % 1000)
}
