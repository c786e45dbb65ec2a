//! Routes of the shop, and the layer in which the faults happen.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{MatchedPath, Path, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde_json::json;
use tokio::time::{Duration, Instant, sleep};

use super::{
    catalogue,
    fault::FaultChange,
    page::{self, Language},
    shop::{NewOrder, Shop},
};

type Cart = std::collections::BTreeMap<String, u64>;

/// The whole shop. The switches and the counters stay reachable while everything else is broken.
pub fn router(shop: Arc<Shop>) -> Router {
    let breakable = Router::new()
        .route("/", get(home))
        .route("/products/{sku}", get(product))
        .route("/cart", get(cart))
        .route("/orders", post(order_by_form))
        .route("/api/products", get(product_list))
        .route("/api/orders", get(order_list).post(order_create))
        .route("/health", get(health))
        .route_layer(from_fn_with_state(shop.clone(), suffer));
    Router::new()
        .route("/faults", get(fault_page).post(fault_change))
        .route("/api/faults", get(fault_get))
        .route("/metrics", get(metrics))
        .merge(breakable)
        .fallback(missing)
        .layer(from_fn(refuse_other_sites))
        .layer(axum::extract::DefaultBodyLimit::max(64 * 1024))
        .with_state(shop)
}

/// Applies the faults, and counts the answer.
async fn suffer(State(shop): State<Arc<Shop>>, route: MatchedPath, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = match request.method().as_str() {
        "POST" => "POST",
        _ => "GET",
    };
    let number = shop.next_request();
    shop.hang_over().await;
    let faults = shop.faults();
    if faults.latency_ms > 0 {
        sleep(Duration::from_millis(faults.latency_ms)).await;
    }
    let response = if faults.fails(number) {
        (StatusCode::INTERNAL_SERVER_ERROR, "practice fault: errors\n").into_response()
    } else {
        next.run(request).await
    };
    shop.metrics.request(method, route.as_str(), response.status().as_u16(), began.elapsed());
    response
}

/// A page of another site must not move the switches through a visitor's browser.
pub async fn refuse_other_sites(request: Request, next: Next) -> Response {
    let foreign = request.headers().get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
    if foreign && request.method() != http::Method::GET {
        return (StatusCode::FORBIDDEN, "send this from the shop's own pages\n").into_response();
    }
    next.run(request).await
}

fn refused(message: &str) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(json!({ "error": message }))).into_response()
}

async fn home(State(shop): State<Arc<Shop>>, headers: HeaderMap) -> Html<String> {
    Html(page::home(Language::of(&headers), &shop))
}

async fn product(State(shop): State<Arc<Shop>>, Path(sku): Path<String>, headers: HeaderMap) -> Response {
    let language = Language::of(&headers);
    match catalogue::find(&sku) {
        Some(product) => Html(page::product(language, &shop, product)).into_response(),
        None => missing(State(shop), headers).await,
    }
}

async fn cart(State(shop): State<Arc<Shop>>, Query(mut cart): Query<Cart>, headers: HeaderMap) -> Response {
    cart.retain(|sku, quantity| catalogue::find(sku).is_some() && (1..=99).contains(quantity));
    Html(page::cart(Language::of(&headers), &shop, &cart)).into_response()
}

async fn order_by_form(State(shop): State<Arc<Shop>>, headers: HeaderMap, body: Bytes) -> Response {
    let items = url::form_urlencoded::parse(&body).filter_map(|(sku, quantity)| Some((sku.into_owned(), quantity.parse().ok()?))).collect();
    match shop.order(NewOrder { items }) {
        Ok(order) => Html(page::thanks(Language::of(&headers), &shop, &order)).into_response(),
        Err(message) => refused(&message),
    }
}

async fn product_list() -> Response {
    let list: Vec<_> =
        catalogue::PRODUCTS.iter().map(|p| json!({ "sku": p.sku, "zh": p.zh, "en": p.en, "price_fen": p.price_fen })).collect();
    axum::Json(list).into_response()
}

async fn order_list(State(shop): State<Arc<Shop>>) -> Response {
    axum::Json(json!({ "count": shop.metrics.orders(), "recent": shop.recent() })).into_response()
}

async fn order_create(State(shop): State<Arc<Shop>>, body: Bytes) -> Response {
    let order = match serde_json::from_slice::<NewOrder>(&body) {
        Ok(order) => order,
        Err(error) => return refused(&format!("the body is not an order: {error}")),
    };
    match shop.order(order) {
        Ok(order) => (StatusCode::CREATED, axum::Json(order)).into_response(),
        Err(message) => refused(&message),
    }
}

async fn health(State(shop): State<Arc<Shop>>) -> Response {
    axum::Json(json!({ "status": "ok", "orders": shop.metrics.orders() })).into_response()
}

async fn metrics(State(shop): State<Arc<Shop>>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], shop.metrics.render()).into_response()
}

async fn fault_page(State(shop): State<Arc<Shop>>, headers: HeaderMap) -> Html<String> {
    Html(page::faults(Language::of(&headers), &shop))
}

async fn fault_get(State(shop): State<Arc<Shop>>) -> Response {
    axum::Json(shop.faults()).into_response()
}

/// Takes JSON from programs and a form from the page.
async fn fault_change(State(shop): State<Arc<Shop>>, headers: HeaderMap, body: Bytes) -> Response {
    // `curl -d '{…}'` calls its JSON a form; nobody who types that means one.
    let by_form = !body.starts_with(b"{")
        && headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form"));
    let change = if by_form {
        change_of_form(&body)
    } else {
        serde_json::from_slice(&body)
            .map_err(|error| format!("give JSON such as {{\"errors\":0.5,\"latency_ms\":200,\"hang\":false,\"crash\":false}}: {error}"))
    };
    let outcome = change.and_then(|change| shop.change(change).map(|faults| (faults, change)));
    let faults = match outcome {
        Ok((faults, change)) => {
            if change.crash {
                // What a real crash looks like from outside: no answer, no clean-up, a core signal.
                std::process::abort();
            }
            faults
        }
        Err(message) => return refused(&message),
    };
    if by_form { Redirect::to("/faults").into_response() } else { axum::Json(faults).into_response() }
}

/// The page sends the share in percent and a check box only when it is ticked.
fn change_of_form(body: &[u8]) -> Result<FaultChange, String> {
    let mut change = FaultChange { hang: Some(false), ..FaultChange::default() };
    for (name, value) in url::form_urlencoded::parse(body) {
        let number = || value.parse::<u32>().map_err(|_| format!("{name}: give a whole number"));
        match name.as_ref() {
            "errors_percent" => change.errors = Some(f64::from(number()?) / 100.0),
            "latency_ms" => change.latency_ms = Some(u64::from(number()?)),
            "hang" => change.hang = Some(true),
            "crash" => change.crash = true,
            other => return Err(format!("there is no switch {other:?}")),
        }
    }
    if change.crash {
        change.hang = None;
    }
    Ok(change)
}

async fn missing(State(shop): State<Arc<Shop>>, headers: HeaderMap) -> Response {
    (StatusCode::NOT_FOUND, Html(page::missing(Language::of(&headers), &shop))).into_response()
}
