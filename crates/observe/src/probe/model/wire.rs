//! What looks over a TCP connection ask and expect: conversations, TLS, databases, gRPC.

use serde::{Deserialize, Serialize};

use crate::probe::secret::SecretName;

/// What is asked of a TLS connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsTerms {
    /// Name the certificate must be for; default the host of the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// Accept any certificate.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub insecure: bool,
    /// Days that the certificate must still be valid; none = it must be valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_days: Option<u32>,
    /// The secret that holds the certificates of the authorities to trust, PEM; none = the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<SecretName>,
    /// The secret that holds the certificate to show, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<SecretName>,
    /// The secret that holds its key, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<SecretName>,
    /// The oldest version to speak: `1.2` or `1.3`; none = 1.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_version: Option<TlsVersion>,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TlsVersion {
    /// RFC 5246.
    #[serde(rename = "1.2")]
    V12,
    /// RFC 8446.
    #[serde(rename = "1.3")]
    V13,
}

/// A connection, and optionally a conversation over it: one text each way, steps, or a protocol that is known here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TcpCheck {
    /// `host:port`; the port may be left out with a protocol.
    pub address: String,
    /// Text to send after connecting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send: Option<String>,
    /// Text that must arrive within the first 4 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<String>,
    /// A conversation, line by line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<ScriptStep>,
    /// A conversation that is known here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Protocol>,
    /// TLS from the first byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsTerms>,
    /// TLS by the protocol's own command (STARTTLS), or where a step says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starttls: Option<TlsTerms>,
}

/// One step of a conversation: awaits, then sends, then begins TLS, each if it says so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptStep {
    /// A regular expression that a line must match; lines that do not are passed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<String>,
    /// A regular expression: a line that matches it ends the look as failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refuse: Option<String>,
    /// Text to send, as it stands; `${1}` is what the first group of `expect` found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send: Option<String>,
    /// Begin TLS.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub starttls: bool,
}

/// A protocol whose greeting and goodbye are known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// RFC 5321; submission, RFC 6409, too.
    Smtp,
    /// RFC 9051 and RFC 3501.
    Imap,
    /// RFC 1939.
    Pop3,
    /// RFC 959.
    Ftp,
    /// RFC 4253.
    Ssh,
    /// RFC 2812.
    Irc,
}

impl Protocol {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Smtp, Self::Imap, Self::Pop3, Self::Ftp, Self::Ssh, Self::Irc];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Smtp => "smtp",
            Self::Imap => "imap",
            Self::Pop3 => "pop3",
            Self::Ftp => "ftp",
            Self::Ssh => "ssh",
            Self::Irc => "irc",
        }
    }

    /// The port that is its own; `tls` when TLS comes first.
    pub const fn port(self, tls: bool) -> u16 {
        match (self, tls) {
            (Self::Smtp, false) => 25,
            (Self::Smtp, true) => 465,
            (Self::Imap, false) => 143,
            (Self::Imap, true) => 993,
            (Self::Pop3, false) => 110,
            (Self::Pop3, true) => 995,
            (Self::Ftp, false) => 21,
            (Self::Ftp, true) => 990,
            (Self::Ssh, _) => 22,
            (Self::Irc, false) => 6667,
            (Self::Irc, true) => 6697,
        }
    }

    /// Whether it has a command that begins TLS.
    pub const fn has_starttls(self) -> bool {
        matches!(self, Self::Smtp | Self::Imap | Self::Pop3 | Self::Ftp)
    }
}

/// A certificate that must be valid, and stay so for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsCheck {
    /// `host:port`.
    pub address: String,
    /// Name the certificate must be for; default the host of the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// Days it must still be valid.
    #[serde(default = "default_min_days")]
    pub min_days: u32,
    /// Judge the dates alone, whoever signed it.
    #[serde(default)]
    pub insecure: bool,
}

const fn default_min_days() -> u32 {
    14
}

/// A database server that must answer: without a user, up to its question for a password; with one, a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseCheck {
    /// `host` or `host:port`; default 5432 for PostgreSQL, 3306 for MySQL.
    pub address: String,
    /// The user to sign in as; none = it is enough that the server asks who we are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The secret that is the user's password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<SecretName>,
    /// The database; default the user's own (PostgreSQL) or none (MySQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// TLS by the protocol's own command; none = plain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsTerms>,
    /// What it must be; needs a user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// What a server of several is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// It takes writes.
    Primary,
    /// It follows another one.
    Replica,
}

impl Role {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Replica => "replica",
        }
    }
}

/// A Redis server, or one that speaks like it, that must answer PING.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisCheck {
    /// `host` or `host:port`; default 6379.
    pub address: String,
    /// The user; none = the default user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The secret that is the password; without one, it is enough that the server asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<SecretName>,
    /// TLS from the first byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsTerms>,
    /// What it must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// A gRPC server whose health service (`grpc.health.v1`) must say SERVING.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrpcCheck {
    /// `host:port`.
    pub address: String,
    /// The service to ask about; none = the server as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// TLS; none = plain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsTerms>,
}
