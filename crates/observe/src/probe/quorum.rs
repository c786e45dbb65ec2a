//! What several vantage points say together. Pure.
//!
//! A probe asks that N of its M vantage points agree. N that say down make it *down*; fewer make it *partial*: two sites or
//! one carrier are cut off while the others are served. When fewer than N can tell at all, it is *inconclusive*: the quorum
//! is not reached, and nobody is woken for that.

use std::collections::BTreeMap;

use evenkeel_core::state::Verdict;
use jiff::Timestamp;

use super::{trouble::Trouble, verdict::Transition};

/// How many of `vantages` must agree unless the probe says so itself: more than half.
pub const fn majority(vantages: usize) -> usize {
    vantages / 2 + 1
}

/// What these verdicts say together, when `quorum` of them must agree.
pub fn agreed(quorum: usize, verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let (mut up, mut down) = (0, 0);
    for verdict in verdicts {
        match verdict {
            Verdict::Up => up += 1,
            Verdict::Down => down += 1,
            // A vantage point itself is never partial.
            Verdict::Partial | Verdict::Inconclusive => {}
        }
    }
    if down >= quorum {
        Verdict::Down
    } else if up + down < quorum {
        Verdict::Inconclusive
    } else if down > 0 {
        Verdict::Partial
    } else {
        Verdict::Up
    }
}

/// What one vantage point says now, and what made it say so.
#[derive(Debug, Clone, PartialEq)]
pub struct Stand {
    /// What it says.
    pub verdict: Verdict,
    /// Since when it says so, or sees this trouble.
    pub since: Timestamp,
    /// What is wrong, when it says down.
    pub trouble: Option<Trouble>,
}

/// The change that these stands bring to what was said before together, `change` being the newest of theirs; none when it
/// is the same.
pub fn change(
    quorum: usize,
    before: (Verdict, Timestamp, Option<Trouble>),
    stands: &BTreeMap<String, Stand>,
    change: &Transition,
) -> Option<Transition> {
    let (from, from_since, from_trouble) = before;
    let to = agreed(quorum, stands.values().map(|stand| stand.verdict));
    let trouble = (to == Verdict::Down).then(|| gravest(quorum, stands)).flatten();
    if to == from && (trouble == from_trouble || to != Verdict::Down) {
        return None;
    }
    let since = match trouble {
        Some(trouble) => agreed_since(quorum, stands, trouble),
        None => change.since,
    };
    // Nobody said so before what was said last began.
    Some(Transition { from, to, since: since.max(from_since), trouble, looks: change.looks, last: change.last.clone() })
}

/// The gravest trouble that a quorum sees, or a graver one than it.
fn gravest(quorum: usize, stands: &BTreeMap<String, Stand>) -> Option<Trouble> {
    let mut seen: Vec<Trouble> = stands.values().filter_map(|stand| stand.trouble).collect();
    seen.sort_unstable_by(|a, b| b.cmp(a));
    seen.get(quorum.max(1) - 1).copied()
}

/// When the last of the quorum began to see it.
fn agreed_since(quorum: usize, stands: &BTreeMap<String, Stand>, trouble: Trouble) -> Timestamp {
    let mut since: Vec<Timestamp> =
        stands.values().filter(|stand| stand.trouble.is_some_and(|seen| seen >= trouble)).map(|stand| stand.since).collect();
    since.sort_unstable();
    since.get(quorum.max(1) - 1).copied().unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use Verdict::{Down, Inconclusive, Partial, Up};

    use super::*;

    #[test]
    fn so_many_must_agree() {
        for (quorum, said, together) in [
            (1, vec![Up], Up),
            (1, vec![Down], Down),
            (1, vec![Inconclusive], Inconclusive),
            (2, vec![Up, Up, Up], Up),
            (2, vec![Up, Up, Down], Partial),
            (2, vec![Up, Down, Down], Down),
            (2, vec![Up, Up, Inconclusive], Up),
            (2, vec![Up, Down, Inconclusive], Partial),
            (2, vec![Down, Down, Inconclusive], Down),
            (2, vec![Up, Inconclusive, Inconclusive], Inconclusive),
            (2, vec![Down, Inconclusive, Inconclusive], Inconclusive),
            (3, vec![Down, Down, Up], Partial),
            (2, vec![], Inconclusive),
        ] {
            assert_eq!(agreed(quorum, said.clone()), together, "{quorum} of {said:?}");
        }
        assert_eq!([1, 2, 3, 4, 5].map(majority), [1, 2, 2, 3, 3]);
    }

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + secs).unwrap_or_default()
    }

    fn stand(verdict: Verdict, since: i64, trouble: Option<Trouble>) -> Stand {
        Stand { verdict, since: at(since), trouble }
    }

    fn told(from: Verdict, to: Verdict, since: i64) -> Transition {
        let last =
            evenkeel_core::event::observe::Look { at: at(since), duration_ms: 1.0, code: "timeout".to_owned(), detail: String::new() };
        Transition { from, to, since: at(since), trouble: None, looks: 2, last }
    }

    #[test]
    fn it_is_down_since_the_last_of_the_quorum_saw_it() {
        let unavailable = Some(Trouble::Unavailable);
        let stands = BTreeMap::from([
            ("a".to_owned(), stand(Down, 10, unavailable)),
            ("b".to_owned(), stand(Down, 30, unavailable)),
            ("c".to_owned(), stand(Down, 20, unavailable)),
        ]);
        let changed = change(2, (Partial, at(10), None), &stands, &told(Up, Down, 20));
        assert_eq!(
            changed.map(|change| (change.from, change.to, change.since, change.trouble)),
            Some((Partial, Down, at(20), unavailable))
        );
    }

    #[test]
    fn a_trouble_counts_when_a_quorum_sees_it_or_a_graver_one() {
        let stands = BTreeMap::from([
            ("a".to_owned(), stand(Down, 10, Some(Trouble::CertificateEnds))),
            ("b".to_owned(), stand(Down, 20, Some(Trouble::Unavailable))),
            ("c".to_owned(), stand(Up, 0, None)),
        ]);
        let changed = change(2, (Partial, at(10), None), &stands, &told(Up, Down, 20));
        assert_eq!(changed.and_then(|change| change.trouble), Some(Trouble::CertificateEnds));
    }

    #[test]
    fn the_same_again_is_no_change() {
        let stands = BTreeMap::from([("a".to_owned(), stand(Up, 0, None)), ("b".to_owned(), stand(Inconclusive, 20, None))]);
        assert_eq!(change(1, (Up, at(0), None), &stands, &told(Up, Inconclusive, 20)), None);
    }
}
