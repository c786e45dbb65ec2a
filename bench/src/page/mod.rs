//! Group `page`: from a fault to a page, and what becomes of a great many alerts.
//!
//! The fault: two hundred services, each looked at once a second; each fails once, at a moment of its own. Evenkeel does the
//! whole way in one process; beside it Debian's prometheus, alertmanager and `blackbox_exporter`, told to wait for nothing. The
//! chains take turns, so that each has the machine to itself.

mod chain;
mod fault;
mod flood;
mod services;
mod sink;
mod storm;

use crate::report::Report;

/// The peer's name in a line.
const PEER: &str = "prometheus + alertmanager + blackbox_exporter";

/// Measures the group.
pub fn run(report: &mut Report) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        fault::measure(report).await;
        storm::measure(report).await;
        flood::list(report).await;
        flood::minute(report).await;
    });
}

/// The value below which a share of them lies.
fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
    let place = ((values.len() as f64 * share).ceil() as usize).clamp(1, values.len()) - 1;
    values[place]
}
