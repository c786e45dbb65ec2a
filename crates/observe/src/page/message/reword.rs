//! The house's own words for messages: a template over the facts.

use std::collections::BTreeMap;

use evenkeel_core::{Actor, event::observe::PageReworded, id::TenantId};
use evenkeel_store::{Db, StoreError};
use jiff::Timestamp;

use super::Notice;
use crate::{
    page::escalate::append,
    rule::template::{Data, Template},
};

/// Characters of the words at most: what is longer is no message.
const CHARS_MAX: usize = 4_000;

/// The text of a template over `facts`, which it reads as `$labels`.
pub(super) fn run(template: &str, facts: &BTreeMap<String, String>, now: Timestamp) -> Result<String, String> {
    let parsed = Template::parse(template).map_err(|error| error.to_string())?;
    let none = BTreeMap::new();
    let ask = |_: &str| Err("a message asks no metrics".to_owned());
    let data =
        Data { labels: facts.clone(), external_labels: &none, external_url: "", value: 0.0, now_ms: now.as_millisecond(), ask: &ask };
    let text = parsed.expand(&data)?;
    match text.trim().chars().count() {
        0 => Err("the template gives no text".to_owned()),
        count if count > CHARS_MAX => Err(format!("the template gives more than {CHARS_MAX} characters")),
        _ => Ok(text),
    }
}

/// Writes to the ledger that the house's words could not be used.
pub(super) async fn tell(db: &Db, tenant: TenantId, notice: &Notice, channel: &str, error: &str) -> Result<(), StoreError> {
    let body = PageReworded {
        incident_id: notice.envelope.incident_id,
        person_id: notice.envelope.person_id,
        channel: channel.to_owned(),
        error: error.chars().take(200).collect(),
    };
    let mut tx = db.write().await?;
    append(&mut tx, tenant, Actor::system("page"), notice.envelope.page_id, notice.envelope.incident_id, &body).await?;
    tx.commit().await
}
