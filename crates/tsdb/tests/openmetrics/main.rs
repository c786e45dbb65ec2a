//! The `OpenMetrics` project's own cases (tests/data/openmetrics): each says whether a strict parser accepts it.
//!
//! Prints one line (`openmetrics passed/total`) and each failure with its reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::{fs, path::PathBuf};

use evenkeel_tsdb::{
    batch::Batch,
    exposition::{Options, ParseError, parse},
};

const DATA: &str = "tests/data/openmetrics/parsers";

fn read(case: &std::path::Path, strict: bool, batch: &mut Batch) -> Result<(), ParseError> {
    let page = fs::read(case.join("metrics")).unwrap();
    batch.clear();
    parse("application/openmetrics-text", &page, 0, &Options { strict, ..Options::default() }, batch).map(|_| ())
}

fn cases() -> Vec<(PathBuf, bool)> {
    let mut cases: Vec<_> = fs::read_dir(DATA)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let told = fs::read_to_string(path.join("test.json")).unwrap();
            let should = told.contains("\"shouldParse\": true");
            assert!(should || told.contains("\"shouldParse\": false"), "{}: {told}", path.display());
            (path, should)
        })
        .collect();
    cases.sort();
    cases
}

#[test]
fn every_case_is_judged_as_it_says() {
    let mut batch = Batch::new();
    let (mut passed, cases) = (0, cases());
    for (case, should) in &cases {
        let read = read(case, true, &mut batch);
        if read.is_ok() == *should {
            passed += 1;
        } else {
            println!("{}: should parse: {should}; {read:?}", case.display());
        }
    }
    println!("openmetrics {passed}/{}", cases.len());
    assert_eq!((passed, cases.len()), (211, 211));
}

#[test]
fn every_page_that_is_right_is_also_read_as_prometheus_reads_it() {
    let mut batch = Batch::new();
    for (case, _) in cases().iter().filter(|(_, should)| *should) {
        read(case, false, &mut batch).unwrap_or_else(|error| panic!("{}: {error}", case.display()));
    }
}
