//! Gateways of the house: chat robots, short messages and calls, each an HTTP request made from a template.
//!
//! A shape says how a provider wants to be asked, how it is known that it took the message, and how its receipts read. A
//! provider that is not here is shape `http`, with the three written out. Secrets are named, never written: the environment
//! variable or the file that holds them.

mod answer;
mod render;
mod shape;
mod sign;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use answer::Verdict;
pub use render::{Request, render};

/// Where a secret lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretRef {
    /// In this environment variable of the server.
    Env(String),
    /// In this file, without the line's end.
    File(String),
}

/// How a provider wants to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A `DingTalk` group robot; signed when there is a secret. An address is the robot's URL.
    Dingtalk,
    /// A `WeCom` group robot. An address is the robot's URL.
    Wecom,
    /// A Feishu group robot; signed when there is a secret. An address is the robot's URL.
    Feishu,
    /// A Slack incoming webhook. An address is its URL.
    Slack,
    /// A Teams workflow that posts adaptive cards. An address is its URL.
    Teams,
    /// Short messages by Twilio: settings `account`, `from`; the secret is the auth token. An address is a number, E.164.
    TwilioSms,
    /// Calls by Twilio: as its short messages.
    TwilioVoice,
    /// Short messages by Tencent Cloud: settings `secret_id`, `app_id`, `sign_name`, `template_id`, `region`; the template
    /// takes number, title and link. An address is a number, E.164.
    TencentSms,
    /// Any other, by `request` and `accept`.
    Http,
}

/// What is asked. Texts may hold `{{name}}`; in JSON and forms, values are escaped as they must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestTemplate {
    /// `POST`, `PUT` or `GET`.
    #[serde(default = "post")]
    pub method: String,
    /// Header by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// A body of JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// A body as a form.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub form: BTreeMap<String, String>,
}

fn post() -> String {
    "POST".to_owned()
}

/// How it is known that the message was taken: a status of 2xx, and this.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// Where in the answer's JSON to look, as a JSON pointer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// What must stand there; none = anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Value>,
}

/// How receipts read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptRule {
    /// The field of the form, or the pointer into the JSON, that says how it stands.
    pub field: String,
    /// Its words for "it arrived".
    pub delivered: Vec<String>,
    /// Its words for "it will not".
    pub failed: Vec<String>,
}

/// A gateway as it is declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayDefinition {
    /// What people choose it by: `sms`, `ops-group`.
    pub name: String,
    /// How it wants to be asked.
    pub shape: Shape,
    /// Where; may hold `{{name}}`. None = the shape's own, or the address of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretRef>,
    /// What the shape wants besides.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, String>,
    /// What is asked, of shape `http`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestTemplate>,
    /// How it is known that the message was taken, of shape `http`; of others the shape knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<Accept>,
    /// How receipts read, of shape `http`; of others the shape knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<ReceiptRule>,
    /// So long after it was taken a receipt must have come, 10 to 3600 seconds; none = no receipts are waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt_within_secs: Option<i64>,
}

impl GatewayDefinition {
    /// Checks what needs neither a secret nor a network.
    ///
    /// # Errors
    /// A sentence that says what to give.
    pub fn check(&self) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if self.name.is_empty()
            || self.name.len() > 40
            || !self.name.chars().all(plain)
            || matches!(self.name.as_str(), "mail" | "webhook" | "browser")
        {
            return Err("a gateway's name has 1 to 40 letters, digits, '-' or '_', and is not mail, webhook or browser".to_owned());
        }
        if self.shape == Shape::Http && (self.request.is_none() || self.url.is_none()) {
            return Err("shape http needs `url` and `request`".to_owned());
        }
        if self.shape != Shape::Http && self.request.is_some() {
            return Err("`request` is for shape http; this shape knows what to ask".to_owned());
        }
        if let Some(missing) = self.shape.settings().iter().find(|name| self.settings.get(**name).is_none_or(String::is_empty)) {
            return Err(format!("this shape needs the setting {missing:?}"));
        }
        if self.shape.needs_secret() && self.secret.is_none() {
            return Err("this shape needs a secret: name the environment variable or the file that holds it".to_owned());
        }
        if self.receipt_within_secs.is_some_and(|secs| !(10..=3600).contains(&secs)) {
            return Err("receipt_within_secs is 10 to 3600".to_owned());
        }
        if self.receipt_within_secs.is_some() && self.receipt_rule().is_none() {
            return Err("receipts are waited for, but nothing says how they read: give `receipt`".to_owned());
        }
        let names: Vec<&str> = render::NAMES.iter().copied().chain(self.settings.keys().map(String::as_str)).collect();
        render::check(&self.template(), self.url.as_deref(), &names)
    }

    /// What is asked.
    fn template(&self) -> RequestTemplate {
        self.request.clone().unwrap_or_else(|| self.shape.request())
    }

    /// How receipts read.
    fn receipt_rule(&self) -> Option<ReceiptRule> {
        self.receipt.clone().or_else(|| self.shape.receipt())
    }

    /// How long a receipt is waited for, seconds; none = not at all.
    pub const fn receipt_secs(&self) -> Option<i64> {
        self.receipt_within_secs
    }
}
