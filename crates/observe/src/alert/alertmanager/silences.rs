//! Silences, as `amtool` sets, shows and ends them.

use axum::{
    body::Bytes,
    extract::{Path, State},
};
use evenkeel_api::{Caller, Permission};
use evenkeel_core::{
    id::SilenceId,
    matcher::{MatchOp, Matcher},
    time,
};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    answer::{Answer, Trouble, Troubles},
    view::matchers,
};
use crate::{
    alert::{Alerts, SilenceCard, SilenceDraft},
    metric::api::Params,
};

/// A condition on a label.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AlertmanagerMatcher)]
pub(super) struct MatcherView {
    name: String,
    value: String,
    is_regex: bool,
    /// True when not given.
    #[serde(default = "yes")]
    is_equal: bool,
}

const fn yes() -> bool {
    true
}

#[derive(Debug, Serialize)]
struct Standing {
    state: &'static str,
}

/// A silence.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SilenceView {
    id: SilenceId,
    status: Standing,
    updated_at: Timestamp,
    comment: String,
    created_by: String,
    ends_at: Timestamp,
    matchers: Vec<MatcherView>,
    starts_at: Timestamp,
}

impl From<SilenceCard> for SilenceView {
    fn from(card: SilenceCard) -> Self {
        let matcher = |matcher: &Matcher| MatcherView {
            name: matcher.name().to_owned(),
            value: matcher.value().to_owned(),
            is_regex: matcher.op().is_regex(),
            is_equal: matcher.op().is_equal(),
        };
        Self {
            id: card.id,
            status: Standing { state: card.state },
            updated_at: card.updated_at,
            comment: card.comment,
            created_by: card.author,
            ends_at: card.to,
            matchers: card.matchers.iter().map(matcher).collect(),
            starts_at: card.from,
        }
    }
}

/// A silence to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PostableSilence {
    /// One that is there; a new one when not given.
    #[serde(default)]
    id: String,
    matchers: Vec<MatcherView>,
    starts_at: Timestamp,
    ends_at: Timestamp,
    created_by: String,
    comment: String,
}

/// Silences: `filter` asks for those with such matchers.
#[utoipa::path(get, path = "/alertmanager/api/v2/silences", tag = "alertmanager", responses((status = 200, body = Answer), Troubles))]
pub(super) async fn alertmanager_silences(
    State(alerts): State<Alerts>,
    caller: Caller,
    params: Params,
) -> Result<axum::Json<Vec<SilenceView>>, Trouble> {
    caller.require(Permission::AlertRead)?;
    let filter = matchers(&params)?;
    let mut sql = alerts.kit.db.read().await?;
    let found = alerts.house.silences(&mut sql, caller.tenant, alerts.kit.now()).await?;
    // As Alertmanager: a silence is asked by the labels that its matchers would have as values.
    let asked = |card: &SilenceCard| {
        let labels = card.matchers.iter().map(|matcher| (matcher.name().to_owned(), matcher.value().to_owned())).collect();
        filter.iter().all(|matcher| matcher.matches(&labels))
    };
    Ok(axum::Json(found.into_iter().filter(asked).map(SilenceView::from).collect()))
}

/// Sets a silence, or changes one.
#[utoipa::path(post, path = "/alertmanager/api/v2/silences", tag = "alertmanager", request_body = PostableSilence,
    responses((status = 200, body = Answer), Troubles))]
pub(super) async fn alertmanager_silence_set(
    State(alerts): State<Alerts>,
    caller: Caller,
    body: Bytes,
) -> Result<axum::Json<Value>, Trouble> {
    let grant = caller.require(Permission::SilenceWrite)?;
    let posted: PostableSilence = serde_json::from_slice(&body).map_err(|error| Trouble::Bad(error.to_string()))?;
    let id = match posted.id.as_str() {
        "" => None,
        text => Some(text.parse::<SilenceId>().map_err(|_| Trouble::Missing(format!("silence {text} not found")))?),
    };
    let matchers = posted
        .matchers
        .into_iter()
        .map(|matcher| Matcher::new(matcher.name, MatchOp::of(matcher.is_regex, matcher.is_equal), matcher.value).map_err(Trouble::Bad));
    let draft = SilenceDraft {
        id,
        matchers: matchers.collect::<Result<_, _>>()?,
        from: time::truncate(posted.starts_at),
        to: time::truncate(posted.ends_at),
        author: posted.created_by,
        person: caller.person,
        comment: posted.comment,
    };
    let mut tx = alerts.kit.db.write().await?;
    let set = alerts.house.set_silence(&mut tx, &grant, caller.tenant, &caller.actor, draft).await?;
    let id = set.ok_or_else(|| Trouble::Missing(format!("silence {} not found", posted.id)))?;
    tx.commit().await?;
    Ok(axum::Json(json!({ "silenceID": id })))
}

/// One silence.
#[utoipa::path(get, path = "/alertmanager/api/v2/silence/{id}", tag = "alertmanager", params(("id" = SilenceId, Path)),
    responses((status = 200, body = Answer), Troubles))]
pub(super) async fn alertmanager_silence(
    State(alerts): State<Alerts>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<axum::Json<SilenceView>, Trouble> {
    caller.require(Permission::AlertRead)?;
    let missing = || Trouble::Missing(format!("silence {id} not found"));
    let mut sql = alerts.kit.db.read().await?;
    let found = alerts.house.silence(&mut sql, caller.tenant, alerts.kit.now(), id.parse().map_err(|_| missing())?).await?;
    found.map(|card| axum::Json(card.into())).ok_or_else(missing)
}

/// Ends a silence now.
#[utoipa::path(delete, path = "/alertmanager/api/v2/silence/{id}", tag = "alertmanager", params(("id" = SilenceId, Path)),
    responses((status = 200), Troubles))]
pub(super) async fn alertmanager_silence_end(
    State(alerts): State<Alerts>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Trouble> {
    let grant = caller.require(Permission::SilenceWrite)?;
    let missing = || Trouble::Missing(format!("silence {id} not found"));
    let silence = id.parse().map_err(|_| missing())?;
    let mut tx = alerts.kit.db.write().await?;
    match alerts.house.end_silence(&mut tx, &grant, caller.tenant, &caller.actor, silence).await? {
        None => Err(missing()),
        // One that is over already is as its caller wants it.
        Some(_) => {
            tx.commit().await?;
            Ok(StatusCode::OK)
        }
    }
}
