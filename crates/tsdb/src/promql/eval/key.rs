//! Keys of label sets: what makes two series one group or one match. Made once a series, never a step.

use std::{collections::HashMap, sync::Arc};

use crate::{promql::parse::NAME, source::Labels};

/// Which labels make the key.
#[derive(Debug, Clone, Copy)]
pub struct KeyLabels<'a> {
    /// The labels named.
    pub labels: &'a [Arc<str>],
    /// Whether those make the key, or all but those and the name.
    pub only: bool,
}

impl KeyLabels<'_> {
    /// Writes the key of a series. Values end in a byte that UTF-8 never has.
    fn write(self, labels: &Labels, key: &mut Vec<u8>) {
        key.clear();
        if self.only {
            for name in self.labels {
                key.extend_from_slice(labels.get(name).as_bytes());
                key.push(0xff);
            }
            return;
        }
        for (name, value) in labels.iter() {
            if &**name == NAME || self.labels.contains(name) {
                continue;
            }
            key.extend_from_slice(name.as_bytes());
            key.push(0xff);
            key.extend_from_slice(value.as_bytes());
            key.push(0xff);
        }
    }

    /// The labels that the series of a group share.
    pub fn keep(self, labels: &Labels) -> Labels {
        let kept = labels
            .iter()
            .filter(|(name, _)| if self.only { self.labels.contains(name) } else { &***name != NAME && !self.labels.contains(name) });
        Labels::new(kept.map(|(name, value)| (Arc::clone(name), Arc::clone(value))))
    }
}

/// Numbers given to keys in the order in which they were first seen.
#[derive(Debug, Default)]
pub struct Keys {
    ids: HashMap<Vec<u8>, u32>,
    buffer: Vec<u8>,
}

impl Keys {
    /// The number of a series' key, and whether it is new.
    pub fn id(&mut self, by: KeyLabels<'_>, labels: &Labels) -> (usize, bool) {
        by.write(labels, &mut self.buffer);
        if let Some(id) = self.ids.get(self.buffer.as_slice()) {
            return (*id as usize, false);
        }
        let id = self.ids.len();
        self.ids.insert(self.buffer.clone(), id as u32);
        (id, true)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }
}
