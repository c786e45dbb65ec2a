//! `GET /api/v1/probes/{id}/definition`: a probe as a file says it, so that it is changed where it was declared or in the
//! console, and nothing of it is lost on the way.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::id::ProbeId;
use evenkeel_manage::service;
use evenkeel_observe::probe::{self, ProbeDefinition};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;

/// A definition in force, as a file says it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct DefinitionText {
    /// YAML that `POST /api/v1/definitions` and `evenkeel apply` take; as it stands it changes nothing.
    pub text: String,
}

#[derive(Serialize)]
struct File {
    version: u8,
    probes: Vec<ProbeDefinition<String>>,
}

/// A probe's definition, to be changed and applied. Whoever may not apply it does not read it: headers may hold what others
/// should not see.
#[utoipa::path(get, path = "/api/v1/probes/{id}/definition", tag = "definition", operation_id = "definition_of_probe",
    params(("id" = ProbeId, Path)), responses((status = 200, body = DefinitionText), Refusals))]
pub(super) async fn definition_of_probe(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ProbeId>,
) -> ApiResult<Json<DefinitionText>> {
    caller.require(Permission::DefinitionWrite)?;
    let mut sql = app.kit.db.read().await?;
    let found = probe::store::probes(&mut sql, caller.tenant).await?.into_iter().find(|row| row.id == id);
    let found = found.ok_or_else(|| Problem::not_found("probe", id))?;
    let id = found.definition.service;
    let service = service::find(&mut sql, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("service", id))?;
    let file = File { version: 1, probes: vec![found.definition.with_service(service.name)] };
    let text = serde_saphyr::to_string(&file)
        .map_err(|error| evenkeel_store::StoreError::Defect(format!("a probe's definition as YAML: {error}")))?;
    Ok(Json(DefinitionText { text }))
}
