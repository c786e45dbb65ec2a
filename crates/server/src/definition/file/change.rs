//! Templates of standard changes, and times in which nothing is changed.
#![allow(missing_docs, reason = "the doc comments here are the descriptions of the published schema; a name says the rest")]

use evenkeel_core::{
    definition::Bilingual,
    state::{ChangeKind, RiskLevel},
};
use evenkeel_manage::change::Dated;
use evenkeel_sla::WeeklyDefinition;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Name;
use crate::definition::schema;

/// A change that is authorised once for all.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeTemplateEntry {
    #[schemars(with = "String")]
    pub name: Name,
    #[schemars(schema_with = "schema::bilingual")]
    pub display: Bilingual,
    /// The services it may be used on.
    #[schemars(with = "Vec<String>")]
    pub services: Vec<Name>,
    /// The risk, fixed.
    #[schemars(schema_with = "schema::risk")]
    pub risk: RiskLevel,
    /// What is done.
    pub implementation: String,
    /// How it is taken back.
    pub back_out: String,
    /// How one sees that it works.
    pub test: String,
    /// Who authorised it, once for all.
    #[schemars(with = "String")]
    pub approved_by: Name,
}

/// A time in which nothing is changed, on the wall clock of a zone: every week, or once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FreezeEntry {
    #[schemars(with = "String")]
    pub name: Name,
    #[schemars(schema_with = "schema::bilingual")]
    pub display: Bilingual,
    /// Of these services; not given = of all.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub services: Vec<Name>,
    /// IANA zone.
    pub zone: String,
    /// Every week.
    #[serde(default)]
    #[schemars(schema_with = "schema::weekly")]
    pub weekly: Vec<WeeklyDefinition>,
    /// Once each: from and to as the clock on the wall shows them, such as 2026-12-24T00:00.
    #[serde(default)]
    #[schemars(schema_with = "schema::dated")]
    pub dated: Vec<Dated>,
    /// Kinds of changes that it does not concern.
    #[serde(default)]
    #[schemars(schema_with = "schema::change_kinds")]
    pub exempt: Vec<ChangeKind>,
}
