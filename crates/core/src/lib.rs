//! The words of the trade: typed ids, time, severity and priority, the events in which the halls meet,
//! and the table of error codes.
//!
//! Nothing here does I/O. A type belongs here only when two rooms must agree on it.

pub mod actor;
pub mod definition;
pub mod error;
pub mod event;
pub mod hmac;
pub mod id;
pub mod language;
pub mod matcher;
pub mod priority;
pub mod random;
#[cfg(feature = "schema")]
mod schema;
pub mod secret;
pub mod state;
pub mod time;
pub mod title;

pub use actor::{Actor, ActorKind};
pub use error::{ErrorCode, Failure};
pub use id::Id;
pub use language::Language;
pub use random::Rng;
pub use time::Clock;
