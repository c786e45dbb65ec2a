//! `evenkeel search`: the index that words are found in.

use evenkeel_core::{ErrorCode, Failure};
use evenkeel_manage::search;

use super::{database, many};
use crate::{
    ambient::SystemClock,
    config::DataArgs,
    folder::{Folder, Holder},
    port,
};

/// What is done with it.
#[derive(Debug, clap::Subcommand)]
pub enum SearchCommand {
    /// Make it anew from the database. A server does so by itself when it is missing or damaged; this is for when somebody
    /// wants to be sure. The server must not run.
    Rebuild(RebuildArgs),
}

/// What it takes.
#[derive(Debug, Clone, clap::Args)]
pub struct RebuildArgs {
    /// Where the data lies.
    #[command(flatten)]
    data: DataArgs,
}

/// Does it.
///
/// # Errors
/// When a server holds the folder, or the database or the disk fails.
pub(super) async fn run(command: SearchCommand) -> Result<(), Failure> {
    let SearchCommand::Rebuild(args) = command;
    let db = database(&args.data, false).await?;
    let since = evenkeel_core::Clock::now(&SystemClock);
    let holder = Holder { pid: std::process::id(), command: "search rebuild".to_owned(), listen: None, since };
    let folder = Folder::take(&args.data.data, &holder)?;
    let index = port::index(folder.path());
    let things = search::rebuild(&db, &index).await.map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()))?;
    say!("{} can be found in {}", many(i64::try_from(things).unwrap_or(i64::MAX), "thing"), folder.path().join("search").display());
    db.close().await;
    Ok(())
}
