//! What people are told of releases by mail: that one is built and waits for a second pair of eyes. Looked up when it leaves.

use std::collections::BTreeSet;

use evenkeel_api::Permission;
use evenkeel_core::{
    Language,
    id::{PersonId, ReleaseId},
    state::ReleaseState,
};
use evenkeel_store::{Db, Message, NewMessage, StoreError, Tx};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{model::Release, store};
use crate::{
    Letter,
    letter::{Said, by_mail},
    party, service,
};

/// The subject of such messages in the outbox.
pub const SUBJECT: &str = "release";
/// Tries of one mail: about two days.
const ATTEMPTS: i64 = 200;

/// The payload in the outbox: ids only.
#[derive(Debug, Serialize, Deserialize)]
struct Envelope {
    release_id: ReleaseId,
    person_id: PersonId,
    /// Which build it is about.
    built_at: Option<Timestamp>,
}

/// Asks those who own its services, and the teams that run them, as far as they may approve; never who built it.
pub(super) async fn ask(tx: &mut Tx, release: &Release) -> Result<(), StoreError> {
    let mut people: BTreeSet<PersonId> = BTreeSet::new();
    for id in release.service_ids() {
        let Some(found) = service::find(tx, release.tenant, id).await? else { continue };
        people.insert(found.definition.owner);
        people.extend(party::find_team(tx, release.tenant, found.definition.team).await?.into_iter().flat_map(|team| team.members));
    }
    people.retain(|person| Some(*person) != release.builder_id);
    for person_id in people {
        let Some(person) = party::find_person(tx, release.tenant, person_id).await? else { continue };
        let definition = person.definition;
        let approves = definition.roles.iter().any(|role| evenkeel_api::policy::permissions(*role).contains(&Permission::ReleaseApprove));
        if !definition.active || definition.email.is_none() || !approves {
            continue;
        }
        let message = NewMessage {
            tenant: release.tenant,
            channel: "mail",
            // One build asks one person once.
            key: format!("release:{}:{}:{person_id}", release.id, release.version),
            subject_kind: SUBJECT.to_owned(),
            subject_id: release.id.to_string(),
            payload: serde_json::to_string(&Envelope { release_id: release.id, person_id, built_at: release.built_at })?,
            max_attempts: ATTEMPTS,
        };
        tx.send(&message).await?;
    }
    Ok(())
}

/// The letter of a message about a release; none = there is nobody any more to tell, or nothing.
///
/// # Errors
/// As any statement.
pub async fn letter(db: &Db, message: &Message, public_url: &str) -> Result<Option<Letter>, StoreError> {
    let Envelope { release_id, person_id, built_at } = serde_json::from_str(&message.payload)?;
    let mut sql = db.read().await?;
    let Some(release) = store::find(&mut sql, message.tenant, release_id).await? else { return Ok(None) };
    // Approved or sent back meanwhile: nothing is wanted any more. One that was built anew has asked anew.
    if release.state != ReleaseState::Built || release.built_at != built_at {
        return Ok(None);
    }
    let Some(person) = party::find_person(&mut sql, message.tenant, person_id).await?.filter(|person| person.definition.active) else {
        return Ok(None);
    };
    drop(sql);
    let language = person.definition.locale;
    let (title, tag) = (&release.title, format!("REL-{}", release.number));
    let (subject, body, action) = match language {
        Language::Zh => (
            format!("[{tag}] 请批准：{title}"),
            format!("发布“{title}”已经构建完成，等另一个人批准。内容、回退方案和携带的变更写在发布页面上。"),
            "查看发布",
        ),
        Language::En => (
            format!("[{tag}] Please approve: {title}"),
            format!(
                "The release “{title}” is built and waits for a second pair of eyes. Its page shows what is in it, the way back and the \
                 changes that it carries."
            ),
            "See the release",
        ),
    };
    let link = format!("{public_url}/releases/{release_id}");
    let said = Said::new(language, subject, &body, &[(action.to_owned(), link)]);
    Ok(by_mail(message, person.definition, said, release_id.to_string()))
}
