#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn one_row_more_than_the_limit_makes_a_next_page_that_goes_on_after_the_last_shown() {
    let query = PageQuery { after: None, limit: Some(2) };
    assert_eq!(query.fetch(), 3);
    let page = query.page(vec![10, 20, 30], |row| (*row, "x".to_owned()));
    assert_eq!(page.items, [10, 20]);
    let next = PageQuery { after: page.next, limit: Some(2) };
    assert_eq!(next.key::<(i64, String)>().unwrap(), Some((20, "x".to_owned())));
    assert_eq!(next.page(vec![30], |row| (*row, String::new())).next, None);
}

#[test]
fn a_foreign_cursor_is_refused_and_limits_are_held() {
    let query = PageQuery { after: Some("nonsense!".into()), limit: Some(100_000) };
    assert_eq!(query.limit(), 200);
    assert_eq!(query.key::<i64>().unwrap_err().failure().at.as_deref(), Some("after"));
}
