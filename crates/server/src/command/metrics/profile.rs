//! `evenkeel metrics profile`.

use std::path::PathBuf;

use evenkeel_core::{ErrorCode, Failure};
use evenkeel_observe::metric::remote::{
    self, Api,
    profile::{self, Outcome},
};

use crate::ambient::SystemClock;

/// `evenkeel metrics profile`.
#[derive(Debug, clap::Args)]
pub struct ProfileArgs {
    /// The file that says where the engine is, as `--metric-remote` of the server takes it.
    #[arg(long, env = "EVENKEEL_METRIC_REMOTE", value_name = "FILE")]
    remote: PathBuf,
    /// Show the questions too that the engine answers as Prometheus does.
    #[arg(long)]
    all: bool,
}

/// Runs it.
///
/// # Errors
/// A file with faults, an engine that cannot be asked or takes no samples.
pub(super) async fn run(args: &ProfileArgs) -> Result<(), Failure> {
    let options = remote::read(&args.remote).map_err(|found| Failure::new(ErrorCode::Invalid, found.to_string()).at("--remote"))?;
    let engine = options.engine.name();
    let found = profile::profile(&Api::new(options), &SystemClock).await;
    let found = found.map_err(|error| Failure::new(ErrorCode::Invalid, error.to_string()).at("--remote"))?;
    for check in &found.checks {
        match &check.outcome {
            Outcome::Exact if args.all => say!("exact    {}: {}", check.feature, check.query),
            Outcome::Exact => {}
            Outcome::Differs { expected, got } => {
                say!("differs  {}: {}\n           expected {expected}\n           got      {got}", check.feature, check.query);
            }
            Outcome::Refused(words) => say!("refused  {}: {}\n           {words}", check.feature, check.query),
        }
    }
    let version = if found.version.is_empty() { "(it does not say its version)" } else { &found.version };
    say!("{engine} {version} answers {} of {} questions as Prometheus 3 does", found.exact(), found.checks.len());
    Ok(())
}
