//! Alerts that come in, what keeps them back, and planned work.
#![allow(missing_docs, reason = "the doc comments here are the descriptions of the published schema; a name says the rest")]

use evenkeel_observe::alert::hook::{HookFormat, Mapping};
use evenkeel_sla::WeeklyDefinition;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Name;
use crate::definition::schema;

/// A webhook that comes in.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookEntry {
    #[schemars(with = "String")]
    pub name: Name,
    /// Whose words it speaks: alertmanager, grafana, zabbix, uptime-kuma, or generic with a mapping.
    #[schemars(schema_with = "schema::hook_format")]
    pub format: HookFormat,
    /// The environment variable that holds the key with which bodies are signed.
    pub secret_env: Option<String>,
    /// Where in a body what stands, as JSON pointers; for generic.
    #[schemars(schema_with = "schema::hook_mapping")]
    pub mapping: Option<Mapping>,
}

/// Alerts that keep others from being told while they fire.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InhibitionEntry {
    #[schemars(with = "String")]
    pub name: Name,
    /// Alerts that keep others back: matchers such as severity="critical" or alertname=~"Node.*". All must match.
    #[schemars(with = "Vec<String>")]
    pub source: Vec<Name>,
    /// Alerts that are kept back. All must match.
    #[schemars(with = "Vec<String>")]
    pub target: Vec<Name>,
    /// Labels that must be alike in both; a missing one is empty.
    #[serde(default)]
    pub equal: Vec<String>,
}

/// Work on services that is planned: either one span (`from`, `to`), or every week (`weekly`, `zone`, `starts_on`, `until`).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceEntry {
    #[schemars(with = "String")]
    pub name: Name,
    /// Services that may be out.
    #[schemars(with = "Vec<String>")]
    pub services: Vec<Name>,
    /// First instant, with its offset: 2026-12-01T02:00:00+08:00.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub from: Option<Name>,
    /// First instant after.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub to: Option<Name>,
    /// Windows of every week.
    #[serde(default)]
    #[schemars(schema_with = "schema::weekly")]
    pub weekly: Vec<WeeklyDefinition>,
    /// IANA zone of `weekly`.
    pub zone: Option<String>,
    /// First day of `weekly`.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub starts_on: Option<Date>,
    /// Last day of `weekly`, at most 366 days later: then it is approved anew.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub until: Option<Date>,
    /// Who approved it; without it nobody is paged, but it excuses nothing.
    #[schemars(with = "Option<String>")]
    pub approved_by: Option<Name>,
    /// When the customer was told, for agreements that ask for notice.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub announced_at: Option<Name>,
    /// Why.
    pub reason: Option<String>,
}
