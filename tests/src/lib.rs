//! What the stories share: the real binary in processes of its own, a real SMTP server, an observer that knows nothing of
//! Evenkeel, and a small client of the API.
// Stories run in real time against real processes: the ambient clock is theirs by right.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::missing_panics_doc, clippy::disallowed_methods, missing_docs)]

pub mod client;
pub mod database;
pub mod dovecot;
pub mod observer;
pub mod peer;
pub mod postfix;
pub mod process;
pub mod proxy;
pub mod push;
pub mod smtp;
pub mod target;
pub mod webhook;
pub mod work_calendar;

use std::{future::Future, time::Duration};

/// Looks every 50 ms until `look` answers something, or gives up after `limit` with `what` in the message.
pub async fn until<T, F, Fut>(what: &str, limit: Duration, mut look: F) -> T
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    let started = std::time::Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(started.elapsed() < limit, "waited {limit:?} in vain for: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
