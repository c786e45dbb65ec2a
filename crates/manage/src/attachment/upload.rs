//! Give a file for something that is about to be said.

use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
};
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Query, Refusals};
use evenkeel_core::{
    ErrorCode,
    id::{AttachmentId, IncidentId},
};
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{draft, table::Kept};
use crate::{Manage, incident, mail::TicketRef, refuse, ticket::act};

/// The largest file that is taken, bytes.
pub const FILE_BYTES_MAX: usize = 25 << 20;
/// The longest name that is kept, characters.
const NAME_CHARS_MAX: usize = 200;

/// What the file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FileQuery {
    /// Its name, with its ending.
    name: String,
}

/// A file that was given.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FileGiven {
    /// What a note names it by.
    id: AttachmentId,
    /// Its name as it is kept.
    name: String,
    /// Its size.
    bytes: usize,
}

/// A name without folders, and without what a header or a shell would take otherwise.
fn plain(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let odd = |letter: char| letter.is_control() || matches!(letter, '"' | '<' | '>' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}');
    let name: String = last.chars().filter(|letter| !odd(*letter)).take(NAME_CHARS_MAX).collect();
    name.trim().trim_start_matches('.').to_owned()
}

/// What the giver says it is, when that is a media type.
fn media_type(headers: &HeaderMap) -> String {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let word = |text: &str| {
        !text.is_empty()
            && text.len() <= 60
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'+' | b'_'))
    };
    match given.split(';').next().unwrap_or_default().trim().split_once('/') {
        Some((main, sub)) if word(main) && word(sub) => format!("{main}/{sub}").to_ascii_lowercase(),
        _ => "application/octet-stream".to_owned(),
    }
}

/// Gives a file for something that is about to be said on an incident: the body is the file. Until a note names it, it is seen
/// by nobody; a day later it is gone.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/attachments", operation_id = "attachment_add", tag = "incident",
    params(("id" = IncidentId, Path), FileQuery), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = FileGiven), Refusals))]
pub(super) async fn attachment_add(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    query: Result<Query<FileQuery>, Problem>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> ApiResult<(StatusCode, Json<FileGiven>)> {
    caller.require(Permission::IncidentNote)?;
    let mut sql = manage.kit.db.read().await?;
    let found = incident::find(&mut sql, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("incident", id))?;
    caller.authorise(Permission::IncidentNote, &found.organisations(), ("incident", id), ())?;
    drop(sql);
    let Query(query) = query?;
    let body = body.map_err(|_| Problem::new(ErrorCode::TooLarge, format!("a file has at most {FILE_BYTES_MAX} bytes")))?;
    let name = plain(&query.name);
    if name.is_empty() {
        return Err(refuse::invalid("name", "a file has a name").into());
    }
    if body.is_empty() {
        return Err(refuse::invalid("/", "the file is empty").into());
    }
    let digest = manage.blobs.put(&body).await?;
    let file = Kept { name, media_type: media_type(&headers), bytes: body.len(), digest };
    let act = act(&manage, &caller);
    let mut tx = manage.kit.db.write().await?;
    let given = AttachmentId::at(act.at, tx.rng().as_ref());
    let unnamed = draft::keep(&mut tx, &act, TicketRef::Incident(id), given, &file).await?;
    tx.commit().await?;
    for digest in unnamed {
        manage.blobs.remove(&digest).await?;
    }
    Ok((StatusCode::CREATED, Json(FileGiven { id: given, name: file.name, bytes: file.bytes })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_name_and_no_path() {
        assert_eq!(plain("../../etc/报告 1.pdf"), "报告 1.pdf");
        assert_eq!(plain("C:\\x\\a\"b<c>.txt"), "abc.txt");
        assert_eq!(plain("..."), "");
        assert_eq!(plain(&"字".repeat(500)).chars().count(), NAME_CHARS_MAX);
    }
}
