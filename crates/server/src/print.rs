//! What commands say to the terminal.
//!
//! Not `println!`: that panics when the reader has left, and in `evenkeel … | head` it always does. A reader that has had
//! enough is no error; a full disk behind `> file` is one, and the process ends with it.

use std::{
    fmt,
    io::{ErrorKind, Write},
    sync::OnceLock,
};

static FAILED: OnceLock<String> = OnceLock::new();

/// Writes a line to standard output.
pub(crate) fn out(line: fmt::Arguments<'_>) {
    written(writeln!(std::io::stdout().lock(), "{line}"));
}

/// Writes a line to standard error.
pub(crate) fn err(line: fmt::Arguments<'_>) {
    // Nobody is left to be told that nobody can be told.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

fn written(outcome: std::io::Result<()>) {
    if let Err(error) = outcome
        && error.kind() != ErrorKind::BrokenPipe
    {
        // The first one says it all.
        let _ = FAILED.set(error.to_string());
    }
}

/// Why what was said did not all reach standard output, when it did not.
pub(crate) fn failed() -> Option<&'static str> {
    written(std::io::stdout().flush());
    FAILED.get().map(String::as_str)
}

/// A line to standard output.
macro_rules! say {
    ($($words:tt)*) => { $crate::print::out(format_args!($($words)*)) };
}
/// A line to standard error.
macro_rules! note {
    ($($words:tt)*) => { $crate::print::err(format_args!($($words)*)) };
}
