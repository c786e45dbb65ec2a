//! Values of templates.

use std::{collections::BTreeMap, sync::Arc};

use evenkeel_tsdb::promql::go_g;

use super::{LabelMap, Sample, functions::timestamp_text};

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Nil,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(String),
    /// An instant, seconds since 1970 UTC.
    Time(f64),
    /// A span, seconds.
    Span(f64),
    /// Labels: one that is not there is the empty text.
    Labels(Arc<LabelMap>),
    /// Values by name, as `args` makes them.
    Map(Arc<BTreeMap<String, Value>>),
    /// Several values, as `query` answers.
    List(Arc<Vec<Value>>),
    /// A sample.
    Sample(Arc<Sample>),
    /// What the template is about: `.Labels`, `.Value` and their like.
    Root,
}

impl Value {
    /// Go's word for its type.
    pub(super) const fn type_name(&self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
            Self::Time(_) => "time.Time",
            Self::Span(_) => "time.Duration",
            Self::Labels(_) => "map[string]string",
            Self::Map(_) => "map[string]interface {}",
            Self::List(_) => "list of samples",
            Self::Sample(_) => "sample",
            Self::Root => "the template's data",
        }
    }

    /// Whether `if` takes it.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Nil => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Float(value) | Self::Span(value) => *value != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::Labels(labels) => !labels.is_empty(),
            Self::Map(map) => !map.is_empty(),
            Self::List(list) => !list.is_empty(),
            Self::Time(_) | Self::Sample(_) | Self::Root => true,
        }
    }

    /// As Go prints it (`%v`).
    pub(super) fn text(&self) -> String {
        match self {
            Self::Nil => "<no value>".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Float(value) => go_g(*value),
            Self::Text(text) => text.clone(),
            Self::Time(secs) => timestamp_text(*secs),
            Self::Span(secs) => span_text(*secs),
            Self::Labels(labels) => labels_text(labels),
            Self::Map(map) => {
                let pairs: Vec<String> = map.iter().map(|(name, value)| format!("{name}:{}", value.text())).collect();
                format!("map[{}]", pairs.join(" "))
            }
            Self::List(list) => format!("[{}]", list.iter().map(Self::text).collect::<Vec<_>>().join(" ")),
            Self::Sample(sample) => format!("{{{} {}}}", labels_text(&sample.labels), go_g(sample.value)),
            Self::Root => "{}".to_owned(),
        }
    }
}

fn labels_text(labels: &LabelMap) -> String {
    let pairs: Vec<String> = labels.iter().map(|(name, value)| format!("{name}:{value}")).collect();
    format!("map[{}]", pairs.join(" "))
}

/// A span as Go prints it: `1h0m5s`, `1.5s`, `250ms`.
fn span_text(secs: f64) -> String {
    if secs == 0.0 {
        return "0s".to_owned();
    }
    let (sign, secs) = if secs < 0.0 { ("-", -secs) } else { ("", secs) };
    if secs < 1.0 {
        return format!("{sign}{}ms", secs * 1e3);
    }
    let hours = (secs / 3600.0).floor();
    let minutes = ((secs - hours * 3600.0) / 60.0).floor();
    let rest = secs - hours * 3600.0 - minutes * 60.0;
    match (hours > 0.0, minutes > 0.0) {
        (true, _) => format!("{sign}{hours}h{minutes}m{rest}s"),
        (false, true) => format!("{sign}{minutes}m{rest}s"),
        (false, false) => format!("{sign}{rest}s"),
    }
}
