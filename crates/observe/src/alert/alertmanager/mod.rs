//! Alertmanager's API, version 2, as Prometheus and `amtool` speak it. Errors are its own: a text as JSON.

mod alerts;
mod answer;
mod groups;
mod post;
mod silences;
mod status;
mod view;

use evenkeel_api::{Routes, routes};

use super::Alerts;

pub(in crate::alert) use post::given;

/// The one receiver there is: who is told, and how, is the affair of on-call and escalation.
const RECEIVER: &str = "evenkeel";

/// The routes, with their state applied.
pub(super) fn router(alerts: Alerts) -> Routes {
    Routes::new()
        .routes(routes!(status::alertmanager_status))
        .routes(routes!(status::alertmanager_receivers))
        .routes(routes!(status::alertmanager_healthy))
        .routes(routes!(status::alertmanager_ready))
        .routes(routes!(alerts::alertmanager_alerts, post::alertmanager_post))
        .routes(routes!(groups::alertmanager_groups))
        .routes(routes!(silences::alertmanager_silences, silences::alertmanager_silence_set))
        .routes(routes!(silences::alertmanager_silence, silences::alertmanager_silence_end))
        .with_state(alerts)
}
