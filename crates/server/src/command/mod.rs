//! The sub-commands. Each is a module with its arguments and a `run`.

use std::{process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand};
use evenkeel_core::{ErrorCode, Failure};
use evenkeel_store::{Db, StoreError};

use crate::{
    ambient::{OsRng, SystemClock},
    app,
    config::{DataArgs, ServeArgs},
    folder, practice,
};

mod apply;
mod backup;
mod doctor;
mod erase;
mod figures;
pub mod import;
mod ledger;
mod metrics;
mod openapi;
mod probe;
mod rules;
mod search;
mod serve;
mod sign_in_link;
mod sla_due;
mod slos;
mod span;

/// `evenkeel`: keeps IT services running and proves it.
#[derive(Debug, Parser)]
#[command(name = "evenkeel", version, about = "Evenkeel 稳舵: keeps IT services running and proves it", propagate_version = true)]
pub struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server: console, API, probes, pages.
    Serve(Box<ServeArgs>),
    /// Look at services from another site, and send what it saw to a server.
    Probe(Box<probe::ProbeArgs>),
    /// Apply configuration as code: all or nothing; --dry-run shows what would change.
    Apply(apply::ApplyArgs),
    /// Run the practice shop: something real to break.
    Practice(practice::PracticeArgs),
    /// The ledger.
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// Erase what people wrote (titles, notes) for good; the ledger's seals and figures stay good.
    Erase(erase::EraseArgs),
    /// Published figures.
    #[command(subcommand)]
    Figures(figures::FiguresCommand),
    /// Print the OpenAPI 3.1 document.
    Openapi(openapi::OpenapiArgs),
    /// Print the JSON schema of the configuration file.
    Schema(openapi::SchemaArgs),
    /// Write one snapshot of everything to a file, while the server runs.
    Backup(backup::BackupArgs),
    /// Restore a backup into an empty place, checked.
    Restore(backup::RestoreArgs),
    /// Look at everything an installation needs and say what to do.
    Doctor(doctor::DoctorArgs),
    /// Bring in another tool's history.
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Samples of the metric store: out to a file, in from one.
    #[command(subcommand)]
    Metrics(metrics::MetricsCommand),
    /// Alerting and recording rules.
    #[command(subcommand)]
    Rules(rules::RulesCommand),
    /// Service-level objectives.
    #[command(subcommand)]
    Slos(slos::SlosCommand),
    /// The index that words are found in.
    #[command(subcommand)]
    Search(search::SearchCommand),
    /// Service level arithmetic.
    #[command(subcommand)]
    Sla(sla_due::SlaCommand),
    /// Make a one-time sign-in link for a person.
    SignInLink(sign_in_link::SignInLinkArgs),
}

/// Runs a command.
///
/// # Errors
/// A sentence for the person at the terminal.
pub async fn run(line: Line) -> Result<ExitCode, Failure> {
    match line.command {
        Command::Serve(args) => Box::pin(serve::run(*args)).await.map(done),
        Command::Probe(args) => probe::run(*args).await.map(done),
        Command::Apply(args) => apply::run(args).await,
        Command::Practice(args) => practice::run(args).await.map(done),
        Command::Ledger(command) => ledger::run(command).await,
        Command::Erase(args) => erase::run(args).await.map(done),
        Command::Figures(command) => figures::run(command).await,
        Command::Openapi(args) => openapi::run(&args).await.map(done),
        Command::Schema(args) => openapi::schema(&args).map(done),
        Command::Backup(args) => backup::backup(args).await.map(done),
        Command::Restore(args) => backup::restore(args).await.map(done),
        Command::Doctor(args) => doctor::run(args).await,
        Command::Import(command) => import::run(command).await.map(done),
        Command::Metrics(command) => metrics::run(command).await.map(done),
        Command::Rules(command) => rules::run(command).await,
        Command::Slos(command) => slos::run(&command),
        Command::Search(command) => search::run(command).await.map(done),
        Command::Sla(command) => sla_due::run(&command).map(done),
        Command::SignInLink(args) => sign_in_link::run(args).await.map(done),
    }
}

fn done((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

/// A count with its noun, as one says it: `1 row`, `2 rows`.
pub(crate) fn many(count: i64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// A failure as one reads it at a terminal: words first, what would be accepted last.
pub fn sentence(failure: &Failure) -> String {
    let mut text = failure.detail.clone();
    if let Some(at) = failure.at.as_deref().filter(|at| !text.contains(*at)) {
        text = format!("{text} ({at})");
    }
    text
}

/// The store's error with the words that help at a terminal: nobody is there to hide them from.
pub(crate) fn store(error: StoreError) -> Failure {
    match error {
        StoreError::Failure(failure) => failure,
        StoreError::Full(text) => Failure::new(ErrorCode::StorageFull, format!("the disk is full; nothing was saved: {text}")),
        StoreError::Away(text) => Failure::new(ErrorCode::StorageAway, format!("the database cannot be reached: {text}")),
        other => Failure::new(other.to_failure().code, other.to_string()),
    }
}

/// Opens the database of a data folder for a command. While a server holds the folder its tables are left as they are.
///
/// # Errors
/// When there is no database yet and `make` is false, or it cannot be used.
pub(crate) async fn database(data: &DataArgs, make: bool) -> Result<Db, Failure> {
    let url = data.url()?;
    if let evenkeel_store::DbUrl::Sqlite(path) = &url {
        if !make && !path.exists() {
            let detail =
                format!("there is no database in {}; start the server once, or name the right folder with --data DIR", data.data.display());
            return Err(Failure::new(ErrorCode::NotFound, detail).at("--data"));
        }
        if make {
            std::fs::create_dir_all(&data.data)
                .map_err(|error| Failure::new(ErrorCode::Invalid, format!("{}: {error}", data.data.display())).at("--data"))?;
        }
    }
    let (clock, rng) = (Arc::new(SystemClock), Arc::new(OsRng));
    if folder::holder(&data.data)?.is_some() {
        Db::open(&url, clock, rng).await.map_err(store)
    } else {
        app::open(&url, clock, rng).await.map_err(store)
    }
}
