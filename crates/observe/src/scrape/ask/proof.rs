//! Headers that prove who we are.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{Down, load};
use crate::scrape::config::{HttpOptions, Proof};

/// Adds what proves who we are, and the headers that the configuration has beside it. Files are read now.
///
/// # Errors
/// A file that cannot be read, or a text that no header may have.
pub(crate) fn prove(http: &HttpOptions, headers: &mut HeaderMap) -> Result<(), Down> {
    let (text, what) = match &http.proof {
        None => (None, ""),
        Some(Proof::Basic { user, password }) => {
            let pair = format!("{}:{}", load(user, "username")?, load(password, "password")?);
            (Some(format!("Basic {}", BASE64_STANDARD.encode(pair))), "basic_auth")
        }
        Some(Proof::Other { scheme, credentials }) => (Some(format!("{scheme} {}", load(credentials, "credentials")?)), "authorization"),
    };
    let value = |text: &str, what: &str| {
        let mut value =
            HeaderValue::from_str(text).map_err(|_| Down::new("request", format!("{what} holds characters that no header may have")))?;
        value.set_sensitive(true);
        Ok::<_, Down>(value)
    };
    if let Some(text) = text {
        headers.insert(header::AUTHORIZATION, value(&text, what)?);
    }
    for (name, texts) in &http.headers {
        let known = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Down::new("request", format!("{name} is no header")))?;
        for text in texts {
            headers.append(known.clone(), value(&load(text, name)?, name)?);
        }
    }
    Ok(())
}
