//! Its review is published: what was learned is written down there.

use evenkeel_api::{Authorised, Permission};
use evenkeel_core::{
    event::major::MajorTransitioned,
    id::{IncidentId, PersonId, TenantId},
    state::{MajorRole, MajorState},
};
use evenkeel_store::{Sql, StoreError, Tx};

use super::{
    machine::{MajorMachine, Step},
    table,
};
use crate::{
    Act,
    incident::{change::Change, store},
    ticket::machine,
};

/// Who decides in a major incident, when it is one and somebody does.
pub(crate) async fn commander(sql: &mut dyn Sql, tenant: TenantId, incident: IncidentId) -> Result<Option<PersonId>, StoreError> {
    let members = table::members(sql, tenant, incident).await?;
    Ok(members.into_iter().find(|member| member.role == Some(MajorRole::Commander)).map(|member| member.person_id))
}

/// A major incident that is verified is reviewed from here on; any other is left as it is.
pub(crate) async fn reviewed(tx: &mut Tx, act: &Act, incident: IncidentId) -> Result<(), StoreError> {
    let Some(found) = store::find_held(tx, act.tenant, incident).await? else { return Ok(()) };
    let Some(mut major) = table::find(tx, act.tenant, incident).await?.filter(|major| major.state == MajorState::Verified) else {
        return Ok(());
    };
    let mut change = Change::of(Authorised::system(Permission::IncidentWrite, found), act.clone());
    for to in machine::path::<MajorMachine>(major.state, Step::Review)? {
        change.record(&MajorTransitioned { from: Some(major.state), to: *to, text: None })?;
        major.enter(*to, act.at);
    }
    table::put(tx, &major).await?;
    store::save(tx, change).await.map(|_| ())
}
