//! Calendars as other programs read them (RFC 5545). Times are in UTC, so that whoever imports one sets no zone.

use std::fmt::Write as _;

use jiff::Timestamp;

/// Whether something takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Confirmed,
    /// It is not decided yet.
    Tentative,
}

/// One entry of a calendar.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The same for the same thing, whenever it is read.
    pub uid: String,
    /// First instant.
    pub since: Timestamp,
    /// First instant after.
    pub until: Timestamp,
    /// In a line.
    pub summary: String,
    /// Whether it takes place, where that can be in doubt.
    pub standing: Option<Standing>,
    /// Where there is more to read.
    pub url: Option<String>,
}

/// The calendar of these entries, called `name`. Pure.
pub fn calendar(product: &str, name: &str, entries: &[Entry], now: Timestamp) -> String {
    let utc = |at: Timestamp| at.strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut out = String::new();
    let mut line = |text: &str| fold(&mut out, text);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line(&format!("PRODID:-//Evenkeel//{product}//EN"));
    line("METHOD:PUBLISH");
    line(&format!("X-WR-CALNAME:{}", escape(name)));
    for entry in entries {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}", entry.uid));
        line(&format!("DTSTAMP:{}", utc(now)));
        line(&format!("DTSTART:{}", utc(entry.since)));
        line(&format!("DTEND:{}", utc(entry.until)));
        line(&format!("SUMMARY:{}", escape(&entry.summary)));
        match entry.standing {
            Some(Standing::Confirmed) => line("STATUS:CONFIRMED"),
            Some(Standing::Tentative) => line("STATUS:TENTATIVE"),
            None => {}
        }
        // A URI is no text: nothing in it is escaped (3.3.13).
        if let Some(url) = &entry.url {
            line(&format!("URL:{url}"));
        }
        line("TRANSP:TRANSPARENT");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    out
}

/// Text as section 3.3.11 wants it.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(letter);
            }
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

/// A content line, folded at 75 octets (section 3.1) between letters, never within one.
fn fold(out: &mut String, text: &str) {
    let mut length = 0;
    for letter in text.chars() {
        if length + letter.len_utf8() > 75 {
            out.push_str("\r\n ");
            length = 1;
        }
        let _ = write!(out, "{letter}");
        length += letter.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_entry_says_whether_it_takes_place_and_where_there_is_more() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let entry = Entry {
            uid: "change-1@evenkeel".to_owned(),
            since: at("2026-03-02T02:00:00+08:00"),
            until: at("2026-03-02T04:00:00+08:00"),
            summary: "CHG-1001 A, b; c\r\nX-EVIL:1".to_owned(),
            standing: Some(Standing::Tentative),
            url: Some(format!("https://ops.example/changes/{}", "1".repeat(60))),
        };
        let text = calendar("Changes", "Evenkeel, changes", &[entry], at("2026-03-01T00:00:00Z"));
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "lines are folded at 75 octets");
        let lines: Vec<String> = text.replace("\r\n ", "").split("\r\n").map(ToOwned::to_owned).collect();
        for line in [
            "X-WR-CALNAME:Evenkeel\\, changes",
            "DTSTART:20260301T180000Z",
            "DTEND:20260301T200000Z",
            "SUMMARY:CHG-1001 A\\, b\\; c\\nX-EVIL:1",
            "STATUS:TENTATIVE",
        ] {
            assert!(lines.iter().any(|one| one == line), "{line} is not in {text}");
        }
        assert!(lines.iter().any(|line| line.ends_with(&"1".repeat(60))));
        assert!(!lines.iter().any(|line| line.starts_with("X-EVIL")), "a title begins no line of its own");
    }
}
