use crate::exposition::{Format, Options, accept, media::choose};

#[test]
fn a_known_content_type_counts_and_an_unknown_one_needs_a_fallback() {
    let known = |content_type: &str| choose(content_type, None).unwrap().0;
    assert_eq!(known("text/plain; version=0.0.4; charset=utf-8; escaping=underscores"), Format::Text);
    assert_eq!(known("TEXT/PLAIN"), Format::Text);
    assert_eq!(known("application/openmetrics-text; version=1.0.0; charset=utf-8"), Format::OpenMetrics);
    let protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
    assert_eq!(known(protobuf), Format::Protobuf);
    assert!(choose("application/vnd.google.protobuf; encoding=text", None).is_err());
    for unknown in ["", "text/html", "application/json"] {
        assert!(choose(unknown, None).unwrap_err().what.contains("fallback_scrape_protocol"), "{unknown}");
        let (format, warning) = choose(unknown, Some(Format::Text)).unwrap();
        assert_eq!((format, warning.is_some()), (Format::Text, !unknown.is_empty()), "{unknown}");
    }
    assert_eq!(Options::default().fallback, None);
}

#[test]
fn the_accept_header_lists_protocols_by_falling_weight() {
    assert_eq!(
        accept(&["OpenMetricsText1.0.0", "PrometheusText0.0.4"], "allow-utf-8"),
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
    );
}
