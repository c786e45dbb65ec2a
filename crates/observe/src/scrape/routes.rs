//! Prometheus' API of targets, and reading the file again.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use evenkeel_api::{Caller, Permission, Routes, routes};
use http::StatusCode;
use serde::Serialize;

use super::{
    Watched,
    config::units::duration_text,
    pool::Pool,
    target::{shown_labels, shown_url},
};
use crate::{
    Observe,
    metric::api::{ApiError, ErrorType, Params, PromAnswer, PromRefusals, Refused, answer},
};

pub(crate) fn router(state: Observe) -> Routes {
    Routes::new()
        .routes(routes!(target_list))
        .routes(routes!(target_metadata))
        .routes(routes!(scrape_pool_list))
        .routes(routes!(scrape_config_reload))
        .with_state(state)
}

/// `0001-01-01T00:00:00Z`, which Prometheus writes for "never".
const NEVER: &str = "0001-01-01T00:00:00Z";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Active {
    discovered_labels: BTreeMap<String, String>,
    labels: BTreeMap<String, String>,
    scrape_pool: String,
    scrape_url: String,
    global_url: String,
    last_error: String,
    last_scrape: String,
    last_scrape_duration: f64,
    health: &'static str,
    scrape_interval: String,
    scrape_timeout: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dropped {
    discovered_labels: BTreeMap<String, String>,
    scrape_pool: String,
    /// Ours: why it cannot be asked, when no rule dropped it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names of Prometheus' API")]
struct Targets {
    active_targets: Vec<Active>,
    dropped_targets: Vec<Dropped>,
    dropped_target_counts: BTreeMap<String, usize>,
}

fn active(pool: &Pool, target: &Watched) -> Active {
    let seen = target.seen();
    let url = shown_url(&target.spec.url);
    Active {
        discovered_labels: shown_labels(&target.discovered.lock().unwrap_or_else(std::sync::PoisonError::into_inner)),
        labels: shown_labels(&target.spec.labels),
        scrape_pool: pool.job.name.clone(),
        scrape_url: url.clone(),
        global_url: url,
        last_error: seen.error,
        last_scrape: seen.at.map_or_else(|| NEVER.to_owned(), |at| at.to_string()),
        last_scrape_duration: seen.took.as_secs_f64(),
        health: seen.health.as_str(),
        scrape_interval: duration_text(target.spec.interval),
        scrape_timeout: duration_text(target.spec.timeout),
    }
}

fn pools(observe: &Observe, params: &Params) -> Vec<Arc<Pool>> {
    let wanted = params.get("scrapePool");
    let mut pools = observe.scraper.pools();
    pools.retain(|pool| wanted.is_none_or(|wanted| pool.job.name == wanted));
    pools
}

/// Targets that are asked, how they are, and those that rules dropped: `state` (`active`, `dropped`, `any`), `scrapePool`.
#[utoipa::path(get, path = "/prometheus/api/v1/targets", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
async fn target_list(State(observe): State<Observe>, caller: Caller, params: Params) -> Result<Response, Refused> {
    caller.require(Permission::MetricRead)?;
    let state = params.get("state").unwrap_or("any").to_ascii_lowercase();
    let mut found = Targets { active_targets: Vec::new(), dropped_targets: Vec::new(), dropped_target_counts: BTreeMap::new() };
    for pool in pools(&observe, &params) {
        if state != "dropped" {
            found.active_targets.extend(pool.targets().iter().map(|target| active(&pool, target)));
        }
        if state != "active" {
            let (unasked, count) = pool.unasked();
            found.dropped_target_counts.insert(pool.job.name.clone(), count);
            found.dropped_targets.extend(unasked.into_iter().map(|one| Dropped {
                discovered_labels: shown_labels(&one.discovered),
                scrape_pool: pool.job.name.clone(),
                reason: one.wrong,
            }));
        }
    }
    Ok(answer::success(&found, &[]))
}

#[derive(Serialize)]
struct Said<'a> {
    target: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric: Option<&'a str>,
    r#type: &'static str,
    help: &'a str,
    unit: &'a str,
}

/// What targets say of their metrics: `match_target` (a selector of targets), `metric`, `limit`.
#[utoipa::path(get, path = "/prometheus/api/v1/targets/metadata", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
async fn target_metadata(State(observe): State<Observe>, caller: Caller, params: Params) -> Result<Response, Refused> {
    caller.require(Permission::MetricRead)?;
    let matchers = match params.get("match_target") {
        None => Vec::new(),
        Some(text) => evenkeel_tsdb::promql::selector(text).map_err(|error| ApiError::parameter("match_target", error))?,
    };
    let (metric, limit) = (params.get("metric"), params.limit("limit")?.unwrap_or(usize::MAX));
    let mut known = Vec::new();
    for target in observe.scraper.pools().iter().flat_map(|pool| pool.targets()) {
        if matchers.iter().all(|matcher| matcher.matches(target.spec.labels.get(&matcher.name))) {
            known.push((shown_labels(&target.spec.labels), target.described()));
        }
    }
    let mut said = Vec::new();
    for (target, described) in &known {
        for one in described.iter().filter(|one| metric.is_none_or(|metric| one.family == metric)) {
            if said.len() >= limit {
                break;
            }
            let name = metric.is_none().then_some(one.family.as_str());
            said.push(Said { target, metric: name, r#type: one.kind, help: &one.help, unit: &one.unit });
        }
    }
    Ok(answer::success(&said, &[]))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Names {
    scrape_pools: Vec<String>,
}

/// The jobs' names.
#[utoipa::path(get, path = "/prometheus/api/v1/scrape_pools", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
async fn scrape_pool_list(State(observe): State<Observe>, caller: Caller) -> Result<Response, Refused> {
    caller.require(Permission::MetricRead)?;
    let names = Names { scrape_pools: observe.scraper.pools().iter().map(|pool| pool.job.name.clone()).collect() };
    Ok(answer::success(&names, &[]))
}

/// Reads the configuration file again. A file that is wrong changes nothing, and the answer says what is wrong with it.
#[utoipa::path(post, path = "/prometheus/-/reload", tag = "metric", responses((status = 200), PromRefusals))]
async fn scrape_config_reload(State(observe): State<Observe>, caller: Caller) -> Result<Response, Refused> {
    caller.require(Permission::DefinitionWrite)?;
    let scraper = observe.scraper.clone();
    let loaded = tokio::task::spawn_blocking(move || scraper.load()).await;
    match loaded {
        Ok(Ok(Some(config))) => {
            tracing::info!(jobs = config.jobs.len(), "the scrape configuration was read again");
            Ok(StatusCode::OK.into_response())
        }
        Ok(Ok(None)) => Err(ApiError::new(ErrorType::NotFound, "no scrape configuration is given: start with --prometheus-config").into()),
        Ok(Err(findings)) => {
            Err(ApiError::new(ErrorType::Internal, format!("the file is wrong and what was in force stays so: {findings}")).into())
        }
        Err(error) => Err(ApiError::new(ErrorType::Internal, error.to_string()).into()),
    }
}
