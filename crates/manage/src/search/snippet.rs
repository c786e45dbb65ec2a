//! The part of a text that shows why it was found. Pure.

use serde::Serialize;
use utoipa::ToSchema;

use super::{query::Asked, words::words};

/// Characters before the first word that was looked for.
const BEFORE: usize = 40;
/// Characters in all.
const CHARS: usize = 180;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct SearchPart {
    /// The characters.
    pub text: String,
    /// Whether they were looked for.
    pub mark: bool,
}

/// The stretches of a text that were looked for, bytes; those that touch are one.
fn stretches(text: &str, asked: &Asked) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for word in words(text).iter().filter(|word| asked.marks(word)) {
        match found.last_mut() {
            Some((_, to)) if word.from <= *to => *to = (*to).max(word.to),
            _ => found.push((word.from, word.to)),
        }
    }
    found
}

/// A whole text in pieces.
pub(super) fn marked(text: &str, asked: &Asked) -> Vec<SearchPart> {
    pieces(text, 0, text.len(), &stretches(text, asked))
}

/// The part around the first word that was looked for, in one line; none when there is none.
pub(super) fn snippet(text: &str, asked: &Asked) -> Option<Vec<SearchPart>> {
    let line: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let found = stretches(&line, asked);
    let first = found.first()?.0;
    let from = line[..first].char_indices().rev().nth(BEFORE - 1).map_or(0, |(at, _)| at);
    let to = line[from..].char_indices().nth(CHARS).map_or(line.len(), |(at, _)| from + at);
    let mut parts = pieces(&line, from, to, &found);
    let dots = || SearchPart { text: "…".to_owned(), mark: false };
    if from > 0 {
        parts.insert(0, dots());
    }
    if to < line.len() {
        parts.push(dots());
    }
    Some(parts)
}

fn pieces(text: &str, from: usize, to: usize, found: &[(usize, usize)]) -> Vec<SearchPart> {
    let mut parts = Vec::new();
    let mut push = |from: usize, to: usize, mark: bool| {
        if let Some(piece) = text.get(from..to).filter(|piece| !piece.is_empty()) {
            parts.push(SearchPart { text: piece.to_owned(), mark });
        }
    };
    let mut at = from;
    for (begin, end) in found {
        let (begin, end) = ((*begin).clamp(at, to), (*end).clamp(at, to));
        push(at, begin, false);
        push(begin, end, true);
        at = end;
    }
    push(at, to, false);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::query::read;

    fn shown(text: &str, query: &str) -> String {
        let parts = snippet(text, &read(query)).unwrap_or_default();
        parts.iter().map(|part| if part.mark { format!("[{}]", part.text) } else { part.text.clone() }).collect()
    }

    #[test]
    fn what_was_looked_for_is_marked_as_it_is_written() {
        assert_eq!(shown("先重启数据库，再重启 nginx", "数据库 NGINX"), "先重启[数据库]，再重启 [nginx]");
        assert_eq!(shown("The VPN is disconnecting", "disconnect"), "The VPN is [disconnecting]");
        assert_eq!(shown("The ＶＰＮ", "vpn"), "The [ＶＰＮ]");
        assert_eq!(shown("nothing here", "vpn"), "");
        let whole: String = marked("资料库 down", &read("资料")).into_iter().map(|part| part.text).collect();
        assert_eq!(whole, "资料库 down");
    }

    #[test]
    fn a_long_text_is_shown_around_its_first_word() {
        let text = format!("{}数据库{}", "前".repeat(500), "后".repeat(500));
        let shown = shown(&text, "数据库");
        assert!(shown.starts_with('…') && shown.ends_with('…') && shown.contains("[数据库]"), "{shown}");
        assert!(shown.chars().count() < CHARS + 10);
        assert!(!self::shown(&format!("a\u{1e}<script>\nvpn{}", "é".repeat(400)), "vpn").contains('\n'));
    }
}
