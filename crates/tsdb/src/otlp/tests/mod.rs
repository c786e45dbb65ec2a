#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod names;
mod points;
mod wire;

use super::{Encoding, Options, OtlpError, Received, decode};
use crate::{
    batch::{Batch, NAME, Sample},
    store::Value,
};

/// The example of OpenTelemetry's own repository.
const EXAMPLE: &str = include_str!("../../../tests/data/otlp/metrics.json");

fn line(sample: Sample<'_>) -> String {
    let labels: Vec<String> = sample.labels().filter(|(name, _)| *name != NAME).map(|(name, value)| format!("{name}={value:?}")).collect();
    let value = match sample.value() {
        Value::Float(value) => format!("{value:?}"),
        Value::Histogram(one) => format!("{}:{:?}{:?}/{}", one.schema, one.positive_spans, one.positive, one.count),
    };
    format!("{}{{{}}} {value} {}", sample.metric(), labels.join(","), sample.at_ms())
}

fn read(encoding: Encoding, body: &[u8], options: &Options) -> Result<(Vec<String>, Received), OtlpError> {
    let mut batch = Batch::new();
    let received = decode(encoding, body, options, &mut batch)?;
    Ok((batch.samples().map(line).collect(), received))
}

fn json(body: &str) -> (Vec<String>, Received) {
    read(Encoding::Json, body.as_bytes(), &Options::default()).unwrap_or_else(|error| panic!("{error}: {body}"))
}

/// A request of one metric; `resource` are its attributes in JSON.
fn request(resource: &str, metric: &str) -> String {
    format!(r#"{{"resourceMetrics":[{{"resource":{{"attributes":[{resource}]}},"scopeMetrics":[{{"metrics":[{metric}]}}]}}]}}"#)
}
