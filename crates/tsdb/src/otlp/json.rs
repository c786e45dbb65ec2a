//! Requests in JSON.

use std::borrow::Cow;

use serde::Deserialize;

use super::{
    OtlpError,
    model::{KeyValue, Point, Shape, Temporality},
    translate::Translator,
};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    resource_metrics: Vec<ResourceMetrics<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ResourceMetrics<'a> {
    #[serde(borrow)]
    resource: Attributed<'a>,
    #[serde(borrow)]
    scope_metrics: Vec<ScopeMetrics<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Attributed<'a> {
    #[serde(borrow)]
    attributes: Vec<KeyValue<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ScopeMetrics<'a> {
    #[serde(borrow)]
    scope: Scope<'a>,
    #[serde(borrow)]
    metrics: Vec<Metric<'a>>,
    #[serde(borrow)]
    schema_url: Cow<'a, str>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Scope<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    version: Cow<'a, str>,
    #[serde(borrow)]
    attributes: Vec<KeyValue<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metric<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    unit: Cow<'a, str>,
    #[serde(borrow)]
    description: Cow<'a, str>,
    #[serde(borrow)]
    gauge: Option<Data<'a>>,
    #[serde(borrow)]
    sum: Option<Data<'a>>,
    #[serde(borrow)]
    histogram: Option<Data<'a>>,
    #[serde(borrow)]
    exponential_histogram: Option<Data<'a>>,
    #[serde(borrow)]
    summary: Option<Data<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Data<'a> {
    #[serde(borrow, rename = "dataPoints")]
    points: Vec<Point<'a>>,
    aggregation_temporality: Temporality,
    is_monotonic: bool,
}

impl<'de> Deserialize<'de> for Temporality {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(u64),
            Word(String),
        }
        Ok(match Written::deserialize(from)? {
            Written::Number(number) => Self::from_number(number),
            Written::Word(word) => match word.as_str() {
                "AGGREGATION_TEMPORALITY_DELTA" => Self::Delta,
                "AGGREGATION_TEMPORALITY_CUMULATIVE" => Self::Cumulative,
                _ => Self::Unspecified,
            },
        })
    }
}

impl<'a> Metric<'a> {
    fn data(self) -> Option<(Shape, Data<'a>)> {
        let rising = self.sum.as_ref().is_some_and(|sum| sum.is_monotonic);
        let of = |shape, data: Option<Data<'a>>| data.map(|data| (shape, data));
        of(Shape::Gauge, self.gauge)
            .or_else(|| of(Shape::Sum { rising }, self.sum))
            .or_else(|| of(Shape::Histogram, self.histogram))
            .or_else(|| of(Shape::Exponential, self.exponential_histogram))
            .or_else(|| of(Shape::Summary, self.summary))
    }
}

pub(super) fn read(body: &[u8], to: &mut Translator<'_>) -> Result<(), OtlpError> {
    let objects = body.split(|byte| *byte == b'{').skip(1).count();
    if objects > to.options.bounds.json_objects_max {
        return Err(OtlpError::TooLarge(format!(
            "the request has {objects} objects, more than json_objects_max allows ({}): send fewer points at once, or protobuf",
            to.options.bounds.json_objects_max
        )));
    }
    let request: Request<'_> = serde_json::from_slice(body).map_err(|error| OtlpError::Message(error.to_string()))?;
    for resource in request.resource_metrics {
        to.begin_resource(&resource.resource.attributes);
        for scope in resource.scope_metrics {
            let about = &scope.scope;
            to.begin_scope(&about.name, &about.version, &scope.schema_url, &about.attributes);
            for mut metric in scope.metrics {
                let (given, unit, help) =
                    (std::mem::take(&mut metric.name), std::mem::take(&mut metric.unit), std::mem::take(&mut metric.description));
                let Some((shape, data)) = metric.data() else { continue };
                let Some(metric) = to.begin_metric(&given, &unit, &help, (shape, data.aggregation_temporality), data.points.len()) else {
                    continue;
                };
                for point in &data.points {
                    to.point(&metric, point)?;
                }
            }
        }
        to.end_resource();
    }
    Ok(())
}
