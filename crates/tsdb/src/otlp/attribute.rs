//! Attribute values, and the text that a label gets.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value as Json;

use super::number;

/// How deep lists and maps may lie in each other.
pub(super) const DEPTH_MAX: usize = 16;

/// A value of an attribute.
#[derive(Debug, Default, PartialEq)]
pub(super) enum AnyValue<'a> {
    #[default]
    Empty,
    Text(Cow<'a, str>),
    Bool(bool),
    Int(i64),
    Double(f64),
    Bytes(Vec<u8>),
    /// A list or a map.
    Nested(Json),
}

impl AnyValue<'_> {
    /// The text of it: what OpenTelemetry's own libraries print.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Self::Int(value) => Cow::Owned(value.to_string()),
            Self::Double(value) => Cow::Owned(double(*value)),
            Self::Bytes(bytes) => Cow::Owned(base64(bytes)),
            Self::Nested(json) => Cow::Owned(json.to_string()),
        }
    }

    /// As part of a list or map.
    pub fn json(self) -> Json {
        match self {
            Self::Empty => Json::Null,
            Self::Text(text) => Json::String(text.into_owned()),
            Self::Bool(value) => Json::Bool(value),
            Self::Int(value) => Json::from(value),
            Self::Double(value) => serde_json::Number::from_f64(value).map_or_else(|| Json::String(double(value)), Json::Number),
            Self::Bytes(bytes) => Json::String(base64(&bytes)),
            Self::Nested(json) => json,
        }
    }
}

/// A float as JSON of other languages prints it: without an exponent unless it is far from one.
fn double(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    if value != 0.0 && !(1e-6..1e21).contains(&value.abs()) {
        let text = format!("{value:e}");
        return if text.contains("e-") { text } else { text.replace('e', "e+") };
    }
    format!("{value}")
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[expect(clippy::struct_field_names, reason = "the names are OTLP's")]
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Written<'a> {
    #[serde(borrow)]
    string_value: Option<Cow<'a, str>>,
    bool_value: Option<bool>,
    #[serde(deserialize_with = "number::some")]
    int_value: Option<i64>,
    #[serde(deserialize_with = "number::some")]
    double_value: Option<f64>,
    #[serde(borrow)]
    bytes_value: Option<Cow<'a, str>>,
    #[serde(borrow)]
    array_value: Option<List<'a>>,
    #[serde(borrow)]
    kvlist_value: Option<Map<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct List<'a> {
    #[serde(borrow)]
    values: Vec<AnyValue<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Map<'a> {
    #[serde(borrow)]
    values: Vec<super::model::KeyValue<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for AnyValue<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // serde_json itself bounds how deep values lie in each other.
        let written = Written::deserialize(from)?;
        Ok(match written {
            Written { string_value: Some(text), .. } => Self::Text(text),
            Written { bool_value: Some(value), .. } => Self::Bool(value),
            Written { int_value: Some(value), .. } => Self::Int(value),
            Written { double_value: Some(value), .. } => Self::Double(value),
            // Base64 in, base64 out.
            Written { bytes_value: Some(text), .. } => Self::Text(text),
            Written { array_value: Some(list), .. } => Self::Nested(list.values.into_iter().map(Self::json).collect()),
            Written { kvlist_value: Some(map), .. } => {
                Self::Nested(Json::Object(map.values.into_iter().map(|pair| (pair.key.into_owned(), pair.value.json())).collect()))
            }
            _ => Self::Empty,
        })
    }
}
