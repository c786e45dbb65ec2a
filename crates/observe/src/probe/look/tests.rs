#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

#[test]
fn codes_are_unique_words_and_read_back() {
    for code in Code::ALL {
        assert_eq!(Code::parse(code.as_str()), Some(*code));
    }
    let mut words: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), Code::ALL.len());
}

#[test]
fn running_out_of_descriptors_is_our_fault_and_proves_nothing() {
    for errno in [24, 23, 105, 99] {
        let fault = Fault::io(&std::io::Error::from_raw_os_error(errno), "connect");
        assert_eq!(fault.code, Code::LocalResources);
        assert_eq!(fault.code.outcome(), Outcome::Unsure);
    }
}

#[test]
fn a_refused_connection_is_an_answer_and_no_word_about_the_path() {
    let fault = Fault::io(&std::io::ErrorKind::ConnectionRefused.into(), "connect");
    assert_eq!((fault.code, fault.network), (Code::ConnectionRefused, false));
    let fault = Fault::io(&std::io::ErrorKind::HostUnreachable.into(), "connect");
    assert_eq!((fault.code, fault.network), (Code::Unreachable, true));
}

#[test]
fn details_are_cut_and_hold_no_line_breaks() {
    let long = clean(&"é\n".repeat(1000));
    assert_eq!(long.chars().count(), DETAIL_CHARS_MAX);
    assert!(!long.contains('\n'));
}

#[test]
fn phases_passed_twice_add_up() {
    let mut trace = Trace::default();
    trace.add_with("probe_http_duration_seconds", ("phase", "connect"), 1.0);
    trace.add_with("probe_http_duration_seconds", ("phase", "connect"), 2.0);
    trace.set("probe_http_status_code", 301.0);
    trace.set("probe_http_status_code", 200.0);
    let look = trace.finish(Ok("HTTP 200".into()), Duration::from_millis(5));
    let value = |metric| look.samples.iter().find(|sample| sample.metric == metric).map(|sample| sample.value);
    assert_eq!(value("probe_http_duration_seconds"), Some(3.0));
    assert_eq!(value("probe_http_status_code"), Some(200.0));
    assert_eq!(value("probe_success"), Some(1.0));
}
