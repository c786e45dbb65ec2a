//! `POST /api/v1/definitions`: the same as `evenkeel apply`.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Problem, Refusals, Routes, routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Change, Source, apply};
use crate::app::App;

/// The most files in one request.
const FILES_MAX: usize = 100;

/// The routes.
pub fn router() -> Routes<App> {
    Routes::default().routes(routes!(definition_apply)).routes(routes!(super::text::definition_of_probe))
}

/// Files to apply together.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DefinitionApply {
    files: Vec<Source>,
    /// Say what would change and keep nothing.
    #[serde(default)]
    dry_run: bool,
}

/// What changed, or would.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct DefinitionApplied {
    /// Every definition of the files, in the order of putting.
    pub changes: Vec<Change>,
}

/// Applies configuration as code: all files or nothing.
#[utoipa::path(post, path = "/api/v1/definitions", tag = "definition", operation_id = "definition_apply", request_body = DefinitionApply,
    responses((status = 200, body = DefinitionApplied), Refusals))]
async fn definition_apply(State(app): State<App>, caller: Caller, Json(body): Json<DefinitionApply>) -> ApiResult<Json<DefinitionApplied>> {
    caller.require(Permission::DefinitionWrite)?;
    if body.files.is_empty() || body.files.len() > FILES_MAX {
        return Err(Problem::invalid("/files", format!("give 1 to {FILES_MAX} files")));
    }
    let changes = apply(&app.kit.db, caller.tenant, caller.actor, &body.files, body.dry_run).await?;
    Ok(Json(DefinitionApplied { changes }))
}
