//! Rules and alerts in Prometheus' shape, with ours beside: what nobody could see, what the store turned away.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};
use evenkeel_api::{Caller, Permission, Routes, routes};
use evenkeel_tsdb::promql::go_g;
use jiff::Timestamp;
use serde::Serialize;

use super::{
    evaluate::Memory,
    instance::{Instance, State as AlertState},
    model::{Rule, RuleKind},
    template::LabelMap,
    worker::{GroupStatus, Rules},
};
use crate::metric::api::{ApiError, Params, PromAnswer, PromRefusals, Refused, answer};

/// The routes, with their state applied.
pub fn router(rules: Rules) -> Routes {
    Routes::new()
        .routes(routes!(metric_rules))
        .routes(routes!(metric_alerts))
        .with_state(rules.clone())
        .merge(super::history::routes::router(rules))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AlertView {
    labels: LabelMap,
    annotations: LabelMap,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    active_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keep_firing_since: Option<Timestamp>,
    value: String,
    /// Ours: seconds in which nobody could look while it was active.
    #[serde(skip_serializing_if = "is_zero")]
    unobserved_seconds: i64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_zero(number: &i64) -> bool {
    *number == 0
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleView {
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    name: String,
    query: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keep_firing_for: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alerts: Option<Vec<AlertView>>,
    health: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    evaluation_time: f64,
    last_evaluation: Timestamp,
    #[serde(rename = "type")]
    kind: &'static str,
    /// Ours: evaluations that failed since the group is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    failures: Option<u64>,
    /// Ours: samples that the store turned away at the last evaluation, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    /// Ours: times in which nobody could look.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unobserved: Vec<(Timestamp, Timestamp)>,
    /// Ours: the query that keeps it firing.
    #[serde(skip_serializing_if = "Option::is_none")]
    keep_query: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupView {
    name: String,
    file: String,
    rules: Vec<RuleView>,
    interval: f64,
    limit: usize,
    evaluation_time: f64,
    last_evaluation: Timestamp,
    /// Ours: slots left out because the evaluation before took too long.
    missed: u64,
    /// Ours: alerts that fire and open no incident.
    unrouted: usize,
}

#[derive(Serialize)]
struct RulesView {
    groups: Vec<GroupView>,
    /// Ours: why the files read last were not taken; the rules of before hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
}

fn instant(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}

fn alert(labels: &LabelMap, instance: &Instance) -> AlertView {
    AlertView {
        labels: labels.clone(),
        annotations: instance.annotations.clone(),
        state: instance.state.as_str(),
        active_at: Some(instant(instance.active_at_ms)),
        keep_firing_since: instance.kept_since_ms.map(instant),
        value: go_g(instance.value),
        unobserved_seconds: instance.unobserved_ms / 1000,
    }
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds")]
fn secs(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

fn rule(rule: &Rule, memory: &Memory, with_alerts: bool) -> RuleView {
    let health = &memory.health;
    let said = match (health.at_ms, &health.error) {
        (_, Some(_)) => "err",
        (Some(_), None) => "ok",
        (None, None) => "unknown",
    };
    let labels: BTreeMap<String, String> = rule.labels().into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let alerting = rule.alerting();
    let state = alerting.map(|_| {
        let any = |state| memory.instances.values().any(|instance| instance.state == state);
        if any(AlertState::Firing) {
            "firing"
        } else if any(AlertState::Pending) {
            "pending"
        } else {
            "inactive"
        }
    });
    RuleView {
        state,
        name: rule.name().to_owned(),
        query: rule.query.text.clone(),
        duration: alerting.map(|alerting| secs(alerting.hold_ms)),
        keep_firing_for: alerting.map(|alerting| secs(alerting.keep_firing_ms)),
        labels: (alerting.is_some() || !labels.is_empty()).then_some(labels),
        annotations: alerting
            .map(|alerting| alerting.annotations.iter().map(|(name, text)| (name.clone(), text.text().to_owned())).collect()),
        alerts: alerting
            .map(|_| if with_alerts { memory.instances.iter().map(|(labels, one)| alert(labels, one)).collect() } else { Vec::new() }),
        health: said,
        last_error: health.error.clone(),
        evaluation_time: health.took.as_secs_f64(),
        last_evaluation: instant(health.at_ms.unwrap_or(0)),
        kind: if matches!(rule.kind, RuleKind::Recording(_)) { "recording" } else { "alerting" },
        failures: (health.failures > 0).then_some(health.failures),
        refused: health.refused.clone(),
        unobserved: memory.unobserved.iter().map(|(from, to)| (instant(*from), instant(*to))).collect(),
        keep_query: alerting.and_then(|alerting| alerting.keep.as_ref()).map(|keep| keep.text.clone()),
    }
}

/// Which rules are asked for.
struct Wanted<'a> {
    kind: Option<&'a str>,
    rules: Vec<&'a str>,
    groups: Vec<&'a str>,
    files: Vec<&'a str>,
    with_alerts: bool,
}

impl<'a> Wanted<'a> {
    fn of(params: &'a Params) -> Result<Self, ApiError> {
        let kind = match params.get("type") {
            None => None,
            Some("alert") => Some("alerting"),
            Some("record") => Some("recording"),
            Some(other) => return Err(ApiError::parameter("type", format!("not supported value {other:?}; write alert or record"))),
        };
        let with_alerts = match params.get("exclude_alerts").map(str::to_lowercase).as_deref() {
            None | Some("false" | "0" | "f") => true,
            Some("true" | "1" | "t") => false,
            Some(other) => return Err(ApiError::parameter("exclude_alerts", format!("{other:?} is neither true nor false"))),
        };
        let list = |name: &str| params.all(name).collect();
        Ok(Self { kind, rules: list("rule_name[]"), groups: list("rule_group[]"), files: list("file[]"), with_alerts })
    }

    fn group(&self, status: &GroupStatus) -> Option<GroupView> {
        let among = |list: &[&str], name: &str| list.is_empty() || list.contains(&name);
        let group = &status.group;
        if !among(&self.groups, &group.name) || !among(&self.files, &group.file) {
            return None;
        }
        let rules: Vec<RuleView> = group
            .rules
            .iter()
            .zip(&status.memories)
            .filter(|(rule, _)| among(&self.rules, rule.name()))
            .map(|(one, memory)| rule(one, memory, self.with_alerts))
            .filter(|view| self.kind.is_none_or(|kind| view.kind == kind))
            .collect();
        // A group without any of those asked for is left out.
        let filtered = self.kind.is_some() || !self.rules.is_empty();
        (!rules.is_empty() || !filtered).then(|| GroupView {
            name: group.name.clone(),
            file: group.file.clone(),
            rules,
            interval: secs(status.interval_ms),
            limit: group.limit,
            evaluation_time: status.took.as_secs_f64(),
            last_evaluation: status.evaluated_at.unwrap_or(Timestamp::UNIX_EPOCH),
            missed: status.missed,
            unrouted: status.unrouted,
        })
    }
}

/// Rules with their state and their alerts: `type`, `rule_name[]`, `rule_group[]`, `file[]`, `exclude_alerts`.
#[utoipa::path(get, path = "/prometheus/api/v1/rules", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
async fn metric_rules(State(rules): State<Rules>, caller: Caller, params: Params) -> Result<Response, Refused> {
    caller.require(Permission::MetricRead)?;
    let wanted = Wanted::of(&params)?;
    let groups = rules.status().iter().filter_map(|status| wanted.group(status)).collect();
    Ok(answer::success(&RulesView { groups, trouble: rules.trouble() }, &[]))
}

/// Alerts that are pending or fire.
#[utoipa::path(get, path = "/prometheus/api/v1/alerts", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
async fn metric_alerts(State(rules): State<Rules>, caller: Caller) -> Result<Response, Refused> {
    #[derive(Serialize)]
    struct Alerts {
        alerts: Vec<AlertView>,
    }
    caller.require(Permission::MetricRead)?;
    let status = rules.status();
    let memories = status.iter().flat_map(|status| &status.memories);
    let alerts = memories.flat_map(|memory| &memory.instances).map(|(labels, instance)| alert(labels, instance)).collect();
    Ok(answer::success(&Alerts { alerts }, &[]))
}
