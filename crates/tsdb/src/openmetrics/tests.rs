#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{collections::BTreeMap, convert::Infallible, sync::Arc};

use evenkeel_core::id::TenantId;
use proptest::prelude::*;

use super::{Exported, ImportError, read, write};
use crate::{
    batch::{NAME, NORMAL_NAN_BITS},
    exposition::Options,
    histogram::Histogram,
    source::{Cursor, Labels, Matcher, ReadError, STALE_BITS, Samples, Source},
    store::Value,
};

type Kept = BTreeMap<Vec<(String, String)>, Vec<(i64, u64)>>;

/// Series in memory; a value with these bits is a native histogram.
#[derive(Default)]
struct Shelf(Vec<(Labels, Vec<(i64, u64)>)>);

const HISTOGRAM_BITS: u64 = 0x7ff8_0000_0000_5555;

struct Reading<'a>(&'a (Labels, Vec<(i64, u64)>));

impl Cursor for Reading<'_> {
    fn labels(&self) -> &Labels {
        &self.0.0
    }

    fn read(&mut self, into: &mut Samples) -> Result<(), ReadError> {
        into.clear();
        for (at_ms, bits) in &self.0.1 {
            if *bits == HISTOGRAM_BITS {
                into.histograms.push((u32::try_from(into.at_ms.len()).unwrap(), Arc::new(Histogram::default())));
            }
            into.at_ms.push(*at_ms);
            into.values.push(f64::from_bits(*bits));
        }
        Ok(())
    }
}

impl Source for Shelf {
    fn select(&self, _: TenantId, _: &[Matcher], _: i64, _: i64, _: usize) -> Result<Vec<Box<dyn Cursor + '_>>, ReadError> {
        Ok(self.0.iter().map(|series| Box::new(Reading(series)) as Box<dyn Cursor + '_>).collect())
    }
}

fn labels(pairs: &[(String, String)]) -> Labels {
    Labels::new(pairs.iter().map(|(name, value)| (Arc::from(name.as_str()), Arc::from(value.as_str()))))
}

type Written<'a> = (&'a [(&'a str, &'a str)], &'a [(i64, f64)]);

fn shelf(series: &[Written<'_>]) -> Shelf {
    let owned = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>();
    let bits = |points: &[(i64, f64)]| points.iter().map(|(at, value)| (*at, value.to_bits())).collect();
    Shelf(series.iter().map(|(pairs, points)| (labels(&owned(pairs)), bits(points))).collect())
}

fn export(source: &Shelf) -> (String, Exported) {
    let mut file = Vec::new();
    let done = write(source, TenantId::named("t"), &[], (i64::MIN, i64::MAX), usize::MAX, &mut file).unwrap();
    (String::from_utf8(file).unwrap(), done)
}

/// What a file holds, read in pieces of so many bytes.
fn import(file: &str, piece: usize, strict: bool) -> Result<Kept, String> {
    struct Pieces<'a>(&'a [u8], usize);
    impl std::io::Read for Pieces<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let count = self.1.min(self.0.len()).min(into.len());
            let (head, rest) = self.0.split_at(count);
            into[..count].copy_from_slice(head);
            self.0 = rest;
            Ok(count)
        }
    }
    let mut kept = Kept::new();
    let options = Options { strict, ..Options::default() };
    let done = read(&mut Pieces(file.as_bytes(), piece), 0, options, |batch| {
        for sample in batch.samples() {
            let Value::Float(value) = sample.value() else { panic!("a float") };
            let key = sample.labels().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            kept.entry(key).or_default().push((sample.at_ms(), value.to_bits()));
        }
        Ok::<_, Infallible>(())
    });
    done.map(|_| kept).map_err(|error| error.to_string())
}

#[test]
fn a_file_is_grouped_by_name_and_ends_in_eof() {
    let source = shelf(&[
        (&[(NAME, "b"), ("x", "a\"\\\n")], &[(1500, 1.0), (-2001, 1e300)]),
        (&[(NAME, "a:b")], &[(2000, f64::INFINITY)]),
        (&[(NAME, "b")], &[(1, -0.0), (2, f64::NAN), (3, f64::from_bits(STALE_BITS))]),
        (&[(NAME, "my.metric"), ("a.b", "c")], &[(0, 0.1)]),
        (&[("job", "nameless")], &[(0, 0.1)]),
        (&[(NAME, "only_histograms")], &[(0, f64::from_bits(HISTOGRAM_BITS))]),
    ]);
    let (file, done) = export(&source);
    let wanted = "# TYPE a:b unknown\na:b +Inf 2\n# TYPE b unknown\nb -0 0.001\nb NaN 0.002\nb{x=\"a\\\"\\\\\\n\"} 1 1.500\n\
                  b{x=\"a\\\"\\\\\\n\"} 1e300 -2.001\n# TYPE \"my.metric\" unknown\n{\"my.metric\",\"a.b\"=\"c\"} 0.1 0\n# EOF\n";
    assert_eq!(file, wanted);
    assert_eq!(done, Exported { series: 4, samples: 6, histograms_left_out: 1, series_left_out: 1 });
}

#[test]
fn a_file_that_was_cut_is_refused_at_its_end() {
    let (file, _) = export(&shelf(&[(&[(NAME, "a")], &[(1, 1.0), (2, 2.0)])]));
    for end in 0..file.len() - 1 {
        assert!(import(&file[..end], 7, true).is_err(), "{end}");
    }
}

#[test]
fn a_line_without_an_end_is_refused_before_it_fills_the_memory() {
    let mut endless = std::io::Read::chain(&b"a{b=\""[..], std::io::repeat(b'x'));
    let error = read(&mut endless, 0, Options::default(), |_| Ok::<_, Infallible>(())).unwrap_err();
    assert!(matches!(error, ImportError::Parse(_)));
    assert!(error.to_string().contains("line_bytes_max"));
}

fn any_series() -> impl Strategy<Value = (Vec<(String, String)>, BTreeMap<i64, u64>)> {
    let name = prop_oneof!["[a-z_:][a-z0-9_:]{0,5}", "[\\PC\n\"\\\\]{1,5}"];
    let label = prop_oneof!["[a-z_][a-z0-9_]{0,5}", "[\\PC\n\"\\\\]{1,5}"];
    let pairs = prop::collection::btree_map(label, "[\\PC\n\"\\\\]{1,6}", 0..4);
    let bits = prop_oneof![any::<u64>(), any::<f64>().prop_map(f64::to_bits), Just(STALE_BITS), Just(0), Just(1.0f64.to_bits())];
    let points = prop::collection::btree_map(-4_000_000_000_000i64..4_000_000_000_000, bits, 1..6);
    (name, pairs, points).prop_map(|(name, mut pairs, points)| {
        pairs.insert(NAME.to_owned(), name);
        (pairs.into_iter().collect(), points)
    })
}

proptest! {
    #[test]
    fn what_was_written_is_read_back_to_the_bit(all in prop::collection::vec(any_series(), 0..6), piece in 1usize..200) {
        let mut wanted = Kept::new();
        for (pairs, points) in all {
            wanted.entry(pairs).or_insert_with(|| points.into_iter().collect());
        }
        let source = Shelf(wanted.iter().map(|(pairs, points)| (labels(pairs), points.clone())).collect());
        let (file, _) = export(&source);
        // Every NaN is one in text, the marker of staleness has none, and histograms are left out.
        for points in wanted.values_mut() {
            points.retain(|(_, bits)| *bits != STALE_BITS && *bits != HISTOGRAM_BITS);
            for (_, bits) in points.iter_mut().filter(|(_, bits)| f64::from_bits(*bits).is_nan()) {
                *bits = NORMAL_NAN_BITS;
            }
        }
        wanted.retain(|_, points| !points.is_empty());
        prop_assert_eq!(import(&file, piece, true), Ok(wanted.clone()), "{}", file);
        prop_assert_eq!(import(&file, piece, false), Ok(wanted));
    }
}
