//! What is known of metric families: type, help, unit. In memory: senders say it again every minute or with every sample.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{PoisonError, RwLock},
};

use evenkeel_core::id::TenantId;
use evenkeel_tsdb::batch::{Batch, Kind};

/// Families of a tenant at most; what comes beyond is not remembered.
const FAMILIES_MAX: usize = 100_000;
/// Bytes of a name, a help text or a unit at most; longer ones are cut.
const TEXT_BYTES_MAX: usize = 1024;

/// What is known of a family.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    /// What it is.
    pub kind: Kind,
    /// What it measures, for people.
    pub help: String,
    /// Its unit; mostly empty.
    pub unit: String,
}

/// Families by tenant and name.
#[derive(Debug, Default)]
pub struct MetadataStore {
    families: RwLock<HashMap<TenantId, BTreeMap<String, Metadata>>>,
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_BYTES_MAX)]
}

impl MetadataStore {
    /// Remembers what a batch says of its families.
    pub fn note(&self, tenant: TenantId, batch: &Batch) {
        let told = batch.families();
        if told.len() == 0 {
            return;
        }
        // Most say what is known: that is found out without keeping readers away.
        let new: Vec<_> = {
            let families = self.families.read().unwrap_or_else(PoisonError::into_inner);
            let known = families.get(&tenant);
            told.filter(|family| {
                let same = |known: &Metadata| known.kind == family.kind && known.help == cut(family.help) && known.unit == cut(family.unit);
                !family.name.is_empty()
                    && family.name.len() <= TEXT_BYTES_MAX
                    && !known.and_then(|all| all.get(family.name)).is_some_and(same)
            })
            .collect()
        };
        if new.is_empty() {
            return;
        }
        let mut families = self.families.write().unwrap_or_else(PoisonError::into_inner);
        let all = families.entry(tenant).or_default();
        for family in new {
            if all.len() >= FAMILIES_MAX && !all.contains_key(family.name) {
                continue;
            }
            let metadata = Metadata { kind: family.kind, help: cut(family.help).to_owned(), unit: cut(family.unit).to_owned() };
            all.insert(family.name.to_owned(), metadata);
        }
    }

    /// The families of a tenant, sorted by name: one, or all.
    pub fn list(&self, tenant: TenantId, metric: Option<&str>) -> Vec<(String, Metadata)> {
        let families = self.families.read().unwrap_or_else(PoisonError::into_inner);
        let Some(all) = families.get(&tenant) else { return Vec::new() };
        match metric {
            Some(metric) => all.get_key_value(metric).map(|(name, known)| (name.clone(), known.clone())).into_iter().collect(),
            None => all.iter().map(|(name, known)| (name.clone(), known.clone())).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_last_counts_and_a_long_help_is_cut() {
        let (store, tenant) = (MetadataStore::default(), TenantId::named("a"));
        let mut batch = Batch::new();
        batch.family("up", Kind::Gauge, "Whether it answers.", "");
        store.note(tenant, &batch);
        batch.clear();
        batch.family("up", Kind::Gauge, &"é".repeat(TEXT_BYTES_MAX), "");
        store.note(tenant, &batch);
        let known = store.list(tenant, Some("up"));
        assert_eq!((known.len(), known[0].1.kind, known[0].1.help.len()), (1, Kind::Gauge, TEXT_BYTES_MAX));
        assert_eq!(store.list(tenant, Some("down")), []);
        assert_eq!(store.list(TenantId::named("b"), None), []);
    }
}
