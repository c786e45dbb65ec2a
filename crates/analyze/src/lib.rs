//! 析 Analyze: clocks, the fault timeline, figures and service reports. Nothing here edits anything upstream: it reads the
//! ledger and says what follows from it.

pub mod clock;
pub mod fault;
pub mod figure;
#[cfg(test)]
mod history;
mod home;
pub mod live;
pub mod noise;
pub mod port;
pub mod report;
mod state;
#[cfg(test)]
mod tests;
pub mod verify;
pub mod words;
pub mod world;

use std::sync::Arc;

use evenkeel_api::Routes;
use evenkeel_store::{Consumer, Migration, TimerHandler};

pub use state::Analyze;

/// The tables of every noun.
pub fn migrations() -> Vec<Migration> {
    [clock::MIGRATIONS, report::MIGRATIONS].concat()
}

/// The routes of every noun, with their documents.
pub fn router(analyze: Analyze) -> Routes {
    Routes::new()
        .merge(clock::router())
        .merge(fault::router())
        .merge(home::router())
        .merge(noise::router())
        .merge(report::router())
        .with_state(analyze)
}

/// What reads the ledger.
pub fn consumers(analyze: &Analyze) -> Vec<Arc<dyn Consumer>> {
    vec![
        Arc::new(clock::ClockConsumer::new(Arc::clone(&analyze.due))),
        Arc::new(clock::RequestClockConsumer { requests: Arc::clone(&analyze.requests) }),
        Arc::new(clock::ComplaintClockConsumer { complaints: Arc::clone(&analyze.complaints) }),
    ]
}

/// What acts when a timer is due.
pub fn timers(analyze: &Analyze) -> Vec<Arc<dyn TimerHandler>> {
    vec![Arc::new(clock::ClockDue { due: Arc::clone(&analyze.due) })]
}
