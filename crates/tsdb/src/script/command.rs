//! Test scripts as Prometheus' `promqltest` writes them (format: promql/promqltest/README.md there).

use std::collections::BTreeMap;

use super::notation::{self, Item};
use crate::source::Labels;

/// A command of a script.
#[derive(Debug)]
pub enum Command {
    /// Forget all samples.
    Clear,
    /// Samples to add.
    Load {
        /// Between two samples of a series, milliseconds; the first is at 0.
        step_ms: i64,
        /// Whether classic histograms are loaded as native ones with custom bounds too.
        with_nhcb: bool,
        /// The series.
        series: Vec<(Labels, Vec<Item>)>,
    },
    /// A query with what it should yield.
    Eval(Box<Eval>),
    /// A command that cannot be read: it counts as a failed evaluation if it is one.
    Unreadable {
        /// Where, from 1.
        line: usize,
        /// Whether it would have been a query.
        eval: bool,
        /// Why.
        reason: String,
    },
}

/// What is expected beside a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Expect {
    /// An error.
    Fail,
    /// The series in the order in which they are written.
    Ordered,
    /// A warning.
    Warn,
    /// A remark.
    Info,
    /// No warning at all.
    NoWarn,
    /// No remark at all.
    NoInfo,
}

/// Words that are expected.
#[derive(Debug, Clone)]
pub enum Pattern {
    /// Whatever they are.
    Any,
    /// These.
    Text(String),
    /// Such.
    Regex(regex::Regex),
}

impl Pattern {
    /// Whether a text is what is expected.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Text(wanted) => wanted == text,
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

/// When a query is evaluated; milliseconds.
#[derive(Debug, Clone, Copy)]
pub enum Times {
    /// At an instant.
    Instant(i64),
    /// At each step.
    Range {
        /// The first.
        start: i64,
        /// None is after this.
        end: i64,
        /// Between two.
        step: i64,
    },
}

/// A query with what it should yield.
#[derive(Debug)]
pub struct Eval {
    /// Where it stands in the script, from 1.
    pub line: usize,
    /// Its text.
    pub query: String,
    /// When it is evaluated.
    pub times: Times,
    /// What is expected beside the value.
    pub expects: BTreeMap<Expect, Vec<Pattern>>,
    /// The series expected.
    pub series: Vec<(Labels, Vec<Item>)>,
    /// The number expected.
    pub scalar: Option<f64>,
    /// The text expected.
    pub text: Option<String>,
    /// Instants of an expected range vector: first, last, step.
    pub range_vector: Option<(i64, i64, i64)>,
}

/// Reads a script. Text without a command before it and comments are nothing.
pub fn parse(script: &str) -> Vec<Command> {
    let lines: Vec<&str> = script.lines().map(str::trim).map(|line| if line.starts_with('#') { "" } else { line }).collect();
    let mut commands = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        let begin = at;
        at += 1;
        if line.is_empty() {
            continue;
        }
        while at < lines.len() && !lines[at].is_empty() && !starts_command(lines[at]) {
            at += 1;
        }
        let body = &lines[begin + 1..at];
        let eval = line.starts_with("eval");
        let parsed = match line.split_whitespace().next().unwrap_or_default() {
            "clear" => Ok(Command::Clear),
            "load" | "load_with_nhcb" => load(line, body),
            _ if eval => eval_command(begin + 1, line, body),
            other => Err(format!("unknown command {other}")),
        };
        commands.push(parsed.unwrap_or_else(|reason| Command::Unreadable { line: begin + 1, eval, reason }));
    }
    commands
}

/// Some scripts leave out the empty line between commands.
fn starts_command(line: &str) -> bool {
    line == "clear" || ["eval ", "eval_", "load ", "load_with_nhcb "].iter().any(|word| line.starts_with(word))
}

fn load(line: &str, body: &[&str]) -> Result<Command, String> {
    let (word, step) = line.split_once(char::is_whitespace).ok_or("load without step")?;
    let mut series = Vec::new();
    for line in body {
        let metric_end = line.find([' ', '\t']).unwrap_or(line.len());
        if line[..metric_end].ends_with("@st") {
            // Start timestamps are not part of the data model.
            continue;
        }
        series.push(notation::series(line)?);
    }
    Ok(Command::Load { step_ms: duration(step.trim())?, with_nhcb: word == "load_with_nhcb", series })
}

fn eval_command(number: usize, line: &str, body: &[&str]) -> Result<Command, String> {
    let mut words = line.splitn(3, char::is_whitespace);
    let (command, kind, rest) =
        (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next().unwrap_or_default().trim());
    let (times, query) = if kind == "instant" {
        let rest = rest.strip_prefix("at").ok_or("instant without at")?.trim_start();
        let (at, query) = rest.split_once(char::is_whitespace).ok_or("no query")?;
        (Times::Instant(duration(at)?), query.trim())
    } else {
        let mut rest = rest;
        let mut part = |word: &str| -> Result<i64, String> {
            let after = rest.strip_prefix(word).ok_or_else(|| format!("no {word}"))?.trim_start();
            let (value, after) = after.split_once(char::is_whitespace).ok_or("no query")?;
            rest = after.trim_start();
            duration(value)
        };
        let (start, end, step) = (part("from")?, part("to")?, part("step")?);
        (Times::Range { start, end, step }, rest)
    };
    let mut eval = Eval {
        line: number,
        query: query.to_owned(),
        times,
        expects: BTreeMap::new(),
        series: Vec::new(),
        scalar: None,
        text: None,
        range_vector: None,
    };
    for (word, expect) in
        [("eval_fail", Expect::Fail), ("eval_warn", Expect::Warn), ("eval_info", Expect::Info), ("eval_ordered", Expect::Ordered)]
    {
        if command == word {
            eval.expects.insert(expect, vec![Pattern::Any]);
        }
    }
    for line in body {
        expectation(&mut eval, line)?;
    }
    Ok(Command::Eval(Box::new(eval)))
}

fn expectation(eval: &mut Eval, line: &str) -> Result<(), String> {
    if let Some(times) = line.strip_prefix("expect range vector from") {
        let words: Vec<&str> = times.split_whitespace().collect();
        let [start, _, end, _, step] = words.as_slice() else { return Err(format!("bad range vector {line:?}")) };
        eval.range_vector = Some((duration(start)?, duration(end)?, duration(step)?));
        return Ok(());
    }
    if let Some(text) = line.strip_prefix("expect string") {
        let text = text.trim();
        eval.text = Some(text.get(1..text.len().saturating_sub(1)).ok_or("a text without quotes")?.to_owned());
        return Ok(());
    }
    if let Some(rest) = line.strip_prefix("expect ") {
        let rest = rest.trim();
        let (kind, pattern) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let expect = match kind {
            "fail" => Expect::Fail,
            "ordered" => Expect::Ordered,
            "warn" => Expect::Warn,
            "info" => Expect::Info,
            "no_warn" => Expect::NoWarn,
            "no_info" => Expect::NoInfo,
            other => return Err(format!("unknown expectation {other}")),
        };
        let pattern = pattern.trim();
        let pattern = if let Some(text) = pattern.strip_prefix("msg:") {
            Pattern::Text(text.trim().to_owned())
        } else if let Some(regex) = pattern.strip_prefix("regex:") {
            Pattern::Regex(regex::Regex::new(regex.trim()).map_err(|e| e.to_string())?)
        } else {
            Pattern::Any
        };
        eval.expects.entry(expect).or_default().push(pattern);
        return Ok(());
    }
    if let Ok(number) = notation::number(line) {
        eval.scalar = Some(number);
        return Ok(());
    }
    eval.series.push(notation::series(line)?);
    Ok(())
}

/// Milliseconds; a bare number is seconds.
fn duration(text: &str) -> Result<i64, String> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    if let Ok(seconds) = digits.parse::<f64>() {
        return Ok(sign * (seconds * 1000.0) as i64);
    }
    let mut total = 0;
    let mut rest = digits;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let value: i64 = rest[..digits].parse().map_err(|_| format!("bad duration {text:?}"))?;
        rest = &rest[digits..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        total += value
            * match &rest[..letters] {
                "ms" => 1,
                "s" => 1_000,
                "m" => 60_000,
                "h" => 3_600_000,
                "d" => 86_400_000,
                "w" => 604_800_000,
                "y" => 31_536_000_000,
                other => return Err(format!("bad unit {other:?}")),
            };
        rest = &rest[letters..];
    }
    Ok(sign * total)
}
