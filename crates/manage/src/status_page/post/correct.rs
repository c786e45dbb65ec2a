//! Correcting a word that was told: a new event, and the page says that it was edited.

use evenkeel_api::Grant;
use evenkeel_core::{definition::Bilingual, event::status_page::StatusPostCorrected, title as both};
use evenkeel_store::{StoreError, Tx};

use super::{
    model::{Post, Update, text, title},
    publish::{about_incident, lines},
    rows,
};
use crate::Act;

/// Says a word otherwise, and the title when one is given. A word that waits is changed without a word to anybody.
///
/// # Errors
/// A refusal that says what is wrong and where.
pub async fn correct(
    tx: &mut Tx,
    _: &Grant,
    act: &Act,
    mut post: Post,
    mut update: Update,
    words: &Bilingual,
    heading: Option<&Bilingual>,
) -> Result<(), StoreError> {
    let before = update.text.clone();
    update.text = tx.put_text(act.tenant, &lines(&text(words)?)).await?;
    if let Some(heading) = heading {
        post.title = tx.put_text(act.tenant, &both::both(&title(heading)?)).await?;
        rows::write_post(tx, act.tenant, &post).await?;
    }
    if update.published_at.is_some() {
        update.edited_at = Some(act.at);
        let body = StatusPostCorrected {
            page_id: post.page_id,
            post_id: post.id,
            update_id: update.id,
            title: post.title.clone(),
            text: update.text.clone(),
            before,
        };
        let event = act.event(post.id, &body)?;
        tx.append(&about_incident(event, post.incident_id)).await?;
    }
    rows::write_update(tx, act.tenant, &update).await
}
