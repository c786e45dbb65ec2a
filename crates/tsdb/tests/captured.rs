//! What real senders wrote (tests/data/captured): the formats agree about the same targets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_cmp, missing_docs)]

use std::collections::BTreeMap;

use evenkeel_tsdb::{
    batch::{Batch, Kind, NAME},
    exposition::{Options, parse},
    otlp,
    remote::{Bounds, Version, decode},
    store::Value,
};

const DATA: &str = "tests/data/captured";
const PROTOBUF: &str = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

type Series = BTreeMap<Vec<(String, String)>, f64>;

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(format!("{DATA}/{name}")).unwrap()
}

fn page(name: &str, content_type: &str) -> Batch {
    let mut batch = Batch::new();
    parse(content_type, &bytes(name), 1000, &Options::default(), &mut batch).unwrap();
    batch
}

fn series(batch: &Batch) -> Series {
    let mut all = Series::new();
    for sample in batch.samples() {
        let key = sample.labels().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let Value::Float(value) = sample.value() else { panic!("a float") };
        assert!(all.insert(key, value).is_none(), "{:?} twice", sample.metric());
    }
    all
}

fn kinds(batch: &Batch) -> BTreeMap<&str, (Kind, &str)> {
    batch.families().map(|family| (family.name, (family.kind, family.help))).collect()
}

#[test]
fn a_page_holds_the_same_series_and_metadata_as_text_and_as_protobuf() {
    for (name, least) in [("node", 70), ("prometheus", 400)] {
        let (text, binary) = (page(&format!("{name}.prom"), "text/plain; version=0.0.4"), page(&format!("{name}.pb"), PROTOBUF));
        let (in_text, in_binary) = (series(&text), series(&binary));
        assert!(in_text.len() >= least, "{name}: {}", in_text.len());
        assert_eq!(in_text.keys().collect::<Vec<_>>(), in_binary.keys().collect::<Vec<_>>(), "{name}");
        assert_eq!(kinds(&text), kinds(&binary), "{name}");
        // What stands still between two scrapes is equal: bounds, sizes, build information.
        let equal = in_text.iter().filter(|(key, value)| in_binary[*key].to_bits() == value.to_bits()).count();
        assert!(equal * 10 >= in_text.len() * 7, "{name}: {equal} of {}", in_text.len());
    }
}

#[test]
fn a_request_of_prometheus_holds_the_series_of_the_pages_it_scraped() {
    let mut batch = Batch::new();
    let received = decode(Version::V1, &bytes("remote-write.snappy"), &Bounds::default(), &mut batch).unwrap();
    assert_eq!((received.samples, received.refused_series), (batch.len(), 0));
    assert_eq!(batch.len(), 500, "a full request of Prometheus 2.42");
    let mut known = Vec::new();
    for name in ["node.prom", "prometheus.prom"] {
        known.extend(series(&page(name, "text/plain")).into_keys());
    }
    // Prometheus 2 did not spell bounds alike in every format, so that they are left out of the comparison.
    let plain = |mut key: Vec<(String, String)>| {
        key.retain(|(name, _)| !["job", "instance", "le", "quantile"].contains(&name.as_str()));
        key
    };
    let known: Vec<_> = known.into_iter().map(plain).collect();
    let mut scraped = 0;
    for sample in batch.samples() {
        assert!(!sample.label("job").is_empty() && !sample.label("instance").is_empty());
        if ["up", "scrape_"].iter().any(|prefix| sample.metric().starts_with(prefix)) {
            continue;
        }
        let key = plain(sample.labels().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
        assert!(known.contains(&key), "{key:?} is on no page");
        assert_eq!(key[0].0, NAME);
        scraped += 1;
    }
    assert!(scraped > 450);
}

#[test]
fn a_request_of_vmagent_is_read() {
    let mut batch = Batch::new();
    let received = decode(Version::V1, &bytes("vmagent.snappy"), &Bounds::default(), &mut batch).unwrap();
    assert_eq!((received.samples, received.refused_series), (batch.len(), 0));
    assert!(batch.len() > 70, "{}", batch.len());
    assert!(batch.samples().all(|sample| sample.label("job") == "node" && sample.label("instance") == "127.0.0.1:19117"));
}

#[test]
fn requests_of_an_opentelemetry_sdk_are_read_alike_in_both_encodings_with_prometheus_names() {
    let read = |encoding, name: &str| {
        let mut batch = Batch::new();
        let received = otlp::decode(encoding, &bytes(name), &otlp::Options::default(), &mut batch).unwrap();
        assert_eq!((received.accepted, received.rejected), (6, 0), "{}", received.message);
        batch
    };
    let (json, binary) = (read(otlp::Encoding::Json, "opentelemetry-js.json"), read(otlp::Encoding::Protobuf, "opentelemetry-js.pb"));
    let shown = |batch: &Batch| -> Vec<String> {
        let value = |value: Value<'_>| format!("{value:?}");
        batch.samples().map(|sample| format!("{:?} {}", sample.labels().collect::<Vec<_>>(), value(sample.value()))).collect()
    };
    assert_eq!(shown(&json), shown(&binary));
    let find = |name: &'static str| json.samples().filter(move |sample| sample.metric() == name);
    for name in [
        "http_server_requests_total",
        "queue_length",
        "http_server_request_duration_seconds_bucket",
        "http_server_request_duration_seconds_sum",
        "http_server_request_duration_seconds_count",
        "payload_size_bytes",
        "memory_utilization_ratio",
        "target_info",
    ] {
        assert!(find(name).count() > 0, "{name}: {:?}", shown(&json));
        assert!(find(name).all(|sample| (sample.label("job"), sample.label("instance")) == ("eu/shop", "i-1")));
    }
    let get = find("http_server_requests_total").find(|sample| sample.label("http_request_method") == "GET").unwrap();
    assert_eq!((get.value(), get.label("code")), (Value::Float(3.0), "200"));
    assert_eq!(find("queue_length").next().unwrap().value(), Value::Float(-2.0));
    let Value::Histogram(sizes) = find("payload_size_bytes").next().unwrap().value() else { panic!("a histogram") };
    assert_eq!((sizes.count, sizes.sum, sizes.zero_count), (5.0, 2610.0, 1.0));
    assert_eq!(sizes.positive.iter().sum::<f64>(), 4.0);
    let info = find("target_info").next().unwrap();
    assert_eq!((info.label("deployment_environment_name"), info.label("process_command_args")), ("test", "[\"a\",\"b\"]"));
}
