//! The shape of OpenSLO v1 documents (github.com/OpenSLO/OpenSLO, apiVersion `openslo/v1`). What the parts mean is checked
//! in [`super::check`].

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;
use serde_saphyr::Spanned;

/// A text and its place.
pub(super) type Word = Spanned<String>;

/// What a document says of itself first.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Head {
    #[serde(default)]
    pub api_version: Option<Word>,
    #[serde(default)]
    pub kind: Option<Word>,
    #[serde(default)]
    pub metadata: Option<Spanned<Metadata>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(super) struct Metadata {
    pub name: Option<Word>,
    pub display_name: Option<String>,
    pub labels: Option<IgnoredAny>,
    pub annotations: BTreeMap<String, Word>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Document<S> {
    #[serde(rename = "apiVersion")]
    pub _api_version: IgnoredAny,
    #[serde(rename = "kind")]
    pub _kind: IgnoredAny,
    #[serde(rename = "metadata", default)]
    pub _metadata: Option<IgnoredAny>,
    pub spec: S,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct SloSpec {
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub service: Option<Word>,
    #[serde(default)]
    pub indicator: Option<Spanned<Inline>>,
    #[serde(default)]
    pub indicator_ref: Option<Word>,
    #[serde(default)]
    pub time_window: Vec<Spanned<TimeWindow>>,
    #[serde(default)]
    pub budgeting_method: Option<Word>,
    #[serde(default)]
    pub objectives: Vec<Spanned<Objective>>,
    #[serde(default)]
    pub alert_policies: Vec<Spanned<Value>>,
}

/// An indicator inside of an objective.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Inline {
    #[serde(default, rename = "apiVersion")]
    pub _api_version: Option<IgnoredAny>,
    #[serde(default, rename = "kind")]
    pub _kind: Option<IgnoredAny>,
    #[serde(default, rename = "metadata")]
    pub _metadata: Option<IgnoredAny>,
    pub spec: SliSpec,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct SliSpec {
    #[serde(default, rename = "description")]
    pub _description: Option<String>,
    #[serde(default)]
    pub threshold_metric: Option<Spanned<MetricEntry>>,
    #[serde(default)]
    pub ratio_metric: Option<Spanned<Ratio>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Ratio {
    #[serde(default)]
    pub counter: bool,
    #[serde(default)]
    pub good: Option<Spanned<MetricEntry>>,
    #[serde(default)]
    pub bad: Option<Spanned<MetricEntry>>,
    #[serde(default)]
    pub total: Option<Spanned<MetricEntry>>,
    #[serde(default)]
    pub raw_type: Option<Word>,
    #[serde(default)]
    pub raw: Option<Spanned<MetricEntry>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct MetricEntry {
    #[serde(rename = "metricSource")]
    pub source: Spanned<MetricSource>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct MetricSource {
    #[serde(default, rename = "metricSourceRef")]
    pub named: Option<Word>,
    #[serde(default, rename = "type")]
    pub kind: Option<Word>,
    pub spec: Spanned<BTreeMap<String, Value>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct TimeWindow {
    #[serde(default)]
    pub duration: Option<Word>,
    #[serde(default)]
    pub is_rolling: Option<bool>,
    #[serde(default)]
    pub calendar: Option<Spanned<CalendarEntry>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct CalendarEntry {
    #[serde(default)]
    pub start_time: Option<Word>,
    #[serde(default)]
    pub time_zone: Option<Word>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Objective {
    #[serde(default)]
    pub display_name: Option<String>,
    #[serde(default)]
    pub op: Option<Word>,
    #[serde(default)]
    pub value: Option<Spanned<f64>>,
    #[serde(default)]
    pub target: Option<Spanned<f64>>,
    #[serde(default)]
    pub target_percent: Option<Spanned<f64>>,
    #[serde(default)]
    pub time_slice_target: Option<Spanned<f64>>,
    #[serde(default)]
    pub time_slice_window: Option<Spanned<Value>>,
    #[serde(default)]
    pub indicator: Option<Spanned<Inline>>,
    #[serde(default)]
    pub indicator_ref: Option<Word>,
    #[serde(default)]
    pub composite_weight: Option<Spanned<f64>>,
}

/// An alert policy's `spec`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct PolicySpec {
    #[serde(default, rename = "description")]
    pub _description: Option<String>,
    #[serde(default)]
    pub alert_when_no_data: bool,
    #[serde(default, rename = "alertWhenResolved")]
    pub _alert_when_resolved: bool,
    #[serde(default, rename = "alertWhenBreaching")]
    pub _alert_when_breaching: bool,
    #[serde(default)]
    pub conditions: Vec<Value>,
    #[serde(default)]
    pub notification_targets: Vec<Value>,
}

/// An alert condition's `spec`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ConditionSpec {
    #[serde(default, rename = "description")]
    pub _description: Option<String>,
    #[serde(default)]
    pub severity: Option<String>,
    pub condition: Condition,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Condition {
    pub kind: String,
    #[serde(default)]
    pub op: Option<String>,
    pub threshold: f64,
    pub lookback_window: String,
    #[serde(default)]
    pub alert_after: Option<String>,
}
