//! A list of the desk that leaves the house: the console makes a file of it. Bounded, and told to the ledger.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Problem, Refusals};
use evenkeel_core::{event::desk::DeskExported, id::IncidentId, state::DeskKind};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::{
    filter::DeskFilter,
    list::found,
    row::{DeskRow, rows},
};
use crate::{Manage, automation::field::export, refuse, ticket::act};

/// The most rows of one list.
const ROWS_MAX: i64 = 5_000;
/// Rows whose names are looked up at once.
const BATCH: usize = 500;

/// A row with what the house's own fields say of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeskExportRow)]
pub(super) struct Row {
    #[serde(flatten)]
    row: DeskRow,
    /// By the name of the field.
    #[schema(value_type = Object)]
    fields: BTreeMap<String, Value>,
}

/// A list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeskExport)]
pub(super) struct Export {
    /// The house's own fields, each a column.
    columns: Vec<export::Column>,
    /// The first due first, at most 5000.
    rows: Vec<Row>,
    /// Whether these are all; otherwise narrow the filter.
    complete: bool,
}

/// The desk as a list that can be taken along: as the filter says, with the house's own fields. Who took how many rows is in the
/// ledger.
#[utoipa::path(post, path = "/api/v1/desk/export", operation_id = "desk_export", tag = "desk", request_body = DeskFilter,
    responses((status = 200, body = Export), Refusals))]
pub(super) async fn desk_export(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<DeskFilter>, Problem>,
) -> ApiResult<Json<Export>> {
    caller.require(Permission::IncidentNoteInternal)?;
    let Json(filter) = request?;
    filter.may_be_asked_by(&caller)?;
    let mut sql = manage.kit.db.read().await?;
    let mut found = found(&mut sql, &caller, &filter, None, ROWS_MAX + 1).await?;
    let most = usize::try_from(ROWS_MAX).unwrap_or(usize::MAX);
    let complete = found.len() <= most;
    found.truncate(most);
    let columns = if caller.may(Permission::AutomationRead) { export::columns(&mut sql, caller.tenant).await? } else { Vec::new() };
    let ids: Vec<IncidentId> = found.iter().filter(|row| row.place.1 == DeskKind::Incident).filter_map(|row| row.id.parse().ok()).collect();
    let mut said = export::said(&mut sql, caller.tenant, &columns, &ids).await?;
    let mut shown = Vec::with_capacity(found.len());
    while !found.is_empty() {
        let rest = found.split_off(found.len().min(BATCH));
        let batch = rows(&mut sql, &caller, std::mem::replace(&mut found, rest)).await?;
        shown.extend(batch.into_iter().map(|row| {
            let fields = row.id.parse().ok().and_then(|id: IncidentId| said.remove(&id)).unwrap_or_default();
            Row { row, fields }
        }));
    }
    let exported = DeskExported {
        rows: i64::try_from(shown.len()).unwrap_or(i64::MAX),
        complete,
        // What was searched may be somebody's name.
        filter: serde_json::to_value(DeskFilter { q: None, ..filter.clone() }).map_err(|error| refuse::invalid("/", error.to_string()))?,
        searched: filter.q.is_some(),
    };
    let who = caller.person.map_or_else(|| caller.actor.id.clone(), |person| person.to_string());
    drop(sql);
    let mut tx = manage.kit.db.write().await?;
    tx.append(&act(&manage, &caller).event(who, &exported)?).await?;
    tx.commit().await?;
    Ok(Json(Export { columns, rows: shown, complete }))
}
