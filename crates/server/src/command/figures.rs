//! `evenkeel figures verify`: rebuilds what was published from the ledger alone.

use std::process::ExitCode;

use clap::Subcommand;
use evenkeel_analyze::verify::verify;
use evenkeel_core::Failure;

use super::{database, store};
use crate::config::DataArgs;

/// What can be done with published figures.
#[derive(Debug, Clone, Subcommand)]
pub enum FiguresCommand {
    /// Rebuild every published figure from the ledger into an empty database and compare.
    Verify(DataArgs),
}

/// Runs it. Exit code 1 when a figure differs.
pub async fn run(command: FiguresCommand) -> Result<ExitCode, Failure> {
    let FiguresCommand::Verify(data) = command;
    let db = database(&data, false).await?;
    let outcome = verify(&db).await.map_err(store)?;
    db.close().await;
    for report in &outcome.reports {
        let verdict = if report.holds() { "holds" } else { "DIFFERS" };
        say!("{}: {verdict} ({} figures, ledger position {})", report.label, report.figures, report.position);
        for difference in &report.differences {
            say!("    {difference}");
        }
    }
    let held = outcome.reports.iter().filter(|report| report.holds()).count();
    say!("{held} of {} published reports hold; {} events folded", outcome.reports.len(), outcome.events);
    Ok(if outcome.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
