//! Passwords: argon2id, at most two at once so that a flood of sign-ins cannot eat the memory.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use evenkeel_api::Problem;
use evenkeel_core::{ErrorCode, Rng};
use tokio::sync::Semaphore;

/// OWASP Password Storage Cheat Sheet (2024): argon2id, 19 MiB, 2 passes, 1 lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const HASH_BYTES: usize = 32;
const SALT_BYTES: usize = 16;
/// The shortest password, characters (NIST SP 800-63B: length is what counts).
pub const PASSWORD_CHARS_MIN: usize = 12;
/// The longest password, bytes: a bound on work.
pub const PASSWORD_BYTES_MAX: usize = 1024;

/// Hashes and checks passwords.
#[derive(Debug, Clone)]
pub struct Hasher(Arc<Semaphore>);

impl Default for Hasher {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(2)))
    }
}

impl Hasher {
    /// The stored form of a new password.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] when it is too short or too long.
    pub async fn hash(&self, rng: &dyn Rng, password: String) -> Result<String, Problem> {
        if password.chars().count() < PASSWORD_CHARS_MIN || password.len() > PASSWORD_BYTES_MAX {
            return Err(Problem::invalid(
                "/new",
                format!("a password has at least {PASSWORD_CHARS_MIN} characters and at most {PASSWORD_BYTES_MAX} bytes"),
            ));
        }
        let mut salt = [0u8; SALT_BYTES];
        rng.fill(&mut salt);
        let hash = self.work(password, salt.to_vec(), MEMORY_KIB, PASSES, LANES).await?;
        Ok(format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${}${}", STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash)))
    }

    /// Whether the password is the stored one. Without a stored one it takes as long and answers no, so that the time
    /// does not tell who exists.
    ///
    /// # Errors
    /// [`ErrorCode::Internal`] when hashing fails.
    pub async fn check(&self, password: String, stored: Option<&str>) -> Result<bool, Problem> {
        if password.len() > PASSWORD_BYTES_MAX {
            return Ok(false);
        }
        let parsed = stored.and_then(Stored::read);
        let known = parsed.is_some();
        let stored = parsed.unwrap_or_else(|| Stored {
            memory: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt: vec![0; SALT_BYTES],
            hash: vec![0; HASH_BYTES],
        });
        let hash = self.work(password, stored.salt, stored.memory, stored.passes, stored.lanes).await?;
        Ok(known & same(&hash, &stored.hash))
    }

    async fn work(&self, password: String, salt: Vec<u8>, memory: u32, passes: u32, lanes: u32) -> Result<Vec<u8>, Problem> {
        let broken = || Problem::new(ErrorCode::Internal, "the password could not be hashed");
        let _turn = self.0.acquire().await.map_err(|_| broken())?;
        tokio::task::spawn_blocking(move || {
            let params = Params::new(memory, passes, lanes, Some(HASH_BYTES)).ok()?;
            let mut hash = vec![0u8; HASH_BYTES];
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(password.as_bytes(), &salt, &mut hash).ok()?;
            Some(hash)
        })
        .await
        .ok()
        .flatten()
        .ok_or_else(broken)
    }
}

/// Compares without telling by time where the first difference is.
fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

/// A stored password in the PHC string format.
struct Stored {
    memory: u32,
    passes: u32,
    lanes: u32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Stored {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("$argon2id$v=19$")?.split('$');
        let costs = parts.next()?;
        let mut read = Self {
            memory: 0,
            passes: 0,
            lanes: 0,
            salt: STANDARD_NO_PAD.decode(parts.next()?).ok()?,
            hash: STANDARD_NO_PAD.decode(parts.next()?).ok()?,
        };
        for cost in costs.split(',') {
            match cost.split_once('=')? {
                ("m", value) => read.memory = value.parse().ok()?,
                ("t", value) => read.passes = value.parse().ok()?,
                ("p", value) => read.lanes = value.parse().ok()?,
                _ => return None,
            }
        }
        Some(read)
    }
}
