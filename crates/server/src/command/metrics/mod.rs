//! `evenkeel metrics`: samples out as an `OpenMetrics` file, and in from one.

mod export;
mod import;

use evenkeel_core::{ErrorCode, Failure};

/// What can be done with samples.
#[derive(Debug, clap::Subcommand)]
pub enum MetricsCommand {
    /// Write samples as `OpenMetrics` text, also while the server runs; `promtool tsdb create-blocks-from openmetrics` reads it.
    Export(export::ExportArgs),
    /// Take samples of weeks or months from an `OpenMetrics` file, while the server is stopped; the same file twice does no harm.
    Import(import::ImportArgs),
}

/// Runs it.
///
/// # Errors
/// As the commands say.
pub async fn run(command: MetricsCommand) -> Result<(), Failure> {
    let done = tokio::task::spawn_blocking(move || match command {
        MetricsCommand::Export(args) => export::run(&args),
        MetricsCommand::Import(args) => import::run(&args),
    });
    done.await.map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()))?
}
