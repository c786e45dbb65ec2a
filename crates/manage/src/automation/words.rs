//! Texts with places in them that a ticket fills: `{{ticket.number}}`. Pure.
//!
//! A text is filled once, from left to right: what a place is filled with is not looked through again, so nobody's words can
//! name a place.

use std::collections::BTreeMap;

use evenkeel_core::{Failure, definition::Bilingual};

use crate::{refuse::invalid, ticket::words::TEXT_CHARS_MAX};

/// The places that there are.
pub const PLACES: [&str; 10] = [
    "ticket.number",
    "ticket.title",
    "reporter.name",
    "customer.name",
    "service.name",
    "team.name",
    "agent.name",
    "priority",
    "opened",
    "due",
];

/// What places are filled with, in one language.
pub type Filling = BTreeMap<&'static str, String>;

/// A part of a text.
enum Part<'a> {
    Plain(&'a str),
    Place(&'a str),
}

/// The parts of a text. Braces that are not closed are plain.
fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(from) = rest.find("{{") else { return Some(Part::Plain(std::mem::take(&mut rest))) };
        if from > 0 {
            let (plain, left) = rest.split_at(from);
            rest = left;
            return Some(Part::Plain(plain));
        }
        let Some(to) = rest.find("}}") else { return Some(Part::Plain(std::mem::take(&mut rest))) };
        let name = rest[2..to].trim();
        rest = &rest[to + 2..];
        Some(Part::Place(name))
    })
}

/// # Errors
/// A refusal of a text that is empty, too long, or names a place that there is not; it lists those that there are.
pub fn check(at: &str, text: &Bilingual) -> Result<(), Failure> {
    for (language, text) in [("zh", &text.zh), ("en", &text.en)] {
        let at = format!("{at}/{language}");
        let chars = text.chars().count();
        if text.trim().is_empty() || chars > TEXT_CHARS_MAX {
            return Err(invalid(&at, format!("write 1 to {TEXT_CHARS_MAX} characters; these are {chars}")));
        }
        for part in parts(text) {
            if let Part::Place(name) = part
                && !PLACES.contains(&name)
            {
                let shown: String = name.chars().take(40).collect();
                return Err(invalid(&at, format!("there is no {{{{{shown}}}}}")).allowed(PLACES));
            }
        }
    }
    Ok(())
}

/// The text with its places filled; cut where a note would be too long.
pub fn fill(text: &str, filling: &Filling) -> String {
    let filled: String = parts(text)
        .map(|part| match part {
            Part::Plain(plain) => plain,
            Part::Place(name) => filling.get(name).map_or("", String::as_str),
        })
        .collect();
    filled.chars().take(TEXT_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn both(text: &str) -> Bilingual {
        Bilingual { zh: text.to_owned(), en: text.to_owned() }
    }

    #[test]
    fn places_are_filled_and_unknown_ones_are_refused_with_the_list() {
        let filling = Filling::from([("ticket.number", "INC-7".to_owned())]);
        assert_eq!(fill("about {{ticket.number}} and {{ ticket.number }}: {{due}}.", &filling), "about INC-7 and INC-7: .");
        assert_eq!(fill("open {{ticket.number", &filling), "open {{ticket.number");
        check("/text", &both("{{ticket.number}} {{service.name}}")).unwrap();
        let refused = check("/text", &both("{{ticket.nunber}}")).unwrap_err();
        assert_eq!(refused.at.as_deref(), Some("/text/zh"));
        assert!(refused.allowed.iter().any(|place| place == "ticket.number"), "{:?}", refused.allowed);
    }

    proptest! {
        #[test]
        fn what_a_place_is_filled_with_is_not_filled_again(words in "\\PC{0,60}") {
            let words = format!("{{{{due}}}}{words}");
            let filling = Filling::from([("ticket.title", words.clone()), ("due", "never".to_owned())]);
            prop_assert_eq!(fill("<{{ticket.title}}>", &filling), format!("<{words}>"));
        }

        #[test]
        fn no_text_makes_it_fall(text in "[{} a-z.]{0,80}|\\PC{0,80}") {
            let _ = check("/text", &both(&text));
            let _ = fill(&text, &Filling::new());
        }
    }
}
