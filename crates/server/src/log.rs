//! The log: to standard error, one line an entry. Secrets are never logged: they have no `Debug` and no handler logs bodies.

use evenkeel_core::{ErrorCode, Failure};
use tracing_subscriber::{EnvFilter, fmt};

use crate::config::LogFormat;

/// Starts the log of this process.
///
/// # Errors
/// When the filter cannot be read.
pub fn start(filter: &str, format: LogFormat) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| Failure::new(ErrorCode::Invalid, format!("the log filter cannot be read: {error}")).at("--log"))?;
    let base = fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(true)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    // A second start in one process (tests) keeps the first one's log.
    let _ = match format {
        LogFormat::Text => base.compact().try_init(),
        LogFormat::Json => base.json().flatten_event(true).try_init(),
    };
    Ok(())
}
