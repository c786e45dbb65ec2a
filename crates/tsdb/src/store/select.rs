//! Reading: the series that match, in the head and in every block, each once.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use evenkeel_core::id::TenantId;

use super::{
    Damage, Store,
    block::{index::Index, page::Entry, read::Block},
    find::Terms as _,
    head::group::Scratch,
    labels::{Memo, Pool},
    merge,
    tenant::{State, Tenant},
};
use crate::source::{Cursor, Labels, MatchOp, Matcher, ReadError, Samples, Source};

/// What a selection may still use.
#[derive(Debug)]
struct Budget {
    samples: AtomicU64,
    samples_max: u64,
}

/// A block with what finds its parts.
#[derive(Debug)]
struct Shelf {
    block: Arc<Block>,
    index: Arc<Index>,
}

struct Found<'a> {
    store: &'a Store,
    tenant: Arc<Tenant>,
    labels: Labels,
    head: Option<u32>,
    shelves: Vec<(Arc<Shelf>, Vec<Entry>)>,
    from_ms: i64,
    to_ms: i64,
    epoch: u64,
    budget: Arc<Budget>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Cursor for Found<'_> {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn read(&mut self, into: &mut Samples) -> Result<(), ReadError> {
        into.clear();
        let read = SCRATCH.with_borrow_mut(|scratch| self.fill(into, scratch));
        let count = into.at_ms.len() as u64;
        if self.budget.samples.fetch_add(count, Ordering::Relaxed) + count > self.budget.samples_max {
            into.clear();
            return Err(ReadError::Limit(format!(
                "the query reads more than {} samples (limit samples_max); ask for less time or fewer series",
                self.budget.samples_max
            )));
        }
        read
    }
}

impl Found<'_> {
    fn fill(&mut self, into: &mut Samples, scratch: &mut Scratch) -> Result<(), ReadError> {
        let tenant = Arc::clone(&self.tenant);
        let state = tenant.read();
        if state.epoch != self.epoch {
            self.resolve(&state)?;
        }
        let nonsense = || ReadError::Damaged("samples in memory make no sense".to_owned());
        if self.shelves.is_empty() {
            return match self.head {
                Some(series) => state.head.read(series, self.from_ms, self.to_ms, into, scratch).ok_or_else(nonsense),
                None => Ok(()),
            };
        }
        let mut newest = Samples::default();
        if let Some(series) = self.head {
            state.head.read(series, self.from_ms, self.to_ms, &mut newest, scratch).ok_or_else(nonsense)?;
        }
        // Blocks do not change: writers need not wait for the disk.
        drop(state);
        let mut damaged = None;
        for (shelf, entries) in &self.shelves {
            for entry in entries {
                if let Err(damage) = shelf.block.read(&shelf.index, entry, self.from_ms, self.to_ms, into, &mut scratch.values) {
                    damaged = Some(damage.to_string());
                    self.store.note(damage);
                }
            }
        }
        append(into, newest);
        merge::sort(into);
        damaged.map_or(Ok(()), |what| Err(ReadError::Damaged(what)))
    }

    /// Finds the series anew after samples have moved.
    fn resolve(&mut self, state: &State) -> Result<(), ReadError> {
        let texts: Vec<(&str, &str)> = self.labels.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
        self.head = state.head.identity.find(&texts);
        let matchers: Vec<Matcher> = self
            .labels
            .iter()
            .map(|(name, value)| Matcher { name: Arc::clone(name), op: MatchOp::Equal, value: Arc::clone(value), regex: None })
            .collect();
        self.shelves.clear();
        let mut damaged = Vec::new();
        for block in state.raw(self.from_ms, self.to_ms) {
            let index = self.store.noted(block.index())?;
            let shelf = Arc::new(Shelf { block: Arc::clone(block), index });
            let shelves = &mut self.shelves;
            let count = self.labels.len();
            let found = block.matching(&matchers, &mut damaged, |_, labels, entries| {
                if labels.len() == count {
                    shelves.push((Arc::clone(&shelf), entries.to_vec()));
                }
                true
            });
            self.store.noted(found)?;
        }
        self.epoch = state.epoch;
        self.store.told(damaged)
    }
}

/// Puts later samples after earlier ones.
fn append(into: &mut Samples, later: Samples) {
    let places = u32::try_from(into.at_ms.len()).unwrap_or(u32::MAX);
    into.at_ms.extend(later.at_ms);
    into.values.extend(later.values);
    into.histograms.extend(later.histograms.into_iter().map(|(place, histogram)| (place + places, histogram)));
}

/// Bytes that a found series is counted with, beside its labels and chunks.
const FOUND_BYTES: u64 = 160;

impl Store {
    pub(super) fn noted<T>(&self, result: Result<T, Damage>) -> Result<T, ReadError> {
        result.map_err(|damage| {
            let text = damage.to_string();
            self.note(damage);
            ReadError::Damaged(text)
        })
    }

    pub(super) fn told(&self, damaged: Vec<Damage>) -> Result<(), ReadError> {
        let first = damaged.first().map(ToString::to_string);
        for damage in damaged {
            self.note(damage);
        }
        first.map_or(Ok(()), |what| Err(ReadError::Damaged(what)))
    }

    fn found<'a>(
        &'a self,
        tenant: &Arc<Tenant>,
        matchers: &[Matcher],
        (from_ms, to_ms): (i64, i64),
        series_max: usize,
    ) -> Result<Vec<Found<'a>>, ReadError> {
        let limits = self.config.query;
        let series_max = series_max.min(limits.series_max);
        let budget = Arc::new(Budget { samples: AtomicU64::new(0), samples_max: limits.samples_max });
        let state = tenant.read();
        let epoch = state.epoch;
        let new = |labels, head| Found {
            store: self,
            tenant: Arc::clone(tenant),
            labels,
            head,
            shelves: Vec::new(),
            from_ms,
            to_ms,
            epoch,
            budget: Arc::clone(&budget),
        };
        let mut pool = Pool::default();
        let mut all: Vec<Found<'a>> = Vec::new();
        let mut bytes = 0u64;
        let too_many = || {
            Err(ReadError::Limit(format!("more than {series_max} series match (limit series_max); narrow the selector by another label")))
        };
        let too_big =
            || Err(ReadError::Limit(format!("the selection needs more than {} bytes (limit bytes_max); narrow it", limits.bytes_max)));
        let head = &state.head;
        let matching = head.identity.matching(matchers);
        let mut memo = Memo::default();
        for series in matching {
            if !head.overlaps(series, from_ms, to_ms) {
                continue;
            }
            if all.len() >= series_max {
                return too_many();
            }
            let labels = memo.labels(&mut pool, head.identity.pairs(series), |symbol| head.identity.symbols.text(symbol));
            bytes += FOUND_BYTES + labels.len() as u64 * 32;
            if bytes > limits.bytes_max {
                return too_big();
            }
            all.push(new(labels, Some(series)));
        }
        let blocks: Vec<Arc<Block>> = state.raw(from_ms, to_ms).cloned().collect();
        drop(state);
        if blocks.is_empty() {
            return Ok(all);
        }
        let mut by_labels: HashMap<Labels, usize> = all.iter().enumerate().map(|(at, found)| (found.labels.clone(), at)).collect();
        let mut damaged = Vec::new();
        for block in blocks {
            // An index that is gone takes its block with it and nothing else.
            let index = match block.index() {
                Ok(index) => index,
                Err(damage) => {
                    damaged.push(damage);
                    continue;
                }
            };
            let shelf = Arc::new(Shelf { block: Arc::clone(&block), index: Arc::clone(&index) });
            let mut memo = Memo::default();
            let mut over = None;
            let walked = block.matching(matchers, &mut damaged, |index, pairs, entries| {
                let reaches = |entry: &&Entry| {
                    index.columns.get(entry.stretch.column as usize).is_none_or(|c| c.from_ms <= to_ms && c.to_ms >= from_ms)
                };
                let entries: Vec<Entry> = entries.iter().filter(reaches).copied().collect();
                if entries.is_empty() {
                    return true;
                }
                let labels = memo.labels(&mut pool, pairs.iter().copied(), |symbol| index.symbols.text(symbol));
                let at = *by_labels.entry(labels.clone()).or_insert(all.len());
                bytes += (entries.len() * size_of::<Entry>()) as u64;
                if at == all.len() {
                    bytes += FOUND_BYTES + labels.len() as u64 * 32;
                    all.push(new(labels, None));
                }
                if all.len() > series_max {
                    over = Some(too_many());
                } else if bytes > limits.bytes_max {
                    over = Some(too_big());
                }
                all[at].shelves.push((Arc::clone(&shelf), entries));
                over.is_none()
            });
            if let Err(damage) = walked {
                damaged.push(damage);
            }
            if let Some(over) = over {
                return over;
            }
        }
        // Told in `damaged()`; the selection goes on with what is whole.
        let _ = self.told(damaged);
        Ok(all)
    }

    /// The names of labels that series matching all matchers carry, sorted.
    ///
    /// # Errors
    /// As [`ReadError`] says.
    pub fn label_names(&self, tenant: TenantId, matchers: &[Matcher], from_ms: i64, to_ms: i64) -> Result<Vec<String>, ReadError> {
        self.terms(tenant, matchers, (from_ms, to_ms), None)
    }

    /// The values that a label takes in series matching all matchers, sorted.
    ///
    /// # Errors
    /// As [`ReadError`] says.
    pub fn label_values(
        &self,
        tenant: TenantId,
        label: &str,
        matchers: &[Matcher],
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<String>, ReadError> {
        self.terms(tenant, matchers, (from_ms, to_ms), Some(label))
    }

    fn terms(&self, tenant: TenantId, matchers: &[Matcher], span: (i64, i64), label: Option<&str>) -> Result<Vec<String>, ReadError> {
        let Some(tenant) = self.known(tenant) else {
            return Ok(Vec::new());
        };
        let mut terms: BTreeSet<String> = BTreeSet::new();
        if matchers.is_empty() {
            let state = tenant.read();
            let identity = &state.head.identity;
            match label {
                None => terms.extend(identity.names().map(|name| identity.text(name).to_owned())),
                Some(label) => {
                    let values = identity.symbol(label).map(|name| identity.values(name)).unwrap_or_default();
                    terms.extend(values.iter().map(|value| identity.text(*value).to_owned()));
                }
            }
            for block in state.raw(span.0, span.1) {
                let index = self.noted(block.index())?;
                match label {
                    None => terms.extend(index.names().map(|name| index.text(name).to_owned())),
                    Some(label) => {
                        let values = index.symbol(label).map(|name| index.values(name)).unwrap_or_default();
                        terms.extend(values.iter().map(|value| index.text(*value).to_owned()));
                    }
                }
            }
            return Ok(terms.into_iter().collect());
        }
        for found in self.found(&tenant, matchers, span, usize::MAX)? {
            match label {
                None => terms.extend(found.labels.iter().map(|(name, _)| name.to_string())),
                Some(label) => {
                    let value = found.labels.get(label);
                    if !value.is_empty() {
                        terms.insert(value.to_owned());
                    }
                }
            }
        }
        Ok(terms.into_iter().collect())
    }
}

impl Source for Store {
    fn select(
        &self,
        tenant: TenantId,
        matchers: &[Matcher],
        from_ms: i64,
        to_ms: i64,
        series_max: usize,
    ) -> Result<Vec<Box<dyn Cursor + '_>>, ReadError> {
        let Some(tenant) = self.known(tenant) else {
            return Ok(Vec::new());
        };
        let found = self.found(&tenant, matchers, (from_ms, to_ms), series_max)?;
        Ok(found.into_iter().map(|found| Box::new(found) as Box<dyn Cursor + '_>).collect())
    }
}
