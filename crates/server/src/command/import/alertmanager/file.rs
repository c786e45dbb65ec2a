//! Alertmanager's configuration file, as far as it is understood. The global part and the receivers hold secrets: they have no `Debug`,
//! and no error shows what stands in the file.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// The file.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Config {
    pub global: Map<String, Value>,
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
    pub repeat_interval: Option<String>,
    #[serde(rename = "continue")]
    pub goes_on: bool,
    pub mute_time_intervals: Vec<String>,
    pub active_time_intervals: Vec<String>,
    pub routes: Vec<Route>,
}

impl Route {
    /// Gives the children what they have of their parent when they do not say it themselves.
    fn inherit(&mut self) {
        for child in &mut self.routes {
            if child.receiver.is_empty() {
                child.receiver.clone_from(&self.receiver);
            }
            child.repeat_interval = child.repeat_interval.take().or_else(|| self.repeat_interval.clone());
            child.inherit();
        }
    }

    /// How often the receiver is told again, as the first route to it says.
    pub fn repeat_interval_of(&self, receiver: &str) -> Option<&str> {
        let own = self.repeat_interval.as_deref().filter(|_| self.receiver == receiver);
        own.or_else(|| self.routes.iter().find_map(|route| route.repeat_interval_of(receiver)))
    }
}

/// A receiver: its name, and a list of configurations for each way by which it tells.
#[derive(Deserialize)]
pub(super) struct Receiver {
    pub name: String,
    #[serde(flatten)]
    pub ways: BTreeMap<String, Value>,
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

/// Reads the file.
///
/// # Errors
/// In words, without what stands there.
pub(super) fn read(text: &str) -> Result<Config, String> {
    let mut config = serde_saphyr::from_str::<Config>(text).map_err(|error| error.without_snippet().to_string())?;
    config.route.inherit();
    Ok(config)
}
