//! `evenkeel import alertmanager FILE`: an Alertmanager configuration read for what it says, with a report of what was taken, what
//! was not, and why. Nothing is written unless `--apply` is given.

mod convert;
mod file;
mod receiver;
mod take;
mod week;

use std::{collections::BTreeMap, path::PathBuf};

use evenkeel_core::{Actor, ErrorCode, Failure};
use evenkeel_store::Db;

use super::super::{database, many, store};
use crate::{
    app,
    config::DataArgs,
    definition::{self, Action, Source},
    secret_from::text_of,
};
use convert::Converted;
use receiver::Terms;

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
    /// The organisation that the teams and addresses of receivers are of; without it no receiver is taken.
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// The language in which receivers are told: zh or en.
    #[arg(long, value_name = "LANGUAGE", value_parser = ["zh", "en"])]
    locale: Option<String>,
    /// A folder to put passwords and keys of receivers into, a file each; the server reads them there.
    #[arg(long, value_name = "DIR")]
    secrets: Option<PathBuf>,
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
    let read = file::read(&text_of(&args.file)?).map_err(|error| invalid(format!("{name} is no Alertmanager configuration: {error}")))?;
    let services: BTreeMap<String, String> = args.services.into_iter().collect();
    let absolute = |path: PathBuf| std::path::absolute(path).map_err(|error| invalid(error.to_string()));
    let base = absolute(args.file.clone())?.parent().map(PathBuf::from).unwrap_or_default();
    let secrets = args.secrets.map(absolute).transpose()?;
    let terms = Terms { organisation: args.organisation, locale: args.locale, secrets, base };
    let converted = convert::convert(&read, &services, &terms).map_err(invalid)?;
    if let Some(receiver) = services.keys().find(|name| !read.receivers.iter().any(|receiver| receiver.name == **name)) {
        return Err(invalid(format!("--service {receiver}=…: {name} has no receiver of that name")));
    }
    say!("{}", converted.yaml(&converted.receivers.notification).trim_end());
    if !converted.receivers.policies().is_empty() {
        say!("{}", converted.receivers.policies().trim_end());
    }
    say!("# taken:");
    for line in &converted.said.taken {
        say!("#   {line}");
    }
    say!("# not taken:");
    for line in &converted.said.left {
        say!("#   {line}");
    }
    if !converted.receivers.secrets.is_empty() {
        say!("# secrets, which no definition holds:");
    }
    for (path, from) in &converted.receivers.secrets {
        say!("#   {} {from}; with --apply it goes there", path.display());
    }
    if args.apply {
        let db = database(&args.data, true).await?;
        let changed = apply(&db, name, &converted).await;
        db.close().await;
        say!("# {} applied", many(i64::try_from(changed?).unwrap_or(i64::MAX), "definition"));
    }
    Ok(())
}

/// Applies in the order of who needs whom: members and gateways, then ways over them, then the policies that must reach somebody.
async fn apply(db: &Db, name: String, converted: &Converted) -> Result<usize, Failure> {
    let tenant = app::tenant();
    let current = take::ready(db, tenant, converted).await.map_err(store)?;
    for (path, from) in &converted.receivers.secrets {
        from.keep(path)?;
    }
    let parties = converted.yaml(&converted.receivers.beside(current));
    let policies = format!("version: 1\n{}", converted.receivers.policies());
    let mut changed = 0;
    for (text, last) in [(parties, false), (policies, true)] {
        let source = Source { name: name.clone(), text };
        let changes = definition::apply(db, tenant, Actor::system("import"), &[source], false).await?;
        changed += changes.iter().filter(|change| change.action != Action::None).count();
        if !last {
            changed += take::take(db, tenant, converted).await.map_err(store)?;
        }
    }
    Ok(changed)
}
