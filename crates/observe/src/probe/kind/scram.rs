//! SCRAM-SHA-256 as a client, RFC 5802 and RFC 7677, without channel binding.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use evenkeel_core::hmac;

/// Rounds of hashing at most: the server asks for them, and they cost our time.
const ROUNDS_MAX: u32 = 100_000;

/// The client's side of one sign-in.
pub struct Client {
    password: String,
    nonce: String,
    /// What the server must prove, known after the second message.
    expected: Option<String>,
}

impl Client {
    /// `nonce` is random and printable.
    pub fn new(password: &str, nonce: &str) -> Self {
        Self { password: password.to_owned(), nonce: nonce.to_owned(), expected: None }
    }

    /// The first message. The user is known to the server from elsewhere.
    pub fn first(&self) -> String {
        format!("n,,n=,r={}", self.nonce)
    }

    /// The answer to the server's first message.
    ///
    /// # Errors
    /// In words, when that is broken or asks for too much.
    pub fn last(&mut self, server_first: &str) -> Result<String, String> {
        let field = |name: &str| server_first.split(',').find_map(|field| field.strip_prefix(name)?.strip_prefix('='));
        let broken = || "a broken message of SCRAM".to_owned();
        let nonce = field("r").filter(|nonce| nonce.starts_with(&self.nonce) && nonce.len() > self.nonce.len()).ok_or_else(broken)?;
        let salt = field("s").and_then(|salt| STANDARD.decode(salt).ok()).ok_or_else(broken)?;
        let rounds: u32 = field("i").and_then(|rounds| rounds.parse().ok()).filter(|rounds| *rounds > 0).ok_or_else(broken)?;
        if rounds > ROUNDS_MAX {
            return Err(format!("the server asks for {rounds} rounds of hashing; {ROUNDS_MAX} are made at most"));
        }
        let salted = salted(self.password.as_bytes(), &salt, rounds);
        let client_key = hmac::code(&salted, &[b"Client Key"]);
        let stored_key: [u8; 32] = Sha256::digest(client_key).into();
        let without_proof = format!("c=biws,r={nonce}");
        let message = format!("n=,r={},{server_first},{without_proof}", self.nonce);
        let signature = hmac::code(&stored_key, &[message.as_bytes()]);
        let proof: Vec<u8> = client_key.iter().zip(signature).map(|(key, sign)| key ^ sign).collect();
        let server_key = hmac::code(&salted, &[b"Server Key"]);
        self.expected = Some(STANDARD.encode(hmac::code(&server_key, &[message.as_bytes()])));
        Ok(format!("{without_proof},p={}", STANDARD.encode(proof)))
    }

    /// Whether the server's last message proves that it knows the password.
    pub fn proves(&self, server_last: &str) -> bool {
        let said = server_last.split(',').find_map(|field| field.strip_prefix("v="));
        self.expected.is_some() && said == self.expected.as_deref()
    }
}

/// `Hi` of RFC 5802: PBKDF2 with one block.
fn salted(password: &[u8], salt: &[u8], rounds: u32) -> [u8; 32] {
    let mut round = hmac::code(password, &[salt, &1_u32.to_be_bytes()]);
    let mut out = round;
    for _ in 1..rounds {
        round = hmac::code(password, &[&round]);
        for (out, round) in out.iter_mut().zip(round) {
            *out ^= round;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The example of RFC 7677, section 3, but that the user stands in the messages there: so salted password and keys are
    /// compared by what they sign.
    #[test]
    fn the_example_of_rfc_7677_holds() {
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let salted = salted(b"pencil", &salt, 4096);
        let message = "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                       s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let server_key = hmac::code(&salted, &[b"Server Key"]);
        assert_eq!(STANDARD.encode(hmac::code(&server_key, &[message.as_bytes()])), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    #[test]
    fn a_server_that_asks_for_too_much_or_does_not_know_the_password_is_found_out() {
        let mut client = Client::new("pencil", "abc");
        assert!(client.last("r=abcdef,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4000000000").is_err());
        assert!(client.last("r=xyz,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096").is_err(), "another nonce");
        assert!(!client.proves("v=AAAA"));
        client.last("r=abcdef,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2").unwrap();
        assert!(!client.proves("v=AAAA") && !client.proves("e=other-error"));
    }
}
