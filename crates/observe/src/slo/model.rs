//! Objectives, ready to be evaluated.

use evenkeel_core::definition::Bilingual;

use super::{burn::Pair, window::Window};
use crate::sli;

/// A query: as it was written, and as it is asked each minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metric {
    /// As written.
    pub written: String,
    /// What is asked at the end of each minute about that minute.
    pub asked: String,
}

/// How a value is compared with the limit of a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `lte`
    AtMost,
    /// `lt`
    Below,
    /// `gte`
    AtLeast,
    /// `gt`
    Above,
}

impl Op {
    /// By OpenSLO's word.
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "lte" => Self::AtMost,
            "lt" => Self::Below,
            "gte" => Self::AtLeast,
            "gt" => Self::Above,
            _ => return None,
        })
    }

    /// As one writes it.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::AtMost => "<=",
            Self::Below => "<",
            Self::AtLeast => ">=",
            Self::Above => ">",
        }
    }

    /// Whether a value is good.
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::AtMost => value <= limit,
            Self::Below => value < limit,
            Self::AtLeast => value >= limit,
            Self::Above => value > limit,
        }
    }
}

/// Which part of all events a second query counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The good ones.
    Good,
    /// The bad ones.
    Bad,
}

/// What is measured.
#[derive(Debug, Clone, PartialEq)]
pub enum Indicator {
    /// Events: a part of them and all of them.
    Ratio {
        /// Which part `counted` counts.
        part: Part,
        /// The part.
        counted: Metric,
        /// All of them.
        total: Metric,
    },
    /// A value each minute, good on one side of a limit.
    Threshold {
        /// The value.
        value: Metric,
        /// Which side is good.
        op: Op,
        /// The limit.
        limit: f64,
    },
    /// A share each minute, made elsewhere.
    Raw {
        /// The share, from 0 to 1.
        share: Metric,
        /// Whether it is the share of failures.
        failure: bool,
    },
}

/// What the budget is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// Events.
    Occurrences,
    /// Stretches of time, each good or bad as a whole.
    Timeslices {
        /// How long, minutes; a divisor of 60.
        mins: i64,
        /// Good from this share of good events on.
        target: f64,
    },
    /// Stretches of time, each with its share of good events.
    RatioTimeslices {
        /// How long, minutes; a divisor of 60.
        mins: i64,
    },
}

impl Method {
    /// OpenSLO's word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Occurrences => "Occurrences",
            Self::Timeslices { .. } => "Timeslices",
            Self::RatioTimeslices { .. } => "RatioTimeslices",
        }
    }

    /// How long a stretch is, minutes; one where events are counted.
    pub const fn slice_mins(self) -> i64 {
        match self {
            Self::Occurrences => 1,
            Self::Timeslices { mins, .. } | Self::RatioTimeslices { mins } => mins,
        }
    }

    /// Whether the budget is time.
    pub const fn is_time(self) -> bool {
        !matches!(self, Self::Occurrences)
    }
}

/// An objective.
#[derive(Debug, Clone)]
pub struct Slo {
    /// Its name, once in a house.
    pub name: String,
    /// What people call it.
    pub display: Bilingual,
    /// What it is about.
    pub description: String,
    /// The service, by name.
    pub service: String,
    /// What is measured.
    pub indicator: Indicator,
    /// What the budget is made of.
    pub method: Method,
    /// Over which time.
    pub window: Window,
    /// The share that must be good, more than 0 and less than 1.
    pub target: f64,
    /// When it burns too fast.
    pub pairs: Vec<Pair>,
    /// Events in a pair's long window that make a burn rate worth believing.
    pub events_min: f64,
    /// The file it stands in.
    pub file: String,
    /// The line it begins on.
    pub line: usize,
    /// Its document as written.
    pub text: String,
}

impl Slo {
    /// How it is measured, for the record: what makes a minute's figures, and nothing that judges them.
    pub fn query(&self) -> String {
        let measured = match &self.indicator {
            Indicator::Ratio { part, counted, total } => {
                let part = match part {
                    Part::Good => "good",
                    Part::Bad => "bad",
                };
                format!("{part} = {}; total = {}", counted.asked, total.asked)
            }
            Indicator::Threshold { value, op, limit } => format!("good when ({}) {} {limit}", value.asked, op.symbol()),
            Indicator::Raw { share, failure } => format!("{} = {}", if *failure { "bad share" } else { "good share" }, share.asked),
        };
        match self.method {
            Method::Occurrences => format!("{measured}; each minute"),
            Method::Timeslices { mins, target } => format!("{measured}; a stretch of {mins}m is good from {target} of its events on"),
            Method::RatioTimeslices { mins } => format!("{measured}; the share of each stretch of {mins}m"),
        }
    }

    /// SHA-256 of [`Self::query`], hex.
    pub fn query_hash(&self) -> String {
        sli::query_hash(&self.query())
    }

    /// Its queries, as asked.
    pub fn asked(&self) -> Vec<&str> {
        match &self.indicator {
            Indicator::Ratio { counted, total, .. } => vec![&counted.asked, &total.asked],
            Indicator::Threshold { value, .. } => vec![&value.asked],
            Indicator::Raw { share, .. } => vec![&share.asked],
        }
    }
}
