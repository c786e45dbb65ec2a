//! Mean, median and percentiles of whole seconds. Sums are whole numbers, so that no order of adding changes a figure.

/// What a duration figure tells of some durations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistic {
    /// How many.
    pub n: i64,
    /// Sum, seconds.
    pub sum: i64,
    /// Sum / n.
    pub mean: f64,
    /// The middle one, or the mean of the two in the middle.
    pub median: f64,
    /// The smallest value that at least nine tenths do not exceed (nearest rank).
    pub p90: i64,
}

/// The statistic of durations in any order; none of none.
pub fn statistic(mut secs: Vec<i64>) -> Option<Statistic> {
    secs.sort_unstable();
    let n = secs.len();
    let sum: i64 = secs.iter().sum();
    let upper = *secs.get(n / 2)?;
    let median = if n.is_multiple_of(2) { f64::midpoint(number(*secs.get(n / 2 - 1)?), number(upper)) } else { number(upper) };
    let rank = (n * 9).div_ceil(10).max(1);
    Some(Statistic { n: count(n), sum, mean: number(sum) / number(count(n)), median, p90: *secs.get(rank - 1)? })
}

/// A whole number as a value. Exact up to 2^53: seconds of 285 million years.
#[expect(clippy::cast_precision_loss, reason = "seconds and counts stay far under 2^53")]
pub const fn number(whole: i64) -> f64 {
    whole as f64
}

/// A length as a number of things.
pub fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// `part / whole` in percent; none of nothing.
pub fn percent(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| number(part) * 100.0 / number(whole))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn mean_median_and_nearest_rank() {
        let of = |secs: &[i64]| statistic(secs.to_vec()).unwrap();
        let ten = of(&[10, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!((ten.n, ten.sum, ten.mean, ten.median, ten.p90), (10, 55, 5.5, 5.5, 9));
        let one = of(&[7]);
        assert_eq!((one.mean, one.median, one.p90), (7.0, 7.0, 7));
        let eleven = of(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100]);
        assert_eq!((eleven.median, eleven.p90), (6.0, 10));
        assert_eq!(statistic(vec![]), None);
    }
}
