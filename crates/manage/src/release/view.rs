//! How a release looks from outside. Customers and vendors see that there is one and what their users are told of it; how it is
//! made, carried and rolled out is the provider's own.

use evenkeel_api::{Caller, Permission};
use evenkeel_core::{
    id::{OrganisationId, ReleaseId},
    state::ReleaseState,
};
use evenkeel_store::{Sql, StoreError};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    machine::{ReleaseMachine, Step},
    model::Release,
};
use crate::{
    change::Touched,
    party::{NameRef, Names, PersonRef, Wanted, load_names},
    ticket::machine::{self, Machine as _},
};

/// A release.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Release)]
pub(super) struct ReleaseView {
    /// Its id.
    pub id: ReleaseId,
    /// The short number: REL-1001 is 1001.
    pub number: i64,
    /// The version that people speak of.
    pub name: String,
    /// What it brings; empty when it was erased.
    pub title: String,
    /// Where it stands.
    pub state: ReleaseState,
    /// The services it touches; of others' only that there is one is not told either.
    pub services: Vec<NameRef>,
    /// Who planned it; null for customers and vendors.
    pub author: Option<PersonRef>,
    /// Who built it.
    pub builder: Option<PersonRef>,
    /// Who approved it.
    pub approver: Option<PersonRef>,
    /// So many changes are in it; null for customers and vendors.
    pub change_count: Option<i64>,
    /// So many stages are over.
    pub stages_done: i64,
    /// Of so many.
    pub stage_count: i64,
    /// When its first stage is to begin, where that is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// When its last stage is to be over.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    /// When it was planned.
    #[schema(value_type = String, format = DateTime)]
    pub planned_at: Timestamp,
    /// When it was built.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub built_at: Option<Timestamp>,
    /// When it was approved.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub approved_at: Option<Timestamp>,
    /// When its roll-out began.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Timestamp>,
    /// When it was verified or taken back.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Whether it was taken back.
    pub rolled_back: bool,
    /// When it was closed or cancelled.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
    /// Send it as `If-Match`.
    pub version: i64,
    /// What its state and your permissions allow; `edit` is writing it anew.
    pub allowed: Vec<String>,
}

/// What a person may ask of a release now.
fn allowed(release: &Release, caller: &Caller) -> Vec<String> {
    let (writes, approves) = (caller.may(Permission::ReleaseWrite), caller.may(Permission::ReleaseApprove));
    let approve = ReleaseMachine::word(Step::Approve);
    let own = caller.person.is_none() || caller.person == release.builder_id;
    let mut words = machine::allowed::<ReleaseMachine>(release.state);
    words.retain(|word| if *word == approve { approves && !own } else { writes });
    if writes && release.state == ReleaseState::Planned {
        words.push("edit");
    }
    words.into_iter().map(ToOwned::to_owned).collect()
}

pub(super) fn count(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

/// How releases look to this caller, in the same order.
pub(super) async fn views(sql: &mut dyn Sql, caller: &Caller, releases: Vec<Release>) -> Result<Vec<ReleaseView>, StoreError> {
    let own = caller.scope(Permission::ReleaseRead).ok().and_then(|scope| scope.organisation());
    let mut wanted = Wanted::default();
    for release in &releases {
        wanted.services.extend(release.service_ids());
        wanted.people.extend([Some(release.author_id), release.builder_id, release.approver_id].into_iter().flatten());
    }
    let names = load_names(sql, caller.tenant, &wanted).await?;
    Ok(releases.into_iter().map(|release| one(caller, own, release, &names)).collect())
}

fn one(caller: &Caller, own: Option<OrganisationId>, release: Release, names: &Names) -> ReleaseView {
    let theirs = |touched: &&Touched| own.is_none() || touched.organisation_id == own || touched.team_organisation_id == own;
    let staff = own.is_none();
    let person = |id: Option<_>| id.filter(|_| staff).map(|id| names.person(id));
    ReleaseView {
        id: release.id,
        number: release.number,
        state: release.state,
        services: release.services.iter().filter(theirs).map(|touched| names.service(touched.service_id)).collect(),
        author: person(Some(release.author_id)),
        builder: person(release.builder_id),
        approver: person(release.approver_id),
        change_count: staff.then(|| count(release.content.changes.len())),
        stages_done: count(release.stages_done()),
        stage_count: count(release.progress.len()),
        from: release.content.stages.iter().filter_map(|stage| stage.from).min(),
        to: release.content.stages.iter().filter_map(|stage| stage.to).max(),
        planned_at: release.planned_at,
        built_at: release.built_at,
        approved_at: release.approved_at,
        started_at: release.started_at,
        ended_at: release.ended_at,
        rolled_back: release.rolled_back,
        closed_at: release.closed_at,
        version: release.version,
        allowed: allowed(&release, caller),
        name: release.content.name,
        title: release.title,
    }
}

/// How one release looks to this caller.
pub(super) async fn view(sql: &mut dyn Sql, caller: &Caller, release: Release) -> Result<ReleaseView, StoreError> {
    let id = release.id;
    views(sql, caller, vec![release]).await?.pop().ok_or_else(|| StoreError::Defect(format!("release {id} was not shown")))
}
