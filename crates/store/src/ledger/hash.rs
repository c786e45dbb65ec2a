//! Hashes of events and of batches. Pure.
//!
//! An event's hash is SHA-256 over a version word and each field with its length, so that no two events read alike.
//! A batch's root is a Merkle tree hash with the domain separation of RFC 6962 section 2.1 (0x00 before a leaf, 0x01 before a
//! node), whose leaf also holds the position.

use evenkeel_core::{ActorKind, event::Event};
use sha2::{Digest, Sha256};

/// A SHA-256.
pub type Hash = [u8; 32];

/// The hash of one event; depends on every field but nothing else.
pub fn event(event: &Event) -> Hash {
    let mut sha = Sha256::new();
    let mut field = |bytes: &[u8]| {
        sha.update((bytes.len() as u64).to_be_bytes());
        sha.update(bytes);
    };
    field(b"evenkeel-event-1");
    field(&event.seq.to_be_bytes());
    field(event.id.uuid().as_bytes());
    field(event.tenant.uuid().as_bytes());
    field(&event.occurred_at.as_microsecond().to_be_bytes());
    field(&event.recorded_at.as_microsecond().to_be_bytes());
    field(match event.actor.kind {
        ActorKind::Person => b"person",
        ActorKind::Token => b"token",
        ActorKind::System => b"system",
    });
    field(event.actor.id.as_bytes());
    // An absent field and an empty one differ.
    for optional in [&event.on_behalf_of, &event.evidence] {
        match optional {
            None => field(&[0]),
            Some(text) => {
                field(&[1]);
                field(text.as_bytes());
            }
        }
    }
    field(event.source.as_bytes());
    field(event.subject.kind.as_bytes());
    field(event.subject.id.as_bytes());
    field(event.kind.as_bytes());
    field(&event.version.to_be_bytes());
    field(event.payload.as_bytes());
    sha.finalize().into()
}

/// The Merkle tree hash of some event hashes; of none, the hash of nothing.
pub fn root(events: &[Hash]) -> Hash {
    fn tree(hashes: &[Hash]) -> Hash {
        match hashes {
            [] => Sha256::digest(b"").into(),
            [one] => Sha256::new().chain_update([0]).chain_update(one).finalize().into(),
            many => {
                // The largest power of two smaller than the count (RFC 6962).
                let cut = many.len().next_power_of_two() / 2;
                let (left, right) = many.split_at(cut);
                Sha256::new().chain_update([1]).chain_update(tree(left)).chain_update(tree(right)).finalize().into()
            }
        }
    }
    tree(events)
}

/// What a seal promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// 1, 2, 3 …
    pub number: i64,
    /// The first position in it.
    pub first_seq: i64,
    /// The last position in it.
    pub last_seq: i64,
    /// How many events.
    pub events: i64,
    /// Their Merkle root, hex.
    pub root: String,
    /// The hash of the seal before, hex; 64 zeros for the first.
    pub previous: String,
    /// When it was made, microseconds.
    pub sealed_at: i64,
}

impl Seal {
    /// The seal's hash, hex: over all its fields.
    pub fn hash(&self) -> String {
        let text = format!(
            "evenkeel-seal-1|{}|{}|{}|{}|{}|{}|{}",
            self.number, self.first_seq, self.last_seq, self.events, self.root, self.previous, self.sealed_at
        );
        hex::encode(Sha256::digest(text.as_bytes()))
    }
}
