//! Answers of Prometheus' HTTP API, read into what our own engine yields.

use std::{collections::BTreeMap, sync::Arc};

use evenkeel_tsdb::{
    batch::Kind,
    promql::{QueryResult, Sample, SeriesResult, Value},
    source::Labels,
};
use serde::Deserialize;

use super::histogram::Shown;
use crate::metric::Metadata;

/// What every answer has around it.
#[derive(Debug, Deserialize)]
pub struct Envelope<T> {
    /// `success` or `error`.
    pub status: String,
    /// What was asked for.
    pub data: Option<T>,
    /// The kind of error.
    #[serde(rename = "errorType", default)]
    pub error_type: String,
    /// The error.
    #[serde(default)]
    pub error: String,
    #[serde(default)]
    warnings: Vec<String>,
    #[serde(default)]
    infos: Vec<String>,
}

/// What a query yields.
#[derive(Debug, Deserialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
pub enum Data {
    /// A number.
    Scalar(Point),
    /// A text.
    String((f64, String)),
    /// One sample a series.
    Vector(Vec<One>),
    /// Series of samples.
    Matrix(Vec<Many>),
}

/// An instant in seconds, and a number as text.
#[derive(Debug, Deserialize)]
pub struct Point(f64, String);

/// A label set.
pub type Pairs = BTreeMap<String, String>;

/// A series with a sample.
#[derive(Debug, Deserialize)]
pub struct One {
    metric: Pairs,
    value: Option<Point>,
    histogram: Option<(f64, Shown)>,
}

/// A series with samples.
#[derive(Debug, Deserialize)]
pub struct Many {
    metric: Pairs,
    #[serde(default)]
    values: Vec<Point>,
    #[serde(default)]
    histograms: Vec<(f64, Shown)>,
}

/// What is said of a family.
#[derive(Debug, Deserialize)]
pub struct Described {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    help: String,
    #[serde(default)]
    unit: String,
}

/// Labels from an answer.
pub fn labels(pairs: Pairs) -> Labels {
    Labels::new(pairs.into_iter().map(|(name, value)| (Arc::from(name), Arc::from(value))))
}

/// Seconds as milliseconds.
#[expect(clippy::cast_possible_truncation, reason = "instants of an engine are within the range of 64 bits")]
fn at_ms(secs: f64) -> i64 {
    (secs * 1000.0).round() as i64
}

/// A number as Go writes it.
pub fn number(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| format!("{text:?} is no number"))
}

impl Point {
    fn read(&self) -> Result<(i64, f64), String> {
        Ok((at_ms(self.0), number(&self.1)?))
    }
}

impl One {
    fn read(self) -> Result<(Labels, Sample), String> {
        let sample = match (self.value, self.histogram) {
            (Some(point), _) => Sample::Float(point.read()?.1),
            (None, Some((_, shown))) => Sample::Histogram(Arc::new(shown.read()?)),
            (None, None) => return Err("a series has neither a value nor a histogram".to_owned()),
        };
        Ok((labels(self.metric), sample))
    }
}

impl Many {
    fn read(self) -> Result<SeriesResult, String> {
        Ok(SeriesResult {
            labels: labels(self.metric),
            floats: self.values.iter().map(Point::read).collect::<Result<_, _>>()?,
            histograms: self
                .histograms
                .into_iter()
                .map(|(secs, shown)| Ok((at_ms(secs), Arc::new(shown.read()?))))
                .collect::<Result<_, String>>()?,
        })
    }
}

impl Data {
    fn read(self) -> Result<Value, String> {
        Ok(match self {
            Self::Scalar(point) => Value::Scalar(point.read()?.1),
            Self::String((_, text)) => Value::Text(text),
            Self::Vector(series) => Value::Vector(series.into_iter().map(One::read).collect::<Result<_, _>>()?),
            Self::Matrix(series) => {
                let mut series = series.into_iter().map(Many::read).collect::<Result<Vec<_>, _>>()?;
                series.sort_by(|a, b| a.labels.cmp(&b.labels));
                Value::Matrix(series)
            }
        })
    }
}

impl Envelope<Data> {
    /// The result.
    ///
    /// # Errors
    /// What of it cannot be understood.
    pub fn read(self) -> Result<QueryResult, String> {
        let value = self.data.ok_or("there is no data in it")?.read()?;
        let samples = match &value {
            Value::Scalar(_) | Value::Text(_) => 0,
            Value::Vector(series) => series.len(),
            Value::Matrix(series) => series.iter().map(|one| one.floats.len() + one.histograms.len()).sum(),
        };
        Ok(QueryResult { value, warnings: self.warnings, infos: self.infos, samples: samples as u64 })
    }
}

/// Families with what was said of them last.
pub fn metadata(families: BTreeMap<String, Vec<Described>>) -> Vec<(String, Metadata)> {
    families
        .into_iter()
        .filter_map(|(name, said)| {
            let last = said.into_iter().next_back()?;
            Some((name, Metadata { kind: Kind::from_word(&last.kind).unwrap_or_default(), help: last.help, unit: last.unit }))
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<QueryResult, String> {
        serde_json::from_str::<Envelope<Data>>(text).map_err(|error| error.to_string())?.read()
    }

    #[test]
    fn every_kind_of_result_is_read() {
        let scalar = read(r#"{"status":"success","data":{"resultType":"scalar","result":[1.5,"+Inf"]}}"#).unwrap();
        assert_eq!(scalar.value, Value::Scalar(f64::INFINITY));
        let text = read(r#"{"status":"success","data":{"resultType":"string","result":[1,"a"]},"warnings":["w"]}"#).unwrap();
        assert_eq!((text.value, text.warnings), (Value::Text("a".to_owned()), vec!["w".to_owned()]));
        // With the result before its type, and with what we do not know.
        let vector = r#"{"status":"success","isPartial":false,"data":{"result":[{"metric":{"a":"b"},"value":[1435781430.781,"-0"]}],"resultType":"vector","stats":{}}}"#;
        let Value::Vector(series) = read(vector).unwrap().value else { panic!() };
        assert_eq!(series[0].0.get("a"), "b");
        let matrix = r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"b":"1"},"values":[[1435781430.781,"NaN"]]},{"metric":{"a":"1"},"histograms":[[2,{"count":"3","sum":"1","buckets":[[0,"1","2","3"]]}]]}]}}"#;
        let Value::Matrix(series) = read(matrix).unwrap().value else { panic!() };
        assert_eq!((series[0].histograms[0].0, series[1].floats[0].0), (2000, 1_435_781_430_781));
        assert!(series[1].floats[0].1.is_nan());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            r#"{"status":"success","data":{"resultType":"scalar","result":[1,"one"]}}"#,
            r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{}}]}}"#,
            r#"{"status":"success","data":{"resultType":"tensor","result":[]}}"#,
            r#"{"status":"success"}"#,
            "<html>",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
