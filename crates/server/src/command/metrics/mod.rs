//! `evenkeel metrics`: samples out as an `OpenMetrics` file, and in from one; how exact another engine is.

mod export;
mod import;
mod profile;

use evenkeel_core::{ErrorCode, Failure};

/// What can be done with samples.
#[derive(Debug, clap::Subcommand)]
pub enum MetricsCommand {
    /// Write samples as `OpenMetrics` text, also while the server runs; `promtool tsdb create-blocks-from openmetrics` reads it.
    Export(export::ExportArgs),
    /// Take samples of weeks or months from an `OpenMetrics` file, while the server is stopped; the same file twice does no harm.
    Import(import::ImportArgs),
    /// Ask another engine questions whose right answers are known: how exactly it follows Prometheus.
    Profile(profile::ProfileArgs),
}

/// Runs it.
///
/// # Errors
/// As the commands say.
pub async fn run(command: MetricsCommand) -> Result<(), Failure> {
    let done = match command {
        MetricsCommand::Export(args) => tokio::task::spawn_blocking(move || export::run(&args)),
        MetricsCommand::Import(args) => tokio::task::spawn_blocking(move || import::run(&args)),
        MetricsCommand::Profile(args) => return profile::run(&args).await,
    };
    done.await.map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()))?
}
