//! The changes that wait for one person's vote.

use evenkeel_api::Caller;
use evenkeel_core::{
    id::{ChangeId, PersonId},
    state::{ChangeKind, ChangeState},
    title,
};
use evenkeel_store::{Sql, StoreError};

use super::{
    authority::Authority,
    model::Change,
    rules,
    store::{self, Filter},
    table,
};
use crate::desk::waiting::{At, COUNT_MAX, Waits};

/// Those that this person may vote on and has not.
pub(crate) async fn waiting(sql: &mut dyn Sql, caller: &Caller, me: PersonId) -> Result<Vec<Waits>, StoreError> {
    let ahead = Filter { states: vec![ChangeState::Authorise], ..Filter::default() };
    let begun = Filter {
        kind: Some(ChangeKind::Emergency),
        states: vec![ChangeState::Implementing, ChangeState::Verifying, ChangeState::Review],
        ..Filter::default()
    };
    let mut open = store::page(sql, caller.tenant, &ahead, i64::MAX, COUNT_MAX).await?;
    open.extend(store::page(sql, caller.tenant, &begun, i64::MAX, COUNT_MAX).await?.into_iter().filter(Change::is_voted_on));
    let rules = rules::current(sql, caller.tenant).await?;
    let board = rules::electorate(sql, caller.tenant, &rules, Authority::Board).await?;
    let peers = rules::electorate(sql, caller.tenant, &rules, Authority::Peer).await?;
    let ids: Vec<ChangeId> = open.iter().map(|change| change.id).collect();
    let voted = table::voted(sql, caller.tenant, me, &ids).await?;
    let mut waits = Vec::new();
    for change in open {
        let electorate = if change.authority.unwrap_or(Authority::Board) == Authority::Board { &board } else { &peers };
        if me == change.author_id || !electorate.admits(me, change.author_id) {
            continue;
        }
        if voted.contains(&(change.id, change.round)) {
            continue;
        }
        waits.push(Waits {
            at: At::Change,
            id: change.id.to_string(),
            number: change.number,
            title: title::in_language(&change.title, caller.language).to_owned(),
            due_at: Some(change.due_at.unwrap_or(change.window.from)),
        });
    }
    Ok(waits)
}
