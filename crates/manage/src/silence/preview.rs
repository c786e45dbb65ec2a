//! Show what a silence would match now, before it is made.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Problem, Refusals};
use evenkeel_core::{
    id::{AlertId, ServiceId},
    matcher::{Labels, MatcherText, all_match},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::write::matchers;
use crate::{Manage, suppression};

/// The most alerts that are shown; all are counted.
const SHOWN_MAX: usize = 50;

/// What would be silenced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PreviewRequest {
    /// Of which alerts.
    matchers: Vec<MatcherText>,
}

/// An alert that fires and matches.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MatchedAlert {
    /// Which.
    alert_id: AlertId,
    /// Of which service.
    service_id: ServiceId,
    /// Since when.
    fired_at: Timestamp,
    /// What can be matched.
    labels: Labels,
}

/// What matches now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SilencePreview {
    /// How many alerts that fire match.
    matching: usize,
    /// How many fire at all.
    firing: usize,
    /// The first of those that match, at most 50.
    alerts: Vec<MatchedAlert>,
}

/// What these matchers match of the alerts that fire now.
#[utoipa::path(post, path = "/api/v1/silences/preview", operation_id = "silence_preview", tag = "silence",
    request_body = PreviewRequest, responses((status = 200, body = SilencePreview), Refusals))]
pub(super) async fn silence_preview(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<PreviewRequest>, Problem>,
) -> ApiResult<Json<SilencePreview>> {
    caller.require(Permission::AlertRead)?;
    let Json(request) = request?;
    let matchers = matchers(request.matchers)?;
    let mut sql = manage.kit.db.read().await?;
    let firing = suppression::firing(&mut sql, caller.tenant).await?;
    let mut shown = SilencePreview { matching: 0, firing: firing.len(), alerts: Vec::new() };
    for alert in firing.into_iter().filter(|alert| all_match(&matchers, &alert.labels)) {
        shown.matching += 1;
        if shown.alerts.len() < SHOWN_MAX {
            let (alert_id, service_id, fired_at) = (alert.id, alert.service_id, alert.fired_at);
            shown.alerts.push(MatchedAlert { alert_id, service_id, fired_at, labels: alert.labels });
        }
    }
    Ok(Json(shown))
}
