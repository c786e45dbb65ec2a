//! How a change looks from outside. Customers and vendors see that work is planned on what is theirs and when; how it is
//! planned, judged and voted on is the provider's own.

use std::collections::HashMap;

use evenkeel_api::{Caller, Permission};
use evenkeel_core::{
    event::{
        change::{Conflict, Risk},
        manage::Window,
    },
    id::{ChangeId, OrganisationId, ServiceId},
    state::{ChangeKind, ChangeOutcome, ChangeState},
};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    authority::Authority,
    machine::{ChangeMachine, Step},
    model::{Acknowledged, Change},
};
use crate::{
    party::{NameRef, Names, PersonRef, Wanted, load_names},
    ticket::machine::{self, Machine as _},
};

/// Who took a conflict on.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ChangeConflictTaken)]
pub(super) struct ConflictTaken {
    /// Who.
    pub by: PersonRef,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Why; null when it was erased.
    pub text: Option<String>,
}

/// A conflict.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ChangeConflict)]
pub(super) struct ConflictView {
    /// What it is; what one sends to take it on.
    pub conflict: Conflict,
    /// The service of this change.
    pub service: Option<NameRef>,
    /// The service of the other.
    pub other_service: Option<NameRef>,
    /// Who took it on; null = nobody.
    pub taken: Option<ConflictTaken>,
}

/// A change.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ChangeTicket)]
pub(super) struct ChangeView {
    /// Its id.
    pub id: ChangeId,
    /// The short number: CHG-1001 is 1001.
    pub number: i64,
    /// Standard, normal or emergency.
    pub kind: ChangeKind,
    /// The title; empty when it was erased.
    pub title: String,
    /// Where it stands.
    pub state: ChangeState,
    /// The services it touches; of others' only that there is one is not told either.
    pub services: Vec<NameRef>,
    /// When it takes place.
    pub window: Window,
    /// The template of a standard one.
    pub template: Option<String>,
    /// Who wrote it; null for customers and vendors.
    pub author: Option<PersonRef>,
    /// How risky it is, and why; null before it is assessed.
    pub risk: Option<Risk>,
    /// What it collides with.
    pub conflicts: Vec<ConflictView>,
    /// Who must authorise it; null before it is submitted.
    pub authority: Option<Authority>,
    /// Whether it is authorised; null = not decided.
    pub authorised: Option<bool>,
    /// When that was decided.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub decided_at: Option<Timestamp>,
    /// Until when an emergency must be authorised.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// Whether that was missed.
    pub overdue: bool,
    /// What came of it.
    pub outcome: Option<ChangeOutcome>,
    /// When it was drafted.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// When it began.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Timestamp>,
    /// When it was carried out.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
    /// When its outcome was known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub reviewed_at: Option<Timestamp>,
    /// When it was closed or cancelled.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
    /// Send it as `If-Match`.
    pub version: i64,
    /// What its state, its kind and your permissions allow.
    pub allowed: Vec<String>,
}

/// What a person may ask of a change now. Votes are shown by `may_vote` of [`super::detail::ChangeDetail`]; what votes and moving do is no step.
fn allowed(change: &Change, caller: &Caller) -> Vec<String> {
    if !caller.may(Permission::ChangeWrite) {
        return Vec::new();
    }
    let by_votes = [Step::Authorise, Step::Reject, Step::Reopen].map(ChangeMachine::word);
    let mut words = machine::allowed::<ChangeMachine>(change.state);
    words.retain(|word| !by_votes.contains(word));
    if change.state != ChangeState::Scheduled && change.kind != ChangeKind::Emergency {
        words.retain(|word| *word != ChangeMachine::word(Step::Start));
    }
    if change.state == ChangeState::Implementing || change.state != ChangeState::Draft && change.kind == ChangeKind::Standard {
        words.retain(|word| *word != ChangeMachine::word(Step::Edit));
    }
    if change.state == ChangeState::Draft && change.kind != ChangeKind::Standard {
        words.push(ChangeMachine::word(Step::Edit));
    }
    if matches!(change.state, ChangeState::Draft | ChangeState::Assess | ChangeState::Authorise | ChangeState::Scheduled) {
        words.push("move");
    }
    words.into_iter().map(ToOwned::to_owned).collect()
}

fn services_of(conflict: &Conflict) -> (Option<ServiceId>, Option<ServiceId>) {
    match conflict {
        Conflict::Freeze { .. } => (None, None),
        Conflict::Overlap { service_id, other_service_id, .. } => (Some(*service_id), Some(*other_service_id)),
        Conflict::BudgetSpent { service_id } => (Some(*service_id), None),
    }
}

/// How changes look to this caller, in the same order.
pub(super) async fn views(sql: &mut dyn Sql, caller: &Caller, changes: Vec<Change>) -> Result<Vec<ChangeView>, StoreError> {
    let own = caller.scope(Permission::ChangeRead).ok().and_then(|scope| scope.organisation());
    let mut wanted = Wanted::default();
    for change in &changes {
        wanted.services.extend(change.service_ids());
        wanted.people.insert(change.author_id);
        wanted.people.extend(change.judged.acknowledged.iter().map(|taken| taken.person_id));
        wanted.services.extend(change.judged.conflicts.iter().flat_map(|conflict| <[_; 2]>::from(services_of(conflict))).flatten());
    }
    let names = load_names(sql, caller.tenant, &wanted).await?;
    let digests: Vec<String> = changes.iter().flat_map(|change| &change.judged.acknowledged).map(|taken| taken.text.clone()).collect();
    let texts = ledger::texts(sql, &digests).await?;
    Ok(changes.into_iter().map(|change| one(caller, own, change, &names, &texts)).collect())
}

fn one(caller: &Caller, own: Option<OrganisationId>, change: Change, names: &Names, texts: &HashMap<String, Option<String>>) -> ChangeView {
    let theirs = |touched: &&super::model::Touched| own.is_none() || touched.organisation_id == own || touched.team_organisation_id == own;
    let taken = |taken: &Acknowledged| ConflictTaken {
        by: names.person(taken.person_id),
        at: taken.at,
        text: texts.get(&taken.text).cloned().flatten(),
    };
    let conflict = |conflict: &Conflict| {
        let (service, other) = services_of(conflict);
        ConflictView {
            conflict: conflict.clone(),
            service: service.map(|id| names.service(id)),
            other_service: other.map(|id| names.service(id)),
            taken: change.judged.acknowledged.iter().find(|one| one.conflict == *conflict).map(taken),
        }
    };
    let staff = own.is_none();
    ChangeView {
        id: change.id,
        number: change.number,
        kind: change.kind,
        state: change.state,
        services: change.services.iter().filter(theirs).map(|touched| names.service(touched.service_id)).collect(),
        window: change.window,
        author: staff.then(|| names.person(change.author_id)),
        risk: change.judged.risk.clone().filter(|_| staff),
        conflicts: if staff { change.judged.conflicts.iter().map(conflict).collect() } else { Vec::new() },
        authority: change.authority.filter(|_| staff),
        authorised: change.authorised,
        decided_at: change.decided_at,
        due_at: change.due_at.filter(|_| staff),
        overdue: change.overdue && staff,
        outcome: change.outcome,
        opened_at: change.opened_at,
        started_at: change.started_at,
        finished_at: change.finished_at,
        reviewed_at: change.reviewed_at,
        closed_at: change.closed_at,
        version: change.version,
        allowed: allowed(&change, caller),
        template: change.template.filter(|_| staff),
        title: change.title,
    }
}

/// How one change looks to this caller.
pub(super) async fn view(sql: &mut dyn Sql, caller: &Caller, change: Change) -> Result<ChangeView, StoreError> {
    let id = change.id;
    views(sql, caller, vec![change]).await?.pop().ok_or_else(|| StoreError::Defect(format!("change {id} was not shown")))
}
