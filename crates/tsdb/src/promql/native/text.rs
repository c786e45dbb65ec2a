//! A histogram as text, as `count_values` writes it into a label.

use super::layout::{self, Bucket};
use crate::{histogram::Histogram, promql::number::go_g};

/// The text; empty buckets are left out.
pub fn text(histogram: &Histogram) -> String {
    let mut parts = vec![format!("count:{}", go_g(histogram.count)), format!("sum:{}", go_g(histogram.sum))];
    let part = |bucket: &Bucket, open: char, close: char| {
        format!("{open}{},{}{close}:{}", go_g(bucket.lower), go_g(bucket.upper), go_g(bucket.count))
    };
    let mut negative: Vec<String> =
        layout::negative(histogram).filter(|bucket| bucket.count != 0.0).map(|bucket| part(&bucket, '[', ')')).collect();
    negative.reverse();
    parts.append(&mut negative);
    if histogram.zero_count != 0.0 {
        parts.push(part(&layout::zero(histogram), '[', ']'));
    }
    parts.extend(layout::positive(histogram).filter(|bucket| bucket.count != 0.0).map(|bucket| part(&bucket, '(', ']')));
    format!("{{{}}}", parts.join(", "))
}
