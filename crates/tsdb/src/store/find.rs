//! Finding series by matchers, in the head and in blocks alike.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use crate::source::{MatchOp, Matcher};

/// A place that knows which series carry which label pair.
pub trait Terms {
    /// The number of a text.
    fn symbol(&self, text: &str) -> Option<u32>;
    /// The text of a number.
    fn text(&self, symbol: u32) -> &str;
    /// The series of a pair.
    fn list(&self, name: u32, value: u32) -> Option<RoaringBitmap>;
    /// The values of a name.
    fn values(&self, name: u32) -> &[u32];
    /// How many series there are.
    fn series(&self) -> u32;
}

/// The matchers that candidates must still be put to.
#[derive(Debug)]
pub struct Rest<'a> {
    matchers: Vec<(&'a Matcher, Option<u32>, HashMap<u32, bool>)>,
}

impl Rest<'_> {
    /// Whether a series with these pairs matches. A text is put to a matcher once, however many series carry it.
    pub fn matches(&mut self, terms: &impl Terms, pairs: &(impl Iterator<Item = (u32, u32)> + Clone)) -> bool {
        self.matchers.iter_mut().all(|(matcher, name, known)| {
            let value = name.and_then(|name| pairs.clone().find(|pair| pair.0 == name)).map(|pair| pair.1);
            match value {
                Some(value) => *known.entry(value).or_insert_with(|| matcher.matches(terms.text(value))),
                None => matcher.matches(""),
            }
        })
    }

    /// Whether candidates need not be looked at.
    pub fn is_empty(&self) -> bool {
        self.matchers.is_empty()
    }
}

/// Series among which all that match are, and what they must still be put to.
pub fn candidates<'a>(terms: &impl Terms, matchers: &'a [Matcher]) -> (RoaringBitmap, Rest<'a>) {
    let (found, done) = narrow(terms, matchers).unwrap_or_default();
    let matchers = matchers
        .iter()
        .enumerate()
        .filter(|(at, _)| !done.contains(at))
        .map(|(_, matcher)| (matcher, terms.symbol(&matcher.name), HashMap::new()))
        .collect();
    (found, Rest { matchers })
}

/// `None`: nothing can match.
fn narrow(terms: &impl Terms, matchers: &[Matcher]) -> Option<(RoaringBitmap, Vec<usize>)> {
    let mut lists = Vec::new();
    let mut done = Vec::new();
    for (at, matcher) in matchers.iter().enumerate() {
        if matcher.op == MatchOp::Equal && !matcher.value.is_empty() {
            lists.push(terms.list(terms.symbol(&matcher.name)?, terms.symbol(&matcher.value)?)?);
            done.push(at);
        }
    }
    lists.sort_by_key(RoaringBitmap::len);
    if let Some(all) = lists.into_iter().reduce(|a, b| a & b) {
        return Some((all, done));
    }
    // No equality: of the labels that must be there, the one whose matching values leave the fewest series.
    let mut best: Option<(usize, RoaringBitmap)> = None;
    for (at, matcher) in matchers.iter().enumerate().filter(|(_, matcher)| !matcher.matches("")) {
        let name = terms.symbol(&matcher.name)?;
        let values = terms.values(name).iter().copied().filter(|value| matcher.matches(terms.text(*value)));
        let found = values.filter_map(|value| terms.list(name, value)).fold(RoaringBitmap::new(), |all, list| all | list);
        if best.as_ref().is_none_or(|(_, best)| found.len() < best.len()) {
            best = Some((at, found));
        }
    }
    Some(match best {
        Some((at, found)) => (found, vec![at]),
        None => ((0..terms.series()).collect(), Vec::new()),
    })
}
