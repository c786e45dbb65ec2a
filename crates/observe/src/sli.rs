//! Service-level indicators: what a service's probes say together, as sealed stretches of time.
//!
//! A service is **bad** while any of its probes is down, **unknown** while none is down and any cannot tell (or there is no
//! probe), else **good**. The rule is pure and stands in [`timeline`]; the database's side is in [`table`].
//!
//! A stretch is *sealed* into the ledger only when nothing can change it any more: up to the first look of a streak that is
//! not decided yet, and up to the start of a look still under way. Figures read sealed stretches and nothing else.

pub(crate) mod routes;
pub mod table;
pub mod timeline;

use sha2::{Digest, Sha256};

pub use timeline::{Piece, Timeline};

/// The indicator that probes feed.
pub const AVAILABILITY: &str = "availability";

/// How an indicator was judged, for the record: the rule and the probes, `name (kind target)` each.
pub fn query<'a>(probes: impl Iterator<Item = (String, &'a str, String)>) -> String {
    let mut named: Vec<String> = probes.map(|(name, kind, target)| format!("{name} ({kind} {target})")).collect();
    named.sort();
    format!("bad while any is down, unknown while none is down and any cannot tell, else good: {}", named.join(", "))
}

/// SHA-256 of a query, hex.
pub fn query_hash(query: &str) -> String {
    hex::encode(Sha256::digest(query.as_bytes()))
}
