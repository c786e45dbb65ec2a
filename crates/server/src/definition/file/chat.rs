//! Chats of the desk.
#![allow(missing_docs, reason = "the doc comments here are the descriptions of the published schema; a name says the rest")]

use std::collections::BTreeMap;

use evenkeel_core::priority::Level;
use evenkeel_manage::chat::definition::Provider;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::Name;
use crate::definition::schema;

/// A chat whose messages become tickets, and that answers go back to. Its provider calls /api/v1/chats/NAME/events.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChatEntry {
    #[schemars(with = "String")]
    pub name: Name,
    /// slack, feishu, dingtalk, or generic.
    #[schemars(schema_with = "schema::chat_provider")]
    pub provider: Provider,
    /// The name of the secret that proves calls: Slack's signing secret, Feishu's verification token, the secret of a DingTalk robot, the key of generic signatures.
    #[schemars(with = "String")]
    pub secret: Spanned<String>,
    /// The name of the secret that answers are sent with: Slack's bot token, the secret of a Feishu app.
    #[schemars(with = "Option<String>")]
    pub token: Option<Spanned<String>>,
    /// The id of a Feishu app.
    pub app_id: Option<String>,
    /// Where the provider's API is, when it is not where it usually is; of generic where answers are posted to.
    pub api: Option<String>,
    /// The service of tickets that begin here.
    #[schemars(with = "String")]
    pub service: Name,
    /// The team that gets them; the service's when not given.
    #[schemars(with = "Option<String>")]
    pub team: Option<Name>,
    /// Their impact, 1 (high) to 3 (low); 3 when not given.
    #[schemars(schema_with = "schema::level")]
    pub impact: Option<Level>,
    /// Their urgency, 1 (high) to 3 (low); 2 when not given.
    #[schemars(schema_with = "schema::level")]
    pub urgency: Option<Level>,
    /// Who people are: the id that they have at the provider, and their name here. What others write is not taken.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub people: BTreeMap<String, Name>,
}
