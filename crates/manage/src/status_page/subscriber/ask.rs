//! Somebody asks to be told. Whatever the address, the answer is the same; what differs is what leaves to the address.

use std::collections::BTreeSet;

use evenkeel_core::{
    ErrorCode, Failure, Language,
    id::{StatusPageId, StatusSubscriberId, TenantId},
};
use evenkeel_store::{NewMessage, StoreError, Tx};
use jiff::{SignedDuration, Timestamp};

use super::{
    letter::{Envelope, SUBJECT},
    model::{Channel, Subscriber, address, secret},
    rows,
};
use crate::{
    refuse,
    status_page::{definition::StatusPageDefinition, store},
};

/// Who does not confirm within this time is forgotten.
pub const CONFIRM_WITHIN: SignedDuration = SignedDuration::from_hours(48);
/// One address is written to about a subscription at most this often …
const AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(15);
/// … and so many times in all until it confirms or is forgotten.
const ASKED_MAX: i64 = 4;
/// So many may ask and not confirm within an hour, for one page: beyond that somebody fills in other people's addresses.
const WAITING_MAX: i64 = 200;
/// The most subscribers of a page.
const SUBSCRIBERS_MAX: i64 = 50_000;
/// Tries of one message: about two days.
const ATTEMPTS: i64 = 200;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Ask {
    pub channel: Channel,
    pub address: String,
    pub secret: String,
    pub components: BTreeSet<String>,
    pub language: Language,
}

/// Writes down who asks, and writes to them.
///
/// # Errors
/// A refusal that says nothing of who subscribes.
pub async fn ask(
    tx: &mut Tx,
    tenant: TenantId,
    (page_id, page): (StatusPageId, &StatusPageDefinition),
    ask: Ask,
) -> Result<(), StoreError> {
    let now = tx.now();
    if !page.subscribe.contains(&ask.channel) {
        return Err(refuse::invalid("/channel", "this page tells nobody this way").into());
    }
    let (address, secret) = (address(ask.channel, &ask.address)?, secret(&ask.secret)?);
    let components: BTreeSet<String> = ask.components.into_iter().filter(|key| page.component(key).is_some()).collect();
    rows::forget(tx, tenant, before(now, CONFIRM_WITHIN)).await?;
    let known = rows::by_address(tx, tenant, page_id, ask.channel, &address).await?;
    let one = match known {
        Some(known) if !may_write_again(&known, now) => return Ok(()),
        // Confirmed: the message says so and has the link that ends it; nothing is changed on a stranger's word.
        Some(known) if known.confirmed_at.is_some() => Subscriber { asked_at: now, asked: known.asked + 1, ..known },
        Some(known) => Subscriber { asked_at: now, asked: known.asked + 1, language: ask.language, components, secret, ..known },
        None => {
            let (confirmed, waiting) = rows::count(tx, tenant, page_id, before(now, SignedDuration::from_hours(1))).await?;
            if waiting >= WAITING_MAX || confirmed >= SUBSCRIBERS_MAX {
                return Err(Failure::new(ErrorCode::RateLimited, "too many ask at this moment; try again in an hour").into());
            }
            Subscriber {
                id: StatusSubscriberId::at(now, tx.rng().as_ref()),
                page_id,
                channel: ask.channel,
                address,
                language: ask.language,
                components,
                token: store::token(tx.rng().clone().as_ref()),
                secret,
                asked_at: now,
                asked: 1,
                confirmed_at: None,
            }
        }
    };
    rows::write(tx, tenant, &one).await?;
    let key = format!("status-subscription:{}:{}", one.id, one.asked);
    send(tx, tenant, &one, key, &Envelope::Subscription { subscriber_id: one.id }).await
}

/// Whether its address may be written to about the subscription once more.
fn may_write_again(known: &Subscriber, now: Timestamp) -> bool {
    let again = now.duration_since(known.asked_at) >= AGAIN_AFTER;
    again && (known.confirmed_at.is_some() || known.asked < ASKED_MAX)
}

fn before(now: Timestamp, span: SignedDuration) -> Timestamp {
    now.checked_sub(span).unwrap_or(Timestamp::MIN)
}

/// Writes a message to the outbox: ids only, the address is looked up when it leaves.
pub(super) async fn send(tx: &mut Tx, tenant: TenantId, to: &Subscriber, key: String, envelope: &Envelope) -> Result<(), StoreError> {
    let message = NewMessage {
        tenant,
        channel: to.channel.as_str(),
        key,
        subject_kind: SUBJECT.to_owned(),
        subject_id: to.id.to_string(),
        payload: serde_json::to_string(envelope)?,
        max_attempts: ATTEMPTS,
    };
    tx.send(&message).await.map(|_| ())
}
