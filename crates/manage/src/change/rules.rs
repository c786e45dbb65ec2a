//! What the house decided about changes: its board, and the deadline of emergencies.

use evenkeel_api::Grant;
use evenkeel_core::id::{TeamId, TenantId};
use evenkeel_store::{Sql, StoreError, Tx};
use serde::{Deserialize, Serialize};

use super::authority::{Authority, Electorate};
use crate::{
    Act,
    definition::{self, Put},
    party, refuse,
};

/// The word in `definition.put`.
pub const KIND: &str = "change_rules";
/// The one name.
pub const NAME: &str = "changes";

/// The board that authorises changes (CAB).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// Its members are the team's.
    pub team: TeamId,
    /// So many must say yes.
    pub quorum: u8,
}

/// Rules of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRules {
    /// Who authorises; none = one peer, for a house that has no board.
    pub board: Option<Board>,
    /// An emergency is authorised at the latest so many hours after it began.
    pub afterwards_hours: i64,
    /// A template of which the last so many changes were not successful is said to have lost its standing.
    pub failures_in_a_row: i64,
}

impl Default for ChangeRules {
    fn default() -> Self {
        Self { board: None, afterwards_hours: 24, failures_in_a_row: 3 }
    }
}

/// Puts the rules in force.
///
/// # Errors
/// A refusal that names what cannot be.
pub async fn put(tx: &mut Tx, _grant: &Grant, act: &Act, rules: &ChangeRules) -> Result<Put, StoreError> {
    if !(1..=24 * 30).contains(&rules.afterwards_hours) {
        return Err(refuse::invalid("/afterwards_hours", "write 1 to 720 hours").into());
    }
    if !(1..=20).contains(&rules.failures_in_a_row) {
        return Err(refuse::invalid("/failures_in_a_row", "write 1 to 20").into());
    }
    if let Some(board) = rules.board {
        let team =
            party::find_team(tx, act.tenant, board.team).await?.ok_or_else(|| refuse::dangling(KIND, NAME, "/board/team", board.team))?;
        // One more than the quorum: whoever wrote a change does not vote on it.
        if board.quorum == 0 || usize::from(board.quorum) > team.members.len() {
            let wrong = format!("{} must say yes, but the team has {} members", board.quorum, team.members.len());
            return Err(refuse::invalid("/board/quorum", wrong).into());
        }
    }
    definition::put(tx, act, KIND, NAME, NAME, rules).await
}

/// The rules in force.
pub(super) async fn current(sql: &mut dyn Sql, tenant: TenantId) -> Result<ChangeRules, StoreError> {
    let found = definition::current::<ChangeRules>(sql, tenant, KIND, NAME).await?;
    Ok(found.map(|found| found.body).unwrap_or_default())
}

/// Who votes when `authority` is asked.
pub(super) async fn electorate(
    sql: &mut dyn Sql,
    tenant: TenantId,
    rules: &ChangeRules,
    authority: Authority,
) -> Result<Electorate, StoreError> {
    let peers = Electorate { members: None, quorum: 1 };
    match (authority, rules.board) {
        (Authority::Board, Some(board)) => Ok(match party::find_team(sql, tenant, board.team).await? {
            Some(team) => Electorate { members: Some(team.members), quorum: usize::from(board.quorum) },
            None => peers,
        }),
        (Authority::Board | Authority::Peer | Authority::Template, _) => Ok(peers),
    }
}
