//! Series and their samples as scripts write them: `metric{a="b"} 1+2x3 _ stale {{sum:3 count:2 buckets:[1 1]}}`.

use std::sync::Arc;

use super::Loaded;
use crate::{
    histogram::{Histogram, ResetHint, Span},
    promql::native::Combined,
    source::Labels,
};

/// Samples of one line at most: a script is someone's input too.
const ITEMS_MAX: usize = 1_000_000;

/// A sample expected or loaded; nothing where it is left out.
#[derive(Debug, Clone)]
pub struct Item {
    /// The sample.
    pub value: Option<Loaded>,
    /// Whether the script says what is known of resets.
    pub hint_given: bool,
}

/// A line: labels and samples.
///
/// # Errors
/// What cannot be read, in words.
pub fn series(line: &str) -> Result<(Labels, Vec<Item>), String> {
    let (labels, rest) = labels(line)?;
    Ok((labels, items(rest)?))
}

/// Labels at the beginning of a line, and what follows.
///
/// # Errors
/// What cannot be read, in words.
pub fn labels(line: &str) -> Result<(Labels, &str), String> {
    let name_end = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).unwrap_or(line.len());
    let mut pairs: Vec<(Arc<str>, Arc<str>)> = Vec::new();
    if name_end > 0 {
        pairs.push(("__name__".into(), line[..name_end].into()));
    }
    let mut rest = &line[name_end..];
    if let Some(inside) = rest.strip_prefix('{').filter(|rest| !rest.starts_with('{')) {
        rest = inside.trim_start();
        while !rest.starts_with('}') {
            let (name, quoted) = if rest.starts_with(['"', '\'']) {
                let (text, after) = quoted(rest)?;
                rest = after.trim_start();
                (text, true)
            } else {
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).ok_or("unclosed labels")?;
                let name = rest[..end].to_owned();
                rest = rest[end..].trim_start();
                (name, false)
            };
            if let Some(after) = rest.strip_prefix('=') {
                let (value, after) = quoted_at(after.trim_start())?;
                pairs.push((name.into(), value.into()));
                rest = after.trim_start();
            } else if quoted {
                pairs.push(("__name__".into(), name.into()));
            } else {
                return Err(format!("label {name} without value in {line:?}"));
            }
            rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
            if rest.is_empty() {
                return Err(format!("unclosed labels in {line:?}"));
            }
        }
        rest = &rest[1..];
    }
    Ok((Labels::new(pairs), rest))
}

fn quoted_at(text: &str) -> Result<(String, &str), String> {
    quoted(text)
}

fn quoted(text: &str) -> Result<(String, &str), String> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or_else(|| format!("expected a quote at {text:?}"))?;
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote => return Ok((value, &text[at + 1..])),
            '\\' => match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                Some((_, c)) => value.push(c),
                None => break,
            },
            c => value.push(c),
        }
    }
    Err(format!("unclosed quote in {text:?}"))
}

/// Samples separated by blanks: `1+2x3 _ stale`.
///
/// # Errors
/// What cannot be read, in words.
pub fn items(text: &str) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        rest = if rest.starts_with("{{") { histograms(rest, &mut items)? } else { floats(rest, &mut items)? };
        rest = rest.trim_start();
        if items.len() > ITEMS_MAX {
            return Err(format!("more than {ITEMS_MAX} samples in one series"));
        }
    }
    Ok(items)
}

fn absent() -> Item {
    Item { value: None, hint_given: false }
}

fn float(value: f64) -> Item {
    Item { value: Some(Loaded::Float(value)), hint_given: false }
}

fn floats<'a>(rest: &'a str, items: &mut Vec<Item>) -> Result<&'a str, String> {
    let end = rest.find([' ', '\t']).unwrap_or(rest.len());
    let (word, rest) = rest.split_at(end);
    if let Some(times) = word.strip_prefix('_') {
        let times = times.strip_prefix('x').map_or(Ok(1), repeats)?;
        items.extend(std::iter::repeat_n(absent(), times));
        return Ok(rest);
    }
    if word == "stale" {
        items.push(Item { value: Some(Loaded::stale()), hint_given: false });
        return Ok(rest);
    }
    let (values, times) = match word.rsplit_once('x') {
        Some((values, times)) => (values, Some(repeats(times)?)),
        None => (word, None),
    };
    let (base, step) = match split_step(values) {
        Some((base, step)) if times.is_some() => (number(base)?, number(step)?),
        _ => (number(values)?, 0.0),
    };
    let mut value = base;
    for _ in 0..=times.unwrap_or(0) {
        items.push(float(value));
        value += step;
    }
    Ok(rest)
}

/// How often a sample is repeated.
fn repeats(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(times) if times <= ITEMS_MAX => Ok(times),
        Ok(times) => Err(format!("{times} repetitions: at most {ITEMS_MAX}")),
        Err(error) => Err(format!("{text:?} is no number of repetitions: {error}")),
    }
}

/// `1+2` into `1` and `+2`: at a sign that is neither the first nor an exponent's.
fn split_step(values: &str) -> Option<(&str, &str)> {
    let bytes = values.as_bytes();
    let at = (1..bytes.len()).find(|at| matches!(bytes[*at], b'+' | b'-') && !matches!(bytes[at - 1], b'e' | b'E'))?;
    Some(values.split_at(at))
}

/// A number as scripts write it: `1`, `-Inf`, `NaN`, `0x10`.
///
/// # Errors
/// What cannot be read, in words.
pub fn number(text: &str) -> Result<f64, String> {
    let lower = text.trim().to_ascii_lowercase();
    let (sign, digits) = match lower.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, lower.strip_prefix('+').unwrap_or(&lower)),
    };
    let value = match digits {
        "inf" => f64::INFINITY,
        "nan" => f64::NAN,
        digits if digits.starts_with("0x") => u64::from_str_radix(&digits[2..], 16).map_err(|e| format!("{text}: {e}"))? as f64,
        digits => digits.parse().map_err(|e| format!("{text:?}: {e}"))?,
    };
    Ok(sign * value)
}

fn histograms<'a>(rest: &'a str, items: &mut Vec<Item>) -> Result<&'a str, String> {
    let (base, hint_given, mut rest) = histogram(rest)?;
    let mut step = None;
    for sign in ['+', '-'] {
        if let Some(after) = rest.strip_prefix(sign).filter(|after| after.starts_with("{{")) {
            let (increment, _, after) = histogram(after)?;
            step = Some((sign, increment));
            rest = after;
            break;
        }
    }
    let mut times = 0;
    if let Some(after) = rest.strip_prefix('x') {
        let end = after.find([' ', '\t']).unwrap_or(after.len());
        times = repeats(&after[..end])?;
        rest = &after[end..];
    }
    let mut current = base;
    for at in 0..=times {
        if let (Some((sign, step)), true) = (&step, at > 0) {
            let mut sum = Combined::new(&current);
            let done = if *sign == '+' { sum.add(step) } else { sum.subtract(step) };
            done.map_err(|_| "histograms that cannot be added".to_owned())?;
            current = Histogram { reset_hint: current.reset_hint, ..sum.finish() };
        }
        items.push(Item { value: Some(Loaded::Histogram(Arc::new(current.clone()))), hint_given });
    }
    Ok(rest)
}

fn histogram(text: &str) -> Result<(Histogram, bool, &str), String> {
    let end = text.find("}}").ok_or("unclosed histogram")?;
    let mut histogram = Histogram::default();
    let mut hint_given = false;
    let (mut offset, mut negative_offset) = (0, 0);
    let mut rest = text[2..end].trim();
    while !rest.is_empty() {
        let (key, after) = rest.split_once(':').ok_or_else(|| format!("no value in {rest:?}"))?;
        let length =
            if after.starts_with('[') { after.find(']').ok_or("unclosed list")? + 1 } else { after.find(' ').unwrap_or(after.len()) };
        let (value, after) = after.split_at(length);
        rest = after.trim_start();
        let list = || -> Result<Vec<f64>, String> { value.trim_matches(['[', ']']).split_whitespace().map(number).collect() };
        match key.trim() {
            "schema" => histogram.schema = value.parse().map_err(|e| format!("{value}: {e}"))?,
            "sum" => histogram.sum = number(value)?,
            "count" => histogram.count = number(value)?,
            "z_bucket" => histogram.zero_count = number(value)?,
            "z_bucket_w" => histogram.zero_threshold = number(value)?,
            "custom_values" => histogram.custom_bounds = list()?,
            "buckets" => histogram.positive = list()?,
            "n_buckets" => histogram.negative = list()?,
            "offset" => offset = value.parse().map_err(|e| format!("{value}: {e}"))?,
            "n_offset" => negative_offset = value.parse().map_err(|e| format!("{value}: {e}"))?,
            "counter_reset_hint" => {
                hint_given = true;
                histogram.reset_hint = match value {
                    "gauge" => ResetHint::Gauge,
                    "reset" => ResetHint::Reset,
                    "not_reset" => ResetHint::NotReset,
                    _ => ResetHint::Unknown,
                };
            }
            other => return Err(format!("unknown histogram part {other:?}")),
        }
    }
    let spans = |counts: &[f64], offset| match counts.len() {
        0 => Vec::new(),
        length => vec![Span { offset, length: length as u32 }],
    };
    histogram.positive_spans = spans(&histogram.positive, offset);
    histogram.negative_spans = spans(&histogram.negative, negative_offset);
    Ok((histogram, hint_given, &text[end + 2..]))
}
