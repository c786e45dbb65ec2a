//! Which labels make how many series: of what is in memory, that is, of the last hours.

use std::{cmp::Reverse, collections::BinaryHeap};

use evenkeel_core::id::TenantId;

use super::{Store, find::Terms as _, head::identity::Identity};

/// The metric's name as a label.
const NAME: &str = "__name__";

/// A thing and how many there are of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count {
    /// The thing.
    pub name: String,
    /// How many.
    pub count: u64,
}

/// A tenant's series in memory, and what makes them many. Lists hold the largest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cardinality {
    /// Series.
    pub series: u64,
    /// Label pairs there are.
    pub pairs: u64,
    /// The oldest instant in memory, milliseconds since 1970 UTC.
    pub oldest_ms: Option<i64>,
    /// The newest.
    pub newest_ms: Option<i64>,
    /// Series by metric.
    pub by_metric: Vec<Count>,
    /// Values by label.
    pub values_by_label: Vec<Count>,
    /// Bytes of values by label.
    pub bytes_by_label: Vec<Count>,
    /// Series by label pair, `name=value`.
    pub by_pair: Vec<Count>,
}

/// Keeps the `most` largest.
struct Top {
    most: usize,
    heap: BinaryHeap<Reverse<(u64, Reverse<String>)>>,
}

impl Top {
    fn new(most: usize) -> Self {
        Self { most, heap: BinaryHeap::with_capacity(most.min(1024) + 1) }
    }

    /// The name is only made when it may stay.
    fn offer(&mut self, count: u64, name: impl FnOnce() -> String) {
        let full = self.heap.len() >= self.most;
        if full && self.heap.peek().is_none_or(|Reverse((least, _))| count < *least) {
            return;
        }
        self.heap.push(Reverse((count, Reverse(name()))));
        if self.heap.len() > self.most {
            self.heap.pop();
        }
    }

    fn list(self) -> Vec<Count> {
        self.heap.into_sorted_vec().into_iter().map(|Reverse((count, Reverse(name)))| Count { name, count }).collect()
    }
}

fn look(identity: &Identity, most: usize) -> Cardinality {
    let mut found = Cardinality::default();
    let [mut metrics, mut values, mut bytes, mut pairs] = [(); 4].map(|()| Top::new(most));
    for name in identity.names() {
        let label = identity.text(name);
        let all = identity.values(name);
        found.pairs += all.len() as u64;
        values.offer(all.len() as u64, || label.to_owned());
        bytes.offer(all.iter().map(|value| identity.text(*value).len() as u64).sum(), || label.to_owned());
        for value in all {
            let count = identity.postings(name, *value).map_or(0, super::head::postings::Postings::len);
            let text = identity.text(*value);
            if label == NAME {
                metrics.offer(count, || text.to_owned());
            }
            pairs.offer(count, || format!("{label}={text}"));
        }
    }
    found.by_metric = metrics.list();
    found.values_by_label = values.list();
    found.bytes_by_label = bytes.list();
    found.by_pair = pairs.list();
    found
}

impl Store {
    /// What makes a tenant's series many: at most `most` of each list.
    pub fn cardinality(&self, tenant: TenantId, most: usize) -> Cardinality {
        let Some(tenant) = self.known(tenant) else {
            return Cardinality::default();
        };
        let state = tenant.read();
        let head = &state.head;
        let instant = |at: i64| (at > i64::MIN && at < i64::MAX).then_some(at);
        Cardinality {
            series: (head.identity.len() - head.dead) as u64,
            oldest_ms: instant(head.oldest_ms),
            newest_ms: instant(head.newest_ms),
            ..look(&head.identity, most)
        }
    }
}
