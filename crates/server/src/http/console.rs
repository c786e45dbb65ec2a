//! The console, embedded in the binary. An unknown path is the console's own to route, except under `/api`.

use axum::{
    Router,
    extract::Request,
    response::{Html, IntoResponse, Response},
};
use evenkeel_api::Problem;
use evenkeel_core::ErrorCode;
use http::{HeaderValue, Method, StatusCode, header};
use rust_embed::RustEmbed;

/// `web/dist`, which may be missing: a build of the server needs no Node.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

const UNBUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
<title>Evenkeel</title><body style=\"font:16px/1.6 system-ui;max-width:38rem;margin:4rem auto;padding:0 1rem\">\
<h1>Evenkeel 稳舵</h1><p>The server runs, but this binary was built without the console. \
Build it with <code>make run</code>, or <code>cd web &amp;&amp; npm ci --ignore-scripts &amp;&amp; npm run build</code> and build the server again.</p>\
<p>服务已启动，但此程序未包含控制台界面。请运行 <code>make run</code>。</p>\
<p>The API answers at <a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a>.</p></body></html>";

/// Serves every path that nothing else serves.
pub(super) fn router() -> Router {
    Router::new().fallback(file)
}

async fn file(request: Request) -> Response {
    let path = request.uri().path();
    if ["/api/", "/prometheus/", "/alertmanager/", "/otlp/"].iter().any(|prefix| path.starts_with(prefix)) {
        return Problem::new(ErrorCode::NotFound, format!("nothing answers at {path}; see /api/v1/openapi.json")).into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Problem::new(ErrorCode::MethodNotAllowed, "pages are only read").into_response();
    }
    let name = path.trim_start_matches('/');
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if let Some(found) = Files::get(name).filter(|_| !name.is_empty()) {
        // Vite names these by their content.
        let keep = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
        return answer(name, &found, keep, known);
    }
    if name.starts_with("assets/") {
        return (StatusCode::NOT_FOUND, "no such file\n").into_response();
    }
    match Files::get("index.html") {
        Some(index) => answer("index.html", &index, "no-cache", known),
        None => Html(UNBUILT).into_response(),
    }
}

fn answer(name: &str, found: &rust_embed::EmbeddedFile, keep: &'static str, known: Option<&str>) -> Response {
    let tag = format!("\"{}\"", hex::encode(&found.metadata.sha256_hash()[..12]));
    if known == Some(tag.as_str()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mut response = found.data.clone().into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map" | "webmanifest") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
