//! Words of a file that stand for something: durations, sizes, protocols.

use std::time::Duration;

use super::{
    Protocol, raw,
    source::{Found, Source},
    units,
};

/// A duration; a positive one when asked for.
pub(crate) fn span(source: &Source<'_>, found: &mut Found, word: Option<&raw::Word>, positive: bool) -> Option<Duration> {
    let word = word?;
    let read = units::duration(&word.value).filter(|span| !positive || !span.is_zero());
    if read.is_none() {
        source.wrong(found, word.referenced, format!("{:?} is no duration", word.value), "write one such as 15s, 1m or 1h30m");
    }
    read
}

/// A size in bytes.
pub(crate) fn bytes(source: &Source<'_>, found: &mut Found, word: Option<&raw::Word>) -> Option<u64> {
    let word = word?;
    let read = units::size(&word.value);
    if read.is_none() {
        source.wrong(found, word.referenced, format!("{:?} is no size", word.value), "write one such as 10MB; a unit is needed");
    }
    read
}

/// A format of pages.
pub(crate) fn protocol(source: &Source<'_>, found: &mut Found, word: &raw::Word) -> Option<Protocol> {
    let known = Protocol::ALL.iter().find(|(name, _)| *name == word.value).map(|(_, protocol)| *protocol);
    if known.is_none() {
        let names: Vec<&str> = Protocol::ALL.iter().map(|(name, _)| *name).collect();
        source.wrong(
            found,
            word.referenced,
            format!("there is no scrape protocol {:?}", word.value),
            format!("known: {}", names.join(", ")),
        );
    }
    known
}

/// Formats of pages, each once.
pub(crate) fn protocols(source: &Source<'_>, found: &mut Found, words: Option<&Vec<raw::Word>>) -> Option<Vec<Protocol>> {
    let words = words?;
    let mut all: Vec<Protocol> = Vec::new();
    for word in words {
        let Some(protocol) = protocol(source, found, word) else { continue };
        if all.contains(&protocol) {
            source.wrong(found, word.referenced, format!("{:?} stands twice", word.value), "remove one");
        }
        all.push(protocol);
    }
    (!all.is_empty()).then_some(all)
}

/// `http` or `https`; `http` when nothing is said.
pub(crate) fn scheme(source: &Source<'_>, found: &mut Found, word: Option<&raw::Word>) -> String {
    let Some(word) = word else { return "http".to_owned() };
    if !matches!(word.value.as_str(), "http" | "https") {
        source.wrong(found, word.referenced, format!("there is no scheme {:?}", word.value), "write http or https");
    }
    word.value.clone()
}

/// Whether names may be any text.
pub(crate) fn utf8(source: &Source<'_>, found: &mut Found, word: Option<&raw::Word>) -> Option<bool> {
    let word = word?;
    match word.value.as_str() {
        "utf8" => Some(true),
        "legacy" => Some(false),
        _ => {
            source.wrong(found, word.referenced, format!("there is no scheme of names {:?}", word.value), "write utf8 or legacy");
            None
        }
    }
}
