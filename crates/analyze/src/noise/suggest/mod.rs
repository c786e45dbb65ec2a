//! What could page less, each with what it would have done to the same past. Pure.

mod confirm;
mod deactivate;
mod hours;
mod together;

use std::collections::BTreeMap;

use evenkeel_core::id::{IncidentId, ServiceId};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{
    book::{Book, Source},
    case::{Case, Verdict},
    figures::Setting,
};
use crate::figure::statistic::count;

/// Fewer incidents than this suggest nothing.
const INCIDENTS_MIN: usize = 3;

/// What is suggested.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = NoiseChange)]
pub enum Change {
    /// Let trouble last so much longer before it is told: a rule's `for`, a probe's `failures`.
    ConfirmLonger {
        /// Seconds more.
        secs: i64,
    },
    /// Tell it from seven in the morning: nobody ever acted on it at night.
    HoldUntilMorning,
    /// Say that its service depends on the other's: they fire together.
    DependOn {
        /// The name of what fires with it, a little earlier.
        name: String,
        /// The service it would depend on.
        service: ServiceId,
    },
    /// Take it away: nobody ever acted on it.
    Deactivate,
}

/// An incident that would have been told later, or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = NoiseCost)]
pub struct Cost {
    /// Which.
    pub incident_id: IncidentId,
    /// `INC-1042` is 1042.
    pub number: i64,
    /// So much later, seconds; null = it would not have been told.
    pub later_secs: Option<i64>,
}

/// What it would have done to the period.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = NoiseBacktest)]
pub struct Backtest {
    /// Incidents looked at.
    pub n: i64,
    /// Of these, those that cannot be judged: they are open, or their alert has not ended.
    pub unknown: i64,
    /// Incidents that would not have been opened, or not have paged.
    pub incidents_avoided: i64,
    /// Pages that would not have been sent, or not at night.
    pub pages_avoided: i64,
    /// Real faults, those that somebody acted on, that would have been told later or not at all.
    pub costs: Vec<Cost>,
}

/// A suggestion.
#[derive(Debug, Clone)]
pub struct Suggestion<'b> {
    pub source: &'b Source,
    pub change: Change,
    pub backtest: Backtest,
}

impl Suggestion<'_> {
    /// The same for the same suggestion, whatever the period and its figures.
    pub fn id(&self) -> String {
        let what = match &self.change {
            Change::ConfirmLonger { .. } => "confirm_longer".to_owned(),
            Change::HoldUntilMorning => "hold_until_morning".to_owned(),
            Change::DependOn { name, service } => format!("depend_on:{service}:{name}"),
            Change::Deactivate => "deactivate".to_owned(),
        };
        hex::encode(&Sha256::digest(format!("{what}\0{}", self.source.key()))[..12])
    }
}

/// The incidents of one source, and what can be said of them.
struct Group<'c, 'b> {
    source: &'b Source,
    cases: Vec<&'c Case<'b>>,
}

impl Group<'_, '_> {
    fn is(&self, verdict: Verdict) -> usize {
        self.cases.iter().filter(|case| case.verdict == verdict).count()
    }

    fn decided(&self) -> usize {
        self.cases.len() - self.is(Verdict::Undecided)
    }

    fn pages(&self) -> i64 {
        count(self.cases.iter().map(|case| case.pages.len()).sum())
    }
}

fn cost(case: &Case<'_>, later_secs: Option<i64>) -> Cost {
    Cost { incident_id: case.id, number: case.incident.number, later_secs }
}

/// Every suggestion, those that spare most first. One source gets one at the most of: away, morning, longer.
pub fn suggestions<'b>(setting: &Setting<'_>, book: &'b Book, cases: &[Case<'b>]) -> Vec<Suggestion<'b>> {
    let mut groups: BTreeMap<&Source, Group<'_, 'b>> = BTreeMap::new();
    for case in cases {
        groups.entry(case.source).or_insert_with(|| Group { source: case.source, cases: Vec::new() }).cases.push(case);
    }
    let groups: Vec<Group<'_, 'b>> = groups.into_values().filter(|group| group.cases.len() >= INCIDENTS_MIN).collect();
    let mut found: Vec<Suggestion<'b>> = groups
        .iter()
        .filter_map(|group| confirm::suggest(group).or_else(|| deactivate::suggest(book, group)).or_else(|| hours::suggest(setting, group)))
        .collect();
    found.extend(together::suggest(&groups));
    found.retain(|suggestion| suggestion.backtest.pages_avoided > 0);
    found.sort_by_key(|suggestion| (std::cmp::Reverse(suggestion.backtest.pages_avoided), suggestion.id()));
    found
}
