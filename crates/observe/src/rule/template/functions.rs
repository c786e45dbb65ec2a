//! The functions of templates: Go's own and Prometheus'.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use evenkeel_tsdb::promql::quote;
use jiff::{Timestamp, tz::TimeZone};
use regex::Regex;

use super::{
    Data, LabelMap,
    format::{general, printf},
    value::Value,
};
use crate::rule::duration;

/// Bytes of a compiled expression at most.
const REGEX_BYTES_MAX: usize = 1 << 20;

/// Every function there is.
const NAMES: &[&str] = &[
    "and",
    "or",
    "not",
    "len",
    "index",
    "slice",
    "print",
    "printf",
    "println",
    "html",
    "js",
    "urlquery",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "query",
    "first",
    "label",
    "value",
    "strvalue",
    "args",
    "reReplaceAll",
    "safeHtml",
    "match",
    "title",
    "toUpper",
    "toLower",
    "graphLink",
    "tableLink",
    "sortByLabel",
    "stripPort",
    "stripDomain",
    "humanize",
    "humanize1024",
    "humanizeDuration",
    "humanizePercentage",
    "humanizeTimestamp",
    "toTime",
    "toDuration",
    "now",
    "pathPrefix",
    "externalURL",
    "parseDuration",
    "parseDurationTime",
    "urlQueryEscape",
];

/// Whether there is a function of this name.
pub(super) fn exists(name: &str) -> bool {
    NAMES.contains(&name)
}

type Answer = Result<Value, String>;

/// Calls a function. `and` and `or` are not here: they look at one argument after the other.
pub(super) fn call(name: &str, arguments: Vec<Value>, data: &Data<'_>) -> Answer {
    let fail = |what: String| Err(format!("error calling {name}: {what}"));
    match go(name, &arguments).or_else(|| texts(name, &arguments)).or_else(|| numbers(name, &arguments)) {
        Some(answer) => answer.or_else(fail),
        None => samples(name, arguments, data).or_else(fail),
    }
}

fn arity<const N: usize>(arguments: &[Value]) -> Result<&[Value; N], String> {
    arguments.try_into().map_err(|_| format!("wrong number of arguments: want {N} got {}", arguments.len()))
}

fn text(value: &Value) -> Result<&str, String> {
    match value {
        Value::Text(text) => Ok(text),
        other => Err(format!("wrong type for value; expected string; got {}", other.type_name())),
    }
}

/// Go's own.
fn go(name: &str, arguments: &[Value]) -> Option<Answer> {
    Some(match name {
        "not" => arity::<1>(arguments).map(|[value]| Value::Bool(!value.is_true())),
        "len" => arity::<1>(arguments).and_then(|[value]| length(value)),
        "index" => index(arguments),
        "slice" => slice(arguments),
        "print" => Ok(Value::Text(printed(arguments, false))),
        "println" => Ok(Value::Text(printed(arguments, true))),
        "printf" => match arguments.split_first() {
            Some((format, rest)) => text(format).map(|format| Value::Text(printf(format, rest))),
            None => Err("wrong number of arguments: want at least 1 got 0".to_owned()),
        },
        "html" => Ok(Value::Text(escaped_html(&printed(arguments, false)))),
        "js" => Ok(Value::Text(
            printed(arguments, false)
                .replace('\\', "\\\\")
                .replace('\'', "\\'")
                .replace('"', "\\\"")
                .replace('<', "\\u003C")
                .replace('>', "\\u003E"),
        )),
        "urlquery" => Ok(Value::Text(query_escaped(&printed(arguments, false)))),
        "eq" => equal(arguments).map(Value::Bool),
        "ne" => arity::<2>(arguments).and_then(|_| equal(arguments)).map(|same| Value::Bool(!same)),
        "lt" => less(arguments, std::cmp::Ordering::is_lt),
        "le" => less(arguments, std::cmp::Ordering::is_le),
        "gt" => less(arguments, std::cmp::Ordering::is_gt),
        "ge" => less(arguments, std::cmp::Ordering::is_ge),
        _ => return None,
    })
}

fn length(value: &Value) -> Answer {
    let length = match value {
        Value::Text(text) => text.len(),
        Value::Labels(labels) => labels.len(),
        Value::Map(map) => map.len(),
        Value::List(list) => list.len(),
        other => return Err(format!("len of type {}", other.type_name())),
    };
    Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

fn index(arguments: &[Value]) -> Answer {
    let Some((first, keys)) = arguments.split_first() else {
        return Err("wrong number of arguments: want at least 1 got 0".to_owned());
    };
    let mut value = first.clone();
    for key in keys {
        value = match (&value, key) {
            (Value::List(list), Value::Int(at)) => {
                let found = usize::try_from(*at).ok().and_then(|at| list.get(at).cloned());
                found.ok_or_else(|| format!("index out of range: {at}"))?
            }
            (Value::Labels(labels), key) => Value::Text(labels.get(text(key)?).cloned().unwrap_or_default()),
            (Value::Map(map), key) => map.get(text(key)?).cloned().unwrap_or(Value::Nil),
            (Value::Text(text), Value::Int(at)) => {
                let found = usize::try_from(*at).ok().and_then(|at| text.as_bytes().get(at).copied());
                Value::Int(i64::from(found.ok_or_else(|| format!("index out of range: {at}"))?))
            }
            (value, _) => return Err(format!("can't index item of type {}", value.type_name())),
        };
    }
    Ok(value)
}

fn slice(arguments: &[Value]) -> Answer {
    let Some((first, bounds)) = arguments.split_first() else {
        return Err("wrong number of arguments: want at least 1 got 0".to_owned());
    };
    let length = match first {
        Value::Text(text) => text.len(),
        Value::List(list) => list.len(),
        other => return Err(format!("can't slice item of type {}", other.type_name())),
    };
    let bound = |at: usize, without: usize| match bounds.get(at) {
        None => Ok(without),
        Some(Value::Int(bound)) => {
            usize::try_from(*bound).ok().filter(|bound| *bound <= length).ok_or(format!("index out of range: {bound}"))
        }
        Some(other) => Err(format!("cannot index slice/array with type {}", other.type_name())),
    };
    let (from, to) = (bound(0, 0)?, bound(1, length)?);
    if from > to {
        return Err(format!("invalid slice index: {from} > {to}"));
    }
    Ok(match first {
        Value::List(list) => Value::List(Arc::new(list[from..to].to_vec())),
        value => Value::Text(String::from_utf8_lossy(&text(value)?.as_bytes()[from..to]).into_owned()),
    })
}

/// Go's `Sprint`: a blank between two that are both no text; `Sprintln`: between all.
fn printed(arguments: &[Value], line: bool) -> String {
    let mut out = String::new();
    for (at, value) in arguments.iter().enumerate() {
        let is_text = |value: &Value| matches!(value, Value::Text(_));
        if at > 0 && (line || (!is_text(value) && !is_text(&arguments[at - 1]))) {
            out.push(' ');
        }
        out.push_str(&value.text());
    }
    if line {
        out.push('\n');
    }
    out
}

const INCOMPATIBLE: &str = "incompatible types for comparison (a number such as 5 is no float: write 5.0)";

fn equal(arguments: &[Value]) -> Result<bool, String> {
    let Some((first, others)) = arguments.split_first().filter(|(_, others)| !others.is_empty()) else {
        return Err("missing argument for comparison".to_owned());
    };
    for other in others {
        let same = match (first, other) {
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            #[allow(clippy::float_cmp, reason = "as Go compares")]
            (Value::Float(a), Value::Float(b)) | (Value::Span(a), Value::Span(b)) | (Value::Time(a), Value::Time(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a == b,
            (Value::Nil, other) | (other, Value::Nil) => *other == Value::Nil,
            _ => return Err(INCOMPATIBLE.to_owned()),
        };
        if same {
            return Ok(true);
        }
    }
    Ok(false)
}

fn less(arguments: &[Value], holds: impl Fn(std::cmp::Ordering) -> bool) -> Answer {
    let order = match arity::<2>(arguments)? {
        [Value::Int(a), Value::Int(b)] => Some(a.cmp(b)),
        [Value::Float(a), Value::Float(b)] | [Value::Span(a), Value::Span(b)] => a.partial_cmp(b),
        [Value::Text(a), Value::Text(b)] => Some(a.cmp(b)),
        _ => return Err(INCOMPATIBLE.to_owned()),
    };
    Ok(Value::Bool(order.is_some_and(holds)))
}

fn escaped_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&#34;").replace('\'', "&#39;")
}

fn query_escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn regex(pattern: &str) -> Result<Regex, String> {
    regex::RegexBuilder::new(pattern)
        .size_limit(REGEX_BYTES_MAX)
        .build()
        .map_err(|error| format!("the expression {} cannot be read: {}", quote(pattern), error.to_string().replace('\n', " ")))
}

/// About texts.
fn texts(name: &str, arguments: &[Value]) -> Option<Answer> {
    let one = |with: &dyn Fn(&str) -> String| arity::<1>(arguments).and_then(|[value]| text(value).map(|text| Value::Text(with(text))));
    Some(match name {
        "safeHtml" => one(&ToOwned::to_owned),
        "title" => one(&titled),
        "toUpper" => one(&str::to_uppercase),
        "toLower" => one(&str::to_lowercase),
        "urlQueryEscape" => one(&query_escaped),
        "stripPort" => one(&|text| host_and_port(text).map_or(text, |(host, _)| host).to_owned()),
        "stripDomain" => one(&without_domain),
        "graphLink" => one(&|expr| format!("/graph?g0.expr={}&g0.tab=0", query_escaped(expr))),
        "tableLink" => one(&|expr| format!("/graph?g0.expr={}&g0.tab=1", query_escaped(expr))),
        "match" => arity::<2>(arguments).and_then(|[pattern, value]| Ok(Value::Bool(regex(text(pattern)?)?.is_match(text(value)?)))),
        "reReplaceAll" => arity::<3>(arguments)
            .and_then(|[pattern, with, value]| Ok(Value::Text(regex(text(pattern)?)?.replace_all(text(value)?, text(with)?).into_owned()))),
        _ => return None,
    })
}

/// Each word with a capital.
fn titled(text: &str) -> String {
    let mut before = ' ';
    text.chars()
        .flat_map(|c| {
            let begins = !(before.is_alphanumeric() || before == '_' || before == '\'');
            before = c;
            if begins { c.to_uppercase().collect::<Vec<_>>() } else { vec![c] }
        })
        .collect()
}

/// `host:port`, `[v6]:port`.
fn host_and_port(text: &str) -> Option<(&str, &str)> {
    let (host, port) = text.rsplit_once(':')?;
    match host.strip_prefix('[') {
        Some(inside) => Some((inside.strip_suffix(']')?, port)),
        None => (!host.contains(':')).then_some((host, port)),
    }
}

fn without_domain(text: &str) -> String {
    let (host, port) = host_and_port(text).unwrap_or((text, ""));
    if host.parse::<IpAddr>().is_ok() {
        return text.to_owned();
    }
    let host = host.split('.').next().unwrap_or_default();
    if port.is_empty() { host.to_owned() } else { format!("{host}:{port}") }
}

fn float(value: &Value) -> Result<f64, String> {
    #[allow(clippy::cast_precision_loss, reason = "as Go converts")]
    match value {
        Value::Float(value) | Value::Time(value) | Value::Span(value) => Ok(*value),
        Value::Int(value) => Ok(*value as f64),
        Value::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
            "inf" | "+inf" => Ok(f64::INFINITY),
            "-inf" => Ok(f64::NEG_INFINITY),
            "nan" => Ok(f64::NAN),
            plain => plain.parse().map_err(|_| format!("{} is no number", quote(text))),
        },
        other => Err(format!("can't convert {} to float", other.type_name())),
    }
}

/// About numbers and times.
fn numbers(name: &str, arguments: &[Value]) -> Option<Answer> {
    let one = |with: &dyn Fn(f64) -> Answer| arity::<1>(arguments).and_then(|[value]| with(float(value)?));
    let worded = |with: &dyn Fn(f64) -> String| one(&|value| Ok(Value::Text(with(value))));
    let span = || arity::<1>(arguments).and_then(|[value]| duration::parse_ms(text(value)?));
    #[allow(clippy::cast_precision_loss, reason = "spans of years fit")]
    Some(match name {
        "humanize" => worded(&humanize),
        "humanize1024" => worded(&humanize_1024),
        "humanizeDuration" => worded(&humanize_duration),
        "humanizePercentage" => worded(&|value| format!("{}%", general(value * 100.0, 4))),
        "humanizeTimestamp" => worded(&|value| if value.is_finite() { timestamp_text(value) } else { general(value, 4) }),
        "toTime" => one(&|value| Ok(Value::Time(value))),
        "toDuration" => one(&|value| Ok(Value::Span(value))),
        "parseDuration" => span().map(|ms| Value::Float(ms as f64 / 1e3)),
        "parseDurationTime" => span().map(|ms| Value::Span(ms as f64 / 1e3)),
        _ => return None,
    })
}

/// A number with four digits and a decimal prefix: `1.234k`.
pub fn humanize(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return general(value, 4);
    }
    let (mut value, mut prefix) = (value, "");
    if value.abs() >= 1.0 {
        for next in ["k", "M", "G", "T", "P", "E", "Z", "Y"] {
            if value.abs() < 1000.0 {
                break;
            }
            prefix = next;
            value /= 1000.0;
        }
    } else {
        (value, prefix) = small(value);
    }
    format!("{}{prefix}", general(value, 4))
}

fn small(mut value: f64) -> (f64, &'static str) {
    let mut prefix = "";
    for next in ["m", "u", "n", "p", "f", "a", "z", "y"] {
        if value.abs() >= 1.0 {
            break;
        }
        prefix = next;
        value *= 1000.0;
    }
    (value, prefix)
}

fn humanize_1024(mut value: f64) -> String {
    if value.abs() <= 1.0 || !value.is_finite() {
        return general(value, 4);
    }
    let mut prefix = "";
    for next in ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"] {
        if value.abs() < 1024.0 {
            break;
        }
        prefix = next;
        value /= 1024.0;
    }
    format!("{}{prefix}", general(value, 4))
}

/// A number of seconds in days, hours, minutes and seconds: `1h 2m 3s`.
pub fn humanize_duration(value: f64) -> String {
    if !value.is_finite() {
        return general(value, 4);
    }
    if value == 0.0 {
        return format!("{}s", general(value, 4));
    }
    if value.abs() < 1.0 {
        let (value, prefix) = small(value);
        return format!("{}{prefix}s", general(value, 4));
    }
    let (sign, value) = if value < 0.0 { ("-", -value) } else { ("", value) };
    #[allow(clippy::cast_possible_truncation, reason = "Go cuts here too")]
    let whole = value as i64;
    let (seconds, minutes, hours, days) = (whole % 60, whole / 60 % 60, whole / 3600 % 24, whole / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{sign}{}s", general(value, 4)),
        (0, 0, _) => format!("{sign}{minutes}m {seconds}s"),
        (0, ..) => format!("{sign}{hours}h {minutes}m {seconds}s"),
        _ => format!("{sign}{days}d {hours}h {minutes}m {seconds}s"),
    }
}

/// An instant as Go prints it: `2026-03-02 01:00:00.5 +0000 UTC`.
pub(super) fn timestamp_text(secs: f64) -> String {
    #[allow(clippy::cast_possible_truncation, reason = "what does not fit is refused by the next step")]
    let nanos = (secs * 1e9) as i128;
    match Timestamp::from_nanosecond(nanos) {
        Ok(at) => {
            let zoned = at.to_zoned(TimeZone::UTC);
            let fraction = format!("{:09}", at.subsec_nanosecond().unsigned_abs());
            let fraction = fraction.trim_end_matches('0');
            let dot = if fraction.is_empty() { "" } else { "." };
            format!("{}{dot}{fraction} +0000 UTC", zoned.strftime("%Y-%m-%d %H:%M:%S"))
        }
        Err(_) => general(secs, 4),
    }
}

/// About samples and the house.
fn samples(name: &str, mut arguments: Vec<Value>, data: &Data<'_>) -> Answer {
    match name {
        "query" => {
            let [expr] = arity::<1>(&arguments)?;
            let found = (data.ask)(text(expr)?)?;
            Ok(Value::List(Arc::new(found.into_iter().map(|sample| Value::Sample(Arc::new(sample))).collect())))
        }
        "first" => match arity::<1>(&arguments)? {
            [Value::List(list)] => list.first().cloned().ok_or_else(|| "first() called on vector with no elements".to_owned()),
            [other] => Err(format!("wrong type for value; expected a query's result; got {}", other.type_name())),
        },
        "label" => match arity::<2>(&arguments)? {
            [name, Value::Sample(sample)] => Ok(Value::Text(sample.labels.get(text(name)?).cloned().unwrap_or_default())),
            [_, other] => Err(format!("wrong type for value; expected a sample; got {}", other.type_name())),
        },
        "value" => match arity::<1>(&arguments)? {
            [Value::Sample(sample)] => Ok(Value::Float(sample.value)),
            [other] => Err(format!("wrong type for value; expected a sample; got {}", other.type_name())),
        },
        "strvalue" => match arity::<1>(&arguments)? {
            [Value::Sample(sample)] => Ok(Value::Text(sample.labels.get("__value__").cloned().unwrap_or_default())),
            [other] => Err(format!("wrong type for value; expected a sample; got {}", other.type_name())),
        },
        "sortByLabel" => match arguments.pop() {
            Some(Value::List(list)) => {
                let label = text(&arity::<1>(&arguments)?[0])?.to_owned();
                let mut sorted = list.to_vec();
                let key = |value: &Value| match value {
                    Value::Sample(sample) => sample.labels.get(&label).cloned().unwrap_or_default(),
                    _ => String::new(),
                };
                sorted.sort_by_key(key);
                Ok(Value::List(Arc::new(sorted)))
            }
            _ => Err("sortByLabel takes a label and a query's result".to_owned()),
        },
        "args" => {
            let named: BTreeMap<String, Value> = arguments.into_iter().enumerate().map(|(at, value)| (format!("arg{at}"), value)).collect();
            Ok(Value::Map(Arc::new(named)))
        }
        #[allow(clippy::cast_precision_loss, reason = "milliseconds fit")]
        "now" => Ok(Value::Float(data.now_ms as f64 / 1e3)),
        "externalURL" => Ok(Value::Text(data.external_url.to_owned())),
        "pathPrefix" => Ok(Value::Text(
            url::Url::parse(data.external_url).map_or_else(|_| String::new(), |url| url.path().trim_end_matches('/').to_owned()),
        )),
        other => Err(format!("there is no function {other:?}")),
    }
}

/// The labels as a value.
pub(super) fn labels(labels: &LabelMap) -> Value {
    Value::Labels(Arc::new(labels.clone()))
}
