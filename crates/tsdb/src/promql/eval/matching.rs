//! Operators between two vectors: series meet by the labels that `on` or `ignoring` leaves.

use std::collections::HashMap;

use super::{
    Block, Cell, Evaluator, Grid, Row, Sink, arithmetic,
    block::is_absent,
    key::{KeyLabels, Keys},
    label::{self, emit},
    operator::put,
};
use crate::{
    promql::{
        ast::{Cardinality, Span},
        error::{QueryError, evaluation},
        plan::Operator,
    },
    source::Labels,
};

/// Both sides, the one that may have several series in a group first.
struct Sides<'a> {
    operator: &'a Operator,
    by: KeyLabels<'a>,
    many: Block,
    one: Block,
    /// Whether the many side is the right one as written.
    swapped: bool,
    span: Span,
    /// Rows of each group.
    many_rows: Vec<Vec<usize>>,
    one_rows: Vec<Vec<usize>>,
}

impl Evaluator<'_> {
    pub(super) fn matched(&self, operator: &Operator, grid: &Grid, span: Span, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let matching = &operator.matching;
        let by = KeyLabels { labels: &matching.labels, only: matching.on };
        let swapped = matching.cardinality == Cardinality::OneToMany;
        let (left, right) = (self.block(&operator.left, grid)?, self.block(&operator.right, grid)?);
        let (many, one) = if swapped { (right, left) } else { (left, right) };
        let mut keys = Keys::default();
        let mut groups = |block: &Block| -> Vec<usize> { block.heads.iter().map(|head| keys.id(by, &head.labels).0).collect() };
        let (one_ids, many_ids) = (groups(&one), groups(&many));
        let rows = |ids: &[usize]| {
            let mut rows = vec![Vec::new(); keys.len()];
            for (row, id) in ids.iter().enumerate() {
                rows[*id].push(row);
            }
            rows
        };
        let sides = Sides { operator, by, many_rows: rows(&many_ids), one_rows: rows(&one_ids), many, one, swapped, span };
        sides.check_one_side(grid)?;
        let mut result = Block::new(grid.len);
        for group in 0..sides.one_rows.len() {
            self.check()?;
            self.group(&sides, group, grid, &mut result)?;
        }
        let Some(result) = result.merge_equal() else { return evaluation("vector cannot contain metrics with the same labelset") };
        emit(&result, sink)
    }

    fn group(&self, sides: &Sides<'_>, group: usize, grid: &Grid, result: &mut Block) -> Result<(), QueryError> {
        let (many_rows, one_rows) = (&sides.many_rows[group], &sides.one_rows[group]);
        let matching = &sides.operator.matching;
        // As Prometheus has it: with group_right too the left value fills in for the many side.
        let (fill_many, fill_one) = (matching.fill_left, matching.fill_right);
        let mut matched = Matched { steps: vec![false; grid.len], rows: HashMap::new() };
        for many in many_rows {
            // A row of the one side, and at last what fills in for it.
            let mut unmatched: Vec<bool> = vec![true; if fill_one.is_some() { grid.len } else { 0 }];
            let labels = &sides.many.heads[*many].labels;
            for one in one_rows {
                let other = &sides.one.heads[*one].labels;
                let row = self.pair(
                    sides,
                    grid,
                    (labels, other),
                    sides.many.heads[*many].drop_name,
                    |step| (sides.many.cell(*many, step), sides.one.cell(*one, step)),
                    &mut matched,
                )?;
                for (open, value) in unmatched.iter_mut().zip(sides.one.values(*one)) {
                    *open &= is_absent(*value);
                }
                self.keep(row, result)?;
            }
            if let Some(fill) = fill_one {
                let other = sides.by.keep(labels);
                let cells = |step: usize| {
                    if unmatched[step] { (sides.many.cell(*many, step), Cell::Float(fill)) } else { (Cell::Absent, Cell::Absent) }
                };
                let row = self.pair(sides, grid, (labels, &other), sides.many.heads[*many].drop_name, cells, &mut matched)?;
                self.keep(row, result)?;
            }
        }
        let Some(fill) = fill_many else { return Ok(()) };
        for one in one_rows {
            let other = &sides.one.heads[*one].labels;
            let labels = sides.by.keep(other);
            let open: Vec<bool> = matched.steps.iter().map(|matched| !matched).collect();
            let cells =
                |step: usize| if open[step] { (Cell::Float(fill), sides.one.cell(*one, step)) } else { (Cell::Absent, Cell::Absent) };
            let row = self.pair(sides, grid, (&labels, other), false, cells, &mut matched)?;
            self.keep(row, result)?;
        }
        Ok(())
    }

    fn keep(&self, mut row: Row, result: &mut Block) -> Result<(), QueryError> {
        self.check_points((result.len() + 1).saturating_mul(result.steps))?;
        result.push(&mut row);
        Ok(())
    }

    /// One series of each side at all steps.
    fn pair<'c>(
        &self,
        sides: &Sides<'_>,
        grid: &Grid,
        labels: (&Labels, &Labels),
        dropped: bool,
        cells: impl Fn(usize) -> (Cell<'c>, Cell<'c>),
        matched: &mut Matched,
    ) -> Result<Row, QueryError> {
        let operator = sides.operator;
        let mut row = Row::new(result_labels(operator, labels.0, labels.1), grid.len);
        row.drop_name = operator.returns_bool || (dropped && !operator.op.changes_metric());
        let one_to_one = operator.matching.cardinality == Cardinality::OneToOne;
        let mut own = vec![false; if one_to_one { 0 } else { grid.len }];
        for step in 0..grid.len {
            let (many, one) = cells(step);
            if matches!(many, Cell::Absent) || matches!(one, Cell::Absent) {
                continue;
            }
            let (left, right) = if sides.swapped { (one, many) } else { (many, one) };
            let Some((value, keep)) = arithmetic::samples(operator.op, left, right, sides.span, self.notes) else { continue };
            if one_to_one && matched.steps[step] {
                return evaluation("multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
            }
            matched.steps[step] = true;
            if let Some(own) = own.get_mut(step) {
                *own = true;
            }
            put(&mut row, step, value, keep, operator.returns_bool);
        }
        if !one_to_one {
            matched.check_unique(&row.labels, own)?;
        }
        Ok(row)
    }
}

/// Where series of a group have met so far.
struct Matched {
    steps: Vec<bool>,
    /// By the labels of the result, for many-to-one.
    rows: HashMap<Labels, Vec<bool>>,
}

impl Matched {
    fn check_unique(&mut self, labels: &Labels, own: Vec<bool>) -> Result<(), QueryError> {
        let Some(before) = self.rows.get_mut(labels) else {
            self.rows.insert(labels.clone(), own);
            return Ok(());
        };
        for (seen, now) in before.iter_mut().zip(own) {
            if *seen && now {
                return evaluation("multiple matches for labels: grouping labels must ensure unique matches");
            }
            *seen |= now;
        }
        Ok(())
    }
}

impl Sides<'_> {
    /// No two series of the one side may be in one group at one step, where the other side has anything.
    fn check_one_side(&self, grid: &Grid) -> Result<(), QueryError> {
        let matching = &self.operator.matching;
        let fills = matching.fill_left.is_some() || matching.fill_right.is_some();
        let mut other_present: Option<Vec<bool>> = None;
        for rows in self.one_rows.iter().filter(|rows| rows.len() > 1) {
            let present = other_present.get_or_insert_with(|| {
                (0..grid.len).map(|step| fills || (0..self.many.len()).any(|row| !is_absent(self.many.values(row)[step]))).collect()
            });
            for step in (0..grid.len).filter(|step| present[*step]) {
                let mut found = rows.iter().filter(|row| !is_absent(self.one.values(**row)[step]));
                if let (Some(first), Some(second)) = (found.next(), found.next()) {
                    return self.many_to_many(*first, *second);
                }
            }
        }
        Ok(())
    }

    fn many_to_many(&self, first: usize, second: usize) -> Result<(), QueryError> {
        let group = self.by.keep(&self.one.heads[first].labels);
        let side = if self.swapped { "left" } else { "right" };
        // In order, whatever the order of the store, so that the message is the same each time.
        let mut pair = [first, second].map(|row| &self.one.heads[row].labels);
        pair.sort();
        let [first, second] = pair.map(label::text);
        evaluation(format!(
            "found duplicate series for the match group {} on the {side} hand-side of the operation: [{first}, {second}];many-to-many matching not allowed: matching labels must be unique on one side",
            label::text(&group)
        ))
    }
}

/// What a result is called.
fn result_labels(operator: &Operator, many: &Labels, one: &Labels) -> Labels {
    let matching = &operator.matching;
    let mut pairs: Vec<_> = many.iter().map(|(name, value)| (std::sync::Arc::clone(name), std::sync::Arc::clone(value))).collect();
    if operator.op.changes_metric() {
        pairs.retain(|(name, _)| !label::is_metadata(name));
    }
    if matching.cardinality == Cardinality::OneToOne {
        pairs.retain(|(name, _)| matching.labels.contains(name) == matching.on);
    }
    for name in &matching.include {
        pairs.retain(|(other, _)| other != name);
        let value = one.get(name);
        if !value.is_empty() {
            pairs.push((std::sync::Arc::clone(name), value.into()));
        }
    }
    Labels::new(pairs)
}
