//! How a grievance looks from outside. Everything said with it is for the customer too.

use evenkeel_api::{Caller, Permission};
use evenkeel_core::{
    event::{Event, voice::GrievanceTransitioned},
    id::{ComplaintId, GrievanceId},
    state::GrievanceState,
};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    machine::{GrievanceMachine, Step},
    model::Grievance,
};
use crate::{
    complaint::view::{DiscontentView, HistoryStep, about_view, history_of, want},
    party::{Wanted, load_names},
    ticket::{
        is_agent,
        machine::{self, Machine as _},
    },
};

/// A grievance.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Grievance)]
pub(super) struct GrievanceView {
    /// Its id.
    pub id: GrievanceId,
    /// The short number: GRV-1001 is 1001.
    pub number: i64,
    #[serde(flatten)]
    pub about: DiscontentView,
    /// Where it stands.
    pub state: GrievanceState,
    /// When it was said.
    #[schema(value_type = String, format = DateTime)]
    pub heard_at: Timestamp,
    /// When it becomes a complaint unless somebody explains it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub escalates_at: Option<Timestamp>,
    /// When it was settled or escalated.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// The complaint that it became.
    pub complaint_id: Option<ComplaintId>,
    /// Send it as `If-Match`.
    pub version: i64,
    /// The steps that its state and your permissions allow.
    pub allowed: Vec<String>,
}

/// A grievance with its history.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = GrievanceDetail)]
pub(super) struct GrievanceDetail {
    #[serde(flatten)]
    pub grievance: GrievanceView,
    /// Every step, the first first.
    pub history: Vec<HistoryStep>,
}

/// Whether this caller speaks for whoever said it: they themselves, or one of ours who writes down what they said.
pub(super) fn is_own(caller: &Caller, grievance: &Grievance) -> bool {
    if is_agent(caller) {
        caller.may(Permission::ComplaintWrite)
    } else {
        caller.person.is_some() && caller.person == grievance.about.person_id
    }
}

fn allowed(caller: &Caller, grievance: &Grievance) -> Vec<String> {
    let may = |step: Step| match step {
        Step::Explain => caller.may(Permission::ComplaintWrite),
        Step::Settle | Step::Escalate => caller.may(Permission::ComplaintOpen) && is_own(caller, grievance),
    };
    let words = machine::allowed::<GrievanceMachine>(grievance.state);
    let steps = GrievanceMachine::STEPS.iter().copied().filter(|step| words.contains(&GrievanceMachine::word(*step)) && may(*step));
    steps.map(|step| GrievanceMachine::word(step).to_owned()).collect()
}

/// How grievances look to this caller, in the same order.
pub(super) async fn views(sql: &mut dyn Sql, caller: &Caller, grievances: Vec<Grievance>) -> Result<Vec<GrievanceView>, StoreError> {
    let mut wanted = Wanted::default();
    for grievance in &grievances {
        want(&mut wanted, &grievance.about);
    }
    let names = load_names(sql, caller.tenant, &wanted).await?;
    let digests: Vec<String> = grievances.iter().map(|grievance| grievance.about.text.clone()).collect();
    let texts = ledger::texts(sql, &digests).await?;
    Ok(grievances
        .into_iter()
        .map(|grievance| GrievanceView {
            allowed: allowed(caller, &grievance),
            about: about_view(&grievance.about, texts.get(&grievance.about.text).cloned().flatten(), &names),
            id: grievance.id,
            number: grievance.number,
            state: grievance.state,
            heard_at: grievance.heard_at,
            escalates_at: grievance.escalates_at,
            ended_at: grievance.ended_at,
            complaint_id: grievance.complaint_id,
            version: grievance.version,
        })
        .collect())
}

/// How one grievance looks to this caller.
pub(super) async fn view(sql: &mut dyn Sql, caller: &Caller, grievance: Grievance) -> Result<GrievanceView, StoreError> {
    let id = grievance.id;
    views(sql, caller, vec![grievance]).await?.pop().ok_or_else(|| StoreError::Defect(format!("grievance {id} was not shown")))
}

/// One grievance with its history.
pub(super) async fn detail(sql: &mut dyn Sql, caller: &Caller, grievance: Grievance) -> Result<GrievanceDetail, StoreError> {
    let history = history(sql, caller, grievance.id).await?;
    Ok(GrievanceDetail { grievance: view(sql, caller, grievance).await?, history })
}

/// The steps of a grievance as the ledger has them.
pub(in crate::complaint) async fn history(sql: &mut dyn Sql, caller: &Caller, id: GrievanceId) -> Result<Vec<HistoryStep>, StoreError> {
    let mut taken: Vec<(Event, String, Option<String>, Option<String>)> = Vec::new();
    for event in ledger::events_of(sql, caller.tenant, "grievance", &id.to_string()).await? {
        if let Some(body) = event.read::<GrievanceTransitioned>() {
            let body = body?;
            taken.push((event, body.to.to_string(), body.text, body.reason));
        } else {
            taken.push((event, GrievanceState::Heard.to_string(), None, None));
        }
    }
    history_of(sql, caller.tenant, taken).await
}
