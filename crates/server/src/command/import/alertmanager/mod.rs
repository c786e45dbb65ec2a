//! `evenkeel import alertmanager FILE`: an Alertmanager configuration read for what it says, with a report of what was taken, what
//! was not, and why. Nothing is written unless `--apply` is given.

mod convert;
mod file;
mod take;
mod week;

use std::{collections::BTreeMap, path::PathBuf};

use evenkeel_core::{Actor, ErrorCode, Failure};

use super::super::{database, many, store};
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
    /// Which service of yours the alerts of a receiver hurt, where they do not name it by their label service; once for each
    /// receiver.
    #[arg(long = "service", value_name = "RECEIVER=SERVICE", value_parser = pair)]
    services: Vec<(String, String)>,
    /// Apply what was taken; without it, it is only shown.
    #[arg(long)]
    apply: bool,
    /// Where the data lies.
    #[command(flatten)]
    data: DataArgs,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(receiver, service)| !receiver.is_empty() && !service.is_empty());
    pair.map(|(receiver, service)| (receiver.to_owned(), service.to_owned())).ok_or_else(|| "write RECEIVER=SERVICE".to_owned())
}

/// Converts, reports, and applies when it is asked to.
pub async fn run(args: AlertmanagerArgs) -> Result<(), Failure> {
    let name = args.file.display().to_string();
    let invalid = |what: String| Failure::new(ErrorCode::Invalid, what).at(name.clone());
    let text = std::fs::read_to_string(&args.file).map_err(|error| invalid(format!("{name}: {error}")))?;
    let read = serde_saphyr::from_str::<file::Config>(&text)
        .map_err(|error| invalid(format!("{name} is no Alertmanager configuration: {error}")))?;
    let services: BTreeMap<String, String> = args.services.into_iter().collect();
    let converted = convert::convert(&read, &services).map_err(invalid)?;
    if let Some(receiver) = services.keys().find(|name| !read.receivers.iter().any(|receiver| receiver.name == **name)) {
        return Err(invalid(format!("--service {receiver}=…: {name} has no receiver of that name")));
    }
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
    let routed = take::take(&db, app::tenant(), &converted).await.map_err(store)?;
    let source = Source { name, text: converted.yaml };
    let changes = definition::apply(&db, app::tenant(), Actor::system("import"), &[source], false).await;
    db.close().await;
    let changed = changes?.iter().filter(|change| change.action != Action::None).count() + routed;
    say!("# {} applied", many(i64::try_from(changed).unwrap_or(i64::MAX), "definition"));
    Ok(())
}
