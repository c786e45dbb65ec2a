//! The work of a team.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Permission, Query, Refusals};
use evenkeel_core::{
    definition::Bilingual,
    id::{RequestId, RequestTaskId, TeamId},
    state::TaskState,
};
use evenkeel_store::{Sql as _, params};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    automated_of, defined,
    table::{COLUMNS, task_of},
};
use crate::{
    Manage, catalogue,
    party::{NameRef, PersonRef, Wanted, load_names},
    request::store,
};

/// Which.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TaskQuery {
    /// Of this team; not given = of every team that one is in.
    team: Option<TeamId>,
    /// `true` = done and given up ones; else what is to be done.
    #[serde(default)]
    past: bool,
}

/// A piece of the work on a request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestTaskRow)]
pub(super) struct TaskRow {
    id: RequestTaskId,
    request_id: RequestId,
    /// REQ-1001 is 1001.
    number: i64,
    /// What is to be done.
    title: Bilingual,
    /// For what.
    item: Bilingual,
    state: TaskState,
    team: NameRef,
    /// Who is at it.
    person: Option<PersonRef>,
    /// Who asked for it.
    requester: PersonRef,
    /// Whether a machine does it.
    automated: bool,
    /// What the machine said when it did not.
    error: Option<String>,
    /// When the request is due.
    due_at: Option<Timestamp>,
}

/// Tasks of teams, oldest first; a vendor's own only.
#[utoipa::path(get, path = "/api/v1/request-tasks", operation_id = "request_task_list", tag = "request", params(TaskQuery, PageQuery),
    responses((status = 200, body = Page<TaskRow>), Refusals))]
pub(super) async fn request_task_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<TaskQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<TaskRow>>> {
    let scope = caller.scope(Permission::RequestWork)?;
    let after: String = page.key()?.unwrap_or_default();
    let states = if query.past { "'done', 'void'" } else { "'open', 'in_progress', 'failed'" };
    let mut values = params![caller.tenant, after, page.fetch(), scope.organisation()];
    let team = match query.team {
        Some(team) => {
            values.push(team.into());
            "team_id = $5"
        }
        None => {
            values.push(caller.person.into());
            "team_id IN (SELECT m.team_id FROM team_member m WHERE m.tenant_id = $1 AND m.person_id = $5)"
        }
    };
    let mut sql = manage.kit.db.read().await?;
    let rows = sql
        .rows(
            &format!(
                "SELECT {COLUMNS} FROM request_task WHERE tenant_id = $1 AND id > $2 AND state IN ({states}) AND {team} \
                 AND team_organisation_id = COALESCE($4, team_organisation_id) ORDER BY id LIMIT $3"
            ),
            values,
        )
        .await?;
    let tasks = rows.iter().map(task_of).collect::<Result<Vec<_>, _>>()?;
    let tasks = page.page(tasks, |(_, task)| task.id.to_string());
    let mut found = Vec::with_capacity(tasks.items.len());
    let mut wanted = Wanted::default();
    for (id, task) in tasks.items {
        let Some(request) = store::find(&mut sql, caller.tenant, id).await? else { continue };
        wanted.teams.insert(task.team_id);
        wanted.people.extend(task.person_id);
        wanted.people.insert(request.requester_id);
        let item = catalogue::version(&mut sql, caller.tenant, request.item_id, request.item_version).await?.body;
        found.push((request, item, task));
    }
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    let items = found.into_iter().map(|(request, item, task)| TaskRow {
        id: task.id,
        request_id: request.id,
        number: request.number,
        title: defined(&item, &task).map_or_else(|| item.display.clone(), |defined| defined.title.clone()),
        state: task.state,
        team: names.team(task.team_id),
        person: task.person_id.map(|id| names.person(id)),
        requester: names.person(request.requester_id),
        automated: automated_of(&item, &task).is_some(),
        error: task.error,
        due_at: request.due_at,
        item: item.display,
    });
    Ok(Json(Page { items: items.collect(), next: tasks.next }))
}
