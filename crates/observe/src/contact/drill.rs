//! Drills: a message over one way that asks for nothing but an answer. Who answers has proven the way. The canary is a drill
//! by schedule: it runs from the outbox to the answer as a page does.

use async_trait::async_trait;
use evenkeel_core::{
    ErrorCode, Failure, Id, Rng,
    id::{ContactMethodId, PageId, PersonId, TenantId},
};
use evenkeel_store::{Db, Message, NewMessage, OutboxObserver, Outcome, Sql, StoreError, Tx, params};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Method, store};
use crate::page::outbox_channel;

/// How long a drill's link works, hours.
const VALID_HOURS: i64 = 24;
/// Length of a token in hex.
const TOKEN_CHARS: usize = 64;
/// Tries of a drill: it is about now, not about an hour from now.
const ATTEMPTS_MAX: i64 = 5;

/// Drills of one person and purpose within an hour at most: more than the canary's most frequent schedule.
const HOURLY_MAX: i64 = 20;

/// A drill under way: the payload in the outbox, ids only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drill {
    /// Its id.
    pub drill_id: PageId,
    /// To whom.
    pub person_id: PersonId,
    /// Over which way.
    pub method_id: ContactMethodId,
}

/// Starts a drill over a way; `purpose` is `proof` or `canary`.
///
/// # Errors
/// `rate_limited` when the person has started too many within an hour: short messages and calls cost money.
pub async fn start_drill(tx: &mut Tx, tenant: TenantId, method: &Method, purpose: &str) -> Result<PageId, StoreError> {
    let now = tx.now();
    let since = now.checked_sub(SignedDuration::from_hours(1)).unwrap_or(now);
    let before = tx
        .row(
            "SELECT COUNT(*) AS n FROM contact_drill WHERE tenant_id = $1 AND purpose = $2 AND queued_at > $3 AND person_id = $4",
            params![tenant, purpose, since, method.person],
        )
        .await?
        .map_or(Ok(0), |row| row.int("n"))?;
    if before >= HOURLY_MAX {
        return Err(Failure::new(ErrorCode::RateLimited, "there were many drills within this hour; wait a while").into());
    }
    let id: PageId = Id::at(now, tx.rng().as_ref());
    tx.execute(
        "INSERT INTO contact_drill (tenant_id, id, person_id, method_id, purpose, address_digest, state, queued_at) VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7)",
        params![tenant, id, method.person, method.id, purpose, store::digest(&method.address), now],
    )
    .await?;
    let drill = Drill { drill_id: id, person_id: method.person, method_id: method.id };
    tx.send(&NewMessage {
        tenant,
        channel: outbox_channel(&method.channel),
        key: format!("drill:{id}"),
        subject_kind: "drill".to_owned(),
        subject_id: id.to_string(),
        payload: serde_json::to_string(&drill)?,
        max_attempts: ATTEMPTS_MAX,
    })
    .await?;
    Ok(id)
}

fn token_digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Makes the token of a drill that is about to leave; one that is sent twice has the later one.
pub(crate) async fn mint(db: &Db, rng: &dyn Rng, tenant: TenantId, drill: PageId) -> Result<String, StoreError> {
    let mut bytes = [0u8; TOKEN_CHARS / 2];
    rng.fill(&mut bytes);
    let token = hex::encode(bytes);
    let mut tx = db.write().await?;
    tx.execute("UPDATE contact_drill SET digest = $3 WHERE tenant_id = $1 AND id = $2", params![tenant, drill, token_digest(&token)])
        .await?;
    tx.commit().await?;
    Ok(token)
}

/// Whose drill a token is of; uses nothing up.
///
/// # Errors
/// `token_forged`, `token_used`, `token_expired`.
pub async fn peek_drill(sql: &mut dyn Sql, token: &str, now: Timestamp) -> Result<(TenantId, Drill), StoreError> {
    let forged = || Failure::new(ErrorCode::TokenForged, "this link is not one of ours; open the link of the message itself");
    if token.len() != TOKEN_CHARS {
        return Err(forged().into());
    }
    let row = sql
        .row(
            "SELECT tenant_id, id, person_id, method_id, queued_at, answered_at FROM contact_drill WHERE digest = $1",
            params![token_digest(token)],
        )
        .await?
        .ok_or_else(forged)?;
    if row.opt_at("answered_at")?.is_some() {
        return Err(Failure::new(ErrorCode::TokenUsed, "this drill was answered already").into());
    }
    if now.duration_since(row.at("queued_at")?) > SignedDuration::from_hours(VALID_HOURS) {
        return Err(Failure::new(ErrorCode::TokenExpired, "this drill is older than a day; start another").into());
    }
    Ok((row.id("tenant_id")?, Drill { drill_id: row.id("id")?, person_id: row.id("person_id")?, method_id: row.id("method_id")? }))
}

/// Answers a drill: the way is proven, at the address the drill was sent to.
///
/// # Errors
/// As [`peek_drill`].
pub async fn answer_drill(tx: &mut Tx, token: &str) -> Result<(TenantId, Drill), StoreError> {
    let now = tx.now();
    let (tenant, drill) = peek_drill(tx, token, now).await?;
    tx.execute(
        "UPDATE contact_drill SET state = 'answered', answered_at = $3 WHERE tenant_id = $1 AND id = $2",
        params![tenant, drill.drill_id, now],
    )
    .await?;
    tx.execute(
        "INSERT INTO contact_proof (tenant_id, method_id, address_digest, proven_at)
         SELECT tenant_id, method_id, address_digest, answered_at FROM contact_drill WHERE tenant_id = $1 AND id = $2
         ON CONFLICT (tenant_id, method_id) DO UPDATE SET address_digest = excluded.address_digest, proven_at = excluded.proven_at",
        params![tenant, drill.drill_id],
    )
    .await?;
    Ok((tenant, drill))
}

/// Writes down how a drill's message ended.
#[derive(Debug, Clone, Copy, Default)]
pub struct DrillObserver;

#[async_trait]
impl OutboxObserver for DrillObserver {
    async fn settled(&self, tx: &mut Tx, message: &Message, outcome: &Outcome) -> Result<(), StoreError> {
        if message.subject_kind != "drill" {
            return Ok(());
        }
        let (state, receipt) = match outcome {
            Outcome::Sent { receipt } => ("sent", receipt),
            Outcome::Dead { error } => ("dead", error),
        };
        let (now, receipt): (_, String) = (tx.now(), receipt.chars().take(200).collect());
        tx.execute(
            "UPDATE contact_drill SET state = $3, receipt = $4, sent_at = $5 WHERE tenant_id = $1 AND id = $2 AND state = 'queued'",
            params![message.tenant, &message.subject_id, state, receipt, now],
        )
        .await
        .map(|_| ())
    }
}
