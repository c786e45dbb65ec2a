//! `evenkeel rules test`: promtool's unit tests of rules, run by our own rules and queries.

mod file;
mod say;

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_core::{Clock, time::ManualClock};
use evenkeel_tsdb::{
    promql::{Engine, Sample, parse},
    script::{Loaded, MemorySource, notation},
    source::Labels,
};
use jiff::Timestamp;

use self::{
    file::{ExprTest, TestFile, TestGroup},
    say::Told,
};
use super::{
    check::check,
    duration,
    evaluate::{Around, Memory, evaluate},
    finding::{SourceFile, unreadable},
    instance::State,
    model::Group,
    shelf::{MemoryShelf, Shelf as _},
};

/// Evaluations of one test at most.
const EVALUATIONS_MAX: i64 = 1_000_000;

/// Finds the rule files that a pattern of a test file names.
pub type FindFiles<'a> = dyn Fn(&str) -> Result<Vec<SourceFile>, String> + 'a;

/// Runs every test of a file; each difference in promtool's words. Empty = everything is as expected.
pub fn run(test: &SourceFile, find: &FindFiles<'_>) -> Vec<String> {
    let read = match serde_saphyr::from_str::<TestFile>(&test.text) {
        Ok(read) => read,
        Err(error) => return vec![unreadable(&test.name, &error).to_string()],
    };
    match Suite::new(&test.name, read, find) {
        Ok(suite) => suite.run(),
        Err(errors) => errors,
    }
}

struct Suite {
    name: String,
    file: TestFile,
    groups: Vec<Group>,
    evaluation_ms: i64,
}

impl Suite {
    fn new(name: &str, mut file: TestFile, find: &FindFiles<'_>) -> Result<Self, Vec<String>> {
        let mut errors = Vec::new();
        let evaluation_ms = match file.evaluation_interval.as_ref().map_or(Ok(60_000), |word| duration::parse_ms(&word.value)) {
            Ok(ms) if ms > 0 => ms,
            Ok(_) => 60_000,
            Err(error) => return Err(vec![format!("{name}: evaluation_interval: {error}")]),
        };
        let mut groups = Vec::new();
        let mut names = BTreeSet::new();
        for pattern in std::mem::take(&mut file.rule_files) {
            match find(&pattern.value) {
                Ok(files) if files.is_empty() => {
                    errors.push(format!("{name}:{}: no file is called {:?}", pattern.referenced.line(), pattern.value));
                }
                Ok(files) => {
                    for file in files.iter().filter(|file| names.insert(file.name.clone())) {
                        let checked = check(file);
                        if !checked.is_good() {
                            errors.extend(checked.findings.iter().map(ToString::to_string));
                        }
                        groups.extend(checked.groups);
                    }
                }
                Err(error) => errors.push(error),
            }
        }
        for (at, group) in file.group_eval_order.iter().enumerate() {
            if file.group_eval_order[..at].contains(group) {
                errors.push(format!("group name repeated in evaluation order: {group}"));
            }
        }
        let order: BTreeMap<&str, usize> = file.group_eval_order.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        groups.sort_by_key(|group: &Group| order.get(group.name.as_str()).copied().unwrap_or(0));
        if errors.is_empty() { Ok(Self { name: name.to_owned(), file, groups, evaluation_ms }) } else { Err(errors) }
    }

    fn run(&self) -> Vec<String> {
        let mut errors = Vec::new();
        for test in &self.file.tests {
            let line = test.referenced.line();
            match Bench::new(self, &test.value) {
                Ok(bench) => errors.extend(bench.run()),
                Err(error) => errors.push(format!("{}:{line}: {error}", self.name)),
            }
        }
        errors
    }
}

/// One group of tests: its series, and the rules' memories.
struct Bench<'a> {
    suite: &'a Suite,
    test: &'a TestGroup,
    memories: Vec<Vec<Memory>>,
    shelf: MemoryShelf,
    around: Around,
    /// Instants at which alerts are looked at, with the tests of each.
    asked: BTreeMap<i64, Vec<&'a file::AlertTest>>,
    last_ms: i64,
}

impl<'a> Bench<'a> {
    fn new(suite: &'a Suite, test: &'a TestGroup) -> Result<Self, String> {
        let interval_ms = match &test.interval {
            Some(word) => duration::parse_ms(&word.value).map_err(|error| format!("interval: {error}"))?,
            None => suite.evaluation_ms,
        };
        if interval_ms <= 0 {
            return Err("the interval of series must be longer than zero".to_owned());
        }
        let mut memory = MemorySource::default();
        for series in &test.input_series {
            let failed = |error: String| format!("input_series, line {}: {error}", series.series.referenced.line());
            let (labels, rest) = notation::labels(series.series.value.trim()).map_err(failed)?;
            if !rest.trim().is_empty() {
                return Err(failed(format!("{rest:?} after the series")));
            }
            let items = notation::items(series.values.as_ref().map_or("", |values| &values.value)).map_err(failed)?;
            let at = |index: usize| i64::try_from(index).unwrap_or(i64::MAX).saturating_mul(interval_ms);
            let samples: Vec<(i64, Loaded)> =
                items.into_iter().enumerate().filter_map(|(index, item)| Some((at(index), item.value?))).collect();
            memory.load(labels, samples);
        }
        let mut asked: BTreeMap<i64, Vec<&file::AlertTest>> = BTreeMap::new();
        let mut last_ms = 0;
        for alert in &test.alert_rule_test {
            let at = instant(&alert.eval_time.value)?;
            last_ms = last_ms.max(at);
            asked.entry(at).or_default().push(alert);
            if alert.alertname.value.is_empty() {
                return Err(format!(
                    "an item under alert_rule_test misses required attribute alertname at eval_time {}",
                    duration::text(at)
                ));
            }
        }
        for expr in &test.promql_expr_test {
            last_ms = last_ms.max(instant(&expr.eval_time.value)?);
        }
        if last_ms / suite.evaluation_ms > EVALUATIONS_MAX {
            return Err(format!("more than {EVALUATIONS_MAX} evaluations: choose a longer evaluation_interval"));
        }
        let around = Around { external_labels: test.external_labels.clone(), external_url: test.external_url.clone().unwrap_or_default() };
        let memories = suite.groups.iter().map(|group| vec![Memory::default(); group.rules.len()]).collect();
        Ok(Self { suite, test, memories, shelf: MemoryShelf { memory, below: None, engine: Engine::default() }, around, asked, last_ms })
    }

    fn run(mut self) -> Vec<String> {
        let mut errors = Vec::new();
        let step = self.suite.evaluation_ms;
        let mut at_ms = 0;
        while at_ms <= self.last_ms {
            let failed = self.evaluate(at_ms);
            if !failed.is_empty() {
                errors.extend(failed);
                return errors;
            }
            // Looked at by what was evaluated last.
            let due: Vec<i64> = self.asked.range(at_ms..at_ms + step).map(|(at, _)| *at).collect();
            for asked in due {
                errors.extend(self.alerts(asked));
            }
            at_ms += step;
        }
        for expr in &self.test.promql_expr_test {
            errors.extend(self.expr(expr));
        }
        errors
    }

    fn evaluate(&mut self, at_ms: i64) -> Vec<String> {
        let clock = ManualClock::at(Timestamp::from_millisecond(at_ms).unwrap_or_default());
        let mut failed = Vec::new();
        for (group, memories) in self.suite.groups.iter().zip(&mut self.memories) {
            evaluate(group, memories, &mut self.shelf, &self.around, &clock as &dyn Clock, at_ms);
            for (rule, memory) in group.rules.iter().zip(memories.iter()) {
                if let Some(error) = &memory.health.error {
                    failed.push(format!("    rule: {}, time: {}, err: {error}", rule.name(), go_duration(at_ms)));
                }
            }
        }
        failed
    }

    fn firing(&self, alertname: &str) -> Vec<Told> {
        let mut told = Vec::new();
        for (group, memories) in self.suite.groups.iter().zip(&self.memories) {
            for (rule, memory) in group.rules.iter().zip(memories) {
                if rule.alerting().is_some_and(|alerting| alerting.alert == alertname) {
                    let firing = memory.instances.iter().filter(|(_, instance)| instance.state == State::Firing);
                    told.extend(
                        firing.map(|(labels, instance)| Told { labels: labels.clone(), annotations: instance.annotations.clone() }),
                    );
                }
            }
        }
        told.sort();
        told
    }

    fn alerts(&self, at_ms: i64) -> Vec<String> {
        let mut errors = Vec::new();
        for test in self.asked.get(&at_ms).into_iter().flatten() {
            let alertname = &test.alertname.value;
            let mut expected: Vec<Told> = test
                .exp_alerts
                .iter()
                .flatten()
                .map(|alert| {
                    let mut labels = alert.exp_labels.clone().unwrap_or_default();
                    labels.insert("alertname".to_owned(), alertname.clone());
                    Told { labels, annotations: alert.exp_annotations.clone().unwrap_or_default() }
                })
                .collect();
            expected.sort();
            let got = self.firing(alertname);
            if got != expected {
                let name = self.test.name.as_ref().map(|name| format!("    name: {name},\n")).unwrap_or_default();
                errors.push(format!(
                    "{name}    alertname: {alertname}, time: {}, \n        exp:{}, \n        got:{}",
                    duration::text(at_ms),
                    say::alerts(&expected),
                    say::alerts(&got)
                ));
            }
        }
        errors
    }

    fn expr(&self, test: &ExprTest) -> Option<String> {
        let text = &test.expr.value;
        let at_ms = instant(&test.eval_time.value).unwrap_or(0);
        let about = format!("    expr: {}, time: {},", evenkeel_tsdb::promql::quote(text), duration::text(at_ms));
        let asked = parse(text).map_err(|error| error.to_string()).and_then(|expr| self.shelf.ask(text, &expr, at_ms));
        let mut got = match asked {
            Ok(got) => got,
            Err(error) => return Some(format!("{about} err: {error}")),
        };
        let mut expected = match test.exp_samples.iter().flatten().map(sample).collect::<Result<Vec<_>, String>>() {
            Ok(expected) => expected,
            Err(error) => return Some(format!("{about} err: {error}")),
        };
        expected.sort_by(|a, b| a.0.cmp(&b.0));
        got.sort_by(|a, b| a.0.cmp(&b.0));
        let same = expected.len() == got.len() && expected.iter().zip(&got).all(|(a, b)| a.0 == b.0 && self.same(&a.1, &b.1));
        (!same).then(|| format!("{about}\n        exp: {}\n        got: {}", say::samples(&expected), say::samples(&got)))
    }

    #[allow(clippy::float_cmp, reason = "exact unless the file asks for fuzzy_compare")]
    fn same(&self, expected: &Sample, got: &Sample) -> bool {
        match (expected, got) {
            (Sample::Float(a), Sample::Float(b)) => {
                a == b || (a.is_nan() && b.is_nan()) || (self.suite.file.fuzzy_compare && (a.next_down() == *b || a.next_up() == *b))
            }
            (Sample::Histogram(a), Sample::Histogram(b)) => evenkeel_tsdb::promql::native::reset::same(a, b),
            _ => false,
        }
    }
}

fn instant(text: &str) -> Result<i64, String> {
    duration::parse_ms(text).map_err(|error| format!("eval_time: {error}"))
}

fn sample(expected: &file::ExpectedSample) -> Result<(Labels, Sample), String> {
    let text = expected.labels.as_ref().map_or("", |labels| labels.value.trim());
    let (labels, rest) = notation::labels(text)?;
    if !rest.trim().is_empty() {
        return Err(format!("labels {text:?}: {rest:?} after the labels"));
    }
    if let Some(histogram) = &expected.histogram {
        let items = notation::items(histogram)?;
        return match items.into_iter().next().and_then(|item| item.value) {
            Some(Loaded::Histogram(histogram)) => Ok((labels, Sample::Histogram(histogram))),
            _ => Err(format!("{histogram:?} is no histogram")),
        };
    }
    Ok((labels, Sample::Float(expected.value.unwrap_or(0.0))))
}

/// A span as Go's `time.Duration` prints it: `5m0s`.
fn go_duration(ms: i64) -> String {
    if ms == 0 {
        return "0s".to_owned();
    }
    let (hours, minutes, rest) = (ms / 3_600_000, ms / 60_000 % 60, ms % 60_000);
    #[allow(clippy::cast_precision_loss, reason = "less than a minute")]
    let seconds = rest as f64 / 1000.0;
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, minutes) => format!("{minutes}m{seconds}s"),
        (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
    }
}
