//! From files to objectives: everything wrong is found at once, with its place and a fix.

mod alert;
mod objective;
mod time;

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_saphyr::{Location, Spanned};

use super::{
    file::{Document, Head, Metadata, SliSpec, SloSpec},
    model::Slo,
};
use crate::rule::{Finding, Level, SourceFile, place, unreadable};

/// The largest file, bytes.
pub const FILE_BYTES_MAX: usize = 1 << 20;
/// Objectives of a house at most: each is asked for every minute.
pub const SLOS_MAX: usize = 500;
/// Documents of a file at most.
const DOCUMENTS_MAX: usize = 1000;
/// The version of the format that is read.
const VERSION: &str = "openslo/v1";

/// What files hold, and what is wrong with them. When one finding is an error, the objectives are not to be used.
#[derive(Debug, Default)]
pub struct Checked {
    /// The objectives, in the order of the files.
    pub slos: Vec<Slo>,
    /// Everything wrong.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// Whether the objectives can be used.
    pub fn is_good(&self) -> bool {
        self.findings.iter().all(|finding| finding.level != Level::Error)
    }
}

/// A document of a file.
struct Doc<'a> {
    file: &'a SourceFile,
    /// Lines before it.
    before: usize,
    text: &'a str,
}

impl Doc<'_> {
    /// The document with as many empty lines before it as there are lines in the file, so that places are the file's.
    fn padded(&self) -> String {
        format!("{}{}", "\n".repeat(self.before), self.text)
    }
}

/// What documents refer to by name.
#[derive(Default)]
struct Named {
    indicators: BTreeMap<String, Spanned<SliSpec>>,
    sources: BTreeMap<String, String>,
    policies: BTreeMap<String, Value>,
    conditions: BTreeMap<String, Value>,
}

struct Work<'a> {
    named: Named,
    file: &'a str,
    whose: String,
    findings: Vec<Finding>,
}

/// Reads and checks files together: they may refer to one another.
pub fn check(files: &[SourceFile]) -> Checked {
    let mut work = Work { named: Named::default(), file: "", whose: String::new(), findings: Vec::new() };
    let mut waiting = Vec::new();
    for file in files {
        work.file = &file.name;
        work.whose.clear();
        if file.text.len() > FILE_BYTES_MAX {
            work.error((0, 0), format!("the file has {} bytes; at most {FILE_BYTES_MAX} are read", file.text.len()), "split it");
            continue;
        }
        let docs = documents(file);
        if docs.len() > DOCUMENTS_MAX {
            work.error((0, 0), format!("the file has more than {DOCUMENTS_MAX} documents"), "split it");
            continue;
        }
        for doc in docs {
            work.whose.clear();
            waiting.extend(work.document(doc));
        }
    }
    let mut slos: Vec<Slo> = Vec::new();
    let mut names = BTreeSet::new();
    for (doc, line, metadata, spec) in waiting {
        work.file = &doc.file.name;
        for slo in work.slo(&doc, line, &metadata, &spec) {
            work.whose = format!("objective {:?}", slo.name);
            if !names.insert(slo.name.clone()) {
                work.error((line, 0), "another objective has this name", "give one of the two another name");
            } else if slos.len() == SLOS_MAX {
                work.error((line, 0), format!("there are more than {SLOS_MAX} objectives"), "keep those that somebody looks at");
            } else {
                slos.push(slo);
            }
        }
    }
    let order: BTreeMap<&str, usize> = files.iter().enumerate().map(|(at, file)| (file.name.as_str(), at)).collect();
    let mut findings = work.findings;
    findings.sort_by_key(|finding| (order.get(finding.file.as_str()).copied(), finding.line, finding.column));
    Checked { slos, findings }
}

/// Cuts a file at lines of `---`.
fn documents(file: &SourceFile) -> Vec<Doc<'_>> {
    let mut docs = Vec::new();
    let (mut start, mut at, mut before, mut line) = (0, 0, 0, 0);
    for text in file.text.split_inclusive('\n') {
        if text.trim_end() == "---" {
            docs.push(Doc { file, before, text: &file.text[start..at] });
            start = at + text.len();
            before = line + 1;
        }
        at += text.len();
        line += 1;
    }
    docs.push(Doc { file, before, text: &file.text[start..] });
    docs.retain(|doc| doc.text.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')));
    docs
}

type Waiting<'a> = (Doc<'a>, usize, Metadata, SloSpec);

impl<'a> Work<'a> {
    fn find(&mut self, level: Level, (line, column): (usize, usize), what: impl Into<String>, fix: impl Into<String>) {
        let (file, whose) = (self.file.to_owned(), self.whose.clone());
        self.findings.push(Finding { level, file, line, column, whose, what: what.into(), fix: fix.into() });
    }

    fn error(&mut self, at: (usize, usize), what: impl Into<String>, fix: impl Into<String>) {
        self.find(Level::Error, at, what, fix);
    }

    fn warn(&mut self, at: (usize, usize), what: impl Into<String>, fix: impl Into<String>) {
        self.find(Level::Warning, at, what, fix);
    }

    fn at(location: Location) -> (usize, usize) {
        place(location)
    }

    fn read<T: DeserializeOwned>(&mut self, doc: &Doc<'_>) -> Option<T> {
        match serde_saphyr::from_str::<T>(&doc.padded()) {
            Ok(read) => Some(read),
            Err(error) => {
                self.findings.push(unreadable(&doc.file.name, &error));
                None
            }
        }
    }

    /// Keeps what others refer to; gives back an objective.
    fn document(&mut self, doc: Doc<'a>) -> Option<Waiting<'a>> {
        let head: Head = self.read(&doc)?;
        let first = (doc.before + 1, 0);
        let version = head.api_version.as_ref().map(|word| word.value.as_str());
        if version != Some(VERSION) {
            let at = head.api_version.as_ref().map_or(first, |word| Self::at(word.referenced));
            self.error(
                at,
                format!("apiVersion is {:?}", version.unwrap_or_default()),
                format!("write {VERSION}; it is the one that is read"),
            );
            return None;
        }
        let Some(kind) = head.kind else {
            self.error(first, "the document has no kind", "write kind: SLO");
            return None;
        };
        let metadata = head.metadata.map(|metadata| metadata.value).unwrap_or_default();
        let name = metadata.name.as_ref().map(|name| name.value.clone()).unwrap_or_default();
        let at = metadata.name.as_ref().map_or(Self::at(kind.referenced), |name| Self::at(name.referenced));
        if !is_name(&name) {
            self.error(at, format!("metadata.name is {name:?}"), "letters, digits, - . and _, at most 63, a letter or digit first");
            return None;
        }
        match kind.value.as_str() {
            "SLO" => {
                let read: Document<SloSpec> = self.read(&doc)?;
                return Some((doc, at.0, metadata, read.spec));
            }
            "SLI" => {
                let read: Document<Spanned<SliSpec>> = self.read(&doc)?;
                self.named.indicators.insert(name, read.spec);
            }
            "DataSource" => {
                let read: Document<Value> = self.read(&doc)?;
                let kind = read.spec.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
                if read.spec.get("connectionDetails").is_some() {
                    self.whose = format!("data source {name:?}");
                    self.warn(at, "connectionDetails are not used: this house's own metrics are asked", "");
                }
                self.named.sources.insert(name, kind);
            }
            "AlertPolicy" => {
                let read: Document<Value> = self.read(&doc)?;
                self.named.policies.insert(name, read.spec);
            }
            "AlertCondition" => {
                let read: Document<Value> = self.read(&doc)?;
                self.named.conditions.insert(name, read.spec);
            }
            // Services are declared in the configuration, and who is called is on-call's.
            "Service" | "AlertNotificationTarget" => {}
            other => {
                let known = "SLO, SLI, DataSource, Service, AlertPolicy, AlertCondition, AlertNotificationTarget";
                self.error(Self::at(kind.referenced), format!("kind {other:?} is not known"), format!("known kinds: {known}"));
            }
        }
        None
    }
}

fn is_name(name: &str) -> bool {
    name.len() <= 63
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
}
