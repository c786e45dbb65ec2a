//! Who is asked: from words of the item to people.

use evenkeel_core::id::PersonId;
use evenkeel_store::{StoreError, Tx};

use crate::{
    catalogue::{ApprovalStep, Approver},
    party,
    request::model::Request,
    service,
};

/// The people of one level.
pub(super) struct Level {
    /// Which: 0 = who is asked first.
    pub place: usize,
    /// Who.
    pub people: Vec<PersonId>,
    /// How many of them must say yes: never more than there are.
    pub quorum: i64,
}

/// The first level from `from` on at which somebody can answer who was not asked before.
///
/// The requester is not asked about a request of their own. When nobody at all is left at the first call, the owner of the
/// service is asked, whoever they are: a request that nobody can answer would wait for ever.
pub(super) async fn level(
    tx: &mut Tx,
    request: &Request,
    step: &ApprovalStep,
    from: usize,
    before: &[PersonId],
) -> Result<Option<Level>, StoreError> {
    for (level, approver) in step.chain().enumerate().skip(from) {
        let (candidates, quorum) = candidates(tx, request, approver).await?;
        let mut people = Vec::with_capacity(candidates.len());
        for id in candidates {
            let new = id != request.requester_id && !before.contains(&id) && !people.contains(&id);
            if new && party::find_person(tx, request.tenant, id).await?.is_some_and(|person| person.definition.active) {
                people.push(id);
            }
        }
        if !people.is_empty() {
            let quorum = quorum.min(i64::try_from(people.len()).unwrap_or(i64::MAX));
            return Ok(Some(Level { place: level, people, quorum }));
        }
    }
    if from > 0 {
        return Ok(None);
    }
    let owner = owner(tx, request).await?;
    Ok(owner.map(|owner| Level { place: step.chain().count(), people: vec![owner], quorum: 1 }))
}

async fn candidates(tx: &mut Tx, request: &Request, approver: Approver) -> Result<(Vec<PersonId>, i64), StoreError> {
    Ok(match approver {
        Approver::ServiceOwner => (owner(tx, request).await?.into_iter().collect(), 1),
        Approver::LineManager => {
            let requester = party::find_person(tx, request.tenant, request.requester_id).await?;
            (requester.and_then(|person| person.definition.manager).into_iter().collect(), 1)
        }
        Approver::Person(id) => (vec![id], 1),
        Approver::Team(quorum) => {
            let team = party::find_team(tx, request.tenant, quorum.team).await?;
            (team.map(|team| team.members).unwrap_or_default(), i64::from(quorum.quorum))
        }
    })
}

async fn owner(tx: &mut Tx, request: &Request) -> Result<Option<PersonId>, StoreError> {
    Ok(service::find(tx, request.tenant, request.service_id).await?.map(|service| service.definition.owner))
}
