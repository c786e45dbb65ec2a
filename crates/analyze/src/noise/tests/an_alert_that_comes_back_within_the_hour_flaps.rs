//! Within an hour of its end, of the same source.

use super::kit::{DISK, Kind, Past, at};

#[test]
fn an_alert_that_comes_back_within_the_hour_flaps() {
    let mut past = Past::default();
    past.fires(DISK, at(2, 9, 0), Some(60), 1);
    past.fires(DISK, at(2, 10, 1), Some(60), 1);
    past.fires(DISK, at(2, 11, 3), Some(60), 1);
    past.fires(Kind { name: "memory", ..DISK }, at(2, 11, 5), Some(60), 1);
    let figures = past.figures("UTC");
    assert_eq!((figures.alerts, figures.flaps), (3, 1));
}
