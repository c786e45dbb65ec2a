//! Who wants to be told. Pure.

use std::collections::BTreeSet;

use evenkeel_core::{
    Failure, Language,
    id::{StatusPageId, StatusSubscriberId},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::refuse;

/// The longest mail address (RFC 5321, 4.5.3.1.3), octets.
const MAIL_BYTES_MAX: usize = 254;
/// The longest address of a webhook, bytes.
const URL_BYTES_MAX: usize = 500;
/// The shortest and the longest key that a subscriber gives for signatures, characters.
const SECRET_CHARS: std::ops::RangeInclusive<usize> = 16..=200;

/// How a subscriber is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StatusChannel)]
pub enum Channel {
    /// By mail.
    Mail,
    /// By an HTTP POST.
    Webhook,
}

impl Channel {
    /// The word in rows, and the name of the way out.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
        }
    }
}

impl std::str::FromStr for Channel {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "mail" => Ok(Self::Mail),
            "webhook" => Ok(Self::Webhook),
            other => Err(format!("{other:?} is not one of mail, webhook")),
        }
    }
}

/// A subscriber.
#[derive(Debug, Clone)]
pub struct Subscriber {
    pub id: StatusSubscriberId,
    pub page_id: StatusPageId,
    pub channel: Channel,
    pub address: String,
    pub language: Language,
    /// Keys of components; empty = all.
    pub components: BTreeSet<String>,
    /// Ends or confirms this subscription and opens nothing else; it stands in every message, so it is kept as it is.
    pub token: String,
    /// Signs what a webhook is sent; the subscriber's own choice; empty = unsigned.
    pub secret: String,
    pub asked_at: Timestamp,
    /// How often it was asked for and not confirmed.
    pub asked: i64,
    pub confirmed_at: Option<Timestamp>,
}

impl Subscriber {
    /// Whether a word about these components is for them.
    pub fn wants(&self, components: &BTreeSet<String>) -> bool {
        self.components.is_empty() || components.is_empty() || !self.components.is_disjoint(components)
    }
}

/// An address as it is kept.
///
/// # Errors
/// A refusal that says what is wrong with it.
pub fn address(channel: Channel, text: &str) -> Result<String, Failure> {
    let text = text.trim();
    let wrong = |what: &str| Err(refuse::invalid("/address", what));
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return wrong("an address holds no blanks");
    }
    match channel {
        Channel::Mail => match text.rsplit_once('@') {
            Some((name, host))
                if !name.is_empty()
                    && host.contains('.')
                    && text.len() <= MAIL_BYTES_MAX
                    && !text.contains(['<', '>', ',', ';', '"', '(', ')', '\\'])
                    && !name.contains('@') =>
            {
                // The host's letters are alike in RFC 5321; the name's are the host's matter.
                Ok(format!("{name}@{}", host.to_ascii_lowercase()))
            }
            _ => wrong("write a mail address such as name@example.org"),
        },
        Channel::Webhook if text.len() <= URL_BYTES_MAX && (text.starts_with("https://") || text.starts_with("http://")) => {
            Ok(text.to_owned())
        }
        Channel::Webhook => wrong("write an address that begins with https://"),
    }
}

/// A key for signatures as it is kept.
///
/// # Errors
/// A refusal when it is too short to be one.
pub fn secret(text: &str) -> Result<String, Failure> {
    let text = text.trim();
    if text.is_empty() || SECRET_CHARS.contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    Err(refuse::invalid("/secret", format!("a key for signatures has {} to {} characters", SECRET_CHARS.start(), SECRET_CHARS.end())))
}

/// An address as one of ours sees it: enough to recognise, not enough to write to.
pub fn masked(channel: Channel, address: &str) -> String {
    let first = |text: &str| text.chars().next().map(|c| format!("{c}***")).unwrap_or_default();
    match (channel, address.rsplit_once('@'), address.split_once("://")) {
        (Channel::Mail, Some((name, host)), _) => format!("{}@{host}", first(name)),
        (Channel::Webhook, _, Some((scheme, rest))) => {
            format!("{scheme}://{}/***", rest.split('/').next().unwrap_or_default().rsplit('@').next().unwrap_or_default())
        }
        _ => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_is_one_address() {
        assert_eq!(address(Channel::Mail, " Ann@Example.ORG ").unwrap(), "Ann@example.org");
        for wrong in [
            "ann",
            "ann@host",
            "a b@example.org",
            "a@b@example.org",
            "ann@example.org,eve@example.org",
            "<ann@example.org>",
            "a@e.org\r\nBcc: x",
        ] {
            assert!(address(Channel::Mail, wrong).is_err(), "{wrong}");
        }
        assert!(address(Channel::Webhook, "https://hooks.example.org/x").is_ok());
        assert!(address(Channel::Webhook, "ftp://hooks.example.org/x").is_err());
    }

    #[test]
    fn a_masked_address_cannot_be_written_to() {
        assert_eq!(masked(Channel::Mail, "ann@example.org"), "a***@example.org");
        assert_eq!(masked(Channel::Webhook, "https://user:word@hooks.example.org/secret?x=1"), "https://hooks.example.org/***");
    }

    #[test]
    fn a_key_for_signatures_is_long_enough_or_none() {
        assert!(secret("").is_ok() && secret("0123456789abcdef").is_ok() && secret("short").is_err());
    }
}
