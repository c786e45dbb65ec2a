//! Two incidents are no pattern.

use super::kit::{DISK, Past, at};

#[test]
fn nothing_is_said_of_too_little() {
    let mut past = Past::default();
    past.fires(DISK, at(2, 9, 0), Some(60), 1);
    past.fires(DISK, at(3, 9, 0), Some(60), 1);
    past.suggested(|found| assert!(found.is_empty()));
}
