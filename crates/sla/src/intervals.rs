//! Sorted, disjoint, half-open intervals `[from, to)` over whole numbers, and the algebra on them.
//!
//! The unit is the caller's (seconds or microseconds since 1970). Every operation is linear in its inputs.

/// A half-open interval. Empty when `to <= from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First point inside.
    pub from: i64,
    /// First point after.
    pub to: i64,
}

impl Span {
    /// An interval from `from` up to, not including, `to`.
    pub const fn new(from: i64, to: i64) -> Self {
        Self { from, to }
    }
    /// Whether no point lies inside.
    pub const fn is_empty(self) -> bool {
        self.to <= self.from
    }
    /// Its length; zero when empty, held at `i64::MAX`.
    pub const fn length(self) -> i64 {
        if self.is_empty() { 0 } else { self.to.saturating_sub(self.from) }
    }
    /// The common part, which may be empty.
    #[must_use]
    pub fn intersect(self, other: Self) -> Self {
        Self::new(self.from.max(other.from), self.to.min(other.to))
    }
}

/// A set of points as sorted intervals that neither overlap nor touch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IntervalSet(Vec<Span>);

impl IntervalSet {
    /// The empty set.
    pub const fn empty() -> Self {
        Self(Vec::new())
    }

    /// The set of one interval.
    pub fn of(from: i64, to: i64) -> Self {
        Self::union_of([Span::new(from, to)])
    }

    /// The union of intervals in any order; overlapping and touching ones become one.
    pub fn union_of(spans: impl IntoIterator<Item = Span>) -> Self {
        let mut spans: Vec<Span> = spans.into_iter().filter(|span| !span.is_empty()).collect();
        spans.sort_unstable();
        let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match merged.last_mut() {
                Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
                _ => merged.push(span),
            }
        }
        Self(merged)
    }

    /// The intervals, sorted and disjoint.
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// Whether no point is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sum of the lengths, held at `i64::MAX`.
    pub fn measure(&self) -> i64 {
        self.0.iter().fold(0_i64, |sum, span| sum.saturating_add(span.length()))
    }

    /// Whether `point` is in it.
    pub fn contains(&self, point: i64) -> bool {
        let after = self.0.partition_point(|span| span.from <= point);
        after.checked_sub(1).and_then(|index| self.0.get(index)).is_some_and(|span| point < span.to)
    }

    /// Points in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::union_of(self.0.iter().chain(&other.0).copied())
    }

    /// Points in both.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut common = Vec::new();
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            let part = a.intersect(**b);
            if !part.is_empty() {
                common.push(part);
            }
            if a.to <= b.to {
                left.next();
            } else {
                right.next();
            }
        }
        Self(common)
    }

    /// Points of this set that are not in the other.
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Self {
        let mut rest = Vec::new();
        let mut cuts = other.0.iter().peekable();
        for span in &self.0 {
            let mut from = span.from;
            while cuts.peek().is_some_and(|cut| cut.to <= from) {
                cuts.next();
            }
            // A cut that reaches past this span stays for the next one.
            let mut ahead = cuts.clone();
            while let Some(cut) = ahead.next_if(|cut| cut.from < span.to) {
                if cut.from > from {
                    rest.push(Span::new(from, cut.from));
                }
                from = from.max(cut.to);
                if from >= span.to {
                    break;
                }
                cuts.next();
            }
            if from < span.to {
                rest.push(Span::new(from, span.to));
            }
        }
        Self(rest)
    }
}

impl FromIterator<Span> for IntervalSet {
    fn from_iter<I: IntoIterator<Item = Span>>(spans: I) -> Self {
        Self::union_of(spans)
    }
}
