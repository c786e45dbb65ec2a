//! The changes that have, or may have, to do with an incident.

use evenkeel_api::Scope;
use evenkeel_core::{event::manage::Window, id::ServiceId, state::ChangeState};
use evenkeel_store::{Sql, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::{
    model::Change,
    store::{self, Filter},
};
use crate::{incident::Incident, service};

/// What was changed so long before an incident may have to do with it.
const RECENT: SignedDuration = SignedDuration::from_hours(72);
/// The most changes that are found beside an incident.
const BESIDE: i64 = 50;

/// What was found.
#[derive(Debug)]
pub(crate) struct Beside {
    /// Those that somebody said caused it.
    pub caused_by: Vec<Change>,
    /// Those of its service and of what that depends on that were begun within 72 hours before it, or in its course.
    pub recent: Vec<Change>,
}

/// The changes beside an incident that are in this scope, the newest first.
///
/// # Errors
/// As any statement.
pub(crate) async fn beside(sql: &mut dyn Sql, incident: &Incident, scope: Scope, now: Timestamp) -> Result<Beside, StoreError> {
    let tenant = incident.tenant;
    let began = incident.started_at.unwrap_or(incident.opened_at);
    let ended = incident.restored_at.or(incident.resolved_at).unwrap_or(now);
    let mut services: Vec<ServiceId> = service::ancestry(sql, tenant, incident.service_id).await?.into_values().flatten().collect();
    services.push(incident.service_id);
    services.sort_unstable();
    services.dedup();
    let states = ChangeState::ALL.iter().copied().filter(|state| store::is_told(*state) && *state != ChangeState::Scheduled).collect();
    let since = began.saturating_sub(RECENT).unwrap_or(Timestamp::MIN);
    // A window may be over long before the work is: what counts is when it was begun.
    let slack = SignedDuration::from_hours(7 * 24);
    let window = Window { from: since.saturating_sub(slack).unwrap_or(since), to: ended.saturating_add(slack).unwrap_or(ended) };
    let filter = Filter { states, services, window: Some(window), organisation: scope.organisation(), ..Filter::default() };
    let mut recent = store::page(sql, tenant, &filter, i64::MAX, BESIDE).await?;
    recent.retain(|change| change.started_at.is_some_and(|at| since <= at && at <= ended));
    let mut caused_by = store::behind(sql, tenant, incident.id).await?;
    caused_by.retain(|change| scope.shows(&change.organisations()));
    recent.retain(|change| caused_by.iter().all(|known| known.id != change.id));
    Ok(Beside { caused_by, recent })
}
