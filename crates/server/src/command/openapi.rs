//! `evenkeel openapi` and `evenkeel schema`: documents that are files of the repository too.

use std::{path::PathBuf, sync::Arc};

use clap::{Args as _, Command, FromArgMatches as _};
use evenkeel_core::{ErrorCode, Failure};
use evenkeel_store::{Db, DbUrl};

use super::store;
use crate::{
    ambient::{OsRng, SystemClock},
    app::{App, Settings},
    config::ServeArgs,
    definition, http,
    metric_store::MetricStore,
};

/// What `openapi` takes.
#[derive(Debug, Clone, clap::Args)]
pub struct OpenapiArgs {
    /// Write it here; to standard output when not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What `schema` takes.
#[derive(Debug, Clone, clap::Args)]
pub struct SchemaArgs {
    /// Write it here; to standard output when not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Prints the OpenAPI document.
pub async fn run(args: &OpenapiArgs) -> Result<(), Failure> {
    // The routes want an open database; one in memory that nobody asks will do.
    let db = Db::open(
        &DbUrl::Sqlite(std::env::temp_dir().join(format!("evenkeel-openapi-{}.db", std::process::id()))),
        Arc::new(SystemClock),
        Arc::new(OsRng),
    )
    .await
    .map_err(store)?;
    let (folder, defaults) = (tempfile::tempdir().map_err(|error| internal(&error))?, defaults()?);
    let metrics = MetricStore::open(folder.path(), &defaults.metric, Arc::new(SystemClock))?;
    let app = App::new(db, metrics, Settings::of(&defaults)?);
    let text = http::document(&app).to_pretty_json().map_err(|error| internal(&error))?;
    write(args.out.as_ref(), &text)
}

/// Prints the schema of the configuration file.
pub fn schema(args: &SchemaArgs) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(&definition::schema()).map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()))?;
    write(args.out.as_ref(), &text)
}

fn internal(error: &dyn std::error::Error) -> Failure {
    Failure::new(ErrorCode::Internal, error.to_string())
}

fn defaults() -> Result<ServeArgs, Failure> {
    let matches = ServeArgs::augment_args(Command::new("serve"))
        .try_get_matches_from(["serve"])
        .map_err(|error| Failure::new(ErrorCode::Invalid, error.to_string()))?;
    ServeArgs::from_arg_matches(&matches).map_err(|error| Failure::new(ErrorCode::Invalid, error.to_string()))
}

fn write(out: Option<&PathBuf>, text: &str) -> Result<(), Failure> {
    match out {
        Some(file) => std::fs::write(file, format!("{text}\n"))
            .map_err(|error| Failure::new(ErrorCode::Invalid, format!("{}: {error}", file.display())).at("--out")),
        None => {
            say!("{text}");
            Ok(())
        }
    }
}
