//! Alerts come in.

use axum::{body::Bytes, extract::State};
use evenkeel_api::{Caller, Permission};
use evenkeel_core::matcher::Labels;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::{Trouble, Troubles};
use crate::alert::{Alerts, Incoming, Sent, take};

/// An alert without an end is over when nobody has spoken of it for so long: Alertmanager's own default.
const RESOLVE_TIMEOUT: SignedDuration = SignedDuration::from_mins(5);
/// The most alerts of one request.
const ALERTS_MAX: usize = 50_000;

/// An alert as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PostableAlert {
    /// What it is known by.
    labels: Labels,
    /// What is said about it.
    #[serde(default)]
    annotations: Labels,
    /// Since when; now when not given.
    starts_at: Option<Timestamp>,
    /// When it ends.
    ends_at: Option<Timestamp>,
    /// Where it can be looked at.
    #[serde(default, rename = "generatorURL")]
    generator_url: String,
}

/// Go's zero instant, which its programs send for none.
pub(in crate::alert) fn given(at: Option<Timestamp>) -> Option<Timestamp> {
    at.filter(|at| *at > Timestamp::UNIX_EPOCH)
}

impl PostableAlert {
    fn incoming(self, now: Timestamp) -> Incoming {
        let ends_at = given(self.ends_at);
        let starts_at = given(self.starts_at).unwrap_or_else(|| ends_at.map_or(now, |ends_at| ends_at.min(now)));
        let ends_at = ends_at.or_else(|| now.checked_add(RESOLVE_TIMEOUT).ok());
        Incoming { labels: self.labels, annotations: self.annotations, starts_at, ends_at, generator_url: self.generator_url }
    }
}

/// Takes alerts. Those that can be none are refused with 400 after the others were taken.
#[utoipa::path(post, path = "/alertmanager/api/v2/alerts", tag = "alertmanager", request_body = Vec<PostableAlert>,
    responses((status = 200), Troubles))]
pub(super) async fn alertmanager_post(State(alerts): State<Alerts>, caller: Caller, body: Bytes) -> Result<StatusCode, Trouble> {
    caller.require(Permission::AlertWrite)?;
    let posted: Vec<PostableAlert> = serde_json::from_slice(&body).map_err(|error| Trouble::Bad(error.to_string()))?;
    if posted.len() > ALERTS_MAX {
        return Err(Trouble::Bad(format!("{} alerts in one request; at most {ALERTS_MAX}", posted.len())));
    }
    let now = alerts.kit.now();
    let mut refused = Vec::new();
    let mut batch = Vec::with_capacity(posted.len());
    for alert in posted {
        match alert.incoming(now).checked() {
            Ok(alert) => batch.push(alert),
            Err(why) => refused.push(why.0),
        }
    }
    if !batch.is_empty() {
        let mut tx = alerts.kit.db.write().await?;
        let sent = Sent { tenant: caller.tenant, source: "alertmanager", actor: &caller.actor };
        take(&mut tx, alerts.house.as_ref(), sent, batch).await?;
        tx.commit().await?;
    }
    match refused.first() {
        None => Ok(StatusCode::OK),
        Some(first) => Err(Trouble::Bad(format!("{} alerts were refused, the first: {first}", refused.len()))),
    }
}
