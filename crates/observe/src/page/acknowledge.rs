//! The acknowledge link: a token of 32 random bytes, of which only the SHA-256 is kept; it works once, for one person and
//! one incident, for seven days.

use evenkeel_core::{
    Actor, ErrorCode, Failure, Rng,
    event::observe::{PageAcknowledged, PageAsked, PageRead},
    id::{IncidentId, PageId, PersonId, TenantId},
};
use evenkeel_store::{Db, Sql, StoreError, Tx, params};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};

use super::{
    escalate::{Escalation, append},
    table::{self, RunState},
};

/// How long a link works, days.
const VALID_DAYS: i64 = 7;
/// Length of a token in hex.
const TOKEN_CHARS: usize = 64;

fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Makes a token for a page that is about to leave, in a transaction of its own. It is made when the message leaves and
/// not when it is decided, so that it never lies in the outbox; a message that is sent twice carries two, both good.
pub(super) async fn mint(
    db: &Db,
    rng: &dyn Rng,
    tenant: TenantId,
    page: PageId,
    incident: IncidentId,
    person: PersonId,
) -> Result<String, StoreError> {
    let mut bytes = [0u8; TOKEN_CHARS / 2];
    rng.fill(&mut bytes);
    let token = hex::encode(bytes);
    let mut tx = db.write().await?;
    let now = tx.now();
    let expires_at = now.checked_add(SignedDuration::from_hours(VALID_DAYS * 24)).unwrap_or(jiff::Timestamp::MAX);
    tx.execute(
        "DELETE FROM page_token WHERE expires_at < $1",
        params![now.checked_sub(SignedDuration::from_hours(VALID_DAYS * 24)).unwrap_or(now)],
    )
    .await?;
    tx.execute(
        "INSERT INTO page_token (digest, tenant_id, page_id, incident_id, person_id, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![digest(&token), tenant, page, incident, person, now, expires_at],
    )
    .await?;
    tx.commit().await?;
    Ok(token)
}

/// What a good token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acknowledged {
    /// Whose data.
    pub tenant: TenantId,
    /// The page it came with.
    pub page: PageId,
    /// Of which incident.
    pub incident: IncidentId,
    /// Who answers.
    pub person: PersonId,
    /// Where the escalation stood before.
    pub state: RunState,
}

/// What a token is for; uses nothing up.
///
/// # Errors
/// `token_forged`, `token_used`, `token_expired`.
pub async fn peek(sql: &mut dyn Sql, token: &str, now: jiff::Timestamp) -> Result<Acknowledged, StoreError> {
    let forged = || {
        Failure::new(
            ErrorCode::TokenForged,
            "this acknowledge link is not one of ours; open the link of the message itself, or acknowledge in the console",
        )
    };
    if token.len() != TOKEN_CHARS {
        return Err(forged().into());
    }
    let row = sql
        .row(
            "SELECT tenant_id, page_id, incident_id, person_id, expires_at, used_at FROM page_token WHERE digest = $1",
            params![digest(token)],
        )
        .await?
        .ok_or_else(forged)?;
    if row.opt_at("used_at")?.is_some() {
        return Err(Failure::new(ErrorCode::TokenUsed, "this link was used already: the incident is acknowledged").into());
    }
    if row.at("expires_at")? <= now {
        return Err(Failure::new(ErrorCode::TokenExpired, "this link is older than seven days; acknowledge in the console").into());
    }
    let (tenant, incident) = (row.id("tenant_id")?, row.id("incident_id")?);
    let run = table::run(sql, tenant, incident).await?;
    Ok(Acknowledged {
        tenant,
        page: row.id("page_id")?,
        incident,
        person: row.id("person_id")?,
        state: run.map_or(RunState::Over, |run| run.state),
    })
}

/// What somebody answers from a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// They have it.
    Acknowledge,
    /// They cannot: the next is to be told now.
    Escalate,
    /// It is done.
    Resolve,
}

/// Uses a token: the person has the incident, hands it on, or says that it is done.
///
/// # Errors
/// As [`peek`]; `state_refused` when the incident is over already, and then the token is not used up.
pub async fn acknowledge(tx: &mut Tx, escalation: &Escalation, token: &str, answer: Answer) -> Result<Acknowledged, StoreError> {
    let now = tx.now();
    let found = peek(tx, token, now).await?;
    if found.state == RunState::Over {
        return Err(
            Failure::new(ErrorCode::StateRefused, "the incident is resolved or closed already; there is nothing to acknowledge").into()
        );
    }
    let used = tx.execute("UPDATE page_token SET used_at = $2 WHERE digest = $1 AND used_at IS NULL", params![digest(token), now]).await?;
    if used == 0 {
        return Err(Failure::new(ErrorCode::TokenUsed, "this link was used already").into());
    }
    let (person, incident) = (found.person, found.incident);
    if answer != Answer::Acknowledge {
        let what = if answer == Answer::Escalate { "escalate" } else { "resolve" };
        let body = PageAsked { incident_id: incident, person_id: person, what: what.to_owned() };
        append(tx, found.tenant, Actor::person(person), found.page, incident, &body).await?;
    }
    let Some(run) = table::run(tx, found.tenant, incident).await? else { return Ok(found) };
    if answer == Answer::Escalate {
        escalation.hand_on(tx, &run).await?;
        return Ok(found);
    }
    escalation.answered(tx, &run, person).await?;
    table::mark_acknowledged(tx, &run, person, now).await?;
    let body = PageAcknowledged { incident_id: incident, person_id: person, via: "link".to_owned() };
    append(tx, found.tenant, Actor::person(person), found.page, incident, &body).await?;
    Ok(found)
}

/// The link was opened: the message was read. Noted once, and nothing is used up.
pub async fn opened(tx: &mut Tx, found: &Acknowledged) -> Result<(), StoreError> {
    let Some(page) = table::page(tx, found.tenant, found.page).await? else { return Ok(()) };
    if table::mark_read(tx, found.tenant, found.page).await? {
        let body = PageRead { incident_id: found.incident, person_id: found.person, channel: page.channel };
        append(tx, found.tenant, Actor::person(found.person), found.page, found.incident, &body).await?;
    }
    Ok(())
}
