//! OTLP metrics over HTTP, protobuf or JSON, named as Prometheus 3 names them.
//!
//! A request is read point by point. What cannot be kept is counted and told in the answer (`partialSuccess`), and the rest is
//! read: metrics of delta temporality above all, whose values say nothing about the time before them.

mod attribute;
mod json;
mod label;
mod model;
mod name;
mod number;
mod point;
mod protobuf;
mod respond;
mod translate;

pub use name::Strategy;
pub use respond::respond;

use crate::batch::Batch;

/// How a request is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// `application/x-protobuf`
    Protobuf,
    /// `application/json`
    Json,
}

impl Encoding {
    /// From a request's content type; `None`: answer 415.
    pub fn from_content_type(content_type: &str) -> Option<Self> {
        match content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "application/x-protobuf" => Some(Self::Protobuf),
            "application/json" => Some(Self::Json),
            _ => None,
        }
    }

    /// The content type of the answer.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }
}

/// How a request is translated; the fields are those of Prometheus' `otlp` configuration.
#[expect(clippy::struct_excessive_bools, reason = "they are the settings of Prometheus' configuration")]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// How names are made.
    pub strategy: Strategy,
    /// Attributes of the resource that become labels of each of its series.
    pub promote_resource_attributes: Vec<String>,
    /// All of them do.
    pub promote_all_resource_attributes: bool,
    /// `service.name`, `service.namespace` and `service.instance.id` stay in `target_info` as well.
    pub keep_identifying_resource_attributes: bool,
    /// The scope's name, version, schema and attributes become labels `otel_scope_…`.
    pub promote_scope_metadata: bool,
    /// Explicit buckets become native histograms with custom bounds.
    pub convert_histograms_to_nhcb: bool,
    /// Bounds of a request.
    pub bounds: Bounds,
}

/// Bounds of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of the request at most, unpacked.
    pub body_bytes_max: usize,
    /// Samples at most that it may become.
    pub samples_max: usize,
    /// Attributes at most of one resource, scope or point.
    pub attributes_max: usize,
    /// Objects of a JSON request at most: they take more room than their text.
    pub json_objects_max: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { body_bytes_max: 32 << 20, samples_max: 1_000_000, attributes_max: 256, json_objects_max: 1_000_000 }
    }
}

/// What was in a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Received {
    /// Points that were read; a histogram is one point and many samples.
    pub accepted: usize,
    /// Points that were left out.
    pub rejected: usize,
    /// Why: the first reasons, for the answer.
    pub message: String,
}

/// Why a request could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OtlpError {
    /// Not the message it claims to be; answer 400.
    #[error("the body is no ExportMetricsServiceRequest: {0}")]
    Message(String),
    /// Too much at once; answer 413.
    #[error("{0}")]
    TooLarge(String),
}

impl OtlpError {
    /// The HTTP status of the answer.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Message(_) => 400,
            Self::TooLarge(_) => 413,
        }
    }
}

impl From<crate::proto::Broken> for OtlpError {
    fn from(broken: crate::proto::Broken) -> Self {
        Self::Message(broken.to_string())
    }
}

/// Reads a request into a batch. The body must be unpacked already.
///
/// # Errors
/// As [`OtlpError`] says. The batch then holds a part: clear it.
pub fn decode(encoding: Encoding, body: &[u8], options: &Options, batch: &mut Batch) -> Result<Received, OtlpError> {
    if body.len() > options.bounds.body_bytes_max {
        return Err(OtlpError::TooLarge(format!(
            "the request has {} bytes, more than body_bytes_max allows ({}): send fewer points at once",
            body.len(),
            options.bounds.body_bytes_max
        )));
    }
    let mut translator = translate::Translator::new(options, batch);
    match encoding {
        Encoding::Protobuf => protobuf::read(body, &mut translator)?,
        Encoding::Json => json::read(body, &mut translator)?,
    }
    Ok(translator.done())
}

#[cfg(test)]
mod tests;
