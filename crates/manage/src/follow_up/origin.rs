//! What a follow-up follows from, looked up as somebody who may add to it.

use evenkeel_api::{ApiResult, Authorised, Caller, Permission, Problem as Answer};
use evenkeel_core::{
    ErrorCode, Failure, Id,
    event::follow_up::FollowUpOf,
    id::{Kind, OrganisationId, ServiceId},
    state::{FollowUpOrigin, ProblemState},
};
use evenkeel_store::Tx;

use crate::{problem, refuse, review};

/// What a follow-up follows from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    pub number: i64,
    pub service_id: ServiceId,
    pub organisation_id: Option<OrganisationId>,
}

fn id_of<K: Kind>(text: &str) -> Result<Id<K>, Failure> {
    text.parse().map_err(|_| refuse::invalid("/of/id", format!("{text:?} is no {}'s id", K::NAME)))
}

/// What it follows from, held for this transaction, when the caller may add to it and it takes more.
pub(super) async fn hold(tx: &mut Tx, caller: &Caller, of: &FollowUpOf) -> ApiResult<Authorised<Origin>> {
    match of.kind {
        FollowUpOrigin::Problem => {
            caller.require(Permission::ProblemWrite)?;
            if of.factor_id.is_some() {
                return Err(refuse::invalid("/of/factor_id", "factors are of reviews; a problem has none").into());
            }
            let id = id_of(&of.id)?;
            let found = problem::find_held(tx, caller.tenant, id).await?.ok_or_else(|| Answer::not_found("problem", id))?;
            if found.state == ProblemState::Closed {
                return Err(Failure::new(ErrorCode::StateRefused, "a problem that is closed takes no more follow-ups").at("/state").into());
            }
            let origin = Origin { number: found.number, service_id: found.service_id, organisation_id: found.organisation_id };
            caller.authorise(Permission::ProblemWrite, &[found.organisation_id], (of.kind.as_str(), id.to_string()), origin)
        }
        FollowUpOrigin::Review => {
            caller.require(Permission::ReviewWrite)?;
            let id = id_of(&of.id)?;
            let found = review::find_held(tx, caller.tenant, id).await?.ok_or_else(|| Answer::not_found("review", id))?;
            if let Some(factor) = of.factor_id
                && found.content.factors.iter().all(|known| known.id != factor)
            {
                return Err(Answer::not_found("factor", factor));
            }
            let origin = Origin { number: found.number, service_id: found.service_id, organisation_id: found.organisation_id };
            caller.authorise(Permission::ReviewWrite, &[found.organisation_id], (of.kind.as_str(), id.to_string()), origin)
        }
    }
}
