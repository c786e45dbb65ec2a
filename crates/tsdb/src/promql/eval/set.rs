//! `and`, `or`, `unless`.

use super::{
    ABSENT, Block, Evaluator, Grid, Row, Sink,
    block::is_absent,
    key::{KeyLabels, Keys},
    label::emit,
};
use crate::promql::{
    ast::BinaryOp,
    error::{QueryError, evaluation},
    plan::Operator,
};

/// Where each group of series has a sample.
#[derive(Debug, Default)]
struct Presence {
    keys: Keys,
    steps: usize,
    present: Vec<bool>,
}

impl Presence {
    fn add(&mut self, by: KeyLabels<'_>, row: &Row) {
        let (id, new) = self.keys.id(by, &row.labels);
        if new {
            self.present.resize(self.keys.len() * self.steps, false);
        }
        for (present, value) in self.present[id * self.steps..].iter_mut().zip(&row.values) {
            *present |= !is_absent(*value);
        }
    }

    /// Leaves of a row the samples at steps where its group is present, or those where it is not.
    fn filter(&mut self, by: KeyLabels<'_>, row: &mut Row, where_present: bool) {
        let (id, new) = self.keys.id(by, &row.labels);
        if new {
            self.present.resize(self.keys.len() * self.steps, false);
        }
        for (present, value) in self.present[id * self.steps..].iter().zip(&mut row.values) {
            if *present != where_present {
                *value = ABSENT;
            }
        }
        let Row { values, histograms, .. } = row;
        histograms.retain(|(step, _)| !is_absent(values[*step as usize]));
    }
}

impl Evaluator<'_> {
    pub(super) fn set_operator(&self, operator: &Operator, grid: &Grid, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let by = KeyLabels { labels: &operator.matching.labels, only: operator.matching.on };
        let mut presence = Presence { steps: grid.len, ..Presence::default() };
        if operator.op == BinaryOp::Or {
            let mut block = Block::new(grid.len);
            self.stream(&operator.left, grid, &mut |row| {
                presence.add(by, row);
                self.check_points((block.len() + 1).saturating_mul(grid.len))?;
                block.push(row);
                Ok(())
            })?;
            self.stream(&operator.right, grid, &mut |row| {
                presence.filter(by, row, false);
                self.check_points((block.len() + 1).saturating_mul(grid.len))?;
                block.push(row);
                Ok(())
            })?;
            let Some(block) = block.merge_equal() else { return evaluation("vector cannot contain metrics with the same labelset") };
            return emit(&block, sink);
        }
        self.stream(&operator.right, grid, &mut |row| {
            presence.add(by, row);
            Ok(())
        })?;
        let where_present = operator.op == BinaryOp::And;
        self.stream(&operator.left, grid, &mut |row| {
            presence.filter(by, row, where_present);
            if row.is_empty() { Ok(()) } else { sink(row) }
        })
    }
}
