//! `GET /api/v1/stream`: what changed, as it changes (server-sent events).

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event as Line, KeepAlive, Sse},
};
use evenkeel_api::{ApiResult, Caller, Refusals, Routes, changes::Told, routes};
use evenkeel_store::ledger;
use futures::{Stream, StreamExt as _, stream};
use http::HeaderMap;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// Events told again after a break at most; behind that the reader loads everything again.
const REPLAY_MAX: i64 = 1000;
/// A line at least so often, so that proxies keep the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(super) fn router() -> Routes<App> {
    Routes::default().routes(routes!(change_stream))
}

/// What changed, as it changes: `event: change` with a Change as data; `event: reset` when too much was missed. With
/// `Last-Event-ID` it goes on where it broke off.
#[utoipa::path(get, path = "/api/v1/stream", tag = "stream", operation_id = "change_stream",
    responses((status = 200, body = evenkeel_api::Change, content_type = "text/event-stream"), Refusals))]
async fn change_stream(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
) -> ApiResult<Sse<impl Stream<Item = Result<Line, Infallible>>>> {
    // First listen, then look back: nothing falls between.
    let live = app.changes.subscribe();
    let after = headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<i64>().ok());
    let (missed, upto) = match after {
        Some(after) => look_back(&app, &caller, after).await?,
        None => (Vec::new(), 0),
    };
    let hello = Line::default().comment("evenkeel").retry(Duration::from_secs(2));
    let missed = stream::iter(std::iter::once(hello).chain(missed));
    let following = follow(live, caller, upto, app.stopping.clone());
    Ok(Sse::new(missed.chain(following).map(Ok)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

async fn look_back(app: &App, caller: &Caller, after: i64) -> ApiResult<(Vec<Line>, i64)> {
    // As far as the stream has it, or further: nothing falls between.
    let horizon = ledger::reached(&app.kit.db).await?;
    let mut read = app.kit.db.read().await?;
    let events = ledger::scan(&mut read, Some(caller.tenant), after, horizon, REPLAY_MAX + 1, &[]).await?;
    if i64::try_from(events.len()).unwrap_or(i64::MAX) > REPLAY_MAX {
        return Ok((vec![reset()], horizon));
    }
    let mut lines = Vec::with_capacity(events.len());
    for event in &events {
        let told = app.changes.tell(event).await?;
        if told.is_for(caller) {
            lines.push(line(&told));
        }
    }
    Ok((lines, horizon))
}

fn follow(live: Receiver<Told>, caller: Caller, upto: i64, stopping: CancellationToken) -> impl Stream<Item = Line> {
    stream::unfold((live, caller, stopping), move |(mut live, caller, stopping)| async move {
        loop {
            let received = tokio::select! {
                () = stopping.cancelled() => return None,
                received = live.recv() => received,
            };
            match received {
                Ok(told) if told.change.seq > upto && told.is_for(&caller) => return Some((line(&told), (live, caller, stopping))),
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => return Some((reset(), (live, caller, stopping))),
                Err(RecvError::Closed) => return None,
            }
        }
    })
}

fn line(told: &Told) -> Line {
    let data = serde_json::to_string(&told.change).unwrap_or_default();
    Line::default().event("change").id(told.change.seq.to_string()).data(data)
}

fn reset() -> Line {
    Line::default().event("reset").data("{}")
}
