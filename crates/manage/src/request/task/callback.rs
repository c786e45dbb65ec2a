//! A machine says that it is done, at the address that it was given.

use axum::extract::State;
use evenkeel_api::{ApiResult, Path, Problem, Refusals};
use evenkeel_core::{ErrorCode, Failure, id::RequestTaskId, state::TaskState};
use http::StatusCode;

use super::automated::{begin, end};
use crate::{Manage, ticket::token};

/// Says that an automated task is done. The address is the proof; it works once, and its body is not read.
#[utoipa::path(post, path = "/api/v1/request-tasks/done/{token}", operation_id = "request_task_call_back", tag = "request", security(()),
    params(("token" = String, Path, description = "The secret part of the address.")), responses((status = 204), Refusals))]
pub(super) async fn request_task_call_back(State(manage): State<Manage>, Path(token): Path<String>) -> ApiResult<StatusCode> {
    let mut tx = manage.kit.db.write().await?;
    let found = token::peek(&mut tx, &token, manage.kit.now()).await?;
    let id: RequestTaskId = match (found.subject.parse(), found.person) {
        (Ok(id), None) => id,
        _ => return Err(token::forged().into()),
    };
    token::take(&mut tx, &token).await?;
    let Some((change, index)) = begin(&mut tx, found.tenant, id, "callback").await? else {
        let over = "this task is done, was given up, or its request ended; there is nothing to say of it any more";
        return Err(Problem::from(Failure::new(ErrorCode::StateRefused, over).at("/state")));
    };
    end(&mut tx, change, index, TaskState::Done, "called_back".to_owned()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
