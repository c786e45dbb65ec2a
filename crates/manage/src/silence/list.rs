//! Show silences.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem, Query, Refusals};
use evenkeel_core::{
    event::manage::Window,
    id::{SilenceId, TenantId},
    matcher::MatcherText,
};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    model::{Silence, SilenceState},
    table,
};
use crate::{
    Manage,
    party::{PersonRef, Wanted, load_names},
    suppression,
};

/// Which silences.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SilenceQuery {
    /// `expired`, or those that hold or will hold; all when not given.
    state: Option<SilenceState>,
}

/// A window of every week.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WeeklyWindow {
    /// Days on which it begins: `mon`, `tue` …
    pub days: Vec<String>,
    /// Begins at, `HH:MM`.
    pub from: String,
    /// Ends at, up to `24:00`; earlier than `from` = on the next day.
    pub to: String,
}

/// Every week, on a zone's wall clock.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Recurrence)]
pub(super) struct RecurrenceView {
    /// Windows of a week.
    pub weekly: Vec<WeeklyWindow>,
    /// The IANA zone.
    pub zone: String,
}

/// A silence.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Silence)]
pub(super) struct SilenceView {
    /// Which.
    id: SilenceId,
    /// Of which alerts: those that all of these match.
    matchers: Vec<MatcherText>,
    /// First instant.
    from: Timestamp,
    /// First instant after.
    to: Timestamp,
    /// When it recurs within that time.
    recurring: Option<RecurrenceView>,
    /// Where it stands.
    state: SilenceState,
    /// The window it holds in, or the next one; null when there is none any more, or none within a week.
    window: Option<Window>,
    /// Who made it; null when a tool did that named nobody we know.
    author: Option<PersonRef>,
    /// Who made it, in the words of the tool it was made with.
    author_words: String,
    /// Why; null when nothing is said, or it was erased.
    comment: Option<String>,
    /// When it was said last.
    updated_at: Timestamp,
    /// How many alerts it holds back now.
    holding: i64,
    /// How many incidents were not opened because of it, each of which would have paged.
    pages_avoided: i64,
}

/// The silences as they are shown.
pub(super) async fn views(
    sql: &mut dyn Sql,
    tenant: TenantId,
    now: Timestamp,
    silences: Vec<Silence>,
) -> Result<Vec<SilenceView>, StoreError> {
    let mut wanted = Wanted::default();
    wanted.people.extend(silences.iter().filter_map(|silence| silence.author_id));
    let names = load_names(sql, tenant, &wanted).await?;
    let digests: Vec<String> = silences.iter().filter_map(|silence| silence.comment.clone()).collect();
    let texts = ledger::texts(sql, &digests).await?;
    let references: Vec<String> = silences.iter().map(|silence| suppression::silence_reference(silence.id)).collect();
    let counts = suppression::counts(sql, tenant, &references).await?;
    silences
        .into_iter()
        .map(|silence| {
            let count = counts.get(&suppression::silence_reference(silence.id)).copied().unwrap_or_default();
            Ok(SilenceView {
                id: silence.id,
                state: silence.state(now),
                window: silence.next_window(now),
                author: silence.author_id.map(|id| names.person(id)),
                author_words: silence.author,
                comment: silence.comment.and_then(|digest| texts.get(&digest).cloned().flatten()),
                from: silence.span.from,
                to: silence.ended_at.unwrap_or(silence.span.to),
                recurring: silence.recurring.map(|rule| serde_json::from_value(serde_json::to_value(rule)?)).transpose()?,
                matchers: silence.matchers.into_iter().map(Into::into).collect(),
                updated_at: silence.updated_at,
                holding: count.holding,
                pages_avoided: count.pages_avoided,
            })
        })
        .collect()
}

/// Silences, the newest first.
#[utoipa::path(get, path = "/api/v1/silences", operation_id = "silence_list", tag = "silence", params(SilenceQuery, PageQuery),
    responses((status = 200, body = Page<SilenceView>), Refusals))]
pub(super) async fn silence_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<SilenceQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<SilenceView>>> {
    caller.require(Permission::AlertRead)?;
    let now = manage.kit.now();
    let mut sql = manage.kit.db.read().await?;
    let found = table::page(&mut sql, caller.tenant, query.state, now, page.key()?, page.fetch()).await?;
    let found = page.page(found, |silence| silence.id);
    Ok(Json(Page { items: views(&mut sql, caller.tenant, now, found.items).await?, next: found.next }))
}

/// One silence.
#[utoipa::path(get, path = "/api/v1/silences/{id}", operation_id = "silence_show", tag = "silence", params(("id" = SilenceId, Path)),
    responses((status = 200, body = SilenceView), Refusals))]
pub(super) async fn silence_show(State(manage): State<Manage>, caller: Caller, Path(id): Path<SilenceId>) -> ApiResult<Json<SilenceView>> {
    caller.require(Permission::AlertRead)?;
    let mut sql = manage.kit.db.read().await?;
    let found = table::find(&mut sql, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("silence", id))?;
    let mut shown = views(&mut sql, caller.tenant, manage.kit.now(), vec![found]).await?;
    shown.pop().map(Json).ok_or_else(|| Problem::not_found("silence", id))
}
