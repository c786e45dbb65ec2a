//! Which format a page is in, by its content type.

use std::fmt::Write as _;

use super::ParseError;

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Prometheus' text format 0.0.4 and 1.0.0.
    Text,
    /// `OpenMetrics` text 1.0 (0.0.1 is read alike).
    OpenMetrics,
    /// Delimited `io.prometheus.client.MetricFamily`.
    Protobuf,
}

impl Format {
    /// From the word of a scrape configuration's `scrape_protocols` and `fallback_scrape_protocol`.
    pub fn from_protocol(word: &str) -> Option<Self> {
        match word {
            "PrometheusProto" => Some(Self::Protobuf),
            "PrometheusText0.0.4" | "PrometheusText1.0.0" => Some(Self::Text),
            "OpenMetricsText0.0.1" | "OpenMetricsText1.0.0" => Some(Self::OpenMetrics),
            _ => None,
        }
    }
}

/// The `Accept` header for protocols of a scrape configuration, most wanted first; unknown words are left out. `escaping` is
/// how names that old Prometheus would not know are to be written: `allow-utf-8`, `underscores`, `dots` or `values`.
pub fn accept(protocols: &[&str], escaping: &str) -> String {
    let mut header = String::new();
    // Weights fall by one tenth from one more than there are, as Prometheus' do.
    let mut weight = protocols.len() + 1;
    for protocol in protocols {
        let media = match *protocol {
            "PrometheusProto" => "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
            "PrometheusText0.0.4" => "text/plain;version=0.0.4",
            "PrometheusText1.0.0" => "text/plain;version=1.0.0",
            "OpenMetricsText0.0.1" => "application/openmetrics-text;version=0.0.1",
            "OpenMetricsText1.0.0" => "application/openmetrics-text;version=1.0.0",
            _ => continue,
        };
        header.push_str(media);
        if matches!(*protocol, "PrometheusText1.0.0" | "OpenMetricsText1.0.0") {
            header.push_str(";escaping=");
            header.push_str(escaping);
        }
        let _ = write!(header, ";q=0.{},", weight.min(9));
        weight = weight.saturating_sub(1).max(1);
    }
    let _ = write!(header, "*/*;q=0.{}", weight.min(9));
    header
}

/// The format of a content type by Prometheus 3's rules: a known one counts, whatever its version; anything else needs a
/// fallback, and is worth a warning unless the header was missing.
pub(super) fn choose(content_type: &str, fallback: Option<Format>) -> Result<(Format, Option<String>), ParseError> {
    let content_type = content_type.trim();
    let media = content_type.split(';').next().unwrap_or_default().trim();
    let known = match media.to_ascii_lowercase().as_str() {
        "text/plain" => Some(Format::Text),
        "application/openmetrics-text" => Some(Format::OpenMetrics),
        "application/vnd.google.protobuf" => Some(Format::Protobuf),
        _ => None,
    };
    match (known, fallback) {
        (Some(Format::Protobuf), _) => protobuf(content_type).map(|()| (Format::Protobuf, None)),
        (Some(format), _) => Ok((format, None)),
        (None, Some(format)) if content_type.is_empty() => Ok((format, None)),
        (None, Some(format)) => {
            Ok((format, Some(format!("the content type {content_type:?} is unknown; the page was read by fallback_scrape_protocol"))))
        }
        (None, None) if content_type.is_empty() => {
            Err(ParseError::page("the target sends no content type: let it send one, or set fallback_scrape_protocol"))
        }
        (None, None) => Err(ParseError::page(format!(
            "the content type {content_type:?} is unknown: let the target send text/plain, application/openmetrics-text or application/vnd.google.protobuf, or set fallback_scrape_protocol"
        ))),
    }
}

/// Protobuf comes in several encodings, of which one is read.
fn protobuf(content_type: &str) -> Result<(), ParseError> {
    for parameter in content_type.split(';').skip(1) {
        let Some((name, value)) = parameter.split_once('=') else { continue };
        let value = value.trim().trim_matches('"');
        let fine = match name.trim() {
            "encoding" => value == "delimited",
            "proto" => value == "io.prometheus.client.MetricFamily",
            _ => true,
        };
        if !fine {
            return Err(ParseError::page(format!(
                "protobuf with {parameter:?} is not read: the target must send delimited io.prometheus.client.MetricFamily"
            )));
        }
    }
    Ok(())
}
