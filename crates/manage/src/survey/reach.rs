//! Who sees a survey's figures and answers. What one side says of the other only those two see, and whoever answers for the house.

use evenkeel_api::{Caller, Permission, Role, Scope};
use evenkeel_core::id::TeamId;
use evenkeel_store::{Sql, StoreError};

use super::definition::{Side, SurveyDefinition, Trigger};
use crate::party;

/// The teams one belongs to.
pub(super) async fn teams(sql: &mut dyn Sql, caller: &Caller) -> Result<Vec<TeamId>, StoreError> {
    let Some(person) = caller.person else { return Ok(Vec::new()) };
    let all = party::list_teams(sql, caller.tenant, None, "", 10_000).await?;
    Ok(all.into_iter().filter(|team| team.members.contains(&person)).map(|team| team.id).collect())
}

/// Whether this caller, of these teams, sees it.
pub(super) fn sees(caller: &Caller, teams: &[TeamId], survey: &SurveyDefinition) -> bool {
    let Ok(scope) = caller.scope(Permission::SurveyRead) else { return false };
    let Trigger::MonthEnd(mutual) = &survey.trigger else { return scope == Scope::All };
    let manages = caller.roles.contains(&Role::Admin) || caller.roles.contains(&Role::ServiceManager);
    let is = |side: Side| match side {
        Side::Team(id) => teams.contains(&id),
        Side::Organisation(id) => caller.organisation == Some(id),
    };
    manages || is(mutual.by) || is(mutual.about)
}
