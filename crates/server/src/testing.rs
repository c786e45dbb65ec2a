//! Test actors: a server over a test's database, and browsers that talk to it without a network.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::time::Duration;

use axum::{Router, body::Body};
use evenkeel_store::testing::TestDb;
use http::{HeaderMap, Request};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::{
    app::{App, Settings},
    config::MetricArgs,
    metric_store::MetricStore,
};

/// The body limit of a test's server, bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

pub struct Server {
    pub app: App,
    pub routes: Router,
    /// The metric store's folder.
    _folder: tempfile::TempDir,
}

/// How metrics are kept in tests.
pub const METRIC: MetricArgs = MetricArgs {
    remote: None,
    retention_days: Some(30),
    rollup_retention_days: 1098,
    sync_ms: 1000,
    series_max: 10_000,
    query_samples_max: 1_000_000,
    query_series_max: 10_000,
    queries_max: 4,
    write_limit_bytes: 4 * BODY_LIMIT,
};

impl Server {
    pub fn new(test: &TestDb) -> Self {
        Self::with(test, |_| ())
    }

    /// With settings of its own.
    pub fn with(test: &TestDb, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings {
            public_url: "http://evenkeel.test".to_owned(),
            origin: "http://evenkeel.test".to_owned(),
            data: std::env::temp_dir().join("evenkeel-no-data"),
            body_limit_bytes: BODY_LIMIT,
            request_timeout: Duration::from_secs(30),
            seal_every: Duration::from_secs(5),
            mail: crate::config::MailArgs::default(),
            metric: METRIC,
            rule_files: Vec::new(),
            slo_files: Vec::new(),
            prometheus_config: None,
            beats: None,
            secrets: None,
            blackbox: None,
        };
        change(&mut settings);
        let folder = tempfile::tempdir().unwrap();
        let metrics = MetricStore::open(folder.path(), &METRIC, test.db.clock().clone()).unwrap();
        let app = App::new(test.db.clone(), metrics, settings);
        let routes = crate::http::router(&app);
        Self { app, routes, _folder: folder }
    }

    /// Nobody, with the header that our own pages send.
    pub fn browser(&self) -> Browser {
        Browser { routes: self.routes.clone(), cookie: None }
    }

    /// The first admin, signed in by the link of the first start.
    pub async fn admin(&self) -> Browser {
        let (_, link) = crate::sign_in::first_start(&self.app).await.unwrap().expect("nobody has come in yet");
        let token = link.split_once("token=").unwrap().1.to_owned();
        let mut browser = self.browser();
        let answer = browser.post("/api/v1/session/link", serde_json::json!({ "token": token })).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        browser
    }
}

#[derive(Clone)]
pub struct Browser {
    routes: Router,
    cookie: Option<String>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// Null when the body is no JSON.
    pub body: Value,
    pub text: String,
}

/// The stable code of a problem.
pub fn code(answer: &Answer) -> &str {
    answer.body["code"].as_str().unwrap_or_default()
}

impl Browser {
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], None).await
    }
    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send("POST", path, &[("x-evenkeel-request", "1")], Some(body)).await
    }
    pub async fn put(&mut self, path: &str, body: Value) -> Answer {
        self.send("PUT", path, &[("x-evenkeel-request", "1")], Some(body)).await
    }
    pub async fn delete(&mut self, path: &str) -> Answer {
        self.send("DELETE", path, &[("x-evenkeel-request", "1")], None).await
    }

    /// Sends a request with the cookie and these headers alone.
    pub async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "evenkeel.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", format!("{}={cookie}", evenkeel_api::document::SESSION_COOKIE));
        }
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        let answer = self.raw(request.unwrap()).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let value = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap().1;
            self.cookie = (!value.is_empty()).then(|| value.to_owned());
        }
        answer
    }

    pub async fn raw(&self, request: Request<Body>) -> Answer {
        let response = self.routes.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body: serde_json::from_str(&text).unwrap_or_default(), text }
    }
}
