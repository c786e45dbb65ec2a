//! Chats as they are declared.

use std::collections::BTreeMap;

use evenkeel_api::Grant;
use evenkeel_core::{
    Failure,
    id::{PersonId, ServiceId, TeamId, TenantId},
    priority::Level,
    secret::SecretName,
};
use evenkeel_store::{Sql, StoreError, Tx};
use serde::{Deserialize, Serialize};

use crate::{
    Act,
    definition::{self, Put, Version},
    party, refuse, service,
};

/// The word in `definition.put`.
pub const KIND: &str = "chat";
/// The most chats.
pub const CHATS_MAX: i64 = 50;
/// The most people of one chat.
pub const PEOPLE_MAX: usize = 5_000;
/// The longest name of somebody at a provider, and of an app, bytes.
const ID_BYTES_MAX: usize = 128;

/// Whose chat it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// An app of a Slack workspace: its Events API, and `chat.postMessage`.
    Slack,
    /// An app of Feishu: its events of version 2, and replies to messages.
    Feishu,
    /// A robot of a `DingTalk` enterprise: its callback, and the address for answers that each call gives.
    Dingtalk,
    /// Anything else that sends and takes our own shape.
    Generic,
}

impl Provider {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Feishu => "feishu",
            Self::Dingtalk => "dingtalk",
            Self::Generic => "generic",
        }
    }

    /// Where its API is when nobody says otherwise.
    pub const fn api(self) -> Option<&'static str> {
        match self {
            Self::Slack => Some("https://slack.com/api/"),
            Self::Feishu => Some("https://open.feishu.cn/"),
            Self::Dingtalk => Some("https://oapi.dingtalk.com/"),
            Self::Generic => None,
        }
    }

    /// Whether answers need a secret besides the one that proves calls: a bot's token, an app's secret.
    const fn needs_token(self) -> bool {
        matches!(self, Self::Slack | Self::Feishu)
    }
}

/// A chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatDefinition {
    /// Whose.
    pub provider: Provider,
    /// What proves that a call is the provider's: Slack's signing secret, Feishu's verification token, the secret of a `DingTalk`
    /// robot, the key of a generic signature.
    pub secret: SecretName,
    /// What answers are sent with: Slack's bot token, the secret of a Feishu app.
    pub token: Option<SecretName>,
    /// The id of a Feishu app.
    pub app_id: Option<String>,
    /// Where the provider's API is, when it is not where it usually is; of a generic one where answers are posted to.
    pub api: Option<String>,
    /// The service of tickets that begin here.
    pub service: ServiceId,
    /// The team that gets them; none = the service's.
    pub team: Option<TeamId>,
    /// Their impact.
    pub impact: Level,
    /// Their urgency.
    pub urgency: Level,
    /// Who people are, by the id that they have at the provider.
    pub people: BTreeMap<String, PersonId>,
}

impl ChatDefinition {
    /// Where its API is, with a slash at the end unless it is generic.
    pub fn api(&self) -> String {
        match (&self.api, self.provider.api()) {
            (Some(own), None) => own.clone(),
            (Some(own), Some(_)) => format!("{}/", own.trim_end_matches('/')),
            (None, usual) => usual.unwrap_or_default().to_owned(),
        }
    }

    /// Whether it can be one.
    ///
    /// # Errors
    /// A refusal that says what is wrong and where.
    pub fn check(&self, name: &str) -> Result<(), Failure> {
        let wrong = |place: &str, what: String| Err(refuse::invalid(place, format!("chat {name:?}: {what}")));
        let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        if name.is_empty() || name.len() > 40 || !name.chars().all(plain) {
            return wrong("/name", "its name is a part of an address: 1 to 40 letters, digits, '-' or '_'".to_owned());
        }
        if let Some(api) = &self.api
            && !["http://", "https://"].iter().any(|scheme| api.starts_with(scheme) && api.len() > scheme.len())
        {
            return wrong("/api", "write a whole address, http:// or https://".to_owned());
        }
        if self.api.is_none() && self.provider.api().is_none() {
            return wrong("/api", "say where answers are posted to".to_owned());
        }
        if self.provider.needs_token() && self.token.is_none() {
            return wrong("/token", format!("{} needs one to send answers with", self.provider.as_str()));
        }
        if self.provider == Provider::Feishu && self.app_id.as_ref().is_none_or(|id| id.is_empty() || id.len() > ID_BYTES_MAX) {
            return wrong("/app_id", "feishu needs the id of the app".to_owned());
        }
        if self.people.len() > PEOPLE_MAX {
            return wrong("/people", format!("at most {PEOPLE_MAX} people"));
        }
        match self.people.keys().find(|id| id.is_empty() || id.len() > ID_BYTES_MAX || id.chars().any(char::is_control)) {
            Some(id) => wrong("/people", format!("{id:?} is nobody's id: 1 to {ID_BYTES_MAX} bytes")),
            None => Ok(()),
        }
    }
}

/// Declares a chat under its name; the same again makes no version.
///
/// # Errors
/// A refusal that says what is wrong and where.
pub async fn put(tx: &mut Tx, _: &Grant, act: &Act, name: &str, chat: &ChatDefinition) -> Result<Put, StoreError> {
    chat.check(name)?;
    if service::find(tx, act.tenant, chat.service).await?.is_none_or(|found| found.retired) {
        return Err(refuse::dangling(KIND, name, "/service", chat.service));
    }
    if let Some(team) = chat.team
        && party::find_team(tx, act.tenant, team).await?.is_none()
    {
        return Err(refuse::dangling(KIND, name, "/team", team));
    }
    for person in chat.people.values() {
        if party::find_person(tx, act.tenant, *person).await?.is_none() {
            return Err(refuse::dangling(KIND, name, "/people", *person));
        }
    }
    let others = list(tx, act.tenant).await?.into_iter().filter(|other| other.name != name).count();
    if i64::try_from(others).unwrap_or(i64::MAX) >= CHATS_MAX {
        return Err(refuse::invalid("/name", format!("at most {CHATS_MAX} chats")).into());
    }
    definition::put(tx, act, KIND, name, name, chat).await
}

/// Takes a chat out of force; answers whether it was. What it took stays.
pub async fn retire(tx: &mut Tx, _: &Grant, act: &Act, name: &str) -> Result<bool, StoreError> {
    definition::retire(tx, act, KIND, name).await
}

/// The chat in force under this name.
pub async fn find(sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<Version<ChatDefinition>>, StoreError> {
    definition::current(sql, tenant, KIND, name).await
}

/// Every chat in force, by name.
pub async fn list(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<Version<ChatDefinition>>, StoreError> {
    definition::list(sql, tenant, KIND, "", CHATS_MAX).await
}
