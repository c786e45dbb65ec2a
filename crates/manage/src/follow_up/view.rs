//! How a follow-up looks from outside.

use evenkeel_api::{Caller, Permission};
use evenkeel_core::{
    id::{FactorId, FollowUpId},
    state::FollowUpOrigin,
};
use evenkeel_store::{Sql, StoreError};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use utoipa::ToSchema;

use super::{model::FollowUp, store};
use crate::party::{PersonRef, Wanted, load_names};

/// What a follow-up follows from.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FollowUpOfView {
    /// A problem or a review.
    pub kind: FollowUpOrigin,
    /// Its id.
    pub id: String,
    /// Its short number.
    pub number: i64,
    /// The contributing factor of the review that it answers.
    pub factor_id: Option<FactorId>,
}

/// Something that must be done so that a trouble does not come back.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FollowUp)]
pub(crate) struct FollowUpView {
    /// Which.
    pub id: FollowUpId,
    /// From what it follows.
    pub of: FollowUpOfView,
    /// What is to be done; empty when it was erased.
    pub text: String,
    /// Who does it.
    pub owner: PersonRef,
    /// Until when.
    #[schema(value_type = String, format = Date)]
    pub due_on: Date,
    /// Whether that day is over and it is not verified.
    pub overdue: bool,
    /// Who says that it is done indeed.
    pub verifier: PersonRef,
    /// When it was said to be done.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub done_at: Option<Timestamp>,
    /// When its verifier agreed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub verified_at: Option<Timestamp>,
    /// Send it as `If-Match`.
    pub version: i64,
    /// The steps that you may take now: `done`, `verify`.
    pub allowed: Vec<String>,
}

/// What a caller may do with it now.
fn allowed(caller: &Caller, found: &FollowUp) -> Option<&'static str> {
    let verifies = caller.person == Some(found.verifier_id);
    match (found.done_at, found.verified_at) {
        _ if !caller.may(Permission::FollowUpWrite) => None,
        (None, _) => (!verifies).then_some("done"),
        (Some(_), None) => verifies.then_some("verify"),
        (Some(_), Some(_)) => None,
    }
}

/// How they look to this caller, in the same order.
pub(super) async fn views(sql: &mut dyn Sql, caller: &Caller, now: Timestamp, all: Vec<FollowUp>) -> Result<Vec<FollowUpView>, StoreError> {
    let mut wanted = Wanted::default();
    wanted.people.extend(all.iter().flat_map(|one| [one.owner_id, one.verifier_id]));
    let names = load_names(sql, caller.tenant, &wanted).await?;
    Ok(all
        .into_iter()
        .map(|one| FollowUpView {
            id: one.id,
            text: one.text.clone(),
            owner: names.person(one.owner_id),
            due_on: one.due_on,
            overdue: one.is_overdue(now),
            verifier: names.person(one.verifier_id),
            done_at: one.done_at,
            verified_at: one.verified_at,
            version: one.version,
            allowed: allowed(caller, &one).into_iter().map(ToOwned::to_owned).collect(),
            of: FollowUpOfView { kind: one.of.kind, id: one.of.id, number: one.of_number, factor_id: one.of.factor_id },
        })
        .collect())
}

/// How one looks to this caller.
pub(super) async fn view(tx: &mut evenkeel_store::Tx, caller: &Caller, one: FollowUp) -> Result<FollowUpView, StoreError> {
    let (id, now) = (one.id, tx.now());
    views(tx, caller, now, vec![one]).await?.pop().ok_or_else(|| StoreError::Defect(format!("follow-up {id} was not shown")))
}

/// What follows from a problem or review, as this caller sees it, the first due first.
pub(crate) async fn following(
    sql: &mut dyn Sql,
    caller: &Caller,
    now: Timestamp,
    origin: FollowUpOrigin,
    id: &str,
) -> Result<Vec<FollowUpView>, StoreError> {
    let found = store::of(sql, caller.tenant, origin, id).await?;
    views(sql, caller, now, found).await
}
