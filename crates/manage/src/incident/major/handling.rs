//! What every request that changes how a major incident is handled has in common. The incident's version is the one that
//! counts: whoever acts on what they have not seen is refused.

use evenkeel_api::{ApiResult, Caller, IfMatch, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::major::MajorTransitioned,
    id::{IncidentId, PersonId},
};
use evenkeel_store::{StoreError, Tx};

use super::{
    machine::{MajorMachine, Step},
    model::{Major, Member},
    table, update,
    view::{MajorView, view},
};
use crate::{
    Manage,
    incident::{change::Change, request, store},
    ticket::machine,
};

/// A change of an incident, and of how it is handled as a major one.
pub(super) struct Handling {
    pub tx: Tx,
    pub change: Change,
    pub major: Major,
}

impl Handling {
    /// Begins one on an incident that is handled as a major one.
    ///
    /// # Errors
    /// A refusal when it is not.
    pub(super) async fn begin(manage: &Manage, caller: &Caller, id: IncidentId, if_match: &IfMatch) -> ApiResult<Self> {
        let (mut tx, change) = request::begin(manage, caller, id, if_match).await?;
        let major = table::find(&mut tx, caller.tenant, id).await?.ok_or_else(|| {
            Failure::new(ErrorCode::StateRefused, "nobody handles this incident as a major one; declare it first")
                .at("/state")
                .allowed(["declare"])
        })?;
        Ok(Self { tx, change, major })
    }

    /// Takes a step: one event an edge; `text` is the digest of what was said with it.
    ///
    /// # Errors
    /// A refusal that names the steps that are allowed.
    pub(super) fn step(&mut self, step: Step, mut text: Option<String>) -> Result<(), StoreError> {
        let at = self.change.act.at;
        for to in machine::path::<MajorMachine>(self.major.state, step)? {
            self.change.record(&MajorTransitioned { from: Some(self.major.state), to: *to, text: text.take() })?;
            self.major.enter(*to, at);
        }
        Ok(())
    }

    /// Those who handle it, and the one who is `person`, new when they are not among them.
    pub(super) async fn member(&mut self, person: PersonId) -> Result<(Vec<Member>, Member), StoreError> {
        let members = table::members(&mut self.tx, self.major.tenant, self.major.incident_id).await?;
        let found = members.iter().find(|member| member.person_id == person).cloned();
        Ok((members, found.unwrap_or(Member { person_id: person, role: None, joined_at: None, left_at: None })))
    }

    /// Writes it and answers how it is handled then.
    pub(super) async fn finish(mut self, caller: &Caller) -> ApiResult<Tagged<MajorView>> {
        table::put(&mut self.tx, &self.major).await?;
        update::schedule(&mut self.tx, &self.major).await?;
        let incident = store::save(&mut self.tx, self.change).await?;
        let body = view(&mut self.tx, caller, &incident, self.major).await?;
        self.tx.commit().await?;
        Ok(Tagged { version: body.version, body })
    }
}
