use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use evenkeel_core::Clock;
use evenkeel_tsdb::{batch::Batch, promql, remote};
use jiff::Timestamp;

use super::{Client, MetricOptions, NOW_MS, clock, tenant};
use crate::metric::Ask;

/// A clock on which every look takes ten seconds.
struct Hasty(AtomicI64);

impl Clock for Hasty {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.fetch_add(10_000, Ordering::Relaxed)).unwrap()
    }
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_given_up() {
    let client = Client::with(Arc::new(Hasty(AtomicI64::new(NOW_MS))), MetricOptions::default());
    let answer = client.get("query?query=sum(up)&timeout=5").await;
    assert_eq!((answer.status, answer.body["errorType"].as_str()), (503, Some("timeout")), "{}", answer.text);
    assert!(answer.body["error"].as_str().unwrap().contains("time limit"), "{}", answer.text);
}

#[tokio::test]
async fn a_query_over_its_limits_is_refused_with_the_limit_named() {
    let limits = promql::Limits { samples_max: 10, ..promql::Limits::default() };
    let client = Client::with(clock(), MetricOptions { limits, ..MetricOptions::default() });
    client.fill().await;
    let answer = client.get("query?query=up[5m]").await;
    assert_eq!((answer.status, answer.body["errorType"].as_str()), (422, Some("execution")), "{}", answer.text);
    assert!(answer.body["error"].as_str().unwrap().contains("limit samples_max"), "{}", answer.text);
}

#[tokio::test]
async fn a_query_that_nobody_waits_for_gives_its_place_back() {
    let client =
        Client::with(clock(), MetricOptions { queries_max: 1, query_timeout: Duration::from_hours(1), ..MetricOptions::default() });
    client.fill().await;
    let backend = client.metrics.backend();
    // Within every limit, and minutes of sorting, were it done to its end.
    let deep = "sum_over_time(quantile_over_time(0.5, vector(time())[1d:1s])[1d:1s])";
    let mut query = Box::pin(backend.query(tenant(), deep, NOW_MS, Ask::default()));
    assert!(futures::poll!(&mut query).is_pending());
    drop(query);
    assert!(backend.query(tenant(), "up", NOW_MS, Ask::default()).await.is_ok());
}

#[tokio::test]
async fn a_large_result_goes_out_in_pieces() {
    let client = Client::new();
    let mut batch = Batch::new();
    for number in 0..2_000 {
        batch.name("wide");
        batch.label("number", &number.to_string());
        batch.float(NOW_MS, f64::from(number)).unwrap();
    }
    assert_eq!(client.write(remote::Version::V1, &batch).await.status, 204);
    let at = NOW_MS / 1000;
    let answer = client.get(&format!("query_range?query=wide&start={at}&end={}&step=10", at + 60)).await;
    assert!(answer.pieces > 3 && answer.pieces < 20, "{} pieces", answer.pieces);
    let series = answer.body["data"]["result"].as_array().unwrap();
    assert_eq!((series.len(), series[0]["values"].as_array().unwrap().len()), (2_000, 7));
}
