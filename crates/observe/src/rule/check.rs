//! From a file to rules, as strictly as promtool: everything wrong is found at once, with its place and a fix.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_tsdb::promql::{ast::ValueType, parse};
use serde_saphyr::Location;

use super::{
    duration,
    file::{GroupEntry, RuleEntry, RuleFile, Word, Words},
    finding::{Finding, Level, SourceFile, place, unreadable},
    model::{Alerting, Group, Query, Recording, Rule, RuleKind},
    own,
    template::Template,
};

/// The largest rule file, bytes.
pub const FILE_BYTES_MAX: usize = 4 << 20;
/// Rules of a file at most.
const RULES_MAX: usize = 10_000;

/// What a file holds, and what is wrong with it. When one finding is an error, the rules are not to be used.
#[derive(Debug, Default)]
pub struct Checked {
    /// The groups that could be read.
    pub groups: Vec<Group>,
    /// Everything wrong, in the order of the file.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// Whether the rules can be used.
    pub fn is_good(&self) -> bool {
        self.findings.iter().all(|finding| finding.level != Level::Error)
    }

    /// How many rules there are.
    pub fn rules(&self) -> usize {
        self.groups.iter().map(|group| group.rules.len()).sum()
    }
}

/// Reads and checks a rule file.
pub fn check(file: &SourceFile) -> Checked {
    let mut work = Work { file, lines: file.text.lines().collect(), findings: Vec::new(), whose: String::new() };
    let mut groups = Vec::new();
    if file.text.len() > FILE_BYTES_MAX {
        work.error((0, 0), format!("the file has {} bytes; at most {FILE_BYTES_MAX} are read", file.text.len()), "split it");
    } else {
        match serde_saphyr::from_str::<Option<RuleFile>>(&file.text) {
            Ok(read) => groups = work.groups(read.unwrap_or_default()),
            Err(error) => work.findings.push(unreadable(&file.name, &error)),
        }
    }
    work.duplicates(&groups);
    let mut findings = work.findings;
    findings.sort_by_key(|finding| (finding.line, finding.column));
    Checked { groups, findings }
}

/// Whether labels may be called so.
pub(super) fn is_label_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_metric_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == ':')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':')
}

struct Work<'a> {
    file: &'a SourceFile,
    lines: Vec<&'a str>,
    findings: Vec<Finding>,
    whose: String,
}

impl Work<'_> {
    fn find(&mut self, level: Level, (line, column): (usize, usize), what: impl Into<String>, fix: impl Into<String>) {
        let (file, whose) = (self.file.name.clone(), self.whose.clone());
        self.findings.push(Finding { level, file, line, column, whose, what: what.into(), fix: fix.into() });
    }

    fn error(&mut self, at: (usize, usize), what: impl Into<String>, fix: impl Into<String>) {
        self.find(Level::Error, at, what, fix);
    }

    fn groups(&mut self, read: RuleFile) -> Vec<Group> {
        let mut names = BTreeSet::new();
        let mut groups = Vec::new();
        let mut rules = 0;
        for entry in read.groups.unwrap_or_default() {
            self.whose.clear();
            let at = place(entry.referenced);
            let name = entry.value.name.as_ref().map(|name| name.value.clone()).unwrap_or_default();
            if name.is_empty() {
                self.error(at, "Groupname must not be empty", "give the group a name");
            } else if !names.insert(name.clone()) {
                self.error(at, format!("groupname: {name:?} is repeated in the same file"), "give one of the two another name");
            }
            rules += entry.value.rules.as_ref().map_or(0, Vec::len);
            if rules > RULES_MAX {
                self.error(at, format!("the file has more than {RULES_MAX} rules"), "split it");
                break;
            }
            groups.push(self.group(name, entry.value));
        }
        groups
    }

    fn group(&mut self, name: String, entry: GroupEntry) -> Group {
        self.whose = format!("group {name:?}");
        let interval_ms = self.duration(entry.interval.as_ref()).filter(|ms| *ms > 0);
        let query_offset_ms = self.duration(entry.query_offset.as_ref());
        let limit = entry.limit.map_or(0, |limit| usize::try_from(limit.value).unwrap_or(0));
        let group_labels = entry.labels.unwrap_or_default();
        self.label_names(&group_labels);
        let mut rules = Vec::new();
        for (index, rule) in entry.rules.unwrap_or_default().into_iter().enumerate() {
            let called = rule.value.alert.as_ref().or(rule.value.record.as_ref()).map(|name| name.value.clone()).unwrap_or_default();
            self.whose = format!("group {name:?}, rule {}, {called:?}", index + 1);
            rules.extend(self.rule(rule.referenced, rule.value, &group_labels));
        }
        Group { file: self.file.name.clone(), name, interval_ms, query_offset_ms, limit, rules }
    }

    fn duration(&mut self, word: Option<&Word>) -> Option<i64> {
        let word = word?;
        match duration::parse_ms(&word.value) {
            Ok(ms) => Some(ms),
            Err(what) => {
                self.error(place(word.referenced), what, "");
                None
            }
        }
    }

    fn label_names(&mut self, labels: &Words) {
        for (name, value) in labels {
            if !is_label_name(name) || name == "__name__" {
                self.error(
                    place(value.referenced),
                    format!("invalid label name: {name}"),
                    "letters, digits and _, no digit first, and not __name__",
                );
            }
        }
    }

    fn rule(&mut self, at: Location, entry: RuleEntry, group_labels: &Words) -> Option<Rule> {
        let at = place(at);
        let errors = self.findings.len();
        let (record, alert) = (entry.record.as_ref().filter(|w| !w.value.is_empty()), entry.alert.as_ref().filter(|w| !w.value.is_empty()));
        match (record, alert) {
            (Some(_), Some(_)) => self.error(at, "only one of 'record' and 'alert' must be set", "make two rules of it"),
            (None, None) => self.error(at, "one of 'record' or 'alert' must be set", "write record: for a series, alert: for trouble"),
            _ => {}
        }
        let query = match entry.expr.as_ref().filter(|expr| !expr.value.trim().is_empty()) {
            Some(expr) => self.query(expr),
            None => {
                self.error(at, "field 'expr' must be set in rule", "write the query");
                None
            }
        };
        let labels = entry.labels.unwrap_or_default();
        self.label_names(&labels);
        let kind = match (record, alert) {
            (Some(record), None) => {
                for (given, key) in [(&entry.hold, "for"), (&entry.keep_firing_for, "keep_firing_for")] {
                    if let Some(word) = given {
                        self.error(
                            place(word.referenced),
                            format!("invalid field '{key}' in recording rule"),
                            "it belongs to alerts; remove it",
                        );
                    }
                }
                if entry.annotations.as_ref().is_some_and(|words| !words.is_empty()) {
                    self.error(at, "invalid field 'annotations' in recording rule", "they belong to alerts; remove them");
                }
                if !is_metric_name(&record.value) {
                    self.error(
                        place(record.referenced),
                        format!("invalid recording rule name: {}", record.value),
                        "letters, digits, _ and :, no digit first",
                    );
                }
                let labels = merged(group_labels, labels).into_iter().map(|(name, value)| (name, value.value)).collect();
                RuleKind::Recording(Recording { record: record.value.clone(), labels })
            }
            (None, Some(alert)) => {
                let annotations = entry.annotations.unwrap_or_default();
                let (keep, guard) = own::read(&annotations, query.as_ref()).unwrap_or_else(|troubles| {
                    for trouble in troubles {
                        self.error(trouble.at, trouble.what, trouble.fix);
                    }
                    (None, None)
                });
                for (name, value) in &annotations {
                    if !is_label_name(name) {
                        self.error(
                            place(value.referenced),
                            format!("invalid annotation name: {name}"),
                            "letters, digits and _, no digit first",
                        );
                    }
                }
                RuleKind::Alerting(Box::new(Alerting {
                    alert: alert.value.clone(),
                    hold_ms: self.duration(entry.hold.as_ref()).unwrap_or(0),
                    keep_firing_ms: self.duration(entry.keep_firing_for.as_ref()).unwrap_or(0),
                    labels: self.templates("label", merged(group_labels, labels)),
                    annotations: self.templates("annotation", annotations),
                    keep,
                    guard,
                }))
            }
            _ => return None,
        };
        let query = query?;
        (self.findings.len() == errors).then_some(Rule { line: at.0, query, kind })
    }

    fn query(&mut self, word: &Word) -> Option<Query> {
        let text = word.value.as_str();
        let (line, column) = place(word.referenced);
        match parse(text) {
            Ok(expr) if matches!(expr.value_type(), ValueType::Vector | ValueType::Scalar) => Some(Query { text: expr.to_string(), expr }),
            Ok(expr) => {
                let what = format!("could not parse expression: a rule cannot use a {}", expr.value_type().documented());
                self.error((line, column), what, "a rule takes an instant vector or a scalar");
                None
            }
            Err(error) => {
                let at = self.inside(line, column, error.line, error.column);
                self.error(at, format!("could not parse expression: {}", error.message), "");
                None
            }
        }
    }

    /// The place in the file of a place in a text that begins at `(line, column)` of the file.
    fn inside(&self, line: usize, column: usize, text_line: usize, text_column: usize) -> (usize, usize) {
        let written = |line: usize| line.checked_sub(1).and_then(|at| self.lines.get(at)).copied().unwrap_or_default();
        // The reader places a block at its first line; what it is stands before it.
        let block = written(line.saturating_sub(1)).trim_end().trim_end_matches(['-', '+', '1', '2', '4']).chars().last();
        let opening = written(line).chars().nth(column.saturating_sub(1));
        match (block, opening) {
            (Some('|'), _) => (line + text_line - 1, column + text_column - 1),
            // Folded: its lines are not the file's.
            (Some('>'), _) => (line, column),
            (_, Some('"' | '\'')) if text_line == 1 => (line, column + text_column),
            _ if text_line == 1 => (line, column + text_column - 1),
            _ => (line, column),
        }
    }

    fn templates(&mut self, what: &str, words: BTreeMap<String, Word>) -> Vec<(String, Template)> {
        let mut templates = Vec::with_capacity(words.len());
        for (name, word) in words {
            match Template::parse(&word.value) {
                Ok(template) => templates.push((name, template)),
                Err(error) => {
                    let (line, column) = place(word.referenced);
                    let at = self.inside(line, column, error.line, 1);
                    self.error((at.0, 0), format!("{what} {name:?}: the template cannot be read: {}", error.message), "");
                }
            }
        }
        templates
    }

    /// Rules that make the same series or alerts, as promtool's linter finds them.
    fn duplicates(&mut self, groups: &[Group]) {
        // Name and labels, and where they stood first.
        let mut seen = BTreeMap::new();
        for group in groups {
            for rule in &group.rules {
                let before = *seen.entry((rule.name(), rule.labels())).or_insert(rule.line);
                if before != rule.line {
                    self.whose = format!("group {:?}, rule {:?}", group.name, rule.name());
                    let what = format!("duplicate rule: the one on line {before} has the same name and labels");
                    self.find(Level::Warning, (rule.line, 0), what, "give one of the two another name or a label that tells them apart");
                }
            }
        }
    }
}

fn merged(group: &Words, rule: Words) -> BTreeMap<String, Word> {
    let mut all = group.clone();
    all.extend(rule);
    all
}
