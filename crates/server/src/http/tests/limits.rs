//! What is too large, too odd or nowhere is refused clearly.

use axum::body::Body;
use evenkeel_store::testing::for_each_database;
use http::Request;

use crate::{
    app::migrations,
    testing::{BODY_LIMIT, Server, code},
};

#[tokio::test]
async fn a_body_over_the_limit_is_refused_said_or_unsaid() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let large = format!("{{\"token\":\"{}\"}}", "x".repeat(BODY_LIMIT));
        let request = || Request::builder().method("POST").uri("/api/v1/session/link").header("content-type", "application/json");
        let said = request().header("content-length", large.len()).body(Body::from(large.clone())).unwrap();
        let answer = server.browser().raw(said).await;
        assert_eq!((answer.status, code(&answer)), (413, "too_large"), "{answer:?}");
        assert!(answer.body["detail"].as_str().unwrap().contains(&BODY_LIMIT.to_string()), "{answer:?}");

        let chunks =
            futures::stream::iter(large.into_bytes().chunks(1024).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>());
        let unsaid = request().body(Body::from_stream(chunks)).unwrap();
        let answer = server.browser().raw(unsaid).await;
        assert_eq!((answer.status, code(&answer)), (413, "too_large"), "{answer:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_nowhere_is_a_problem_under_api_and_the_console_elsewhere() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let mut browser = server.browser();
        let nowhere = browser.get("/api/v1/nowhere").await;
        assert_eq!((nowhere.status, code(&nowhere)), (404, "not_found"));
        let wrong = browser.post("/api/v1/health", serde_json::json!({})).await;
        assert_eq!((wrong.status, code(&wrong)), (405, "method_not_allowed"));
        let page = browser.get("/incidents/1").await;
        assert_eq!(page.status, 200);
        assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
        assert_eq!(browser.get("/assets/nowhere.js").await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn every_answer_has_a_request_id_and_the_security_headers() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        for path in ["/", "/api/v1/session", "/healthz", "/api/v1/openapi.json"] {
            let answer = server.browser().get(path).await;
            for header in ["x-request-id", "content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"] {
                assert!(answer.headers.contains_key(header), "{path} has no {header}");
            }
        }
        let own = server.browser().send("GET", "/api/v1/session", &[("x-request-id", "my-own-id-1")], None).await;
        assert_eq!(own.headers["x-request-id"], "my-own-id-1");
        assert_eq!(own.body["request_id"], "my-own-id-1");
        let odd = server.browser().send("GET", "/api/v1/session", &[("x-request-id", "a b\tc")], None).await;
        assert_ne!(odd.headers["x-request-id"], "a b\tc");
    })
    .await;
}

#[tokio::test]
async fn what_machines_ask_needs_no_sign_in_and_says_nothing_of_the_business() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let mut browser = server.browser();
        assert_eq!(browser.get("/healthz").await.text, "ok\n");
        assert_eq!(browser.get("/readyz").await.text, "ok\n");
        let metrics = browser.get("/metrics").await.text;
        assert!(metrics.contains("evenkeel_up 1") && metrics.contains("evenkeel_http_requests_total{"), "{metrics}");
        server.app.stopping.cancel();
        assert_eq!(browser.get("/readyz").await.status, 503, "a stopping server takes no new work");
    })
    .await;
}
