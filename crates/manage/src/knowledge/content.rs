//! What a version says: checked before it is kept, and drawn before it is saved.

use std::collections::BTreeSet;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Problem, Refusals};
use evenkeel_core::{
    Language,
    id::{OrganisationId, PersonId, ServiceId},
    state::{ArticleKind, ArticleVisibility},
};
use evenkeel_store::{StoreError, Tx};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{model::Version, render};
use crate::{Manage, party, refuse, service, ticket::words};

/// The most characters of a body.
const BODY_CHARS_MAX: usize = 100_000;
/// Organisations or services of an article, at most.
const NAMED_MAX: usize = 100;

/// What a version says, and whom it is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ArticleContent {
    /// The title, a line.
    pub title: String,
    /// The body, Markdown; at most 100,000 characters.
    pub body: String,
    /// What it is.
    pub kind: ArticleKind,
    /// In which language it is written.
    pub language: Language,
    /// Whom it is for, once it is published.
    pub visibility: ArticleVisibility,
    /// The organisations it is for, where it is for some.
    #[serde(default)]
    pub organisations: Vec<OrganisationId>,
    /// The services it is about.
    #[serde(default)]
    pub services: Vec<ServiceId>,
}

/// Keeps what a version says.
///
/// # Errors
/// A refusal when it is empty, too long, or names what is not there.
pub(super) async fn keep(
    tx: &mut Tx,
    tenant: evenkeel_core::id::TenantId,
    content: ArticleContent,
    no: i64,
    author_id: Option<PersonId>,
    saved_at: Timestamp,
) -> Result<Version, StoreError> {
    let title = words::title(&content.title)?;
    let body = content.body.trim();
    let chars = body.chars().count();
    if chars == 0 || chars > BODY_CHARS_MAX {
        return Err(refuse::invalid("/body", format!("a body has 1 to {BODY_CHARS_MAX} characters; this one has {chars}")).into());
    }
    let organisations: BTreeSet<OrganisationId> = content.organisations.into_iter().collect();
    let services: BTreeSet<ServiceId> = content.services.into_iter().collect();
    if organisations.len() > NAMED_MAX || services.len() > NAMED_MAX {
        return Err(refuse::invalid("/services", format!("at most {NAMED_MAX} organisations and services")).into());
    }
    if (content.visibility == ArticleVisibility::Organisations) == organisations.is_empty() {
        let detail = "name the organisations it is for exactly when it is for some organisations";
        return Err(refuse::invalid("/organisations", detail).into());
    }
    for id in &organisations {
        if party::find_organisation(tx, tenant, *id).await?.is_none() {
            return Err(refuse::dangling("an article", &title, "/organisations", *id));
        }
    }
    for id in &services {
        if service::find(tx, tenant, *id).await?.is_none() {
            return Err(refuse::dangling("an article", &title, "/services", *id));
        }
    }
    Ok(Version {
        no,
        title: tx.put_text(tenant, &title).await?,
        body: tx.put_text(tenant, body).await?,
        kind: content.kind,
        language: content.language,
        visibility: content.visibility,
        organisations: organisations.into_iter().collect(),
        services: services.into_iter().collect(),
        author_id,
        saved_at,
        published_at: None,
    })
}

/// A body to draw.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ArticlePreviewRequest {
    /// Markdown.
    body: String,
}

/// A body as drawn.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ArticlePreview {
    /// HTML without anything active in it.
    html: String,
}

/// Draws a body as readers will see it. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/articles/preview", operation_id = "article_preview", tag = "knowledge",
    request_body = ArticlePreviewRequest, responses((status = 200, body = ArticlePreview), Refusals))]
pub(super) async fn article_preview(
    State(_manage): State<Manage>,
    caller: Caller,
    request: Result<Json<ArticlePreviewRequest>, Problem>,
) -> ApiResult<Json<ArticlePreview>> {
    caller.require(Permission::KnowledgeWrite)?;
    let Json(request) = request?;
    let chars = request.body.chars().count();
    if chars > BODY_CHARS_MAX {
        return Err(refuse::invalid("/body", format!("a body has at most {BODY_CHARS_MAX} characters; this one has {chars}")).into());
    }
    Ok(Json(ArticlePreview { html: render::html(&request.body) }))
}
