//! `evenkeel import alertmanager FILE`: an Alertmanager configuration read for what it says, with a report of what was taken, what
//! was not, and why. Nothing is written unless `--apply` is given.

mod convert;
mod file;

use std::path::PathBuf;

use evenkeel_core::{Actor, ErrorCode, Failure};

use super::super::{database, many};
use crate::{
    app,
    config::DataArgs,
    definition::{self, Action, Source},
};

/// What `evenkeel import alertmanager` takes.
#[derive(Debug, Clone, clap::Args)]
pub struct AlertmanagerArgs {
    /// The configuration file, alertmanager.yml.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Apply what was taken; without it, it is only shown.
    #[arg(long)]
    apply: bool,
    /// Where the data lies.
    #[command(flatten)]
    data: DataArgs,
}

/// Converts, reports, and applies when it is asked to.
pub async fn run(args: AlertmanagerArgs) -> Result<(), Failure> {
    let name = args.file.display().to_string();
    let invalid = |what: String| Failure::new(ErrorCode::Invalid, what).at(name.clone());
    let text = std::fs::read_to_string(&args.file).map_err(|error| invalid(format!("{name}: {error}")))?;
    let read = serde_saphyr::from_str::<file::Config>(&text)
        .map_err(|error| invalid(format!("{name} is no Alertmanager configuration: {error}")))?;
    let converted = convert::convert(&read).map_err(invalid)?;
    say!("{}", converted.yaml.trim_end());
    say!("# taken:");
    for line in &converted.taken {
        say!("#   {line}");
    }
    say!("# not taken:");
    for line in &converted.left {
        say!("#   {line}");
    }
    if !args.apply {
        return Ok(());
    }
    let db = database(&args.data, true).await?;
    let source = Source { name, text: converted.yaml };
    let changes = definition::apply(&db, app::tenant(), Actor::system("import"), &[source], false).await;
    db.close().await;
    let changed = changes?.iter().filter(|change| change.action != Action::None).count();
    say!("# {} applied", many(i64::try_from(changed).unwrap_or(i64::MAX), "definition"));
    Ok(())
}
