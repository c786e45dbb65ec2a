//! What a notification says, and how a push service is to treat it. Pure.
//!
//! All words are in it, in the person's language: the service worker that shows it has none. Of secrets it holds the tokens
//! of this one message.

use base64::Engine as _;
use evenkeel_core::state::PageReason;
use serde::Serialize;
use sha2::{Digest, Sha256};
use url::Url;

use super::{seal::PLAIN_BYTES_MAX, subscription::BASE64URL};
use crate::page::{
    message::Notice,
    port::Locale,
    words::{self, Words},
};

/// The version of the note's shape: a service worker of before an upgrade may still be in the browser.
const VERSION: u32 = 1;
/// Characters of a title and of a line at most; browsers show fewer.
const TITLE_CHARS: usize = 120;
const LINE_CHARS: usize = 80;
/// Lines of a body at most.
const BODY_LINES: usize = 5;
/// Bytes of the topic's digest: as base64url the 32 characters that a topic may have (RFC 8030, 5.4).
const TOPIC_BYTES: usize = 24;
/// A drill is about now, seconds.
const DRILL_TTL_SECS: i64 = 600;

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    version: u32,
    /// A later note of the same tag takes the place of an earlier one.
    tag: String,
    title: String,
    body: String,
    lang: &'static str,
    /// Whether it makes itself heard also in the place of another.
    alert: bool,
    /// The number of its incident; none of a drill and of a bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<i64>,
    /// The incidents of a bundle: what ends is taken out of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bundle: Vec<Entry>,
    open: Link,
    /// Answers from the notification; none when there is nothing to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Button>,
    /// Under which the browser says that it shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
}

/// An incident of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Entry {
    number: i64,
    line: String,
}

/// What is opened in the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Link {
    label: &'static str,
    path: String,
}

/// What answers without opening anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Button {
    label: &'static str,
    /// Stands in the notification's place afterwards.
    done: &'static str,
    /// Takes the token by POST.
    api: &'static str,
    /// The same as a page with a button, where the answer did not work and where notifications have no buttons.
    path: String,
    token: String,
}

/// A note on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    note: Note,
    /// Of one browser's messages of a topic the push service keeps the last.
    pub topic: String,
    /// So long the push service keeps it for a browser that is away, seconds.
    pub ttl_secs: i64,
    /// Whether it may wake a device.
    pub urgent: bool,
}

fn cut(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars { text.to_owned() } else { text.chars().take(chars.saturating_sub(1)).chain(['…']).collect() }
}

fn topic(of: &str) -> String {
    BASE64URL.encode(&Sha256::digest(of)[..TOPIC_BYTES])
}

/// An address of ours without the house's name: the browser knows where it is.
fn path(url: &str) -> String {
    Url::parse(url).map(|url| url[url::Position::BeforePath..].to_owned()).unwrap_or_default()
}

fn token(url: &str) -> String {
    url.split_once("token=").map(|(_, token)| token.to_owned()).unwrap_or_default()
}

/// How long a page is worth delivering: a grave one has long been told another way after an hour; what ends must follow
/// whatever was shown.
const fn ttl_secs(reason: PageReason, priority: u8) -> i64 {
    match (reason, priority) {
        (PageReason::Firing, ..=2) => 3_600,
        (PageReason::Firing, 3) => 14_400,
        _ => 86_400,
    }
}

impl Push {
    /// The notification of a page.
    pub fn page(notice: &Notice, words: &Words, receipt_url: Option<&str>) -> Self {
        let (locale, envelope) = (notice.person.locale, &notice.envelope);
        let firing = envelope.reason == PageReason::Firing;
        let several = !notice.more.is_empty();
        let tag = if several { format!("bundle.{}", envelope.page_id) } else { format!("incident.{}", envelope.incident_id) };
        let entry = |number, priority: u8, title: &str| Entry { number, line: format!("INC-{number} P{priority} {title}") };
        let first = several.then(|| entry(notice.number, notice.priority.get(), &notice.title));
        let rest = notice.more.iter().map(|line| entry(line.number, line.priority.get(), &line.title));
        let answer = notice.acknowledge_url.as_deref().filter(|_| !several).map(|url| Button {
            label: words::have_it(locale),
            done: words::pick(locale, "已由你处理", "You have it"),
            api: "/api/v1/acknowledgements",
            path: path(url),
            token: token(url),
        });
        let incident = path(&notice.incident_url);
        let gravest = notice.more.iter().map(|line| line.priority).chain([notice.priority]).min().unwrap_or(notice.priority).get();
        Self {
            topic: topic(&tag),
            ttl_secs: ttl_secs(envelope.reason, gravest),
            urgent: firing && gravest <= 2,
            note: Note {
                version: VERSION,
                tag,
                title: cut(&words.subject, TITLE_CHARS),
                body: cut(&words.brief, LINE_CHARS * BODY_LINES),
                lang: locale.as_str(),
                alert: firing,
                number: (!several).then_some(notice.number),
                bundle: first.into_iter().chain(rest).collect(),
                open: Link {
                    label: words::open(locale),
                    path: if several { incident.rsplit_once('/').map_or("/", |(list, _)| list).to_owned() } else { incident },
                },
                answer,
                receipt: receipt_url.and_then(|url| url.rsplit_once('/')).map(|(_, token)| token.to_owned()),
            },
        }
    }

    /// The notification of a drill; `url` is its link.
    pub fn drill(locale: Locale, words: &Words, url: &str) -> Self {
        let tag = "drill".to_owned();
        Self {
            topic: topic(&tag),
            ttl_secs: DRILL_TTL_SECS,
            urgent: true,
            note: Note {
                version: VERSION,
                tag,
                title: cut(&words.subject, TITLE_CHARS),
                body: cut(&words.brief, LINE_CHARS * BODY_LINES),
                lang: locale.as_str(),
                alert: true,
                number: None,
                bundle: Vec::new(),
                open: Link { label: words::pick(locale, "打开", "Open"), path: path(url) },
                answer: Some(Button {
                    label: words::got_it(locale),
                    done: words::pick(locale, "已证明这个浏览器能找到你", "This browser is proven to reach you"),
                    api: "/api/v1/drills",
                    path: path(url),
                    token: token(url),
                }),
                receipt: None,
            },
        }
    }

    /// The note as it is sealed, as much of it as fits.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn plain(&self) -> serde_json::Result<Vec<u8>> {
        let mut note = self.note.clone();
        let mut chars = LINE_CHARS;
        loop {
            for (short, full) in note.bundle.iter_mut().zip(&self.note.bundle) {
                short.line = cut(&full.line, chars);
            }
            note.body = cut(&self.note.body, chars * BODY_LINES);
            let plain = serde_json::to_vec(&note)?;
            if plain.len() <= PLAIN_BYTES_MAX || chars == 0 {
                return Ok(plain);
            }
            chars /= 2;
        }
    }
}

#[cfg(test)]
mod tests;
