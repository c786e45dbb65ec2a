//! Label sets as callers see them: each text once per selection, however many series carry it.

use std::{collections::HashSet, sync::Arc};

use crate::source::Labels;

/// Texts of one selection.
#[derive(Debug, Default)]
pub struct Pool(HashSet<Arc<str>>);

impl Pool {
    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = Arc::from(text);
        self.0.insert(Arc::clone(&new));
        new
    }
}

/// The texts of one place's numbers, looked up once each.
#[derive(Debug, Default)]
pub struct Memo(Vec<Option<Arc<str>>>);

impl Memo {
    fn text<'a>(&mut self, pool: &mut Pool, symbol: u32, text: impl FnOnce(u32) -> &'a str) -> Arc<str> {
        let at = symbol as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, None);
        }
        Arc::clone(self.0[at].get_or_insert_with(|| pool.text(text(symbol))))
    }

    /// The labels of pairs that are sorted by name, as they are in head and blocks.
    pub fn labels<'a>(&mut self, pool: &mut Pool, pairs: impl Iterator<Item = (u32, u32)>, text: impl Fn(u32) -> &'a str) -> Labels {
        let pairs: Vec<_> = pairs.map(|(name, value)| (self.text(pool, name, &text), self.text(pool, value, &text))).collect();
        Labels::sorted(pairs)
    }
}
