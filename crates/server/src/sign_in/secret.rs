//! Secrets that we make: 256 bits of the operating system's randomness, shown once, kept as SHA-256. A slow hash would add
//! nothing: nobody can search 2²⁵⁶.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use evenkeel_core::Rng;
use sha2::{Digest as _, Sha256};

/// A fresh secret behind `prefix`.
pub(super) fn fresh(rng: &dyn Rng, prefix: &str) -> String {
    let mut bytes = [0u8; 32];
    rng.fill(&mut bytes);
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// What is stored of a secret. `purpose` keeps a session from being used as a link and the other way round.
pub(super) fn hash(purpose: &str, secret: &str) -> String {
    hex::encode(Sha256::new().chain_update(purpose).chain_update(b"\0").chain_update(secret).finalize())
}
