//! Mailboxes as they are declared.

use evenkeel_api::Grant;
use evenkeel_core::{
    Language,
    id::{ServiceId, TeamId, TenantId},
    priority::Level,
    secret::SecretName,
};
use evenkeel_store::{Sql, StoreError, Tx};
use serde::{Deserialize, Serialize};

use super::model::Address;
use crate::{
    Act,
    definition::{self, Put, Version},
    party, refuse, service,
};

/// The word in `definition.put`.
pub const KIND: &str = "mailbox";
/// The most mailboxes; each is a connection.
pub const MAILBOXES_MAX: i64 = 50;
/// The largest mail that is fetched when nobody says, bytes.
pub const MAIL_BYTES_DEFAULT: u64 = 30 << 20;
/// The largest that may be asked for, bytes: a blob holds no more.
pub const MAIL_BYTES_MAX: u64 = 64 << 20;
/// The smallest that may be asked for, bytes: of what is larger so much is fetched.
pub const MAIL_BYTES_MIN: u64 = 256 << 10;
/// The longest name of a host, user or folder, bytes.
const WORD_BYTES_MAX: usize = 255;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailboxTls {
    /// TLS from the first byte.
    #[default]
    Implicit,
    /// STARTTLS, required.
    Starttls,
    /// Not at all: a server on this machine.
    None,
}

/// What becomes of mail from people who are not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownSenders {
    /// It is a ticket like any other, of no customer.
    Open,
    /// It is kept aside until one of ours takes it.
    #[default]
    Hold,
}

/// What becomes of mail that lay in the folder before the mailbox was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Existing {
    /// It stays what it is.
    #[default]
    Leave,
    /// It is taken like what comes.
    Take,
}

/// A mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxDefinition {
    /// The IMAP server.
    pub host: String,
    /// Its port; none = 993 under TLS, else 143.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub tls: MailboxTls,
    /// Who signs in there.
    pub user: String,
    /// The secret that holds the password.
    pub password: SecretName,
    /// The folder.
    pub folder: String,
    /// The address that people write to, and that our answers come from.
    pub address: Address,
    /// The name beside it in our answers; empty = none.
    pub display: String,
    /// The service of tickets that begin here.
    pub service: ServiceId,
    /// The team that gets them; none = the service's.
    pub team: Option<TeamId>,
    /// Their impact.
    pub impact: Level,
    /// Their urgency.
    pub urgency: Level,
    /// Mail from people who are not known.
    pub unknown_senders: UnknownSenders,
    /// Mail from before.
    pub existing: Existing,
    /// The largest mail that is fetched whole, bytes.
    pub bytes_max: u64,
    /// The language of what we write of ourselves.
    pub language: Language,
    /// The name under which our own mail server writes `Authentication-Results`; when given, a sender is known only with
    /// `dmarc=pass` there.
    pub authenticated_by: Option<String>,
}

impl MailboxDefinition {
    /// The port.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.tls == MailboxTls::Implicit { 993 } else { 143 })
    }

    /// What tells this folder from any other: positions within another one mean nothing here.
    pub fn source(&self) -> String {
        format!("{}\n{}\n{}\n{}", self.host, self.port(), self.user, self.folder)
    }

    /// Whether it can be one.
    ///
    /// # Errors
    /// A refusal that says what is wrong and where.
    pub fn check(&self, name: &str) -> Result<(), evenkeel_core::Failure> {
        for (place, word) in [("/host", &self.host), ("/user", &self.user), ("/folder", &self.folder)] {
            if word.is_empty() || word.len() > WORD_BYTES_MAX || word.chars().any(char::is_control) {
                return Err(refuse::invalid(
                    place,
                    format!("mailbox {name:?}: give 1 to {WORD_BYTES_MAX} bytes without control characters"),
                ));
            }
        }
        if !(MAIL_BYTES_MIN..=MAIL_BYTES_MAX).contains(&self.bytes_max) {
            return Err(refuse::invalid("/bytes_max", format!("mailbox {name:?}: give {MAIL_BYTES_MIN} to {MAIL_BYTES_MAX} bytes")));
        }
        if self.display.chars().any(char::is_control) || self.display.len() > WORD_BYTES_MAX {
            return Err(refuse::invalid("/display", format!("mailbox {name:?}: a name of at most {WORD_BYTES_MAX} bytes in one line")));
        }
        Ok(())
    }
}

/// Declares a mailbox under its name; the same again makes no version.
///
/// # Errors
/// A refusal that says what is wrong and where.
pub async fn put(tx: &mut Tx, _: &Grant, act: &Act, name: &str, mailbox: &MailboxDefinition) -> Result<Put, StoreError> {
    mailbox.check(name)?;
    if service::find(tx, act.tenant, mailbox.service).await?.is_none_or(|found| found.retired) {
        return Err(refuse::dangling(KIND, name, "/service", mailbox.service));
    }
    if let Some(team) = mailbox.team
        && party::find_team(tx, act.tenant, team).await?.is_none()
    {
        return Err(refuse::dangling(KIND, name, "/team", team));
    }
    let others = list(tx, act.tenant).await?;
    let others = others.iter().filter(|other| other.name != name);
    if others.clone().any(|other| other.body.address == mailbox.address) {
        return Err(refuse::invalid("/address", format!("mailbox {name:?}: another mailbox has this address")).into());
    }
    if i64::try_from(others.count()).unwrap_or(i64::MAX) >= MAILBOXES_MAX {
        return Err(refuse::invalid("/name", format!("at most {MAILBOXES_MAX} mailboxes")).into());
    }
    definition::put(tx, act, KIND, name, name, mailbox).await
}

/// Takes a mailbox out of force; answers whether it was. What it took stays.
pub async fn retire(tx: &mut Tx, _: &Grant, act: &Act, name: &str) -> Result<bool, StoreError> {
    definition::retire(tx, act, KIND, name).await
}

/// The mailbox in force under this name.
pub async fn find(sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<Version<MailboxDefinition>>, StoreError> {
    definition::current(sql, tenant, KIND, name).await
}

/// Every mailbox in force, by name.
pub async fn list(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<Version<MailboxDefinition>>, StoreError> {
    definition::list(sql, tenant, KIND, "", MAILBOXES_MAX).await
}
