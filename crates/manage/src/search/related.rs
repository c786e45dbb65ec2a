//! What helps while one reads a ticket: articles, and tickets like it.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::{
    id::{IncidentId, RequestId},
    state::Findable,
};
use serde::Serialize;
use tantivy::TantivyError;
use utoipa::ToSchema;

use super::{
    audience::Audience,
    document::load,
    find::{Found, SearchHit, hits, keys, look},
    query::{like, read},
};
use crate::{Manage, incident, knowledge, request};

/// Of each kind, at most.
const SHOWN: usize = 5;
/// Of what was said on the ticket, the beginning.
const SAID_CHARS: usize = 400;

/// What helps with a ticket.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Related {
    /// Articles that already helped with it.
    linked: Vec<SearchHit>,
    /// Articles that may, the likeliest first.
    articles: Vec<SearchHit>,
    /// Tickets and problems like it, the likeliest first.
    tickets: Vec<SearchHit>,
}

/// Articles, tickets and problems like an incident: what you may read.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/related", operation_id = "incident_related", tag = "search",
    params(("id" = IncidentId, Path)), responses((status = 200, body = Related), Refusals))]
pub(super) async fn incident_related(State(manage): State<Manage>, caller: Caller, Path(id): Path<IncidentId>) -> ApiResult<Json<Related>> {
    caller.require(Permission::IncidentRead)?;
    {
        let mut sql = manage.kit.db.read().await?;
        let found = incident::find(&mut sql, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("incident", id))?;
        caller.authorise(Permission::IncidentRead, &found.organisations(), ("incident", id), ())?;
    }
    related(&manage, &caller, Findable::Incident, &id.to_string()).await
}

/// Articles, tickets and problems like a request: what you may read.
#[utoipa::path(get, path = "/api/v1/requests/{id}/related", operation_id = "request_related", tag = "search",
    params(("id" = RequestId, Path)), responses((status = 200, body = Related), Refusals))]
pub(super) async fn request_related(State(manage): State<Manage>, caller: Caller, Path(id): Path<RequestId>) -> ApiResult<Json<Related>> {
    caller.require(Permission::RequestRead)?;
    if !request::shows(&mut manage.kit.db.read().await?, &caller, id).await? {
        return Err(Problem::not_found("request", id));
    }
    related(&manage, &caller, Findable::Request, &id.to_string()).await
}

async fn related(manage: &Manage, caller: &Caller, kind: Findable, id: &str) -> ApiResult<Json<Related>> {
    let audience = Audience::of(caller, None)?;
    let mut sql = manage.kit.db.read().await?;
    let this = load(&mut sql, caller.tenant, kind, id).await?.ok_or_else(|| Problem::not_found(kind.as_str(), id))?;
    let linked = knowledge::linked_to(&mut sql, caller.tenant, kind.as_str(), id).await?;
    let linked: Vec<(Findable, String)> = linked.into_iter().map(|id| (Findable::Article, id.to_string())).collect();
    drop(sql);
    let said: String = this.body.chars().take(SAID_CHARS).collect();
    let text = format!("{} {said}", this.title);
    let service = this.services.first().map(ToString::to_string);
    let (tenant, within, words) = (caller.tenant, audience.clone(), text.clone());
    let own = (kind, id.to_owned());
    let found = look(&manage.search, move |searcher, fields| {
        let of = |kind: Findable| -> Result<Vec<(Findable, String)>, TantivyError> {
            let query = like(&words, service.as_deref(), fields, tenant, &within, kind);
            let mut found = keys(searcher, fields, query.as_ref(), (0, SHOWN + 1), false)?;
            found.retain(|key| *key != own);
            found.truncate(SHOWN);
            Ok(found)
        };
        let mut keys = of(Findable::Article)?;
        keys.extend(of(Findable::Problem)?);
        keys.extend(of(kind)?);
        Ok(Found { keys, counts: Vec::new() })
    })
    .await?;
    let asked = read(&text);
    let (articles, tickets) = found.keys.into_iter().filter(|key| !linked.contains(key)).partition(|(kind, _)| *kind == Findable::Article);
    let mut sql = manage.kit.db.read().await?;
    Ok(Json(Related {
        linked: hits(&mut sql, caller, &audience, &asked, linked).await?,
        articles: hits(&mut sql, caller, &audience, &asked, articles).await?,
        tickets: hits(&mut sql, caller, &audience, &asked, tickets).await?,
    }))
}
