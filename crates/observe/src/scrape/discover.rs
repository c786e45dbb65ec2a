//! Discovery: where targets come from, asked again and again. What cannot be read leaves what was known before.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use hickory_resolver::{
    net::{DnsError, NetError},
    proto::rr::{RData, RecordType},
};
use serde::{Deserialize, de::IgnoredAny};
use url::Url;

use super::{
    ask::Asker,
    config::{ADDRESS, Discovery, DnsRecord, FILE_BYTES_MAX, Group, HttpOptions, expand},
    labels::LabelSet,
};
use crate::probe::kind::net::Net;

/// How often it is looked whether files have changed.
const FILES_EVERY: Duration = Duration::from_secs(2);
/// Files of one job at most.
const FILES_MAX: usize = 1000;
/// Targets from one place at most.
const TARGETS_MAX: usize = 100_000;
/// A list over HTTP must be here after so long, unless it is asked for more often.
const HTTP_TIMEOUT_MAX: Duration = Duration::from_secs(30);
/// Bytes of a list over HTTP at most.
const LIST_BYTES_MAX: u64 = 64 << 20;

/// One place where targets come from, and what it said last.
pub struct Place {
    kind: Kind,
    /// What it said last.
    pub groups: Vec<Group>,
}

enum Kind {
    Static,
    Files { patterns: Vec<PathBuf>, known: BTreeMap<PathBuf, File> },
    Dns { net: Arc<Net>, names: Vec<String>, record: DnsRecord, port: u16, every: Duration, known: BTreeMap<String, Group> },
    Http { asker: Box<Asker>, url: Url, every: Duration },
}

/// A file as it was read last.
#[derive(Debug, PartialEq)]
struct File {
    /// When it was changed and how long it is; `None` when that cannot be told.
    stamp: Option<(SystemTime, u64)>,
    groups: Vec<Group>,
}

impl Place {
    /// Nothing is asked yet; a static list is known at once.
    pub fn new(discovery: &Discovery, net: &Arc<Net>) -> Self {
        match discovery {
            Discovery::Static(groups) => Self { kind: Kind::Static, groups: groups.clone() },
            Discovery::Files(patterns) => {
                Self { kind: Kind::Files { patterns: patterns.clone(), known: BTreeMap::new() }, groups: Vec::new() }
            }
            Discovery::Dns { names, record, port, every } => Self {
                kind: Kind::Dns {
                    net: Arc::clone(net),
                    names: names.clone(),
                    record: *record,
                    port: *port,
                    every: *every,
                    known: BTreeMap::new(),
                },
                groups: Vec::new(),
            },
            Discovery::Http { url, every, http } => match Url::parse(url) {
                Ok(url) => {
                    let asker = Asker::for_json(Arc::clone(net), HttpOptions::clone(http), LIST_BYTES_MAX);
                    Self { kind: Kind::Http { asker: Box::new(asker), url, every: *every }, groups: Vec::new() }
                }
                // The configuration was checked.
                Err(_) => Self { kind: Kind::Static, groups: Vec::new() },
            },
        }
    }

    /// Between two questions; `None` when it is never asked.
    pub const fn every(&self) -> Option<Duration> {
        match &self.kind {
            Kind::Static => None,
            Kind::Files { .. } => Some(FILES_EVERY),
            Kind::Dns { every, .. } | Kind::Http { every, .. } => Some(*every),
        }
    }

    /// Asks. What went wrong comes back in words; [`Self::groups`] holds what is known.
    pub async fn ask(&mut self) -> Vec<String> {
        let mut faults = Vec::new();
        match &mut self.kind {
            Kind::Static => {}
            Kind::Files { patterns, known } => {
                let (patterns, mut files) = (patterns.clone(), std::mem::take(known));
                // Files may lie on a disk that hangs: never on a worker thread.
                let read = tokio::task::spawn_blocking(move || {
                    let faults = read_files(&patterns, &mut files);
                    (files, faults)
                });
                if let Ok((files, told)) = read.await {
                    *known = files;
                    faults = told;
                    self.groups = known.values().flat_map(|file| file.groups.iter().cloned()).collect();
                }
            }
            Kind::Dns { net, names, record, port, known, .. } => {
                for name in names.iter() {
                    match look_up(net, name, *record, *port).await {
                        Ok(group) => drop(known.insert(name.clone(), group)),
                        Err(fault) => faults.push(fault),
                    }
                }
                self.groups = known.values().cloned().collect();
            }
            Kind::Http { asker, url, every } => match list(asker, url, (*every).min(HTTP_TIMEOUT_MAX)).await {
                Ok(groups) => self.groups = groups,
                Err(fault) => faults.push(fault),
            },
        }
        faults
    }
}

/// A group of a list, in JSON or YAML.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    #[serde(default)]
    targets: Vec<String>,
    #[serde(default)]
    labels: Option<BTreeMap<String, String>>,
    /// Other tools write it; it says nothing to us.
    #[serde(default, rename = "source")]
    _source: Option<IgnoredAny>,
}

fn groups(listed: Vec<Listed>, more: &[(&str, &str)]) -> Result<Vec<Group>, String> {
    let count: usize = listed.iter().map(|group| group.targets.len()).sum();
    if count > TARGETS_MAX {
        return Err(format!("{count} targets; at most {TARGETS_MAX} are taken from one place"));
    }
    let group = |listed: Listed| {
        let mut labels = LabelSet::new(listed.labels.unwrap_or_default());
        for (name, value) in more {
            labels.set(*name, *value);
        }
        Group { targets: listed.targets.into_iter().map(|target| LabelSet::new([(ADDRESS, target)])).collect(), labels }
    };
    Ok(listed.into_iter().map(group).collect())
}

fn read_files(patterns: &[PathBuf], known: &mut BTreeMap<PathBuf, File>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut paths: Vec<PathBuf> = patterns.iter().flat_map(|pattern| expand(pattern)).collect();
    paths.sort();
    paths.dedup();
    if paths.len() > FILES_MAX {
        faults.push(format!("{} files match; the first {FILES_MAX} are read", paths.len()));
        paths.truncate(FILES_MAX);
    }
    known.retain(|path, _| paths.contains(path));
    for path in paths {
        let stamp = std::fs::metadata(&path).ok().and_then(|meta| Some((meta.modified().ok()?, meta.len())));
        if stamp.is_some() && known.get(&path).is_some_and(|file| file.stamp == stamp) {
            continue;
        }
        match read_file(&path) {
            Ok(groups) => drop(known.insert(path, File { stamp, groups })),
            Err(what) => {
                faults.push(format!("{}: {what}; what it said before holds", path.display()));
                // Read again, and told again, when it changes.
                let file = known.entry(path).or_insert(File { stamp: None, groups: Vec::new() });
                file.stamp = stamp;
            }
        }
    }
    faults
}

fn read_file(path: &Path) -> Result<Vec<Group>, String> {
    let length = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > FILE_BYTES_MAX {
        return Err(format!("it has {length} bytes; at most {FILE_BYTES_MAX} are read"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let listed: Vec<Listed> = if path.extension().is_some_and(|end| end == "json") {
        serde_json::from_str(&text).map_err(|error| error.to_string())?
    } else {
        let read = serde_saphyr::from_str::<Option<Vec<Listed>>>(&text);
        read.map_err(|error| error.without_snippet().to_string().lines().next().unwrap_or_default().to_owned())?.unwrap_or_default()
    };
    groups(listed, &[("__meta_filepath", &path.display().to_string())])
}

async fn list(asker: &Asker, url: &Url, timeout: Duration) -> Result<Vec<Group>, String> {
    let place = format!("{}://{}", url.scheme(), &url[url::Position::BeforeHost..url::Position::AfterPath]);
    let fail = |what: String| format!("http_sd_configs {place}: {what}; what it said before holds");
    let answer = asker.ask(url, timeout, 0).await.map_err(|down| fail(down.text))?;
    if !answer.content_type.trim().to_ascii_lowercase().starts_with("application/json") {
        return Err(fail(format!("it answers with content type {:?} and not with application/json", answer.content_type)));
    }
    let listed: Vec<Listed> = serde_json::from_slice(&answer.body).map_err(|error| fail(error.to_string()))?;
    groups(listed, &[("__meta_url", &place)]).map_err(fail)
}

async fn look_up(net: &Net, name: &str, record: DnsRecord, port: u16) -> Result<Group, String> {
    let kind = match record {
        DnsRecord::A => RecordType::A,
        DnsRecord::Aaaa => RecordType::AAAA,
        DnsRecord::Srv => RecordType::SRV,
    };
    let fail = |what: String| format!("dns_sd_configs {name} ({kind}): {what}; what it said before holds");
    let resolver = net.records().map_err(|fault| fail(fault.detail.into_owned()))?;
    let answers = match resolver.lookup(name, kind).await {
        Ok(found) => found.answers().iter().map(|record| record.data.clone()).collect::<Vec<_>>(),
        // There is nothing of the name: that is an answer.
        Err(NetError::Dns(DnsError::NoRecordsFound(_))) => Vec::new(),
        Err(error) => return Err(fail(error.to_string())),
    };
    let mut targets = Vec::new();
    for data in answers {
        let mut labels = LabelSet::new([("__meta_dns_name", name)]);
        match data {
            RData::A(ip) => labels.set(ADDRESS, format!("{}:{port}", ip.0)),
            RData::AAAA(ip) => labels.set(ADDRESS, format!("[{}]:{port}", ip.0)),
            RData::SRV(srv) => {
                let host = srv.target.to_string();
                labels.set(ADDRESS, format!("{}:{}", host.trim_end_matches('.'), srv.port));
                labels.set("__meta_dns_srv_record_target", host);
                labels.set("__meta_dns_srv_record_port", srv.port.to_string());
            }
            // An alias on the way.
            _ => continue,
        }
        targets.push(labels);
    }
    Ok(Group { targets, labels: LabelSet::default() })
}
