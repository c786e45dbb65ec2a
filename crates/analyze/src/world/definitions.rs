//! Definitions by version: a figure uses the one in force at the event, not today's.

use std::collections::BTreeMap;

use evenkeel_core::Id;
use jiff::Timestamp;

/// One version of a definition.
#[derive(Debug, Clone, PartialEq)]
pub struct Version<T> {
    /// The event that put it.
    pub seq: i64,
    /// 1, 2, 3 …
    pub version: i64,
    /// The stable name it is declared under.
    pub name: String,
    /// In force from.
    pub from: Timestamp,
    /// What it says.
    pub body: T,
}

/// All versions of all definitions of one kind.
#[derive(Debug)]
pub struct Versions<K, T> {
    by_id: BTreeMap<Id<K>, Line<T>>,
}

#[derive(Debug)]
struct Line<T> {
    versions: Vec<Version<T>>,
    /// Position and instant of each retirement.
    retired: Vec<(i64, Timestamp)>,
}

impl<K, T> Default for Versions<K, T> {
    fn default() -> Self {
        Self { by_id: BTreeMap::new() }
    }
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self { versions: Vec::new(), retired: Vec::new() }
    }
}

impl<K, T> Versions<K, T> {
    /// Takes a version. The same version put twice counts once.
    pub fn put(&mut self, id: Id<K>, version: Version<T>) {
        let line = self.by_id.entry(id).or_default();
        let key = (version.version, version.seq);
        let place = line.versions.partition_point(|known| (known.version, known.seq) < key);
        if line.versions.get(place).is_none_or(|known| (known.version, known.seq) != key) {
            line.versions.insert(place, version);
        }
    }

    /// Takes a retirement.
    pub fn retire(&mut self, id: Id<K>, seq: i64, at: Timestamp) {
        self.by_id.entry(id).or_default().retired.push((seq, at));
    }

    /// The version in force at `at` as known at `position`. Before the first version (history brought in from another
    /// tool is older than any configuration) the first one counts.
    pub fn in_force(&self, id: Id<K>, at: Timestamp, position: i64) -> Option<&Version<T>> {
        let known = || self.by_id.get(&id).into_iter().flat_map(|line| &line.versions).filter(move |version| version.seq <= position);
        known().filter(|version| version.from <= at).last().or_else(|| known().next())
    }

    /// One version by its number, as known at `position`.
    pub fn version(&self, id: Id<K>, version: i64, position: i64) -> Option<&Version<T>> {
        self.by_id.get(&id)?.versions.iter().find(|known| known.version == version && known.seq <= position)
    }

    /// Instants in `(from, to)` at which another version came into force.
    pub fn changes(&self, id: Id<K>, from: Timestamp, to: Timestamp, position: i64) -> Vec<Timestamp> {
        let mut instants: Vec<Timestamp> = self
            .by_id
            .get(&id)
            .into_iter()
            .flat_map(|line| &line.versions)
            .filter(|version| version.seq <= position)
            .map(|version| version.from)
            .filter(|at| *at > from && *at < to)
            .collect();
        instants.sort_unstable();
        instants.dedup();
        instants
    }

    /// When it was taken out of force, unless it was put again since.
    pub fn retired_at(&self, id: Id<K>, position: i64) -> Option<Timestamp> {
        let line = self.by_id.get(&id)?;
        let put = line.versions.iter().filter(|version| version.seq <= position).map(|version| version.from).max();
        let retired = line.retired.iter().filter(|(seq, _)| *seq <= position).map(|(_, at)| *at).max();
        retired.filter(|retired| put.is_none_or(|put| *retired >= put))
    }

    /// Ids that are in force at some time of `[from, to)`: put before `to` and not retired before `from`.
    pub fn living(&self, from: Timestamp, to: Timestamp, position: i64) -> Vec<Id<K>> {
        self.by_id
            .iter()
            .filter(|(id, line)| {
                let began = line.versions.iter().any(|version| version.seq <= position && version.from < to);
                let ended = self.retired_at(**id, position).is_some_and(|retired| retired <= from);
                began && !ended
            })
            .map(|(id, _)| *id)
            .collect()
    }

    /// All versions of one id, oldest first.
    pub fn all(&self, id: Id<K>) -> impl Iterator<Item = &Version<T>> {
        self.by_id.get(&id).into_iter().flat_map(|line| &line.versions)
    }

    /// Every id known at `position`.
    pub fn ids(&self, position: i64) -> impl Iterator<Item = Id<K>> {
        self.by_id.iter().filter(move |(_, line)| line.versions.iter().any(|v| v.seq <= position)).map(|(id, _)| *id)
    }
}
