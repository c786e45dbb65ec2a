//! Why a target is down, in words that somebody can act on.

use std::{error::Error, io};

use jiff::Timestamp;
use rustls::{CertificateError, pki_types::UnixTime};

use crate::probe::look::{Code, Fault, clean};

/// Why a scrape failed. The text never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Down {
    /// A stable word.
    pub code: &'static str,
    /// What happened, and what to do where that is known.
    pub text: String,
}

impl Down {
    /// With this code and these words.
    pub fn new(code: &'static str, text: impl AsRef<str>) -> Self {
        Self { code, text: clean(text.as_ref()) }
    }

    /// From what looking at an address says.
    pub fn of_fault(fault: &Fault) -> Self {
        Self::new(fault.code.as_str(), &fault.detail)
    }

    /// From what a connection's reading or writing says.
    pub fn of_io(error: &io::Error, what: &str) -> Self {
        if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return Self::of_tls(tls);
        }
        let fault = Fault::io(error, what);
        match fault.code {
            Code::ConnectionRefused => Self::new(
                "connection_refused",
                format!("{what}: connection refused; is the target running, and listening on this address?"),
            ),
            Code::ConnectionClosed => Self::new(
                "connection_closed",
                format!("{what}: it hung up before its answer was whole ({error}); see the target's own log"),
            ),
            Code::Unreachable => {
                Self::new("unreachable", format!("{what}: no way there ({error}); is the host up, and the network between?"))
            }
            Code::LocalResources => {
                Self::new("local_resources", format!("{what}: this machine is out of sockets, ports or memory ({error})"))
            }
            _ => Self::of_fault(&fault),
        }
    }

    /// From what a handshake says.
    pub fn of_tls(error: &rustls::Error) -> Self {
        let rustls::Error::InvalidCertificate(why) = error else {
            return match error {
                rustls::Error::InvalidMessage(_) => {
                    Self::new("tls", format!("the target does not speak TLS ({error}); is scheme: http meant?"))
                }
                rustls::Error::AlertReceived(_) => Self::new(
                    "tls",
                    format!("the target refuses our handshake ({error}); does it ask for a client certificate (tls_config.cert_file)?"),
                ),
                _ => Self::new("tls", format!("TLS handshake: {error}")),
            };
        };
        let text = match why {
            CertificateError::ExpiredContext { not_after, .. } => {
                format!("the target's certificate expired on {}; renew it there", day(*not_after))
            }
            CertificateError::Expired => "the target's certificate has expired; renew it there".to_owned(),
            CertificateError::NotValidYetContext { not_before, .. } => {
                format!("the target's certificate is not valid before {}; is one of the clocks wrong?", day(*not_before))
            }
            CertificateError::NotValidForNameContext { expected, presented } => format!(
                "the target's certificate is for {}, not for {}; set tls_config.server_name, or have a certificate made for this name",
                presented.iter().map(|name| plain(name)).collect::<Vec<_>>().join(", "),
                expected.to_str()
            ),
            CertificateError::UnknownIssuer => {
                "the target's certificate is signed by nobody we trust; give the authority as tls_config.ca_file".to_owned()
            }
            other => format!("the target's certificate: {}", rustls::Error::InvalidCertificate(other.clone())),
        };
        Self::new("certificate", text)
    }

    /// From what asking says: the cause that is known best.
    pub fn of_http(error: &(dyn Error + 'static), address: &str) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = Some(error);
        let mut protocol = None;
        while let Some(one) = cause {
            if let Some(down) = one.downcast_ref::<Self>() {
                return down.clone();
            }
            if let Some(io) = one.downcast_ref::<io::Error>() {
                // A body's errors are wrapped once more.
                if let Some(down) = io.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
                    return down.clone();
                }
                return Self::of_io(io, &format!("talking to {address}"));
            }
            if let Some(hyper) = one.downcast_ref::<hyper::Error>() {
                protocol = Some(hyper);
            }
            cause = one.source();
        }
        match protocol {
            Some(error) if error.is_incomplete_message() => {
                Self::new("connection_closed", format!("{address} hung up before its answer was whole; see the target's own log"))
            }
            Some(error) if error.is_parse_too_large() => Self::new("protocol", format!("the head of the answer of {address} is too long")),
            Some(error) if error.is_canceled() || error.is_closed() => {
                Self::new("connection_closed", format!("{address} hung up ({error}); see the target's own log"))
            }
            Some(error) => Self::new("protocol", format!("{address} does not speak HTTP ({error}); is another scheme or port meant?")),
            None => Self::new("protocol", format!("HTTP with {address}: {error}")),
        }
    }
}

/// A name without the kind that the TLS library writes around it, as in `DnsName("a")`.
fn plain(name: &str) -> &str {
    name.split_once("(\"").and_then(|(_, rest)| rest.strip_suffix("\")")).unwrap_or(name)
}

fn day(at: UnixTime) -> String {
    let second = i64::try_from(at.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(second).map_or_else(|_| format!("second {second}"), |at| at.to_string())
}
