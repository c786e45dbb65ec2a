//! Reading mailboxes: one reader for each, whoever holds its lease. It waits at the server for what comes, comes back after
//! whatever breaks, and every mail's place in the folder is written by the transaction that takes it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use evenkeel_core::{
    id::TenantId,
    secret::{Secret, SecretName},
};
use evenkeel_store::{Db, Dialect, Lease, StoreError, blob::Blobs, lease};
use jiff::SignedDuration;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

use super::{
    definition::{self, Existing, MAIL_BYTES_MIN, MailboxDefinition},
    imap::{self, ImapError, Listed, Session},
    state::{self, MailboxState},
    take::{self, From, Prepared},
};
use crate::{Manage, definition::Version};

/// Another reader takes over so long after one is gone.
const LEASE_TTL: Duration = Duration::from_secs(15);
/// How often a reader says that it is there.
const RENEW_EVERY: Duration = Duration::from_secs(5);
/// How long a server is waited at before it is asked anew (RFC 9051 allows it 30 minutes; middleboxes allow less).
const WAIT_MAX: Duration = Duration::from_mins(5);
/// How often declarations are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// The longest wait between two tries.
const BACKOFF_MAX: Duration = Duration::from_mins(1);
/// What came up to so long before a mailbox was declared is not old: clocks differ.
const GRACE: SignedDuration = SignedDuration::from_mins(5);

/// Where passwords of mailboxes lie.
pub trait Passwords: std::fmt::Debug + Send + Sync {
    /// The secret.
    ///
    /// # Errors
    /// In words, how it is put there.
    fn find(&self, name: &SecretName) -> Result<Secret, String>;
}

/// Why reading stopped.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Imap(#[from] ImapError),
    #[error("the database is away: {0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Password(String),
    #[error("another process reads it now")]
    Lost,
}

/// What a reader needs.
#[derive(Clone)]
struct Reader {
    db: Db,
    blobs: Blobs,
    tenant: TenantId,
    tls: TlsConnector,
    passwords: Arc<dyn Passwords>,
    owner: String,
}

/// Reads every mailbox that is declared, until `cancel`.
pub async fn keep(manage: Manage, tenant: TenantId, passwords: Arc<dyn Passwords>, cancel: CancellationToken) {
    let tls = match imap::connector() {
        Ok(tls) => tls,
        Err(error) => {
            tracing::error!(%error, "no mailbox can be read");
            return;
        }
    };
    let owner = match manage.kit.db.dialect() {
        // An embedded database has one process at a time: the one before is gone, and its lease is ours at once.
        Dialect::Sqlite => "embedded".to_owned(),
        Dialect::Postgres => {
            let mut bytes = [0u8; 8];
            manage.kit.rng.fill(&mut bytes);
            hex::encode(bytes)
        }
    };
    let reader = Reader { db: manage.kit.db.clone(), blobs: manage.blobs.clone(), tenant, tls, passwords, owner };
    let mut running: BTreeMap<String, (MailboxDefinition, CancellationToken)> = BTreeMap::new();
    let mut tasks = JoinSet::new();
    while !cancel.is_cancelled() {
        match reader.declared().await {
            Ok(declared) => {
                running.retain(|name, (body, until)| {
                    let same = declared.iter().any(|mailbox| mailbox.name == *name && mailbox.body == *body);
                    if !same {
                        until.cancel();
                    }
                    same
                });
                for mailbox in declared {
                    if !running.contains_key(&mailbox.name) {
                        let until = cancel.child_token();
                        running.insert(mailbox.name.clone(), (mailbox.body.clone(), until.clone()));
                        let reader = reader.clone();
                        tasks.spawn(async move { reader.follow(&mailbox, &until).await });
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "declarations of mailboxes cannot be read; those known go on"),
        }
        while tasks.try_join_next().is_some() {}
        rest(LOOK_EVERY, &cancel).await;
    }
    while tasks.join_next().await.is_some() {}
}

async fn rest(span: Duration, cancel: &CancellationToken) {
    tokio::select! {
        () = cancel.cancelled() => {}
        () = tokio::time::sleep(span) => {}
    }
}

impl Reader {
    async fn declared(&self) -> Result<Vec<Version<MailboxDefinition>>, StoreError> {
        let mut sql = self.db.read().await?;
        definition::list(&mut sql, self.tenant).await
    }

    /// Reads one mailbox until `cancel`, coming back after whatever breaks.
    async fn follow(&self, mailbox: &Version<MailboxDefinition>, cancel: &CancellationToken) {
        let name = format!("manage.mailbox.{}", mailbox.name);
        let mut errors = 0u32;
        while !cancel.is_cancelled() {
            let Ok(Some(held)) = lease::acquire(&self.db, &name, &self.owner, LEASE_TTL).await else {
                rest(RENEW_EVERY, cancel).await;
                continue;
            };
            let ended = tokio::select! {
                () = cancel.cancelled() => Ok(()),
                lost = self.renew(&held) => Err(lost),
                ended = self.read(mailbox, &held, &mut errors) => ended,
            };
            if let Err(error) = lease::release(&self.db, &held).await {
                tracing::debug!(%error, mailbox = mailbox.name, "the lease ends by itself");
            }
            if let Err(stopped) = ended {
                errors += 1;
                tracing::warn!(mailbox = mailbox.name, error = %stopped, errors, "a mailbox cannot be read; it will be tried again");
                self.say(mailbox, &stopped).await;
                let wait = Duration::from_secs(1).saturating_mul(1 << (errors - 1).min(6)).min(BACKOFF_MAX);
                rest(wait, cancel).await;
            }
        }
    }

    /// Keeps the lease; ends when it is another's.
    async fn renew(&self, held: &Lease) -> Stopped {
        let mut until = tokio::time::Instant::now() + LEASE_TTL;
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            match lease::acquire(&self.db, &held.name, &held.owner, LEASE_TTL).await {
                Ok(Some(now)) if now.fence == held.fence => until = tokio::time::Instant::now() + LEASE_TTL,
                Ok(_) => return Stopped::Lost,
                // A database that is away for a moment is nobody's reason to stop; what is written is fenced anyway.
                Err(_) if tokio::time::Instant::now() < until => {}
                Err(error) => return error.into(),
            }
        }
    }

    async fn say(&self, mailbox: &Version<MailboxDefinition>, stopped: &Stopped) {
        let said = async {
            let mut tx = self.db.write().await?;
            state::fail(&mut tx, self.tenant, &mailbox.name, &mailbox.body.source(), &stopped.to_string()).await?;
            tx.commit().await
        };
        if let Err(error) = said.await {
            tracing::warn!(%error, mailbox = mailbox.name, "the trouble of a mailbox could not be written down");
        }
    }

    async fn read(&self, mailbox: &Version<MailboxDefinition>, held: &Lease, errors: &mut u32) -> Result<(), Stopped> {
        let password = self.passwords.find(&mailbox.body.password).map_err(Stopped::Password)?;
        let mut session = Session::open(&mailbox.body, &password, &self.tls).await?;
        let numbering = session.examine(&mailbox.body.folder).await?;
        let mut at = self.begin(mailbox, held, numbering).await?;
        tracing::info!(mailbox = mailbox.name, uid = at.uid, "a mailbox is read");
        loop {
            let new = session.after(at.uid).await?;
            if new.is_empty() {
                *errors = 0;
                session.wait(WAIT_MAX).await?;
                continue;
            }
            for some in new.chunks(imap::LISTED_MAX) {
                for listed in session.list(some).await? {
                    self.take(mailbox, held, &at, &mut session, listed).await?;
                    at.uid = listed.uid;
                }
                // What is gone meanwhile is not asked for again.
                at.uid = at.uid.max(some.last().copied().unwrap_or(at.uid));
            }
        }
    }

    async fn begin(&self, mailbox: &Version<MailboxDefinition>, held: &Lease, numbering: u32) -> Result<MailboxState, StoreError> {
        let mut tx = self.db.write().await?;
        tx.fenced(held).await?;
        let state = state::begin(&mut tx, self.tenant, &mailbox.name, &mailbox.body.source(), numbering).await?;
        tx.commit().await?;
        Ok(state)
    }

    async fn take(
        &self,
        mailbox: &Version<MailboxDefinition>,
        held: &Lease,
        at: &MailboxState,
        session: &mut Session,
        listed: Listed,
    ) -> Result<(), Stopped> {
        let from = From { lease: held, uid: listed.uid };
        let old = listed.came_at.is_some_and(|came_at| came_at < at.since.saturating_sub(GRACE).unwrap_or(came_at));
        if old && mailbox.body.existing == Existing::Leave {
            return Ok(self.pass(mailbox, from).await?);
        }
        let too_large = (listed.bytes > mailbox.body.bytes_max).then_some(listed.bytes);
        let bytes = if too_large.is_some() { MAIL_BYTES_MIN } else { mailbox.body.bytes_max };
        let Some(raw) = session.fetch(listed.uid, bytes).await? else { return Ok(self.pass(mailbox, from).await?) };
        // A server that gave a smaller size than the mail has (some do) is found out here.
        let too_large = too_large.or((raw.len() as u64 >= bytes && listed.bytes < bytes).then_some(bytes));
        let prepared = take::prepare(&self.blobs, raw, too_large).await?;
        match take::take(&self.db, self.tenant, mailbox, from, &prepared).await {
            Ok(standing) => {
                tracing::info!(
                    mailbox = mailbox.name,
                    uid = listed.uid,
                    standing = standing.map_or("known", super::Standing::as_str),
                    "a mail came"
                );
                Ok(())
            }
            Err(error) => Ok(self.park(mailbox, from, &prepared, error).await?),
        }
    }

    /// A mail that fails for its own sake is kept aside; for any other reason the reader comes back to it.
    async fn park(
        &self,
        mailbox: &Version<MailboxDefinition>,
        from: From<'_>,
        prepared: &Prepared,
        error: StoreError,
    ) -> Result<(), StoreError> {
        if error.is_passing() || matches!(error, StoreError::Fenced(_) | StoreError::Conflict(_)) {
            return Err(error);
        }
        tracing::error!(mailbox = mailbox.name, uid = from.uid, %error, "a mail could not be taken; it is kept aside");
        take::park(&self.db, self.tenant, mailbox, from, prepared, &error).await
    }

    /// Leaves a mail where it is.
    async fn pass(&self, mailbox: &Version<MailboxDefinition>, from: From<'_>) -> Result<(), StoreError> {
        let mut tx = self.db.write().await?;
        tx.fenced(from.lease).await?;
        state::advance(&mut tx, self.tenant, &mailbox.name, from.uid, false).await?;
        tx.commit().await
    }
}
