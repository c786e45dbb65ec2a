//! The gate: from cookie, bearer token or, for tools of the Prometheus world, HTTP Basic to a [`Caller`]. It lets everybody through; who must be somebody asks for the caller.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use evenkeel_api::{Caller, Problem, document::SESSION_COOKIE};
use evenkeel_core::{Actor, ErrorCode, Language};
use evenkeel_manage::party;
use evenkeel_store::Sql;
use http::{HeaderMap, Method, header};

use super::{session, session::Session, token};
use crate::app::App;

/// The header that our own console sends with every request; a form on another site cannot.
pub const OWN_HEADER: &str = "x-evenkeel-request";

/// How the caller came in: beside the [`Caller`] in a request's extensions, for sign-out.
#[derive(Debug, Clone)]
pub enum SignedIn {
    /// With the cookie of this session (its hash).
    Session(String),
    /// With an API token.
    Token,
}

/// Middleware: finds the caller.
pub async fn gate(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match find(&app, request.headers(), request.method(), request.uri().path()).await {
        Ok(Some((mut caller, how))) => {
            caller.language = language(request.headers());
            request.extensions_mut().insert(caller);
            request.extensions_mut().insert(how);
        }
        Ok(None) => {}
        Err(problem) => return problem.into_response(),
    }
    next.run(request).await
}

/// Who reads with these headers, where no permission is asked for; none = nobody we know, or we cannot tell.
pub async fn reader(app: &App, headers: &HeaderMap) -> Option<Caller> {
    find(app, headers, &Method::GET, "").await.ok().flatten().map(|(caller, _)| caller)
}

/// Where tools of the Prometheus world call, most of which know a user name and a password only.
const BASIC: [&str; 4] = ["/prometheus/", "/otlp/", "/alertmanager/", "/api/v1/hooks/"];

async fn find(app: &App, headers: &HeaderMap, method: &Method, path: &str) -> Result<Option<(Caller, SignedIn)>, Problem> {
    if let Some(bearer) = credentials(headers, "bearer") {
        return by_token(app, bearer).await.map(Some);
    }
    if BASIC.iter().any(|prefix| path.starts_with(prefix))
        && let Some(pair) = credentials(headers, "basic")
    {
        return by_token(app, &password(pair)).await.map(Some);
    }
    let safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if !safe && !is_own(app, headers) {
        // Also without a cookie: nobody may be signed in as somebody else by a foreign page.
        return Err(Problem::new(
            ErrorCode::Forbidden,
            format!(
                "a request that changes something must come from Evenkeel's own pages: send the header {OWN_HEADER}: 1, or use an API token"
            ),
        ));
    }
    let Some(cookie) = cookie(headers) else { return Ok(None) };
    by_session(app, cookie).await
}

/// The language this request is to be answered in.
fn language(headers: &HeaderMap) -> Language {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    asked.and_then(Language::accepted).unwrap_or(Language::En)
}

/// What follows the name of a scheme in `Authorization`.
fn credentials<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case(wanted).then(|| rest.trim())
}

/// The password of HTTP Basic: an API token. The user name says nothing. Nonsense is a password that nobody has.
fn password(pair: &str) -> String {
    let plain = STANDARD.decode(pair).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    plain.split_once(':').map(|(_, password)| password.to_owned()).unwrap_or_default()
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == SESSION_COOKIE && !value.is_empty()).then_some(value))
}

/// Whether an unsafe request comes from our own pages or from no browser at all. Three signs, the strongest first: what the
/// browser says of the page (Sec-Fetch-Site), our own header (needs CORS leave from another site, which nobody gets), Origin.
fn is_own(app: &App, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site")
        && site != "same-origin"
        && site != "none"
    {
        return false;
    }
    if let Some(origin) = text("origin") {
        let host = text("host").unwrap_or_default();
        let same_host = origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host));
        return same_host || origin.eq_ignore_ascii_case(&app.settings.origin);
    }
    text(OWN_HEADER).is_some() || cookie(headers).is_none()
}

async fn by_token(app: &App, secret: &str) -> Result<(Caller, SignedIn), Problem> {
    let refuse = || Problem::new(ErrorCode::Unauthenticated, "this API token is not valid: it may be mistyped, expired or revoked");
    if !secret.starts_with(token::PREFIX) {
        return Err(refuse());
    }
    let now = app.kit.now();
    let mut read = app.kit.db.read().await?;
    let Some(token) = token::find(&mut read, now, secret).await? else { return Err(refuse()) };
    let Some(mut caller) = person(&mut read, token.tenant, token.person).await? else { return Err(refuse()) };
    drop(read);
    caller.actor = Actor::token(token.id);
    caller.scopes = Some(token.scopes.clone());
    if token::is_stale(&token, now) {
        let mut tx = app.kit.db.write().await?;
        token::touch(&mut tx, &token, now).await?;
        tx.commit().await?;
    }
    Ok((caller, SignedIn::Token))
}

async fn by_session(app: &App, cookie: &str) -> Result<Option<(Caller, SignedIn)>, Problem> {
    let now = app.kit.now();
    let mut read = app.kit.db.read().await?;
    let Some(session) = session::find(&mut read, now, cookie).await? else { return Ok(None) };
    let Some(caller) = person(&mut read, session.tenant, session.person).await? else { return Ok(None) };
    drop(read);
    if session::is_stale(&session, now) {
        touch(app, &session).await;
    }
    Ok(Some((caller, SignedIn::Session(session.hash))))
}

/// A full disk must not lock readers out: that a session was used is not worth a refusal.
async fn touch(app: &App, session: &Session) {
    let written = async {
        let mut tx = app.kit.db.write().await?;
        session::touch(&mut tx, session, app.kit.now()).await?;
        tx.commit().await
    };
    if let Err(error) = written.await {
        tracing::warn!(%error, "the use of a session could not be written down");
    }
}

/// The caller that a person is now: rights taken away count at once.
async fn person(
    sql: &mut dyn Sql,
    tenant: evenkeel_core::id::TenantId,
    id: evenkeel_core::id::PersonId,
) -> Result<Option<Caller>, Problem> {
    let found = party::find_person(sql, tenant, id).await?;
    Ok(found.filter(|person| person.definition.active).map(|person| Caller {
        tenant,
        actor: Actor::person(id),
        person: Some(id),
        organisation: Some(person.definition.organisation),
        roles: person.definition.roles,
        scopes: None,
        language: Language::En,
    }))
}
