use super::*;
use crate::oncall::feed::{Entry, calendar};

#[test]
fn the_feed_is_rfc_5545() {
    let entry = Entry {
        uid: "desk-1-an@evenkeel".to_owned(),
        since: at("2026-03-02T01:00:00Z"),
        until: at("2026-03-09T01:00:00Z"),
        summary: format!("Desk, one; \\ {}", "值".repeat(60)),
    };
    let text = calendar(&[entry], at("2026-03-01T00:00:00Z"));
    assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert!(text.contains("DTSTART:20260302T010000Z\r\nDTEND:20260309T010000Z\r\n"));
    assert!(text.contains("SUMMARY:Desk\\, one\\; \\\\ 值"));
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "lines are folded at 75 octets");
    let unfolded = text.replace("\r\n ", "");
    assert!(unfolded.contains(&"值".repeat(60)));
}
