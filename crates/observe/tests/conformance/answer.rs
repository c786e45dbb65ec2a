//! Answers of the API, read as a client reads them.

use std::sync::Arc;

use evenkeel_tsdb::source::Labels;
use serde_json::Value;

/// A sample as JSON has it.
#[derive(Debug, Clone)]
pub enum Got {
    Float(f64),
    /// `{"count":…,"sum":…,"buckets":…}`
    Histogram(Value),
}

#[derive(Debug)]
pub enum Data {
    Scalar(f64),
    Text(String),
    Vector(Vec<(Labels, Got)>),
    Matrix(Vec<(Labels, Vec<(i64, Got)>)>),
}

#[derive(Debug)]
pub struct Answer {
    pub data: Data,
    pub warnings: Vec<String>,
    pub infos: Vec<String>,
}

pub fn number(value: &Value) -> f64 {
    match value.as_str().unwrap_or_else(|| panic!("{value} is no text")) {
        "NaN" => f64::NAN,
        "+Inf" => f64::INFINITY,
        "-Inf" => f64::NEG_INFINITY,
        text => text.parse().unwrap(),
    }
}

fn at_ms(value: &Value) -> i64 {
    (value.as_f64().unwrap() * 1000.0).round() as i64
}

fn labels(value: &Value) -> Labels {
    Labels::new(value.as_object().unwrap().iter().map(|(name, value)| (Arc::from(name.as_str()), Arc::from(value.as_str().unwrap()))))
}

fn float(point: &Value) -> (i64, Got) {
    (at_ms(&point[0]), Got::Float(number(&point[1])))
}

fn histogram(point: &Value) -> (i64, Got) {
    (at_ms(&point[0]), Got::Histogram(point[1].clone()))
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    list(value, name).map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// The answer, or the error's text without where in the query it was.
pub fn read(body: &Value) -> Result<Answer, String> {
    if body["status"] != "success" {
        let error = body["error"].as_str().unwrap_or_else(|| panic!("neither an answer nor an error: {body}"));
        return Err(error.split_once("parse error: ").map_or(error, |(_, words)| words).to_owned());
    }
    let result = &body["data"]["result"];
    let series = || result.as_array().unwrap().iter();
    let data = match body["data"]["resultType"].as_str().unwrap() {
        "scalar" => Data::Scalar(number(&result[1])),
        "string" => Data::Text(result[1].as_str().unwrap().to_owned()),
        "vector" => Data::Vector(
            series()
                .map(|one| {
                    let sample = one.get("value").map(float).or_else(|| one.get("histogram").map(histogram)).unwrap();
                    (labels(&one["metric"]), sample.1)
                })
                .collect(),
        ),
        "matrix" => Data::Matrix(
            series()
                .map(|one| {
                    let mut points: Vec<_> = list(one, "values").map(float).chain(list(one, "histograms").map(histogram)).collect();
                    points.sort_by_key(|(at, _)| *at);
                    (labels(&one["metric"]), points)
                })
                .collect(),
        ),
        other => panic!("an answer of type {other}"),
    };
    Ok(Answer { data, warnings: texts(body, "warnings"), infos: texts(body, "infos") })
}
