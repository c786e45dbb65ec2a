//! The channel `mail`, following what is configured: the server's own flags, else the configuration in force, else files in
//! the data folder. A change of configuration counts from the next mail on.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use evenkeel_core::id::TenantId;
use evenkeel_observe::{
    contact::BROWSER,
    page::{
        BrowserChannel, ChatChannel, ChatDesk, Directory, GatewayChannel, MailChannel, MailSettings, MailTls, SmtpSettings, WebhookChannel,
        WebhookSettings, message::Composer,
    },
    probe::address::AddressPolicy,
};
use evenkeel_store::{Channel, Db, Delivery, Message};
use tokio::sync::Mutex;

use crate::{
    config::{MailArgs, Tls},
    definition::{self, Notification, Smtp},
};

/// Who mails come from when nobody says.
const FROM: &str = "Evenkeel <evenkeel@localhost>";

/// What a channel is made from; another plan makes another channel.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Plan {
    Smtp { smtp: Smtp, password: Option<String> },
    Folder,
}

/// The channel.
pub(super) struct Mail {
    db: Db,
    tenant: TenantId,
    directory: Arc<dyn Directory>,
    flags: MailArgs,
    folder: PathBuf,
    made: Mutex<Option<(Plan, Arc<MailChannel>)>>,
}

impl Mail {
    pub(super) fn new(db: Db, tenant: TenantId, directory: Arc<dyn Directory>, flags: MailArgs, folder: PathBuf) -> Self {
        Self { db, tenant, directory, flags, folder, made: Mutex::new(None) }
    }

    async fn plan(&self) -> Result<Plan, String> {
        if let Some(plan) = by_flags(&self.flags) {
            return Ok(plan);
        }
        let mut read = self.db.read().await.map_err(|error| error.to_string())?;
        let declared = definition::notification(&mut read, self.tenant).await.map_err(|error| error.to_string())?;
        drop(read);
        match declared.and_then(|declared: Notification| declared.smtp) {
            Some(smtp) => {
                let password = smtp.password().as_ref().map(|password| self.directory.secret(password)).transpose()?;
                Ok(Plan::Smtp { smtp, password })
            }
            None => Ok(Plan::Folder),
        }
    }

    async fn channel(&self) -> Result<Arc<MailChannel>, String> {
        let plan = self.plan().await?;
        let mut made = self.made.lock().await;
        if let Some((known, channel)) = made.as_ref()
            && *known == plan
        {
            return Ok(channel.clone());
        }
        let composer = Composer::new(self.db.clone(), self.directory.clone());
        let channel = match &plan {
            Plan::Folder => {
                MailChannel::new(composer, self.flags.from.as_deref().unwrap_or(FROM), MailSettings::Folder(self.folder.clone()))?
            }
            Plan::Smtp { smtp, password } => {
                let credentials = smtp.user.clone().map(|user| (user, password.clone().unwrap_or_default()));
                let settings =
                    SmtpSettings { host: smtp.host.clone(), port: smtp.port, tls: tls(smtp.tls), credentials, extra_roots: Vec::new() };
                MailChannel::new(composer, &smtp.from, MailSettings::Smtp(settings))?
            }
        };
        let channel = Arc::new(channel);
        *made = Some((plan, channel.clone()));
        Ok(channel)
    }
}

fn by_flags(flags: &MailArgs) -> Option<Plan> {
    let host = flags.host.clone().filter(|host| !host.is_empty())?;
    let smtp = Smtp {
        host,
        port: flags.port,
        tls: flags.tls.unwrap_or(Tls::Starttls),
        user: flags.user.clone().filter(|user| !user.is_empty()),
        password_env: None,
        password_file: None,
        from: flags.from.clone().unwrap_or_else(|| FROM.to_owned()),
    };
    Some(Plan::Smtp { smtp, password: flags.password.as_ref().map(|password| password.reveal().to_owned()) })
}

const fn tls(how: Tls) -> MailTls {
    match how {
        Tls::Starttls => MailTls::Starttls,
        Tls::Implicit => MailTls::Tls,
        Tls::None => MailTls::None,
    }
}

/// A secret that the configuration names.
pub(super) fn secret(variable: &str) -> Result<String, String> {
    std::env::var(variable).map_err(|_| {
        format!("the configuration names the environment variable {variable} for a secret, but the server was started without it")
    })
}

#[async_trait]
impl Channel for Mail {
    fn name(&self) -> &'static str {
        "mail"
    }
    async fn deliver(&self, message: &Message) -> Delivery {
        match self.channel().await {
            Ok(channel) => channel.deliver(message).await,
            Err(error) => Delivery::retry(error),
        }
    }
}

/// The secret and the addresses that a channel was made for.
type MadeFor = (Option<String>, AddressPolicy);

/// The channel `webhook`. Its signing key is read once: a change of the environment needs a start anyway.
pub(super) struct Hook {
    db: Db,
    tenant: TenantId,
    directory: Arc<dyn Directory>,
    made: Mutex<Option<(MadeFor, Arc<WebhookChannel>)>>,
}

impl Hook {
    pub(super) fn new(db: Db, tenant: TenantId, directory: Arc<dyn Directory>) -> Self {
        Self { db, tenant, directory, made: Mutex::new(None) }
    }

    async fn channel(&self) -> Result<Arc<WebhookChannel>, String> {
        let mut read = self.db.read().await.map_err(|error| error.to_string())?;
        let declared = definition::notification(&mut read, self.tenant).await.map_err(|error| error.to_string())?;
        let policy = definition::probe_rules(&mut read, self.tenant).await.map_err(|error| error.to_string())?.addresses();
        drop(read);
        let variable = declared.and_then(|declared| declared.webhook).and_then(|webhook| webhook.secret_env);
        let mut made = self.made.lock().await;
        if let Some((known, channel)) = made.as_ref()
            && *known == (variable.clone(), policy.clone())
        {
            return Ok(channel.clone());
        }
        let settings = WebhookSettings { secret: variable.as_deref().map(secret).transpose()?, policy: policy.clone() };
        let channel = Arc::new(WebhookChannel::new(Composer::new(self.db.clone(), self.directory.clone()), settings)?);
        *made = Some(((variable, policy), channel.clone()));
        Ok(channel)
    }
}

#[async_trait]
impl Channel for Hook {
    fn name(&self) -> &'static str {
        "webhook"
    }
    async fn deliver(&self, message: &Message) -> Delivery {
        match self.channel().await {
            Ok(channel) => channel.deliver(message).await,
            Err(error) => Delivery::retry(error),
        }
    }
}

/// A channel that follows the address policy in force: another policy makes another channel.
pub(super) struct Following<C> {
    name: &'static str,
    db: Db,
    tenant: TenantId,
    make: Box<dyn Fn(AddressPolicy) -> Result<C, String> + Send + Sync>,
    made: Mutex<Option<(AddressPolicy, Arc<C>)>>,
}

/// The channel `gateway`.
pub(super) fn gateways(db: Db, tenant: TenantId, directory: Arc<dyn Directory>) -> Following<GatewayChannel> {
    let own = db.clone();
    let make = move |policy| GatewayChannel::new(own.clone(), directory.clone(), policy);
    Following { name: "gateway", db, tenant, make: Box::new(make), made: Mutex::default() }
}

/// The channel `chat`.
pub(super) fn chats(db: Db, tenant: TenantId, desk: Arc<dyn ChatDesk>) -> Following<ChatChannel> {
    let own = db.clone();
    let make = move |policy| ChatChannel::new(own.clone(), desk.clone(), policy);
    Following { name: "chat", db, tenant, make: Box::new(make), made: Mutex::default() }
}

/// The channel `browser`.
pub(super) fn browsers(db: Db, tenant: TenantId, directory: Arc<dyn Directory>) -> Following<BrowserChannel> {
    let own = db.clone();
    let make = move |policy| BrowserChannel::new(own.clone(), Composer::new(own.clone(), directory.clone()), policy);
    Following { name: BROWSER, db, tenant, make: Box::new(make), made: Mutex::default() }
}

impl<C> Following<C> {
    async fn channel(&self) -> Result<Arc<C>, String> {
        let mut read = self.db.read().await.map_err(|error| error.to_string())?;
        let policy = definition::probe_rules(&mut read, self.tenant).await.map_err(|error| error.to_string())?.addresses();
        drop(read);
        let mut made = self.made.lock().await;
        if let Some((known, channel)) = made.as_ref()
            && *known == policy
        {
            return Ok(channel.clone());
        }
        let channel = Arc::new((self.make)(policy.clone())?);
        *made = Some((policy, channel.clone()));
        Ok(channel)
    }
}

#[async_trait]
impl<C: Channel> Channel for Following<C> {
    fn name(&self) -> &'static str {
        self.name
    }
    async fn deliver(&self, message: &Message) -> Delivery {
        match self.channel().await {
            Ok(channel) => channel.deliver(message).await,
            Err(error) => Delivery::retry(error),
        }
    }
}
