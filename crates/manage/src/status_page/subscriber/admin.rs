//! Subscribers as the people who keep a page see them: how many, masked, and taken out.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem, Query, Refusals};
use evenkeel_api::{Routes, routes};
use evenkeel_core::{
    Language,
    id::{StatusPageId, StatusSubscriberId},
};
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    end,
    model::{Channel, Subscriber, masked},
    rows,
};
use crate::{Act, Manage, status_page::store};

/// The routes.
pub fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(status_subscriber_list)).routes(routes!(status_subscriber_remove))
}

/// A subscriber.
#[derive(Debug, Serialize, ToSchema)]
struct StatusSubscriberView {
    /// Which.
    id: StatusSubscriberId,
    /// How they are told.
    channel: Channel,
    /// Their address, masked.
    address: String,
    /// The language they are told in.
    language: Language,
    /// Keys of the components they want to hear of; empty = all.
    components: Vec<String>,
    /// Since when.
    confirmed_at: Option<Timestamp>,
}

impl From<Subscriber> for StatusSubscriberView {
    fn from(one: Subscriber) -> Self {
        Self {
            id: one.id,
            channel: one.channel,
            address: masked(one.channel, &one.address),
            language: one.language,
            components: one.components.into_iter().collect(),
            confirmed_at: one.confirmed_at,
        }
    }
}

/// Confirmed subscribers of a page, by id; their addresses are masked.
#[utoipa::path(get, path = "/api/v1/status-pages/{name}/subscribers", operation_id = "status_subscriber_list", tag = "status page",
    params(("name" = String, Path), PageQuery), responses((status = 200, body = Page<StatusSubscriberView>), Refusals))]
async fn status_subscriber_list(
    State(manage): State<Manage>,
    caller: Caller,
    Path(name): Path<String>,
    Query(query): Query<PageQuery>,
) -> ApiResult<Json<Page<StatusSubscriberView>>> {
    caller.require(Permission::StatusPageWrite)?;
    let mut sql = manage.kit.db.read().await?;
    store::find(&mut sql, caller.tenant, &name).await?.ok_or_else(|| Problem::not_found("status page", &name))?;
    let after = query.key::<StatusSubscriberId>()?.map(|id| id.to_string()).unwrap_or_default();
    let found = rows::confirmed(&mut sql, caller.tenant, StatusPageId::named(&name), &after, query.fetch()).await?;
    Ok(Json(query.page(found, |one| one.id).map(Into::into)))
}

/// Ends a subscription: its address is gone, and nobody is told at it any more.
#[utoipa::path(delete, path = "/api/v1/status-subscribers/{id}", operation_id = "status_subscriber_remove", tag = "status page",
    params(("id" = StatusSubscriberId, Path)), responses((status = 204), Refusals))]
async fn status_subscriber_remove(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<StatusSubscriberId>,
) -> ApiResult<StatusCode> {
    let grant = caller.require(Permission::StatusPageWrite)?;
    let act = Act { tenant: caller.tenant, actor: caller.actor.clone(), at: manage.kit.now(), source: "api" };
    let mut tx = manage.kit.db.write().await?;
    if !end::remove(&mut tx, &grant, &act, id).await? {
        return Err(Problem::not_found("subscriber", id));
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
