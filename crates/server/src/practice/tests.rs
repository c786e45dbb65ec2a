#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use tower::ServiceExt;

use super::{
    fault::{FaultChange, Faults},
    router::router,
    shop::Shop,
};

async fn send(router: &Router, request: Request<Body>) -> (StatusCode, String) {
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

fn post(path: &str, json: &str) -> Request<Body> {
    Request::post(path).header(header::CONTENT_TYPE, "application/json").body(Body::from(json.to_owned())).unwrap()
}

fn shop() -> Router {
    router(Arc::new(Shop::default()))
}

#[tokio::test]
async fn an_order_moves_the_business_counter() {
    let shop = shop();
    let (status, body) = send(&shop, post("/api/orders", r#"{"items":{"rope":2}}"#)).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(body, r#"{"number":1,"items":{"rope":2},"total_fen":31800}"#);
    let (_, metrics) = send(&shop, get("/metrics")).await;
    assert!(metrics.contains("\norders_total 1\n"), "{metrics}");
    assert!(metrics.contains("order_revenue_yuan_total 318.00\n"));
    assert!(metrics.contains(r#"http_requests_total{method="POST",path="/api/orders",status="201"} 1"#));
}

#[tokio::test]
async fn a_bad_order_is_refused_with_what_would_do_and_counts_nothing() {
    let shop = shop();
    for (body, hint) in [
        (r#"{"items":{"anchor":1}}"#, "there are compass"),
        (r#"{"items":{}}"#, "at least one"),
        (r#"{"items":{"rope":0}}"#, "1 to 99"),
        (r#"{"thing":1}"#, "unknown field"),
    ] {
        let (status, answer) = send(&shop, post("/api/orders", body)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert!(answer.contains(hint), "{answer}");
    }
    let (_, metrics) = send(&shop, get("/metrics")).await;
    assert!(metrics.contains("\norders_total 0\n"));
}

#[tokio::test]
async fn a_quarter_of_errors_is_every_fourth_request_and_spares_the_switches() {
    let shop = shop();
    send(&shop, post("/faults", r#"{"errors":0.25}"#)).await;
    let mut failed = Vec::new();
    for number in 1..=8 {
        if send(&shop, get("/health")).await.0 == StatusCode::INTERNAL_SERVER_ERROR {
            failed.push(number);
        }
    }
    assert_eq!(failed, [4, 8]);
    assert_eq!(send(&shop, get("/faults")).await.0, StatusCode::OK);
    assert_eq!(send(&shop, get("/metrics")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_hang_ends_when_the_switch_is_turned_back() {
    let shop = shop();
    send(&shop, post("/faults", r#"{"hang":true}"#)).await;
    let waiting = tokio::spawn({
        let shop = shop.clone();
        async move { send(&shop, get("/health")).await }
    });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    send(&shop, post("/faults", r#"{"hang":false}"#)).await;
    assert_eq!(waiting.await.unwrap().0, StatusCode::OK);
}

#[tokio::test]
async fn latency_is_added_to_each_answer() {
    let shop = shop();
    send(&shop, post("/faults", r#"{"latency_ms":30}"#)).await;
    let began = tokio::time::Instant::now();
    send(&shop, get("/")).await;
    assert!(began.elapsed().as_millis() >= 30);
}

#[tokio::test]
async fn the_page_s_form_moves_the_switches_and_comes_back() {
    let shop = shop();
    let form = Request::post("/faults")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("errors_percent=50&latency_ms=20&hang=on"))
        .unwrap();
    assert_eq!(send(&shop, form).await.0, StatusCode::SEE_OTHER);
    let (_, faults) = send(&shop, get("/api/faults")).await;
    assert_eq!(faults, r#"{"errors":0.5,"latency_ms":20,"hang":true}"#);
}

#[tokio::test]
async fn another_site_cannot_move_the_switches() {
    let mut request = post("/faults", r#"{"hang":true}"#);
    request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_eq!(send(&shop(), request).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn pages_speak_the_visitor_s_language() {
    let shop = shop();
    for (wish, word) in [("zh-CN,zh;q=0.9,en;q=0.8", "黄铜罗盘"), ("en-GB,en;q=0.9,zh;q=0.1", "Brass compass"), ("de", "Brass compass")]
    {
        let mut request = get("/");
        request.headers_mut().insert(header::ACCEPT_LANGUAGE, wish.parse().unwrap());
        assert!(send(&shop, request).await.1.contains(word), "{wish}");
    }
    for path in ["/products/bell", "/cart?bell=2", "/cart", "/faults"] {
        assert_eq!(send(&shop, get(path)).await.0, StatusCode::OK, "{path}");
    }
    assert_eq!(send(&shop, get("/products/anchor")).await.0, StatusCode::NOT_FOUND);
}

#[test]
fn switches_out_of_range_are_refused_and_absent_ones_stay() {
    let on = Faults { errors: 0.5, latency_ms: 10, hang: true };
    assert_eq!(on.apply(FaultChange::default()), Ok(on));
    for errors in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        let change = FaultChange { errors: Some(errors), ..FaultChange::default() };
        assert!(on.apply(change).is_err(), "{errors}");
    }
    assert!((1..=100).all(|n| Faults { errors: 1.0, ..on }.fails(n)));
    assert!(!(1..=100).any(|n| Faults { errors: 0.0, ..on }.fails(n)));
    let share = Faults { errors: 0.1, ..on };
    assert_eq!((1..=1000).filter(|n| share.fails(*n)).count(), 100);
}
