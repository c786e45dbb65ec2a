//! Telling outsiders: a post's first word or a further one, now or later.

use evenkeel_api::Grant;
use evenkeel_core::{
    ErrorCode, Failure,
    definition::Bilingual,
    event::{manage::Window, status_page::StatusPostUpdated},
    id::{IncidentId, MaintenanceId, StatusPageId, StatusPostId, StatusUpdateId, TenantId},
    time, title as both,
};
use evenkeel_store::{NewTimer, StoreError, Tx};
use jiff::{SignedDuration, Timestamp};

use super::{
    due,
    model::{Affected, Post, PostState, Update, check, text, title},
    rows,
};
use crate::{
    Act, refuse,
    status_page::{definition::StatusPageDefinition, subscriber},
};

/// A word is written for later at most so long ahead.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What a word says.
#[derive(Debug, Clone)]
pub struct Say {
    pub state: PostState,
    pub text: Bilingual,
    pub components: Vec<Affected>,
    /// When it is told; none = now.
    pub at: Option<Timestamp>,
}

/// What a post is about.
#[derive(Debug, Clone)]
pub struct About {
    pub incident_id: Option<IncidentId>,
    pub maintenance_id: Option<MaintenanceId>,
    pub window: Option<Window>,
    pub title: Bilingual,
}

/// Begins a post.
///
/// # Errors
/// A refusal that says what is wrong and where.
pub async fn begin(
    tx: &mut Tx,
    grant: &Grant,
    act: &Act,
    (page_id, page): (StatusPageId, &StatusPageDefinition),
    about: About,
    say: Say,
) -> Result<StatusPostId, StoreError> {
    let window = about.window.map(|window| Window { from: time::truncate(window.from), to: time::truncate(window.to) });
    check(page, window, say.state, &say.components)?;
    if window.is_some_and(|window| window.to <= act.at) {
        return Err(refuse::invalid("/window", "it is over already").into());
    }
    let title = title(&about.title)?;
    let digest = tx.put_text(act.tenant, &both::both(&title)).await?;
    let post = Post {
        id: StatusPostId::at(act.at, tx.rng().as_ref()),
        page_id,
        incident_id: about.incident_id,
        maintenance_id: about.maintenance_id,
        window,
        title: digest,
        state: say.state,
        components: say.components.clone(),
        started_at: say.at.unwrap_or(act.at).max(act.at),
        ended_at: None,
    };
    rows::write_post(tx, act.tenant, &post).await?;
    let id = post.id;
    add(tx, grant, act, post, say).await?;
    Ok(id)
}

/// Adds a word to a post that is not over.
///
/// # Errors
/// A refusal that says what is wrong and where.
pub async fn go_on(tx: &mut Tx, grant: &Grant, act: &Act, page: &StatusPageDefinition, post: Post, say: Say) -> Result<(), StoreError> {
    if post.ended_at.is_some() {
        let detail = "this post is over and takes no further word; begin another, or correct a word of it";
        return Err(Failure::new(ErrorCode::StateRefused, detail).at("/state").into());
    }
    if !rows::has_room(tx, act.tenant, post.id).await? {
        return Err(refuse::invalid("/text", "this post has as many words as a post may have; begin another").into());
    }
    check(page, post.window, say.state, &say.components)?;
    add(tx, grant, act, post, say).await
}

async fn add(tx: &mut Tx, _: &Grant, act: &Act, post: Post, say: Say) -> Result<(), StoreError> {
    let words = text(&say.text)?;
    let at = time::truncate(say.at.unwrap_or(act.at)).max(act.at);
    if at.duration_since(act.at) > AHEAD_MAX {
        return Err(refuse::invalid("/at", "a word is written at most 90 days ahead").into());
    }
    let update = Update {
        id: StatusUpdateId::at(act.at, tx.rng().as_ref()),
        post_id: post.id,
        state: say.state,
        text: tx.put_text(act.tenant, &lines(&words)).await?,
        components: if say.state.is_end() { Vec::new() } else { say.components },
        author: act.actor.clone(),
        at,
        published_at: None,
        edited_at: None,
    };
    if at > act.at {
        rows::write_update(tx, act.tenant, &update).await?;
        let timer = NewTimer { tenant: act.tenant, kind: due::KIND, key: update.id.to_string(), due_at: at, payload: "{}".to_owned() };
        return tx.set_timer(&timer).await;
    }
    tell(tx, act, post, update).await
}

/// The one text of words in both languages; unlike a title they keep their line breaks.
pub(super) fn lines(words: &Bilingual) -> String {
    // The separator of `evenkeel_core::title`: `text` lets no control character but the line break through.
    if words.zh == words.en { words.zh.clone() } else { format!("{}\u{1e}{}", words.zh, words.en) }
}

/// Tells a word: the row, the event, and the wake-up of whoever tells subscribers.
pub(super) async fn tell(tx: &mut Tx, act: &Act, mut post: Post, mut update: Update) -> Result<(), StoreError> {
    update.published_at = Some(act.at);
    post.state = update.state;
    post.components.clone_from(&update.components);
    post.ended_at = update.state.is_end().then_some(act.at);
    rows::write_update(tx, act.tenant, &update).await?;
    rows::write_post(tx, act.tenant, &post).await?;
    append(tx, act, &post, &update).await?;
    subscriber::wake(tx, act.tenant, update.id, act.at).await
}

async fn append(tx: &mut Tx, act: &Act, post: &Post, update: &Update) -> Result<(), StoreError> {
    let body = StatusPostUpdated {
        page_id: post.page_id,
        post_id: post.id,
        update_id: update.id,
        incident_id: post.incident_id,
        maintenance_id: post.maintenance_id,
        state: update.state.as_str().to_owned(),
        title: post.title.clone(),
        text: update.text.clone(),
        components: update.components.iter().map(Into::into).collect(),
        window: post.window,
    };
    let event = act.event(post.id, &body)?;
    tx.append(&about_incident(event, post.incident_id)).await.map(|_| ())
}

/// So that it stands in the incident's timeline.
pub(super) fn about_incident(event: evenkeel_core::event::NewEvent, incident: Option<IncidentId>) -> evenkeel_core::event::NewEvent {
    match incident {
        Some(incident) => event.evidence(format!("incident:{incident}")),
        None => event,
    }
}

/// Takes away a word that waits.
///
/// # Errors
/// A refusal when it was told already: then it can be corrected, not unsaid.
pub async fn withdraw(tx: &mut Tx, _: &Grant, tenant: TenantId, update: &Update) -> Result<(), StoreError> {
    if update.published_at.is_some() {
        return Err(Failure::new(ErrorCode::StateRefused, "this was told already; correct it, or post another word").into());
    }
    tx.cancel_timer(due::KIND, &update.id.to_string()).await?;
    rows::remove_waiting(tx, tenant, update).await
}
