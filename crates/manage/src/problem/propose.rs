//! What deserves somebody to look for its cause: the same trouble of the same service, again and again.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Query, Refusals};
use evenkeel_core::{id::IncidentId, state::ProblemState};
use evenkeel_store::{Sql, params, places};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    Manage,
    party::{NameRef, Wanted, load_names},
};

/// Looked back when nobody says, days.
const DAYS: u16 = 30;
/// So many incidents of a cause are a trend, when nobody says.
const LEAST: u16 = 3;
/// Proposals at most.
const MOST: i64 = 50;
/// Incidents named with one.
const NAMED: i64 = 50;

/// What counts as a trend.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ProposalQuery {
    /// Looked back, days; 30 when not given.
    #[param(minimum = 1, maximum = 366)]
    days: Option<u16>,
    /// So many incidents; 3 when not given.
    #[param(minimum = 2, maximum = 1000)]
    least: Option<u16>,
}

/// A trouble that comes again and again, and behind which nobody looks yet.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProblemProposal {
    /// The service that suffers.
    service: NameRef,
    /// The cause that its alerts name.
    cause: String,
    /// How many incidents in the days looked back.
    count: i64,
    /// The first of them.
    #[schema(value_type = String, format = DateTime)]
    first_at: Timestamp,
    /// The last of them.
    #[schema(value_type = String, format = DateTime)]
    last_at: Timestamp,
    /// The newest of them, 50 at most.
    incidents: Vec<IncidentId>,
}

/// Causes with several incidents and no open problem, the most frequent first.
#[utoipa::path(get, path = "/api/v1/problems/proposals", operation_id = "problem_proposals", tag = "problem",
    params(ProposalQuery), responses((status = 200, body = Vec<ProblemProposal>), Refusals))]
pub(super) async fn problem_proposals(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<ProposalQuery>,
) -> ApiResult<Json<Vec<ProblemProposal>>> {
    caller.require(Permission::ProblemRead)?;
    let days = i64::from(query.days.unwrap_or(DAYS).clamp(1, 366));
    let least = i64::from(query.least.unwrap_or(LEAST).clamp(2, 1000));
    let since = manage.kit.now().saturating_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN);
    let mut sql = manage.kit.db.read().await?;
    let mut params = params![caller.tenant, since, least, MOST];
    let open = places(&mut params, ProblemState::ALL.iter().filter(|state| state.is_open()).map(|state| state.as_str()));
    // A problem that was closed proposes nothing by itself: what comes back opens it again.
    let text = format!(
        "SELECT i.service_id AS service_id, a.cause AS cause, COUNT(DISTINCT i.id) AS n, MIN(i.opened_at) AS first_at, MAX(i.opened_at) AS last_at
         FROM incident i JOIN incident_alert a ON a.tenant_id = i.tenant_id AND a.incident_id = i.id
         WHERE i.tenant_id = $1 AND i.opened_at >= $2 AND i.state NOT IN ('merged', 'cancelled')
           AND NOT EXISTS (SELECT 1 FROM problem_incident l JOIN problem p ON p.tenant_id = l.tenant_id AND p.id = l.problem_id
             WHERE l.tenant_id = i.tenant_id AND l.incident_id = i.id AND p.state IN ({open}))
         GROUP BY i.service_id, a.cause HAVING COUNT(DISTINCT i.id) >= $3 ORDER BY n DESC, last_at DESC LIMIT $4"
    );
    let rows = sql.rows(&text, params).await?;
    let mut wanted = Wanted::default();
    for row in &rows {
        wanted.services.insert(row.id("service_id")?);
    }
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    let mut proposals = Vec::with_capacity(rows.len());
    for row in &rows {
        let (service, cause) = (row.id("service_id")?, row.text("cause")?);
        let newest = "SELECT DISTINCT i.id AS id, i.opened_at AS opened_at
             FROM incident i JOIN incident_alert a ON a.tenant_id = i.tenant_id AND a.incident_id = i.id
             WHERE i.tenant_id = $1 AND i.opened_at >= $2 AND i.service_id = $3 AND a.cause = $4 AND i.state NOT IN ('merged', 'cancelled')
             ORDER BY i.opened_at DESC LIMIT $5";
        let incidents = sql.rows(newest, params![caller.tenant, since, service, &cause, NAMED]).await?;
        proposals.push(ProblemProposal {
            service: names.service(service),
            cause,
            count: row.int("n")?,
            first_at: row.at("first_at")?,
            last_at: row.at("last_at")?,
            incidents: incidents.iter().map(|row| row.id("id")).collect::<Result<_, _>>()?,
        });
    }
    Ok(Json(proposals))
}
