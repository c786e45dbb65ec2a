#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_cmp)]

mod media;
mod openmetrics;
mod protobuf;
mod text;

use super::{Options, ParseError, parse};
use crate::{
    batch::{Batch, NAME, Sample},
    store::Value,
};

/// Series, instant and value of each sample, as one line each; `*` after the instant when the target gave it.
fn lines(batch: &Batch) -> Vec<String> {
    let line = |sample: Sample<'_>| {
        let labels: Vec<String> =
            sample.labels().filter(|(name, _)| *name != NAME).map(|(name, value)| format!("{name}={value:?}")).collect();
        let value = match sample.value() {
            Value::Float(value) => format!("{value:?}"),
            Value::Histogram(histogram) => format!("{histogram:?}"),
        };
        let timed = if sample.timed() { "*" } else { "" };
        format!("{}{{{}}} {value} {}{timed}", sample.metric(), labels.join(","), sample.at_ms())
    };
    batch.samples().map(line).collect()
}

fn read(content_type: &str, page: impl AsRef<[u8]>) -> Result<Batch, ParseError> {
    let mut batch = Batch::new();
    parse(content_type, page.as_ref(), 1000, &Options::default(), &mut batch).map(|_| batch)
}
