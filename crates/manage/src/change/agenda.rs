//! What comes up in the next meeting of the board.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Query, Refusals};
use evenkeel_core::state::{ChangeKind, ChangeState};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    detail::{ChangeVoteView, vote_views},
    model::Change,
    rules,
    store::{self, Filter},
    table,
    view::{ChangeView, views},
    vote,
    with::staff,
};
use crate::{
    Manage,
    party::{self, NameRef, PersonRef, Wanted, load_names},
};

/// The most items.
const ITEMS_MAX: i64 = 200;
/// Decisions so far back are in the minutes when nothing is said.
const BACK: SignedDuration = SignedDuration::from_hours(24);

/// Since when decisions are shown.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AgendaQuery {
    /// Decisions after this; the last 24 hours when not given.
    since: Option<Timestamp>,
}

/// A change that comes up, or came up.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AgendaItem {
    /// The change.
    change: ChangeView,
    /// The votes so far.
    votes: Vec<ChangeVoteView>,
    /// So many must say yes.
    quorum: i64,
    /// Whether you may vote on it.
    may_vote: bool,
}

/// The agenda.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Agenda {
    /// The board; null = the house has none, and one peer authorises.
    board: Option<NameRef>,
    /// Its members.
    members: Vec<PersonRef>,
    /// What is to be decided: the riskiest first, then the soonest.
    open: Vec<AgendaItem>,
    /// What was decided, the last first: what minutes are written from.
    decided: Vec<AgendaItem>,
}

/// What comes up in the next meeting, and what was decided since the last.
#[utoipa::path(get, path = "/api/v1/changes/agenda", operation_id = "change_agenda", tag = "change",
    params(AgendaQuery), responses((status = 200, body = Agenda), Refusals))]
pub(super) async fn change_agenda(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<AgendaQuery>,
) -> ApiResult<Json<Agenda>> {
    staff(&caller)?;
    let since = query.since.unwrap_or_else(|| manage.kit.now().saturating_sub(BACK).unwrap_or(Timestamp::MIN));
    let mut sql = manage.kit.db.read().await?;
    let rules = rules::current(&mut sql, caller.tenant).await?;
    let team = match rules.board {
        Some(board) => party::find_team(&mut sql, caller.tenant, board.team).await?,
        None => None,
    };
    let mut open = store::page(&mut sql, caller.tenant, &in_states(&[ChangeState::Authorise]), i64::MAX, ITEMS_MAX).await?;
    let begun = Filter {
        kind: Some(ChangeKind::Emergency),
        ..in_states(&[ChangeState::Implementing, ChangeState::Verifying, ChangeState::Review])
    };
    open.extend(store::page(&mut sql, caller.tenant, &begun, i64::MAX, ITEMS_MAX).await?.into_iter().filter(Change::is_voted_on));
    let risk = |change: &Change| change.judged.risk.as_ref().map_or(i64::MAX, |risk| risk.points);
    open.sort_by_key(|change| (std::cmp::Reverse(risk(change)), change.window.from, change.number));
    let mut decided = store::decided_since(&mut sql, caller.tenant, since, ITEMS_MAX).await?;
    decided.sort_by_key(|change| std::cmp::Reverse(change.decided_at));
    let mut wanted = Wanted::default();
    wanted.teams.extend(team.as_ref().map(|team| team.id));
    wanted.people.extend(team.iter().flat_map(|team| &team.members));
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    Ok(Json(Agenda {
        board: team.as_ref().map(|team| names.team(team.id)),
        members: team.iter().flat_map(|team| &team.members).map(|id| names.person(*id)).collect(),
        open: items(&mut sql, &caller, open).await?,
        decided: items(&mut sql, &caller, decided).await?,
    }))
}

fn in_states(states: &[ChangeState]) -> Filter {
    Filter { states: states.to_vec(), ..Filter::default() }
}

async fn items(sql: &mut dyn evenkeel_store::Sql, caller: &Caller, changes: Vec<Change>) -> ApiResult<Vec<AgendaItem>> {
    let mut items = Vec::with_capacity(changes.len());
    let shown = views(sql, caller, changes.clone()).await?;
    for (change, view) in changes.into_iter().zip(shown) {
        let votes = table::votes(sql, caller.tenant, change.id, change.round).await?;
        let electorate = vote::electorate(sql, &change).await?;
        let admitted = caller.person.is_some_and(|person| electorate.admits(person, change.author_id));
        items.push(AgendaItem {
            change: view,
            votes: vote_views(sql, caller, votes).await?,
            quorum: i64::try_from(electorate.quorum).unwrap_or(i64::MAX),
            may_vote: admitted && caller.may(Permission::ChangeAuthorise) && change.is_voted_on(),
        });
    }
    Ok(items)
}
