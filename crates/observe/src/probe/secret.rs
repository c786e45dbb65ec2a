//! Secrets of probes: named in definitions, kept where the process that looks is, shown to nobody.
//!
//! A definition is kept in the ledger for good and travels to vantage points; so it holds names alone, and whoever looks
//! finds the values at its own place: the server's for the server, a vantage point's for it. What is not put there for
//! probes cannot be named.

use std::{borrow::Cow, fmt, sync::Arc};

use super::look::{Code, Fault};
pub use crate::scrape::secret::{HIDDEN, Secret};
pub use evenkeel_core::secret::SecretName;

/// Bytes of a secret, at most: a chain of certificates fits.
pub const SECRET_BYTES_MAX: usize = 64 << 10;

/// Where secrets of probes lie.
pub trait SecretSource: fmt::Debug + Send + Sync {
    /// The secret of this name; `Ok(None)` when there is none.
    ///
    /// # Errors
    /// In words, when it is there and cannot be read.
    fn find(&self, name: &SecretName) -> Result<Option<Secret>, String>;

    /// How one is put there, in words.
    fn advice(&self, name: &SecretName) -> String;
}

/// No secrets at all.
#[derive(Debug)]
pub struct NoSecrets;

impl SecretSource for NoSecrets {
    fn find(&self, _: &SecretName) -> Result<Option<Secret>, String> {
        Ok(None)
    }
    fn advice(&self, _: &SecretName) -> String {
        "this process was started without secrets".to_owned()
    }
}

/// Every secret that a look has used, so that none leaves with what it saw.
#[derive(Debug, Default)]
pub struct Used(Vec<Secret>);

/// Shorter ones are not looked for in what a server says: their letters are everywhere.
const REDACTED_BYTES_MIN: usize = 4;

impl Used {
    /// Finds a secret and remembers it.
    ///
    /// # Errors
    /// [`Code::SecretMissing`], which proves nothing about the target.
    pub fn take(&mut self, source: &Arc<dyn SecretSource>, name: &SecretName) -> Result<Secret, Fault> {
        match source.find(name) {
            Ok(Some(secret)) => {
                self.note(secret.reveal());
                Ok(secret)
            }
            Ok(None) => Err(Fault::new(Code::SecretMissing, format!("there is no secret {name}: {}", source.advice(name)))),
            Err(error) => Err(Fault::new(Code::SecretMissing, format!("the secret {name} cannot be read: {error}"))),
        }
    }

    /// Remembers a text that must not be shown, in the forms in which servers give back what they were sent.
    pub fn note(&mut self, text: &str) {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        if text.len() < REDACTED_BYTES_MIN {
            return;
        }
        let json = serde_json::to_string(text).unwrap_or_default();
        let mut forms = vec![
            text.to_owned(),
            url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>(),
            percent(text),
            STANDARD.encode(text),
            json.trim_matches('"').to_owned(),
        ];
        forms.sort();
        forms.dedup();
        for form in forms {
            if !self.0.iter().any(|known| known.reveal() == form) {
                self.0.push(Secret::from(form));
            }
        }
        // The longest first, so that no rest of one is left beside a shorter one.
        self.0.sort_by_key(|known| std::cmp::Reverse(known.reveal().len()));
    }

    /// Whether none was used.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text with what must not be shown taken out.
    pub fn redact<'a>(&self, text: Cow<'a, str>) -> Cow<'a, str> {
        self.0.iter().fold(
            text,
            |text, secret| {
                if text.contains(secret.reveal()) { Cow::Owned(text.replace(secret.reveal(), HIDDEN)) } else { text }
            },
        )
    }
}

/// Percent-encoding of everything but RFC 3986's unreserved characters.
fn percent(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_secret_is_taken_out_in_every_form_that_a_server_gives_it_back_in() {
        let mut used = Used::default();
        used.note("p@ss w\"rd");
        for told in ["p@ss w\"rd", "p%40ss+w%22rd", "p%40ss%20w%22rd", "cEBzcyB3InJk", "p@ss w\\\"rd"] {
            assert_eq!(used.redact(format!("you said {told}!").into()), "you said <secret>!", "{told}");
        }
        assert_eq!(used.redact("nothing".into()), "nothing");
    }

    #[test]
    fn what_is_no_name_is_refused_and_not_repeated() {
        for wrong in ["", "Hunter2!", "a b", "ü"] {
            let error = serde_json::from_value::<SecretName>(wrong.into()).unwrap_err().to_string();
            assert!(error.contains("not the name of a secret") && (wrong.is_empty() || !error.contains(wrong)), "{error}");
        }
    }
}
