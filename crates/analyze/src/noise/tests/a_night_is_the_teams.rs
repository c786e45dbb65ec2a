//! 22:00 to 07:00 on the team's clock.

use super::kit::{DISK, Past, at};

#[test]
fn a_night_is_the_teams() {
    let mut past = Past::default();
    past.fires(DISK, at(2, 13, 59), Some(60), 1); // 21:59 in Shanghai
    past.fires(DISK, at(2, 14, 0), Some(60), 1); // 22:00
    past.fires(DISK, at(2, 22, 59), Some(60), 1); // 06:59
    past.fires(DISK, at(2, 23, 0), Some(60), 1); // 07:00
    assert_eq!(past.figures("Asia/Shanghai").night_pages, 2);
    assert_eq!(past.figures("UTC").night_pages, 2);
    assert_eq!(past.figures("America/New_York").night_pages, 0, "09:00 to 18:00 there");
    assert_eq!(past.figures("UTC").course.iter().sum::<i64>(), 4);
}
