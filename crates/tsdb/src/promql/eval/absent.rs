//! `absent` and `absent_over_time`: 1 where nothing is, labelled with what was asked for.

use std::{collections::HashSet, sync::Arc};

use super::{ABSENT, Evaluator, Grid, Row, Sink, block::is_absent, unmarked};
use crate::{
    promql::{
        error::QueryError,
        parse::NAME,
        plan::{Node, Plan, Ranged},
    },
    source::{Labels, MatchOp, Matcher},
};

impl Evaluator<'_> {
    /// `absent`
    pub(super) fn absent(&self, argument: &Plan, grid: &Grid, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let mut present = vec![ABSENT; grid.len];
        self.stream(argument, grid, &mut |row| {
            for (present, value) in present.iter_mut().zip(&row.values) {
                if !is_absent(*value) {
                    *present = 1.0;
                }
            }
            Ok(())
        })?;
        complement(present, argument, sink)
    }

    /// `absent_over_time`
    pub(super) fn absent_over_time(&self, argument: &Plan, grid: &Grid, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let Node::Range(ranged) = &unmarked(argument).node else { return Ok(()) };
        let present = self.any_present(ranged, grid)?;
        complement(present, argument, sink)
    }
}

fn complement(present: Vec<f64>, argument: &Plan, sink: &mut Sink<'_>) -> Result<(), QueryError> {
    let matchers: &[Matcher] = match &unmarked(argument).node {
        Node::Select(select) | Node::Range(Ranged::Select { select, .. }) => &select.matchers,
        _ => &[],
    };
    let values = present.into_iter().map(|value| if is_absent(value) { 1.0 } else { ABSENT }).collect();
    let mut row = Row { labels: asked_for(matchers), drop_name: true, values, histograms: Vec::new() };
    if row.is_empty() { Ok(()) } else { sink(&mut row) }
}

/// Labels that a selector fixes: those with one `=` and nothing else.
fn asked_for(matchers: &[Matcher]) -> Labels {
    let mut seen: HashSet<&str> = HashSet::new();
    let mut pairs: Vec<(Arc<str>, Arc<str>)> = Vec::new();
    for matcher in matchers.iter().filter(|matcher| &*matcher.name != NAME) {
        if matcher.op == MatchOp::Equal && seen.insert(&matcher.name) {
            pairs.push((Arc::clone(&matcher.name), Arc::clone(&matcher.value)));
        } else {
            pairs.retain(|(name, _)| *name != matcher.name);
        }
    }
    Labels::new(pairs)
}
