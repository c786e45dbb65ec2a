//! The session's routes: who am I, come in, go out.

use axum::{
    extract::{Extension, State},
    response::{IntoResponse, Response},
};
use evenkeel_api::{
    ApiResult, Caller, Json, Path, Permission, Problem, Refusals, Role, Routes, document::SESSION_COOKIE, idempotency::HoldsSecret, routes,
};
use evenkeel_core::{
    Actor, ErrorCode,
    definition::Bilingual,
    event::access::{PasswordChanged, SessionOpened},
    id::{OrganisationId, PersonId, TenantId},
};
use evenkeel_manage::party::{self, Locale};
use evenkeel_store::{Sql, StoreError, Tx};
use http::{HeaderValue, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{attempt, gate::SignedIn, link, record, session, token_route};
use crate::app::App;

/// The routes of sign-in.
pub fn router() -> Routes<App> {
    Routes::default()
        .routes(routes!(session_get, session_close))
        .routes(routes!(session_open_by_link))
        .routes(routes!(session_open_by_password, password_change))
        .routes(routes!(person_sign_in_link))
        .merge(token_route::router())
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
struct SessionView {
    person: PersonView,
    roles: Vec<Role>,
    permissions: Vec<Permission>,
    organisation: Option<OrganisationView>,
    tenant: TenantId,
}

/// The person.
#[derive(Debug, Serialize, ToSchema)]
struct PersonView {
    id: PersonId,
    name: String,
    display: String,
    locale: Locale,
    /// Whether they have a password; else links let them in.
    password_set: bool,
}

/// Their organisation.
#[derive(Debug, Serialize, ToSchema)]
struct OrganisationView {
    id: OrganisationId,
    name: String,
    display: Bilingual,
}

async fn view(app: &App, sql: &mut dyn Sql, caller: &Caller) -> ApiResult<SessionView> {
    let id = caller.person.ok_or_else(|| Problem::new(ErrorCode::Unauthenticated, "nobody is signed in"))?;
    let person = party::find_person(sql, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("person", id))?;
    let organisation = party::find_organisation(sql, caller.tenant, person.definition.organisation).await?;
    let password_set = party::get_password_hash(sql, app.tenant, id).await?.is_some();
    Ok(SessionView {
        person: PersonView { id, name: person.name, display: person.definition.display, locale: person.definition.locale, password_set },
        roles: caller.roles.iter().copied().collect(),
        permissions: caller.permissions().into_iter().collect(),
        organisation: organisation.map(|organisation| OrganisationView {
            id: organisation.id,
            name: organisation.name,
            display: organisation.display,
        }),
        tenant: caller.tenant,
    })
}

/// Who is signed in, and what they may.
#[utoipa::path(get, path = "/api/v1/session", tag = "session", operation_id = "session_get", responses((status = 200, body = SessionView), Refusals))]
async fn session_get(State(app): State<App>, caller: Caller) -> ApiResult<Json<SessionView>> {
    let mut read = app.kit.db.read().await?;
    Ok(Json(view(&app, &mut read, &caller).await?))
}

/// A one-time link's secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ByLink {
    token: String,
}

/// Signs in by a one-time link, which is used up.
#[utoipa::path(post, path = "/api/v1/session/link", tag = "session", operation_id = "session_open_by_link", security(()),
    request_body = ByLink, responses((status = 200, body = SessionView), Refusals))]
async fn session_open_by_link(State(app): State<App>, Json(body): Json<ByLink>) -> ApiResult<Response> {
    let now = app.kit.now();
    let mut tx = app.kit.db.write().await?;
    match link::take(&mut tx, now, &body.token).await {
        Ok((tenant, person)) => open(&app, tx, tenant, person, "link").await,
        Err(StoreError::Failure(failure)) => {
            let owner = link::owner(&mut tx, &body.token).await?;
            record::refused(&mut tx, app.tenant, now, owner).await?;
            tx.commit().await?;
            Err(failure.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// A name and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ByPassword {
    name: String,
    password: String,
}

/// Signs in by name and password.
#[utoipa::path(post, path = "/api/v1/session/password", tag = "session", operation_id = "session_open_by_password", security(()),
    request_body = ByPassword, responses((status = 200, body = SessionView), Refusals))]
async fn session_open_by_password(State(app): State<App>, Json(body): Json<ByPassword>) -> ApiResult<Response> {
    let now = app.kit.now();
    let mut read = app.kit.db.read().await?;
    attempt::check(&mut read, now, &body.name).await?;
    let person = party::find_person_by_name(&mut read, app.tenant, &body.name).await?;
    let stored = match person.as_ref().filter(|person| person.definition.active) {
        Some(person) => party::get_password_hash(&mut read, app.tenant, person.id).await?,
        None => None,
    };
    drop(read);
    let right = app.hasher.check(body.password, stored.as_deref()).await?;
    let mut tx = app.kit.db.write().await?;
    let known = person.as_ref().map(|person| person.id);
    let Some(person) = person.filter(|person| right && person.definition.active) else {
        attempt::failed(&mut tx, now, &body.name).await?;
        record::refused(&mut tx, app.tenant, now, known).await?;
        tx.commit().await?;
        return Err(Problem::new(ErrorCode::Unauthenticated, "this name and this password do not belong together"));
    };
    attempt::forget(&mut tx, &body.name).await?;
    open(&app, tx, app.tenant, person.id, "password").await
}

/// Opens the session in `tx` and answers who came in, with the cookie.
async fn open(app: &App, mut tx: Tx, tenant: TenantId, person: PersonId, by: &str) -> ApiResult<Response> {
    let found = party::find_person(&mut tx, tenant, person).await?.filter(|person| person.definition.active);
    let Some(found) = found else {
        return Err(Problem::new(ErrorCode::Unauthenticated, "this account is not active any more; ask an admin"));
    };
    let secret = session::open(&mut tx, app.kit.clock.as_ref(), app.kit.rng.as_ref(), tenant, person).await?;
    let body = SessionOpened { by: by.to_owned() };
    record::append(&mut tx, tenant, app.kit.now(), Actor::person(person), person, &body).await?;
    let caller = Caller {
        tenant,
        actor: Actor::person(person),
        person: Some(person),
        organisation: Some(found.definition.organisation),
        roles: found.definition.roles,
        scopes: None,
        language: evenkeel_core::Language::En,
    };
    let body = view(app, &mut tx, &caller).await?;
    tx.commit().await?;
    tracing::info!(%person, "signed in");
    let mut response = Json(body).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie(app, &secret, session::ABSOLUTE_SECS));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn cookie(app: &App, value: &str, live_secs: i64) -> HeaderValue {
    let secure = if app.settings.public_url.starts_with("https://") { "; Secure" } else { "" };
    let text = format!("{SESSION_COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={live_secs}{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// A new password, and the present one when there is one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    current: Option<String>,
    /// At least 12 characters.
    new: String,
}

/// Sets one's own password. Other sessions of this person end.
#[utoipa::path(put, path = "/api/v1/session/password", tag = "session", operation_id = "password_change",
    request_body = PasswordChange, responses((status = 204), Refusals))]
async fn password_change(
    State(app): State<App>,
    caller: Caller,
    Extension(how): Extension<SignedIn>,
    Json(body): Json<PasswordChange>,
) -> ApiResult<StatusCode> {
    let (SignedIn::Session(hash), Some(person)) = (how, caller.person) else {
        return Err(Problem::new(ErrorCode::Forbidden, "a password is changed in the console, not with an API token"));
    };
    let key = format!("change:{person}");
    let now = app.kit.now();
    let mut read = app.kit.db.read().await?;
    attempt::check(&mut read, now, &key).await?;
    let stored = party::get_password_hash(&mut read, app.tenant, person).await?;
    drop(read);
    if stored.is_some() && !app.hasher.check(body.current.unwrap_or_default(), stored.as_deref()).await? {
        let mut tx = app.kit.db.write().await?;
        attempt::failed(&mut tx, now, &key).await?;
        record::refused(&mut tx, app.tenant, now, Some(person)).await?;
        tx.commit().await?;
        return Err(Problem::invalid("/current", "the present password is not this one"));
    }
    let new = app.hasher.hash(app.kit.rng.as_ref(), body.new).await?;
    let mut tx = app.kit.db.write().await?;
    party::put_password_hash(&mut tx, app.tenant, person, Some(&new)).await?;
    session::close_others(&mut tx, app.tenant, person, &hash).await?;
    let body = PasswordChanged { first: stored.is_none() };
    record::append(&mut tx, app.tenant, now, caller.actor, person, &body).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs out: this session ends at once.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", operation_id = "session_close", responses((status = 204), Refusals))]
async fn session_close(State(app): State<App>, _caller: Caller, Extension(how): Extension<SignedIn>) -> ApiResult<Response> {
    if let SignedIn::Session(hash) = how {
        let mut tx = app.kit.db.write().await?;
        session::close(&mut tx, &hash).await?;
        tx.commit().await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie(&app, "", 0));
    Ok(response)
}

/// A link for somebody.
#[derive(Serialize, ToSchema)]
struct SignInLink {
    /// Give it to the person by a way that you trust: whoever opens it is them.
    url: String,
    expires_at: Timestamp,
}

/// Makes a one-time sign-in link for a person. Links made for them before and not used stop working.
#[utoipa::path(post, path = "/api/v1/people/{id}/sign-in-link", tag = "session", operation_id = "person_sign_in_link",
    params(("id" = PersonId, Path)), responses((status = 200, body = SignInLink), Refusals))]
async fn person_sign_in_link(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PersonId>,
) -> ApiResult<(Extension<HoldsSecret>, Json<SignInLink>)> {
    caller.require(Permission::PartyWrite)?;
    // A link gives all that its person may; a token that could make one would be worth more than its scopes.
    if caller.scopes.is_some() {
        return Err(Problem::new(ErrorCode::Forbidden, "an API token makes no sign-in links; do it in the console"));
    }
    let mut tx = app.kit.db.write().await?;
    let person = party::find_person(&mut tx, caller.tenant, id).await?;
    if !person.is_some_and(|person| person.definition.active) {
        return Err(Problem::not_found("active person", id));
    }
    let (clock, rng) = (app.kit.clock.as_ref(), app.kit.rng.as_ref());
    let token = link::make_link(&mut tx, clock, rng, caller.actor.clone(), (caller.tenant, id), link::LINK_SECS).await?;
    tx.commit().await?;
    let expires_at = app.kit.now().checked_add(SignedDuration::from_secs(link::LINK_SECS)).unwrap_or(Timestamp::MAX);
    tracing::info!(person = %id, by = %caller.actor.id, "a sign-in link was made");
    Ok((Extension(HoldsSecret), Json(SignInLink { url: app.settings.sign_in_url(&token), expires_at })))
}
