//! The feed (RFC 4287): one entry a word of a post.

use std::fmt::Write as _;

use evenkeel_core::Language;
use jiff::Timestamp;

use super::{Document, KEY, escape};
use crate::status_page::{
    board::{PostView, Snapshot},
    words::post_state,
};

/// The most entries of a feed.
const ENTRIES_MAX: usize = 60;

/// Draws the feed.
pub fn atom(snapshot: &Snapshot, language: Language, public_url: &str) -> Document {
    let base = format!("{}/status/{}", escape(public_url), snapshot.name);
    let tag = language.as_str();
    let posts: Vec<&PostView> =
        snapshot.open.iter().chain(snapshot.planned.iter().filter_map(|planned| planned.post.as_ref())).chain(&snapshot.past).collect();
    let mut entries: Vec<(Timestamp, String)> = Vec::new();
    for post in posts {
        for (place, said) in post.updates.iter().enumerate() {
            let updated = said.edited_at.unwrap_or(said.at);
            let mut entry = String::new();
            let _ = write!(
                entry,
                "<entry><id>urn:evenkeel:status:{}:{}</id><title>{}: {}</title><updated>{updated}</updated><published>{}</published>\
                 <link rel=\"alternate\" href=\"{base}?lang={tag}{KEY}#{}\"/><content type=\"text\">{}</content></entry>",
                post.id,
                post.updates.len() - place,
                post_state(said.state, language),
                escape(post.title.in_language(language)),
                said.at,
                post.id,
                escape(said.text.in_language(language))
            );
            entries.push((updated, entry));
        }
    }
    entries.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    entries.truncate(ENTRIES_MAX);
    // Without an entry the feed is as old as the page may be: a feed that changes by itself would be fetched for nothing.
    let updated = entries.first().map_or(Timestamp::UNIX_EPOCH, |(at, _)| *at);
    let title = escape(snapshot.title.in_language(language));
    let entries: String = entries.into_iter().map(|(_, entry)| entry).collect();
    Document::new(format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{tag}\"><id>{base}</id><title>{title}</title>\
         <updated>{updated}</updated><author><name>{title}</name></author><link rel=\"self\" href=\"{base}/feed.atom?lang={tag}{KEY}\"/>\
         <link rel=\"alternate\" href=\"{base}?lang={tag}{KEY}\"/>{entries}</feed>\n"
    ))
}
