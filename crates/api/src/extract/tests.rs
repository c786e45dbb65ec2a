#![allow(clippy::unwrap_used)]
use axum::body::Body;
use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Probe {
    name: String,
    targets: Vec<Target>,
}
#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Target {
    port: u16,
}

async fn refused(body: &'static str) -> Problem {
    let request = Request::builder().header("content-type", "application/json").body(Body::from(body)).unwrap();
    Json::<Probe>::from_request(request, &()).await.map(|Json(probe)| probe).unwrap_err()
}

#[tokio::test]
async fn a_wrong_value_is_named_by_its_pointer() {
    let problem = refused(r#"{"name":"a","targets":[{"port":1},{"port":"x"}]}"#).await;
    assert_eq!(problem.failure().code, ErrorCode::Invalid);
    assert_eq!(problem.failure().at.as_deref(), Some("/targets/1/port"));
}

#[tokio::test]
async fn broken_json_is_a_bad_request_with_line_and_column() {
    let problem = refused("{\"name\": \n oops}").await;
    assert_eq!(problem.failure().code, ErrorCode::BadRequest);
    assert!(problem.failure().detail.contains("line 2"), "{problem}");
}

#[tokio::test]
async fn something_after_the_json_is_refused() {
    let problem = refused(r#"{"name":"a","targets":[]} {}"#).await;
    assert_eq!(problem.failure().code, ErrorCode::BadRequest);
}

#[tokio::test]
async fn another_content_type_is_refused() {
    let request = Request::builder().header("content-type", "text/plain").body(Body::from("{}")).unwrap();
    let problem = Json::<Probe>::from_request(request, &()).await.map(|_| ()).unwrap_err();
    assert_eq!(problem.failure().code, ErrorCode::BadRequest);
}
