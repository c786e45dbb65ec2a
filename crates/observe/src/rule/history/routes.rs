//! How often rules fired, and each of these with its incident.

use std::collections::BTreeMap;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Query, Refusals, Routes, routes};
use evenkeel_core::id::{AlertId, IncidentId, ServiceId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    Firing, Tally,
    table::{self, Whose},
    tally,
};
use crate::rule::{Rules, template::LabelMap};

/// What is over so soon has healed by itself, minutes, unless asked otherwise.
const HEAL_MINS: i64 = 5;
/// A day: later somebody was there.
const HEAL_MINS_MAX: i64 = 24 * 60;
/// Alerts of one answer.
const LIMIT: i64 = 100;
const LIMIT_MAX: i64 = 500;
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The routes, with their state applied.
pub fn router(rules: Rules) -> Routes {
    Routes::new().routes(routes!(rule_history_list)).routes(routes!(rule_history_show)).with_state(rules)
}

/// What counts as noise.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RuleHistoryQuery {
    /// What is well again within so many minutes has healed by itself: 1 to 1440, 5 when not given.
    heal_mins: Option<i64>,
}

/// Which alerts of a rule.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RuleFiringsQuery {
    /// What is well again within so many minutes has healed by itself: 1 to 1440, 5 when not given.
    heal_mins: Option<i64>,
    /// Alerts that fired before this instant; for the next page.
    #[param(value_type = Option<String>, format = DateTime)]
    before: Option<Timestamp>,
    /// How many: 1 to 500, 100 when not given.
    limit: Option<i64>,
}

/// A stretch of time of a rule.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleTally {
    /// How often it fired anew.
    fired: u64,
    /// How many of these healed by themselves.
    healed: u64,
    /// How long it fired, seconds.
    firing_secs: i64,
}

impl From<Tally> for RuleTally {
    fn from(Tally { fired, healed, firing_secs }: Tally) -> Self {
        Self { fired, healed, firing_secs }
    }
}

/// How often an alerting rule in force fired. Only what was told counts: alerts without a service open no incident and are
/// not here.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleHistory {
    /// What tells it from every other rule: 16 hex digits.
    id: String,
    /// The file it stands in.
    file: String,
    /// Its group.
    group: String,
    /// The alert's name.
    alert: String,
    /// Labels as written.
    labels: BTreeMap<String, String>,
    /// The last 7 days.
    week: RuleTally,
    /// The last 30 days.
    month: RuleTally,
    /// When it fired last, in the last 30 days.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_at: Option<Timestamp>,
}

/// Every alerting rule in force.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleHistories {
    /// What is well again within so many seconds has healed by itself.
    heal_secs: i64,
    /// By file, group and place.
    rules: Vec<RuleHistory>,
}

/// The incident of an alert.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleIncident {
    /// Which.
    pub id: IncidentId,
    /// Its short number.
    pub number: i64,
}

/// One alert of a rule that was told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleFiring {
    /// Which.
    alert_id: AlertId,
    /// The service that suffered.
    service_id: ServiceId,
    /// Its labels.
    labels: LabelMap,
    /// Since when there was trouble.
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// When it fired.
    #[schema(value_type = String, format = DateTime)]
    fired_at: Timestamp,
    /// When it was over; null while it fires.
    #[schema(value_type = Option<String>, format = DateTime)]
    over_at: Option<Timestamp>,
    /// Why it was over: `recovered`, `rule_removed` or `data_silent`.
    reason: Option<String>,
    /// How long it fired, seconds; up to now while it does.
    lasted_secs: i64,
    /// Whether it healed by itself.
    healed: bool,
    /// Its incident; null for those who may not see incidents.
    incident: Option<RuleIncident>,
}

/// A rule's history.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleFirings {
    /// In figures.
    #[serde(flatten)]
    history: RuleHistory,
    /// Alerts, the newest first.
    firings: Vec<RuleFiring>,
    /// Whether there are older ones.
    more: bool,
}

/// An alerting rule in force.
struct InForce {
    whose: Whose,
    file: String,
    group: String,
    alert: String,
    labels: BTreeMap<String, String>,
}

impl InForce {
    fn id(&self) -> String {
        crate::sli::query_hash(&format!("{}\n{}", self.whose.group, self.whose.rule)).chars().take(16).collect()
    }

    fn history(self, firings: &[Firing], now: Timestamp, heal: SignedDuration) -> RuleHistory {
        let since = |span| now.saturating_sub(span).unwrap_or(Timestamp::MIN);
        RuleHistory {
            id: self.id(),
            file: self.file,
            group: self.group,
            alert: self.alert,
            labels: self.labels,
            week: tally(firings, since(WEEK), now, heal).into(),
            month: tally(firings, since(MONTH), now, heal).into(),
            last_at: firings.iter().map(|firing| firing.fired_at).filter(|at| *at >= since(MONTH)).max(),
        }
    }
}

fn in_force(rules: &Rules) -> Vec<InForce> {
    let mut all = Vec::new();
    for status in rules.status() {
        let group = &status.group;
        for (rule, id) in group.rules.iter().zip(group.identities()) {
            if let Some(alerting) = rule.alerting() {
                all.push(InForce {
                    whose: Whose { group: group.key(), rule: id },
                    file: group.file.clone(),
                    group: group.name.clone(),
                    alert: alerting.alert.clone(),
                    labels: rule.labels().into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
                });
            }
        }
    }
    all
}

fn heal(mins: Option<i64>) -> ApiResult<SignedDuration> {
    let mins = mins.unwrap_or(HEAL_MINS);
    if !(1..=HEAL_MINS_MAX).contains(&mins) {
        return Err(Problem::invalid("heal_mins", format!("from 1 to {HEAL_MINS_MAX}")));
    }
    Ok(SignedDuration::from_mins(mins))
}

async fn by_rule(rules: &Rules, caller: &Caller, now: Timestamp) -> ApiResult<BTreeMap<Whose, Vec<Firing>>> {
    let since = now.saturating_sub(MONTH).unwrap_or(Timestamp::MIN);
    let mut read = rules.kit().db.read().await?;
    let mut by_rule: BTreeMap<Whose, Vec<Firing>> = BTreeMap::new();
    for (whose, firing) in table::firings(&mut read, caller.tenant, since).await? {
        by_rule.entry(whose).or_default().push(firing);
    }
    Ok(by_rule)
}

/// How often each alerting rule in force fired in the last 7 and 30 days, and how much of that was noise.
#[utoipa::path(get, path = "/api/v1/rules/history", tag = "metric", params(RuleHistoryQuery), responses((status = 200, body = RuleHistories), Refusals))]
async fn rule_history_list(
    State(rules): State<Rules>,
    caller: Caller,
    Query(query): Query<RuleHistoryQuery>,
) -> ApiResult<Json<RuleHistories>> {
    caller.require(Permission::MetricRead)?;
    let heal = heal(query.heal_mins)?;
    if caller.tenant != rules.tenant() {
        return Ok(Json(RuleHistories { heal_secs: heal.as_secs(), rules: Vec::new() }));
    }
    let now = rules.kit().now();
    let mut firings = by_rule(&rules, &caller, now).await?;
    let rules = in_force(&rules)
        .into_iter()
        .map(|rule| {
            let own = firings.remove(&rule.whose).unwrap_or_default();
            rule.history(&own, now, heal)
        })
        .collect();
    Ok(Json(RuleHistories { heal_secs: heal.as_secs(), rules }))
}

/// What became of a rule's alerts, each with its incident.
#[utoipa::path(get, path = "/api/v1/rules/{id}/history", tag = "metric", params(("id" = String, Path), RuleFiringsQuery), responses((status = 200, body = RuleFirings), Refusals))]
async fn rule_history_show(
    State(rules): State<Rules>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<RuleFiringsQuery>,
) -> ApiResult<Json<RuleFirings>> {
    caller.require(Permission::MetricRead)?;
    let heal = heal(query.heal_mins)?;
    let limit = query.limit.unwrap_or(LIMIT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Problem::invalid("limit", format!("from 1 to {LIMIT_MAX}")));
    }
    let known = in_force(&rules).into_iter().find(|rule| rule.id() == id).filter(|_| caller.tenant == rules.tenant());
    let rule = known.ok_or_else(|| Problem::not_found("rule", &id))?;
    let now = rules.kit().now();
    let own = by_rule(&rules, &caller, now).await?.remove(&rule.whose).unwrap_or_default();
    let mut read = rules.kit().db.read().await?;
    let mut told = table::of_rule(&mut read, caller.tenant, &rule.whose, query.before.unwrap_or(Timestamp::MAX), limit + 1).await?;
    let more = told.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    told.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let ids: Vec<AlertId> = told.iter().map(|alert| alert.id).collect();
    let mut incidents =
        if caller.may(Permission::IncidentRead) { rules.house().incidents(&mut read, caller.tenant, &ids).await? } else { BTreeMap::new() };
    let firings = told
        .into_iter()
        .map(|alert| RuleFiring {
            alert_id: alert.id,
            service_id: alert.service,
            started_at: alert.started_at,
            fired_at: alert.firing.fired_at,
            over_at: alert.firing.over.as_ref().map(|(at, _)| *at),
            lasted_secs: alert.firing.lasted(now).as_secs(),
            healed: alert.firing.healed(heal),
            reason: alert.firing.over.map(|(_, why)| why),
            incident: incidents.remove(&alert.id),
            labels: alert.labels,
        })
        .collect();
    Ok(Json(RuleFirings { history: rule.history(&own, now, heal), firings, more }))
}
