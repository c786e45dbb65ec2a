//! Mailboxes of the desk.
#![allow(missing_docs, reason = "the doc comments here are the descriptions of the published schema; a name says the rest")]

use evenkeel_core::{Language, priority::Level};
use evenkeel_manage::mail::definition::{Existing, MailboxTls, UnknownSenders};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::Name;
use crate::definition::schema;

/// A mailbox whose mail becomes tickets, and that answers leave from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailboxEntry {
    #[schemars(with = "String")]
    pub name: Name,
    /// The IMAP server.
    pub host: String,
    /// 993 under TLS, else 143, when not given.
    pub port: Option<u16>,
    /// implicit (from the first byte), starttls, or none.
    #[serde(default)]
    #[schemars(schema_with = "schema::mailbox_tls")]
    pub tls: MailboxTls,
    /// Who signs in there.
    pub user: String,
    /// The name of the secret that holds the password: `EVENKEEL_SECRET_NAME`, or a file of the folder of secrets.
    #[schemars(with = "String")]
    pub password: Spanned<String>,
    /// INBOX when not given.
    pub folder: Option<String>,
    /// The address that people write to and that answers come from.
    #[schemars(with = "String")]
    pub address: Spanned<String>,
    /// The name beside it.
    #[serde(default)]
    pub display: String,
    /// The service of tickets that begin here.
    #[schemars(with = "String")]
    pub service: Name,
    /// The team that gets them; the service's when not given.
    #[schemars(with = "Option<String>")]
    pub team: Option<Name>,
    /// Their impact, 1 (high) to 3 (low); 3 when not given.
    #[schemars(schema_with = "schema::level")]
    pub impact: Option<Level>,
    /// Their urgency, 1 (high) to 3 (low); 2 when not given.
    #[schemars(schema_with = "schema::level")]
    pub urgency: Option<Level>,
    /// Mail from people who are not known: hold (kept aside until somebody takes it), or open (a ticket of no customer).
    #[serde(default)]
    #[schemars(schema_with = "schema::unknown_senders")]
    pub unknown_senders: UnknownSenders,
    /// Mail that lay in the folder before: leave, or take.
    #[serde(default)]
    #[schemars(schema_with = "schema::existing_mail")]
    pub existing: Existing,
    /// The largest mail that is fetched whole; of a larger one the beginning is. 30 MiB when not given.
    #[schemars(range(min = 262_144, max = 67_108_864))]
    pub bytes_max: Option<u64>,
    /// The language of what is written by itself: zh or en; zh when not given.
    #[schemars(schema_with = "schema::locale_optional")]
    pub language: Option<Language>,
    /// The name under which your own mail server writes Authentication-Results. Given, a sender counts as known only with dmarc=pass there.
    pub authenticated_by: Option<String>,
}
