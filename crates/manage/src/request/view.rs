//! How requests look from outside.

use std::collections::HashMap;

use evenkeel_api::{ApiResult, Caller, Permission, Tagged};
use evenkeel_core::{
    definition::Bilingual,
    id::{CatalogueItemId, PersonId, RequestId, TeamId},
    state::{ApprovalState, HoldReason, RequestState, TaskState},
};
use evenkeel_store::{Sql, StoreError, Tx};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    approval,
    change::Change,
    machine::RequestMachine,
    model::{Approval, Request, Task},
    task,
};
use crate::{
    automation::status::{self, StatusView},
    catalogue::{self, CatalogueItemDefinition, PriceView},
    party::{NameRef, Names, PersonRef, Wanted, load_names},
    ticket::machine,
};

/// Who has to act next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RequestNextKind)]
pub(super) enum NextKind {
    /// The requester: send it, answer a question, or accept.
    Requester,
    /// People who must approve.
    Approval,
    /// Teams, or machines, that do the work.
    Work,
}

/// What a request waits for.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RequestNext)]
pub(super) struct NextView {
    kind: NextKind,
    /// Who must approve.
    people: Vec<PersonRef>,
    /// Whose work it is.
    teams: Vec<NameRef>,
}

/// A request.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Request)]
pub(crate) struct RequestView {
    pub id: RequestId,
    /// The short number: REQ-1001 is 1001.
    number: i64,
    item_id: CatalogueItemId,
    /// What is asked for.
    item: Bilingual,
    /// Under which version of the item.
    item_version: i64,
    service: NameRef,
    requester: PersonRef,
    /// The requester's organisation.
    organisation: NameRef,
    /// The team that fulfils it.
    team: NameRef,
    state: RequestState,
    /// Why it waits, while it waits.
    hold: Option<HoldReason>,
    /// The house's own status of it; null when it has none, or none for you.
    status: Option<StatusView>,
    /// What it costs.
    price: Option<PriceView>,
    /// Expected after approval, seconds of business time.
    expected_secs: Option<i64>,
    drafted_at: Timestamp,
    submitted_at: Option<Timestamp>,
    approved_at: Option<Timestamp>,
    fulfilled_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    /// When to expect it; null before it is approved, and while it waits for the requester.
    due_at: Option<Timestamp>,
    /// What it waits for; null when it is over.
    next: Option<NextView>,
    /// How the requester found it, 1 to 5; null when they did not say.
    stars: Option<i64>,
    /// Send it as `If-Match`.
    pub version: i64,
    /// What you can do now: `submit`, `withdraw`, `accept`, `rate`, `wait`, `resume`.
    allowed: Vec<String>,
}

/// Requests with what they are shown with.
#[derive(Default)]
struct Shown {
    statuses: status::Shown,
    items: HashMap<(CatalogueItemId, i64), CatalogueItemDefinition>,
    approvals: HashMap<RequestId, Vec<Approval>>,
    tasks: HashMap<RequestId, Vec<Task>>,
}

async fn load(sql: &mut dyn Sql, caller: &Caller, requests: &[Request]) -> Result<Shown, StoreError> {
    let mut shown = Shown::default();
    let Some(tenant) = requests.first().map(|request| request.tenant) else { return Ok(shown) };
    shown.statuses = status::Shown::load(sql, caller, requests.iter().filter_map(|request| request.status.as_deref())).await?;
    let ids: Vec<RequestId> = requests.iter().map(|request| request.id).collect();
    for (id, approval) in approval::of(sql, tenant, &ids).await? {
        shown.approvals.entry(id).or_default().push(approval);
    }
    for (id, task) in task::of(sql, tenant, &ids).await? {
        shown.tasks.entry(id).or_default().push(task);
    }
    for request in requests {
        let key = (request.item_id, request.item_version);
        if let std::collections::hash_map::Entry::Vacant(vacant) = shown.items.entry(key) {
            vacant.insert(catalogue::version(sql, tenant, key.0, key.1).await?.body);
        }
    }
    Ok(shown)
}

/// Who has to act next: kind, people, teams.
fn next(request: &Request, approvals: &[Approval], tasks: &[Task]) -> Option<(NextKind, Vec<PersonId>, Vec<TeamId>)> {
    let none = (Vec::new(), Vec::new());
    let (kind, (people, teams)) = match request.state {
        RequestState::Draft | RequestState::Fulfilled => (NextKind::Requester, none),
        RequestState::Waiting if request.hold == Some(HoldReason::Customer) => (NextKind::Requester, none),
        RequestState::Submitted | RequestState::Approving => {
            let asked = approvals.iter().find(|approval| approval.state == ApprovalState::Asked);
            (NextKind::Approval, (asked.map(|approval| approval.awaited().collect()).unwrap_or_default(), Vec::new()))
        }
        RequestState::Approved | RequestState::Fulfilling | RequestState::Waiting => {
            let at_work = |task: &&Task| matches!(task.state, TaskState::Open | TaskState::InProgress | TaskState::Failed);
            let mut teams: Vec<TeamId> = tasks.iter().filter(at_work).map(|task| task.team_id).collect();
            teams.sort_unstable();
            teams.dedup();
            (NextKind::Work, (Vec::new(), teams))
        }
        RequestState::Accepted | RequestState::Rejected | RequestState::Withdrawn => return None,
    };
    Some((kind, people, teams))
}

fn allowed(caller: &Caller, request: &Request) -> Vec<String> {
    let own = caller.may(Permission::RequestOpen) && caller.person == Some(request.requester_id);
    let staff = caller.may(Permission::RequestWrite);
    let may = |word: &&str| match *word {
        "submit" | "withdraw" | "accept" => own,
        "wait" | "resume" => staff,
        _ => false,
    };
    let mut words: Vec<String> = machine::allowed::<RequestMachine>(request.state).into_iter().filter(may).map(ToOwned::to_owned).collect();
    if own && request.rating.is_none() && matches!(request.state, RequestState::Fulfilled | RequestState::Accepted) {
        words.push("rate".to_owned());
    }
    words
}

fn view_of(request: Request, caller: &Caller, shown: &Shown, names: &Names) -> Option<RequestView> {
    let item = shown.items.get(&(request.item_id, request.item_version))?;
    let none = (Vec::new(), Vec::new());
    let approvals = shown.approvals.get(&request.id).unwrap_or(&none.0);
    let tasks = shown.tasks.get(&request.id).unwrap_or(&none.1);
    let next = next(&request, approvals, tasks).map(|(kind, people, teams)| NextView {
        kind,
        people: people.into_iter().map(|id| names.person(id)).collect(),
        teams: teams.into_iter().map(|id| names.team(id)).collect(),
    });
    Some(RequestView {
        id: request.id,
        number: request.number,
        item_id: request.item_id,
        item: item.display.clone(),
        item_version: request.item_version,
        service: names.service(request.service_id),
        requester: names.person(request.requester_id),
        organisation: names.organisation(request.organisation_id),
        team: names.team(request.team_id),
        state: request.state,
        hold: request.hold,
        status: shown.statuses.get(request.status.as_deref()),
        allowed: allowed(caller, &request),
        price: request.price_minor.zip(request.currency).map(|(amount_minor, currency)| PriceView { amount_minor, currency, per: None }),
        expected_secs: item.expected.map(|expected| expected.secs),
        drafted_at: request.drafted_at,
        submitted_at: request.submitted_at,
        approved_at: request.approved_at,
        fulfilled_at: request.fulfilled_at,
        ended_at: request.ended_at,
        due_at: request.due_at,
        next,
        stars: request.rating.map(|rating| rating.stars),
        version: request.version,
    })
}

/// How requests look to this caller, in the same order.
pub(super) async fn views(sql: &mut dyn Sql, caller: &Caller, requests: Vec<Request>) -> Result<Vec<RequestView>, StoreError> {
    let shown = load(sql, caller, &requests).await?;
    let mut wanted = Wanted::default();
    for request in &requests {
        wanted.services.insert(request.service_id);
        wanted.people.insert(request.requester_id);
        wanted.organisations.insert(request.organisation_id);
        wanted.teams.insert(request.team_id);
    }
    wanted.people.extend(shown.approvals.values().flatten().flat_map(|approval| &approval.asked).map(|asked| asked.person_id));
    wanted.teams.extend(shown.tasks.values().flatten().map(|task| task.team_id));
    let names = load_names(sql, caller.tenant, &wanted).await?;
    Ok(requests.into_iter().filter_map(|request| view_of(request, caller, &shown, &names)).collect())
}

/// How one request looks to this caller.
pub(crate) async fn view(sql: &mut dyn Sql, caller: &Caller, request: Request) -> Result<RequestView, StoreError> {
    let id = request.id;
    views(sql, caller, vec![request]).await?.pop().ok_or_else(|| StoreError::Defect(format!("request {id} was not shown")))
}

/// Writes the change, commits, and answers the request as it is then.
pub(crate) async fn finish(mut tx: Tx, caller: &Caller, change: Change) -> ApiResult<Tagged<RequestView>> {
    let request = change.save(&mut tx).await?;
    let body = view(&mut tx, caller, request).await?;
    tx.commit().await?;
    Ok(Tagged { version: body.version, body })
}
