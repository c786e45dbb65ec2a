//! `sort` and its kin: they order an instant's result; a range's is ordered by labels in any case.

use std::cmp::Ordering;

use super::{Cell, Evaluator, Grid, Sink, block, label::emit, text_of};
use crate::{
    promql::{ast::Span, error::QueryError, functions::quantile::ascending, note::Note, plan::Plan},
    source::Labels,
};

impl Evaluator<'_> {
    /// `sort` and `sort_desc`: by value, NaN last either way; histograms fall away.
    pub(super) fn sort(&self, argument: &Plan, descending: bool, grid: &Grid, span: Span, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        if !self.is_instant() {
            self.notes.add(span, Note::SortIneffective);
        }
        let mut floats = block::Block::new(grid.len);
        self.stream(argument, grid, &mut |row| {
            if !row.histograms.is_empty() {
                let dropped = row.drop_name;
                row.map_floats(|value| value);
                row.drop_name = dropped;
            }
            floats.push(row);
            Ok(())
        })?;
        if !self.is_instant() {
            return emit(&floats, sink);
        }
        let value = |row: usize| match floats.cell(row, 0) {
            Cell::Float(value) => value,
            _ => f64::NAN,
        };
        let mut order: Vec<usize> = (0..floats.len()).collect();
        order.sort_by(|a, b| match (value(*a), value(*b)) {
            (a, b) if a.is_nan() || b.is_nan() => ascending(a, b).reverse(),
            (a, b) if descending => ascending(b, a),
            (a, b) => ascending(a, b),
        });
        emit_ordered(&floats, &order, sink)
    }

    /// `sort_by_label` and `sort_by_label_desc`: by the labels named in natural order, then by all.
    pub(super) fn sort_by_label(
        &self,
        arguments: &[Plan],
        descending: bool,
        grid: &Grid,
        span: Span,
        sink: &mut Sink<'_>,
    ) -> Result<(), QueryError> {
        if !self.is_instant() {
            self.notes.add(span, Note::SortIneffective);
        }
        let block = self.block(&arguments[0], grid)?;
        let names: Vec<&str> = arguments[1..].iter().map(text_of).collect();
        let compare = |a: &Labels, b: &Labels| {
            names.iter().map(|name| natural(a.get(name), b.get(name))).find(|order| order.is_ne()).unwrap_or_else(|| a.cmp(b))
        };
        let mut order: Vec<usize> = (0..block.len()).collect();
        order.sort_by(|a, b| {
            let order = compare(&block.heads[*a].labels, &block.heads[*b].labels);
            if descending { order.reverse() } else { order }
        });
        emit_ordered(&block, &order, sink)
    }
}

/// Passes on rows in an order.
fn emit_ordered(block: &block::Block, order: &[usize], sink: &mut Sink<'_>) -> Result<(), QueryError> {
    let mut row = block::Row::default();
    for index in order {
        block.copy(*index, &mut row);
        sink(&mut row)?;
    }
    Ok(())
}

/// Runs of digits compare as numbers, everything else as text.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    while !a.is_empty() && !b.is_empty() {
        let (part_a, rest_a) = part(a);
        let (part_b, rest_b) = part(b);
        let digits = |text: &str| text.as_bytes()[0].is_ascii_digit();
        let order = if digits(part_a) && digits(part_b) {
            let (x, y) = (part_a.trim_start_matches('0'), part_b.trim_start_matches('0'));
            x.len().cmp(&y.len()).then_with(|| x.cmp(y)).then_with(|| part_b.len().cmp(&part_a.len()).reverse())
        } else {
            part_a.cmp(part_b)
        };
        if order.is_ne() {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
    a.len().cmp(&b.len())
}

/// The first run of digits or of anything else.
fn part(text: &str) -> (&str, &str) {
    let digit = text.as_bytes()[0].is_ascii_digit();
    text.split_at(text.bytes().position(|byte| byte.is_ascii_digit() != digit).unwrap_or(text.len()))
}
