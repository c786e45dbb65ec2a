//! A rule file's shape, as Prometheus defines it. What the parts mean is checked in [`super::check`].

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_saphyr::Spanned;

/// A text and its place.
pub(super) type Word = Spanned<String>;

/// Labels or annotations.
pub(super) type Words = BTreeMap<String, Word>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RuleFile {
    pub groups: Option<Vec<Spanned<GroupEntry>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupEntry {
    #[serde(default)]
    pub name: Option<Word>,
    #[serde(default)]
    pub interval: Option<Word>,
    #[serde(default)]
    pub query_offset: Option<Word>,
    #[serde(default)]
    pub limit: Option<Spanned<i64>>,
    #[serde(default)]
    pub labels: Option<Words>,
    #[serde(default)]
    pub rules: Option<Vec<Spanned<RuleEntry>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleEntry {
    #[serde(default)]
    pub record: Option<Word>,
    #[serde(default)]
    pub alert: Option<Word>,
    #[serde(default)]
    pub expr: Option<Word>,
    #[serde(default, rename = "for")]
    pub hold: Option<Word>,
    #[serde(default)]
    pub keep_firing_for: Option<Word>,
    #[serde(default)]
    pub labels: Option<Words>,
    #[serde(default)]
    pub annotations: Option<Words>,
}
