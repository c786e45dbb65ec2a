//! Routes of vantage points: what they have to do, what they saw, and what is known of them.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals, Routes, routes};
use evenkeel_tsdb::Sample;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::{
    HERE, is_name,
    wire::{Assigned, BATCH_MAX, Batch, FarLook, Taken, Work},
};
use crate::{
    Observe,
    probe::table::{self, ProbeRow},
};

/// Measurements of one look that are kept, and characters of a name or a label's value.
const SAMPLES_MAX: usize = 100;
const CHARS_MAX: usize = 100;

pub(crate) fn router(state: Observe) -> Routes {
    Routes::new().routes(routes!(vantage_list)).routes(routes!(vantage_work)).routes(routes!(vantage_report)).with_state(state)
}

/// A place from which probes look.
#[derive(Debug, Serialize, ToSchema)]
struct VantageView {
    /// Its name; `here` is the server itself.
    name: String,
    /// Probes that look from it.
    probes: usize,
    /// When it was heard last; null when never since this server started, and of the server itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    heard_at: Option<Timestamp>,
    /// Its agent's version.
    agent: Option<String>,
    /// How much its clock is before ours, milliseconds; what the way takes is in it.
    clock_ahead_ms: Option<i64>,
    /// Looks that wait there.
    waiting: u64,
    /// Looks that were given up there because its spool was full.
    dropped: u64,
    /// Whether its newest look says that its own line is lost.
    uplink_lost: bool,
}

/// The places from which probes look, by name.
#[utoipa::path(get, path = "/api/v1/vantages", tag = "probe", responses((status = 200, body = Vec<VantageView>), Refusals))]
async fn vantage_list(State(observe): State<Observe>, caller: Caller) -> ApiResult<Json<Vec<VantageView>>> {
    caller.require(Permission::ProbeRead)?;
    let mut read = observe.kit.db.read().await?;
    let mut probes: BTreeMap<String, usize> = BTreeMap::new();
    for row in table::probes_in_force(&mut read).await?.into_iter().filter(|row| row.tenant == caller.tenant && !row.definition.paused) {
        for vantage in row.definition.vantages() {
            *probes.entry(vantage).or_default() += 1;
        }
    }
    let seen: BTreeMap<String, super::house::Seen> = observe.hub.house.of_tenant(caller.tenant).into_iter().collect();
    let names: BTreeSet<&String> = probes.keys().chain(seen.keys()).collect();
    let view = |name: &String| {
        let heard = seen.get(name);
        VantageView {
            name: name.clone(),
            probes: probes.get(name).copied().unwrap_or_default(),
            heard_at: heard.map(|seen| seen.heard_at),
            agent: heard.map(|seen| seen.agent.clone()),
            clock_ahead_ms: heard.map(|seen| i64::try_from(seen.clock_ahead.as_millis()).unwrap_or(i64::MAX)),
            waiting: heard.map_or(0, |seen| seen.waiting),
            dropped: heard.map_or(0, |seen| seen.dropped),
            uplink_lost: heard.is_some_and(|seen| seen.uplink_lost),
        }
    };
    Ok(Json(names.into_iter().map(view).collect()))
}

fn named(name: &str) -> ApiResult<()> {
    if is_name(name) && name != HERE {
        return Ok(());
    }
    Err(Problem::invalid("name", "a vantage point's name is 1 to 60 lower-case letters, digits, '-', '_' or '.', and not `here`"))
}

/// What a vantage point has to do. With `If-None-Match` of the last answer, 304 when nothing has changed.
#[utoipa::path(get, path = "/api/v1/vantages/{name}/work", tag = "probe", params(("name" = String, Path)),
    responses((status = 200, body = Work), (status = 304, description = "Nothing has changed."), Refusals))]
async fn vantage_work(State(observe): State<Observe>, caller: Caller, Path(name): Path<String>, headers: HeaderMap) -> ApiResult<Response> {
    caller.require(Permission::VantageReport)?;
    named(&name)?;
    let mut read = observe.kit.db.read().await?;
    let rows = table::probes_in_force(&mut read).await?;
    drop(read);
    let mine = |row: &ProbeRow| row.tenant == caller.tenant && !row.definition.paused && row.definition.looks_from(&name);
    let probes: Vec<Assigned> = rows
        .into_iter()
        .filter(mine)
        .map(|row| Ok(Assigned { id: row.id, version: row.version, definition: serde_json::to_value(&row.definition)? }))
        .collect::<Result<_, serde_json::Error>>()
        .map_err(evenkeel_store::StoreError::from)?;
    let body = serde_json::to_vec(&Work { probes }).map_err(evenkeel_store::StoreError::from)?;
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&body)[..16]));
    if headers.get(header::IF_NONE_MATCH).is_some_and(|held| held.as_bytes() == tag.as_bytes()) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let mut answer = ([(header::CONTENT_TYPE, "application/json")], body).into_response();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    Ok(answer)
}

/// Takes what a vantage point saw; without looks it is a sign of life.
#[utoipa::path(post, path = "/api/v1/vantages/{name}/looks", tag = "probe", params(("name" = String, Path)), request_body = Batch,
    responses((status = 200, body = Taken), Refusals))]
async fn vantage_report(
    State(observe): State<Observe>,
    caller: Caller,
    Path(name): Path<String>,
    Json(batch): Json<Batch>,
) -> ApiResult<Json<Taken>> {
    caller.require(Permission::VantageReport)?;
    named(&name)?;
    if batch.looks.len() > BATCH_MAX {
        return Err(Problem::invalid("looks", format!("{} looks in one batch: send {BATCH_MAX} at most", batch.looks.len())));
    }
    for (field, text) in [("run", &batch.run), ("agent", &batch.agent)] {
        if text.is_empty() || text.len() > CHARS_MAX {
            return Err(Problem::invalid(field, format!("write 1 to {CHARS_MAX} characters")));
        }
    }
    let house = &observe.hub.house;
    house.hear(caller.tenant, &name, &batch, observe.kit.now());
    if !batch.looks.is_empty() && batch.to == house.run() {
        keep(&observe, &caller, &name, &batch.looks).await?;
        observe.hub.take_far((caller.tenant, &name), &batch.run, batch.looks, batch.waiting > 0).await?;
    }
    Ok(Json(Taken { run: house.run(), kept_seq: house.kept_seq(caller.tenant, &name) }))
}

/// Brings measurements into the metric store, under the labels of a look made here and `vantage`.
async fn keep(observe: &Observe, caller: &Caller, vantage: &str, looks: &[FarLook]) -> ApiResult<()> {
    let mut read = observe.kit.db.read().await?;
    // A batch is a few looks as a rule: only their probes are read.
    let mut probes = BTreeMap::new();
    for id in looks.iter().map(|look| look.probe).collect::<BTreeSet<_>>() {
        if let Some(row) = table::find_probe(&mut read, caller.tenant, id).await? {
            probes.insert(id, row.definition);
        }
    }
    drop(read);
    let (samples, tenant, vantage) = (observe.samples.clone(), caller.tenant, vantage.to_owned());
    let looks: Vec<FarLook> = looks.iter().filter(|look| probes.contains_key(&look.probe)).cloned().collect();
    let now_ms = observe.kit.now().as_millisecond();
    let kept = tokio::task::spawn_blocking(move || {
        for look in &looks {
            let Some(definition) = probes.get(&look.probe) else { continue };
            let (instance, service) = (definition.check().map(|check| check.target()).unwrap_or_default(), definition.service.to_string());
            let fixed = [("instance", &*instance), ("probe", &*definition.name), ("service", &*service), ("vantage", &*vantage)];
            let own = |measured: &super::wire::FarMeasured| fits(&measured.metric) && measured.labels.len() <= 1;
            let measured: Vec<_> = look.samples.iter().filter(|measured| own(measured)).take(SAMPLES_MAX).collect();
            let labels: Vec<Vec<(&str, &str)>> = measured
                .iter()
                .map(|measured| {
                    let mut pairs: BTreeMap<&str, &str> = measured
                        .labels
                        .iter()
                        .filter(|(name, value)| fits(name) && value.len() <= CHARS_MAX)
                        .map(|(n, v)| (&**n, &**v))
                        .collect();
                    pairs.extend(fixed);
                    pairs.into_iter().collect()
                })
                .collect();
            let of_look: Vec<Sample<'_>> = measured
                .iter()
                .zip(&labels)
                .map(|(measured, labels)| Sample { metric: &measured.metric, labels, value: measured.value })
                .collect();
            samples.append(tenant, look.at.as_millisecond().min(now_ms), &of_look);
        }
    });
    if let Err(error) = kept.await {
        tracing::error!(%error, "what looks from elsewhere measured could not be kept");
    }
    Ok(())
}

/// Whether this may be the name of a metric or a label.
fn fits(name: &str) -> bool {
    name.len() <= CHARS_MAX
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
