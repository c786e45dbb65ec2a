//! Find by words.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, PageQuery, Problem, Query, Refusals};
use evenkeel_core::{ErrorCode, state::Findable, title};
use evenkeel_store::Sql;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tantivy::{
    Order, Searcher, TantivyDocument, TantivyError,
    collector::{Count, TopDocs},
    query::Query as Asking,
};
use utoipa::{IntoParams, ToSchema};

use super::{
    audience::Audience,
    document::{Document, load_all},
    index::{Search, Standing},
    query::{Asked, read},
    schema::Fields,
    snippet::{SearchPart, marked, snippet},
};
use crate::{
    Manage,
    party::{NameRef, Wanted, load_names},
};

/// The farthest hit that is paged to: who looks so far asks otherwise.
const OFFSET_MAX: usize = 1_000;

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchQuery {
    /// What somebody typed: words in any language, or a number such as `INC-1042`. Of articles alone it may be empty: the
    /// newest then.
    #[serde(default)]
    q: String,
    /// Of this kind alone.
    kind: Option<Findable>,
}

/// Something that was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct SearchHit {
    /// What it is.
    pub kind: Findable,
    /// Its id.
    pub id: String,
    /// Its short number.
    pub number: i64,
    /// Its title, with what was looked for marked; empty when it was erased.
    pub title: Vec<SearchPart>,
    /// Where it stands; of an article, what it is.
    pub state: String,
    /// The first of its services.
    pub service: Option<NameRef>,
    /// When it was opened, sent or published.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The part that shows why it was found; empty when the title does.
    pub snippet: Vec<SearchPart>,
}

/// How many there are of a kind.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct SearchCount {
    /// The kind; only those that you may find.
    kind: Findable,
    /// How many.
    count: usize,
}

/// What was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct SearchAnswer {
    /// The best first.
    items: Vec<SearchHit>,
    /// Give it as `after` for the next page; null at the end.
    next: Option<String>,
    /// Of each kind, whatever kind was asked for.
    counts: Vec<SearchCount>,
    /// Whether more was typed than is looked for.
    cut: bool,
    /// Whether everything can be found by now: false while the index is being made.
    complete: bool,
}

/// What a query finds in the index: keys of one page, and how many there are.
pub(super) struct Found {
    pub keys: Vec<(Findable, String)>,
    pub counts: Vec<(Findable, usize)>,
}

/// Looks in the index, where it holds nobody up.
pub(super) async fn look(
    search: &Search,
    work: impl FnOnce(&Searcher, Fields) -> Result<Found, TantivyError> + Send + 'static,
) -> ApiResult<Found> {
    let Some(searcher) = search.searcher() else { return Ok(Found { keys: Vec::new(), counts: Vec::new() }) };
    let fields = search.fields();
    let done = tokio::task::spawn_blocking(move || work(&searcher, fields)).await;
    done.map_err(|error| Problem::new(ErrorCode::Internal, error.to_string()))?.map_err(|error| {
        search.report(&error);
        Problem::new(ErrorCode::StorageAway, "the search index cannot be read; it is being made anew: repeat in a moment")
    })
}

/// The best keys of a query; without words the newest.
pub(super) fn keys(
    searcher: &Searcher,
    fields: Fields,
    query: &dyn Asking,
    (offset, limit): (usize, usize),
    newest: bool,
) -> Result<Vec<(Findable, String)>, TantivyError> {
    let top = TopDocs::with_limit(limit).and_offset(offset);
    let places: Vec<_> = if newest {
        let newest = top.order_by_fast_field::<i64>("at", Order::Desc);
        searcher.search(query, &newest)?.into_iter().map(|(_, place)| place).collect()
    } else {
        searcher.search(query, &top.order_by_score())?.into_iter().map(|(_, place)| place).collect()
    };
    places.into_iter().filter_map(|place| searcher.doc::<TantivyDocument>(place).map(|row| fields.key(&row)).transpose()).collect()
}

/// Finds articles, incidents, requests and problems by words: what you may read, the best first, a number typed out before
/// all others. Counts are of what you may read too.
#[utoipa::path(get, path = "/api/v1/search", operation_id = "search_find", tag = "search",
    params(SearchQuery, PageQuery), responses((status = 200, body = SearchAnswer), Refusals))]
pub(super) async fn search_find(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<SearchQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<SearchAnswer>> {
    let audience = Audience::of(&caller, None)?;
    let asked = read(&query.q);
    let complete = manage.search.standing() == Standing::Following;
    let newest = asked.is_empty() && query.kind == Some(Findable::Article) && query.q.trim().is_empty();
    if asked.is_empty() && !newest {
        return Ok(Json(SearchAnswer { items: Vec::new(), next: None, counts: Vec::new(), cut: asked.cut, complete }));
    }
    let offset = page.key::<usize>()?.unwrap_or(0).min(OFFSET_MAX);
    let limit = usize::try_from(page.limit()).unwrap_or(50);
    let (tenant, kind) = (caller.tenant, query.kind);
    let (asking, within) = (asked.clone(), audience.clone());
    let found = look(&manage.search, move |searcher, fields| {
        let whole = asking.query(fields, tenant, &within, kind);
        let keys = keys(searcher, fields, whole.as_ref(), (offset, limit + 1), newest)?;
        let counts = within
            .kinds
            .iter()
            .filter(|(one, _)| !newest || kind == Some(*one))
            .map(|(one, _)| Ok((*one, searcher.search(asking.query(fields, tenant, &within, Some(*one)).as_ref(), &Count)?)))
            .collect::<Result<_, TantivyError>>()?;
        Ok(Found { keys, counts })
    })
    .await?;
    let more = found.keys.len() > limit && offset + limit <= OFFSET_MAX;
    let mut sql = manage.kit.db.read().await?;
    let items = hits(&mut sql, &caller, &audience, &asked, found.keys.into_iter().take(limit).collect()).await?;
    Ok(Json(SearchAnswer {
        items,
        next: more.then(|| evenkeel_api::page::Cursor::encode(&(offset + limit))),
        counts: found.counts.into_iter().map(|(kind, count)| SearchCount { kind, count }).collect(),
        cut: asked.cut,
        complete,
    }))
}

/// Hits as they are in the database now. What changed hands since the index was written is not shown.
pub(super) async fn hits(
    sql: &mut dyn Sql,
    caller: &Caller,
    audience: &Audience,
    asked: &Asked,
    keys: Vec<(Findable, String)>,
) -> ApiResult<Vec<SearchHit>> {
    let mut things = load_all(sql, caller.tenant, &keys).await?;
    things.retain(|thing| audience.finds(thing.kind, &thing.marks));
    let mut wanted = Wanted::default();
    wanted.services.extend(things.iter().filter_map(|thing| thing.services.first().copied()));
    let names = load_names(sql, caller.tenant, &wanted).await?;
    let hit = |thing: Document| {
        let shown = title::in_language(&thing.title, caller.language);
        let inner = if audience.inner { thing.inner.as_str() } else { "" };
        SearchHit {
            kind: thing.kind,
            number: thing.number,
            title: marked(shown, asked),
            state: thing.state.clone(),
            service: thing.services.first().map(|id| names.service(*id)),
            at: thing.at,
            snippet: snippet(&thing.body, asked).or_else(|| snippet(inner, asked)).unwrap_or_default(),
            id: thing.id,
        }
    };
    Ok(things.into_iter().map(hit).collect())
}
