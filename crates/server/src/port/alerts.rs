//! Whoever takes alerts asks where they go and what keeps them back; manage knows, and keeps the silences.

use async_trait::async_trait;
use evenkeel_api::Grant;
use evenkeel_core::{
    Actor, ErrorCode, Failure,
    event::manage::Window,
    id::{AlertId, ServiceId, SilenceId, TenantId},
    matcher::Labels,
};
use evenkeel_manage::{
    Act, definition as manage, party,
    silence::{self, Silence, SilenceState},
    suppression,
};
use evenkeel_observe::{
    alert::{
        AlertHouse, Seen, SilenceCard, SilenceDraft,
        hook::{Hook, HookDefinition},
    },
    rule::Routing,
};
use evenkeel_store::{Result, Sql, Tx, ledger};
use jiff::Timestamp;

use super::services::by_name;
use crate::definition;

/// The most silences that are shown at once; the newest.
const SILENCES_MAX: i64 = 5000;

/// What senders of alerts ask, over configuration and manage.
#[derive(Debug, Clone, Copy)]
pub(super) struct HouseAlerts;

#[async_trait]
impl AlertHouse for HouseAlerts {
    async fn routing(&self, sql: &mut dyn Sql, tenant: TenantId) -> Result<Routing> {
        definition::routing(sql, tenant).await
    }

    async fn service(&self, sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<ServiceId>> {
        by_name(sql, tenant, name).await
    }

    async fn hook(&self, sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<Hook>> {
        let Some(found) = manage::find_by_name::<HookDefinition>(sql, tenant, definition::HOOK, name).await? else { return Ok(None) };
        let declared = found.body;
        let secret = match declared.secret_env.as_deref().map(super::mail::secret).transpose() {
            Ok(secret) => secret,
            // Without its key nothing can be known to come from the sender: nothing is taken.
            Err(what) => return Err(Failure::new(ErrorCode::Internal, what).into()),
        };
        Ok(Some(Hook { format: declared.format, secret, mapping: declared.mapping.unwrap_or_default() }))
    }

    async fn seen(
        &self,
        sql: &mut dyn Sql,
        tenant: TenantId,
        now: Timestamp,
        unrouted: Vec<(AlertId, Labels, Timestamp)>,
    ) -> Result<Vec<Seen>> {
        let seen = suppression::survey(sql, tenant, now, unrouted).await?;
        let card = |found: suppression::Surveyed| Seen {
            id: found.id,
            labels: found.labels,
            fired_at: found.fired_at,
            silenced_by: found.silenced_by,
            inhibited_by: found.inhibited_by,
            is_held: found.is_held,
        };
        Ok(seen.into_iter().map(card).collect())
    }

    async fn silences(&self, sql: &mut dyn Sql, tenant: TenantId, now: Timestamp) -> Result<Vec<SilenceCard>> {
        let found = silence::page(sql, tenant, None, now, None, SILENCES_MAX).await?;
        cards(sql, tenant, now, found).await
    }

    async fn silence(&self, sql: &mut dyn Sql, tenant: TenantId, now: Timestamp, id: SilenceId) -> Result<Option<SilenceCard>> {
        let found = silence::find(sql, tenant, id).await?;
        Ok(cards(sql, tenant, now, found.into_iter().collect()).await?.pop())
    }

    async fn set_silence(
        &self,
        tx: &mut Tx,
        grant: &Grant,
        tenant: TenantId,
        actor: &Actor,
        draft: SilenceDraft,
    ) -> Result<Option<SilenceId>> {
        let act = act(tx, tenant, actor);
        let before = match draft.id {
            None => None,
            Some(id) => match silence::find(tx, tenant, id).await? {
                None => return Ok(None),
                // What is over stays over: changed, it is another one, as in Alertmanager.
                found => found.filter(|silence| silence.state(act.at) != SilenceState::Expired),
            },
        };
        let id = before.as_ref().map_or_else(|| SilenceId::at(act.at, tx.rng().as_ref()), |before| before.id);
        let new = silence::New {
            matchers: draft.matchers,
            span: Window { from: draft.from, to: draft.to },
            // Its API knows nothing of recurring ones; changed through it, one goes on recurring.
            recurring: before.and_then(|before| before.recurring),
            author_id: draft.person,
            author: draft.author,
            comment: draft.comment,
        };
        silence::set(tx, grant, &act, id, new).await.map(|silence| Some(silence.id))
    }

    async fn end_silence(&self, tx: &mut Tx, grant: &Grant, tenant: TenantId, actor: &Actor, id: SilenceId) -> Result<Option<bool>> {
        if silence::find(tx, tenant, id).await?.is_none() {
            return Ok(None);
        }
        let act = act(tx, tenant, actor);
        silence::end(tx, grant, &act, id).await.map(Some)
    }
}

fn act(tx: &Tx, tenant: TenantId, actor: &Actor) -> Act {
    Act { tenant, actor: actor.clone(), at: tx.now(), source: "api" }
}

async fn cards(sql: &mut dyn Sql, tenant: TenantId, now: Timestamp, silences: Vec<Silence>) -> Result<Vec<SilenceCard>> {
    let digests: Vec<String> = silences.iter().filter_map(|silence| silence.comment.clone()).collect();
    let texts = ledger::texts(sql, &digests).await?;
    let mut cards = Vec::with_capacity(silences.len());
    for silence in silences {
        let author = match silence.author_id {
            Some(person) if silence.author.is_empty() => {
                party::find_person(sql, tenant, person).await?.map_or_else(|| person.to_string(), |person| person.definition.display)
            }
            _ => silence.author.clone(),
        };
        cards.push(SilenceCard {
            id: silence.id,
            from: silence.span.from,
            to: silence.ended_at.unwrap_or(silence.span.to),
            state: match silence.state(now) {
                SilenceState::Pending => "pending",
                SilenceState::Active => "active",
                SilenceState::Expired => "expired",
            },
            author,
            comment: silence.comment.and_then(|digest| texts.get(&digest).cloned().flatten()).unwrap_or_default(),
            updated_at: silence.updated_at,
            matchers: silence.matchers,
        });
    }
    Ok(cards)
}
