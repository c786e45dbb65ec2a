//! IANA zones from the tz data built into the binary: the same answer on every machine, and no file is read.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::day;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Longest zone name worth comparing; IANA's longest has 32 characters.
const NAME_CHARS_MAX: usize = 64;
/// More changes than any zone makes in a year, so that a broken rule cannot make us loop.
const TRANSITIONS_MAX: usize = 128;

/// The zone of this name, ignoring case.
pub(super) fn find(name: &str) -> Option<TimeZone> {
    ZONES.get(name).ok()
}

/// Up to three names that look like `name`, best first.
pub(super) fn suggestions(name: &str) -> Vec<String> {
    let wanted: Vec<char> = name.to_lowercase().chars().take(NAME_CHARS_MAX).collect();
    let mut scored: Vec<(usize, String)> = ZONES
        .available()
        .map(|zone| {
            let known = zone.as_str().to_lowercase();
            let whole: Vec<char> = known.chars().collect();
            let city: Vec<char> = known.rsplit('/').next().unwrap_or("").chars().collect();
            // `Shanghai` means `Asia/Shanghai`: the city alone is compared too, at a small price.
            let score = distance(&wanted, &whole).min(distance(&wanted, &city) + 1);
            (score, zone.as_str().to_owned())
        })
        .filter(|(score, _)| *score <= 2 + wanted.len() / 3)
        .collect();
    scored.sort();
    scored.truncate(3);
    scored.into_iter().map(|(_, zone)| zone).collect()
}

/// Levenshtein distance.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut diagonal = i;
        let mut previous = i + 1;
        if let Some(first) = row.first_mut() {
            *first = previous;
        }
        for (cell, b) in row.iter_mut().skip(1).zip(right) {
            let changed = diagonal + usize::from(a != b);
            diagonal = *cell;
            previous = changed.min(previous + 1).min(*cell + 1);
            *cell = previous;
        }
    }
    row.last().copied().unwrap_or(left.len())
}

/// A stretch of UTC seconds in which the zone's offset stands still.
#[derive(Debug, Clone, Copy)]
pub(super) struct OffsetSpan {
    pub(super) from: i64,
    pub(super) to: i64,
    /// Local = UTC + offset, seconds.
    pub(super) offset: i64,
}

/// Cuts `[from, to)` where the zone's offset changes.
pub(super) fn offsets(zone: &TimeZone, from: i64, to: i64) -> Vec<OffsetSpan> {
    let start = day::instant(from);
    let mut spans = Vec::new();
    let mut current = OffsetSpan { from, to, offset: i64::from(zone.to_offset(start).seconds()) };
    for transition in zone.following(start).take(TRANSITIONS_MAX) {
        let at = transition.timestamp().as_second();
        if at >= to {
            break;
        }
        let offset = i64::from(transition.offset().seconds());
        if offset != current.offset && at > current.from {
            spans.push(OffsetSpan { to: at, ..current });
            current = OffsetSpan { from: at, to, offset };
        }
    }
    spans.push(current);
    spans
}
