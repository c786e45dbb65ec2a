//! Reading requests, and whom they are shown to.

use evenkeel_api::{ApiResult, Authorised, Caller, IfMatch, Permission, Problem, Scope};
use evenkeel_core::{
    id::{CatalogueItemId, OrganisationId, PersonId, RequestId, TenantId},
    state::{RequestState, TaskState},
};
use evenkeel_store::{Sql, StoreError, Tx, params};
use jiff::Timestamp;

use super::{
    approval,
    model::{Approval, Request, Task},
    table::{COLUMNS, request_of},
    task,
};
use crate::search::audience;

/// The request, when there is one.
pub async fn find(sql: &mut dyn Sql, tenant: TenantId, id: RequestId) -> Result<Option<Request>, StoreError> {
    sql.row(&format!("SELECT {COLUMNS} FROM request WHERE tenant_id = $1 AND id = $2"), params![tenant, id])
        .await?
        .map(|row| request_of(&row))
        .transpose()
}

/// The request, held for this transaction: whoever else wants to change it waits, then sees what we made of it.
pub(crate) async fn find_held(tx: &mut Tx, tenant: TenantId, id: RequestId) -> Result<Option<Request>, StoreError> {
    let held = tx.dialect().for_update();
    tx.row(&format!("SELECT {COLUMNS} FROM request WHERE tenant_id = $1 AND id = $2{held}"), params![tenant, id])
        .await?
        .map(|row| request_of(&row))
        .transpose()
}

/// The steps of approving a request, in order.
pub(super) async fn approvals_of(sql: &mut dyn Sql, tenant: TenantId, id: RequestId) -> Result<Vec<Approval>, StoreError> {
    Ok(approval::of(sql, tenant, &[id]).await?.into_iter().map(|(_, approval)| approval).collect())
}

/// The tasks of a request, in order.
pub(super) async fn tasks_of(sql: &mut dyn Sql, tenant: TenantId, id: RequestId) -> Result<Vec<Task>, StoreError> {
    Ok(task::of(sql, tenant, &[id]).await?.into_iter().map(|(_, task)| task).collect())
}

/// Whom requests are shown to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    /// Their own requests, drafts too, and those that they are asked to approve.
    pub person: Option<PersonId>,
    /// None = everything that was sent; else what was sent and is the work of a team of this organisation.
    pub organisation: Option<OrganisationId>,
}

impl Reach {
    /// What this caller sees under this permission.
    pub(super) fn of(caller: &Caller, permission: Permission) -> ApiResult<Self> {
        Ok(Self { person: caller.person, organisation: caller.scope(permission)?.organisation() })
    }

    /// The condition on rows of `request`, with what is bound into it.
    pub(super) fn condition(self, values: &mut Vec<evenkeel_store::Value>) -> String {
        values.push(self.person.into());
        let person = format!("${}", values.len());
        let own = format!("requester_id = {person}");
        let Some(organisation) = self.organisation else { return format!("({own} OR state <> 'draft')") };
        values.push(organisation.into());
        let organisation = format!("${}", values.len());
        format!(
            "({own} OR state <> 'draft' AND (team_organisation_id = {organisation}
               OR EXISTS (SELECT 1 FROM request_task t WHERE t.tenant_id = request.tenant_id AND t.request_id = request.id
                          AND t.team_organisation_id = {organisation} AND t.state <> 'ahead')
               OR EXISTS (SELECT 1 FROM request_approver a WHERE a.tenant_id = request.tenant_id AND a.request_id = request.id
                          AND a.person_id = {person})))"
        )
    }

    fn shows(self, request: &Request, approvals: &[Approval], tasks: &[Task]) -> bool {
        if self.person == Some(request.requester_id) {
            return true;
        }
        if request.state == RequestState::Draft {
            return false;
        }
        let Some(organisation) = self.organisation else { return true };
        let asked = |approval: &Approval| approval.asked.iter().any(|asked| Some(asked.person_id) == self.person);
        request.team_organisation_id == organisation
            || tasks.iter().any(|task| task.team_organisation_id == organisation && task.state != TaskState::Ahead)
            || approvals.iter().any(asked)
    }
}

async fn shown(sql: &mut dyn Sql, caller: &Caller, permission: Permission, found: Request) -> ApiResult<Authorised<Request>> {
    let reach = Reach::of(caller, permission)?;
    let approvals = approvals_of(sql, found.tenant, found.id).await?;
    let tasks = tasks_of(sql, found.tenant, found.id).await?;
    if !reach.shows(&found, &approvals, &tasks) {
        return Err(Problem::not_found("request", found.id));
    }
    // Who sees a request was judged above, person by person: nothing is left for organisations to narrow down.
    caller.authorise(permission, &[caller.organisation], ("request", found.id), found)
}

/// The request, when the caller may see it.
pub(crate) async fn look(sql: &mut dyn Sql, caller: &Caller, permission: Permission, id: RequestId) -> ApiResult<Authorised<Request>> {
    caller.require(permission)?;
    let found = find(sql, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("request", id))?;
    shown(sql, caller, permission, found).await
}

/// Whether there is such a request and the caller may see it.
pub async fn shows(sql: &mut dyn Sql, caller: &Caller, id: RequestId) -> Result<bool, StoreError> {
    let Some(found) = find(sql, caller.tenant, id).await? else { return Ok(false) };
    let Ok(reach) = Reach::of(caller, Permission::RequestRead) else { return Ok(false) };
    let approvals = approvals_of(sql, found.tenant, id).await?;
    let tasks = tasks_of(sql, found.tenant, id).await?;
    Ok(reach.shows(&found, &approvals, &tasks))
}

/// The request, held for this transaction, when the caller may handle it and holds its version.
pub(crate) async fn hold(
    tx: &mut Tx,
    caller: &Caller,
    permission: Permission,
    id: RequestId,
    if_match: &IfMatch,
) -> ApiResult<Authorised<Request>> {
    caller.require(permission)?;
    let found = find_held(tx, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("request", id))?;
    let found = shown(tx, caller, permission, found).await?;
    if_match.check(found.version)?;
    Ok(found)
}

/// The same, when it is the caller's own.
pub(super) async fn hold_own(tx: &mut Tx, caller: &Caller, id: RequestId, if_match: &IfMatch) -> ApiResult<Authorised<Request>> {
    let found = hold(tx, caller, Permission::RequestOpen, id, if_match).await?;
    if Some(found.requester_id) == caller.person {
        return Ok(found);
    }
    Err(evenkeel_core::Failure::new(evenkeel_core::ErrorCode::Forbidden, "only who asked for it can do this").into())
}

/// Whether the caller may see everything that was sent.
pub(super) fn is_staff(caller: &Caller) -> bool {
    caller.scope(Permission::RequestRead).is_ok_and(|scope| scope == Scope::All)
}

/// How items were rated: item, how many, their mean. Of one organisation's requests only, when given.
pub async fn ratings(
    sql: &mut dyn Sql,
    tenant: TenantId,
    organisation: Option<OrganisationId>,
) -> Result<Vec<(CatalogueItemId, i64, f64)>, StoreError> {
    sql.rows(
        "SELECT item_id, COUNT(*) AS n, AVG(CAST(stars AS DOUBLE PRECISION)) AS mean FROM request
         WHERE tenant_id = $1 AND stars IS NOT NULL AND organisation_id = COALESCE($2, organisation_id) GROUP BY item_id",
        params![tenant, organisation],
    )
    .await?
    .iter()
    .map(|row| Ok((row.id("item_id")?, row.int("n")?, row.float("mean")?)))
    .collect()
}

/// Sets when a request is due; whether there is such a request. It is a projection of whoever knows clocks: it makes no event
/// and no new version, so it never invalidates what a reader holds.
pub async fn set_due(tx: &mut Tx, tenant: TenantId, id: RequestId, due_at: Option<Timestamp>) -> Result<bool, StoreError> {
    let touched = tx.execute("UPDATE request SET due_at = $3 WHERE tenant_id = $1 AND id = $2", params![tenant, id, due_at]).await?;
    Ok(touched == 1)
}

/// Requests that were sent in `[from, to)`, the newest first, at most `limit`.
pub(crate) async fn submitted_within(
    sql: &mut dyn Sql,
    tenant: TenantId,
    from: Timestamp,
    to: Timestamp,
    limit: i64,
) -> Result<Vec<RequestId>, StoreError> {
    let text = "SELECT id FROM request WHERE tenant_id = $1 AND submitted_at >= $2 AND submitted_at < $3
         ORDER BY submitted_at DESC, number DESC LIMIT $4";
    sql.rows(text, params![tenant, from, to, limit]).await?.iter().map(|row| row.id("id")).collect()
}

/// The marks of those who may find a request: as [`Reach`], for the search index.
pub(crate) async fn marks(sql: &mut dyn Sql, request: &Request) -> Result<Vec<String>, StoreError> {
    let mut marks = vec![audience::person(request.requester_id)];
    if request.state == RequestState::Draft {
        return Ok(marks);
    }
    marks.extend([audience::STAFF.to_owned(), audience::organisation(request.team_organisation_id)]);
    for task in tasks_of(sql, request.tenant, request.id).await? {
        if task.state != TaskState::Ahead {
            marks.push(audience::organisation(task.team_organisation_id));
        }
    }
    for approval in approvals_of(sql, request.tenant, request.id).await? {
        marks.extend(approval.asked.iter().map(|asked| audience::person(asked.person_id)));
    }
    Ok(marks)
}
