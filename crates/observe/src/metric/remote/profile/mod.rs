//! How exact another engine is: questions whose right answers are known, asked over samples of our own near now.
//!
//! Engines that speak `PromQL` differ in what it means: how a range's edges count, how `rate` extrapolates, which names are kept.
//! Nobody sees it in a graph. So each part of the language has a question in `profile.test`, whose expectations our own engine is
//! held to by a test; answers of the engine to queries that use a part it has in its own way carry a warning. Pure but for [`ask`]
//! and [`watch`].

mod ask;
mod script;
mod show;
mod watch;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use evenkeel_tsdb::promql;

pub use ask::{ProfileError, profile};
pub(super) use watch::Profiler;

use super::EngineKind;

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As Prometheus 3 answers.
    Exact,
    /// Otherwise.
    Differs {
        /// What Prometheus 3 answers.
        expected: String,
        /// What the engine answers.
        got: String,
    },
    /// The engine does not answer, or does not take the samples; its words.
    Refused(String),
}

/// A question and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What it is about: a function, an operator, a construct.
    pub feature: &'static str,
    /// The query.
    pub query: &'static str,
    /// What came of it.
    pub outcome: Outcome,
}

/// How exact an engine is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The engine's version; empty when it keeps it to itself.
    pub version: String,
    /// When it was asked, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Every question.
    pub checks: Vec<Check>,
}

impl Profile {
    /// How many answers are exact.
    pub fn exact(&self) -> usize {
        self.checks.iter().filter(|check| check.outcome == Outcome::Exact).count()
    }

    /// The first question that failed of each feature among `used`.
    pub fn inexact(&self, used: &BTreeSet<&'static str>) -> Vec<&Check> {
        let mut told = BTreeSet::new();
        let failed = self.checks.iter().filter(|check| check.outcome != Outcome::Exact && used.contains(check.feature));
        failed.filter(|check| told.insert(check.feature)).collect()
    }
}

/// What is known of the engine.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// None before it was asked.
    pub profile: Option<Arc<Profile>>,
    /// Why it could not be asked last; none while all is well.
    pub trouble: Option<String>,
}

impl State {
    /// What the answer to a query should be taken with. A query that is not `PromQL` has none: nobody says what it should yield.
    pub fn warnings(&self, engine: EngineKind, query: &str) -> Vec<String> {
        let Some(profile) = &self.profile else { return Vec::new() };
        let Ok(expr) = promql::parse(query) else { return Vec::new() };
        let name = format!("{} {}", engine.name(), profile.version);
        let told = |check: &Check| {
            format!("{}: {} is not Prometheus-exact ({})", check.feature, name.trim_end(), check.outcome.brief(check.query))
        };
        profile.inexact(&promql::features(&expr)).into_iter().map(told).collect()
    }
}

impl Outcome {
    fn brief(&self, query: &str) -> String {
        match self {
            Self::Exact => String::new(),
            Self::Differs { expected, got } => {
                format!("of {query} over samples of known values expected {}, got {}", show::cut(expected), show::cut(got))
            }
            Self::Refused(words) => format!("it refuses {query}: {}", show::cut(words)),
        }
    }
}

/// The same, shared.
#[derive(Debug, Default)]
pub struct Known(Mutex<State>);

impl Known {
    /// What is known.
    pub fn look(&self) -> State {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn found(&self, profile: Profile) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State { profile: Some(Arc::new(profile)), trouble: None };
    }

    /// What was known stays.
    fn failed(&self, why: &ProfileError) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).trouble = Some(why.to_string());
    }
}

#[cfg(test)]
mod tests;
