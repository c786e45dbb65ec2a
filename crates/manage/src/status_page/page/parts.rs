//! What documents share.

use evenkeel_core::{Language, definition::Bilingual, event::manage::Window};
use jiff::{Timestamp, tz::TimeZone};

use super::{KEY, escape, style::style};
use crate::status_page::words::say;

/// The frame of a page: `head` and `body` are markup.
pub struct Frame<'a> {
    pub language: Language,
    pub title: &'a str,
    pub colour: Option<&'a str>,
    pub head: &'a str,
    pub body: &'a str,
}

impl Frame<'_> {
    pub fn draw(&self) -> String {
        format!(
            "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\"><title>{}</title>{}<style>{}</style></head>\n<body><div class=\"wide\">{}</div></body></html>\n",
            say(self.language, "zh-CN", "en"),
            escape(self.title),
            self.head,
            style(self.colour),
            self.body
        )
    }
}

/// The address of a page's part in a language, with the place of a key.
pub fn address(name: &str, part: &str, language: Language) -> String {
    format!("/status/{name}{part}?lang={}{KEY}", language.as_str())
}

/// An instant on the page's clock.
pub fn instant(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    format!("<time datetime=\"{at:.0}\">{local}</time>")
}

/// A window on the page's clock; the day of its end is left out when it is the day of its beginning.
pub fn window(window: Window, zone: &TimeZone) -> String {
    let (from, to) = (window.from.to_zoned(zone.clone()), window.to.to_zoned(zone.clone()));
    let end = if from.date() == to.date() { to.strftime("%H:%M").to_string() } else { to.strftime("%Y-%m-%d %H:%M").to_string() };
    format!("{} – <time datetime=\"{:.0}\">{end}</time>", instant(window.from, zone), window.to)
}

/// Names one after the other.
pub fn names(list: &[Bilingual], language: Language) -> String {
    let all: Vec<String> = list.iter().map(|name| escape(name.in_language(language))).collect();
    all.join(say(language, "、", ", "))
}

/// Words with their lines.
pub fn lines(text: &str) -> String {
    let mut paragraphs = String::with_capacity(text.len() + 16);
    for line in text.split('\n').filter(|line| !line.trim().is_empty()) {
        paragraphs.push_str("<p>");
        paragraphs.push_str(&escape(line));
        paragraphs.push_str("</p>");
    }
    paragraphs
}
