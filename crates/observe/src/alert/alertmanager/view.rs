//! Alerts as Alertmanager shows them: those that were sent, and those of our own probes and rules.

use std::collections::HashMap;

use evenkeel_core::{
    id::{AlertId, SilenceId, TenantId},
    matcher::{Labels, Matcher},
};
use jiff::Timestamp;
use regex::Regex;
use serde::Serialize;

use super::{RECEIVER, answer::Trouble};
use crate::{
    alert::{Alerts, fingerprint, table},
    metric::api::Params,
};

#[derive(Debug, Clone, Serialize)]
pub(super) struct Receiver {
    pub name: &'static str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    state: &'static str,
    silenced_by: Vec<SilenceId>,
    inhibited_by: Vec<String>,
    muted_by: Vec<&'static str>,
}

/// An alert.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AlertView {
    annotations: Labels,
    ends_at: Timestamp,
    fingerprint: String,
    receivers: [Receiver; 1],
    starts_at: Timestamp,
    status: Status,
    updated_at: Timestamp,
    #[serde(rename = "generatorURL", skip_serializing_if = "String::is_empty")]
    generator_url: String,
    pub labels: Labels,
}

/// Which alerts are asked for.
pub(super) struct Wanted {
    matchers: Vec<Matcher>,
    active: bool,
    silenced: bool,
    inhibited: bool,
    receiver: Option<Regex>,
}

impl Wanted {
    pub(super) fn of(params: &Params) -> Result<Self, Trouble> {
        let flag = |name: &str| match params.get(name) {
            None | Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(other) => Err(Trouble::Bad(format!("{name} in query must be of type boolean: {other:?}"))),
        };
        let receiver = match params.get("receiver") {
            Some(text) => Some(
                Regex::new(&format!("^(?:{text})$")).map_err(|error| Trouble::Bad(format!("failed to parse receiver param: {error}")))?,
            ),
            None => None,
        };
        let (active, silenced, inhibited) = (flag("active")?, flag("silenced")?, flag("inhibited")?);
        Ok(Self { matchers: matchers(params)?, active, silenced, inhibited, receiver })
    }

    fn wants(&self, alert: &AlertView) -> bool {
        let status = &alert.status;
        self.matchers.iter().all(|matcher| matcher.matches(&alert.labels))
            && (self.active || status.state != "active")
            && (self.silenced || status.silenced_by.is_empty())
            && (self.inhibited || status.inhibited_by.is_empty())
            && self.receiver.as_ref().is_none_or(|receiver| receiver.is_match(RECEIVER))
    }
}

/// The matchers of `filter`.
pub(super) fn matchers(params: &Params) -> Result<Vec<Matcher>, Trouble> {
    let read = |text: &str| text.parse::<Matcher>().map_err(|what| Trouble::Bad(format!("bad matcher format: {what}")));
    params.all("filter").map(read).collect()
}

/// Alerts that fire, in the order of their labels' fingerprints.
pub(super) async fn load(alerts: &Alerts, tenant: TenantId, wanted: &Wanted) -> Result<Vec<AlertView>, Trouble> {
    let now = alerts.kit.now();
    let mut sql = alerts.kit.db.snapshot().await?;
    let received = table::all(&mut sql, tenant).await?;
    let unrouted = received.iter().filter(|alert| alert.service.is_none());
    let unrouted = unrouted.map(|alert| (alert.id, alert.labels.clone(), alert.started_at)).collect();
    let seen = alerts.house.seen(&mut sql, tenant, now, unrouted).await?;
    let mut received: HashMap<AlertId, table::Received> = received.into_iter().map(|alert| (alert.id, alert)).collect();
    let names: HashMap<AlertId, String> = seen
        .iter()
        .map(|seen| (seen.id, received.get(&seen.id).map_or_else(|| fingerprint(&seen.labels), |known| known.fingerprint.clone())))
        .collect();
    let mut views: Vec<AlertView> = Vec::with_capacity(seen.len());
    for seen in seen {
        let suppressed = seen.is_held || !seen.silenced_by.is_empty() || !seen.inhibited_by.is_empty();
        let status = Status {
            state: if suppressed { "suppressed" } else { "active" },
            silenced_by: seen.silenced_by,
            inhibited_by: seen.inhibited_by.iter().filter_map(|id| names.get(id).cloned()).collect(),
            muted_by: Vec::new(),
        };
        let known = received.remove(&seen.id);
        let fingerprint = names.get(&seen.id).cloned().unwrap_or_default();
        let receivers = [Receiver { name: RECEIVER }];
        let view = match known {
            Some(known) => AlertView {
                annotations: known.annotations,
                ends_at: known.ends_at.unwrap_or(Timestamp::MAX),
                fingerprint,
                receivers,
                starts_at: known.started_at,
                status,
                updated_at: known.updated_at,
                generator_url: known.generator_url,
                labels: known.labels,
            },
            // A probe's or a rule's own: it ends when what it looks at does, which nobody knows yet.
            None => AlertView {
                annotations: Labels::new(),
                ends_at: Timestamp::MAX,
                fingerprint,
                receivers,
                starts_at: seen.fired_at,
                status,
                updated_at: seen.fired_at,
                generator_url: String::new(),
                labels: seen.labels,
            },
        };
        if wanted.wants(&view) {
            views.push(view);
        }
    }
    views.sort_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
    Ok(views)
}
