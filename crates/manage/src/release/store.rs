//! Reading and writing releases. Every write is a row and its events in the caller's transaction.

use evenkeel_api::{ApiResult, Authorised, Caller, IfMatch, Permission, Problem as Answer, Tagged};
use evenkeel_core::{
    event::{Body, NewEvent, release::ReleaseTransitioned},
    id::{OrganisationId, ReleaseId, ServiceId, TenantId},
    state::ReleaseState,
};
use evenkeel_store::{Sql, StoreError, Tx, ledger, params, places};
use jiff::Timestamp;

use super::{
    detail::{ReleaseDetail, detail},
    machine::{ReleaseMachine, Step},
    model::{Progress, Release},
    rules,
    table::{self, COLUMNS, release_of},
};
use crate::{
    Act, Manage,
    ticket::{act, machine},
};

/// What is said with a step: digests.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub text: Option<String>,
    pub outcome: Option<String>,
}

/// A release on its way to its next version, and what is said of it.
#[derive(Debug)]
pub(super) struct Revision {
    pub release: Release,
    pub act: Act,
    events: Vec<NewEvent>,
}

impl Revision {
    /// The beginning of one by this caller, in a transaction of its own, when they may and hold the version.
    pub async fn begin(
        manage: &Manage,
        caller: &Caller,
        permission: Permission,
        id: ReleaseId,
        if_match: &IfMatch,
    ) -> ApiResult<(Tx, Self)> {
        caller.require(permission)?;
        let mut tx = manage.kit.db.write().await?;
        let found = find_held(&mut tx, caller.tenant, id).await?.ok_or_else(|| Answer::not_found("release", id))?;
        let organisations = found.organisations();
        let found = caller.authorise(permission, &organisations, ("release", id), found)?;
        if_match.check(found.version)?;
        Ok((tx, Self::of(found, act(manage, caller))))
    }

    pub fn of(release: Authorised<Release>, act: Act) -> Self {
        Self { release: release.into_inner(), act, events: Vec::new() }
    }

    pub fn record<B: Body>(&mut self, body: &B) -> Result<(), StoreError> {
        self.events.push(self.act.event(self.release.id, body)?);
        Ok(())
    }

    /// Takes a step: the row's state and one event an edge. What must be in a release before is asked here.
    ///
    /// # Errors
    /// A refusal that names the steps that are allowed, or what is missing.
    pub fn step(&mut self, step: Step, mut said: Said) -> Result<(), StoreError> {
        let at = self.act.at;
        let path = machine::path::<ReleaseMachine>(self.release.state, step)?;
        rules::content(step, &self.release.content)?;
        for to in path {
            let from = std::mem::replace(&mut self.release.state, *to);
            self.record(&ReleaseTransitioned { from, to: *to, text: said.text.take(), outcome: said.outcome.take() })?;
        }
        let release = &mut self.release;
        match step {
            Step::Build => release.built_at = Some(at),
            // What was approved is not what will be built next.
            Step::Rework => {
                (release.built_at, release.approved_at) = (None, None);
                (release.builder_id, release.approver_id) = (None, None);
            }
            Step::Approve => release.approved_at = Some(at),
            Step::Start => release.started_at = Some(at),
            Step::Verify => release.ended_at = Some(at),
            Step::RollBack => (release.ended_at, release.rolled_back) = (Some(at), true),
            Step::Close | Step::Cancel => release.closed_at = Some(at),
        }
        Ok(())
    }

    /// Gives every stage of the content its beginning.
    pub fn lay_out(&mut self) {
        self.release.progress = vec![Progress::WAITING; self.release.content.stages.len()];
    }

    /// Writes it and answers the release as it is then.
    pub async fn finish(self, mut tx: Tx, manage: &Manage, caller: &Caller) -> ApiResult<Tagged<ReleaseDetail>> {
        let release = save(&mut tx, self).await?;
        let body = detail(manage, &mut tx, caller, release).await?;
        tx.commit().await?;
        Ok(Tagged { version: body.release.version, body })
    }
}

/// The release, when there is one.
pub(crate) async fn find(sql: &mut dyn Sql, tenant: TenantId, id: ReleaseId) -> Result<Option<Release>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM release WHERE tenant_id = $1 AND id = $2");
    sql.row(&text, params![tenant, id]).await?.as_ref().map(release_of).transpose()
}

/// The release, held for this transaction.
async fn find_held(tx: &mut Tx, tenant: TenantId, id: ReleaseId) -> Result<Option<Release>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM release WHERE tenant_id = $1 AND id = $2{}", tx.dialect().for_update());
    tx.row(&text, params![tenant, id]).await?.as_ref().map(release_of).transpose()
}

/// Writes a new release and the event that says so.
pub(super) async fn insert(tx: &mut Tx, release: &Authorised<Release>, planned: &NewEvent) -> Result<(), StoreError> {
    table::insert(tx, release).await?;
    tx.append(planned).await.map(|_| ())
}

/// Writes a revision. One that says nothing writes nothing.
///
/// # Errors
/// [`StoreError::Conflict`] when another writer was first.
async fn save(tx: &mut Tx, revision: Revision) -> Result<Release, StoreError> {
    let Revision { mut release, events, .. } = revision;
    if events.is_empty() {
        return Ok(release);
    }
    if !table::update(tx, &release).await? {
        return Err(StoreError::Conflict(format!("release {}", release.id)));
    }
    release.version += 1;
    tx.append_all(&events).await?;
    Ok(release)
}

/// Which releases a list shows.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// None = any.
    pub states: Vec<ReleaseState>,
    /// Touching this service.
    pub service: Option<ServiceId>,
    /// Of a customer or vendor: theirs, and nothing that is still being decided.
    pub organisation: Option<OrganisationId>,
}

/// Releases with numbers below `before`, the newest first.
pub(super) async fn page(
    sql: &mut dyn Sql,
    tenant: TenantId,
    filter: &Filter,
    before: i64,
    limit: i64,
) -> Result<Vec<Release>, StoreError> {
    let mut params = params![tenant, before, limit];
    let mut wheres = String::new();
    if !filter.states.is_empty() {
        wheres = format!(" AND state IN ({})", places(&mut params, filter.states.iter().copied()));
    }
    // One service is all of it: a customer or vendor asks by their own.
    let mut touched = Vec::new();
    if let Some(service) = filter.service {
        touched.push(format!("service_id = {}", places(&mut params, [service])));
    }
    if let Some(organisation) = filter.organisation {
        let place = places(&mut params, [organisation]);
        touched.push(format!("(organisation_id = {place} OR team_organisation_id = {place})"));
        let hidden = ReleaseState::ALL.iter().copied().filter(|state| !is_told(*state));
        wheres = format!("{wheres} AND state NOT IN ({})", places(&mut params, hidden));
    }
    if !touched.is_empty() {
        let touched = touched.join(" AND ");
        wheres = format!("{wheres} AND id IN (SELECT release_id FROM release_service WHERE tenant_id = $1 AND {touched})");
    }
    let text = format!("SELECT {COLUMNS} FROM release WHERE tenant_id = $1 AND number < $2{wheres} ORDER BY number DESC LIMIT $3");
    sql.rows(&text, params).await?.iter().map(release_of).collect()
}

/// Whether customers and vendors see releases in this state: those that are approved.
pub(crate) const fn is_told(state: ReleaseState) -> bool {
    !matches!(state, ReleaseState::Planned | ReleaseState::Built | ReleaseState::Cancelled)
}

/// Releases that have a stage with a time in `[from, to)` and are not cancelled, of this organisation when given, the newest
/// first; 1,000 at most are looked at.
pub(crate) async fn ahead_within(
    sql: &mut dyn Sql,
    tenant: TenantId,
    organisation: Option<OrganisationId>,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<Release>, StoreError> {
    let states = ReleaseState::ALL.iter().copied().filter(|state| *state != ReleaseState::Cancelled).collect();
    let mut found = page(sql, tenant, &Filter { states, service: None, organisation }, i64::MAX, 1_000).await?;
    let meets =
        |since: Option<Timestamp>, until: Option<Timestamp>| since.zip(until).is_some_and(|(since, until)| since < to && until > from);
    found.retain(|release| release.content.stages.iter().any(|stage| meets(stage.from, stage.to)));
    Ok(found)
}

/// The names of a release's stages, in their order; of those that were erased none is left out, it is empty.
pub(crate) async fn stage_names(sql: &mut dyn Sql, release: &Release) -> Result<Vec<String>, StoreError> {
    let digests: Vec<String> = release.content.stages.iter().map(|stage| stage.name.clone()).collect();
    let texts = ledger::texts(sql, &digests).await?;
    Ok(digests.iter().map(|digest| texts.get(digest).cloned().flatten().unwrap_or_default()).collect())
}

/// Releases that were verified or taken back in a time, the first first.
pub(super) async fn ended_between(
    sql: &mut dyn Sql,
    tenant: TenantId,
    from: Timestamp,
    to: Timestamp,
    limit: i64,
) -> Result<Vec<Release>, StoreError> {
    let text = format!(
        "SELECT {COLUMNS} FROM release WHERE tenant_id = $1 AND ended_at >= $2 AND ended_at < $3 ORDER BY ended_at, number LIMIT $4"
    );
    sql.rows(&text, params![tenant, from, to, limit]).await?.iter().map(release_of).collect()
}

/// Takes words away wherever rows of releases repeat them.
pub(crate) async fn erase_rows(tx: &mut Tx, tenant: TenantId, digest: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE release SET title = '' WHERE tenant_id = $1 AND title_digest = $2", params![tenant, digest]).await.map(|_| ())
}
