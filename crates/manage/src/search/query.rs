//! What somebody typed, as a query. Whatever was typed is plain words: nothing has a meaning of its own, so nothing is an
//! error. Every query carries its filter: tenant, kinds and marks.

use evenkeel_core::{id::TenantId, state::Findable};
use tantivy::{
    Term,
    query::{AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, FuzzyTermQuery, Occur, PhraseQuery, Query, TermQuery, TermSetQuery},
    schema::{Field, IndexRecordOption},
};

use super::{
    audience::Audience,
    schema::Fields,
    words::{WordKind, words},
};

/// The most characters of what was typed that are read.
pub(super) const CHARS_MAX: usize = 1_000;
/// The most words of it that are looked for.
const WORDS_MAX: usize = 48;
/// So many groups of words must all be there; of more, three in four.
const ALL_MAX: usize = 4;
/// How much a word in a title weighs beside one in a body.
const TITLE: f32 = 3.0;
/// A number that was typed out stands before everything.
const NUMBER: f32 = 10_000.0;

/// Words that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Group {
    /// A word, also by its stem; as a beginning when it is the last that was typed.
    Word { text: String, stem: Option<String>, begins: bool },
    /// A run of a dense script, as its pairs.
    Run(Vec<String>),
    /// One character of a dense script: the beginning of pairs.
    Letter(String),
}

/// What somebody typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    groups: Vec<Group>,
    /// The number it is, when it is one: `inc-1042`, `1042`.
    number: Option<String>,
    /// Whether not all of it is looked for.
    pub cut: bool,
}

/// Reads what somebody typed.
pub(super) fn read(text: &str) -> Asked {
    let bounded: String = text.chars().take(CHARS_MAX).collect();
    let mut cut = bounded.len() < text.len();
    let found = words(&bounded);
    let mut groups: Vec<Group> = Vec::new();
    let mut count = 0;
    let mut end = None;
    for word in found {
        if word.kind != WordKind::Stem && word.kind != WordKind::Last {
            count += 1;
            if count > WORDS_MAX {
                cut = true;
                break;
            }
        }
        match (word.kind, groups.last_mut()) {
            (WordKind::Plain, _) => groups.push(Group::Word { text: word.text, stem: None, begins: false }),
            (WordKind::Stem, Some(Group::Word { stem, .. })) => *stem = Some(word.text),
            // A run goes on where its last pair began a character before.
            (WordKind::Pair, Some(Group::Run(pairs))) if end == Some(word.from) => pairs.push(word.text),
            (WordKind::Pair, _) => groups.push(Group::Run(vec![word.text])),
            (WordKind::Last, Some(Group::Run(_))) if end == Some(word.from) => {}
            (WordKind::Last, _) => groups.push(Group::Letter(word.text)),
            (WordKind::Stem, _) => {}
        }
        end = bounded[word.from..].chars().next().map(|letter| word.from + letter.len_utf8());
    }
    // Who is still typing has not finished the last word.
    if let Some(Group::Word { text, begins, .. }) = groups.last_mut() {
        *begins = text.chars().count() >= 2 && bounded.ends_with(|letter: char| letter.is_alphanumeric());
    }
    Asked { number: number(&bounded), groups, cut }
}

/// The number that a text is, when it is nothing else.
fn number(text: &str) -> Option<String> {
    let folded: Vec<String> = words(text).into_iter().filter(|word| word.kind == WordKind::Plain).map(|word| word.text).collect();
    let digits = |text: &str| text.len() <= 12 && text.bytes().all(|letter| letter.is_ascii_digit());
    match folded.as_slice() {
        [one] if digits(one) => Some(one.clone()),
        [prefix, one] if ["inc", "req", "prb", "kb"].contains(&prefix.as_str()) && digits(one) => Some(format!("{prefix}-{one}")),
        _ => None,
    }
}

impl Asked {
    /// Whether nothing is looked for.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Whether a word of a text is one of those looked for.
    pub fn marks(&self, word: &super::words::Word) -> bool {
        self.groups.iter().any(|group| match group {
            Group::Word { text, stem, begins } => {
                word.text == *text || stem.as_ref() == Some(&word.text) || *begins && word.text.starts_with(text.as_str())
            }
            Group::Run(pairs) => pairs.contains(&word.text),
            Group::Letter(letter) => word.text.starts_with(letter.as_str()),
        })
    }

    /// The query within what the audience may find; of one kind when given.
    pub fn query(&self, fields: Fields, tenant: TenantId, audience: &Audience, kind: Option<Findable>) -> Box<dyn Query> {
        let texts = Texts::of(fields, audience.inner);
        let mut all: Vec<Box<dyn Query>> = self.groups.iter().map(|group| texts.group(group)).collect();
        let words: Box<dyn Query> = match all.len() {
            0 => Box::new(AllQuery),
            1 => all.remove(0),
            n if n <= ALL_MAX => Box::new(BooleanQuery::intersection(all)),
            n => Box::new(BooleanQuery::union_with_minimum_required_clauses(all, (n * 3).div_ceil(4))),
        };
        let words = match &self.number {
            Some(number) => {
                let exact = TermQuery::new(Term::from_field_text(fields.number, number), IndexRecordOption::Basic);
                let exact = ConstScoreQuery::new(Box::new(exact), NUMBER);
                Box::new(BooleanQuery::union(vec![Box::new(exact), words]))
            }
            None => words,
        };
        within(words, fields, tenant, audience, kind)
    }
}

/// A query for any of these words, enough of them, within what the audience may find: what is like a ticket.
pub(super) fn like(
    text: &str,
    service: Option<&str>,
    fields: Fields,
    tenant: TenantId,
    audience: &Audience,
    kind: Findable,
) -> Box<dyn Query> {
    let texts = Texts::of(fields, audience.inner);
    let bounded: String = text.chars().take(CHARS_MAX).collect();
    let mut seen: Vec<String> = Vec::new();
    for word in words(&bounded) {
        // A single letter or digit says nothing.
        if word.kind != WordKind::Last && word.text.chars().count() > 1 && seen.len() < WORDS_MAX && !seen.contains(&word.text) {
            seen.push(word.text);
        }
    }
    if seen.is_empty() {
        return Box::new(tantivy::query::EmptyQuery);
    }
    let enough = if seen.len() <= 2 { 1 } else { seen.len().div_ceil(4).max(2) };
    let some = BooleanQuery::union_with_minimum_required_clauses(seen.iter().map(|word| texts.word(word)).collect(), enough);
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, Box::new(some))];
    if let Some(service) = service {
        let same = TermQuery::new(Term::from_field_text(fields.service, service), IndexRecordOption::Basic);
        clauses.push((Occur::Should, Box::new(ConstScoreQuery::new(Box::new(same), TITLE))));
    }
    within(Box::new(BooleanQuery::new(clauses)), fields, tenant, audience, Some(kind))
}

/// The words within what may be found. The filter says nothing about how well something fits.
fn within(words: Box<dyn Query>, fields: Fields, tenant: TenantId, audience: &Audience, kind: Option<Findable>) -> Box<dyn Query> {
    let term = |field: Field, text: &str| -> Box<dyn Query> {
        Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
    };
    let kinds = audience.kinds.iter().filter(|(one, _)| kind.is_none_or(|kind| kind == *one)).map(|(one, marks)| {
        let marks = TermSetQuery::new(marks.iter().map(|mark| Term::from_field_text(fields.mark, mark)));
        let both: Box<dyn Query> = Box::new(BooleanQuery::intersection(vec![term(fields.kind, one.as_str()), Box::new(marks)]));
        both
    });
    let kinds = BooleanQuery::union(kinds.collect());
    let filter = BooleanQuery::intersection(vec![term(fields.tenant, &tenant.to_string()), Box::new(kinds)]);
    Box::new(BooleanQuery::intersection(vec![Box::new(ConstScoreQuery::new(Box::new(filter), 0.0)), words]))
}

/// The fields in which words are looked for, with what each weighs.
struct Texts(Vec<(Field, f32)>);

impl Texts {
    fn of(fields: Fields, inner: bool) -> Self {
        let mut texts = vec![(fields.title, TITLE), (fields.body, 1.0)];
        if inner {
            texts.push((fields.inner, 1.0));
        }
        Self(texts)
    }

    fn each(&self, make: impl Fn(Field) -> Box<dyn Query>) -> Vec<Box<dyn Query>> {
        self.0.iter().map(|(field, weight)| -> Box<dyn Query> { Box::new(BoostQuery::new(make(*field), *weight)) }).collect()
    }

    /// A word in any of the fields.
    fn word(&self, text: &str) -> Box<dyn Query> {
        Box::new(BooleanQuery::union(
            self.each(|field| Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))),
        ))
    }

    /// A word that begins so, in any of the fields.
    fn beginning(&self, text: &str) -> Vec<Box<dyn Query>> {
        self.each(|field| Box::new(FuzzyTermQuery::new_prefix(Term::from_field_text(field, text), 0, false)))
    }

    fn group(&self, group: &Group) -> Box<dyn Query> {
        match group {
            Group::Word { text, stem, begins } => {
                let mut ways = vec![self.word(text)];
                ways.extend(stem.as_deref().map(|stem| self.word(stem)));
                if *begins {
                    ways.extend(self.beginning(text));
                }
                Box::new(BooleanQuery::union(ways))
            }
            Group::Letter(letter) => Box::new(BooleanQuery::union(self.beginning(letter))),
            Group::Run(pairs) => {
                let all: Vec<Box<dyn Query>> = pairs.iter().map(|pair| self.word(pair)).collect();
                // A short run is a word. A longer one is several, and what stands between two of them is in no text.
                let enough = if pairs.len() <= 3 { pairs.len() } else { (pairs.len() * 3).div_ceil(5) };
                let some = BooleanQuery::union_with_minimum_required_clauses(all, enough);
                if pairs.len() < 2 {
                    return Box::new(some);
                }
                let phrase =
                    self.each(|field| Box::new(PhraseQuery::new(pairs.iter().map(|pair| Term::from_field_text(field, pair)).collect())));
                let mut clauses: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, Box::new(some))];
                clauses.extend(phrase.into_iter().map(|phrase| (Occur::Should, phrase)));
                Box::new(BooleanQuery::new(clauses))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_words_and_nothing_is_an_error() {
        for text in ["", "  ", "\"", "a AND (", "title:x", "+-!(){}[]^~*?:\\/", "\u{0}\u{1e}", "'; DROP TABLE incident; --", "💥"] {
            let asked = read(text);
            assert!(!asked.cut, "{text}");
        }
        assert_eq!(
            read("重启nginx 服务器").groups,
            [
                Group::Run(vec!["重启".into()]),
                Group::Word { text: "nginx".into(), stem: None, begins: false },
                Group::Run(vec!["服务".into(), "务器".into()])
            ]
        );
        assert_eq!(read("库 vpn").groups, [Group::Letter("库".into()), Group::Word { text: "vpn".into(), stem: None, begins: true }]);
    }

    #[test]
    fn a_number_is_a_number_however_it_is_typed() {
        for (text, number) in
            [("INC-1042", "inc-1042"), ("inc1042", ""), ("ＫＢ－１００１", "kb-1001"), (" 1042 ", "1042"), ("REQ 7", "req-7")]
        {
            assert_eq!(read(text).number.unwrap_or_default(), number, "{text}");
        }
        assert_eq!(read("INC-1042 down").number, None);
    }

    #[test]
    fn ten_thousand_characters_are_bounded_and_it_is_said() {
        for text in ["字".repeat(10_000), "word ".repeat(2_000), "x".repeat(10_000)] {
            let asked = read(&text);
            assert!(asked.cut);
            let words: usize = asked.groups.iter().map(|group| if let Group::Run(pairs) = group { pairs.len() } else { 1 }).sum();
            assert!(words <= WORDS_MAX, "{words}");
        }
    }
}
