//! What a webhook is: known by its name, or declared.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Whose words a body is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HookFormat {
    /// Alertmanager's `webhook_config`.
    Alertmanager,
    /// Grafana's contact point "webhook".
    Grafana,
    /// A Zabbix media type, with the fields that the documents name.
    Zabbix,
    /// Uptime Kuma's notification "webhook", as JSON.
    UptimeKuma,
    /// Anything, by a mapping.
    Generic,
}

impl HookFormat {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Alertmanager, Self::Grafana, Self::Zabbix, Self::UptimeKuma, Self::Generic];

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alertmanager => "alertmanager",
            Self::Grafana => "grafana",
            Self::Zabbix => "zabbix",
            Self::UptimeKuma => "uptime-kuma",
            Self::Generic => "generic",
        }
    }
}

/// Where in a body what stands. Places are JSON pointers (RFC 6901).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// The list of alerts; empty = the body is one.
    pub alerts: String,
    /// The labels, each from its place; what is not there is left out.
    pub labels: BTreeMap<String, String>,
    /// Labels that are always the same.
    pub constant: BTreeMap<String, String>,
    /// The annotations, each from its place: `summary` is the title of the incident.
    pub annotations: BTreeMap<String, String>,
    /// What says whether it fires or is over.
    pub status: String,
    /// The values there that say that it is over, compared without regard to case.
    pub resolved: Vec<String>,
    /// Since when, as RFC 3339 or seconds since 1970; empty = now.
    pub starts_at: String,
}

/// A webhook as it is declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookDefinition {
    /// Whose words.
    pub format: HookFormat,
    /// The environment variable that holds the key with which bodies are signed; none = they need not be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_env: Option<String>,
    /// Where what stands, for the format `generic`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Mapping>,
}

/// A webhook with its secret at hand.
#[derive(Clone)]
pub struct Hook {
    /// Whose words.
    pub format: HookFormat,
    /// The key with which bodies are signed.
    pub secret: Option<String>,
    /// Where what stands.
    pub mapping: Mapping,
}

impl std::fmt::Debug for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hook").field("format", &self.format).field("signed", &self.secret.is_some()).finish_non_exhaustive()
    }
}

impl Hook {
    /// One that needs no declaration.
    pub fn known(name: &str) -> Option<Self> {
        let format = HookFormat::ALL.into_iter().find(|format| format.as_str() == name && *format != HookFormat::Generic)?;
        Some(Self { format, secret: None, mapping: Mapping::default() })
    }
}
