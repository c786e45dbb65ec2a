//! Labels: names dropped, replaced, joined.

use std::{fmt::Write as _, sync::Arc};

use super::{Block, Evaluator, Grid, Row, Sink, text_of};
use crate::{
    promql::{
        error::{QueryError, evaluation},
        parse::{self, NAME},
        plan::Plan,
    },
    source::Labels,
};

/// Whether a label says what a metric is: it goes when the quantity changes.
pub fn is_metadata(name: &str) -> bool {
    matches!(name, NAME | "__type__" | "__unit__")
}

/// Labels without those that say what the metric is.
pub fn without_metadata(labels: &Labels) -> Labels {
    if !labels.iter().any(|(name, _)| is_metadata(name)) {
        return labels.clone();
    }
    let kept = labels.iter().filter(|(name, _)| !is_metadata(name));
    Labels::new(kept.map(|(name, value)| (Arc::clone(name), Arc::clone(value))))
}

/// Labels with one set, or removed when the value is empty.
pub fn with(labels: &Labels, name: &str, value: &str) -> Labels {
    let others = labels.iter().filter(|(other, _)| &***other != name).map(|(name, value)| (Arc::clone(name), Arc::clone(value)));
    Labels::new(others.chain([(Arc::from(name), Arc::from(value))]))
}

/// A label set as Prometheus writes it in messages: `{a="b", c="d"}`.
pub fn text(labels: &Labels) -> String {
    let mut text = String::from("{");
    for (at, (name, value)) in labels.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(text, "{comma}{name}={}", crate::promql::number::quote(value));
    }
    text.push('}');
    text
}

impl Evaluator<'_> {
    /// Rows whose labels a function changed: those of equal labels become one if their samples do not meet.
    fn relabelled(
        &self,
        vector: &Plan,
        grid: &Grid,
        sink: &mut Sink<'_>,
        change: impl Fn(&Row) -> Option<Labels>,
        target: &str,
    ) -> Result<(), QueryError> {
        let mut block = Block::new(grid.len);
        self.stream(vector, grid, &mut |row| {
            if let Some(labels) = change(row) {
                row.labels = labels;
                row.drop_name &= target != NAME;
            }
            self.check_points((block.len() + 1).saturating_mul(grid.len))?;
            block.push(row);
            Ok(())
        })?;
        let Some(block) = block.merge_equal() else { return evaluation("vector cannot contain metrics with the same labelset") };
        emit(&block, sink)
    }

    /// `label_replace`
    pub(super) fn label_replace(&self, arguments: &[Plan], grid: &Grid, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let [target, template, source, pattern] = [1, 2, 3, 4].map(|at| text_of(&arguments[at]));
        let Ok(regex) = parse::compile(pattern) else {
            return evaluation(format!("invalid regular expression in label_replace(): {pattern}"));
        };
        if target.is_empty() {
            return evaluation(format!("invalid destination label name in label_replace(): {target}"));
        }
        let change = |row: &Row| {
            let captures = regex.captures(row.labels.get(source))?;
            let mut value = String::new();
            captures.expand(template, &mut value);
            Some(with(&row.labels, target, &value))
        };
        self.relabelled(&arguments[0], grid, sink, change, target)
    }

    /// `label_join`
    pub(super) fn label_join(&self, arguments: &[Plan], grid: &Grid, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let (target, separator) = (text_of(&arguments[1]), text_of(&arguments[2]));
        let sources: Vec<&str> = arguments[3..].iter().map(text_of).collect();
        if sources.iter().any(|source| source.is_empty()) {
            return evaluation("invalid source label name in label_join(): ");
        }
        if target.is_empty() {
            return evaluation(format!("invalid destination label name in label_join(): {target}"));
        }
        let change = |row: &Row| {
            let values: Vec<&str> = sources.iter().map(|source| row.labels.get(source)).collect();
            Some(with(&row.labels, target, &values.join(separator)))
        };
        self.relabelled(&arguments[0], grid, sink, change, target)
    }
}

/// Passes on the rows of a block.
pub fn emit(block: &Block, sink: &mut Sink<'_>) -> Result<(), QueryError> {
    let mut row = Row::default();
    for index in 0..block.len() {
        block.copy(index, &mut row);
        sink(&mut row)?;
    }
    Ok(())
}
