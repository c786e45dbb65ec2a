//! From items to a figure: the one place where a figure is put together.

use super::{
    definition::{Definition, DefinitionView, words},
    evidence::{Evidence, Item, Part, ROWS_MAX, Row},
    model::{Figure, Slice},
    setting::Setting,
    statistic::{count, number, percent, statistic},
};
use crate::words::Words;

/// A figure with everything that went into it.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    /// The figure.
    pub figure: Figure,
    /// The formula with the numbers put in.
    pub worked: Words,
    /// Its items; none when the setting lets them go.
    pub items: Vec<Item>,
    /// What it means.
    pub definition: &'static Definition,
}

/// What a family of figures says; the rest is the same for all.
#[derive(Debug, Default)]
pub struct Values {
    /// The value.
    pub value: Option<f64>,
    /// With everything unknown bad.
    pub low: Option<f64>,
    /// With everything unknown good.
    pub high: Option<f64>,
    /// What was promised.
    pub target: Option<f64>,
    /// Its parts.
    pub by: Vec<Slice>,
    /// How many were told.
    pub n: i64,
    /// How many were not.
    pub unknown: i64,
    /// The formula with the numbers put in.
    pub worked: (String, String),
}

/// Puts a figure together. `about` names the one service it is about, when it is not about all of them.
pub fn figure(
    setting: &Setting<'_>,
    definition: &'static Definition,
    about: Option<(String, Words)>,
    values: Values,
    mut items: Vec<Item>,
) -> Computed {
    items.sort_by(|a, b| a.row.id.cmp(&b.row.id));
    let mut inputs = setting.inputs(definition.id, definition.version);
    if let Some((key, _)) = &about {
        inputs.text(key);
    }
    for item in &items {
        let part = match item.part {
            Part::Numerator => 1,
            Part::Denominator => 2,
            Part::Unknown => 3,
            Part::Excluded => 4,
        };
        inputs.text(&item.row.id).number(Some(part)).text(&item.row.detail);
        inputs.text(&item.row.value.map_or_else(String::new, |value| value.to_string()));
        inputs.text(item.row.calendar.as_deref().unwrap_or_default());
    }
    inputs.text(&values.target.map_or_else(String::new, |target| target.to_string()));
    let id = about.as_ref().map_or_else(|| definition.id.to_owned(), |(key, _)| format!("{}.{key}", definition.id));
    let figure = Figure {
        id,
        definition: definition.id.to_owned(),
        version: definition.version,
        name: words(definition.name),
        formula: words(definition.formula),
        population: words(definition.population),
        about: about.map(|(_, name)| name),
        unit: definition.unit,
        value: values.value.map(round),
        low: values.low.map(round),
        high: values.high.map(round),
        target: values.target,
        met: values.value.zip(values.target).map(|(value, target)| value >= target),
        n: values.n,
        unknown: values.unknown,
        by: values.by.into_iter().map(|slice| Slice { value: slice.value.map(round), ..slice }).collect(),
        from: setting.ask.from,
        to: setting.ask.to,
        position: setting.view.position,
        input_hash: inputs.finish(),
    };
    if !setting.keeps_items {
        items = Vec::new();
    }
    Computed { figure, worked: Words::new(values.worked.0, values.worked.1), items, definition }
}

/// Cut to six decimals: what a document stores is then read back bit for bit, and hashes alike.
pub fn round(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// A share in percent: numerator / (numerator + denominator alone), with both bounds when something is unknown.
pub fn share(items: &[Item]) -> Values {
    let tally = |part| count(items.iter().filter(|item| item.part == part).count());
    let (good, rest, unknown) = (tally(Part::Numerator), tally(Part::Denominator), tally(Part::Unknown));
    let n = good + rest;
    let worked = format!("{good} / {n}");
    Values {
        value: percent(good, n),
        low: percent(good, n + unknown),
        high: percent(good + unknown, n + unknown),
        n,
        unknown,
        worked: (worked.clone(), worked),
        ..Values::default()
    }
}

/// A duration in seconds: the mean, with median and p90 as parts. Items of [`Part::Unknown`] are counted only.
pub fn duration(items: &[Item]) -> Values {
    let unknown = count(items.iter().filter(|item| item.part == Part::Unknown).count());
    let secs: Vec<i64> = items.iter().filter(|item| item.part != Part::Unknown).filter_map(|item| item.row.value.map(whole)).collect();
    let Some(told) = statistic(secs) else {
        return Values { unknown, worked: ("0 / 0".to_owned(), "0 / 0".to_owned()), ..Values::default() };
    };
    let slice = |key: &str, label: (&str, &str), value| Slice { key: key.to_owned(), label: words(label), value: Some(value), n: told.n };
    let worked = format!("{} s / {}", told.sum, told.n);
    Values {
        value: Some(told.mean),
        by: vec![
            slice("mean", ("均值", "mean"), told.mean),
            slice("median", ("中位数", "median"), told.median),
            slice("p90", ("第 90 百分位", "90th percentile"), number(told.p90)),
        ],
        n: told.n,
        unknown,
        worked: (worked.clone(), worked),
        ..Values::default()
    }
}

/// A number of things.
pub fn tally(items: &[Item]) -> Values {
    let n = count(items.len());
    Values { value: Some(number(n)), n, worked: (n.to_string(), n.to_string()), ..Values::default() }
}

#[expect(clippy::cast_possible_truncation, reason = "the value was a whole number of seconds")]
const fn whole(value: f64) -> i64 {
    value as i64
}

impl Computed {
    /// What "show me" answers.
    pub fn evidence(self) -> Evidence {
        let mut lists: [Vec<Row>; 4] = Default::default();
        let mut more = 0;
        for item in self.items {
            let list = &mut lists[match item.part {
                Part::Numerator => 0,
                Part::Denominator => 1,
                Part::Unknown => 2,
                Part::Excluded => 3,
            }];
            if list.len() < ROWS_MAX {
                list.push(item.row);
            } else {
                more += 1;
            }
        }
        let [numerator, rest, unknown, excluded] = lists;
        // The denominator holds the numerator too: whoever reads it wants all that was divided by.
        let mut denominator = numerator.clone();
        denominator.extend(rest);
        Evidence {
            figure: self.figure,
            definition: DefinitionView::from(self.definition),
            worked: self.worked,
            numerator,
            denominator,
            unknown,
            excluded,
            more,
        }
    }
}
