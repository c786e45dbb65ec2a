use axum::body::Body;
use evenkeel_api::Role;
use evenkeel_tsdb::{
    batch::{Batch, Kind},
    histogram::Histogram,
    remote,
    store::{Incoming, Value},
};
use http::Request;
use serde_json::json;

use super::{Client, NOW_MS};

fn one(value: f64) -> Batch {
    let mut batch = Batch::new();
    batch.name("up");
    batch.label("job", "node");
    batch.float(NOW_MS, value).unwrap();
    batch
}

#[tokio::test]
async fn both_versions_of_remote_write_are_taken_with_their_metadata() {
    let client = Client::new();
    for version in [remote::Version::V1, remote::Version::V2] {
        let name = format!("requests_{}_total", version.header().replace('.', "_"));
        let mut batch = Batch::new();
        batch.family(&name, Kind::Counter, "Requests.", "");
        batch.name(&name);
        batch.float(NOW_MS, 7.0).unwrap();
        batch.name(&name);
        batch.label("le", "native");
        batch.histogram(NOW_MS, Histogram { count: 1.0, sum: 2.0, zero_count: 1.0, ..Histogram::default() }).unwrap();
        let answer = client.write(version, &batch).await;
        assert_eq!(answer.status, 204, "{}", answer.text);
        let written =
            |what: &str| answer.headers[format!("x-prometheus-remote-write-{what}-written").as_str()].to_str().unwrap().to_owned();
        assert_eq!([written("samples"), written("histograms"), written("exemplars")], ["1", "1", "0"]);
        assert_eq!(client.get(&format!("query?query={name}")).await.body["data"]["result"][0]["value"][1], "7");
        let known = client.get(&format!("metadata?metric={name}")).await;
        assert_eq!(known.body["data"][&name], json!([{ "type": "counter", "help": "Requests.", "unit": "" }]), "{}", known.text);
        // The same once more is no fault: senders repeat what they had no answer to.
        assert_eq!(client.write(version, &one(1.0)).await.status, 204);
        assert_eq!(client.write(version, &one(1.0)).await.status, 204);
    }
}

#[tokio::test]
async fn samples_that_cannot_be_taken_are_named_and_the_others_are_taken() {
    let client = Client::new();
    assert_eq!(client.write(remote::Version::V1, &one(1.0)).await.status, 204);
    let mut batch = one(2.0);
    batch.name("down");
    batch.float(NOW_MS, 0.0).unwrap();
    batch.name("tomorrow");
    batch.float(NOW_MS + 86_400_000, 0.0).unwrap();
    let answer = client.write(remote::Version::V2, &batch).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.headers["x-prometheus-remote-write-samples-written"], "1");
    for words in ["2 samples were not taken", "1 conflict", "1 too_new", "__name__=\"up\", job=\"node\"", "__name__=\"tomorrow\""] {
        assert!(answer.text.contains(words), "{words}: {}", answer.text);
    }
    assert_eq!(client.get("query?query=down").await.body["data"]["result"][0]["value"][1], "0");
}

#[tokio::test]
async fn a_series_that_cannot_be_is_told_and_the_others_are_taken() {
    let client = Client::new();
    let sample = |labels| Incoming { labels, at_ms: NOW_MS, value: Value::Float(3.0) };
    let samples = [sample(&[("__name__", "good")][..]), sample(&[("job", "nameless")][..])];
    for version in [remote::Version::V1, remote::Version::V2] {
        let mut body = Vec::new();
        remote::encode(version, &samples, std::iter::empty(), &mut body);
        let request = Request::post("/prometheus/api/v1/write").header("content-type", version.content_type());
        let answer = client.send(request.header("content-encoding", "snappy").body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status, 400);
        assert!(answer.text.contains("1 series cannot be and were left out"), "{}", answer.text);
        assert_eq!(answer.headers["x-prometheus-remote-write-samples-written"], "1");
        assert_eq!(client.get("query?query=good").await.body["data"]["result"][0]["value"][1], "3");
    }
}

#[tokio::test]
async fn what_is_no_remote_write_is_refused() {
    let client = Client::new();
    let send = async |content_type: &str, encoding: &str, body: &'static [u8]| {
        let request = Request::post("/prometheus/api/v1/write").header("content-type", content_type).header("content-encoding", encoding);
        client.send(request.body(Body::from(body)).unwrap()).await
    };
    assert_eq!(send("application/json", "snappy", b"{}").await.status, 415);
    assert_eq!(send("application/x-protobuf;proto=other", "snappy", b"").await.status, 415);
    assert_eq!(send("application/x-protobuf", "gzip", b"").await.status, 415);
    assert_eq!(send("application/x-protobuf", "snappy", b"\xff\xff\xff").await.status, 400);
}

#[tokio::test]
async fn who_only_reads_cannot_write() {
    let mut client = Client::new();
    for (role, status) in [(Some(Role::Auditor), 403), (Some(Role::Desk), 403), (Some(Role::Customer), 403), (None, 401)] {
        client.role = role;
        assert_eq!(client.write(remote::Version::V1, &one(1.0)).await.status, status, "{role:?}");
    }
}

const OTLP: &str = r#"{"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
"scopeMetrics":[{"metrics":[
{"name":"orders","unit":"1","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"asDouble":5,"timeUnixNano":"1795334400000000000"}]}},
{"name":"late","gauge":{"dataPoints":[{"asDouble":1,"timeUnixNano":"1795420800000000000"}]}},
{"name":"delta","sum":{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[{"asDouble":5,"timeUnixNano":"1795334400000000000"}]}}
]}]}]}"#;

#[tokio::test]
async fn otlp_is_taken_plain_or_packed_and_what_is_left_out_is_told() {
    let client = Client::new();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, OTLP.as_bytes()).unwrap();
    for (path, encoding, body) in [
        ("/otlp/v1/metrics", "identity", OTLP.as_bytes().to_vec()),
        ("/prometheus/api/v1/otlp/v1/metrics", "gzip", packed.finish().unwrap()),
    ] {
        let request = Request::post(path).header("content-type", "application/json").header("content-encoding", encoding);
        let answer = client.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!((answer.status, answer.headers["content-type"].to_str().unwrap()), (200, "application/json"), "{}", answer.text);
        let told = &answer.body["partialSuccess"];
        assert_eq!(told["rejectedDataPoints"].to_string().trim_matches('"'), "2", "{}", answer.text);
        let words = told["errorMessage"].as_str().unwrap();
        assert!(words.contains("delta") && words.contains("too_new"), "{words}");
        let found = client.get("query?query=orders_total").await;
        assert_eq!(found.body["data"]["result"][0]["metric"]["job"], "shop", "{}", found.text);
    }
    let odd = Request::post("/otlp/v1/metrics").header("content-type", "text/plain").body(Body::empty()).unwrap();
    assert_eq!(client.send(odd).await.status, 415);
    let broken = Request::post("/otlp/v1/metrics").header("content-type", "application/x-protobuf").header("content-encoding", "gzip");
    assert_eq!(client.send(broken.body(Body::from("no gzip")).unwrap()).await.status, 400);
}
