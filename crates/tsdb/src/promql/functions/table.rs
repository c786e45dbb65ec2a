//! Every function: its arguments, what it yields, and what computes it.

use super::{date, math, over_time, rate, regression, window::RangeFunction};
use crate::{
    histogram::Histogram,
    promql::{
        ast::ValueType::{self, Matrix, Scalar, Text, Vector},
        native,
    },
};

/// How many more arguments may follow (or be left out).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    /// None: exactly those listed.
    None,
    /// The last listed may be left out.
    LastOptional,
    /// The last listed may be given any number of times, also none.
    LastAny,
}

/// What computes a function.
#[derive(Debug, Clone, Copy)]
pub enum Action {
    /// Each float by itself; histograms fall away.
    Math(fn(f64) -> f64),
    /// Each histogram by itself; floats fall away.
    Histogram(fn(&Histogram) -> f64),
    /// A part of the date of each float, or of now.
    Date(fn(i64) -> f64),
    /// The samples of each series in a range.
    Range(RangeFunction),
    /// A number at each step that depends on the query's times alone.
    Time(TimeFunction),
    /// A number of two numbers.
    Pair(fn(f64, f64) -> f64),
    /// What looks at more than one series, at labels or at names.
    Special(Special),
}

/// Numbers from the query's times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "their names are what they are")]
pub enum TimeFunction {
    Time,
    Pi,
    Start,
    End,
    Step,
    Range,
}

/// Functions with their own evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "their names are what they are")]
pub enum Special {
    Absent,
    AbsentOverTime,
    Clamp,
    ClampMax,
    ClampMin,
    HistogramFraction,
    HistogramQuantile,
    HistogramQuantiles,
    Info,
    LabelJoin,
    LabelReplace,
    Round,
    Scalar,
    Sort,
    SortDesc,
    SortByLabel,
    SortByLabelDesc,
    Timestamp,
    Vector,
}

/// A function.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// The types of its arguments.
    pub arguments: &'static [ValueType],
    /// Whether the number of arguments varies.
    pub extra: Extra,
    /// What it yields.
    pub returns: ValueType,
    /// What computes it.
    pub action: Action,
}

impl Function {
    /// The least and the greatest number of arguments.
    pub fn count(&self) -> (usize, Option<usize>) {
        let listed = self.arguments.len();
        match self.extra {
            Extra::None => (listed, Some(listed)),
            Extra::LastOptional => (listed.saturating_sub(1), Some(listed)),
            Extra::LastAny => (listed.saturating_sub(1), None),
        }
    }

    /// The type of the argument at a place.
    pub fn argument(&self, at: usize) -> ValueType {
        self.arguments[at.min(self.arguments.len() - 1)]
    }
}

/// A function by its name; those that ask for the query's times have no case.
pub fn find(name: &str) -> Option<&'static Function> {
    let at = TABLE.binary_search_by(|function| function.name.cmp(name));
    at.ok().map(|at| &TABLE[at]).or_else(|| {
        let lower = name.to_ascii_lowercase();
        ["start", "end", "step", "range"].contains(&lower.as_str()).then(|| TABLE.iter().find(|function| function.name == lower))?
    })
}

/// All functions, by name.
pub fn all() -> &'static [Function] {
    &TABLE
}

/// The function that was probably meant: most letters in common, in order.
pub fn nearest(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let likeness = |other: &str| {
        let prefix = lower.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
        let suffix = lower.bytes().rev().zip(other.bytes().rev()).take_while(|(a, b)| a == b).count();
        (prefix + suffix).min(other.len())
    };
    let best = TABLE.iter().map(|function| function.name).max_by_key(|other| (likeness(other), usize::MAX - other.len()))?;
    (likeness(best) * 3 >= best.len().max(name.len()) * 2).then_some(best)
}

const fn function(name: &'static str, arguments: &'static [ValueType], extra: Extra, returns: ValueType, action: Action) -> Function {
    Function { name, arguments, extra, returns, action }
}

const fn math(name: &'static str, compute: fn(f64) -> f64) -> Function {
    function(name, &[Vector], Extra::None, Vector, Action::Math(compute))
}

const fn histogram(name: &'static str, compute: fn(&Histogram) -> f64) -> Function {
    function(name, &[Vector], Extra::None, Vector, Action::Histogram(compute))
}

const fn date(name: &'static str, compute: fn(i64) -> f64) -> Function {
    function(name, &[Vector], Extra::LastOptional, Vector, Action::Date(compute))
}

const fn range(name: &'static str, compute: RangeFunction) -> Function {
    function(name, &[Matrix], Extra::None, Vector, Action::Range(compute))
}

const fn time(name: &'static str, which: TimeFunction) -> Function {
    function(name, &[], Extra::None, Scalar, Action::Time(which))
}

const fn pair(name: &'static str, compute: fn(f64, f64) -> f64) -> Function {
    function(name, &[Scalar, Scalar], Extra::None, Scalar, Action::Pair(compute))
}

const fn special(name: &'static str, arguments: &'static [ValueType], extra: Extra, which: Special) -> Function {
    function(name, arguments, extra, Vector, Action::Special(which))
}

/// Sorted by name.
static TABLE: [Function; 89] = [
    math("abs", f64::abs),
    special("absent", &[Vector], Extra::None, Special::Absent),
    special("absent_over_time", &[Matrix], Extra::None, Special::AbsentOverTime),
    math("acos", f64::acos),
    math("acosh", f64::acosh),
    math("asin", f64::asin),
    math("asinh", f64::asinh),
    math("atan", f64::atan),
    math("atanh", f64::atanh),
    range("avg_over_time", over_time::avg),
    math("ceil", f64::ceil),
    range("changes", rate::changes),
    special("clamp", &[Vector, Scalar, Scalar], Extra::None, Special::Clamp),
    special("clamp_max", &[Vector, Scalar], Extra::None, Special::ClampMax),
    special("clamp_min", &[Vector, Scalar], Extra::None, Special::ClampMin),
    math("cos", f64::cos),
    math("cosh", f64::cosh),
    range("count_over_time", over_time::count),
    date("day_of_month", date::day_of_month),
    date("day_of_week", date::day_of_week),
    date("day_of_year", date::day_of_year),
    date("days_in_month", date::days_in_month),
    math("deg", math::degrees),
    range("delta", rate::delta),
    range("deriv", regression::deriv),
    function("double_exponential_smoothing", &[Matrix, Scalar, Scalar], Extra::None, Vector, Action::Range(regression::smoothing)),
    time("end", TimeFunction::End),
    math("exp", f64::exp),
    range("first_over_time", over_time::first),
    math("floor", f64::floor),
    histogram("histogram_avg", native::summary::mean),
    histogram("histogram_count", native::summary::count),
    special("histogram_fraction", &[Scalar, Scalar, Vector], Extra::None, Special::HistogramFraction),
    special("histogram_quantile", &[Scalar, Vector], Extra::None, Special::HistogramQuantile),
    special("histogram_quantiles", &[Vector, Text, Scalar, Scalar], Extra::LastAny, Special::HistogramQuantiles),
    histogram("histogram_stddev", native::summary::stddev),
    histogram("histogram_stdvar", native::summary::stdvar),
    histogram("histogram_sum", native::summary::sum),
    date("hour", date::hour),
    range("idelta", rate::idelta),
    range("increase", rate::increase),
    special("info", &[Vector, Vector], Extra::LastOptional, Special::Info),
    range("irate", rate::irate),
    special("label_join", &[Vector, Text, Text, Text], Extra::LastAny, Special::LabelJoin),
    special("label_replace", &[Vector, Text, Text, Text, Text], Extra::None, Special::LabelReplace),
    range("last_over_time", over_time::last),
    math("ln", f64::ln),
    math("log10", f64::log10),
    math("log2", f64::log2),
    range("mad_over_time", over_time::mad),
    pair("max_of", math::greater),
    range("max_over_time", over_time::max),
    pair("min_of", math::lesser),
    range("min_over_time", over_time::min),
    date("minute", date::minute),
    date("month", date::month),
    time("pi", TimeFunction::Pi),
    function("predict_linear", &[Matrix, Scalar], Extra::None, Vector, Action::Range(regression::predict_linear)),
    range("present_over_time", over_time::present),
    function("quantile_over_time", &[Scalar, Matrix], Extra::None, Vector, Action::Range(over_time::quantile)),
    math("rad", math::radians),
    time("range", TimeFunction::Range),
    range("rate", rate::rate),
    range("resets", rate::resets),
    special("round", &[Vector, Scalar], Extra::LastOptional, Special::Round),
    function("scalar", &[Vector], Extra::None, Scalar, Action::Special(Special::Scalar)),
    math("sgn", math::sign),
    math("sin", f64::sin),
    math("sinh", f64::sinh),
    special("sort", &[Vector], Extra::None, Special::Sort),
    special("sort_by_label", &[Vector, Text], Extra::LastAny, Special::SortByLabel),
    special("sort_by_label_desc", &[Vector, Text], Extra::LastAny, Special::SortByLabelDesc),
    special("sort_desc", &[Vector], Extra::None, Special::SortDesc),
    math("sqrt", f64::sqrt),
    time("start", TimeFunction::Start),
    range("stddev_over_time", over_time::stddev),
    range("stdvar_over_time", over_time::stdvar),
    time("step", TimeFunction::Step),
    range("sum_over_time", over_time::sum),
    math("tan", f64::tan),
    math("tanh", f64::tanh),
    time("time", TimeFunction::Time),
    special("timestamp", &[Vector], Extra::None, Special::Timestamp),
    range("ts_of_first_over_time", over_time::time_of_first),
    range("ts_of_last_over_time", over_time::time_of_last),
    range("ts_of_max_over_time", over_time::time_of_max),
    range("ts_of_min_over_time", over_time::time_of_min),
    special("vector", &[Scalar], Extra::None, Special::Vector),
    date("year", date::year),
];

#[cfg(test)]
mod tests {
    use super::{TABLE, find, nearest};

    #[test]
    fn the_table_is_sorted_so_that_every_function_is_found() {
        assert!(TABLE.is_sorted_by(|a, b| a.name < b.name));
        assert!(TABLE.iter().all(|function| find(function.name).is_some_and(|found| found.name == function.name)));
        assert_eq!(find("STEP").map(|function| function.name), Some("step"));
        assert!(find("RATE").is_none());
    }

    #[test]
    fn a_misspelt_function_is_guessed() {
        assert_eq!(nearest("histogram_quantil"), Some("histogram_quantile"));
        assert_eq!(nearest("zzz"), None);
    }
}
