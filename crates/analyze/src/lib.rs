//! 析 Analyze: clocks, the fault timeline, figures and service reports. Nothing here edits anything upstream: it reads the
//! ledger and says what follows from it.

pub mod figure;
pub mod report;
pub mod words;
