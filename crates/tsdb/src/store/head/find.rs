//! Finding the head's series.

use roaring::RoaringBitmap;

use super::identity::Identity;
use crate::{
    source::Matcher,
    store::find::{Terms, candidates},
};

impl Terms for Identity {
    fn symbol(&self, text: &str) -> Option<u32> {
        self.symbols.find(text)
    }

    fn text(&self, symbol: u32) -> &str {
        self.symbols.text(symbol)
    }

    fn list(&self, name: u32, value: u32) -> Option<RoaringBitmap> {
        self.postings(name, value).map(super::postings::Postings::bitmap)
    }

    fn values(&self, name: u32) -> &[u32] {
        self.values_of(name)
    }

    fn series(&self) -> u32 {
        u32::try_from(self.len()).unwrap_or(u32::MAX)
    }
}

impl Identity {
    /// The numbers of the series that all matchers match.
    pub fn matching(&self, matchers: &[Matcher]) -> RoaringBitmap {
        let (found, mut rest) = candidates(self, matchers);
        if rest.is_empty() {
            return found;
        }
        found.into_iter().filter(|series| rest.matches(self, &self.pairs(*series))).collect()
    }
}
