//! Posts as the console shows them.

use std::collections::{BTreeSet, HashMap};

use evenkeel_core::{
    Language,
    definition::Bilingual,
    event::manage::Window,
    id::{IncidentId, MaintenanceId, StatusPostId, StatusUpdateId, TenantId},
    title,
};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    model::{Affected, Post, PostState, Update},
    rows,
};
use crate::{
    party::{PersonRef, Wanted, load_names},
    status_page::store,
};

/// A word of a post.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusUpdateView {
    /// Which.
    id: StatusUpdateId,
    /// Where the post stands with it.
    state: PostState,
    /// What it says; null when it was erased.
    text: Option<Bilingual>,
    /// What is hurt from then on.
    components: Vec<Affected>,
    /// Who wrote it; null when a machine did.
    author: Option<PersonRef>,
    /// When it is or was to be told.
    at: Timestamp,
    /// When it was told; null = it waits.
    published_at: Option<Timestamp>,
    /// When it was corrected last.
    edited_at: Option<Timestamp>,
}

/// A post.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusPostView {
    /// Which.
    id: StatusPostId,
    /// The name of its page.
    page: String,
    /// The incident it is about.
    incident_id: Option<IncidentId>,
    /// The maintenance it is about.
    maintenance_id: Option<MaintenanceId>,
    /// When work is planned; of maintenance only.
    window: Option<Window>,
    /// Its title; null when it was erased.
    title: Option<Bilingual>,
    /// Where it stands.
    state: PostState,
    /// What is hurt.
    components: Vec<Affected>,
    /// When it began.
    started_at: Timestamp,
    /// When it ended; null = it has not.
    ended_at: Option<Timestamp>,
    /// Its words, oldest first, those that wait too.
    updates: Vec<StatusUpdateView>,
}

/// A text of both languages.
pub fn bilingual(text: &str) -> Bilingual {
    let of = |language| title::in_language(text, language).to_owned();
    Bilingual { zh: of(Language::Zh), en: of(Language::En) }
}

/// Posts as they are shown, in the order given.
pub async fn views(sql: &mut dyn Sql, tenant: TenantId, posts: Vec<Post>) -> Result<Vec<StatusPostView>, StoreError> {
    let ids: Vec<StatusPostId> = posts.iter().map(|post| post.id).collect();
    let updates = rows::updates(sql, tenant, &ids).await?;
    let digests: Vec<String> =
        posts.iter().map(|post| post.title.clone()).chain(updates.iter().map(|update| update.text.clone())).collect();
    let texts = ledger::texts(sql, &digests).await?;
    let words = |digest: &str| texts.get(digest)?.as_deref().map(bilingual);
    let mut wanted = Wanted::default();
    wanted.people.extend(updates.iter().filter_map(|update| update.author.as_person()));
    let names = load_names(sql, tenant, &wanted).await?;
    let mut pages = HashMap::new();
    for id in posts.iter().map(|post| post.page_id).collect::<BTreeSet<_>>() {
        let name = store::find_by_id(sql, tenant, id).await?.map(|page| page.name);
        pages.insert(id, name.unwrap_or_else(|| id.to_string()));
    }
    let mut by_post: HashMap<StatusPostId, Vec<Update>> = HashMap::new();
    for update in updates {
        by_post.entry(update.post_id).or_default().push(update);
    }
    let view = |update: Update| StatusUpdateView {
        text: words(&update.text),
        author: update.author.as_person().map(|id| names.person(id)),
        id: update.id,
        state: update.state,
        components: update.components,
        at: update.at,
        published_at: update.published_at,
        edited_at: update.edited_at,
    };
    Ok(posts
        .into_iter()
        .map(|post| StatusPostView {
            updates: by_post.remove(&post.id).unwrap_or_default().into_iter().map(view).collect(),
            page: pages.get(&post.page_id).cloned().unwrap_or_default(),
            title: words(&post.title),
            id: post.id,
            incident_id: post.incident_id,
            maintenance_id: post.maintenance_id,
            window: post.window,
            state: post.state,
            components: post.components,
            started_at: post.started_at,
            ended_at: post.ended_at,
        })
        .collect())
}
