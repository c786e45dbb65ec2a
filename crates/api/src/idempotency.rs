//! `Idempotency-Key`: a write that is sent twice is done once; the second is answered as the first was.
//!
//! The key is claimed before the handler runs and its answer kept after. Between the two a crash leaves the key claimed:
//! whether the write was saved is then not known here, and the caller is told so instead of the write being repeated.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use evenkeel_core::{ErrorCode, Failure};
use evenkeel_store::{Migration, Result as StoreResult, Sql as _, params};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::{Caller, Kit, Problem, extract};

/// The header.
pub const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer is the kept one.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Answers are kept so long, hours.
pub const KEPT_HOURS: i64 = 24;
/// A larger answer is not kept, bytes.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// The longest key, bytes.
const KEY_BYTES_MAX: usize = 200;

/// The table of keys.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "api.idempotency.0001",
    sql: &[
        "CREATE TABLE idempotency (
            tenant_id TEXT NOT NULL, actor TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, made_at BIGINT NOT NULL,
            status BIGINT, content_type TEXT, etag TEXT, body {blob}, PRIMARY KEY (tenant_id, actor, key)
        )",
        "CREATE INDEX idempotency_made ON idempotency (made_at)",
    ],
}];

/// An answer that holds a secret carries this extension: it is not kept, and its key is free again.
#[derive(Debug, Clone, Copy)]
pub struct HoldsSecret;

/// Middleware. It stands inside of whatever finds the [`Caller`]; requests of nobody and without the header pass.
pub async fn layer(State(kit): State<Kit>, request: Request, next: Next) -> Response {
    let unsafe_method = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH | Method::DELETE);
    let key = request.headers().get(&HEADER).cloned();
    let (Some(key), Some(caller), true) = (key, request.extensions().get::<Caller>().cloned(), unsafe_method) else {
        return next.run(request).await;
    };
    match once(&kit, &caller, &key, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

struct Claim<'a> {
    kit: &'a Kit,
    tenant: String,
    actor: String,
    key: String,
}

async fn once(kit: &Kit, caller: &Caller, key: &HeaderValue, request: Request, next: Next) -> Result<Response, Problem> {
    let key = key.to_str().ok().filter(|key| !key.is_empty() && key.len() <= KEY_BYTES_MAX).ok_or_else(|| {
        Failure::new(ErrorCode::Invalid, format!("an idempotency key has 1 to {KEY_BYTES_MAX} plain characters")).at("Idempotency-Key")
    })?;
    let (parts, body) = request.into_parts();
    let whole = Request::from_parts(parts.clone(), body);
    let bytes =
        <Bytes as axum::extract::FromRequest<()>>::from_request(whole, &()).await.map_err(|error| extract::too_large_or_torn(&error))?;
    let claim = Claim {
        kit,
        tenant: caller.tenant.to_string(),
        actor: format!("{:?}:{}", caller.actor.kind, caller.actor.id),
        key: key.to_owned(),
    };
    let print = fingerprint(&parts.method, &parts.uri.to_string(), &bytes);
    if let Some(kept) = claim.take(&print).await? {
        return Ok(kept);
    }
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    claim.keep(response).await
}

fn fingerprint(method: &Method, uri: &str, body: &[u8]) -> String {
    let sha = Sha256::new().chain_update(method.as_str()).chain_update(b"\0").chain_update(uri).chain_update(b"\0").chain_update(body);
    hex::encode(sha.finalize())
}

impl Claim<'_> {
    /// Claims the key; answers what was kept under it when it is not new.
    async fn take(&self, print: &str) -> Result<Option<Response>, Problem> {
        let now = self.kit.now();
        let mut tx = self.kit.db.write().await?;
        let old = now.checked_sub(SignedDuration::from_hours(KEPT_HOURS)).unwrap_or(Timestamp::MIN);
        tx.execute("DELETE FROM idempotency WHERE made_at < $1", params![old]).await?;
        let new = tx
            .execute(
                "INSERT INTO idempotency (tenant_id, actor, key, fingerprint, made_at) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (tenant_id, actor, key) DO NOTHING",
                params![&self.tenant, &self.actor, &self.key, print, now],
            )
            .await?;
        if new > 0 {
            tx.commit().await?;
            return Ok(None);
        }
        let row = tx
            .row(
                "SELECT fingerprint, status, content_type, etag, body FROM idempotency WHERE tenant_id = $1 AND actor = $2 AND key = $3",
                params![&self.tenant, &self.actor, &self.key],
            )
            .await?
            .ok_or_else(|| Problem::new(ErrorCode::Conflict, "this idempotency key was given up at this very moment; repeat"))?;
        if row.text("fingerprint")? != print {
            return Err(Failure::new(ErrorCode::Invalid, "this idempotency key was used for another request; take a new key")
                .at("Idempotency-Key")
                .into());
        }
        let Some(status) = row.opt_int("status")? else {
            return Err(Problem::new(
                ErrorCode::Conflict,
                "the first request with this idempotency key is under way, or broke off unanswered; look whether it was saved before you repeat it with a new key",
            ));
        };
        let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
        let mut response = (status, row.bytes("body")?).into_response();
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_TYPE);
        for (name, value) in [(header::CONTENT_TYPE, row.opt_text("content_type")?), (header::ETAG, row.opt_text("etag")?)] {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
                headers.insert(name, value);
            }
        }
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
        Ok(Some(response))
    }

    /// Keeps the answer; a failure on our side, or an answer that cannot be kept, frees the key.
    async fn keep(&self, response: Response) -> Result<Response, Problem> {
        if response.status().is_server_error() || response.extensions().get::<HoldsSecret>().is_some() {
            self.free().await?;
            return Ok(response);
        }
        let (parts, body) = response.into_parts();
        let bytes = match to_bytes(body, ANSWER_BYTES_MAX).await {
            Ok(bytes) => bytes,
            Err(error) => {
                // The write is saved, so the key stays claimed: a repetition is refused, not done again.
                tracing::warn!(%error, "an answer is too large to be kept for its idempotency key");
                return Err(Problem::new(
                    ErrorCode::Internal,
                    "it was saved, but the answer is too large to be kept for an idempotency key",
                ));
            }
        };
        let text = |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(ToOwned::to_owned);
        let written: StoreResult<()> = async {
            let mut tx = self.kit.db.write().await?;
            tx.execute(
                "UPDATE idempotency SET status = $4, content_type = $5, etag = $6, body = $7 WHERE tenant_id = $1 AND actor = $2 AND key = $3",
                params![
                    &self.tenant,
                    &self.actor,
                    &self.key,
                    parts.status.as_u16(),
                    text(header::CONTENT_TYPE),
                    text(header::ETAG),
                    bytes.to_vec()
                ],
            )
            .await?;
            tx.commit().await
        }
        .await;
        if let Err(error) = written {
            tracing::warn!(%error, "an answer could not be kept for its idempotency key");
        }
        Ok(Response::from_parts(parts, Body::from(bytes)))
    }

    async fn free(&self) -> StoreResult<()> {
        let mut tx = self.kit.db.write().await?;
        tx.execute(
            "DELETE FROM idempotency WHERE tenant_id = $1 AND actor = $2 AND key = $3",
            params![&self.tenant, &self.actor, &self.key],
        )
        .await?;
        tx.commit().await
    }
}
