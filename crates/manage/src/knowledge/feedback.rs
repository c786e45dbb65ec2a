//! What readers say of an article: that it helped with a ticket, whether it helped at all, and that it was opened.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::{
    ErrorCode, Failure,
    event::knowledge::{ArticleRated, ArticleRead, ArticleUsed},
    id::{ArticleId, IncidentId, RequestId},
};
use evenkeel_store::params;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store;
use crate::{Manage, incident, request, ticket::act};

/// A ticket.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub(super) enum HelpedTicket {
    /// An incident.
    Incident(IncidentId),
    /// A request.
    Request(RequestId),
}

impl HelpedTicket {
    fn words(self) -> (&'static str, String) {
        match self {
            Self::Incident(id) => ("incident", id.to_string()),
            Self::Request(id) => ("request", id.to_string()),
        }
    }
}

/// With which ticket.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ArticleUseRequest {
    /// The ticket.
    ticket: HelpedTicket,
}

/// How often an article helped.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ArticleUses {
    /// With how many tickets.
    uses: i64,
}

/// Says that an article helped with a ticket; once a ticket.
#[utoipa::path(post, path = "/api/v1/articles/{id}/use", operation_id = "article_use", tag = "knowledge",
    params(("id" = ArticleId, Path)), request_body = ArticleUseRequest, responses((status = 200, body = ArticleUses), Refusals))]
pub(super) async fn article_use(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ArticleId>,
    request: Result<Json<ArticleUseRequest>, Problem>,
) -> ApiResult<Json<ArticleUses>> {
    caller.require(Permission::KnowledgeWrite)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    store::find_held(&mut tx, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("article", id))?;
    let (article, _) = store::look(&mut tx, &caller, id).await?;
    match request.ticket {
        HelpedTicket::Incident(id) => {
            let found = incident::find(&mut tx, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("incident", id))?;
            caller.authorise(Permission::IncidentRead, &found.organisations(), ("incident", id), ())?;
        }
        HelpedTicket::Request(id) => {
            if !request::shows(&mut tx, &caller, id).await? {
                return Err(Problem::not_found("request", id));
            }
        }
    }
    let (kind, ticket) = request.ticket.words();
    let act = act(&manage, &caller);
    let written = tx
        .execute(
            "INSERT INTO article_use (tenant_id, article_id, ticket_kind, ticket_id, used_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id, article_id, ticket_kind, ticket_id) DO NOTHING",
            params![caller.tenant, id, kind, &ticket, act.at],
        )
        .await?;
    let uses = article.uses + i64::from(written > 0);
    if written > 0 {
        tx.execute("UPDATE article SET uses = $3 WHERE tenant_id = $1 AND id = $2", params![caller.tenant, id, uses]).await?;
        tx.append(&act.event(id, &ArticleUsed { ticket_kind: kind.to_owned(), ticket_id: ticket })?).await?;
    }
    tx.commit().await?;
    Ok(Json(ArticleUses { uses }))
}

/// Yes or no. Nothing is taken for granted: it must be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ArticleRatingRequest {
    /// Whether it helped.
    helpful: bool,
}

fn nobody() -> Problem {
    Failure::new(ErrorCode::Forbidden, "only a person reads and rates; this token belongs to nobody").into()
}

/// Says whether an article helped. Who says it again changes their mind.
#[utoipa::path(post, path = "/api/v1/articles/{id}/rating", operation_id = "article_rate", tag = "knowledge",
    params(("id" = ArticleId, Path)), request_body = ArticleRatingRequest, responses((status = 204), Refusals))]
pub(super) async fn article_rate(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ArticleId>,
    request: Result<Json<ArticleRatingRequest>, Problem>,
) -> ApiResult<StatusCode> {
    caller.require(Permission::KnowledgeUse)?;
    let Json(ArticleRatingRequest { helpful }) = request?;
    let person = caller.person.ok_or_else(nobody)?;
    let mut tx = manage.kit.db.write().await?;
    store::find_held(&mut tx, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("article", id))?;
    store::look(&mut tx, &caller, id).await?;
    let act = act(&manage, &caller);
    let written = tx
        .execute(
            "INSERT INTO article_rating (tenant_id, article_id, person_id, helpful, rated_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id, article_id, person_id) DO UPDATE SET helpful = excluded.helpful, rated_at = excluded.rated_at
             WHERE article_rating.helpful <> excluded.helpful",
            params![caller.tenant, id, person, helpful, act.at],
        )
        .await?;
    if written > 0 {
        tx.execute(
            "UPDATE article SET
               helpful = (SELECT COUNT(*) FROM article_rating r WHERE r.tenant_id = $1 AND r.article_id = $2 AND r.helpful = 1),
               unhelpful = (SELECT COUNT(*) FROM article_rating r WHERE r.tenant_id = $1 AND r.article_id = $2 AND r.helpful = 0)
             WHERE tenant_id = $1 AND id = $2",
            params![caller.tenant, id],
        )
        .await?;
        tx.append(&act.event(id, &ArticleRated { helpful })?).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How one came to an article.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ArticleReadRequest {
    /// Whether a search in the portal led there.
    from_search: bool,
}

/// Says that an article was opened, from which it is counted how often a search was enough.
#[utoipa::path(post, path = "/api/v1/articles/{id}/read", operation_id = "article_read", tag = "knowledge",
    params(("id" = ArticleId, Path)), request_body = ArticleReadRequest, responses((status = 204), Refusals))]
pub(super) async fn article_read(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ArticleId>,
    request: Result<Json<ArticleReadRequest>, Problem>,
) -> ApiResult<StatusCode> {
    caller.require(Permission::KnowledgeUse)?;
    let Json(ArticleReadRequest { from_search }) = request?;
    let person = caller.person.ok_or_else(nobody)?;
    let mut tx = manage.kit.db.write().await?;
    let (_, shown) = store::look(&mut tx, &caller, id).await?;
    let act = act(&manage, &caller);
    let event = tx.append(&act.event(id, &ArticleRead { no: shown.no, from_search })?).await?;
    tx.execute(
        "INSERT INTO article_read (tenant_id, seq, article_id, person_id, read_at, from_search) VALUES ($1, $2, $3, $4, $5, $6)",
        params![caller.tenant, event.seq, id, person, act.at, from_search],
    )
    .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
