//! The same trouble comes back within days and opens the same incident: somebody is told each time, so each time is judged.

use super::kit::{DISK, Past, at};
use crate::noise::{case::Verdict, suggest::Change};

#[test]
fn an_incident_that_is_opened_again_counts_again() {
    let mut past = Past::default();
    let incident = past.fires(DISK, at(2, 9, 0), Some(100), 1);
    for day in 3..6 {
        past.closes(incident, at(day - 1, 12, 0));
        past.fires_again(incident, DISK, at(day, 9, 0), Some(if day == 5 { 3600 } else { 100 }), 2);
    }
    past.works(incident, at(5, 9, 30));
    let cases = past.cases();
    assert_eq!(cases.iter().map(|case| case.pages.len()).collect::<Vec<_>>(), [1, 2, 2, 2]);
    assert_eq!(cases.iter().map(|case| case.verdict).filter(|verdict| *verdict == Verdict::SelfHealed).count(), 3);
    assert_eq!(cases[3].verdict, Verdict::Actionable, "what was done belongs to its time");
    let figures = past.figures("UTC");
    assert_eq!((figures.incidents, figures.pages, figures.alerts), (4, 7, 4));
    past.suggested(|found| assert_eq!(found[0].change, Change::ConfirmLonger { secs: 120 }));
}
