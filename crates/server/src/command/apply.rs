//! `evenkeel apply -f FILE`: straight into the data folder's database, or through a server with `--server`.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use evenkeel_core::{Actor, ErrorCode, Failure};
use evenkeel_store::{Db, DbUrl, migration};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::{database, serve::read_files, store};
use crate::{
    ambient::{OsRng, SystemClock},
    app,
    config::{DataArgs, Secret},
    definition::{self, Action, Change, Source},
};

/// What it takes.
#[derive(Debug, Clone, clap::Args)]
pub struct ApplyArgs {
    /// A configuration file; may be given several times, all are applied together.
    #[arg(short = 'f', long = "file", required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Say what would change and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Apply through this server; without it, straight into the database of --data.
    #[arg(long, env = "EVENKEEL_SERVER", value_name = "URL")]
    server: Option<Url>,
    /// API token for --server, with the permission definition.write: from the environment.
    #[arg(long, env = "EVENKEEL_TOKEN", hide = true, hide_env_values = true)]
    token: Option<Secret>,
    /// Show unchanged definitions too.
    #[arg(long)]
    all: bool,
    /// Where the data lies.
    #[command(flatten)]
    data: DataArgs,
}

/// Applies and prints what changed.
pub async fn run(args: ApplyArgs) -> Result<ExitCode, Failure> {
    let sources = read_files(&args.files)?;
    let changes = match &args.server {
        Some(server) => remote(server, args.token.as_ref(), &sources, args.dry_run).await?,
        None if args.dry_run => rehearse(&args.data, &sources).await?,
        None => here(&database(&args.data, true).await?, &sources, false).await?,
    };
    print(&changes, args.all, args.dry_run);
    Ok(ExitCode::SUCCESS)
}

async fn here(db: &Db, sources: &[Source], dry_run: bool) -> Result<Vec<Change>, Failure> {
    let changes = definition::apply(db, app::tenant(), Actor::system("apply"), sources, dry_run).await;
    db.close().await;
    changes
}

/// What would change, without a trace: no folder, no database and no table is made for it.
async fn rehearse(data: &DataArgs, sources: &[Source]) -> Result<Vec<Change>, Failure> {
    let url = data.url()?;
    let (clock, rng) = (Arc::new(SystemClock), Arc::new(OsRng));
    if !matches!(&url, DbUrl::Sqlite(path) if !path.exists()) {
        let db = Db::open(&url, clock.clone(), rng.clone()).await.map_err(store)?;
        let migrations = app::migrations();
        let missing = migration::missing(&db, &migrations).await.map_err(store)?.len();
        if missing == 0 {
            return here(&db, sources, true).await;
        }
        db.close().await;
        if missing < migrations.len() {
            let detail = "this database was last used by an older Evenkeel, and a dry run does not change its tables; start the server once, then ask again";
            return Err(Failure::new(ErrorCode::Conflict, detail).at("--dry-run"));
        }
    }
    // Nothing is there yet: everything would be new, as it is in an empty database of ours.
    let folder =
        tempfile::tempdir().map_err(|error| Failure::new(ErrorCode::Internal, format!("no temporary folder can be made: {error}")))?;
    here(&app::open(&DbUrl::Sqlite(folder.path().join("evenkeel.db")), clock, rng).await.map_err(store)?, sources, true).await
}

fn print(changes: &[Change], all: bool, dry_run: bool) {
    let count = |action| changes.iter().filter(|change| change.action == action).count();
    for change in changes {
        if change.action == Action::None && !all {
            continue;
        }
        say!("{} {} {}", change.action.sign(), change.kind, change.name);
        if change.action == Action::Update
            && let Some(diff) = &change.diff
        {
            for line in diff.lines() {
                say!("    {line}");
            }
        }
    }
    let (created, updated, retired, same) = (count(Action::Create), count(Action::Update), count(Action::Retire), count(Action::None));
    let done = if dry_run { "would be" } else { "are" };
    say!("{created} {done} new, {updated} {done} changed, {retired} {done} retired, {same} stay as they are");
}

/// The problem's words, as the server sends them.
#[derive(Deserialize)]
struct Refused {
    detail: String,
    at: Option<String>,
}

#[derive(Deserialize)]
struct Applied {
    changes: Vec<Change>,
}

async fn remote(server: &Url, token: Option<&Secret>, sources: &[Source], dry_run: bool) -> Result<Vec<Change>, Failure> {
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return Err(Failure::new(
            ErrorCode::Unauthenticated,
            "--server needs an API token with the permission definition.write: set EVENKEEL_TOKEN",
        )
        .at("EVENKEEL_TOKEN"));
    };
    let away = |error: &reqwest::Error| Failure::new(ErrorCode::Invalid, format!("{server} cannot be reached: {error}")).at("--server");
    let address = server.join("/api/v1/definitions").map_err(|error| Failure::new(ErrorCode::Invalid, error.to_string()).at("--server"))?;
    let files: Vec<_> = sources.iter().map(|source| json!({ "name": source.name, "text": source.text })).collect();
    // Nothing else of this process uses TLS; a provider set twice keeps the first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().map_err(|error| away(&error))?;
    let answer = client
        .post(address)
        .bearer_auth(token.reveal())
        .json(&json!({ "files": files, "dry_run": dry_run }))
        .send()
        .await
        .map_err(|error| away(&error))?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(|error| away(&error))?;
    if status.is_success() {
        return serde_json::from_slice::<Applied>(&body)
            .map(|applied| applied.changes)
            .map_err(|error| Failure::new(ErrorCode::Internal, format!("the server's answer cannot be read: {error}")));
    }
    Err(match serde_json::from_slice::<Refused>(&body) {
        Ok(refused) => {
            let failure = Failure::new(ErrorCode::Invalid, refused.detail);
            match refused.at {
                Some(at) => failure.at(at),
                None if status == reqwest::StatusCode::UNAUTHORIZED => failure.at("EVENKEEL_TOKEN"),
                None => failure,
            }
        }
        Err(_) => Failure::new(ErrorCode::Invalid, format!("{server} answered {status}")).at("--server"),
    })
}
