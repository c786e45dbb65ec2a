//! The canary: a page that nobody has to answer, sent by schedule over a person's first way, from the outbox to the other side
//! as a page goes. When it does not arrive in time, pages would not either.

use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Refusals, Routes, routes};
use evenkeel_core::{
    event::{Body, Event, definition::DefinitionPut},
    id::{PersonId, TenantId},
};
use evenkeel_store::{Consumer, NewTimer, Sql, StoreError, Timer, TimerHandler, Tx, params};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::{methods, start_drill};
use crate::page::{PageState, port::Directory};

/// The kind of the canary's timer.
const CANARY: &str = "contact.canary";
/// How far back its figures go, days.
const DAYS: i64 = 30;
/// Of the canary's runs so many of a hundred must arrive in time.
const TARGET_PERCENT: f64 = 99.0;

/// How the canary runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CanaryPlan {
    /// Over whose first way.
    pub person: PersonId,
    /// How often, 300 to 86400 seconds.
    pub every_secs: i64,
    /// How soon the other side must have taken it, seconds.
    pub within_secs: i64,
}

/// Runs the canary: the handler of its timer, and the reader that sets it when the configuration changes.
#[derive(Clone)]
pub struct Canary(pub Arc<dyn Directory>);

impl Canary {
    async fn set(&self, tx: &mut Tx, tenant: TenantId, due_at: Timestamp) -> Result<(), StoreError> {
        tx.set_timer(&NewTimer { tenant, kind: CANARY, key: tenant.to_string(), due_at, payload: String::new() }).await
    }
}

#[async_trait]
impl TimerHandler for Canary {
    fn kind(&self) -> &'static str {
        CANARY
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let Some(plan) = self.0.canary(tx, timer.tenant).await? else { return Ok(()) };
        // Without a way there is nothing to run; whoever has none shows in the reachability of the rotas.
        if let Some(method) = methods(tx, self.0.as_ref(), timer.tenant, plan.person).await?.first() {
            start_drill(tx, timer.tenant, method, "canary").await?;
        }
        let next = tx.now().checked_add(SignedDuration::from_secs(plan.every_secs)).unwrap_or(Timestamp::MAX);
        self.set(tx, timer.tenant, next).await
    }
}

#[async_trait]
impl Consumer for Canary {
    fn name(&self) -> &'static str {
        "observe.canary"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[DefinitionPut::KIND]
    }

    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<(), StoreError> {
        let notification = event.read::<DefinitionPut>().transpose()?.is_some_and(|put| put.kind == "notification");
        if notification && self.0.canary(tx, event.tenant).await?.is_some() {
            let now = tx.now();
            self.set(tx, event.tenant, now).await?;
        }
        Ok(())
    }
}

/// How the canary did.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = CanaryFigures)]
pub struct CanaryFigures {
    /// Runs of the last 30 days whose time is over.
    pub runs: i64,
    /// Those that the other side took in time.
    pub good: i64,
    /// So many of a hundred must be good.
    pub target_percent: f64,
    /// How long the last one took, seconds; null when it did not arrive or is under way.
    pub last_secs: Option<f64>,
    /// When the last one began.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_at: Option<Timestamp>,
}

/// The canary's figures; none where no canary is declared.
pub async fn canary_figures(
    sql: &mut dyn Sql,
    directory: &dyn Directory,
    tenant: TenantId,
    now: Timestamp,
) -> Result<Option<CanaryFigures>, StoreError> {
    let Some(plan) = directory.canary(sql, tenant).await? else { return Ok(None) };
    let since = now.checked_sub(SignedDuration::from_hours(DAYS * 24)).unwrap_or(now);
    let over = now.checked_sub(SignedDuration::from_secs(plan.within_secs)).unwrap_or(now);
    let within_micros = plan.within_secs.saturating_mul(1_000_000);
    let counted = sql
        .row(
            "SELECT COUNT(*) AS runs, COUNT(CASE WHEN state <> 'dead' AND sent_at - queued_at <= $4 THEN 1 END) AS good
             FROM contact_drill WHERE tenant_id = $1 AND purpose = 'canary' AND queued_at >= $2 AND queued_at <= $3",
            params![tenant, since, over, within_micros],
        )
        .await?;
    let last = sql
        .row(
            "SELECT queued_at, sent_at, state FROM contact_drill WHERE tenant_id = $1 AND purpose = 'canary' ORDER BY queued_at DESC LIMIT 1",
            params![tenant],
        )
        .await?;
    let (mut last_at, mut last_secs) = (None, None);
    if let Some(last) = last {
        let queued = last.at("queued_at")?;
        last_at = Some(queued);
        if last.text("state")? != "dead" {
            last_secs = last.opt_at("sent_at")?.map(|sent| sent.duration_since(queued).as_secs_f64());
        }
    }
    let (runs, good) = counted.map_or(Ok((0, 0)), |row| Ok::<_, StoreError>((row.int("runs")?, row.int("good")?)))?;
    Ok(Some(CanaryFigures { runs, good, target_percent: TARGET_PERCENT, last_secs, last_at }))
}

/// The route.
pub(super) fn router() -> Routes<PageState> {
    Routes::new().routes(routes!(canary_get))
}

/// How the canary did in the last 30 days; null where none is declared.
#[utoipa::path(get, path = "/api/v1/on-call/canary", tag = "on_call", responses((status = 200, body = Option<CanaryFigures>), Refusals))]
async fn canary_get(State(state): State<PageState>, caller: Caller) -> ApiResult<Json<Option<CanaryFigures>>> {
    caller.require(Permission::OnCallRead)?;
    let mut sql = state.kit.db.read().await?;
    Ok(Json(canary_figures(&mut sql, state.directory.as_ref(), caller.tenant, state.kit.now()).await?))
}
