//! Acknowledging moves the incident in the same instant, and is no work; a note is.

use super::kit::{DISK, Past, at};

#[test]
fn taking_it_on_is_no_work() {
    let mut past = Past::default();
    let healed = past.fires(DISK, at(2, 9, 0), Some(600), 1);
    past.takes(healed, at(2, 9, 2));
    let worked = past.fires(DISK, at(3, 9, 0), Some(3600), 2);
    past.takes(worked, at(3, 9, 10));
    past.works(worked, at(3, 9, 12));
    let figures = past.figures("UTC");
    assert_eq!((figures.incidents, figures.actionable, figures.self_healed, figures.pages), (2, 1, 1, 3));
    assert_eq!((figures.actionable_percent, figures.self_healed_percent), (Some(50.0), Some(50.0)));
    // Two and ten minutes: the median is between, and one of the two was prompt.
    assert_eq!(
        (figures.answered, figures.median_ack_secs, figures.p90_ack_secs, figures.prompt_percent),
        (2, Some(360.0), Some(600), Some(50.0))
    );
    let cases = past.cases();
    assert_eq!(cases[0].seqs().len(), 4, "opened, paged, answered, restored: the move is a part of the answer");
    assert_eq!(cases[1].seqs().len(), 6);
}
