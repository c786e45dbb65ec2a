use evenkeel_api::Role;
use serde_json::json;

use super::{Client, NOW_MS};

/// `PromQL` and others in an address.
fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn a_query_at_an_instant_is_answered_as_prometheus_answers() {
    let client = Client::new();
    client.fill().await;
    let at = NOW_MS / 1000;
    let answer = client.get(&format!("query?query=up&time={at}")).await;
    assert_eq!(answer.headers["content-type"], "application/json");
    let wanted = json!({ "status": "success", "data": { "resultType": "vector", "result": [
        { "metric": { "__name__": "up", "instance": "a", "job": "node" }, "value": [at, "1"] },
        { "metric": { "__name__": "up", "instance": "b", "job": "node" }, "value": [at, "20"] },
    ] } });
    assert_eq!((answer.status, &answer.body), (200, &wanted));
    // Now, when nobody says when; as a form in the body just as well.
    assert_eq!(client.get("query?query=up").await.body, wanted);
    assert_eq!(client.form("query", "query=up").await.body, wanted);
    let scalar = client.get(&format!("query?query=2.5&time={at}.25")).await;
    assert_eq!(scalar.body["data"], json!({ "resultType": "scalar", "result": [1_795_334_400.25, "2.5"] }));
    let text = client.get(&format!("query?query={}&time=2026-11-22T08:00:00Z", escaped("\"a\\\"b\""))).await;
    assert_eq!(text.body["data"], json!({ "resultType": "string", "result": [at, "a\"b"] }));
    let nothing = client.get("query?query=down").await;
    assert_eq!(nothing.body["data"], json!({ "resultType": "vector", "result": [] }));
}

#[tokio::test]
async fn a_range_has_a_value_at_each_step() {
    let client = Client::new();
    client.fill().await;
    let at = NOW_MS / 1000;
    let path = format!("query_range?query={}&start={}&end={at}&step=30s", escaped("up{instance=\"b\"}"), at - 60);
    let wanted = json!({ "resultType": "matrix", "result": [
        { "metric": { "__name__": "up", "instance": "b", "job": "node" }, "values": [[at - 60, "16"], [at - 30, "18"], [at, "20"]] },
    ] });
    assert_eq!(client.get(&path).await.body["data"], wanted);
    let form = format!("query={}&start={}&end={at}&step=30", escaped("up{instance=\"b\"}"), at - 60);
    assert_eq!(client.form("query_range", &form).await.body["data"], wanted);
    let cut = client.form("query_range", &format!("query=up&start={at}&end={at}&step=1&limit=1")).await;
    assert_eq!(cut.body["warnings"], json!(["results truncated due to limit"]));
    assert_eq!(cut.body["data"]["result"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_wrong_is_said_with_prometheus_codes() {
    let client = Client::new();
    client.fill().await;
    let at = NOW_MS / 1000;
    for (path, status, kind, words) in [
        ("query?query=up{".to_owned(), 400, "bad_data", "invalid parameter \"query\": 1:4: parse error"),
        ("query".to_owned(), 400, "bad_data", "no expression found"),
        ("query?query=up&time=yesterday".to_owned(), 400, "bad_data", "invalid parameter \"time\": cannot parse \"yesterday\""),
        ("query?query=up&timeout=never".to_owned(), 400, "bad_data", "invalid parameter \"timeout\""),
        ("query?query=up%20%2B%20on()%20up".to_owned(), 422, "execution", "many-to-many"),
        (format!("query_range?query=up&start={at}&end={}&step=1", at - 1), 400, "bad_data", "end timestamp must not be before start time"),
        (format!("query_range?query=up&start={at}&end={at}&step=0"), 400, "bad_data", "zero or negative query resolution step"),
        (format!("query_range?query=up&start=0&end={at}&step=1"), 400, "bad_data", "exceeded maximum resolution of 11000 points"),
        (format!("query_range?query=up[5m]&start={at}&end={at}&step=1"), 400, "bad_data", "must be Scalar or instant Vector"),
        ("series".to_owned(), 400, "bad_data", "no match[] parameter provided"),
        ("series?match[]=rate(up[5m])".to_owned(), 400, "bad_data", "a series selector"),
        ("labels?match[]={}".to_owned(), 400, "bad_data", "at least one non-empty matcher"),
    ] {
        let answer = client.get(&path).await;
        assert_eq!((answer.status, answer.body["status"].as_str()), (status, Some("error")), "{path}: {}", answer.text);
        assert_eq!(answer.body["errorType"], kind, "{path}");
        assert!(answer.body["error"].as_str().unwrap().contains(words), "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn series_and_labels_are_listed_and_cut() {
    let client = Client::new();
    client.fill().await;
    let data = async |path: &str| client.get(path).await.body["data"].clone();
    assert_eq!(data("labels").await, json!(["__name__", "instance", "job"]));
    assert_eq!(data("label/__name__/values").await, json!(["up"]));
    assert_eq!(data("label/instance/values?match[]=up{instance!='a'}&match[]=down").await, json!(["b"]));
    assert_eq!(data("label/U__instance/values").await, json!(["a", "b"]));
    assert_eq!(data("label/nowhere/values").await, json!([]));
    let series = client.get("series?match[]=up&match[]={job='node'}&limit=1").await;
    assert_eq!(series.body["data"], json!([{ "__name__": "up", "instance": "a", "job": "node" }]));
    assert_eq!(series.body["warnings"], json!(["results truncated due to limit"]));
    let before = NOW_MS / 1000 - 3600 * 24;
    assert_eq!(data(&format!("series?match[]=up&start={}&end={before}", before - 60)).await, json!([]));
}

#[tokio::test]
async fn the_engine_tells_of_itself() {
    let client = Client::new();
    client.fill().await;
    let tsdb = client.get("status/tsdb?limit=1").await.body["data"].clone();
    assert_eq!(tsdb["headStats"]["numSeries"], 2);
    assert_eq!(tsdb["seriesCountByMetricName"], json!([{ "name": "up", "value": 2 }]));
    assert_eq!(tsdb["labelValueCountByLabelName"], json!([{ "name": "instance", "value": 2 }]));
    assert_eq!(client.get("status/buildinfo").await.body["data"]["version"], "3.14.0");
    assert_eq!(client.get("status/runtimeinfo").await.body["data"]["storageRetention"], "30d");
    assert_eq!(client.get("status/flags").await.body["data"]["query.max-concurrency"], "4");
    assert!(client.get("status/config").await.body["data"]["yaml"].is_string());
    let formatted = client.get("format_query?query=sum(rate(up[5m]))by(job)").await;
    assert_eq!(formatted.body["data"], "sum by (job) (rate(up[5m]))");
    assert_eq!(client.get("query_exemplars?query=up").await.body["data"], json!([]));
}

#[tokio::test]
async fn customers_and_strangers_see_no_metric() {
    let mut client = Client::new();
    for (role, status) in [(Some(Role::Customer), 403), (Some(Role::Vendor), 403), (None, 401), (Some(Role::Auditor), 200)] {
        client.role = role;
        for path in ["query?query=up", "series?match[]=up", "labels", "label/job/values", "metadata", "status/tsdb"] {
            assert_eq!(client.get(path).await.status, status, "{role:?} {path}");
        }
    }
}
