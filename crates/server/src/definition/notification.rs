//! How messages leave, as declared. Secrets are named, never written: the variable or the file that holds one.

use evenkeel_core::{definition::Bilingual, id::TenantId};
use evenkeel_manage::definition;
use evenkeel_observe::page::gateway::{GatewayDefinition, SecretRef};
use evenkeel_store::{Result, Sql};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::schema;
use crate::config::Tls;

/// The word in `definition.put`.
pub const KIND: &str = "notification";
/// There is one.
pub const NAME: &str = "notification";

/// How messages leave.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notification {
    /// Mail; without it mails are kept as files in the data folder. The server's own --smtp-* flags win over it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smtp: Option<Smtp>,
    /// Webhooks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<Webhook>,
    /// Chat robots, short messages and calls: people choose them by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "schema::gateways")]
    pub gateways: Vec<GatewayDefinition>,
    /// The house's own words for pages, in both languages: templates over `$labels.number`, `title`, `service`, `priority` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "schema::bilingual")]
    pub texts: Option<Bilingual>,
    /// A message by schedule that nobody has to answer: when it does not arrive in time, pages would not either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<CanaryEntry>,
}

/// How the canary runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CanaryEntry {
    /// Over whose first way.
    pub person: String,
    /// How often, 300 to 86400 seconds.
    #[schemars(range(min = 300, max = 86400))]
    pub every_secs: i64,
    /// How soon the other side must have taken it, 10 to 3600 seconds.
    #[schemars(range(min = 10, max = 3600))]
    pub within_secs: i64,
}

impl Smtp {
    /// Where its password lies.
    pub fn password(&self) -> Option<SecretRef> {
        let env = self.password_env.clone().map(SecretRef::Env);
        env.or_else(|| self.password_file.clone().map(SecretRef::File))
    }
}

impl Notification {
    /// What cannot be used first, and why.
    pub fn wrong(&self) -> Option<String> {
        if let Some(canary) = &self.canary {
            let fits = (300..=86_400).contains(&canary.every_secs) && (10..=3_600).contains(&canary.within_secs);
            if !fits {
                return Some("canary: every_secs is 300 to 86400, within_secs 10 to 3600".to_owned());
            }
        }
        if self.smtp.as_ref().is_some_and(|smtp| smtp.password_env.is_some() && smtp.password_file.is_some()) {
            return Some("smtp: the password is in password_env or in password_file, not in both".to_owned());
        }
        let twice = |place: usize, name: &str| self.gateways[..place].iter().any(|other| other.name == name);
        self.gateways.iter().enumerate().find_map(|(place, gateway)| match gateway.check() {
            Err(error) => Some(format!("gateway {:?}: {error}", gateway.name)),
            Ok(()) if twice(place, &gateway.name) => Some(format!("gateway {:?} is there twice", gateway.name)),
            Ok(()) => None,
        })
    }
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// Its name or address.
    pub host: String,
    /// 465 for implicit, 587 for starttls, 25 for none when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// starttls, implicit or none.
    #[serde(default = "starttls")]
    pub tls: Tls,
    /// User name, when the server asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The environment variable that holds the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_env: Option<String>,
    /// Or the file that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_file: Option<String>,
    /// Sender address.
    pub from: String,
}

const fn starttls() -> Tls {
    Tls::Starttls
}

/// Webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// The environment variable that holds the key with which bodies are signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_env: Option<String>,
}

/// What is in force.
///
/// # Errors
/// As any statement.
pub async fn current(sql: &mut dyn Sql, tenant: TenantId) -> Result<Option<Notification>> {
    Ok(definition::find_by_name::<Notification>(sql, tenant, KIND, NAME).await?.map(|version| version.body))
}
