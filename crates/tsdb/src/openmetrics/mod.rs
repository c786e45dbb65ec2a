//! Series out as an `OpenMetrics` file, and back in: for moving them to another engine, and from one.
//!
//! Both ways are streams: a file is never in memory as a whole.

mod read;
mod write;

pub use read::{ImportError, Imported, read};
pub use write::{ExportError, Exported, write};

#[cfg(test)]
mod tests;
