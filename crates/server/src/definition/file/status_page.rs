//! What outsiders are told.
#![allow(missing_docs, reason = "the doc comments here are the descriptions of the published schema; a name says the rest")]

use evenkeel_core::definition::Bilingual;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Name;
use crate::definition::schema;

/// What outsiders are told of services.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusPageEntry {
    /// What its address ends in: small letters, digits and hyphens.
    #[schemars(with = "String")]
    pub name: Name,
    #[schemars(schema_with = "schema::bilingual")]
    pub title: Bilingual,
    /// Who may read it: public, or the people of a customer.
    pub audience: AudienceEntry,
    /// IANA zone of its days and clock.
    #[schemars(with = "String")]
    pub zone: Name,
    /// A picture, as a data: address of PNG, SVG, JPEG or WebP in base64.
    pub logo: Option<String>,
    /// The colour of its buttons, "#rrggbb".
    pub colour: Option<String>,
    /// Whether planned maintenance of its services is shown by itself: when, and of which components.
    #[serde(default)]
    pub maintenance: bool,
    /// How outsiders may be told of posts.
    #[serde(default)]
    #[schemars(schema_with = "schema::status_channels")]
    pub subscribe: std::collections::BTreeSet<evenkeel_manage::status_page::subscriber::Channel>,
    pub groups: Vec<StatusGroupEntry>,
}

/// Who may read a status page.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AudienceEntry {
    /// Everybody.
    Public,
    /// The people of this organisation, and whoever has the secret link.
    Customer(#[schemars(with = "String")] Name),
}

/// Components under one heading.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusGroupEntry {
    #[schemars(schema_with = "schema::bilingual")]
    pub name: Bilingual,
    pub components: Vec<StatusComponentEntry>,
}

/// A part of what outsiders use.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusComponentEntry {
    /// What posts name it by.
    pub key: String,
    /// Its name for outsiders.
    #[schemars(schema_with = "schema::bilingual")]
    pub name: Bilingual,
    /// The service behind it; never shown.
    #[schemars(with = "String")]
    pub service: Name,
    /// Whether it shows how its service is; otherwise only what is posted.
    #[serde(default)]
    pub follows: bool,
    /// The agreement by whose method its last 90 days are counted and shown; not given = no history.
    pub history: Option<String>,
}
