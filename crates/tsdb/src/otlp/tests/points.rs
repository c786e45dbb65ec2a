use super::{EXAMPLE, Encoding, Options, json, read, request};
use crate::{
    batch::{Batch, Kind},
    otlp::{Bounds, decode},
    source::STALE_BITS,
    store::Value,
};

const AT: &str = r#""timeUnixNano":"1544712660300000000""#;

fn cumulative() -> String {
    EXAMPLE.replace("\"aggregationTemporality\": 1", "\"aggregationTemporality\": 2")
}

#[test]
fn the_example_of_opentelemetry_is_accepted_with_prometheus_names() {
    let (lines, received) = json(&cumulative());
    assert_eq!((received.accepted, received.rejected, received.message.as_str()), (4, 0, ""));
    let hist = r#"job="my.service",my_histogram_attr="some value""#;
    let bucket = |le: &str| format!(r#"my_histogram_bucket{{job="my.service",le="{le}",my_histogram_attr="some value"}}"#);
    assert_eq!(
        lines,
        [
            r#"my_counter_total{job="my.service",my_counter_attr="some value"} 5.0 1544712660300"#.to_owned(),
            r#"my_gauge_ratio{job="my.service",my_gauge_attr="some value"} 10.0 1544712660300"#.to_owned(),
            format!("my_histogram_sum{{{hist}}} 2.0 1544712660300"),
            format!("my_histogram_count{{{hist}}} 2.0 1544712660300"),
            format!("{} 1.0 1544712660300", bucket("1")),
            format!("{} 2.0 1544712660300", bucket("+Inf")),
            // OTLP's bucket 2 of scale 0 is (4, 8], which is our 3.
            r#"my_exponential_histogram{job="my.service",my_exponential_histogram_attr="some value"} 0:[Span { offset: 3, length: 1 }][2.0]/3 1544712660300"#.to_owned(),
        ]
    );
}

#[test]
fn delta_temporality_is_refused_with_what_to_do_and_the_rest_is_kept() {
    let (lines, received) = json(EXAMPLE);
    assert_eq!((received.accepted, received.rejected, lines.len()), (1, 3, 1));
    assert!(received.message.starts_with("my.counter: delta temporality, only cumulative is kept"), "{}", received.message);
    assert!(received.message.contains("deltatocumulative"));
}

#[test]
fn what_is_said_about_metrics_is_kept() {
    let mut batch = Batch::new();
    decode(Encoding::Json, cumulative().as_bytes(), &Options::default(), &mut batch).unwrap();
    let told: Vec<_> = batch.families().map(|family| (family.name.to_owned(), family.kind, family.help.to_owned())).collect();
    assert_eq!(told[0], ("my_counter_total".to_owned(), Kind::Counter, "I am a Counter".to_owned()));
    assert_eq!(told[3], ("my_exponential_histogram".to_owned(), Kind::Histogram, "I am an Exponential Histogram".to_owned()));
    assert_eq!(batch.samples().next().unwrap().start_ms(), Some(1_544_712_660_300));
}

#[test]
fn a_resource_names_job_and_instance_and_the_rest_goes_to_target_info() {
    let attribute = |key: &str, value: &str| format!(r#"{{"key":"{key}","value":{{"stringValue":"{value}"}}}}"#);
    let resource = [
        attribute("service.name", "shop"),
        attribute("service.namespace", "eu"),
        attribute("service.instance.id", "i-1"),
        attribute("k8s.pod.name", "shop-0"),
    ]
    .join(",");
    let points = format!(
        r#"{{"name":"up","gauge":{{"dataPoints":[{{"asInt":"1",{AT}}},{{"asInt":2,"timeUnixNano":1544713260300000000,"attributes":[{{"key":"job","value":{{"stringValue":"own"}}}}]}}]}}}}"#
    );
    let body = request(&resource, &points);
    let identity = r#"instance="i-1",job="eu/shop""#;
    let (lines, _) = json(&body);
    // Ten minutes apart: `target_info` stands at each instant that a query may ask for.
    let info = |at: i64| format!(r#"target_info{{{identity},k8s_pod_name="shop-0"}} 1.0 {at}"#);
    assert_eq!(lines[..2], [format!("up{{{identity}}} 1.0 1544712660300"), format!("up{{{identity}}} 2.0 1544713260300")]);
    assert_eq!(lines[2..], [0, 150, 300, 450, 600].map(|secs| info(1_544_712_660_300 + secs * 1000)));

    let options = Options {
        promote_resource_attributes: vec!["k8s.pod.name".to_owned()],
        keep_identifying_resource_attributes: true,
        ..Options::default()
    };
    let (lines, _) = read(Encoding::Json, body.as_bytes(), &options).unwrap();
    assert!(lines[0].starts_with(&format!(r#"up{{{identity},k8s_pod_name="shop-0"}}"#)));
    assert!(lines[2].contains(r#"service_name="shop""#));
    let only_identity = request(&attribute("service.name", "shop"), &points);
    assert_eq!(json(&only_identity).0.len(), 2);
    let no_identity = request(&attribute("k8s.pod.name", "x"), &points);
    assert_eq!(json(&no_identity).0.len(), 2);
}

#[test]
fn target_info_is_bounded_whatever_the_instants() {
    let resource = r#"{"key":"service.name","value":{"stringValue":"a"}},{"key":"b","value":{"intValue":"1"}}"#;
    let points = format!(r#"{{"name":"up","gauge":{{"dataPoints":[{{"asInt":"1","timeUnixNano":"1"}},{{"asInt":"1",{AT}}}]}}}}"#);
    let (lines, _) = json(&request(resource, &points));
    assert_eq!(lines.len(), 2 + 64);
    assert!(lines.last().unwrap().ends_with("1544712660300"));
}

#[test]
fn scopes_become_labels_when_they_are_asked_for() {
    let options = Options { promote_scope_metadata: true, ..Options::default() };
    let (lines, _) = read(Encoding::Json, cumulative().as_bytes(), &options).unwrap();
    assert!(
        lines[0]
            .contains(r#"otel_scope_my_scope_attribute="some scope attribute",otel_scope_name="my.library",otel_scope_version="1.0.0""#),
        "{}",
        lines[0]
    );
    assert!(!lines[0].contains("schema_url"));
}

#[test]
fn attributes_of_every_kind_have_a_text_and_names_that_meet_are_joined() {
    let metric = format!(
        r#"{{"name":"g","gauge":{{"dataPoints":[{{{AT},"asDouble":"NaN","attributes":[
            {{"key":"a.b","value":{{"intValue":"-5"}}}},{{"key":"a_b","value":{{"boolValue":true}}}},
            {{"key":"d","value":{{"doubleValue":0.5}}}},{{"key":"e","value":{{"doubleValue":1e30}}}},
            {{"key":"l","value":{{"arrayValue":{{"values":[{{"stringValue":"x"}},{{"intValue":2}}]}}}}}},
            {{"key":"m","value":{{"kvlistValue":{{"values":[{{"key":"k","value":{{}}}}]}}}}}},
            {{"key":"empty","value":{{}}}},{{"key":"__name__","value":{{"stringValue":"other"}}}}
        ]}}]}}}}"#
    );
    let (lines, _) = json(&request("", &metric));
    assert_eq!(lines, [r#"g{a_b="-5;true",d="0.5",e="1e+30",l="[\"x\",2]",m="{\"k\":null}"} NaN 1544712660300"#]);
}

#[test]
fn a_summary_has_its_quantiles_and_a_point_without_a_value_ends_the_series() {
    let summary = format!(
        r#"{{"name":"s","summary":{{"dataPoints":[{{{AT},"count":3,"sum":1.5,"quantileValues":[{{"quantile":0.5,"value":0.25}},{{"quantile":1,"value":1}}]}}]}}}}"#
    );
    assert_eq!(
        json(&request("", &summary)).0,
        [
            "s_sum{} 1.5 1544712660300",
            "s_count{} 3.0 1544712660300",
            r#"s{quantile="0.5"} 0.25 1544712660300"#,
            r#"s{quantile="1"} 1.0 1544712660300"#
        ]
    );
    let metric = format!(
        r#"{{"name":"g","gauge":{{"dataPoints":[{{{AT},"flags":1}}]}}}},{{"name":"e","exponentialHistogram":{{"aggregationTemporality":2,"dataPoints":[{{{AT},"flags":1}}]}}}}"#
    );
    let mut batch = Batch::new();
    decode(Encoding::Json, request("", &metric).as_bytes(), &Options::default(), &mut batch).unwrap();
    assert_eq!(batch.len(), 2);
    for sample in batch.samples() {
        assert!(matches!(sample.value(), Value::Float(value) if value.to_bits() == STALE_BITS));
    }
}

#[test]
fn finer_scales_are_made_coarser_and_coarser_ones_refused() {
    let metric = |scale: i32| {
        let metric = format!(
            r#"{{"name":"e","exponentialHistogram":{{"aggregationTemporality":"AGGREGATION_TEMPORALITY_CUMULATIVE","dataPoints":[{{{AT},"scale":{scale},"count":"10","positive":{{"offset":-2,"bucketCounts":["1","2","3","4"]}}}}]}}}}"#
        );
        json(&request("", &metric))
    };
    // Indexes -2..1 of scale 9 are joined in pairs, then moved by one.
    assert_eq!(metric(9).0, ["e{} 8:[Span { offset: 0, length: 2 }][3.0, 7.0]/10 1544712660300"]);
    assert_eq!(metric(20).0, ["e{} 8:[Span { offset: 0, length: 2 }][3.0, 7.0]/10 1544712660300"]);
    assert_eq!(metric(0).0, ["e{} 0:[Span { offset: -1, length: 4 }][1.0, 2.0, 3.0, 4.0]/10 1544712660300"]);
    assert!(metric(-5).1.message.contains("scale -5"));
}

#[test]
fn explicit_buckets_become_custom_bounds_when_they_are_asked_for() {
    let options = Options { convert_histograms_to_nhcb: true, ..Options::default() };
    let (lines, _) = read(Encoding::Json, cumulative().as_bytes(), &options).unwrap();
    assert_eq!(
        lines[2],
        r#"my_histogram{job="my.service",my_histogram_attr="some value"} -53:[Span { offset: 0, length: 2 }][1.0, 1.0]/2 1544712660300"#
    );
}

#[test]
fn exemplars_go_to_the_first_bucket_that_holds_them() {
    let metric = format!(
        r#"{{"name":"h","histogram":{{"aggregationTemporality":2,"dataPoints":[{{{AT},"count":2,"bucketCounts":[1,1],"explicitBounds":[1],"exemplars":[
          {{"asDouble":3,"traceId":"5b8efff798038103d269b633813fc60c","spanId":"0000000000000000","filteredAttributes":[{{"key":"k","value":{{"stringValue":"v"}}}}]}},{{"asInt":"1","timeUnixNano":"5000000"}}]}}]}}}}"#
    );
    let mut batch = Batch::new();
    decode(Encoding::Json, request("", &metric).as_bytes(), &Options::default(), &mut batch).unwrap();
    let shown: Vec<_> = batch.exemplars().map(|one| (one.sample, one.value, one.at_ms, one.labels().collect::<Vec<_>>())).collect();
    assert_eq!(shown, [(1, 1.0, Some(5), vec![]), (2, 3.0, None, vec![("k", "v"), ("trace_id", "5b8efff798038103d269b633813fc60c")])]);
}

#[test]
fn points_that_cannot_be_are_counted_and_the_others_kept() {
    let metric = format!(
        r#"{{"name":"g","gauge":{{"dataPoints":[{{"asInt":"1"}},{{{AT}}},{{"asInt":"1",{AT}}}]}}}},
           {{"name":"h","histogram":{{"aggregationTemporality":2,"dataPoints":[{{{AT},"count":2,"bucketCounts":[1,1,1],"explicitBounds":[2,1]}}]}}}},
           {{"name":"...","gauge":{{"dataPoints":[{{"asInt":"1",{AT}}}]}}}},{{"name":"nothing"}}"#
    );
    let (lines, received) = json(&request("", &metric));
    assert_eq!((lines.len(), received.accepted, received.rejected), (1, 1, 4));
    for reason in ["without an instant", "without a value", "do not rise", "nothing is left"] {
        assert!(received.message.contains(reason), "{reason}: {}", received.message);
    }
}

#[test]
fn a_request_has_bounds() {
    let body = cumulative();
    let with = |bounds: Bounds| read(Encoding::Json, body.as_bytes(), &Options { bounds, ..Options::default() });
    let fine = Bounds::default();
    assert_eq!(with(Bounds { body_bytes_max: 10, ..fine }).unwrap_err().status(), 413);
    assert_eq!(with(Bounds { samples_max: 3, ..fine }).unwrap_err().status(), 413);
    assert_eq!(with(Bounds { json_objects_max: 3, ..fine }).unwrap_err().status(), 413);
    assert_eq!(with(Bounds { attributes_max: 0, ..fine }).unwrap().1.accepted, 0);
    assert_eq!(read(Encoding::Json, b"{\"resourceMetrics\":1}", &Options::default()).unwrap_err().status(), 400);
}
