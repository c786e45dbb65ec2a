//! What modules look at: lines of `module,target`, or the jobs of Prometheus' configuration file.

use std::path::Path;

use evenkeel_core::{ErrorCode, Failure};
use evenkeel_observe::scrape::{
    config::{self, Discovery},
    target::{self, Fate},
};

/// A module and what it looks at.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub module: String,
    pub address: String,
    /// As its label says.
    pub service: Option<String>,
    /// Seconds between looks, as its job has them.
    pub interval: Option<u64>,
}

/// What a file of targets says.
#[derive(Debug, Default)]
pub(super) struct Targets {
    pub targets: Vec<Target>,
    /// What was not taken, and why.
    pub left: Vec<String>,
}

/// Reads a file of targets.
pub(super) fn read(path: &Path) -> Result<Targets, Failure> {
    let text = crate::secret_from::text_of(path)?;
    let is_prometheus = text.lines().any(|line| line.starts_with("scrape_configs:") || line.starts_with("global:"));
    if is_prometheus { jobs(path) } else { lines(&path.display().to_string(), &text) }
}

fn lines(name: &str, text: &str) -> Result<Targets, Failure> {
    let mut found = Targets::default();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || (number == 0 && line == "module,target") {
            continue;
        }
        let Some((module, address)) = line.split_once(',').map(|(module, address)| (module.trim(), address.trim())) else {
            let at = format!("{name}:{}", number + 1);
            return Err(Failure::new(ErrorCode::Invalid, format!("{at}: {line:?} is no line `module,target`")).at(at));
        };
        found.targets.push(Target { module: module.to_owned(), address: address.to_owned(), service: None, interval: None });
    }
    Ok(found)
}

/// Every job that asks at `/probe`, its rules applied: what Prometheus would ask for.
fn jobs(path: &Path) -> Result<Targets, Failure> {
    let read = config::read(path).map_err(|findings| {
        let all: Vec<String> = findings.0.iter().map(|finding| format!("{}:{}: {}", finding.file, finding.line, finding.what)).collect();
        Failure::new(ErrorCode::Invalid, all.join("\n")).at(path.display().to_string())
    })?;
    let mut found = Targets::default();
    for job in read.jobs.iter().filter(|job| job.ask.path.ends_with("/probe")) {
        for discovery in &job.discovery {
            let Discovery::Static(groups) = discovery else {
                found
                    .left
                    .push(format!("job {}: targets that change are not imported; list those of now as lines `module,target`", job.name));
                continue;
            };
            for one in target::targets(job, groups) {
                let named = one.discovered.get("__address__").to_owned();
                match one.fate {
                    Fate::Asked(spec) => {
                        let param = |name: &str| spec.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
                        let (Some(module), Some(address)) = (param("module"), param("target")) else {
                            found.left.push(format!("job {}, target {named}: it names no module or no target", job.name));
                            continue;
                        };
                        let service = Some(spec.labels.get("service")).filter(|name| !name.is_empty()).map(ToOwned::to_owned);
                        found.targets.push(Target { module, address, service, interval: Some(spec.interval.as_secs().max(1)) });
                    }
                    Fate::Dropped => found.left.push(format!("job {}, target {named}: its rules drop it", job.name)),
                    Fate::Wrong(why) => found.left.push(format!("job {}, target {named}: {why}", job.name)),
                }
            }
        }
    }
    Ok(found)
}
