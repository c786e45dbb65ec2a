//! What a query yields.

use std::sync::Arc;

use crate::{histogram::Histogram, source::Labels};

/// A sample of a result.
#[derive(Debug, Clone, PartialEq)]
pub enum Sample {
    /// A number.
    Float(f64),
    /// A native histogram.
    Histogram(Arc<Histogram>),
}

/// A series of a range or of a range vector.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SeriesResult {
    /// Its labels.
    pub labels: Labels,
    /// Numbers with their instants, milliseconds since 1970 UTC, rising.
    pub floats: Vec<(i64, f64)>,
    /// Histograms with their instants, rising.
    pub histograms: Vec<(i64, Arc<Histogram>)>,
}

/// What a query yields.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Scalar(f64),
    /// A text.
    Text(String),
    /// One sample a series, in the order that the query asks for.
    Vector(Vec<(Labels, Sample)>),
    /// Series with samples, sorted by labels.
    Matrix(Vec<SeriesResult>),
}

/// A query's result.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryResult {
    /// The value.
    pub value: Value,
    /// What probably is not as meant, with line and column.
    pub warnings: Vec<String>,
    /// What is worth knowing, with line and column.
    pub infos: Vec<String>,
    /// How many samples were read.
    pub samples: u64,
}
