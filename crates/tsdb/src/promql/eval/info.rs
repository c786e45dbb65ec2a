//! `info` (experimental in Prometheus): labels of info series, such as `target_info`, joined to the series of the same
//! `instance` and `job`.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::{Block, Cell, Evaluator, Grid, Row, Sink, label, operator::put, select::Yields, unmarked};
use crate::{
    promql::{
        ast::{Extend, Span},
        error::{QueryError, evaluation},
        parse::{self, NAME},
        plan::{Node, Plan, Ranged, Select, When},
    },
    source::{Labels, MatchOp, Matcher},
};

/// Labels that say which series an info series is about.
const IDENTIFYING: [&str; 2] = ["instance", "job"];
/// The info metric that is meant when none is named.
const TARGET_INFO: &str = "target_info";

/// Info series by their metric's name and by whom they are about.
#[derive(Debug, Default)]
struct InfoSeries {
    block: Block,
    rows: BTreeMap<String, HashMap<[String; 2], Vec<usize>>>,
}

impl Evaluator<'_> {
    pub(super) fn info(&self, arguments: &[Plan], grid: &Grid, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let base = self.block(&arguments[0], grid)?;
        let wanted: Vec<Matcher> = match arguments.get(1).map(|argument| &unmarked(argument).node) {
            Some(Node::Select(select)) => select.matchers.clone(),
            _ => vec![equal_name(TARGET_INFO)],
        };
        let (names, data): (Vec<Matcher>, Vec<Matcher>) = wanted.into_iter().partition(|matcher| &*matcher.name == NAME);
        let names = with_positive(names);
        let is_info = |labels: &Labels| !names.is_empty() && names.iter().all(|matcher| matcher.matches(labels.get(NAME)));
        let ignored: Vec<bool> = base.heads.iter().map(|head| is_info(&head.labels)).collect();
        let when = first_when(&arguments[0]).unwrap_or_default();
        let infos = self.info_series(&base, &ignored, names, &data, when, grid)?;
        let mut rows: Vec<Row> = Vec::new();
        let mut places: HashMap<Labels, usize> = HashMap::new();
        for (index, head) in base.heads.iter().enumerate() {
            self.check()?;
            let mut last: Option<(Vec<usize>, Option<Labels>)> = None;
            for step in 0..grid.len {
                let value = match base.cell(index, step) {
                    Cell::Absent => continue,
                    Cell::Float(value) => super::arithmetic::Value::Float(value),
                    Cell::Histogram(histogram) => super::arithmetic::Value::Histogram(Arc::clone(histogram)),
                };
                let chosen = if ignored[index] { Vec::new() } else { infos.choose(&head.labels, step)? };
                if last.as_ref().is_none_or(|(before, _)| *before != chosen) {
                    let labels = if ignored[index] { Some(head.labels.clone()) } else { infos.enrich(&head.labels, &chosen, &data)? };
                    last = Some((chosen, labels));
                }
                let Some((_, Some(labels))) = &last else { continue };
                let place = *places.entry(labels.clone()).or_insert_with(|| {
                    rows.push(Row { drop_name: head.drop_name, ..Row::new(labels.clone(), grid.len) });
                    rows.len() - 1
                });
                if !super::block::is_absent(rows[place].values[step]) {
                    return evaluation("vector cannot contain metrics with the same labelset");
                }
                put(&mut rows[place], step, value, true, false);
            }
        }
        for row in &mut rows {
            sink(row)?;
        }
        Ok(())
    }

    /// Info series about any of the series, with the instants of their samples.
    fn info_series(
        &self,
        base: &Block,
        ignored: &[bool],
        names: Vec<Matcher>,
        data: &[Matcher],
        when: When,
        grid: &Grid,
    ) -> Result<InfoSeries, QueryError> {
        let mut matchers = if names.is_empty() { vec![equal_name(TARGET_INFO)] } else { names };
        matchers.extend_from_slice(data);
        let mut any = false;
        for identifying in IDENTIFYING {
            let heads = base.heads.iter().zip(ignored).filter(|(_, ignored)| !**ignored);
            let values: BTreeSet<&str> = heads.map(|(head, _)| head.labels.get(identifying)).filter(|value| !value.is_empty()).collect();
            if values.is_empty() {
                continue;
            }
            any = true;
            let pattern = values.iter().map(|value| regex::escape(value)).collect::<Vec<_>>().join("|");
            // Too many values for one expression: then series are told apart below.
            if let Ok(regex) = parse::compile(&pattern) {
                matchers.push(Matcher { name: identifying.into(), op: MatchOp::Regex, value: pattern.into(), regex: Some(regex) });
            }
        }
        let mut infos = InfoSeries { block: Block::new(grid.len), ..InfoSeries::default() };
        if !any {
            return Ok(infos);
        }
        let select = Select { matchers, when, extend: Extend::No, compares: false, span: Span::default() };
        self.select(&select, grid, Yields::FloatTimes, &mut |row| {
            if !row.histograms.is_empty() {
                return evaluation(format!("this should be an info metric, with float samples: {}", label::text(&row.labels)));
            }
            let by_identity = infos.rows.entry(row.labels.get(NAME).to_owned()).or_default();
            by_identity.entry(identity(&row.labels)).or_default().push(infos.block.len());
            infos.block.push(row);
            Ok(())
        })?;
        Ok(infos)
    }
}

impl InfoSeries {
    /// The newest info series of each name about a series, at a step.
    fn choose(&self, labels: &Labels, step: usize) -> Result<Vec<usize>, QueryError> {
        let identity = identity(labels);
        let mut chosen = Vec::new();
        for by_identity in self.rows.values() {
            let mut newest: Option<(f64, usize)> = None;
            for row in by_identity.get(&identity).into_iter().flatten() {
                let Cell::Float(at) = self.block.cell(*row, step) else { continue };
                match newest {
                    Some((before, other)) if before == at => {
                        let [a, b] = [other, *row].map(|row| label::text(&self.block.heads[row].labels));
                        return evaluation(format!("found duplicate series for info metric: existing {a} @ {at}, new {b} @ {at}"));
                    }
                    Some((before, _)) if before > at => {}
                    _ => newest = Some((at, *row)),
                }
            }
            chosen.extend(newest.map(|(_, row)| row));
        }
        Ok(chosen)
    }

    /// The labels of a series with those of info series; `None` when labels were asked for that none of them has.
    fn enrich(&self, labels: &Labels, chosen: &[usize], data: &[Matcher]) -> Result<Option<Labels>, QueryError> {
        if chosen.is_empty() && data.iter().any(|matcher| !matcher.matches("")) {
            return Ok(None);
        }
        let mut added: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
        for row in chosen {
            for (name, value) in self.block.heads[*row].labels.iter() {
                let asked_for = data.is_empty() || data.iter().any(|matcher| matcher.name == *name);
                if &**name == NAME || !asked_for {
                    continue;
                }
                if added.get(name).is_some_and(|other| other != value) {
                    return evaluation(format!("conflicting label: {name}"));
                }
                if labels.get(name).is_empty() {
                    added.insert(Arc::clone(name), Arc::clone(value));
                }
            }
        }
        let own = labels.iter().map(|(name, value)| (Arc::clone(name), Arc::clone(value)));
        Ok(Some(Labels::new(own.chain(added))))
    }
}

/// Names excluded only: then what is looked for is still an info metric.
fn with_positive(mut names: Vec<Matcher>) -> Vec<Matcher> {
    let positive = names.iter().any(|matcher| matches!(matcher.op, MatchOp::Equal | MatchOp::Regex));
    if !names.is_empty() && !positive {
        let pattern = ".+_info";
        names.push(Matcher { name: NAME.into(), op: MatchOp::Regex, value: pattern.into(), regex: parse::compile(pattern).ok() });
    }
    names
}

fn equal_name(name: &str) -> Matcher {
    Matcher { name: NAME.into(), op: MatchOp::Equal, value: name.into(), regex: None }
}

fn identity(labels: &Labels) -> [String; 2] {
    IDENTIFYING.map(|name| labels.get(name).to_owned())
}

/// When the first selector of a part looks: info series are looked up for the same instants.
fn first_when(plan: &Plan) -> Option<When> {
    match &plan.node {
        Node::Select(select) | Node::Range(Ranged::Select { select, .. }) => Some(select.when),
        Node::Range(Ranged::Subquery { inner, when, .. }) => {
            let inner = first_when(inner)?;
            let offset_ms = if inner.at_ms.is_some() { inner.offset_ms } else { when.offset_ms + inner.offset_ms };
            Some(When { offset_ms, at_ms: inner.at_ms.or(when.at_ms) })
        }
        Node::Once(inner) | Node::Negate(inner) => first_when(inner),
        Node::Binary(operator) => first_when(&operator.left).or_else(|| first_when(&operator.right)),
        Node::Aggregate(aggregation) => first_when(&aggregation.inner),
        Node::Call(_, arguments) => arguments.iter().find_map(first_when),
        Node::Number(_) | Node::Text(_) => None,
    }
}
