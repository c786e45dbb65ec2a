//! Mailboxes as they are read, mails that were kept aside, and a mail as it came.

use axum::{extract::State, response::Response};
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem, Query, Refusals};
use evenkeel_core::id::{IncidentId, MailId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    definition,
    model::{Kind, Reason, Standing},
    state, table,
    table::Mail,
    ticket,
};
use crate::{
    Manage, attachment,
    party::{NameRef, Wanted, load_names},
};

/// A mailbox.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Mailbox {
    /// Its name.
    name: String,
    /// The address that people write to.
    address: String,
    /// Where it is read: host, port and folder.
    server: String,
    /// The service of tickets that begin here.
    service: NameRef,
    /// Since when it is connected; null = it is not.
    connected_at: Option<Timestamp>,
    /// When the last mail came.
    last_mail_at: Option<Timestamp>,
    /// Why it is not connected.
    error: Option<String>,
    /// Since when that is so.
    error_at: Option<Timestamp>,
}

/// Mailboxes, by name, and how reading them goes.
#[utoipa::path(get, path = "/api/v1/mailboxes", operation_id = "mailbox_list", tag = "mail",
    responses((status = 200, body = Vec<Mailbox>), Refusals))]
pub(super) async fn mailbox_list(State(manage): State<Manage>, caller: Caller) -> ApiResult<Json<Vec<Mailbox>>> {
    caller.require(Permission::MailRead)?;
    let mut sql = manage.kit.db.read().await?;
    let declared = definition::list(&mut sql, caller.tenant).await?;
    let mut states = state::list(&mut sql, caller.tenant).await?;
    let wanted = Wanted { services: declared.iter().map(|mailbox| mailbox.body.service).collect(), ..Wanted::default() };
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    let show = |mailbox: crate::definition::Version<definition::MailboxDefinition>| {
        let body = mailbox.body;
        let found = states.iter().position(|state| state.mailbox == mailbox.name && state.source == body.source());
        let state = found.map(|at| states.swap_remove(at));
        Mailbox {
            name: mailbox.name,
            address: body.address.to_string(),
            server: format!("{}:{} {}", body.host, body.port(), body.folder),
            service: names.service(body.service),
            connected_at: state.as_ref().and_then(|state| state.connected_at),
            last_mail_at: state.as_ref().and_then(|state| state.last_mail_at),
            error: state.as_ref().and_then(|state| state.error.clone()),
            error_at: state.and_then(|state| state.error_at),
        }
    };
    Ok(Json(declared.into_iter().map(show).collect()))
}

/// A mail that came, for whoever decides what becomes of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeptMail)]
pub(super) struct KeptMail {
    /// Its id.
    id: MailId,
    /// By which mailbox.
    mailbox: String,
    /// What it is.
    kind: Kind,
    /// Where it stands.
    standing: Standing,
    /// Why it was not taken.
    reason: Option<Reason>,
    /// What went wrong, when something did.
    error: Option<String>,
    /// Who sent it; empty when it does not say, or it was erased.
    address: String,
    /// The name they give.
    name: String,
    /// Its subject.
    subject: String,
    /// Its bytes.
    bytes: i64,
    /// When it came.
    at: Timestamp,
    /// The ticket that it became part of.
    incident_id: Option<IncidentId>,
}

impl From<Mail> for KeptMail {
    fn from(mail: Mail) -> Self {
        Self {
            id: mail.id,
            mailbox: mail.mailbox,
            kind: mail.kind,
            standing: mail.standing,
            reason: mail.reason,
            error: mail.error,
            address: mail.address,
            name: mail.name,
            subject: mail.subject,
            bytes: mail.bytes,
            at: mail.at,
            incident_id: mail.ticket.map(ticket::incident_of),
        }
    }
}

/// Which mails.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct MailFilter {
    /// Where they stand; `held` when not given.
    standing: Option<Standing>,
}

/// Mails that stand so, newest first.
#[utoipa::path(get, path = "/api/v1/mails", operation_id = "mail_list", tag = "mail",
    params(MailFilter, PageQuery), responses((status = 200, body = Page<KeptMail>), Refusals))]
pub(super) async fn mail_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(filter): Query<MailFilter>,
    Query(query): Query<PageQuery>,
) -> ApiResult<Json<Page<KeptMail>>> {
    caller.require(Permission::MailRead)?;
    let after = query.key::<MailId>()?.map(|id| id.to_string()).unwrap_or_default();
    let standing = filter.standing.unwrap_or(Standing::Held);
    let mut sql = manage.kit.db.read().await?;
    let found = table::standing(&mut sql, caller.tenant, standing, &after, query.fetch()).await?;
    Ok(Json(query.page(found, |mail| mail.id).map(Into::into)))
}

/// A mail as it came, as a download. It may hold what only staff may see.
#[utoipa::path(get, path = "/api/v1/mails/{id}/original", operation_id = "mail_original", tag = "mail",
    params(("id" = MailId, Path)), responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), Refusals))]
pub(super) async fn mail_original(State(manage): State<Manage>, caller: Caller, Path(id): Path<MailId>) -> ApiResult<Response> {
    caller.require(Permission::MailRead)?;
    let mut sql = manage.kit.db.read().await?;
    let missing = || Problem::not_found("mail", id);
    let digest = table::find(&mut sql, caller.tenant, id).await?.and_then(|mail| mail.original).ok_or_else(missing)?;
    drop(sql);
    let bytes = manage.blobs.find(&digest).await?.ok_or_else(missing)?;
    Ok(attachment::download(&format!("{id}.eml"), bytes))
}
