//! What outsiders ask: the page, its feed and JSON from memory; subscribing, which needs the database.
//!
//! These routes stand apart from the API: no session is looked up for a page that everybody may read, no body over a few
//! kilobytes is taken, and reading takes no connection of the database.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Query, State},
    response::{IntoResponse as _, Response},
    routing::get,
};
use evenkeel_core::{
    ErrorCode, Language,
    id::{StatusPageId, TenantId},
};
use evenkeel_store::StoreError;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::{
    board::Served,
    definition::Audience,
    form::{field, form},
    page::{self, Document, policy},
    port::{Visitor, Visitors},
    subscriber::{self, Ask, Channel},
    words::say,
};
use crate::Manage;

/// The largest form, bytes.
const FORM_BYTES_MAX: usize = 8 * 1024;
/// A form that takes longer is given up.
const FORM_WITHIN: Duration = Duration::from_secs(10);
/// Whoever is signed in is found within this time, or not.
const VISITOR_WITHIN: Duration = Duration::from_secs(3);

/// What these routes need.
#[derive(Clone)]
struct Door {
    manage: Manage,
    tenant: TenantId,
    visitors: Arc<dyn Visitors>,
}

/// The routes for outsiders.
pub fn public(manage: Manage, tenant: TenantId, visitors: Arc<dyn Visitors>) -> Router {
    Router::new()
        .route("/status/{name}", get(status_page))
        .route("/status/{name}/status.json", get(status_json))
        .route("/status/{name}/feed.atom", get(status_feed))
        .route("/status/{name}/subscribe", get(subscribe_form).post(subscribe))
        .route("/status/{name}/subscription", get(subscription).post(subscription_answer))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .with_state(Door { manage, tenant, visitors })
}

/// What an address may carry.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    lang: Option<String>,
    key: Option<String>,
    #[serde(default)]
    token: String,
}

impl Asked {
    /// As the address says, else as the browser does; Chinese when neither says.
    fn language(&self, headers: &HeaderMap) -> Language {
        let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        self.lang.as_deref().and_then(|text| text.parse().ok()).or_else(|| header.and_then(Language::accepted)).unwrap_or_default()
    }
}

/// A page that may be read, or the answer that says why not.
async fn admit(door: &Door, name: &str, asked: &Asked, headers: &HeaderMap) -> Result<Arc<Served>, Box<Response>> {
    let language = asked.language(headers);
    let Some(pages) = door.manage.pages.board.pages() else {
        return Err(Box::new(bare(
            StatusCode::SERVICE_UNAVAILABLE,
            say(language, "状态页正在启动，请稍候。", "The status page is starting; try again in a moment."),
        )));
    };
    // A page that one may not read is as one that is not there.
    let missing = || {
        Box::new(bare(
            StatusCode::NOT_FOUND,
            say(
                language,
                "没有这个状态页，或它不是公开的：请用收到的链接打开，或先登录。",
                "There is no such status page, or it is not public: use the link that you were given, or sign in first.",
            ),
        ))
    };
    let served = pages.get(name).ok_or_else(missing)?;
    let admitted = match served.definition.audience {
        Audience::Public => true,
        Audience::Customer(_) if asked.key.as_deref().is_some_and(|key| served.opens(key)) => true,
        Audience::Customer(organisation) => {
            let visitor = tokio::time::timeout(VISITOR_WITHIN, door.visitors.visitor(headers)).await.ok().flatten();
            visitor.is_some_and(|visitor| visitor == Visitor::Staff || visitor == Visitor::Of(organisation))
        }
    };
    if admitted { Ok(Arc::clone(served)) } else { Err(missing()) }
}

/// A few words where there is no page to draw them on.
fn bare(status: StatusCode, text: &'static str) -> Response {
    let mut response = (status, format!("{text}\n")).into_response();
    let headers = response.headers_mut();
    put(headers, header::CONTENT_TYPE, "text/plain; charset=utf-8");
    put(headers, header::CACHE_CONTROL, "no-store");
    harden(headers, "default-src 'none'; frame-ancestors 'none'");
    if status == StatusCode::SERVICE_UNAVAILABLE {
        put(headers, header::RETRY_AFTER, "2");
    }
    response
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn harden(headers: &mut HeaderMap, policy: &str) {
    put(headers, header::CONTENT_SECURITY_POLICY, policy);
    put(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(headers, header::X_FRAME_OPTIONS, "DENY");
    // The key of a secret link is in the address: it goes to nobody.
    put(headers, header::REFERRER_POLICY, "no-referrer");
}

/// A drawn document, or 304 when it is known.
fn answer(served: &Served, document: &Document, kind: &'static str, asked: &Asked, headers: &HeaderMap) -> Response {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == document.tag()));
    let mut response =
        if is_known { StatusCode::NOT_MODIFIED.into_response() } else { document.read(asked.key.as_deref()).into_response() };
    let into = response.headers_mut();
    put(into, header::CONTENT_TYPE, kind);
    put(into, header::ETAG, document.tag());
    put(into, header::VARY, "accept-language");
    // What not everybody may read is not kept by caches on the way.
    put(into, header::CACHE_CONTROL, if served.is_public() { "public, max-age=5, stale-if-error=86400" } else { "private, no-cache" });
    if served.is_public() && kind.starts_with("application/") {
        // Other sites may show what everybody may read.
        put(into, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    }
    harden(into, &policy(served.definition.colour.as_deref()));
    response
}

async fn status_page(State(door): State<Door>, Path(name): Path<String>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    match admit(&door, &name, &asked, &headers).await {
        Ok(served) => answer(&served, served.html(asked.language(&headers)), "text/html; charset=utf-8", &asked, &headers),
        Err(refused) => *refused,
    }
}

async fn status_json(State(door): State<Door>, Path(name): Path<String>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    match admit(&door, &name, &asked, &headers).await {
        Ok(served) => answer(&served, &served.json, "application/json", &asked, &headers),
        Err(refused) => *refused,
    }
}

async fn status_feed(State(door): State<Door>, Path(name): Path<String>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    match admit(&door, &name, &asked, &headers).await {
        Ok(served) => answer(&served, served.atom(asked.language(&headers)), "application/atom+xml; charset=utf-8", &asked, &headers),
        Err(refused) => *refused,
    }
}

/// A page that is drawn for this one request.
fn fresh(served: &Served, status: StatusCode, document: &Document, asked: &Asked) -> Response {
    let mut response = (status, document.read(asked.key.as_deref())).into_response();
    let headers = response.headers_mut();
    put(headers, header::CONTENT_TYPE, "text/html; charset=utf-8");
    put(headers, header::CACHE_CONTROL, "no-store");
    harden(headers, &policy(served.definition.colour.as_deref()));
    response
}

async fn subscribe_form(State(door): State<Door>, Path(name): Path<String>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    match admit(&door, &name, &asked, &headers).await {
        Ok(served) if served.snapshot.subscribe.is_empty() => bare(StatusCode::NOT_FOUND, "-"),
        Ok(served) => fresh(&served, StatusCode::OK, &page::subscribe_form(&served.snapshot, asked.language(&headers), None), &asked),
        Err(refused) => *refused,
    }
}

async fn subscribe(
    State(door): State<Door>,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let served = match admit(&door, &name, &asked, &headers).await {
        Ok(served) => served,
        Err(refused) => return *refused,
    };
    let language = asked.language(&headers);
    let form = form(&body);
    let Ok(channel) = field(&form, "channel").parse::<Channel>() else { return bare(StatusCode::UNPROCESSABLE_ENTITY, "channel") };
    let components: BTreeSet<String> = form.iter().filter(|(name, _)| name == "component").map(|(_, key)| key.clone()).collect();
    let ask = Ask { channel, address: field(&form, "address").to_owned(), secret: field(&form, "secret").to_owned(), components, language };
    match within(write_ask(&door, &served, ask)).await {
        Ok(()) => {
            let (title, text) = match language {
                Language::Zh => ("请查收", "如果这个地址可以订阅，我们已经往那里发了一条消息。请在 48 小时内打开其中的链接确认。"),
                Language::En => (
                    "Have a look",
                    "If this address can be told, a message is on its way to it. Open the link in it within 48 hours to confirm.",
                ),
            };
            fresh(&served, StatusCode::OK, &page::message(&served.snapshot, language, title, text), &asked)
        }
        Err(error) => {
            let (status, wrong) = refusal(&error, language);
            fresh(&served, status, &page::subscribe_form(&served.snapshot, language, Some(wrong)), &asked)
        }
    }
}

async fn write_ask(door: &Door, served: &Served, ask: Ask) -> Result<(), StoreError> {
    let mut tx = door.manage.kit.db.write().await?;
    subscriber::ask(&mut tx, door.tenant, (StatusPageId::named(&served.name), &served.definition), ask).await?;
    tx.commit().await
}

/// The outcome, or that the database is away when it does not answer in time.
async fn within<T>(work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    match tokio::time::timeout(FORM_WITHIN, work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(evenkeel_core::Failure::new(ErrorCode::StorageAway, "the database does not answer in time").into()),
    }
}

/// A refusal in the reader's words.
fn refusal(error: &StoreError, language: Language) -> (StatusCode, &'static str) {
    match error.to_failure().code {
        ErrorCode::Invalid => (
            StatusCode::UNPROCESSABLE_ENTITY,
            say(language, "这个地址或密钥不能用，请检查后重试。", "This address or key cannot be used; have a look and try again."),
        ),
        ErrorCode::RateLimited => (
            StatusCode::TOO_MANY_REQUESTS,
            say(language, "现在申请订阅的人太多，请一小时后再试。", "Too many ask at this moment; try again in an hour."),
        ),
        _ => {
            tracing::warn!(%error, "a subscription could not be written down");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                say(
                    language,
                    "暂时无法处理，请稍后再试；状态页本身不受影响。",
                    "This cannot be done at the moment; try again later. The status page itself is not affected.",
                ),
            )
        }
    }
}

/// The same words for a link that is forged, used up or too old.
fn gone(served: &Served, language: Language, asked: &Asked) -> Response {
    let (title, text) = match language {
        Language::Zh => ("链接已失效", "这个链接不是我们的、已经用过，或者过期了。需要的话，请重新订阅。"),
        Language::En => {
            ("This link is over", "It is not one of ours, was used already, or is too old. If you want to be told, subscribe again.")
        }
    };
    fresh(served, StatusCode::GONE, &page::message(&served.snapshot, language, title, text), asked)
}

/// The page of a subscription; its token is proof enough also where the page is not public.
fn page_of(door: &Door, name: &str) -> Result<Arc<Served>, Box<Response>> {
    let pages = door.manage.pages.board.pages();
    pages.and_then(|pages| pages.get(name).cloned()).ok_or_else(|| Box::new(bare(StatusCode::NOT_FOUND, "-")))
}

async fn subscription(State(door): State<Door>, Path(name): Path<String>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let served = match page_of(&door, &name) {
        Ok(served) => served,
        Err(refused) => return *refused,
    };
    let language = asked.language(&headers);
    let looked = within(async {
        let mut sql = door.manage.kit.db.read().await?;
        subscriber::peek(&mut sql, door.tenant, StatusPageId::named(&name), &asked.token, door.manage.kit.now()).await
    });
    match looked.await {
        Ok(Some(found)) => {
            let document = page::subscription(&served.snapshot, language, &asked.token, found.confirmed_at.is_some());
            fresh(&served, StatusCode::OK, &document, &asked)
        }
        Ok(None) => gone(&served, language, &asked),
        Err(error) => {
            let (status, text) = refusal(&error, language);
            bare(status, text)
        }
    }
}

/// Confirms or ends; `List-Unsubscribe=One-Click` (RFC 8058) ends.
async fn subscription_answer(
    State(door): State<Door>,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let served = match page_of(&door, &name) {
        Ok(served) => served,
        Err(refused) => return *refused,
    };
    let language = asked.language(&headers);
    let form = form(&body);
    let token = if asked.token.is_empty() { field(&form, "token") } else { asked.token.as_str() };
    let confirm = match (field(&form, "do"), field(&form, "List-Unsubscribe")) {
        ("confirm", _) => true,
        ("end", _) | (_, "One-Click") => false,
        _ => return bare(StatusCode::UNPROCESSABLE_ENTITY, "do"),
    };
    let done = within(async {
        let mut tx = door.manage.kit.db.write().await?;
        let good = subscriber::answer(&mut tx, door.tenant, StatusPageId::named(&name), token, confirm).await?;
        tx.commit().await?;
        Ok(good)
    });
    match done.await {
        Ok(true) => {
            let (title, text) = match (language, confirm) {
                (Language::Zh, true) => ("订阅成功", "有新消息时，我们会通知这个地址。"),
                (Language::En, true) => ("Subscribed", "This address is told of every post from now on."),
                (Language::Zh, false) => ("已退订", "这个地址已经删除，不会再收到消息。"),
                (Language::En, false) => ("Unsubscribed", "The address is deleted and is told nothing any more."),
            };
            fresh(&served, StatusCode::OK, &page::message(&served.snapshot, language, title, text), &asked)
        }
        Ok(false) => gone(&served, language, &asked),
        Err(error) => {
            let (status, text) = refusal(&error, language);
            bare(status, text)
        }
    }
}
