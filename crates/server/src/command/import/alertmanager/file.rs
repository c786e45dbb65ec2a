//! Alertmanager's configuration file, as far as it is understood. What else stands in it is passed over: its secrets, too.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Config {
    pub route: Route,
    pub receivers: Vec<Receiver>,
    pub inhibit_rules: Vec<InhibitRule>,
    pub time_intervals: Vec<TimeInterval>,
    pub mute_time_intervals: Vec<TimeInterval>,
}

/// A node of the tree of routes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Route {
    pub receiver: String,
    pub matchers: Vec<String>,
    #[serde(rename = "match")]
    pub equal: BTreeMap<String, String>,
    pub match_re: BTreeMap<String, String>,
    pub group_by: Vec<String>,
    #[serde(rename = "continue")]
    pub goes_on: bool,
    pub mute_time_intervals: Vec<String>,
    pub active_time_intervals: Vec<String>,
    pub routes: Vec<Route>,
}

/// A receiver: its name, and by which ways it tells.
#[derive(Debug, Deserialize)]
pub(super) struct Receiver {
    pub name: String,
    #[serde(flatten)]
    #[allow(clippy::zero_sized_map_values, reason = "what is flattened is a map; the names are all that matters")]
    pub ways: BTreeMap<String, IgnoredAny>,
}

/// A rule of inhibition, in both of its forms.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct InhibitRule {
    pub source_matchers: Vec<String>,
    pub source_match: BTreeMap<String, String>,
    pub source_match_re: BTreeMap<String, String>,
    pub target_matchers: Vec<String>,
    pub target_match: BTreeMap<String, String>,
    pub target_match_re: BTreeMap<String, String>,
    pub equal: Vec<String>,
}

/// A named set of times.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TimeInterval {
    pub name: String,
    pub time_intervals: Vec<Interval>,
}

/// One of its times.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Interval {
    pub times: Vec<Span>,
    pub weekdays: Vec<String>,
    pub days_of_month: Vec<String>,
    pub months: Vec<String>,
    pub years: Vec<String>,
    pub location: Option<String>,
}

/// From and to, of a day.
#[derive(Debug, Deserialize)]
pub(super) struct Span {
    pub start_time: String,
    pub end_time: String,
}
