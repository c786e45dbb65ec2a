//! Asks the metrics what minutes came to, and writes series of our own about objectives.

use std::collections::BTreeMap;

use evenkeel_tsdb::{batch::Batch, promql::Value};

use super::{CHUNK_MINS, Hub, RECENT_MINS, REVISIT_MINS, SEAL_WAIT_MINS, Shared, held};
use crate::{
    metric::{Ask, Span},
    rule::duration,
    slo::{
        budget::budget,
        model::{Indicator, Part, Slo},
        tally::Cell,
    },
};

const MINUTE_MS: i64 = 60_000;

/// What a query said of a minute: the sum of its series, and each of them.
#[derive(Debug, Clone, Default, PartialEq)]
struct Said {
    sum: f64,
    values: Vec<f64>,
}

type Minutes = BTreeMap<i64, Said>;

/// Goes on towards `target`; answers whether there is more to ask.
pub(super) async fn advance(hub: &Hub, shared: &Shared, target: i64) -> bool {
    let (slo, from, to) = {
        let tracked = held(shared);
        let (tally, end) = (&tracked.tally, tracked.tally.end());
        if target <= end {
            return false;
        }
        let from = (end - REVISIT_MINS).max(tally.recent_from());
        (std::sync::Arc::clone(&tracked.slo), from, target.min(end + CHUNK_MINS))
    };
    let asked = minutes(hub, &slo, from, to).await;
    let mut tracked = held(shared);
    match asked {
        Ok(minutes) => {
            tracked.tally.put(from, to, &minutes);
            tracked.current = to == target;
            tracked.error = None;
            // What can still change stays minutes; what is not sealed yet too, while that is not too long ago.
            let settled = to - REVISIT_MINS;
            let keep_from = (to - RECENT_MINS).min(tracked.sealed_to.max(to - SEAL_WAIT_MINS)).min(settled);
            let since = tracked.settled_to;
            let buckets = tracked.tally.settle(since, settled, keep_from);
            if let Some((last, _)) = buckets.last() {
                tracked.settled_to = last + tracked.tally.bucket_mins();
            }
            // Of what nobody observed there is no row.
            tracked.unwritten.extend(buckets.into_iter().filter(|(_, cell)| cell.seen > 0.0));
            let oldest = slo.window.edges(to).from.min(to - super::longest(&slo)) - tracked.tally.bucket_mins();
            tracked.tally.forget(oldest);
            to < target
        }
        Err(error) => {
            if tracked.error.as_ref() != Some(&error) {
                tracing::warn!(slo = %slo.name, %error, "an objective's query has no answer; it is asked again");
            }
            tracked.error = Some(error);
            tracked.current = false;
            false
        }
    }
}

/// What each minute of `[from, to)` came to; those that are missing were not observed.
async fn minutes(hub: &Hub, slo: &Slo, from: i64, to: i64) -> Result<BTreeMap<i64, Cell>, String> {
    let mut said = Vec::new();
    for query in slo.asked() {
        // One minute more, to see whether the first is a gap in between.
        said.push(ask(hub, query, from - 1, to).await?);
    }
    Ok(cells(slo, &said, from - 1, to))
}

async fn ask(hub: &Hub, query: &str, from: i64, to: i64) -> Result<Minutes, String> {
    let span = Span { start_ms: (from + 1) * MINUTE_MS, end_ms: to * MINUTE_MS, step_ms: MINUTE_MS };
    let result = hub.backend.query_range(hub.tenant, query, span, Ask::default()).await.map_err(|error| error.to_string())?;
    let Value::Matrix(series) = result.value else { return Err("the query yields no series".to_owned()) };
    let mut minutes = Minutes::new();
    for (at_ms, value) in series.iter().flat_map(|series| &series.floats) {
        if value.is_finite() {
            let said = minutes.entry(at_ms / MINUTE_MS - 1).or_default();
            said.sum += value;
            said.values.push(*value);
        }
    }
    Ok(minutes)
}

/// From what queries said to cells.
fn cells(slo: &Slo, said: &[Minutes], from: i64, to: i64) -> BTreeMap<i64, Cell> {
    let mut cells = BTreeMap::new();
    match (&slo.indicator, said) {
        (Indicator::Ratio { part, .. }, [counted, total]) => {
            for (minute, total) in total {
                let counted = counted.get(minute).map_or(0.0, |said| said.sum).max(0.0);
                let good = if *part == Part::Good { counted } else { total.sum - counted };
                cells.insert(*minute, Cell::minute(good, total.sum));
            }
        }
        (Indicator::Threshold { op, limit, .. }, [values]) => {
            for (minute, said) in values {
                let good = said.values.iter().filter(|value| op.holds(**value, *limit)).count();
                cells.insert(*minute, Cell::minute(good as f64, said.values.len() as f64));
            }
        }
        (Indicator::Raw { failure, .. }, [values]) => {
            for (minute, said) in values {
                let share = (said.sum / said.values.len() as f64).clamp(0.0, 1.0);
                cells.insert(*minute, Cell::minute(if *failure { 1.0 - share } else { share }, 1.0));
            }
        }
        _ => {}
    }
    // Where a scrape comes once a minute, it may just miss one; what happened in it is in the next.
    let bridged: Vec<i64> = (from..to)
        .filter(|minute| !cells.contains_key(minute) && cells.contains_key(&(minute - 1)) && cells.contains_key(&(minute + 1)))
        .collect();
    if let Indicator::Ratio { .. } = slo.indicator {
        cells.extend(bridged.into_iter().map(|minute| (minute, Cell::minute(0.0, 0.0))));
    }
    cells
}

/// Writes `slo_good`, `slo_total`, `slo_error_budget_remaining` and `slo_burn_rate` of the newest minute, so that anything
/// that speaks PromQL can show an objective without reading its window.
pub(super) async fn record(hub: &Hub, all: &[Shared]) {
    let mut batch = Batch::new();
    for shared in all {
        let tracked = held(shared);
        if !tracked.current {
            continue;
        }
        let (slo, end) = (&tracked.slo, tracked.tally.end());
        let budget = budget(&tracked.tally, slo.method, slo.target, slo.window.edges(end));
        let mut put = |name: &str, window: Option<&str>, value: f64| {
            batch.name(name);
            batch.label("service", &slo.service);
            batch.label("slo", &slo.name);
            if let Some(window) = window {
                batch.label("window", window);
            }
            if let Err(error) = batch.float(end * MINUTE_MS, value) {
                tracing::warn!(%error, slo = %slo.name, "a series of an objective could not be written");
            }
        };
        put("slo_good", None, budget.counts.good);
        put("slo_total", None, budget.counts.total);
        put("slo_error_budget_remaining", None, budget.remaining().value);
        let mut rates = BTreeMap::new();
        for look in tracked.looks() {
            rates.insert(look.pair.long_mins, look.long.rate);
            rates.insert(look.pair.short_mins, look.short.rate);
        }
        for (mins, rate) in rates {
            put("slo_burn_rate", Some(&duration::text(mins * MINUTE_MS)), rate);
        }
    }
    if !batch.is_empty()
        && let Err(error) = hub.backend.write(hub.tenant, batch).await
    {
        tracing::warn!(%error, "series of objectives could not be written");
    }
}
