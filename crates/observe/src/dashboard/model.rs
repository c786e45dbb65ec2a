//! What a dashboard says. Pure.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

/// Panels of one board, at most.
const PANELS_MAX: usize = 200;
/// Queries of one panel, at most: `A` to `Z`.
const QUERIES_MAX: usize = 26;
/// Variables of one board, at most.
const VARIABLES_MAX: usize = 20;
/// Thresholds of one panel, at most.
const THRESHOLDS_MAX: usize = 10;
/// Values of one variable, and tags of one board, at most.
const VALUES_MAX: usize = 200;
/// Columns of the grid.
const COLUMNS: u32 = 24;
/// How far down a panel may begin or reach, in rows of the grid.
const ROWS_MAX: u32 = 10_000;
/// The longest name or word, in characters.
const WORD_MAX: usize = 200;
/// The longest query or text of a panel, in characters.
const TEXT_MAX: usize = 16_384;

/// A word for people: one for everybody, or one in each language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = DashboardText)]
pub enum Text {
    /// The same for everybody.
    Plain(String),
    /// In each language.
    Both {
        /// 中文.
        zh: String,
        /// English.
        en: String,
    },
}

impl Text {
    fn longest(&self) -> usize {
        match self {
            Self::Plain(text) => text.chars().count(),
            Self::Both { zh, en } => zh.chars().count().max(en.chars().count()),
        }
    }
    fn is_empty(&self) -> bool {
        match self {
            Self::Plain(text) => text.trim().is_empty(),
            Self::Both { zh, en } => zh.trim().is_empty() || en.trim().is_empty(),
        }
    }
}

/// A board of panels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DashboardBoard)]
pub struct Board {
    /// What it is called.
    pub title: Text,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// Words to find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The stretch of time shown at first, such as `1h`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// How often it is asked again, seconds; never when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 5, maximum = 86400)]
    pub refresh_secs: Option<u32>,
    /// What the reader chooses; `$name` in a query stands for the choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Variable>,
    /// What is shown.
    pub panels: Vec<Panel>,
}

/// Something the reader chooses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DashboardVariable)]
pub struct Variable {
    /// As queries say it: letters, digits and `_`.
    pub name: String,
    /// As people read it; the name when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// The label whose values are offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Of which series; of all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The values offered, when they are not a label's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Whether several may be chosen at once.
    #[serde(default)]
    pub multi: bool,
}

/// What a panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DashboardPanelKind)]
pub enum PanelKind {
    /// Lines over time.
    TimeSeries,
    /// The latest value, large.
    Stat,
    /// The latest value between two ends.
    Gauge,
    /// The latest values as rows.
    Table,
    /// Words.
    Text,
}

/// Where a panel lies on the grid of 24 columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DashboardPlace)]
pub struct At {
    /// Column, from 0.
    #[schema(minimum = 0, maximum = 23)]
    pub x: u32,
    /// Row, from 0.
    #[schema(minimum = 0)]
    pub y: u32,
    /// Columns wide.
    #[schema(minimum = 1, maximum = 24)]
    pub w: u32,
    /// Rows high.
    #[schema(minimum = 1)]
    pub h: u32,
}

/// One query of a panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DashboardQuery)]
pub struct Query {
    /// `PromQL`, with `$name` for variables.
    pub expr: String,
    /// How a series is called: words with `{{label}}`; its labels when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legend: Option<String>,
}

/// From which value on something is what.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DashboardThreshold)]
pub struct Threshold {
    /// From this value on.
    pub value: f64,
    /// How it is shown.
    pub tone: Tone,
}

/// How a value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DashboardTone)]
pub enum Tone {
    /// As it should be.
    Good,
    /// To be looked at.
    Attention,
    /// Wrong.
    Bad,
}

/// One panel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DashboardPanel)]
pub struct Panel {
    /// Unlike any other of this board.
    pub id: String,
    /// What it shows.
    pub kind: PanelKind,
    /// Above it.
    pub title: Text,
    /// Where it lies.
    pub at: At,
    /// What it asks; nothing for text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queries: Vec<Query>,
    /// `bytes`, `seconds`, `ratio`, `percent` …; bare numbers when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Digits after the point; as fits when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 10)]
    pub decimals: Option<u32>,
    /// The lower end of the scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The upper end of the scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Whether lines lie on each other.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stacked: bool,
    /// From which value on it is shown how, rising.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<Threshold>,
    /// The words of a text panel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

/// Why a board cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what}")]
pub struct BoardError {
    /// Where, as a JSON pointer.
    pub at: String,
    /// What and what to do.
    pub what: String,
}

fn refuse<T>(at: impl Into<String>, what: impl Into<String>) -> Result<T, BoardError> {
    Err(BoardError { at: at.into(), what: what.into() })
}

fn bounded(at: &str, what: &str, count: usize, most: usize) -> Result<(), BoardError> {
    if count > most { refuse(at, format!("{count} {what}; {most} at most")) } else { Ok(()) }
}

fn word(at: &str, text: &str) -> Result<(), BoardError> {
    if text.trim().is_empty() {
        return refuse(at, "this is empty; write something");
    }
    bounded(at, "characters", text.chars().count(), WORD_MAX)
}

fn title(at: &str, text: &Text) -> Result<(), BoardError> {
    if text.is_empty() {
        return refuse(at, "this is empty; write something, in both languages when it is in two");
    }
    bounded(at, "characters", text.longest(), WORD_MAX)
}

/// Whether `name` can be written as `$name` in a query.
fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|each| each.is_ascii_alphanumeric() || each == '_')
        && name.len() <= 64
}

impl Board {
    /// Whether it can be kept.
    ///
    /// # Errors
    /// The first thing that is wrong, and where.
    pub fn check(&self) -> Result<(), BoardError> {
        title("/title", &self.title)?;
        bounded("/description", "characters", self.description.as_ref().map_or(0, Text::longest), TEXT_MAX)?;
        bounded("/tags", "tags", self.tags.len(), VALUES_MAX)?;
        for (index, tag) in self.tags.iter().enumerate() {
            word(&format!("/tags/{index}"), tag)?;
        }
        if let Some(range) = &self.range {
            word("/range", range)?;
        }
        if self.refresh_secs.is_some_and(|secs| !(5..=86_400).contains(&secs)) {
            return refuse("/refresh_secs", "between 5 and 86400 seconds");
        }
        bounded("/variables", "variables", self.variables.len(), VARIABLES_MAX)?;
        for (index, variable) in self.variables.iter().enumerate() {
            let at = format!("/variables/{index}");
            variable.check(&at)?;
            if self.variables[..index].iter().any(|other| other.name == variable.name) {
                return refuse(format!("{at}/name"), format!("there are two variables {:?}; give each a name of its own", variable.name));
            }
        }
        bounded("/panels", "panels", self.panels.len(), PANELS_MAX)?;
        for (index, panel) in self.panels.iter().enumerate() {
            let at = format!("/panels/{index}");
            panel.check(&at)?;
            if self.panels[..index].iter().any(|other| other.id == panel.id) {
                return refuse(format!("{at}/id"), format!("there are two panels {:?}; give each an id of its own", panel.id));
            }
        }
        Ok(())
    }
}

impl Variable {
    fn check(&self, at: &str) -> Result<(), BoardError> {
        if !is_variable(&self.name) {
            return refuse(format!("{at}/name"), "a variable is named with letters, digits and _, and begins with no digit");
        }
        if let Some(text) = &self.title {
            title(&format!("{at}/title"), text)?;
        }
        if self.label.is_some() != self.values.is_empty() {
            return refuse(at, "a variable offers either the values of a label (label) or values of its own (values)");
        }
        if let Some(label) = &self.label {
            word(&format!("{at}/label"), label)?;
        }
        bounded(&format!("{at}/of"), "characters", self.of.as_ref().map_or(0, |of| of.chars().count()), TEXT_MAX)?;
        bounded(&format!("{at}/values"), "values", self.values.len(), VALUES_MAX)?;
        for (index, value) in self.values.iter().enumerate() {
            word(&format!("{at}/values/{index}"), value)?;
        }
        Ok(())
    }
}

impl Panel {
    fn check(&self, at: &str) -> Result<(), BoardError> {
        word(&format!("{at}/id"), &self.id)?;
        title(&format!("{at}/title"), &self.title)?;
        let place = self.at;
        if place.w == 0 || place.h == 0 || place.w > COLUMNS || place.x > COLUMNS - place.w {
            return refuse(format!("{at}/at"), "the grid has 24 columns; a panel is at least one wide and one high");
        }
        if place.y > ROWS_MAX || place.h > ROWS_MAX {
            return refuse(format!("{at}/at"), format!("{ROWS_MAX} rows at most"));
        }
        bounded(&format!("{at}/queries"), "queries", self.queries.len(), QUERIES_MAX)?;
        for (index, query) in self.queries.iter().enumerate() {
            let at = format!("{at}/queries/{index}");
            bounded(&format!("{at}/expr"), "characters", query.expr.chars().count(), TEXT_MAX)?;
            bounded(&format!("{at}/legend"), "characters", query.legend.as_ref().map_or(0, |text| text.chars().count()), WORD_MAX)?;
        }
        if let Some(unit) = &self.unit {
            word(&format!("{at}/unit"), unit)?;
        }
        if self.decimals.is_some_and(|digits| digits > 10) {
            return refuse(format!("{at}/decimals"), "10 digits at most");
        }
        if let (Some(min), Some(max)) = (self.min, self.max)
            && min >= max
        {
            return refuse(format!("{at}/min"), "the lower end must be below the upper one");
        }
        bounded(&format!("{at}/thresholds"), "thresholds", self.thresholds.len(), THRESHOLDS_MAX)?;
        if !self.thresholds.is_sorted_by(|a, b| a.value < b.value) {
            return refuse(format!("{at}/thresholds"), "thresholds rise from one to the next");
        }
        bounded(&format!("{at}/text"), "characters", self.text.as_ref().map_or(0, Text::longest), TEXT_MAX)
    }
}
