//! An open incident that nobody touched is neither noise nor work, and is in no share.

use super::kit::{DISK, Past, at};

#[test]
fn what_is_open_is_not_decided() {
    let mut past = Past::default();
    past.fires(DISK, at(2, 9, 0), None, 1);
    let figures = past.figures("UTC");
    assert_eq!((figures.incidents, figures.undecided, figures.actionable_percent, figures.unanswered), (1, 1, None, 1));
    let closed = past.fires(DISK, at(3, 9, 0), None, 1);
    past.closes(closed, at(3, 10, 0));
    let figures = past.figures("UTC");
    assert_eq!((figures.untouched, figures.undecided, figures.actionable_percent), (1, 1, Some(0.0)));
}
