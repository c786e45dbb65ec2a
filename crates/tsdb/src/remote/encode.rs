//! Writing requests: for the queue of a remote engine, and for tests.

use std::collections::HashMap;

use super::{Version, histogram, v1::kind_number};
use crate::{
    batch::Family,
    proto::Writer,
    store::{Incoming, Value},
};

/// Writes a request as one snappy block into `body`, which is emptied first. Samples that follow each other with the same
/// labels become one series. In version 2.0 a family stands with the series that have its name, or its name and a suffix.
pub fn encode<'a>(version: Version, samples: &[Incoming<'_>], families: impl Iterator<Item = Family<'a>>, body: &mut Vec<u8>) {
    let mut message = Vec::with_capacity(samples.len() * 64);
    match version {
        Version::V1 => encode_v1(samples, families, &mut message),
        Version::V2 => encode_v2(samples, families, &mut message),
    }
    body.clear();
    // The only error is a body of four gigabytes.
    *body = snap::raw::Encoder::new().compress_vec(&message).unwrap_or_default();
}

fn values(out: &mut Writer<'_>, run: &[Incoming<'_>], histogram_field: u32) {
    for sample in run {
        match sample.value {
            Value::Float(value) => out.message(2, |out| {
                out.double(1, value);
                out.int(2, sample.at_ms);
            }),
            Value::Histogram(value) => out.message(histogram_field, |out| histogram::write(out, sample.at_ms, value)),
        }
    }
}

fn encode_v1<'a>(samples: &[Incoming<'_>], families: impl Iterator<Item = Family<'a>>, message: &mut Vec<u8>) {
    let mut out = Writer(message);
    for run in samples.chunk_by(|a, b| a.labels == b.labels) {
        out.message(1, |out| {
            for (name, value) in run.first().map_or(&[][..], |first| first.labels) {
                out.message(1, |out| {
                    out.text(1, name);
                    out.text(2, value);
                });
            }
            values(out, run, 4);
        });
    }
    for family in families {
        out.message(3, |out| {
            out.uint(1, kind_number(family.kind));
            out.text(2, family.name);
            out.text(4, family.help);
            out.text(5, family.unit);
        });
    }
}

struct Symbols<'a> {
    numbers: HashMap<&'a str, u32>,
    texts: Vec<&'a str>,
}

impl<'a> Symbols<'a> {
    fn number(&mut self, text: &'a str) -> u32 {
        let next = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(text).or_insert(next);
        if number == next {
            self.texts.push(text);
        }
        number
    }
}

fn encode_v2<'a>(samples: &[Incoming<'_>], families: impl Iterator<Item = Family<'a>>, message: &mut Vec<u8>) {
    // Every text once; series go to a buffer of their own, because the texts come first.
    let families: Vec<Family<'_>> = families.collect();
    let by_name: HashMap<&str, &Family<'_>> = families.iter().map(|family| (family.name, family)).collect();
    let mut symbols = Symbols { numbers: HashMap::from([("", 0)]), texts: vec![""] };
    let mut series = Vec::new();
    let mut out = Writer(&mut series);
    for run in samples.chunk_by(|a, b| a.labels == b.labels) {
        let labels = run.first().map_or(&[][..], |first| first.labels);
        let mut references = Vec::with_capacity(labels.len() * 4);
        let mut metric = "";
        for (name, value) in labels {
            crate::store::wire::put_uint(&mut references, u64::from(symbols.number(name)));
            crate::store::wire::put_uint(&mut references, u64::from(symbols.number(value)));
            if *name == crate::batch::NAME {
                metric = value;
            }
        }
        let stem = ["_total", "_bucket", "_count", "_sum", "_created"].iter().find_map(|suffix| metric.strip_suffix(suffix));
        let family = by_name.get(metric).or_else(|| by_name.get(stem?)).copied();
        out.message(5, |out| {
            out.bytes(1, &references);
            values(out, run, 3);
            if let Some(family) = family {
                let (help, unit) = (symbols.number(family.help), symbols.number(family.unit));
                out.message(5, |out| {
                    out.uint(1, kind_number(family.kind));
                    out.uint(3, u64::from(help));
                    out.uint(4, u64::from(unit));
                });
            }
        });
    }
    let mut out = Writer(message);
    for text in &symbols.texts {
        out.bytes(4, text.as_bytes());
    }
    message.extend_from_slice(&series);
}
