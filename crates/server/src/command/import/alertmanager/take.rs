//! Writes what was taken: routes beside those that there are, and weekly silences.

use evenkeel_api::{Grant, Permission};
use evenkeel_core::{
    Actor, ErrorCode, Failure,
    event::manage::Window,
    id::{SilenceId, TenantId},
    time,
};
use evenkeel_manage::{Act, definition as versions, service, silence};
use evenkeel_store::{Db, StoreError};
use jiff::SignedDuration;

use super::convert::{Converted, Quiet};
use crate::definition::{RULE_ALERTS, routing};

/// For how long the silences recur: the longest that one may.
const FOR: SignedDuration = SignedDuration::from_hours(5 * 365 * 24);

/// Writes it in one transaction; answers how many things changed. Again changes nothing but until when the silences recur.
///
/// # Errors
/// A failure that names a service that is not declared; else of the store.
pub(super) async fn take(db: &Db, tenant: TenantId, converted: &Converted) -> Result<usize, StoreError> {
    let mut tx = db.write().await?;
    let act = Act { tenant, actor: Actor::system("import"), at: tx.now(), source: "import" };
    let mut wanted = routing(&mut tx, tenant).await?;
    for name in converted.routes.iter().map(|route| &route.service).chain(&converted.default_service) {
        if service::find_by_name(&mut tx, tenant, name).await?.is_none() {
            let what = format!("there is no service {name:?}: declare it, or name another with --service");
            return Err(Failure::new(ErrorCode::Invalid, what).into());
        }
    }
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
    tx.commit().await?;
    Ok(changed)
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
