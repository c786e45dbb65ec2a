//! What an HTTP look asks and expects.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::TlsTerms;
use crate::probe::secret::SecretName;

/// A request and what its answer must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpCheck {
    /// `http://` or `https://`, without user or password.
    pub url: String,
    /// Request method.
    #[serde(default = "default_method")]
    pub method: String,
    /// Request headers. Definitions are kept for good: a header that carries a credential names its secret,
    /// `Bearer {{secret.shop}}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Request body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Accepted statuses; none = 200 to 299.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect_status: Vec<u16>,
    /// Text that the answer must hold within its first `body_bytes_max` bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_contains: Option<String>,
    /// Text that the answer must not hold there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_lacks: Option<String>,
    /// Response headers by name, each with a text that its value must hold; an empty text = it must be there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub expect_headers: BTreeMap<String, String>,
    /// Values of a JSON answer, by JSON Pointer (RFC 6901): `/queue/depth`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub expect_json: BTreeMap<String, serde_json::Value>,
    /// Milliseconds that parts of a look may take, redirects included.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub max_ms: BTreeMap<Part, u64>,
    /// Days that the certificate must still be valid; none = it must be valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_days: Option<u32>,
    /// Bytes of the answer that are read.
    #[serde(default = "default_body_bytes")]
    pub body_bytes_max: usize,
    /// Redirects to follow; 0 = judge the redirect itself.
    #[serde(default = "default_redirects")]
    pub redirects: u8,
    /// Accept any certificate.
    #[serde(default)]
    pub insecure: bool,
    /// What else is asked of TLS: another name, an authority of one's own, a certificate to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsTerms>,
    /// Basic authentication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basic: Option<Login>,
    /// Patterns that each must be found in the body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body_matches: Vec<String>,
    /// Patterns of which none may be found there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body_unlike: Vec<String>,
    /// Headers of which a value must match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers_match: Vec<HeaderRule>,
    /// Headers of which no value may match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers_unlike: Vec<HeaderRule>,
    /// Whether the last answer must have come over TLS, or must not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secure: Option<bool>,
    /// Ask for a compressed body, and read what is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compression: Option<Compression>,
}

/// A name and where its password lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The name.
    pub user: String,
    /// The secret that is its password; none = an empty one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<SecretName>,
}

/// What is asked about a header's values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeaderRule {
    /// The header.
    pub name: String,
    /// A regular expression.
    pub pattern: String,
    /// Right, too, when there is no such header.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_miss: bool,
}

/// How a body may be compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// RFC 1952.
    Gzip,
    /// RFC 1950.
    Deflate,
}

impl Compression {
    /// As headers have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
        }
    }
}

impl HttpCheck {
    /// Whether anything is asked about the body.
    pub fn asks_body(&self) -> bool {
        self.body_contains.is_some()
            || self.body_lacks.is_some()
            || !self.expect_json.is_empty()
            || !self.body_matches.is_empty()
            || !self.body_unlike.is_empty()
    }
}

/// A part of an HTTP look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The name.
    Resolve,
    /// The connection.
    Connect,
    /// The handshake.
    Tls,
    /// From the request to the head of the answer.
    Processing,
    /// The body.
    Transfer,
    /// All of them.
    Total,
}

impl Part {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Processing => "processing",
            Self::Transfer => "transfer",
            Self::Total => "total",
        }
    }
}

fn default_method() -> String {
    "GET".to_owned()
}
const fn default_body_bytes() -> usize {
    256 << 10
}
const fn default_redirects() -> u8 {
    5
}
