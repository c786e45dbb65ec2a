//! Ninety days as bars, each with a shape of its own, and the share that the agreement's method gives. Pure.

use std::fmt::Write as _;

use evenkeel_core::Language;

use crate::status_page::{
    port::{Day, Record},
    words::say,
};

/// What a day is drawn as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bar {
    /// Nothing was promised.
    None,
    /// Nobody saw most of it: never drawn as good.
    Unknown,
    Good,
    /// Some of it was down.
    Down,
}

/// Down shows however short it was; good only when at least half of the promised time was seen.
const fn bar(day: &Day) -> Bar {
    if day.down_secs > 0 {
        Bar::Down
    } else if day.good_secs + day.unknown_secs == 0 {
        Bar::None
    } else if day.unknown_secs > day.good_secs {
        Bar::Unknown
    } else {
        Bar::Good
    }
}

/// A share as percent, cut and never rounded up: what was down a second is not 100 %.
pub fn percent(share: f64) -> String {
    let cut = (share * 100_000.0).floor() / 1000.0;
    format!("{cut:.3} %").replace(".000 %", " %")
}

/// The share of what is known; *unknown* when nothing is.
pub fn share(record: &Record, language: Language) -> String {
    record.share.map_or_else(|| say(language, "未知", "unknown").to_owned(), percent)
}

/// Its bounds in words, where part of the time was not seen.
pub fn bounds(record: &Record, language: Language) -> Option<String> {
    let (low, high) = (percent(record.low?), percent(record.high?));
    (record.share.is_some() && low != high).then(|| match language {
        Language::Zh => format!("未观测时间计为中断或正常：{low} – {high}"),
        Language::En => format!("{low} – {high} with unobserved time counted as down or up"),
    })
}

/// A span in words.
fn span(secs: i64, language: Language) -> String {
    let (hours, minutes) = (secs / 3600, (secs % 3600) / 60);
    match (language, hours, minutes) {
        (Language::Zh, 0, 0) => "不足 1 分钟".to_owned(),
        (Language::En, 0, 0) => "under a minute".to_owned(),
        (Language::Zh, 0, m) => format!("{m} 分钟"),
        (Language::En, 0, m) => format!("{m} min"),
        (Language::Zh, h, m) => format!("{h} 小时 {m} 分钟"),
        (Language::En, h, m) => format!("{h} h {m} min"),
    }
}

fn told(day: &Day, language: Language) -> String {
    let mut parts = Vec::new();
    if day.down_secs > 0 {
        parts.push(format!("{} {}", say(language, "中断", "down"), span(day.down_secs, language)));
    }
    if day.unknown_secs >= 60 {
        parts.push(format!("{} {}", say(language, "未观测", "unobserved"), span(day.unknown_secs, language)));
    }
    if parts.is_empty() {
        parts.push(match bar(day) {
            Bar::None => say(language, "不在服务时间内", "nothing promised").to_owned(),
            _ => say(language, "正常", "good").to_owned(),
        });
    }
    format!("{}{}{}", day.date, say(language, "：", ": "), parts.join(say(language, "，", ", ")))
}

/// The bars, the share, and in words the days on which it was down.
pub fn draw(record: &Record, language: Language) -> String {
    let days = &record.days;
    if days.is_empty() {
        return String::new();
    }
    let down: Vec<&Day> = days.iter().filter(|day| day.down_secs > 0).collect();
    let unknown = days.iter().filter(|day| bar(day) == Bar::Unknown).count();
    let label = match language {
        Language::Zh => format!("最近 {} 天：{}；{} 天有中断，{unknown} 天未知", days.len(), share(record, language), down.len()),
        Language::En => format!("Last {} days: {}; {} with downtime, {unknown} unknown", days.len(), share(record, language), down.len()),
    };
    let mut svg = format!(
        "<svg class=\"bars\" viewBox=\"0 0 {} 20\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{label}\">",
        days.len() * 4
    );
    for (place, day) in days.iter().enumerate() {
        // Good is low, down stands out, unknown is a frame, nothing promised a line: told apart without colour.
        let (class, top, height) = match bar(day) {
            Bar::Good => ("g", 6, 14),
            Bar::Down => ("d", 0, 20),
            Bar::Unknown => ("u", 6, 14),
            Bar::None => ("n", 18, 2),
        };
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{}\" y=\"{top}\" width=\"3\" height=\"{height}\"><title>{}</title></rect>",
            place * 4,
            told(day, language)
        );
    }
    svg.push_str("</svg>");
    let ago = match language {
        Language::Zh => format!("{} 天前", days.len() - 1),
        Language::En => format!("{} days ago", days.len() - 1),
    };
    let mut text = format!(
        "{svg}<div class=\"ends\"><span>{ago}</span><b>{}</b><span>{}</span></div>",
        share(record, language),
        say(language, "今天", "today")
    );
    if let Some(bounds) = bounds(record, language) {
        let _ = write!(text, "<p class=\"bounds\">{bounds}</p>");
    }
    if !down.is_empty() {
        let _ = write!(text, "<details><summary>{}</summary><ul>", say(language, "有中断的日子", "Days with downtime"));
        for day in down.iter().rev() {
            let _ = write!(text, "<li>{}</li>", told(day, language));
        }
        text.push_str("</ul></details>");
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn day(good_secs: i64, down_secs: i64, unknown_secs: i64) -> Day {
        Day { date: "2026-03-01".parse().unwrap(), good_secs, down_secs, unknown_secs }
    }

    #[test]
    fn what_nobody_saw_is_never_drawn_as_good() {
        assert_eq!(bar(&day(0, 0, 86_400)), Bar::Unknown);
        assert_eq!(bar(&day(80_000, 0, 6_400)), Bar::Good);
        assert_eq!(bar(&day(86_399, 1, 0)), Bar::Down);
        assert_eq!(bar(&day(0, 0, 0)), Bar::None);
    }

    #[test]
    fn a_share_is_never_rounded_up_to_all() {
        assert_eq!(percent(0.999_999_9), "99.999 %");
        assert_eq!(percent(1.0), "100 %");
        let record = |low, high| Record { share: Some(0.99), low: Some(low), high: Some(high), days: vec![day(1, 0, 0)] };
        assert_eq!(share(&record(0.99, 0.99), Language::En), "99 %");
        assert_eq!(bounds(&record(0.99, 0.99), Language::En), None);
        assert!(bounds(&record(0.5, 0.995), Language::En).unwrap().starts_with("50 % – 99.500 %"));
        assert_eq!(share(&Record { share: None, low: None, high: None, days: vec![] }, Language::Zh), "未知");
    }

    #[test]
    fn days_with_downtime_are_told_in_words_too() {
        let record = Record { share: Some(0.9), low: Some(0.9), high: Some(0.9), days: vec![day(86_400, 0, 0), day(80_000, 6_400, 0)] };
        let drawn = draw(&record, Language::En);
        assert!(drawn.contains("<li>2026-03-01: down 1 h 46 min</li>"), "{drawn}");
        assert!(drawn.contains("aria-label=\"Last 2 days: 90 %; 1 with downtime, 0 unknown\""), "{drawn}");
    }
}
