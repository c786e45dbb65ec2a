//! Reading the log back into heads.

use std::{collections::HashMap, fs, io, path::Path, sync::Arc};

use evenkeel_core::id::TenantId;

use super::{
    Holds, MAGIC,
    records::{Names, Records, frame, open},
};
use crate::{
    histogram::Histogram,
    store::head::{Head, identity::NO_GROUP, plan::group_key},
};

/// What a segment gave.
#[derive(Debug, Default)]
pub struct Replayed {
    /// What it holds.
    pub holds: Holds,
    /// Frames read.
    pub frames: usize,
    /// Where it stopped making sense, when it did before its end.
    pub torn_at: Option<u64>,
    /// Its bytes.
    pub bytes: u64,
}

/// Reads a segment. `head_of` gives the head of a tenant, and whether late samples at this byte are in blocks already.
///
/// # Errors
/// The disk's; damage is no error, it is told in the answer.
pub fn replay(
    path: &Path,
    mut apply: impl FnMut(TenantId, u64, &mut dyn FnMut(&mut Head, bool) -> Option<()>) -> Option<()>,
) -> io::Result<Replayed> {
    let bytes = fs::read(path)?;
    let mut done = Replayed { bytes: bytes.len() as u64, ..Replayed::default() };
    let Some(mut rest) = bytes.strip_prefix(MAGIC) else {
        done.torn_at = Some(0);
        return Ok(done);
    };
    let mut names: HashMap<TenantId, Names> = HashMap::new();
    while !rest.is_empty() {
        let at = (bytes.len() - rest.len()) as u64;
        let Some((frame, after)) = frame(rest) else {
            done.torn_at = Some(at);
            break;
        };
        let mut holds = Holds::default();
        let read = open(frame).and_then(|(tenant, records)| {
            let names = names.entry(tenant).or_default();
            let holds = &mut holds;
            apply(tenant, at, &mut |head, late_done| names.read(&records, &mut Into { head, tenant, holds: &mut *holds, late_done }))
        });
        if read.is_none() {
            // Its checksum is right and yet it makes no sense: what follows may build on it.
            done.torn_at = Some(at);
            break;
        }
        done.holds.add(&holds, at);
        done.frames += 1;
        rest = after;
    }
    Ok(done)
}

/// Puts records into a head.
struct Into<'a> {
    head: &'a mut Head,
    tenant: TenantId,
    holds: &'a mut Holds,
    late_done: bool,
}

impl Into<'_> {
    fn saw(&mut self, at_ms: i64) {
        let newest = self.holds.newest.entry(self.tenant).or_insert(at_ms);
        *newest = (*newest).max(at_ms);
    }
}

impl Records for Into<'_> {
    fn series(&mut self, labels: &[(&str, &str)]) -> Option<u32> {
        let identity = &mut self.head.identity;
        match identity.find(labels) {
            Some(series) => Some(series),
            None => identity.add(labels),
        }
    }

    fn grouped(&mut self, before: &mut dyn Iterator<Item = u32>, added: &[u32]) {
        // Where the others already are; else a new group.
        let home = |head: &Head, series: u32| {
            head.identity.entries.get(series as usize).map(|entry| entry.group).filter(|group| *group != NO_GROUP)
        };
        let mut group = before.chain(added.iter().copied()).find_map(|series| home(self.head, series));
        for series in added {
            if home(self.head, *series).is_none() {
                let group = *group.get_or_insert_with(|| {
                    let labels = labels_of(self.head, *series);
                    let labels: Vec<(&str, &str)> = labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                    self.head.new_group(group_key(&labels))
                });
                self.head.place(*series, group);
            }
        }
    }

    fn float(&mut self, series: u32, at_ms: i64, bits: u64) {
        self.head.restore(series, at_ms, bits);
        self.saw(at_ms);
    }

    fn late(&mut self, series: u32, at_ms: i64, bits: u64) {
        if !self.late_done {
            self.head.restore_late(series, at_ms, bits);
        }
        self.holds.late.insert(self.tenant, 0);
    }

    fn histogram(&mut self, series: u32, at_ms: i64, histogram: Histogram) {
        self.head.restore_histogram(series, at_ms, Arc::new(histogram));
        self.saw(at_ms);
    }
}

fn labels_of(head: &Head, series: u32) -> Vec<(String, String)> {
    let symbols = &head.identity.symbols;
    head.identity.pairs(series).map(|(name, value)| (symbols.text(name).to_owned(), symbols.text(value).to_owned())).collect()
}
