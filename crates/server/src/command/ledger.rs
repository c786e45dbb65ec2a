//! `evenkeel ledger verify`: reads every event and every seal again.

use std::process::ExitCode;

use clap::Subcommand;
use evenkeel_core::Failure;
use evenkeel_store::ledger::verify::{Outcome, verify};

use super::{database, store};
use crate::config::DataArgs;

/// What can be done with the ledger.
#[derive(Debug, Clone, Subcommand)]
pub enum LedgerCommand {
    /// Read every event and every seal again, and name the first seal that does not hold.
    Verify(DataArgs),
}

/// Runs it. Exit code 1 when a seal does not hold.
pub async fn run(command: LedgerCommand) -> Result<ExitCode, Failure> {
    let LedgerCommand::Verify(data) = command;
    let db = database(&data, false).await?;
    let outcome = verify(&db).await.map_err(store)?;
    db.close().await;
    Ok(match outcome {
        Outcome::Holds { events, seals, unsealed, head } => {
            say!("the ledger holds: {events} events under {seals} seals, {unsealed} not yet sealed");
            if let Some(head) = head {
                say!("newest seal: {head}");
                say!("(keep this hash elsewhere: with it nobody can cut the ledger's end unseen)");
            }
            ExitCode::SUCCESS
        }
        Outcome::Broken { seal, first_seq, last_seq, why } => {
            note!("seal {seal} does not hold (events {first_seq} to {last_seq}): {why}");
            ExitCode::FAILURE
        }
        Outcome::TextChanged { digest } => {
            note!("a personal text does not match its digest {digest}: it was changed outside of Evenkeel");
            ExitCode::FAILURE
        }
    })
}
