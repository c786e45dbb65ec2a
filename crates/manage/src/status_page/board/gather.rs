//! Reading all that a page shows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use evenkeel_core::{
    definition::Bilingual,
    event::manage::Window,
    id::{ServiceId, StatusPageId, StatusPostId, TenantId},
    state::SliState,
};
use evenkeel_store::{Db, Sql, StoreError, ledger, params};
use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::Date};

use super::snapshot::{ComponentView, GroupView, Planned, PostView, Snapshot, UpdateView};
use crate::status_page::{
    definition::StatusPageDefinition,
    port::{Ask, Condition, Record, Services},
    post::{self, Post, Update},
    state,
};

/// Days of history.
pub const DAYS: i32 = 90;
/// Planned work is shown so long ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(14 * 24);
/// The most posts and windows of one page.
const POSTS_MAX: i64 = 200;

/// Histories, kept between two drawings: ninety days do not change every second.
#[derive(Debug, Default)]
pub struct Measured {
    records: HashMap<(String, Ask), (Option<SliState>, Record)>,
    at: Option<Timestamp>,
}

/// A history is measured anew when it is so old.
const MEASURE_EVERY: SignedDuration = SignedDuration::from_secs(60);

impl Measured {
    /// Lets go of what is too old.
    pub fn refresh(&mut self, now: Timestamp) {
        if self.at.is_none_or(|at| now.duration_since(at) >= MEASURE_EVERY || now < at) {
            self.records.clear();
            self.at = Some(now);
        }
    }
}

fn days(page: &StatusPageDefinition, now: Timestamp) -> (Date, Date) {
    let today = page.time_zone().to_datetime(now).date();
    (today.checked_sub((DAYS - 1).days()).unwrap_or(today), today)
}

/// The page as it is now.
pub async fn gather(
    db: &Db,
    services: &dyn Services,
    tenant: TenantId,
    name: &str,
    page: &StatusPageDefinition,
    measured: &mut Measured,
) -> Result<Snapshot, StoreError> {
    let now = db.clock().now();
    let followed: BTreeSet<ServiceId> = page.components().map(|component| component.service).collect();
    let conditions = services.conditions(db, tenant, &followed.into_iter().collect::<Vec<_>>()).await?;
    measure(db, services, tenant, page, &conditions, now, measured).await?;
    let mut sql = db.read().await?;
    let (first, _) = days(page, now);
    let since = first.to_zoned(page.time_zone()).map_or(Timestamp::MIN, |at| at.timestamp());
    let id = StatusPageId::named(name);
    let posts = post::rows::recent(&mut sql, tenant, id, since, POSTS_MAX).await?;
    let told = told(&mut sql, tenant, page, &posts).await?;
    // What is written for later hurts nothing before it is told.
    let posts: Vec<Post> = posts.into_iter().filter(|post| told.contains_key(&post.id)).collect();
    let windows = if page.maintenance { windows(&mut sql, tenant, page, now).await? } else { Vec::new() };
    drop(sql);

    let mut snapshot = Snapshot::empty(name, page, now);
    let working: BTreeSet<ServiceId> =
        windows.iter().filter(|(_, window)| window.from <= now && now < window.to).map(|(service, _)| *service).collect();
    snapshot.groups = page
        .groups
        .iter()
        .map(|group| GroupView {
            name: group.name.clone(),
            components: group
                .components
                .iter()
                .map(|component| {
                    let posted = posts.iter().filter(|post| holds(post, now)).flat_map(|post| &post.components);
                    let posted = posted.filter(|hurt| hurt.component == component.key).map(|hurt| hurt.effect);
                    let seen = component.follows.then(|| conditions.get(&component.service).map_or(SliState::Unknown, |found| found.state));
                    ComponentView {
                        key: component.key.clone(),
                        name: component.name.clone(),
                        state: state::component(posted, seen, working.contains(&component.service)),
                        record: component.history.and_then(|by| {
                            measured.records.get(&(page.zone.clone(), (component.service, by))).map(|(_, record)| record.clone())
                        }),
                    }
                })
                .collect(),
        })
        .collect();
    place(&mut snapshot, page, posts, told, &windows, now);
    Ok(snapshot)
}

/// Whether a post says how things are at `now`: a disturbance until it is over, planned work within its window.
fn holds(post: &Post, now: Timestamp) -> bool {
    post.ended_at.is_none() && post.window.is_none_or(|window| window.from <= now && now < window.to)
}

/// Sorts posts and windows into what is open, what is to come and what is over.
fn place(
    snapshot: &mut Snapshot,
    page: &StatusPageDefinition,
    posts: Vec<Post>,
    mut told: HashMap<StatusPostId, PostView>,
    windows: &[(ServiceId, Window)],
    now: Timestamp,
) {
    for post in posts {
        let Some(view) = told.remove(&post.id) else { continue };
        match post.window {
            _ if post.ended_at.is_some() => snapshot.past.push(view),
            Some(window) if now < window.from => {
                snapshot.planned.push(Planned { window, components: view.components.clone(), post: Some(view) });
            }
            // Nobody said that the work was done; its time is over all the same.
            Some(window) if now >= window.to => snapshot.past.push(PostView { ended_at: Some(window.to), ..view }),
            _ => snapshot.open.push(view),
        }
    }
    snapshot.past.sort_by_key(|post| std::cmp::Reverse(post.ended_at));
    let mut by_window: BTreeMap<(Timestamp, Timestamp), Vec<Bilingual>> = BTreeMap::new();
    for (service, window) in windows.iter().filter(|(_, window)| window.from > now) {
        let names = by_window.entry((window.from, window.to)).or_default();
        names.extend(page.components().filter(|component| component.service == *service).map(|component| component.name.clone()));
    }
    for ((from, to), components) in by_window {
        let window = Window { from, to };
        // Work that somebody posted is not told a second time by itself.
        if !snapshot.planned.iter().any(|planned| planned.post.is_some() && planned.window == window) {
            snapshot.planned.push(Planned { window, components, post: None });
        }
    }
    snapshot.planned.sort_by_key(|planned| planned.window.from);
}

/// Windows of the components' services that are not over and begin soon.
async fn windows(
    sql: &mut dyn Sql,
    tenant: TenantId,
    page: &StatusPageDefinition,
    now: Timestamp,
) -> Result<Vec<(ServiceId, Window)>, StoreError> {
    let mine: BTreeSet<ServiceId> = page.components().map(|component| component.service).collect();
    let ahead = now.checked_add(AHEAD).unwrap_or(Timestamp::MAX);
    let rows = sql
        .rows(
            "SELECT service_id, from_at, to_at FROM maintenance_window WHERE tenant_id = $1 AND to_at > $2 AND from_at < $3
             ORDER BY from_at, service_id LIMIT 1000",
            params![tenant, now, ahead],
        )
        .await?;
    let mut found = Vec::new();
    for row in &rows {
        let service = row.id("service_id")?;
        if mine.contains(&service) {
            found.push((service, Window { from: row.at("from_at")?, to: row.at("to_at")? }));
        }
    }
    Ok(found)
}

/// Posts with what was told of them; a post of which nothing was told, or whose words were erased, is not there.
async fn told(
    sql: &mut dyn Sql,
    tenant: TenantId,
    page: &StatusPageDefinition,
    posts: &[Post],
) -> Result<HashMap<StatusPostId, PostView>, StoreError> {
    let ids: Vec<_> = posts.iter().map(|post| post.id).collect();
    let updates = post::rows::updates(sql, tenant, &ids).await?;
    let updates: Vec<Update> = updates.into_iter().filter(|update| update.published_at.is_some()).collect();
    let digests: Vec<String> =
        posts.iter().map(|post| post.title.clone()).chain(updates.iter().map(|update| update.text.clone())).collect();
    let texts = ledger::texts(sql, &digests).await?;
    let words = |digest: &str| texts.get(digest)?.as_deref().map(post::bilingual);
    let mut views = HashMap::new();
    for post in posts {
        let own: Vec<&Update> = updates.iter().filter(|update| update.post_id == post.id).collect();
        let hurt: BTreeSet<&str> = own.iter().flat_map(|update| &update.components).map(|affected| affected.component.as_str()).collect();
        let mut said: Vec<UpdateView> = own
            .iter()
            .filter_map(|update| {
                Some(UpdateView { state: update.state, text: words(&update.text)?, at: update.published_at?, edited_at: update.edited_at })
            })
            .collect();
        said.sort_by_key(|update| std::cmp::Reverse(update.at));
        let (Some(title), Some(last)) = (words(&post.title), said.first()) else { continue };
        views.insert(
            post.id,
            PostView {
                id: post.id.to_string(),
                title,
                state: last.state,
                window: post.window,
                components: page.components().filter(|one| hurt.contains(one.key.as_str())).map(|one| one.name.clone()).collect(),
                started_at: post.started_at,
                ended_at: post.ended_at,
                updates: said,
            },
        );
    }
    Ok(views)
}

/// Measures the histories that are not known.
async fn measure(
    db: &Db,
    services: &dyn Services,
    tenant: TenantId,
    page: &StatusPageDefinition,
    conditions: &BTreeMap<ServiceId, Condition>,
    now: Timestamp,
    measured: &mut Measured,
) -> Result<(), StoreError> {
    let asks: Vec<(Ask, Option<Condition>)> = page
        .components()
        .filter_map(|component| Some((component.service, component.history?)))
        .collect::<BTreeSet<Ask>>()
        .into_iter()
        .filter(|ask| {
            // What changed its state just now is measured now: a page does not call a day good on which it calls the service down.
            let known = measured.records.get(&(page.zone.clone(), *ask));
            known.is_none_or(|(state, _)| *state != state_of(conditions, ask.0))
        })
        .map(|ask| (ask, conditions.get(&ask.0).copied()))
        .collect();
    if asks.is_empty() {
        return Ok(());
    }
    let records = services.records(db, tenant, &page.time_zone(), days(page, now), now, &asks).await?;
    for ((ask, _), record) in asks.into_iter().zip(records) {
        measured.records.insert((page.zone.clone(), ask), (state_of(conditions, ask.0), record));
    }
    Ok(())
}

fn state_of(conditions: &BTreeMap<ServiceId, Condition>, service: ServiceId) -> Option<SliState> {
    conditions.get(&service).map(|condition| condition.state)
}

/// The page as it would be with this definition: for those who are writing one.
pub async fn preview(
    db: &Db,
    services: &dyn Services,
    tenant: TenantId,
    name: &str,
    page: &StatusPageDefinition,
) -> Result<Snapshot, StoreError> {
    gather(db, services, tenant, name, page, &mut Measured::default()).await
}
