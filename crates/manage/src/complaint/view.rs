//! How a complaint looks from outside. What is written inside (the draft of a reply, what was found) is for staff.

use evenkeel_api::{Caller, Permission};
use evenkeel_core::{
    event::{
        Event,
        voice::{ComplaintTransitioned, Discontent, ReplyWritten, TicketRef},
    },
    id::{ComplaintId, GrievanceId, TenantId},
    state::{ComplaintState, Touchpoint},
};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    grievance,
    machine::{ComplaintMachine, Step},
    model::{Complaint, Reply},
};
use crate::{
    party::{NameRef, Names, PersonRef, Wanted, load_names},
    ticket::{
        is_agent,
        machine::{self, Machine as _},
    },
    voice::phrase::{self, PhraseHint},
};

/// What somebody is not content with.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Discontent)]
pub(super) struct DiscontentView {
    /// What was said; null when it was erased.
    pub text: Option<String>,
    /// Who said it.
    pub person: Option<PersonRef>,
    /// Their organisation.
    pub organisation: Option<NameRef>,
    /// The service it is about.
    pub service: Option<NameRef>,
    /// The ticket it is about.
    pub ticket: Option<TicketRef>,
    /// Where it was said.
    pub touchpoint: Touchpoint,
}

/// One step that was taken.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = VoiceStep)]
pub(super) struct HistoryStep {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// By whom; none = by time.
    pub by: Option<PersonRef>,
    /// The state it led to; `reply_written` when the reply was written.
    pub to: String,
    /// What was said; null when nothing was, or it was erased, or is not for you.
    pub text: Option<String>,
    /// Why, as a code.
    pub reason: Option<String>,
}

/// A reply.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ComplaintReply)]
pub(super) struct ReplyView {
    /// The words; null when they were erased.
    pub text: Option<String>,
    /// Who wrote it; for staff.
    pub author: Option<PersonRef>,
    /// Who approved it; for staff.
    pub approver: Option<PersonRef>,
}

/// A complaint.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Complaint)]
pub(super) struct ComplaintView {
    /// Its id.
    pub id: ComplaintId,
    /// The short number: CPL-1001 is 1001.
    pub number: i64,
    #[serde(flatten)]
    pub about: DiscontentView,
    /// Where it stands.
    pub state: ComplaintState,
    /// The grievance that it was before.
    pub grievance_id: Option<GrievanceId>,
    /// The responsible leader.
    pub leader: Option<PersonRef>,
    /// The reply; for customers once it was sent.
    pub reply: Option<ReplyView>,
    /// How often a reply was rejected.
    pub rejections: i64,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime)]
    pub registered_at: Timestamp,
    /// When a reply last left.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub replied_at: Option<Timestamp>,
    /// When it was closed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
    /// When the reply is due.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// Send it as `If-Match`.
    pub version: i64,
    /// The steps that its state and your permissions allow; `reply` = you may write the reply.
    pub allowed: Vec<String>,
}

/// A complaint with its history.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ComplaintDetail)]
pub(super) struct ComplaintDetail {
    #[serde(flatten)]
    pub complaint: ComplaintView,
    /// Phrases to avoid in the reply as it stands, with better ones; for staff.
    pub hints: Vec<PhraseHint>,
    /// Every step, the first first; that of the grievance before.
    pub history: Vec<HistoryStep>,
}

/// The ids whose names a view of this wants.
pub(super) fn want(wanted: &mut Wanted, about: &Discontent) {
    wanted.people.extend(about.person_id);
    wanted.organisations.extend(about.organisation_id);
    wanted.services.extend(about.service_id);
}

/// How what it is about looks.
pub(super) fn about_view(about: &Discontent, text: Option<String>, names: &Names) -> DiscontentView {
    DiscontentView {
        text,
        person: about.person_id.map(|id| names.person(id)),
        organisation: about.organisation_id.map(|id| names.organisation(id)),
        service: about.service_id.map(|id| names.service(id)),
        ticket: about.ticket.clone(),
        touchpoint: about.touchpoint,
    }
}

/// Whether this caller may answer a reply: the complainant, or one of ours who writes down what the complainant said, and who
/// neither wrote nor approved it.
pub(super) fn may_answer(caller: &Caller, complaint: &Complaint) -> bool {
    if !is_agent(caller) {
        return caller.may(Permission::ComplaintOpen) && caller.person.is_some() && caller.person == complaint.about.person_id;
    }
    let mine = |reply: &Reply| Some(reply.author_id) == caller.person || reply.approver_id.is_some() && reply.approver_id == caller.person;
    caller.may(Permission::ComplaintWrite) && !complaint.reply.as_ref().is_some_and(mine)
}

/// Whether this caller may say that the responsible leader has it: the leader, or whoever approves replies.
pub(super) fn may_acknowledge(caller: &Caller, complaint: &Complaint) -> bool {
    let leads = complaint.leader_id.is_some() && caller.person == complaint.leader_id;
    caller.may(Permission::ComplaintWrite) && (leads || caller.may(Permission::ComplaintApprove))
}

fn allowed(caller: &Caller, complaint: &Complaint) -> Vec<String> {
    let reply = complaint.reply.as_ref();
    let may = |step: Step| match step {
        Step::Acknowledge => may_acknowledge(caller, complaint),
        Step::Approve => caller.may(Permission::ComplaintApprove) && reply.is_some_and(|reply| Some(reply.author_id) != caller.person),
        Step::Accept | Step::Reject => may_answer(caller, complaint),
        Step::Investigate | Step::Send | Step::Learn | Step::Close => caller.may(Permission::ComplaintWrite),
    };
    let words = machine::allowed::<ComplaintMachine>(complaint.state);
    let steps = ComplaintMachine::STEPS.iter().copied().filter(|step| words.contains(&ComplaintMachine::word(*step)) && may(*step));
    let mut all: Vec<String> = steps.map(|step| ComplaintMachine::word(step).to_owned()).collect();
    if complaint.state == ComplaintState::Investigating && caller.may(Permission::ComplaintWrite) {
        all.insert(0, "reply".to_owned());
    }
    all
}

/// Whether its reply is for the customer's eyes: it left, and was not rejected since.
const fn is_told(complaint: &Complaint) -> bool {
    use ComplaintState::{Accepted, Closed, Learned, Replied};
    matches!(complaint.state, Replied | Accepted | Learned | Closed)
}

/// How complaints look to this caller, in the same order.
pub(super) async fn views(sql: &mut dyn Sql, caller: &Caller, complaints: Vec<Complaint>) -> Result<Vec<ComplaintView>, StoreError> {
    let mut wanted = Wanted::default();
    let mut digests = Vec::new();
    for complaint in &complaints {
        want(&mut wanted, &complaint.about);
        wanted.people.extend(complaint.leader_id);
        digests.push(complaint.about.text.clone());
        if let Some(reply) = &complaint.reply {
            wanted.people.extend([Some(reply.author_id), reply.approver_id].into_iter().flatten());
            digests.push(reply.text.clone());
        }
    }
    let names = load_names(sql, caller.tenant, &wanted).await?;
    let texts = ledger::texts(sql, &digests).await?;
    let staff = is_agent(caller);
    let text = |digest: &str| texts.get(digest).cloned().flatten();
    Ok(complaints
        .into_iter()
        .map(|complaint| ComplaintView {
            allowed: allowed(caller, &complaint),
            about: about_view(&complaint.about, text(&complaint.about.text), &names),
            reply: complaint.reply.as_ref().filter(|_| staff || is_told(&complaint)).map(|reply| ReplyView {
                text: text(&reply.text),
                author: staff.then(|| names.person(reply.author_id)),
                approver: reply.approver_id.filter(|_| staff).map(|id| names.person(id)),
            }),
            id: complaint.id,
            number: complaint.number,
            state: complaint.state,
            grievance_id: complaint.grievance_id,
            leader: complaint.leader_id.map(|id| names.person(id)),
            rejections: complaint.rejections,
            registered_at: complaint.registered_at,
            replied_at: complaint.replied_at,
            closed_at: complaint.closed_at,
            due_at: complaint.due_at,
            version: complaint.version,
        })
        .collect())
}

/// How one complaint looks to this caller.
pub(super) async fn view(sql: &mut dyn Sql, caller: &Caller, complaint: Complaint) -> Result<ComplaintView, StoreError> {
    let id = complaint.id;
    views(sql, caller, vec![complaint]).await?.pop().ok_or_else(|| StoreError::Defect(format!("complaint {id} was not shown")))
}

/// One complaint with its history.
pub(super) async fn detail(sql: &mut dyn Sql, caller: &Caller, complaint: Complaint) -> Result<ComplaintDetail, StoreError> {
    let tenant = complaint.tenant;
    let mut history = match complaint.grievance_id {
        Some(id) => grievance::history(sql, caller, id).await?,
        None => Vec::new(),
    };
    history.extend(steps(sql, caller, tenant, &complaint).await?);
    let complaint = view(sql, caller, complaint).await?;
    let draft = complaint.reply.as_ref().and_then(|reply| reply.text.as_deref()).filter(|_| is_agent(caller));
    let hints = match draft {
        Some(text) => phrase::hints(sql, tenant, text).await?,
        None => Vec::new(),
    };
    Ok(ComplaintDetail { complaint, hints, history })
}

/// What a customer may read of a step's words: what was told to them, and what they said themselves.
const fn is_open_to_all(body: &ComplaintTransitioned) -> bool {
    use ComplaintState::{Accepted, Investigating, Replied};
    matches!((body.from, body.to), (_, Replied | Accepted) | (Replied, Investigating))
}

async fn steps(sql: &mut dyn Sql, caller: &Caller, tenant: TenantId, complaint: &Complaint) -> Result<Vec<HistoryStep>, StoreError> {
    let staff = is_agent(caller);
    let mut taken: Vec<(Event, String, Option<String>, Option<String>)> = Vec::new();
    for event in ledger::events_of(sql, tenant, "complaint", &complaint.id.to_string()).await? {
        if let Some(body) = event.read::<ComplaintTransitioned>() {
            let body = body?;
            let text = body.text.clone().filter(|_| staff || is_open_to_all(&body));
            taken.push((event, body.to.to_string(), text, None));
        } else if let Some(body) = event.read::<ReplyWritten>() {
            let digest = body?.text;
            if staff {
                taken.push((event, "reply_written".to_owned(), Some(digest), None));
            }
        } else {
            taken.push((event, ComplaintState::Registered.to_string(), None, None));
        }
    }
    history_of(sql, tenant, taken).await
}

/// Steps with their words and names.
pub(super) async fn history_of(
    sql: &mut dyn Sql,
    tenant: TenantId,
    taken: Vec<(Event, String, Option<String>, Option<String>)>,
) -> Result<Vec<HistoryStep>, StoreError> {
    let digests: Vec<String> = taken.iter().filter_map(|(_, _, text, _)| text.clone()).collect();
    let texts = ledger::texts(sql, &digests).await?;
    let mut wanted = Wanted::default();
    wanted.people.extend(taken.iter().filter_map(|(event, ..)| event.actor.as_person()));
    let names = load_names(sql, tenant, &wanted).await?;
    Ok(taken
        .into_iter()
        .map(|(event, to, text, reason)| HistoryStep {
            at: event.occurred_at,
            by: event.actor.as_person().map(|id| names.person(id)),
            to,
            text: text.and_then(|digest| texts.get(&digest).cloned().flatten()),
            reason,
        })
        .collect())
}
