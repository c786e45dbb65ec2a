use super::*;
use evenkeel_api::ical::{Entry, calendar};

#[test]
fn the_feed_is_rfc_5545() {
    let entry = Entry {
        uid: "desk-1-an@evenkeel".to_owned(),
        since: at("2026-03-02T01:00:00Z"),
        until: at("2026-03-09T01:00:00Z"),
        summary: format!("Desk, one; \\ {}", "值".repeat(60)),
        standing: None,
        url: None,
    };
    let text = calendar("On-call", "Evenkeel on-call", &[entry], at("2026-03-01T00:00:00Z"));
    assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert!(text.contains("DTSTART:20260302T010000Z\r\nDTEND:20260309T010000Z\r\n"));
    assert!(text.contains("SUMMARY:Desk\\, one\\; \\\\ 值"));
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "lines are folded at 75 octets");
    let unfolded = text.replace("\r\n ", "");
    assert!(unfolded.contains(&"值".repeat(60)));
}

#[test]
fn pitfall_23_the_feed_carries_utc_so_that_whoever_imports_it_sets_no_zone() {
    let entry = Entry {
        uid: "desk-1-an@evenkeel".to_owned(),
        since: at("2026-03-29T00:30:00+01:00"),
        until: at("2026-03-29T09:00:00+02:00"),
        summary: "Desk".to_owned(),
        standing: None,
        url: None,
    };
    let text = calendar("On-call", "Evenkeel on-call", &[entry], at("2026-03-01T08:00:00+08:00"));
    let times: Vec<&str> = text.split("\r\n").filter(|line| line.starts_with("DT")).collect();
    assert_eq!(times, ["DTSTAMP:20260301T000000Z", "DTSTART:20260328T233000Z", "DTEND:20260329T070000Z"]);
    assert!(!text.contains("TZID") && !text.contains("X-WR-TIMEZONE"), "{text}");
}
