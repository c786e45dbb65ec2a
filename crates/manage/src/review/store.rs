//! Reading and writing reviews. Every write is a row and its events in the caller's transaction.

use evenkeel_api::{ApiResult, Authorised, Caller, IfMatch, Permission, Problem as Answer};
use evenkeel_core::{
    event::{
        Body, NewEvent,
        review::{Edit, ReviewEdited, ReviewTransitioned},
    },
    id::{IncidentId, ReviewId, TenantId},
    state::ReviewState,
};
use evenkeel_store::{Sql, StoreError, Tx, params, places};

use super::{
    machine::{ReviewMachine, Step},
    model::Review,
    table::{self, COLUMNS, review_of},
};
use crate::{
    Act, Manage,
    ticket::{act, machine},
};

/// A review on its way to its next version.
#[derive(Debug)]
pub(super) struct Revision {
    pub review: Review,
    pub act: Act,
    events: Vec<NewEvent>,
}

impl Revision {
    pub fn of(review: Authorised<Review>, act: Act) -> Self {
        Self { review: review.into_inner(), act, events: Vec::new() }
    }

    /// The beginning of one by this caller, in a transaction of its own.
    pub async fn begin(manage: &Manage, caller: &Caller, id: ReviewId, if_match: &IfMatch) -> ApiResult<(Tx, Self)> {
        let mut tx = manage.kit.db.write().await?;
        let found = find_held(&mut tx, caller.tenant, id).await?.ok_or_else(|| Answer::not_found("review", id))?;
        let found = caller.authorise(Permission::ReviewWrite, &[found.organisation_id], ("review", id), found)?;
        if_match.check(found.version)?;
        Ok((tx, Self::of(found, act(manage, caller))))
    }

    pub fn record<B: Body>(&mut self, body: &B) -> Result<(), StoreError> {
        self.events.push(self.act.event(self.review.id, body)?);
        Ok(())
    }

    /// Takes an edit.
    pub fn edit(&mut self, edit: Edit) -> Result<(), StoreError> {
        self.review.content.apply(edit.clone());
        self.record(&ReviewEdited { edit })
    }

    /// Takes a step: the row's state and one event an edge; `text` is the digest of why.
    ///
    /// # Errors
    /// A refusal that names the steps that are allowed.
    pub fn step(&mut self, step: Step, mut text: Option<String>) -> Result<(), StoreError> {
        for to in machine::path::<ReviewMachine>(self.review.state, step)? {
            let from = std::mem::replace(&mut self.review.state, *to);
            if step == Step::Reopen {
                self.review.edition += 1;
            }
            self.record(&ReviewTransitioned { from, to: *to, edition: self.review.edition, text: text.take() })?;
        }
        Ok(())
    }
}

/// The review, when there is one.
pub(super) async fn find(sql: &mut dyn Sql, tenant: TenantId, id: ReviewId) -> Result<Option<Review>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM review WHERE tenant_id = $1 AND id = $2");
    sql.row(&text, params![tenant, id]).await?.as_ref().map(review_of).transpose()
}

/// The review, held for this transaction.
pub(crate) async fn find_held(tx: &mut Tx, tenant: TenantId, id: ReviewId) -> Result<Option<Review>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM review WHERE tenant_id = $1 AND id = $2{}", tx.dialect().for_update());
    tx.row(&text, params![tenant, id]).await?.as_ref().map(review_of).transpose()
}

/// Whether an incident has one.
pub(super) async fn is_there(sql: &mut dyn Sql, tenant: TenantId, incident: IncidentId) -> Result<bool, StoreError> {
    let text = "SELECT id FROM review WHERE tenant_id = $1 AND incident_id = $2";
    Ok(sql.row(text, params![tenant, incident]).await?.is_some())
}

/// Writes a change. One that says nothing writes nothing.
///
/// # Errors
/// [`StoreError::Conflict`] when another writer was first.
pub(super) async fn save(tx: &mut Tx, revision: Revision) -> Result<Review, StoreError> {
    let Revision { mut review, events, .. } = revision;
    if events.is_empty() {
        return Ok(review);
    }
    if !table::update(tx, &review).await? {
        return Err(StoreError::Conflict(format!("review {}", review.id)));
    }
    review.version += 1;
    for event in &events {
        tx.append(event).await?;
    }
    Ok(review)
}

/// Reviews with numbers below `before`, in one of these states (none = any), of this incident when given; the newest first.
pub(super) async fn page(
    sql: &mut dyn Sql,
    tenant: TenantId,
    states: &[ReviewState],
    incident: Option<IncidentId>,
    before: i64,
    limit: i64,
) -> Result<Vec<Review>, StoreError> {
    let mut params = params![tenant, before, limit];
    let mut filter = String::new();
    if !states.is_empty() {
        filter = format!(" AND state IN ({})", places(&mut params, states.iter().copied()));
    }
    if let Some(incident) = incident {
        filter = format!("{filter} AND incident_id = {}", places(&mut params, [incident]));
    }
    let text = format!("SELECT {COLUMNS} FROM review WHERE tenant_id = $1 AND number < $2{filter} ORDER BY number DESC LIMIT $3");
    sql.rows(&text, params).await?.iter().map(review_of).collect()
}
