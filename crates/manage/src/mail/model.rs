//! What a mail says, read out of its bytes.

use std::{fmt, str::FromStr};

use evenkeel_core::id::IncidentId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest address, characters (RFC 5321, section 4.5.3.1.3, without the brackets).
const ADDRESS_CHARS_MAX: usize = 254;

/// A mail address: without blanks, in small letters, so that one person is one address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Address(String);

impl Address {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl FromStr for Address {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim().to_lowercase();
        let fits = text.chars().count() <= ADDRESS_CHARS_MAX
            && !text.chars().any(|letter| letter.is_whitespace() || letter.is_control() || matches!(letter, '<' | '>' | ',' | ';' | '"'))
            && text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        if fits { Ok(Self(text)) } else { Err("this is no mail address".to_owned()) }
    }
}

impl TryFrom<String> for Address {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Somebody a mail names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Their address.
    pub address: Address,
    /// The name they give; empty when none.
    pub name: String,
}

/// A file that came with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, without folders.
    pub name: String,
    /// Its media type as the sender says.
    pub media_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A file that is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: usize,
}

/// What the header says of how a mail came to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "header fields that are there or not, independent of each other")]
pub struct Signs {
    /// `Auto-Submitted`, the word alone (RFC 3834, section 5).
    pub auto_submitted: Option<String>,
    /// `Precedence`.
    pub precedence: Option<String>,
    /// `Return-Path: <>` (RFC 5321, section 4.5.5).
    pub null_return_path: bool,
    /// `multipart/report`, with its report type (RFC 6522).
    pub report: Option<String>,
    /// Any `List-Id` or `List-Post`.
    pub list: bool,
    /// `List-Unsubscribe`.
    pub unsubscribe: bool,
    /// `X-Auto-Response-Suppress`: the sender wants no automatic answer.
    pub suppress: bool,
    /// A header that only automatic answers have.
    pub auto_header: bool,
    /// Values of our own loop header.
    pub loops: Vec<String>,
}

/// A mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Incoming {
    /// Its Message-ID, without brackets.
    pub message_id: Option<String>,
    /// The mails it answers, nearest first.
    pub references: Vec<String>,
    /// The mails that a report is about.
    pub about: Vec<String>,
    /// Who sent it.
    pub from: Option<Party>,
    /// To whom, in To and Cc.
    pub recipients: Vec<Party>,
    /// The subject as written, in one line.
    pub subject: String,
    /// When it was sent, as the sender says.
    pub sent_at: Option<Timestamp>,
    /// All of its text.
    pub body: String,
    /// Files.
    pub files: Vec<File>,
    /// Files beyond the bounds.
    pub left_out: Vec<LeftOut>,
    /// How it came to be.
    pub signs: Signs,
    /// Every `Authentication-Results`, the topmost first (RFC 8601).
    pub authentication: Vec<String>,
    /// Whether it could be read as a mail.
    pub readable: bool,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:tt, $vdoc:literal;)* }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        $(#[$doc])*
        pub enum $name { $(#[doc = $vdoc] #[serde(rename = $text)] $variant),* }
        impl $name {
            /// The word in the database and on the wire.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),* } }
        }
        impl FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text { $($text => Ok(Self::$variant),)* other => Err(format!("{other:?} is not one of {}", [$($text),*].join(", "))) }
            }
        }
    };
}

words! {
    /// What a mail is.
    #[schema(as = MailKind)]
    Kind {
        Human = "human", "Somebody wrote it.";
        List = "list", "Somebody wrote it to a list, which must not be answered automatically.";
        Bulk = "bulk", "A newsletter and the like.";
        AutoReply = "auto_reply", "A machine answered, or told something.";
        Bounce = "bounce", "A mail server says what became of a mail.";
        Own = "own", "One that we sent, come back.";
        Loop = "loop", "Made out of one that we sent.";
        Answer = "answer", "Ours: a public note of one of ours.";
        AutoAnswer = "auto_answer", "Ours: what a rule said publicly.";
        Acknowledgement = "acknowledgement", "Ours: we have it, under this number.";
    }
}

words! {
    /// Where a mail stands.
    #[schema(as = MailStanding)]
    Standing {
        Taken = "taken", "It is part of a ticket.";
        Held = "held", "Kept aside until one of ours takes or discards it.";
        Parked = "parked", "It could not be taken; kept until one of ours tries again or discards it.";
        Ignored = "ignored", "Noise: nothing was made of it.";
        Discarded = "discarded", "One of ours discarded it.";
        Queued = "queued", "Ours: on its way.";
        Delivered = "delivered", "Ours: the mail server took it.";
        Failed = "failed", "Ours: the mail server will not take it.";
    }
}

words! {
    /// Why a mail is not taken.
    #[schema(as = MailReason)]
    Reason {
        UnknownSender = "unknown_sender", "Nobody we know, and this mailbox holds those.";
        NotAllowed = "not_allowed", "Somebody we know who may not write there.";
        Automatic = "automatic", "A machine's, and about no ticket.";
        Copy = "copy", "Another mailbox took the same mail.";
        Own = "own", "We sent it ourselves.";
        Loop = "loop", "It is made out of a mail of ours.";
        Defect = "defect", "It could not be taken; see the error.";
    }
}

/// The ticket that a mail belongs to. Other kinds of ticket become further variants: what a ticket does with a mail is asked
/// through [`super::ticket`] alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketRef {
    /// An incident.
    Incident(IncidentId),
}

impl TicketRef {
    /// The word of its kind.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Incident(_) => "incident",
        }
    }

    /// Its id.
    pub fn id(self) -> String {
        match self {
            Self::Incident(id) => id.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_person_is_one_address_and_what_could_forge_a_header_is_none() {
        assert_eq!("  Cora@Example.ORG ".parse::<Address>().unwrap().as_str(), "cora@example.org");
        for wrong in ["", "cora", "@example.org", "cora@", "a@b\r\nBcc: c@d", "a b@c", "<a@b>", "a@b,c@d"] {
            assert!(wrong.parse::<Address>().is_err(), "{wrong:?}");
        }
        assert!(format!("{}@b", "a".repeat(300)).parse::<Address>().is_err());
    }
}
