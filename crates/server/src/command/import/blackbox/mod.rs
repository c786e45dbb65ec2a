//! `evenkeel import blackbox FILE`: the modules of a `blackbox_exporter` read for what they ask, with a report of what was
//! taken, what was not, and why. With targets it makes probes of them; nothing is written unless `--apply` is given.

mod targets;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf};

use evenkeel_core::{Actor, ErrorCode, Failure};
use serde_json::json;

use super::{
    super::{database, many},
    plain_name,
};
use crate::{
    app,
    blackbox::{self, Module},
    config::DataArgs,
    definition::{self, Action, Source},
    secret_from::{SecretFrom, text_of},
};
use targets::Target;

/// What `evenkeel import blackbox` takes.
#[derive(Debug, Clone, clap::Args)]
pub struct BlackboxArgs {
    /// The file of modules, blackbox.yml.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What the modules look at: lines `module,target`, or Prometheus' configuration with its jobs and relabelling.
    #[arg(long, value_name = "FILE")]
    targets: Option<PathBuf>,
    /// The service that the probes speak for, where no label `service` says it.
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// A folder to put the passwords of the modules into, a file each; the server is to be started with it.
    #[arg(long, value_name = "DIR")]
    secrets: Option<PathBuf>,
    /// Apply what was taken; without it, it is only shown.
    #[arg(long)]
    apply: bool,
    /// Where the data lies.
    #[command(flatten)]
    data: DataArgs,
}

/// Converts, reports, and applies when it is asked to.
pub async fn run(args: BlackboxArgs) -> Result<(), Failure> {
    let name = args.file.display().to_string();
    let invalid = |what: String| Failure::new(ErrorCode::Invalid, what).at(name.clone());
    let modules = blackbox::modules(&text_of(&args.file)?).map_err(|error| invalid(format!("{name} is no file of modules: {error}")))?;
    let found = args.targets.as_deref().map(targets::read).transpose()?.unwrap_or_default();
    let made = probes(&modules, &found.targets, args.service.as_deref());
    say!("{}", made.yaml.trim_end());
    say!("# taken:");
    for (module, converted) in &modules {
        let kind = converted.kind.map_or_else(|| "nothing".to_owned(), |kind| format!("{kind}: {}", converted.check));
        say!("#   module {module} as {kind}");
    }
    say!("# not taken:");
    for (module, converted) in &modules {
        for line in &converted.left {
            say!("#   module {module}: {line}");
        }
    }
    for line in found.left.iter().chain(&made.left) {
        say!("#   {line}");
    }
    let secrets: BTreeMap<&String, &SecretFrom> = modules.values().flat_map(|module| &module.secrets).collect();
    if !secrets.is_empty() {
        say!("# secrets, which no definition holds:");
    }
    for (secret, from) in &secrets {
        match &args.secrets {
            Some(folder) => say!("#   {secret} {from}; with --apply it goes to {}", folder.join(secret).display()),
            None => say!("#   {secret} {from}; name a folder with --secrets, and start the server with it"),
        }
    }
    if !args.apply {
        return Ok(());
    }
    if let Some(folder) = &args.secrets {
        for (secret, from) in &secrets {
            from.keep(&folder.join(secret))?;
        }
    }
    let db = database(&args.data, true).await?;
    let source = Source { name, text: made.yaml };
    let changes = definition::apply(&db, app::tenant(), Actor::system("import"), &[source], false).await;
    db.close().await;
    let changed = changes?.iter().filter(|change| change.action != Action::None).count();
    say!("# {} applied", many(i64::try_from(changed).unwrap_or(i64::MAX), "definition"));
    Ok(())
}

/// What came of modules and targets.
#[derive(Debug, Default)]
struct Made {
    /// Our configuration.
    yaml: String,
    /// What came of nothing, and why.
    left: Vec<String>,
}

/// Makes a probe of each target.
fn probes(modules: &BTreeMap<String, Module>, targets: &[Target], service: Option<&str>) -> Made {
    let mut made = Made { yaml: "version: 1\n".to_owned(), left: Vec::new() };
    let mut names: Vec<String> = Vec::new();
    for target in targets {
        let whose = format!("target {} of module {}", target.address, target.module);
        let Some(module) = modules.get(&target.module) else {
            made.left.push(format!("{whose}: there is no such module in the file"));
            continue;
        };
        let Some(service) = target.service.as_deref().or(service) else {
            made.left.push(format!("{whose}: no label says its service; name one with --service"));
            continue;
        };
        let Some((kind, check)) = module.at(&target.address) else {
            made.left.push(format!("{whose}: the module is not taken"));
            continue;
        };
        let mut name = name_of(&target.module, &target.address);
        if names.contains(&name) {
            name = format!("{}-{}", name.chars().take(90).collect::<String>(), names.len() + 1);
        }
        let mut entry = json!({ "name": name, "service": service, (kind): check, "interval_secs": module.interval_secs(target.interval) });
        if let Some(secs) = module.timeout_secs {
            entry["timeout_secs"] = json!(secs);
        }
        if let Some(ip) = module.ip {
            entry["ip"] = json!(ip);
        }
        if names.is_empty() {
            made.yaml.push_str("probes:\n");
        }
        // JSON is YAML, and quotes everything as it must be.
        let _ = writeln!(made.yaml, "  - {entry}");
        names.push(name);
    }
    made
}

/// A name of module and target, of the characters that names have.
fn name_of(module: &str, address: &str) -> String {
    let bare = address.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
    plain_name(&format!("{module}-{bare}"), 100)
}
