//! The vocabulary, read.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Refusals};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Term, TermView, store};
use crate::Manage;

/// The words in which the house says why something broke.
#[derive(Debug, Serialize, ToSchema)]
#[allow(clippy::struct_field_names, reason = "the causes are what the vocabulary is of")]
pub(super) struct Causes {
    /// Its version; 0 = the one that is built in.
    version: i64,
    /// The bones of the fishbone.
    bones: Vec<TermView>,
    /// The causes.
    causes: Vec<TermView>,
}

/// The vocabulary of causes in force.
#[utoipa::path(get, path = "/api/v1/causes", operation_id = "cause_list", tag = "review",
    responses((status = 200, body = Causes), Refusals))]
pub(super) async fn cause_list(State(manage): State<Manage>, caller: Caller) -> ApiResult<Json<Causes>> {
    caller.require(Permission::ReviewRead)?;
    let mut sql = manage.kit.db.read().await?;
    let (found, version) = store::current(&mut sql, caller.tenant).await?;
    let views = |terms: &[Term]| terms.iter().map(TermView::from).collect();
    Ok(Json(Causes { version, bones: views(&found.bones), causes: views(&found.causes) }))
}
