//! What looks at name servers and by ICMP ask and expect.

use serde::{Deserialize, Serialize};

use super::TlsTerms;

/// A question and what must be among its answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DnsCheck {
    /// The name to ask for.
    pub name: String,
    /// `host` or `host:port`; default the system's first name server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// Record type.
    #[serde(default = "default_record")]
    pub record: String,
    /// Values of which each must be among the answers, as zone files write them; none = any answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<String>,
    /// How the question travels.
    #[serde(default, skip_serializing_if = "is_udp")]
    pub transport: Transport,
    /// TLS of transport `tls`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsTerms>,
    /// Response codes that are right; none = `NOERROR`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rcodes: Vec<String>,
    /// Do not ask the server to ask others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_recursion: bool,
    /// Right, too, when no record of the type is answered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_be_empty: bool,
    /// What is asked about the records of the answer section.
    #[serde(default, skip_serializing_if = "RecordRules::is_empty")]
    pub answer: RecordRules,
    /// Of the authority section.
    #[serde(default, skip_serializing_if = "RecordRules::is_empty")]
    pub authority: RecordRules,
    /// Of the additional section.
    #[serde(default, skip_serializing_if = "RecordRules::is_empty")]
    pub additional: RecordRules,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_udp(transport: &Transport) -> bool {
    *transport == Transport::Udp
}

fn default_record() -> String {
    "A".to_owned()
}

/// How a question travels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// UDP, and TCP when the answer is too long.
    #[default]
    Udp,
    /// TCP.
    Tcp,
    /// TLS, RFC 7858.
    Tls,
}

/// Regular expressions over the records of a section, each as a line of a zone file with tabs:
/// `shop.example.⇥300⇥IN⇥A⇥192.0.2.1`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordRules {
    /// No record may match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub none_match: Vec<String>,
    /// Not all may match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_all_match: Vec<String>,
    /// Every record must match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub all_match: Vec<String>,
    /// One of them must match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any_match: Vec<String>,
}

impl RecordRules {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.patterns().next().is_none()
    }

    /// Every pattern.
    pub fn patterns(&self) -> impl Iterator<Item = &String> {
        self.none_match.iter().chain(&self.not_all_match).chain(&self.all_match).chain(&self.any_match)
    }
}

/// An echo request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IcmpCheck {
    /// Host name or address.
    pub host: String,
    /// Routers that the request may pass, 1 to 255.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u8>,
    /// Bytes of payload; default 56.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload_bytes: Option<u16>,
}
