//! The shop's own counters in the Prometheus text format.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// Upper bounds of the latency histogram, seconds.
const BUCKETS_SECS: [f64; 8] = [0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0];

/// Counters since the process began.
#[derive(Debug, Default)]
pub struct Metrics {
    orders: AtomicU64,
    revenue_fen: AtomicU64,
    requests: Mutex<BTreeMap<(&'static str, String, u16), u64>>,
    latency: Mutex<([u64; BUCKETS_SECS.len()], u64, f64)>,
}

impl Metrics {
    /// One order came in; gives its number, from 1.
    pub fn order(&self, fen: u64) -> u64 {
        self.revenue_fen.fetch_add(fen, Ordering::Relaxed);
        self.orders.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// How many orders there are.
    pub fn orders(&self) -> u64 {
        self.orders.load(Ordering::Relaxed)
    }

    /// One request was answered. `route` is a pattern of the router, never what the client typed: the set is bounded.
    pub fn request(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((method, route.to_owned(), status)).or_default() += 1;
        drop(requests);
        let mut latency = self.latency.lock().unwrap_or_else(PoisonError::into_inner);
        let secs = took.as_secs_f64();
        for (bucket, bound) in latency.0.iter_mut().zip(BUCKETS_SECS) {
            if secs <= bound {
                *bucket += 1;
            }
        }
        latency.1 += 1;
        latency.2 += secs;
    }

    /// The text a scraper reads.
    pub fn render(&self) -> String {
        let mut out = String::with_capacity(2048);
        let _ = write!(
            out,
            "# HELP orders_total Orders taken since the shop started.\n# TYPE orders_total counter\norders_total {}\n\
             # HELP order_revenue_yuan_total Value of the orders taken.\n# TYPE order_revenue_yuan_total counter\norder_revenue_yuan_total {}.{:02}\n",
            self.orders(),
            self.revenue_fen.load(Ordering::Relaxed) / 100,
            self.revenue_fen.load(Ordering::Relaxed) % 100,
        );
        out.push_str("# HELP http_requests_total Requests answered.\n# TYPE http_requests_total counter\n");
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for ((method, route, status), count) in requests.iter() {
            let _ = writeln!(out, "http_requests_total{{method=\"{method}\",path=\"{route}\",status=\"{status}\"}} {count}");
        }
        drop(requests);
        out.push_str("# HELP http_request_duration_seconds How long answers took.\n# TYPE http_request_duration_seconds histogram\n");
        let latency = self.latency.lock().unwrap_or_else(PoisonError::into_inner);
        for (count, bound) in latency.0.iter().zip(BUCKETS_SECS) {
            let _ = writeln!(out, "http_request_duration_seconds_bucket{{le=\"{bound}\"}} {count}");
        }
        let _ = write!(
            out,
            "http_request_duration_seconds_bucket{{le=\"+Inf\"}} {count}\nhttp_request_duration_seconds_sum {sum:.6}\nhttp_request_duration_seconds_count {count}\n",
            count = latency.1,
            sum = latency.2,
        );
        out
    }
}
