//! What waits for one person that is no ticket of theirs: an answer, a vote, a review, an article, a follow-up.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Refusals};
use evenkeel_core::id::PersonId;
use evenkeel_store::{Sql, StoreError};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Manage, change, follow_up, knowledge, request, review};

/// Counted up to here: whoever has a hundred has a hundred and more.
pub(crate) const COUNT_MAX: i64 = 100;
/// So many of a kind are shown, the first due first.
const SHOWN_MAX: usize = 20;

/// What somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WaitingKind)]
pub(crate) enum Kind {
    /// Whether a request is approved.
    Approval,
    /// A vote on a change.
    Vote,
    /// A review of an incident that is to be written.
    Review,
    /// An article that is to be looked through.
    Article,
    /// What was agreed, to be done within the week.
    FollowUp,
    /// What was done, to be verified.
    Verification,
}

/// Where something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WaitingPlace)]
pub(crate) enum At {
    /// On a request.
    Request,
    /// On a change.
    Change,
    /// On a review.
    Review,
    /// On an article.
    Article,
    /// On a problem.
    Problem,
}

/// One thing that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = WaitingItem)]
pub(crate) struct Waits {
    /// Where it is done.
    pub at: At,
    /// The id of that.
    #[schema(format = "uuid")]
    pub id: String,
    /// Its short number.
    pub number: i64,
    /// What it is about; empty when it was erased.
    pub title: String,
    /// Until when; null = no day was said.
    pub due_at: Option<Timestamp>,
}

/// Everything of one kind that waits.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WaitingGroup)]
pub(super) struct Group {
    kind: Kind,
    /// How many, counted up to 100.
    count: usize,
    /// The first due of them, at most 20.
    items: Vec<Waits>,
}

/// The first due first; what is never due last.
fn group(kind: Kind, mut items: Vec<Waits>) -> Option<Group> {
    let count = items.len();
    items.sort_by_key(|one| (one.due_at.is_none(), one.due_at, one.number));
    items.truncate(SHOWN_MAX);
    (count > 0).then_some(Group { kind, count, items })
}

async fn of_kind(sql: &mut dyn Sql, caller: &Caller, me: PersonId, now: Timestamp, kind: Kind) -> Result<Vec<Waits>, StoreError> {
    match kind {
        Kind::Approval => request::waiting(sql, caller, me).await,
        Kind::Vote => change::waiting(sql, caller, me).await,
        Kind::Review => review::waiting(sql, caller, me).await,
        Kind::Article => knowledge::waiting(sql, caller, me, now).await,
        Kind::FollowUp => follow_up::waiting(sql, caller, me, now).await,
        Kind::Verification => follow_up::to_verify(sql, caller, me).await,
    }
}

/// What waits for whoever asks and is no ticket: each kind with how many there are and which are due first. A kind that one
/// may not see, or of which nothing waits, is not among them.
#[utoipa::path(get, path = "/api/v1/desk/waiting", operation_id = "desk_waiting", tag = "desk",
    responses((status = 200, body = Vec<Group>), Refusals))]
pub(super) async fn desk_waiting(State(manage): State<Manage>, caller: Caller) -> ApiResult<Json<Vec<Group>>> {
    caller.require(Permission::IncidentNoteInternal)?;
    let Some(me) = caller.person else { return Ok(Json(Vec::new())) };
    let now = manage.kit.now();
    let mut sql = manage.kit.db.read().await?;
    let mut groups = Vec::new();
    for (kind, permission) in [
        (Kind::Approval, Permission::RequestApprove),
        (Kind::Vote, Permission::ChangeAuthorise),
        (Kind::Review, Permission::ReviewRead),
        (Kind::Article, Permission::KnowledgeWrite),
        (Kind::FollowUp, Permission::FollowUpRead),
        (Kind::Verification, Permission::FollowUpRead),
    ] {
        if caller.may(permission) {
            groups.extend(group(kind, of_kind(&mut sql, &caller, me, now, kind).await?));
        }
    }
    Ok(Json(groups))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_first_due_comes_first_and_what_is_never_due_last() {
        let one = |number, due: Option<&str>| Waits {
            at: At::Change,
            id: String::new(),
            number,
            title: String::new(),
            due_at: due.map(|at| at.parse().unwrap()),
        };
        let all = vec![one(1, None), one(2, Some("2026-05-02T00:00:00Z")), one(3, Some("2026-05-01T00:00:00Z"))];
        let group = group(Kind::Vote, all).unwrap();
        assert_eq!((group.count, group.items.iter().map(|item| item.number).collect::<Vec<_>>()), (3, vec![3, 2, 1]));
        assert!(super::group(Kind::Vote, Vec::new()).is_none());
    }
}
