//! Handing out an attachment, to whoever sees the note it came with.

use std::fmt::Write as _;

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use evenkeel_api::{ApiResult, Caller, Path, Permission, Problem, Refusals, Scope};
use evenkeel_core::{id::AttachmentId, state::Visibility};
use evenkeel_store::StoreError;
use http::{HeaderValue, header};

use super::table;
use crate::{Manage, incident, mail::TicketRef};

/// Nothing of it runs, loads or is framed, even where a browser shows it against our word.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// The bytes of a file as a download that no browser shows or runs.
pub(crate) fn download(name: &str, bytes: Vec<u8>) -> Response {
    let mut answer = bytes.into_response();
    let headers = answer.headers_mut();
    // Its own type would be the sender's word.
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let Ok(value) = HeaderValue::from_str(&disposition(name)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    answer
}

/// RFC 6266 with RFC 8187: a plain name for old browsers, the whole one for all others.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | ' ') { letter } else { '_' })
        .collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            whole.push(char::from(byte));
        } else {
            let _ = write!(whole, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

/// An attachment's bytes, as a download. Whoever may not see the note it came with finds nothing.
#[utoipa::path(get, path = "/api/v1/attachments/{id}", operation_id = "attachment_get", tag = "incident",
    params(("id" = AttachmentId, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), Refusals))]
pub(super) async fn attachment_get(State(manage): State<Manage>, caller: Caller, Path(id): Path<AttachmentId>) -> ApiResult<Response> {
    let scope = caller.scope(Permission::IncidentRead)?;
    let missing = || Problem::not_found("attachment", id);
    let mut sql = manage.kit.db.read().await?;
    let found = table::find(&mut sql, caller.tenant, id).await?.ok_or_else(missing)?;
    let TicketRef::Incident(incident) = found.ticket;
    let incident = incident::find(&mut sql, caller.tenant, incident).await?.ok_or_else(missing)?;
    let staff = scope == Scope::All && caller.may(Permission::IncidentNoteInternal);
    if !scope.shows(&incident.organisations()) || (found.visibility == Visibility::Internal && !staff) {
        return Err(missing());
    }
    drop(sql);
    let bytes = manage.blobs.find(&found.digest).await?;
    let bytes = bytes.ok_or_else(|| StoreError::Corrupt(format!("the blob of attachment {id} is not there")))?;
    Ok(download(&found.name, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(disposition("报告\".html"), "attachment; filename=\"___.html\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A%22.html");
    }

    #[test]
    fn whatever_it_is_it_is_a_download() {
        let answer = download("x.html", b"<script>alert(1)</script>".to_vec());
        let header = |name: &str| answer.headers()[name].to_str().map(ToOwned::to_owned).unwrap_or_default();
        assert_eq!(header("content-type"), "application/octet-stream");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(header("content-disposition").starts_with("attachment;"));
        assert!(header("content-security-policy").contains("sandbox"));
    }
}
