//! Clocks of some incidents, as of now.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Problem, Query, Refusals, Scope};
use evenkeel_core::{
    id::{AgreementId, CalendarId, IncidentId, TenantId},
    state::{Goal, HoldReason},
};
use evenkeel_store::{Sql, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    fold::Shelf,
    reading::readings,
    refold,
    table::{self, ClockRow},
};
use crate::{Analyze, words::Words, world::load};

/// The most incidents asked for at once: a page of the queue.
const INCIDENTS_MAX: usize = 200;

/// The agreement behind a clock.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AgreementName {
    /// Which.
    pub id: AgreementId,
    /// The name it is declared under.
    pub name: String,
    /// Shown name.
    pub display: Words,
    /// The version that applies.
    pub version: i64,
    /// `sla`, `ola`, `uc`.
    pub layer: String,
}

/// A clock.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Clock {
    /// Whose.
    pub incident_id: IncidentId,
    /// What for.
    pub goal: Goal,
    /// The promise.
    pub agreement: AgreementName,
    /// Promised, seconds of business time.
    pub target_secs: i64,
    /// Used up, seconds of business time.
    pub elapsed_secs: i64,
    /// Left, seconds of business time; negative when overdrawn.
    pub remaining_secs: i64,
    /// When it is due; null while paused, or never due.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// `running`, `paused`, `met`, `breached`, `stopped`, `merged`, `cancelled`.
    pub state: String,
    /// When it was missed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub breached_at: Option<Timestamp>,
    /// When it stopped.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub stopped_at: Option<Timestamp>,
    /// The hold that pauses it.
    pub paused_by: Option<HoldReason>,
    /// Whether business is open now, so that the remaining time runs.
    pub open_now: bool,
    /// When business next opens or closes.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_change_at: Option<Timestamp>,
    /// Whether holidays yet to be decreed may move the due time.
    pub holidays_not_yet_published: bool,
    /// The instant of this reading.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
}

impl From<ClockRow> for Clock {
    fn from(row: ClockRow) -> Self {
        Self {
            incident_id: row.incident,
            goal: row.goal,
            agreement: AgreementName {
                id: row.agreement,
                name: row.agreement_name,
                display: row.display,
                version: row.agreement_version,
                layer: row.layer,
            },
            target_secs: row.target_secs,
            elapsed_secs: row.elapsed_secs,
            remaining_secs: row.target_secs - row.elapsed_secs,
            due_at: row.due_at,
            state: row.state,
            breached_at: row.breached_at,
            stopped_at: row.stopped_at,
            paused_by: row.paused_by,
            open_now: row.open_now,
            next_change_at: row.next_change_at,
            holidays_not_yet_published: row.holidays_not_yet_published,
            as_of: row.as_of,
        }
    }
}

/// Which incidents.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClockQuery {
    /// Ids, separated by commas; at most 200.
    pub incidents: String,
}

/// The clocks of some incidents, as of now. Incidents that one may not see are left out.
#[utoipa::path(get, path = "/api/v1/clocks", operation_id = "clock_list", tag = "clock", params(ClockQuery),
    responses((status = 200, body = Vec<Clock>), Refusals))]
pub(super) async fn clock_list(
    State(analyze): State<Analyze>,
    caller: Caller,
    Query(query): Query<ClockQuery>,
) -> ApiResult<Json<Vec<Clock>>> {
    let scope = caller.scope(Permission::ClockRead)?;
    let ids = query
        .incidents
        .split(',')
        .filter(|text| !text.is_empty())
        .map(|text| text.parse().map_err(|_| Problem::invalid("incidents", format!("{text:?} is not an id"))))
        .collect::<Result<Vec<IncidentId>, Problem>>()?;
    if ids.len() > INCIDENTS_MAX {
        return Err(Problem::invalid("incidents", format!("ask for at most {INCIDENTS_MAX} incidents at once")));
    }
    let now = analyze.kit.now();
    let mut sql = analyze.kit.db.read().await?;
    let mut rows = table::of_incidents(&mut sql, caller.tenant, &ids).await?;
    for id in &ids {
        // Finished history has no rows: it is folded when somebody looks.
        if !rows.iter().any(|row| row.incident == *id) {
            rows.extend(fold(&mut sql, caller.tenant, *id, now).await?);
        }
    }
    // As they were asked for; the customer's promise first, in the order in which its goals fall due.
    let place = |id: IncidentId| ids.iter().position(|asked| *asked == id);
    let layer = |layer: &str| ["sla", "ola", "uc"].iter().position(|known| *known == layer);
    rows.sort_by_key(|row| (place(row.incident), layer(&row.layer), row.agreement, row.goal));
    let mut clocks = Vec::with_capacity(rows.len());
    for row in rows.into_iter().filter(|row| shows(scope, row)) {
        clocks.push(Clock::from(at(&analyze, &mut sql, row, now).await?));
    }
    Ok(Json(clocks))
}

/// A customer sees the promises made to it, a vendor the contracts of what it holds; neither sees our own targets.
fn shows(scope: Scope, row: &ClockRow) -> bool {
    match row.layer.as_str() {
        "sla" => scope.shows(&[row.organisation]),
        "uc" => scope.shows(&[row.holder]),
        _ => scope.organisation().is_none(),
    }
}

async fn fold(sql: &mut dyn Sql, tenant: TenantId, id: IncidentId, now: Timestamp) -> Result<Vec<ClockRow>, StoreError> {
    let world = load::incident(sql, tenant, id).await?;
    let view = world.latest();
    let Some(incident) = view.incident(id) else { return Ok(Vec::new()) };
    let organisations = view.organisations(incident);
    Ok(readings(view, incident, now, &mut Shelf::default())
        .iter()
        .map(|reading| ClockRow {
            organisation: organisations.first().copied().flatten(),
            holder: organisations.get(1).copied().flatten(),
            ..refold::row(tenant, reading, view, now)
        })
        .collect())
}

/// Moves a reading to now. Nothing has happened to the incident since (the row would be newer), so only the calendar
/// moves a clock that runs.
async fn at(analyze: &Analyze, sql: &mut dyn Sql, mut row: ClockRow, now: Timestamp) -> Result<ClockRow, StoreError> {
    if row.stopped_at.is_some() || row.as_of >= now || matches!(row.state.as_str(), "merged" | "cancelled" | "met" | "stopped") {
        return Ok(row);
    }
    let calendar: CalendarId = row.calendar;
    let Some(calendar) = analyze.calendars.get(sql, row.tenant, calendar, row.calendar_version).await? else { return Ok(row) };
    if row.paused_by.is_none() {
        row.elapsed_secs += calendar.elapsed(row.as_of, now);
        if row.state == "running" && row.due_at.is_some_and(|due_at| now.as_second() > due_at.as_second()) {
            "breached".clone_into(&mut row.state);
            row.breached_at = row.due_at;
        }
    }
    row.open_now = calendar.is_open(now);
    row.next_change_at = calendar.next_change(now);
    row.as_of = now;
    Ok(row)
}
