//! What a subscriber is sent, looked up when it leaves.

use evenkeel_core::{
    Language,
    id::{StatusSubscriberId, StatusUpdateId, TenantId},
    title,
};
use evenkeel_store::{Sql, StoreError, ledger};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    model::{Channel, Subscriber},
    rows,
    words::{self, Said},
};
use crate::{
    Letter,
    status_page::{definition::StatusPageDefinition, post, store},
};

/// The subject of these messages in the outbox.
pub const SUBJECT: &str = "status_subscriber";

/// The payload in the outbox. No address, no words.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Envelope {
    /// Somebody asked for a subscription.
    Subscription {
        /// Who.
        subscriber_id: StatusSubscriberId,
    },
    /// A word of a post.
    Update {
        /// Who.
        subscriber_id: StatusSubscriberId,
        /// Which.
        update_id: StatusUpdateId,
    },
}

/// The letter of a message whose payload is `payload`; none = who it is for is not there any more, or what it tells of.
///
/// # Errors
/// As any statement.
pub async fn letter(sql: &mut dyn Sql, tenant: TenantId, payload: &str, public_url: &str) -> Result<Option<Letter>, StoreError> {
    let envelope: Envelope = serde_json::from_str(payload)?;
    let (Envelope::Subscription { subscriber_id } | Envelope::Update { subscriber_id, .. }) = envelope;
    let Some(to) = rows::find(sql, tenant, subscriber_id).await? else { return Ok(None) };
    let Some(page) = store::find_by_id(sql, tenant, to.page_id).await? else { return Ok(None) };
    let base = format!("{public_url}/status/{}", page.name);
    match envelope {
        Envelope::Subscription { .. } => Ok(Some(subscription(&to, &page.body, &base))),
        Envelope::Update { update_id, .. } => update(sql, tenant, &to, &page.body, &base, update_id).await,
    }
}

fn link(to: &Subscriber, base: &str) -> String {
    format!("{base}/subscription?token={}&lang={}", to.token, to.language.as_str())
}

fn subscription(to: &Subscriber, page: &StatusPageDefinition, base: &str) -> Letter {
    let link = link(to, base);
    let name = page.title.in_language(to.language);
    let said = words::subscription(to.language, name, &link, to.confirmed_at.is_some());
    let payload = json!({ "version": 1, "type": "status.subscription", "page": { "title": page.title, "url": base }, "confirm_url": link });
    sealed(to, said, payload, Vec::new(), None)
}

async fn update(
    sql: &mut dyn Sql,
    tenant: TenantId,
    to: &Subscriber,
    page: &StatusPageDefinition,
    base: &str,
    id: StatusUpdateId,
) -> Result<Option<Letter>, StoreError> {
    // A subscription that ended meanwhile has no row; one that is not confirmed is told nothing.
    if to.confirmed_at.is_none() {
        return Ok(None);
    }
    let Some(update) = post::rows::find_update(sql, tenant, id).await? else { return Ok(None) };
    let Some(of) = post::rows::find_post(sql, tenant, update.post_id).await? else { return Ok(None) };
    let texts = ledger::texts(sql, &[of.title.clone(), update.text.clone()]).await?;
    let words_of = |digest: &str| texts.get(digest).cloned().flatten();
    // Erased words are told to nobody.
    let (Some(heading), Some(text)) = (words_of(&of.title), words_of(&update.text)) else { return Ok(None) };
    let names: Vec<&evenkeel_core::definition::Bilingual> =
        update.components.iter().filter_map(|hurt| page.component(&hurt.component)).map(|component| &component.name).collect();
    let end = link(to, base);
    let said = words::update(
        to.language,
        page.title.in_language(to.language),
        update.state,
        title::in_language(&heading, to.language),
        title::in_language(&text, to.language),
        &names.iter().map(|name| name.in_language(to.language)).collect::<Vec<_>>(),
        (base, &end),
    );
    let both = |text: &str| json!({ "zh": title::in_language(text, Language::Zh), "en": title::in_language(text, Language::En) });
    let components: Vec<Value> = update
        .components
        .iter()
        .filter_map(|hurt| {
            let component = page.component(&hurt.component)?;
            Some(json!({ "key": hurt.component, "name": component.name, "effect": hurt.effect }))
        })
        .collect();
    let payload = json!({
        "version": 1, "type": "status.update", "page": { "title": page.title, "url": base },
        "post": { "id": of.id, "title": both(&heading), "window": of.window, "started_at": of.started_at },
        "update": { "id": update.id, "state": update.state, "text": both(&text), "at": update.published_at, "components": components },
        "unsubscribe_url": end,
    });
    // RFC 8058: a POST of `List-Unsubscribe=One-Click` to this address ends it without a question.
    let headers = vec![
        ("List-Unsubscribe", format!("<{end}>")),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        ("List-Id", format!("<{}.status.{}>", of.page_id, host(base))),
    ];
    Ok(Some(sealed(to, said, payload, headers, Some(of.id.to_string()))))
}

fn host(base: &str) -> &str {
    base.split_once("://").map_or(base, |(_, rest)| rest.split(['/', ':']).next().unwrap_or(rest))
}

fn sealed(to: &Subscriber, said: Said, payload: Value, headers: Vec<(&'static str, String)>, thread: Option<String>) -> Letter {
    Letter {
        channel: to.channel.as_str(),
        address: to.address.clone(),
        language: to.language,
        subject: said.subject,
        text: said.text,
        html: said.html,
        headers,
        payload,
        secret: (to.channel == Channel::Webhook && !to.secret.is_empty()).then(|| to.secret.clone()),
        thread,
    }
}
