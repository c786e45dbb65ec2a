//! Routes of what looks saw step by step, and of looks at what is not declared yet.

use std::time::Duration;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::id::{ProbeId, ServiceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    look::StepSeen,
    model::ProbeDefinition,
    routes::{RunView, find},
    worker::Evidence,
};
use crate::Observe;

/// A look that is waited for takes no longer: well below what a request may take.
const TRY_MAX: Duration = Duration::from_secs(20);

/// What the steps of one look saw.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EvidenceView {
    /// The vantage point; `here` is the server itself.
    vantage: String,
    /// When the look began.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The steps that were made, in order.
    steps: Vec<StepSeen>,
}

impl From<Evidence> for EvidenceView {
    fn from(evidence: Evidence) -> Self {
        Self { vantage: evidence.vantage, at: evidence.at, steps: evidence.steps }
    }
}

/// What is known of a probe's steps, since this process looks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProbeEvidence {
    /// Of the newest look.
    last: Option<EvidenceView>,
    /// Of the newest that failed.
    failed: Option<EvidenceView>,
}

/// What the steps of a probe's looks saw, without secrets. Empty for probes without steps.
#[utoipa::path(get, path = "/api/v1/probes/{id}/evidence", tag = "probe", params(("id" = ProbeId, Path)), responses((status = 200, body = ProbeEvidence), Refusals))]
pub(super) async fn probe_evidence(
    State(observe): State<Observe>,
    caller: Caller,
    Path(id): Path<ProbeId>,
) -> ApiResult<Json<ProbeEvidence>> {
    caller.require(Permission::ProbeRead)?;
    find(&mut observe.kit.db.read().await?, &caller, id).await?;
    let kept = observe.hub.evidence(id);
    Ok(Json(ProbeEvidence { last: kept.last.map(Into::into), failed: kept.failed.map(Into::into) }))
}

/// A probe that is not declared yet.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct ProbeTry {
    /// As in a configuration file; name and service may be left out.
    #[schema(value_type = Object)]
    definition: serde_json::Value,
}

/// Looks once from the server at what is not declared yet, without any consequence. It takes 20 seconds at most, and who may
/// not declare a probe may not do this either: it goes wherever it is sent.
#[utoipa::path(post, path = "/api/v1/probes/try", tag = "probe", request_body = ProbeTry, responses((status = 200, body = RunView), Refusals))]
pub(super) async fn probe_try(State(observe): State<Observe>, caller: Caller, Json(body): Json<ProbeTry>) -> ApiResult<Json<RunView>> {
    caller.require(Permission::DefinitionWrite)?;
    let mut definition = body.definition;
    if let Some(fields) = definition.as_object_mut() {
        fields.entry("name").or_insert_with(|| "try".into());
        fields.entry("service").or_insert_with(|| "try".into());
    }
    let named: ProbeDefinition<String> =
        serde_json::from_value(definition).map_err(|error| Problem::invalid("/definition", error.to_string()))?;
    named.validate()?;
    let mut definition = named.with_service(ServiceId::named("try"));
    definition.timeout_secs = Some(definition.timeout().min(TRY_MAX).as_secs_f64());
    let looked = observe.hub.look_once(&definition).await;
    let (at, look) = looked.ok_or_else(|| Problem::invalid("/definition", "a probe makes exactly one check"))?;
    Ok(Json(RunView::of(at, look)))
}
