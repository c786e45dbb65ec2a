//! Aggregations that must see the samples of a group together: `quantile`, `topk`, `bottomk`, `limitk`, `limit_ratio`,
//! `count_values`.

use std::{collections::HashMap, sync::Arc};

use super::{
    ABSENT, Block, Cell, Evaluator, Grid, Row, Sink,
    block::is_absent,
    key::{KeyLabels, Keys},
    label::{self, emit},
    text_of,
};
use crate::{
    promql::{
        ast::{AggregateOp, Span},
        error::{QueryError, evaluation},
        functions::quantile::{ascending, quantile},
        native,
        note::Note,
        number,
        plan::{Aggregation, Plan},
    },
    source::Labels,
};

impl Evaluator<'_> {
    pub(super) fn ranked(
        &self,
        aggregation: &Aggregation,
        by: KeyLabels<'_>,
        parameter: &Plan,
        grid: &Grid,
        span: Span,
        sink: &mut Sink<'_>,
    ) -> Result<(), QueryError> {
        if aggregation.op == AggregateOp::CountValues {
            return self.count_values(aggregation, text_of(parameter), grid, sink);
        }
        let numbers = self.scalar(parameter, grid)?;
        self.check_parameter(aggregation.op, &numbers, parameter.span)?;
        let block = self.block(&aggregation.inner, grid)?;
        let mut keys = Keys::default();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for row in row_order(aggregation.op, &block) {
            let (group, new) = keys.id(by, &block.heads[row].labels);
            if new {
                groups.push(Vec::new());
            }
            groups[group].push(row);
        }
        match aggregation.op {
            AggregateOp::Quantile => self.quantile(&block, &groups, by, &numbers, aggregation.inner.span, sink),
            op => self.chosen(op, &block, &groups, &numbers, span, sink),
        }
    }

    fn check_parameter(&self, op: AggregateOp, numbers: &[f64], span: Span) -> Result<(), QueryError> {
        let nan = numbers.iter().any(|number| number.is_nan());
        let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        match op {
            AggregateOp::Quantile => {
                if nan {
                    self.notes.add(span, Note::InvalidQuantile(f64::NAN));
                }
                if greatest > 1.0 {
                    self.notes.add(span, Note::InvalidQuantile(greatest));
                }
                if least < 0.0 {
                    self.notes.add(span, Note::InvalidQuantile(least));
                }
            }
            AggregateOp::LimitRatio => {
                if nan {
                    return evaluation("Ratio value is NaN");
                }
                if greatest > 1.0 {
                    self.notes.add(span, Note::InvalidRatio { given: greatest, taken: 1.0 });
                }
                if least < -1.0 {
                    self.notes.add(span, Note::InvalidRatio { given: least, taken: -1.0 });
                }
            }
            _ if nan => return evaluation("Parameter value is NaN"),
            _ if greatest > 9_223_372_036_854_774_784.0 => {
                return evaluation(format!("Scalar value {} overflows int64", number::go_g(greatest)));
            }
            _ if least < -9_223_372_036_854_775_808.0 => {
                return evaluation(format!("Scalar value {} underflows int64", number::go_g(least)));
            }
            _ => {}
        }
        Ok(())
    }

    fn quantile(
        &self,
        block: &Block,
        groups: &[Vec<usize>],
        by: KeyLabels<'_>,
        numbers: &[f64],
        span: Span,
        sink: &mut Sink<'_>,
    ) -> Result<(), QueryError> {
        let mut values = Vec::new();
        for rows in groups {
            self.check()?;
            let mut result = Row::new(by.keep(&block.heads[rows[0]].labels), block.steps);
            result.drop_name = rows.iter().any(|row| block.heads[*row].drop_name);
            for (step, q) in numbers.iter().enumerate() {
                values.clear();
                for row in rows {
                    match block.cell(*row, step) {
                        Cell::Float(value) => values.push(value),
                        Cell::Histogram(_) => self.notes.add(span, Note::HistogramIgnoredInAggregation("quantile")),
                        Cell::Absent => {}
                    }
                }
                if !values.is_empty() {
                    result.values[step] = quantile(*q, &mut values);
                }
            }
            if !result.is_empty() {
                sink(&mut result)?;
            }
        }
        Ok(())
    }

    /// Some series of each group, step by step.
    fn chosen(
        &self,
        op: AggregateOp,
        block: &Block,
        groups: &[Vec<usize>],
        numbers: &[f64],
        span: Span,
        sink: &mut Sink<'_>,
    ) -> Result<(), QueryError> {
        let mut taken = vec![false; block.len() * block.steps];
        let mut order = Vec::new();
        for rows in groups {
            self.check()?;
            for (step, number) in numbers.iter().enumerate() {
                let chosen = self.choose(op, block, rows, step, *number, span);
                for row in &chosen {
                    taken[row * block.steps + step] = true;
                }
                if self.is_instant() && block.steps == 1 {
                    order.extend(chosen);
                }
            }
        }
        if !(self.is_instant() && block.steps == 1) {
            order = (0..block.len()).collect();
        }
        let mut row = Row::default();
        for index in order {
            block.copy(index, &mut row);
            for (value, taken) in row.values.iter_mut().zip(&taken[index * block.steps..]) {
                if !taken {
                    *value = ABSENT;
                }
            }
            let Row { values, histograms, .. } = &mut row;
            histograms.retain(|(step, _)| !is_absent(values[*step as usize]));
            if !row.is_empty() {
                sink(&mut row)?;
            }
        }
        Ok(())
    }

    fn choose(&self, op: AggregateOp, block: &Block, rows: &[usize], step: usize, number: f64, span: Span) -> Vec<usize> {
        let present = rows.iter().copied().filter(|row| !matches!(block.cell(*row, step), Cell::Absent));
        // Saturates; negative numbers take none.
        let k = number as usize;
        match op {
            AggregateOp::Limitk => present.take(k).collect(),
            AggregateOp::LimitRatio => present.filter(|row| in_share(&block.heads[*row].labels, number)).collect(),
            _ => {
                let mut floats: Vec<(f64, usize)> = Vec::new();
                if k == 0 {
                    return Vec::new();
                }
                for row in present {
                    match block.cell(row, step) {
                        Cell::Float(value) => floats.push((value, row)),
                        _ => self.notes.add(span, Note::HistogramIgnoredInAggregation(op.name())),
                    }
                }
                let top = op == AggregateOp::Topk;
                floats.sort_by(|(a, _), (b, _)| match (a.is_nan(), b.is_nan()) {
                    (false, false) if top => ascending(*b, *a),
                    (false, false) => ascending(*a, *b),
                    (a, b) => a.cmp(&b),
                });
                floats.into_iter().take(k).map(|(_, row)| row).collect()
            }
        }
    }

    fn count_values(&self, aggregation: &Aggregation, label: &str, grid: &Grid, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let mut labels = aggregation.labels.clone();
        if !aggregation.without {
            labels.push(label.into());
        }
        let by = KeyLabels { labels: &labels, only: !aggregation.without };
        let mut places: HashMap<Labels, usize> = HashMap::new();
        let mut rows: Vec<Row> = Vec::new();
        self.stream(&aggregation.inner, grid, &mut |row| {
            let mut last: Option<(u64, usize)> = None;
            for step in 0..grid.len {
                let (bits, value) = match row.cell(step) {
                    Cell::Absent => continue,
                    Cell::Float(value) => (value.to_bits(), number::plain(value)),
                    Cell::Histogram(histogram) => (Arc::as_ptr(histogram) as u64, native::text::text(histogram)),
                };
                let place = match last.filter(|(known, _)| *known == bits) {
                    Some((_, place)) => place,
                    None => {
                        let labels = by.keep(&label::with(&row.labels, label, &value));
                        self.check_points((rows.len() + 1).saturating_mul(grid.len))?;
                        *places.entry(labels.clone()).or_insert_with(|| {
                            rows.push(Row::new(labels, grid.len));
                            rows.len() - 1
                        })
                    }
                };
                last = Some((bits, place));
                let count = &mut rows[place].values[step];
                *count = if is_absent(*count) { 1.0 } else { *count + 1.0 };
            }
            Ok(())
        })?;
        let mut block = Block::new(grid.len);
        for row in &mut rows {
            block.push(row);
        }
        emit(&block, sink)
    }
}

/// `limitk` takes the first series of a group: by their labels, so that the same ones are taken each time.
fn row_order(op: AggregateOp, block: &Block) -> Vec<usize> {
    let mut order: Vec<usize> = (0..block.len()).collect();
    if op == AggregateOp::Limitk {
        order.sort_by(|a, b| block.heads[*a].labels.cmp(&block.heads[*b].labels));
    }
    order
}

/// Whether a series is in a share of all: from below for a positive share, the complement from above for a negative one.
fn in_share(labels: &Labels, ratio: f64) -> bool {
    let share = hash(labels) as f64 / u64::MAX as f64;
    if ratio >= 0.0 { share < ratio } else { share >= 1.0 + ratio.max(-1.0) }
}

/// FNV-1a, then mixed so that the upper bits depend on all of the text: the same series is chosen by every replica.
fn hash(labels: &Labels) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (name, value) in labels.iter() {
        for byte in name.bytes().chain([0xff]).chain(value.bytes()).chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}
