//! What targets show: text 0.0.4, `OpenMetrics` 1.0 and protobuf, read by the rules of Prometheus 3.
//!
//! A page is read whole or not at all: after an error the batch is to be thrown away, as Prometheus throws away the scrape.

mod error;
mod float;
mod label;
mod media;
pub mod openmetrics;
mod page;
mod protobuf;
mod scan;
mod text;

pub use error::ParseError;
pub use media::{Format, accept};

use crate::batch::Batch;

/// Bounds of one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of the page at most.
    pub body_bytes_max: usize,
    /// Samples at most.
    pub samples_max: usize,
    /// Labels of one sample at most, the metric's name among them.
    pub labels_max: usize,
    /// Bytes of a line at most.
    pub line_bytes_max: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { body_bytes_max: 64 << 20, samples_max: 5_000_000, labels_max: 256, line_bytes_max: 1 << 20 }
    }
}

/// How a page is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// What a page is taken for when it does not say, or says something unknown (`fallback_scrape_protocol`).
    pub fallback: Option<Format>,
    /// Whether `OpenMetrics` is held to every rule of its specification. Prometheus is not that strict, and exporters live by
    /// what it accepts; files that are imported, and tests of exporters, may ask for more.
    pub strict: bool,
    /// Whether native histograms are taken (protobuf).
    pub native_histograms: bool,
    /// Whether classic buckets are taken of a histogram that is native too (`always_scrape_classic_histograms`).
    pub classic_histograms: bool,
    /// Bounds of the page.
    pub bounds: Bounds,
}

impl Default for Options {
    fn default() -> Self {
        Self { fallback: None, strict: false, native_histograms: true, classic_histograms: false, bounds: Bounds::default() }
    }
}

/// How a page was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// In which format.
    pub format: Format,
    /// What should be told to whoever runs the target, though the page was read.
    pub warning: Option<String>,
}

/// Reads a page into a batch. `content_type` is the header of the response, empty when there was none; samples without an
/// instant of their own get `default_at_ms` (milliseconds since 1970 UTC).
///
/// ```
/// use evenkeel_tsdb::{batch::Batch, exposition::{Options, parse}};
/// let mut batch = Batch::new();
/// parse("text/plain; version=0.0.4", b"up 1\n", 1_700_000_000_000, &Options::default(), &mut batch).unwrap();
/// assert_eq!(batch.samples().next().unwrap().metric(), "up");
/// ```
///
/// # Errors
/// When the page cannot be read; the text says where and what to do. The batch then holds a part of it: clear it.
pub fn parse(content_type: &str, body: &[u8], default_at_ms: i64, options: &Options, batch: &mut Batch) -> Result<Read, ParseError> {
    let (format, warning) = media::choose(content_type, options.fallback)?;
    if body.len() > options.bounds.body_bytes_max {
        return Err(ParseError::page(format!(
            "the page has {} bytes, more than body_bytes_max allows ({})",
            body.len(),
            options.bounds.body_bytes_max
        )));
    }
    match format {
        Format::Text => text::parse(body, default_at_ms, options, batch)?,
        Format::OpenMetrics => openmetrics::parse(body, default_at_ms, options, batch)?,
        Format::Protobuf => protobuf::parse(body, default_at_ms, options, batch)?,
    }
    Ok(Read { format, warning })
}

#[cfg(test)]
mod tests;
