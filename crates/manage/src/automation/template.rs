//! Tickets filled in beforehand: whoever takes a call chooses one and writes only what is new. Pure.

use std::collections::BTreeMap;

use evenkeel_core::{Failure, definition::Bilingual, id::ServiceId, priority::Level};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{definition, reference};
use crate::{catalogue, ticket::words::TEXT_CHARS_MAX};

/// A ticket filled in beforehand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TicketTemplate)]
pub struct TemplateDefinition {
    /// The name it is declared under.
    pub name: String,
    /// What it is chosen by.
    pub title: Bilingual,
    /// The service.
    #[serde(deserialize_with = "reference::one")]
    pub service: ServiceId,
    /// The ticket's title.
    pub subject: Bilingual,
    /// Its description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Bilingual>,
    /// How many are hurt.
    pub impact: Level,
    /// How fast it hurts.
    pub urgency: Level,
    /// What the house's own fields say.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Value>,
}

impl TemplateDefinition {
    pub(super) fn check(&self) -> Result<(), Failure> {
        definition::title("/title", &self.title)?;
        definition::title("/subject", &self.subject)?;
        self.text.as_ref().map_or(Ok(()), |text| catalogue::words("/text", text, TEXT_CHARS_MAX))
    }
}
