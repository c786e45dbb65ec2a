//! What is wrong when a look fails: coarse enough that every probe that sees one outage says the same, and they make one
//! incident.

use evenkeel_core::event::observe::{CAUSE_CERTIFICATE, CAUSE_UNAVAILABLE};
use serde::{Deserialize, Serialize};

use super::look::Code;

/// What is wrong, the gravest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// The certificate ends soon. Whoever comes is still served.
    CertificateEnds,
    /// A probe of certificates alone finds one not valid.
    Certificate,
    /// Whoever comes is not served.
    Unavailable,
}

impl Trouble {
    /// What a failing look that ended in `code` says; `certificates_alone` when the probe looks at nothing else.
    pub fn of(code: &str, certificates_alone: bool) -> Self {
        match Code::parse(code) {
            Some(Code::CertificateExpiring) => Self::CertificateEnds,
            Some(Code::Certificate) if certificates_alone => Self::Certificate,
            _ => Self::Unavailable,
        }
    }

    /// The cause that alerts carry.
    pub const fn cause(self) -> &'static str {
        match self {
            Self::CertificateEnds | Self::Certificate => CAUSE_CERTIFICATE,
            Self::Unavailable => CAUSE_UNAVAILABLE,
        }
    }

    /// Whether it counts against the service's indicator: what is to come has hurt nobody yet.
    pub const fn hurts(self) -> bool {
        !matches!(self, Self::CertificateEnds)
    }
}
