//! What is read of a request, whichever way it is written; the serde names are those of OTLP's JSON.

use std::borrow::Cow;

use serde::Deserialize;

use super::{attribute::AnyValue, number};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct KeyValue<'a> {
    #[serde(borrow)]
    pub key: Cow<'a, str>,
    #[serde(borrow)]
    pub value: AnyValue<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Exemplar<'a> {
    #[serde(borrow)]
    pub filtered_attributes: Vec<KeyValue<'a>>,
    #[serde(deserialize_with = "number::any")]
    pub time_unix_nano: u64,
    #[serde(deserialize_with = "number::some")]
    pub as_double: Option<f64>,
    #[serde(deserialize_with = "number::some")]
    pub as_int: Option<i64>,
    /// Hexadecimal in JSON, where the ids are not base64 as other bytes are.
    #[serde(borrow)]
    pub span_id: Cow<'a, str>,
    #[serde(borrow)]
    pub trace_id: Cow<'a, str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Buckets {
    #[serde(deserialize_with = "number::any")]
    pub offset: i32,
    #[serde(deserialize_with = "number::list")]
    pub bucket_counts: Vec<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Quantile {
    #[serde(deserialize_with = "number::any")]
    pub quantile: f64,
    #[serde(deserialize_with = "number::any")]
    pub value: f64,
}

/// A point of any kind of metric.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Point<'a> {
    #[serde(borrow)]
    pub attributes: Vec<KeyValue<'a>>,
    #[serde(deserialize_with = "number::any")]
    pub start_time_unix_nano: u64,
    #[serde(deserialize_with = "number::any")]
    pub time_unix_nano: u64,
    #[serde(deserialize_with = "number::any")]
    pub flags: u32,
    #[serde(borrow)]
    pub exemplars: Vec<Exemplar<'a>>,
    #[serde(deserialize_with = "number::some")]
    pub as_double: Option<f64>,
    #[serde(deserialize_with = "number::some")]
    pub as_int: Option<i64>,
    #[serde(deserialize_with = "number::any")]
    pub count: u64,
    #[serde(deserialize_with = "number::some")]
    pub sum: Option<f64>,
    #[serde(deserialize_with = "number::list")]
    pub bucket_counts: Vec<u64>,
    #[serde(deserialize_with = "number::list")]
    pub explicit_bounds: Vec<f64>,
    #[serde(deserialize_with = "number::any")]
    pub scale: i32,
    #[serde(deserialize_with = "number::any")]
    pub zero_count: u64,
    #[serde(deserialize_with = "number::any")]
    pub zero_threshold: f64,
    pub positive: Buckets,
    pub negative: Buckets,
    pub quantile_values: Vec<Quantile>,
}

/// How points relate to the ones before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Temporality {
    #[default]
    Unspecified,
    Delta,
    Cumulative,
}

impl Temporality {
    pub const fn from_number(number: u64) -> Self {
        match number {
            1 => Self::Delta,
            2 => Self::Cumulative,
            _ => Self::Unspecified,
        }
    }
}

/// What a metric's points are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Gauge,
    Sum { rising: bool },
    Histogram,
    Exponential,
    Summary,
}
