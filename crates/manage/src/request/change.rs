//! A change of one request: the rows and the events that say so, gathered together and written together.
//!
//! A change is made from an [`Authorised`] request only, so nothing is written that nobody was asked about.

use evenkeel_api::Authorised;
use evenkeel_core::{
    event::{Body, NewEvent, automation::RequestStatusSet, request::RequestTransitioned},
    state::{RequestState, TaskState},
};
use evenkeel_store::{Sql, StoreError, Tx};

use super::{
    approval, machine,
    machine::{RequestMachine, Step},
    model::{Approval, Request, Task},
    store, table, task,
};
use crate::{
    Act,
    automation::{StatusDefinition, status},
    catalogue::{self, CatalogueItemDefinition},
    definition::Version,
    ticket,
};

/// A request on its way to its next version.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// As it will be.
    pub request: Request,
    /// The steps of its approval, in order.
    pub approvals: Vec<Approval>,
    /// The pieces of its work, in order.
    pub tasks: Vec<Task>,
    /// What is asked for, in the version that counts.
    pub item: CatalogueItemDefinition,
    /// Who changes it and when.
    pub act: Act,
    before: (Vec<Approval>, Vec<Task>),
    events: Vec<NewEvent>,
    /// Whether it came into a state of which nobody said a status yet.
    fresh: bool,
    /// For whom, and where the proof lies, of every event of it.
    behind: Option<(Option<String>, String)>,
}

impl Change {
    /// Begins a change of a request that is held for this transaction.
    pub(crate) async fn of(tx: &mut Tx, request: Authorised<Request>, act: Act) -> Result<Self, StoreError> {
        let request = request.into_inner();
        let item = catalogue::version(tx, request.tenant, request.item_id, request.item_version).await?.body;
        let approvals = store::approvals_of(tx, request.tenant, request.id).await?;
        let tasks = store::tasks_of(tx, request.tenant, request.id).await?;
        Ok(Self {
            before: (approvals.clone(), tasks.clone()),
            request,
            approvals,
            tasks,
            item,
            act,
            events: Vec::new(),
            fresh: false,
            behind: None,
        })
    }

    /// The same, made on behalf of somebody, with evidence of why: both go into every event of it.
    #[must_use]
    pub(crate) fn on_behalf(self, of: Option<String>, evidence: String) -> Self {
        Self { behind: Some((of, evidence)), ..self }
    }

    /// Says that `body` happened to the request.
    pub(crate) fn record<B: Body>(&mut self, body: &B) -> Result<(), StoreError> {
        self.events.push(self.act.event(self.request.id, body)?);
        Ok(())
    }

    /// Takes a step along allowed edges: the row's state and one event an edge.
    ///
    /// # Errors
    /// A refusal that names the steps that are allowed.
    pub(super) fn step(&mut self, step: Step, reason: Option<&str>) -> Result<(), StoreError> {
        for to in ticket::machine::path::<RequestMachine>(self.request.state, step)? {
            let from = self.request.state;
            let request = &mut self.request;
            request.state = *to;
            request.hold = match step {
                machine::Step::Wait(hold) if *to == RequestState::Waiting => Some(hold),
                _ => None,
            };
            request.status = None;
            self.fresh = true;
            match to {
                RequestState::Submitted => request.submitted_at = Some(self.act.at),
                RequestState::Approved => request.approved_at = Some(self.act.at),
                RequestState::Fulfilled => request.fulfilled_at = Some(self.act.at),
                RequestState::Accepted | RequestState::Rejected | RequestState::Withdrawn => request.ended_at = Some(self.act.at),
                _ => {}
            }
            let body = RequestTransitioned { from, to: *to, hold: self.request.hold, reason: reason.map(ToOwned::to_owned) };
            self.record(&body)?;
        }
        Ok(())
    }

    /// Puts a status of the house's own, or none; the event is the caller's.
    pub(crate) fn say_status(&mut self, status: Option<String>) {
        self.request.status = status;
        self.fresh = false;
    }

    /// Lets what came into a state have the status that is the house's default for it.
    async fn settle_status(&mut self, sql: &mut dyn Sql) -> Result<(), StoreError> {
        if !self.fresh {
            return Ok(());
        }
        let Some(status) = status::default_of_request(sql, &self.request).await? else { return Ok(()) };
        self.take_status(status)
    }

    /// Has a status of the house's own, and says so.
    pub(crate) fn take_status(&mut self, status: Version<StatusDefinition>) -> Result<(), StoreError> {
        self.say_status(Some(status.name.clone()));
        let (version, title, staff_only) = (Some(status.version), Some(status.body.title), status.body.staff_only);
        self.record(&RequestStatusSet { status: Some(status.name), version, title, staff_only })
    }

    /// Moves a task, and says so.
    pub(super) fn move_task(&mut self, index: usize, to: TaskState, reason: Option<String>) -> Result<(), StoreError> {
        let at = self.act.at;
        let Some(task) = self.tasks.get_mut(index) else { return Ok(()) };
        let body = task::moved(task, to, reason, at);
        self.record(&body)
    }

    /// Writes what changed: the request's next version, its approvals and tasks, and the events.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another writer was first.
    pub(crate) async fn save(mut self, tx: &mut Tx) -> Result<Request, StoreError> {
        self.settle_status(tx).await?;
        if self.events.is_empty() && self.request.state != RequestState::Draft {
            return Ok(self.request);
        }
        if !table::update(tx, &self.request).await? {
            return Err(StoreError::Conflict(format!("request {}", self.request.id)));
        }
        self.request.version += 1;
        let (approvals, tasks) = &self.before;
        for approval in self.approvals.iter().filter(|approval| !approvals.contains(approval)) {
            approval::put(tx, &self.request, approval).await?;
        }
        for task in self.tasks.iter().filter(|task| !tasks.contains(task)) {
            task::put(tx, &self.request, task).await?;
        }
        if let Some((of, evidence)) = self.behind {
            for event in &mut self.events {
                event.on_behalf_of.clone_from(&of);
                event.evidence = Some(evidence.clone());
            }
        }
        for event in &self.events {
            tx.append(event).await?;
        }
        Ok(self.request)
    }
}
