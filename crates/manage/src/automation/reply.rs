//! Canned replies, filled for one ticket.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Query, Refusals};
use evenkeel_core::{
    Failure, Language,
    definition::Bilingual,
    id::{IncidentId, RequestId},
};
use evenkeel_store::{Sql, StoreError};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    AutomationKind, Scoped, definition, on_request,
    perform::{filling, reporter},
    store,
    subject::Of,
    words,
    words::Filling,
};
use crate::{Manage, incident, request};

/// The most replies that are answered.
const SHOWN_MAX: usize = 50;

/// A canned reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Reply)]
pub struct ReplyDefinition {
    /// The name it is declared under.
    pub name: String,
    /// What it is chosen by.
    pub title: Bilingual,
    /// For which kind of tickets; for incidents when not given.
    #[serde(default, skip_serializing_if = "Of::is_usual")]
    pub of: Of,
    /// In both languages, with places that the ticket fills.
    pub text: Bilingual,
    /// For which tickets; for all when not given.
    #[serde(default, skip_serializing_if = "Scoped::is_all")]
    pub scope: Scoped,
}

impl ReplyDefinition {
    pub(super) fn check(&self) -> Result<(), Failure> {
        definition::title("/title", &self.title)?;
        words::check("/text", &self.text)?;
        self.scope.check()
    }
}

/// Which replies.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReplyQuery {
    /// Words that its name, title or text holds, in either language.
    q: Option<String>,
}

/// A canned reply, filled for a ticket.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FilledReply)]
pub(super) struct FilledReply {
    name: String,
    title: Bilingual,
    /// With the ticket's own words in its places.
    text: Bilingual,
    /// What whoever reported the ticket reads.
    language: Language,
}

/// The canned replies for a ticket, by name, at most 50, filled for it.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/replies", operation_id = "reply_list", tag = "automation",
    params(("id" = IncidentId, Path), ReplyQuery), responses((status = 200, body = Vec<FilledReply>), Refusals))]
pub(super) async fn reply_list(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    Query(query): Query<ReplyQuery>,
) -> ApiResult<Json<Vec<FilledReply>>> {
    caller.require(Permission::AutomationRead)?;
    let mut sql = manage.kit.db.read().await?;
    let incident = incident::find_shown(&mut sql, &caller, id).await?;
    let reporter = reporter(&mut sql, &incident).await?;
    let zh = filling(&mut sql, &incident, &reporter, caller.person, Language::Zh).await?;
    let en = filling(&mut sql, &incident, &reporter, caller.person, Language::En).await?;
    let mut all = matching(&mut sql, &caller, query).await?;
    all.retain(|reply| reply.of == Of::Incident && reply.scope.covers(&incident));
    Ok(filled(all, &zh, &en, reporter.language.unwrap_or(caller.language)))
}

/// The replies in force that hold these words.
async fn matching(sql: &mut dyn Sql, caller: &Caller, query: ReplyQuery) -> Result<Vec<ReplyDefinition>, StoreError> {
    let asked = query.q.unwrap_or_default().to_lowercase();
    let matches = |reply: &ReplyDefinition| {
        let texts = [&reply.name, &reply.title.zh, &reply.title.en, &reply.text.zh, &reply.text.en];
        asked.split_whitespace().all(|word| texts.iter().any(|text| text.to_lowercase().contains(word)))
    };
    let all = store::list::<ReplyDefinition>(sql, caller.tenant, AutomationKind::Reply).await?;
    Ok(all.into_iter().map(|found| found.body).filter(matches).collect())
}

/// The first of them, filled in both languages.
fn filled(replies: Vec<ReplyDefinition>, zh: &Filling, en: &Filling, language: Language) -> Json<Vec<FilledReply>> {
    let fill = |reply: ReplyDefinition| FilledReply {
        text: Bilingual { zh: words::fill(&reply.text.zh, zh), en: words::fill(&reply.text.en, en) },
        name: reply.name,
        title: reply.title,
        language,
    };
    Json(replies.into_iter().take(SHOWN_MAX).map(fill).collect())
}

/// The canned replies for a request, by name, at most 50, filled for it.
#[utoipa::path(get, path = "/api/v1/requests/{id}/replies", operation_id = "request_reply_list", tag = "automation",
    params(("id" = RequestId, Path), ReplyQuery), responses((status = 200, body = Vec<FilledReply>), Refusals))]
pub(super) async fn request_reply_list(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestId>,
    Query(query): Query<ReplyQuery>,
) -> ApiResult<Json<Vec<FilledReply>>> {
    caller.require(Permission::AutomationRead)?;
    let mut sql = manage.kit.db.read().await?;
    let request = request::look(&mut sql, &caller, Permission::RequestRead, id).await?.into_inner();
    let requester = on_request::requester(&mut sql, &request).await?;
    let zh = on_request::filling(&mut sql, &request, &requester, caller.person, Language::Zh).await?;
    let en = on_request::filling(&mut sql, &request, &requester, caller.person, Language::En).await?;
    let mut all = matching(&mut sql, &caller, query).await?;
    all.retain(|reply| reply.of == Of::Request && reply.scope.covers_request(&request));
    Ok(filled(all, &zh, &en, requester.language.unwrap_or(caller.language)))
}
