//! What rules did: a row for each time one met a ticket.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Refusals};
use evenkeel_core::{event::automation::RuleOutcome, id::TenantId, title};
use evenkeel_store::{Row, Sql, StoreError, Tx, params};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::RuleDefinition;
use crate::{
    Manage,
    automation::subject::{Of, TicketId},
    catalogue,
    definition::Version,
};

/// How many are shown.
const SHOWN_MAX: i64 = 100;
/// How far back cuts are counted.
const BACK: SignedDuration = SignedDuration::from_hours(7 * 24);

const fn word(outcome: RuleOutcome) -> &'static str {
    match outcome {
        RuleOutcome::Acted => "acted",
        RuleOutcome::Refused => "refused",
        RuleOutcome::Cut => "cut",
    }
}

/// Writes down that a rule met a ticket for this cause; `false` when that is written already.
pub(super) async fn begin(
    tx: &mut Tx,
    tenant: TenantId,
    id: TicketId,
    rule: &Version<RuleDefinition>,
    cause: &str,
    outcome: RuleOutcome,
) -> Result<bool, StoreError> {
    let at = tx.now();
    let written = tx
        .execute(
            "INSERT INTO ticket_rule_run (tenant_id, rule, cause, incident_id, version, outcome, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (tenant_id, rule, cause) DO NOTHING",
            params![tenant, &rule.name, cause, id.to_string(), rule.version, word(outcome), at],
        )
        .await?;
    Ok(written > 0)
}

/// Writes down how it ended.
pub(super) async fn settle(tx: &mut Tx, tenant: TenantId, rule: &str, cause: &str, outcome: RuleOutcome) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE ticket_rule_run SET outcome = $4 WHERE tenant_id = $1 AND rule = $2 AND cause = $3",
        params![tenant, rule, cause, word(outcome)],
    )
    .await
    .map(|_| ())
}

/// A time that a rule met a ticket.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::automation) struct RuleRun {
    /// The kind of the ticket.
    of: Of,
    /// The ticket's id.
    #[schema(format = "uuid")]
    id: String,
    number: i64,
    /// The ticket's title.
    title: String,
    at: Timestamp,
    /// The version of the rule.
    version: i64,
    /// `acted`, `refused`, `cut`.
    outcome: String,
}

/// What a rule did last: the newest first, at most 100.
#[utoipa::path(get, path = "/api/v1/automation/ticket_rule/{name}/runs", operation_id = "rule_runs", tag = "automation",
    params(("name" = String, Path)), responses((status = 200, body = Vec<RuleRun>), Refusals))]
pub(in crate::automation) async fn rule_runs(
    State(manage): State<Manage>,
    caller: Caller,
    Path(name): Path<String>,
) -> ApiResult<Json<Vec<RuleRun>>> {
    caller.require(Permission::AutomationRead)?;
    // Whoever may see no such tickets sees no titles of them.
    let (incidents, requests) = (caller.may(Permission::IncidentRead), caller.may(Permission::RequestRead));
    let mut sql = manage.kit.db.read().await?;
    let runs = sql
        .rows(
            "SELECT r.incident_id AS id, i.number AS number, i.title AS title, r.at AS at, r.version AS version, r.outcome AS outcome
             FROM ticket_rule_run r JOIN incident i ON i.tenant_id = r.tenant_id AND i.id = r.incident_id
             WHERE r.tenant_id = $1 AND r.rule = $2 ORDER BY r.at DESC, i.number DESC LIMIT $3",
            params![caller.tenant, &name, if incidents { SHOWN_MAX } else { 0 }],
        )
        .await?;
    let mut shown = Vec::with_capacity(runs.len());
    for row in &runs {
        let title = title::in_language(&row.text("title")?, caller.language).to_owned();
        shown.push(run_of(row, Of::Incident, title)?);
    }
    // A rule is for one kind of tickets, and may have been for the other before.
    let runs = sql
        .rows(
            "SELECT r.incident_id AS id, q.number AS number, q.item_id AS item_id, q.item_version AS item_version, r.at AS at,
                r.version AS version, r.outcome AS outcome
             FROM ticket_rule_run r JOIN request q ON q.tenant_id = r.tenant_id AND q.id = r.incident_id
             WHERE r.tenant_id = $1 AND r.rule = $2 ORDER BY r.at DESC, q.number DESC LIMIT $3",
            params![caller.tenant, &name, if requests { SHOWN_MAX } else { 0 }],
        )
        .await?;
    for row in &runs {
        let item = catalogue::version(&mut sql, caller.tenant, row.id("item_id")?, row.int("item_version")?).await?.body.display;
        shown.push(run_of(row, Of::Request, item.in_language(caller.language).to_owned())?);
    }
    shown.sort_by_key(|run| std::cmp::Reverse((run.at, run.number)));
    shown.truncate(usize::try_from(SHOWN_MAX).unwrap_or(usize::MAX));
    Ok(Json(shown))
}

fn run_of(row: &Row, of: Of, title: String) -> Result<RuleRun, StoreError> {
    Ok(RuleRun {
        of,
        id: row.text("id")?,
        number: row.int("number")?,
        title,
        at: row.at("at")?,
        version: row.int("version")?,
        outcome: row.text("outcome")?,
    })
}

/// Rules that were cut off because they went round in a circle or on for too long, for the health page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RuleCuts)]
pub struct Cuts {
    /// How often in the last seven days.
    pub count: i64,
    /// The rules, by name, at most ten.
    pub rules: Vec<String>,
}

/// Which rules were cut off lately.
///
/// # Errors
/// As any statement.
pub async fn cuts(sql: &mut dyn Sql, tenant: TenantId, now: Timestamp) -> Result<Cuts, StoreError> {
    let since = now.saturating_sub(BACK).unwrap_or(Timestamp::MIN);
    let rows = sql
        .rows(
            "SELECT rule, COUNT(*) AS n FROM ticket_rule_run WHERE tenant_id = $1 AND outcome = 'cut' AND at >= $2 GROUP BY rule ORDER BY n DESC, rule",
            params![tenant, since],
        )
        .await?;
    let mut cuts = Cuts { count: 0, rules: Vec::new() };
    for row in &rows {
        cuts.count += row.int("n")?;
        if cuts.rules.len() < 10 {
            cuts.rules.push(row.text("rule")?);
        }
    }
    Ok(cuts)
}
