//! The hash over a figure's canonical inputs.

use sha2::{Digest, Sha256};

/// Takes the inputs one by one; each with its length, so that no two lists of inputs read alike.
#[derive(Debug, Default)]
pub struct Inputs(Sha256);

impl Inputs {
    /// One input.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text);
        self
    }

    /// One number; a missing one differs from every number.
    pub fn number(&mut self, number: Option<i64>) -> &mut Self {
        match number {
            Some(number) => {
                self.0.update([1]);
                self.0.update(number.to_be_bytes());
            }
            None => self.0.update([0]),
        }
        self
    }

    /// The hash, hex.
    pub fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

/// SHA-256 of a text, hex.
pub fn of_text(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}
