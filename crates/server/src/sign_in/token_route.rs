//! One's own API tokens.

use std::collections::BTreeSet;

use axum::{Extension, extract::State};
use evenkeel_api::{
    ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem, Query, Refusals, Routes, idempotency::HoldsSecret, routes,
};
use evenkeel_core::{
    ErrorCode, Failure,
    event::access::{TokenMade as Made, TokenRevoked},
    id::{PersonId, TokenId},
};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    record,
    token::{self, NewToken, Token},
};
use crate::app::App;

/// The most tokens of one person.
const TOKENS_MAX: usize = 100;
/// The longest name, characters.
const NAME_MAX: usize = 80;

pub(super) fn router() -> Routes<App> {
    Routes::default().routes(routes!(token_list, token_make)).routes(routes!(token_revoke))
}

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
struct TokenView {
    id: TokenId,
    name: String,
    permissions: Vec<Permission>,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}

impl From<Token> for TokenView {
    fn from(token: Token) -> Self {
        Self {
            id: token.id,
            name: token.name,
            permissions: token.scopes.into_iter().collect(),
            created_at: token.created_at,
            last_used_at: token.last_used_at,
            expires_at: token.expires_at,
        }
    }
}

/// A token just made.
#[derive(Debug, Serialize, ToSchema)]
struct TokenMade {
    #[serde(flatten)]
    token: TokenView,
    /// Shown this once: send it as `Authorization: Bearer …`.
    secret: String,
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TokenMake {
    /// What it is for.
    name: String,
    /// What it may; each must be one of your own permissions.
    permissions: BTreeSet<Permission>,
    /// When it ends; null = when it is revoked.
    expires_at: Option<Timestamp>,
}

fn own(caller: &Caller) -> ApiResult<PersonId> {
    caller.require(Permission::TokenWrite)?;
    caller.person.ok_or_else(|| Problem::new(ErrorCode::Forbidden, "only a person has tokens"))
}

/// One's own tokens, newest first.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "token", operation_id = "token_list", params(PageQuery),
    responses((status = 200, body = Page<TokenView>), Refusals))]
async fn token_list(State(app): State<App>, caller: Caller, Query(page): Query<PageQuery>) -> ApiResult<Json<Page<TokenView>>> {
    let person = own(&caller)?;
    let mut read = app.kit.db.read().await?;
    let rows = token::list(&mut read, caller.tenant, person, app.kit.now(), page.key()?, page.fetch()).await?;
    Ok(Json(page.page(rows, |token| token.id).map(TokenView::from)))
}

/// Makes a token. Its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "token", operation_id = "token_make", request_body = TokenMake,
    responses((status = 200, body = TokenMade), Refusals))]
async fn token_make(
    State(app): State<App>,
    caller: Caller,
    Json(body): Json<TokenMake>,
) -> ApiResult<(Extension<HoldsSecret>, Json<TokenMade>)> {
    let person = own(&caller)?;
    let name = body.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_MAX {
        return Err(Problem::invalid("/name", format!("a name has 1 to {NAME_MAX} characters")));
    }
    if body.permissions.is_empty() {
        return Err(Problem::invalid("/permissions", "a token without any permission is of no use; name at least one"));
    }
    let held = caller.permissions();
    if let Some(beyond) = body.permissions.iter().find(|permission| !held.contains(permission)) {
        return Err(Failure::new(ErrorCode::Invalid, format!("{beyond} is not yours to give"))
            .at("/permissions")
            .allowed(held.iter().map(|permission| permission.as_str()))
            .into());
    }
    let now = app.kit.now();
    if body.expires_at.is_some_and(|at| at <= now) {
        return Err(Problem::invalid("/expires_at", "this instant has passed"));
    }
    let mut tx = app.kit.db.write().await?;
    let limit = i64::try_from(TOKENS_MAX).unwrap_or(i64::MAX);
    if token::list(&mut tx, caller.tenant, person, now, None, limit).await?.len() >= TOKENS_MAX {
        return Err(Problem::new(ErrorCode::Conflict, format!("you have {TOKENS_MAX} tokens; revoke one first")));
    }
    let new = NewToken { name, scopes: body.permissions, expires_at: body.expires_at };
    let (made, secret) = token::make_token(&mut tx, app.kit.clock.as_ref(), app.kit.rng.as_ref(), caller.tenant, person, &new).await?;
    let permissions = made.scopes.iter().map(|permission| permission.as_str().to_owned()).collect();
    let body = Made { token_id: made.id, permissions, expires_at: made.expires_at };
    record::append(&mut tx, caller.tenant, now, caller.actor, person, &body).await?;
    tx.commit().await?;
    // Not kept for an idempotency key: a secret is stored nowhere.
    Ok((Extension(HoldsSecret), Json(TokenMade { token: made.into(), secret })))
}

/// Revokes a token at once.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "token", operation_id = "token_revoke", params(("id" = TokenId, Path)),
    responses((status = 204), Refusals))]
async fn token_revoke(State(app): State<App>, caller: Caller, Path(id): Path<TokenId>) -> ApiResult<StatusCode> {
    let person = own(&caller)?;
    let mut tx = app.kit.db.write().await?;
    let now = app.kit.now();
    if !token::revoke(&mut tx, caller.tenant, person, id, now).await? {
        return Err(Problem::not_found("token", id));
    }
    record::append(&mut tx, caller.tenant, now, caller.actor, person, &TokenRevoked { token_id: id }).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
