//! Writes what was taken and is no definition of its own: routes beside those that there are, weekly silences, ways of members, and who
//! runs a service.

use evenkeel_api::{Grant, Permission};
use evenkeel_core::{
    Actor, ErrorCode, Failure,
    definition::ServiceDefinition,
    event::manage::Window,
    id::{PersonId, SilenceId, TeamId, TenantId},
    priority::Priority,
    time,
};
use evenkeel_manage::{Act, definition as versions, service, silence};
use evenkeel_observe::contact::{self, NewMethod};
use evenkeel_store::{Db, StoreError, Tx};
use jiff::SignedDuration;

use super::{
    convert::{Converted, Quiet},
    receiver::Way,
};
use crate::{
    definition::{self, Notification, RULE_ALERTS, routing},
    port::ManageDirectory,
};

/// For how long the silences recur: the longest that one may.
const FOR: SignedDuration = SignedDuration::from_hours(5 * 365 * 24);

/// What must be known before anything is written: that the services are declared, and how messages leave.
///
/// # Errors
/// A failure that names a service that is not declared; else of the store.
pub(super) async fn ready(db: &Db, tenant: TenantId, converted: &Converted) -> Result<Option<Notification>, StoreError> {
    let mut sql = db.read().await?;
    for name in converted.routes.iter().map(|route| &route.service).chain(&converted.default_service) {
        if service::find_by_name(&mut sql, tenant, name).await?.is_none() {
            let what = format!("there is no service {name:?}: declare it, or name another with --service");
            return Err(Failure::new(ErrorCode::Invalid, what).into());
        }
    }
    definition::notification(&mut sql, tenant).await
}

/// Writes it in one transaction; answers how many things changed. Again changes nothing but until when the silences recur.
///
/// # Errors
/// A failure when an address cannot be read or is none; else of the store.
pub(super) async fn take(db: &Db, tenant: TenantId, converted: &Converted) -> Result<usize, StoreError> {
    let mut tx = db.write().await?;
    let act = Act { tenant, actor: Actor::system("import"), at: tx.now(), source: "import" };
    let mut wanted = routing(&mut tx, tenant).await?;
    let new = converted.routes.iter().filter(|route| !wanted.routes.contains(route)).cloned().collect::<Vec<_>>();
    wanted.routes.extend(new);
    if let Some(service) = &converted.default_service {
        wanted.default_service = Some(service.clone());
    }
    let mut changed = 0;
    if !converted.routes.is_empty() || converted.default_service.is_some() {
        changed += usize::from(versions::put(&mut tx, &act, RULE_ALERTS, RULE_ALERTS, RULE_ALERTS, &wanted).await?.changed);
    }
    for quiet in &converted.quiet {
        silence::set(&mut tx, &Grant::system(Permission::SilenceWrite), &act, id(quiet), new_silence(quiet, &act)?).await?;
        changed += 1;
    }
    for way in &converted.receivers.ways {
        changed += usize::from(reach(&mut tx, tenant, way).await?);
    }
    for (name, team) in &converted.run_by {
        if let Some(found) = service::find_by_name(&mut tx, tenant, name).await? {
            let definition = ServiceDefinition { team: TeamId::named(team), ..found.definition };
            let grant = Grant::system(Permission::DefinitionWrite);
            changed += usize::from(service::put_service(&mut tx, &grant, &act, name, &definition).await?.1.changed);
        }
    }
    tx.commit().await?;
    Ok(changed)
}

/// Gives a member its way, unless it has it; answers whether it had not.
async fn reach(tx: &mut Tx, tenant: TenantId, way: &Way) -> Result<bool, StoreError> {
    let (person, directory) = (PersonId::named(&way.person), ManageDirectory { public_url: String::new(), blobs: None });
    let address = way.address.read()?.trim().to_owned();
    let standing = contact::methods(tx, &directory, tenant, person).await?;
    if standing.iter().any(|method| method.channel == way.gateway && method.address == address) {
        return Ok(false);
    }
    let new = NewMethod { id: None, channel: way.gateway.clone(), address, place: 1, up_to: Priority::ALL[4] };
    contact::set_methods(tx, &directory, tenant, person, &[new]).await?;
    Ok(true)
}

/// The same silence however often the file is imported.
fn id(quiet: &Quiet) -> SilenceId {
    let matchers: Vec<String> = quiet.matchers.iter().map(ToString::to_string).collect();
    SilenceId::named(&format!("alertmanager {} {}", quiet.name, matchers.join(",")))
}

fn new_silence(quiet: &Quiet, act: &Act) -> Result<silence::New, StoreError> {
    let from = time::truncate(act.at);
    let to = from.checked_add(FOR).map_err(|error| StoreError::Defect(error.to_string()))?;
    let recurring = silence::Recurrence { weekly: quiet.week.windows(), zone: quiet.week.zone().to_owned() };
    Ok(silence::New {
        matchers: quiet.matchers.clone(),
        span: Window { from, to },
        recurring: Some(recurring),
        author_id: None,
        author: "evenkeel import alertmanager".to_owned(),
        comment: quiet.name.clone(),
    })
}
