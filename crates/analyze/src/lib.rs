//! 析 Analyze: clocks, the fault timeline, figures and service reports. Nothing here edits anything upstream: it reads the
//! ledger and says what follows from it.

pub mod clock;
pub mod fault;
pub mod figure;
#[cfg(test)]
mod history;
pub mod live;
pub mod port;
pub mod report;
pub mod words;
pub mod world;
