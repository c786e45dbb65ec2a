//! Points for a chart: as many as it can show, with a hole where there was nothing.

use std::{collections::BTreeMap, sync::Arc};

use evenkeel_api::{ApiResult, Problem};
use evenkeel_core::{ErrorCode, id::TenantId};
use evenkeel_tsdb::{Point, SampleStore, Selector, Series};
use serde::Serialize;
use utoipa::ToSchema;

/// Points of a chart when nobody says, and at most.
pub const POINTS_DEFAULT: usize = 300;
/// See [`POINTS_DEFAULT`].
pub const POINTS_MAX: usize = 2_000;

/// `[milliseconds since 1970 UTC, value]`; a null value ends a line.
pub type ChartPoint = (i64, Option<f64>);

/// One line of a chart.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Line {
    /// What tells it from the other lines of its metric.
    pub labels: BTreeMap<String, String>,
    /// `[ms, value | null]`, oldest first.
    #[schema(value_type = Vec<Vec<Option<f64>>>)]
    pub points: Vec<ChartPoint>,
}

impl Line {
    /// The line of a series, of at most about `points` points within `[from_ms, to_ms]`.
    pub fn of(series: &Series, from_ms: i64, to_ms: i64, points: usize) -> Self {
        Self { labels: series.labels.iter().cloned().collect(), points: thin(&series.points, from_ms, to_ms, points) }
    }
}

/// Reads series on a thread for work that blocks.
///
/// # Errors
/// When the reader broke off.
pub async fn read(
    samples: &Arc<dyn SampleStore>,
    tenant: TenantId,
    selector: Selector,
    from_ms: i64,
    to_ms: i64,
) -> ApiResult<Vec<Series>> {
    let samples = Arc::clone(samples);
    let found = tokio::task::spawn_blocking(move || samples.range(tenant, &selector, from_ms, to_ms)).await;
    found.map_err(|error| {
        tracing::error!(%error, "series could not be read");
        Problem::new(ErrorCode::Internal, "the series could not be read; the log has the details under this request id")
    })
}

/// Averages the points of each of `wanted` equal steps, and puts a null into every hole.
pub fn thin(points: &[Point], from_ms: i64, to_ms: i64, wanted: usize) -> Vec<ChartPoint> {
    let wanted = i64::try_from(wanted.clamp(1, POINTS_MAX)).unwrap_or(1);
    let step = ((to_ms - from_ms) / wanted).max(1);
    let hole = hole_ms(points).max(step * 3);
    let mut chart: Vec<ChartPoint> = Vec::new();
    let mut last_at: Option<i64> = None;
    let mut rest = points;
    while let Some(first) = rest.first() {
        let bucket = (first.at_ms - from_ms).div_euclid(step);
        let length = rest.partition_point(|point| (point.at_ms - from_ms).div_euclid(step) <= bucket);
        let (these, others) = rest.split_at(length.max(1));
        rest = others;
        if let Some(last) = last_at
            && first.at_ms - last > hole
        {
            chart.push((last + 1, None));
        }
        last_at = these.last().map(|point| point.at_ms);
        #[allow(clippy::cast_precision_loss)] // at most a few thousand
        let mean = these.iter().map(|point| point.value).sum::<f64>() / these.len() as f64;
        // A step of one point keeps the point's own time.
        let at = if let [only] = these { only.at_ms } else { from_ms + bucket * step + step / 2 };
        chart.push((at, mean.is_finite().then_some(mean)));
    }
    chart
}

/// A gap longer than three usual ones is a hole.
fn hole_ms(points: &[Point]) -> i64 {
    let mut gaps: Vec<i64> = points.windows(2).map(|pair| pair[1].at_ms - pair[0].at_ms).collect();
    if gaps.is_empty() {
        return 0;
    }
    let middle = gaps.len() / 2;
    *gaps.select_nth_unstable(middle).1 * 3
}

/// The growth per second of a counter, between neighbours; a counter that fell began again at 0.
pub fn rate(points: &[Point]) -> Vec<Point> {
    points
        .windows(2)
        .filter(|pair| pair[1].at_ms > pair[0].at_ms)
        .map(|pair| {
            let grown = if pair[1].value >= pair[0].value { pair[1].value - pair[0].value } else { pair[1].value };
            #[allow(clippy::cast_precision_loss)] // milliseconds
            let secs = (pair[1].at_ms - pair[0].at_ms) as f64 / 1000.0;
            Point { at_ms: pair[1].at_ms, value: grown / secs }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn every(step: i64, from: i64, to: i64) -> Vec<Point> {
        (from..to).step_by(usize::try_from(step).unwrap()).map(|at_ms| Point { at_ms, value: 1.0 }).collect()
    }

    #[test]
    fn few_points_are_shown_as_they_are() {
        let chart = thin(&every(1000, 0, 5000), 0, 5000, 100);
        assert_eq!(chart, [(0, Some(1.0)), (1000, Some(1.0)), (2000, Some(1.0)), (3000, Some(1.0)), (4000, Some(1.0))]);
    }

    #[test]
    fn many_points_are_averaged_to_about_as_many_as_wanted() {
        let mut points = every(10, 0, 100_000);
        for (index, point) in points.iter_mut().enumerate() {
            point.value = f64::from(u8::try_from(index % 2).unwrap());
        }
        let chart = thin(&points, 0, 100_000, 100);
        assert_eq!(chart.len(), 100);
        assert!(chart.iter().all(|(_, value)| *value == Some(0.5)));
    }

    #[test]
    fn a_hole_is_a_null_and_slow_points_are_not_holes() {
        let mut points = every(1000, 0, 10_000);
        points.extend(every(1000, 60_000, 70_000));
        let chart = thin(&points, 0, 70_000, 1000);
        assert_eq!(chart.iter().filter(|(_, value)| value.is_none()).count(), 1);
        assert!(thin(&every(30_000, 0, 600_000), 0, 600_000, 1000).iter().all(|(_, value)| value.is_some()));
    }

    #[test]
    fn a_counter_that_began_again_does_not_fall() {
        let points = [(0, 10.0), (1000, 20.0), (2000, 5.0)].map(|(at_ms, value)| Point { at_ms, value });
        assert_eq!(rate(&points).iter().map(|point| point.value).collect::<Vec<_>>(), [10.0, 5.0]);
    }
}
