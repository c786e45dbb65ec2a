//! The fields of the index, and a thing as a row of it. The index keeps words and marks, and of each thing its key: what is
//! shown is read from the database, so nothing erased there can be shown from here.

use evenkeel_core::{id::TenantId, state::Findable};
use tantivy::{
    TantivyDocument, Term,
    schema::{FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value as _},
    tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager},
};

use super::{document::Document, words::words};

/// The tokenizer's name in the index.
const TOKENIZER: &str = "words";

/// The fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub key: Field,
    pub tenant: Field,
    pub kind: Field,
    pub mark: Field,
    pub number: Field,
    pub service: Field,
    pub title: Field,
    pub body: Field,
    pub inner: Field,
    pub at: Field,
}

/// The schema with its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = TextOptions::default().set_indexing_options(indexing);
    let fields = Fields {
        key: builder.add_text_field("key", STRING | STORED),
        tenant: builder.add_text_field("tenant", STRING),
        kind: builder.add_text_field("kind", STRING),
        mark: builder.add_text_field("mark", STRING),
        number: builder.add_text_field("number", STRING),
        service: builder.add_text_field("service", STRING),
        title: builder.add_text_field("title", text.clone()),
        body: builder.add_text_field("body", text.clone()),
        inner: builder.add_text_field("inner", text),
        at: builder.add_i64_field("at", FAST | INDEXED),
    };
    (builder.build(), fields)
}

/// The tokenizers by name.
pub(super) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(TOKENIZER, Words);
    manager
}

/// What names a thing in the index.
pub(super) fn key_of(tenant: TenantId, kind: Findable, id: &str) -> String {
    format!("{tenant}/{kind}/{id}")
}

impl Fields {
    pub fn key_term(self, tenant: TenantId, kind: Findable, id: &str) -> Term {
        Term::from_field_text(self.key, &key_of(tenant, kind, id))
    }

    /// The kind and id of a hit.
    pub fn key(self, found: &TantivyDocument) -> Option<(Findable, String)> {
        let key = found.get_first(self.key)?.as_str()?;
        let mut parts = key.splitn(3, '/').skip(1);
        Some((parts.next()?.parse().ok()?, parts.next()?.to_owned()))
    }

    /// A thing as a row.
    pub fn row(self, thing: &Document) -> TantivyDocument {
        let mut row = TantivyDocument::default();
        row.add_text(self.key, key_of(thing.tenant, thing.kind, &thing.id));
        row.add_text(self.tenant, thing.tenant.to_string());
        row.add_text(self.kind, thing.kind.as_str());
        for mark in &thing.marks {
            row.add_text(self.mark, mark);
        }
        row.add_text(self.number, thing.number.to_string());
        row.add_text(self.number, thing.short());
        for service in &thing.services {
            row.add_text(self.service, service.to_string());
        }
        row.add_text(self.title, &thing.title);
        row.add_text(self.body, &thing.body);
        row.add_text(self.inner, &thing.inner);
        row.add_i64(self.at, thing.at.as_second());
        row
    }
}

#[derive(Clone)]
struct Words;

struct Stream {
    tokens: std::vec::IntoIter<Token>,
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = Stream;
    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream {
        let token = |word: super::words::Word| Token {
            offset_from: word.from,
            offset_to: word.to,
            position: word.place,
            text: word.text,
            position_length: 1,
        };
        let tokens: Vec<Token> = words(text).into_iter().map(token).collect();
        Stream { tokens: tokens.into_iter(), token: Token::default() }
    }
}

impl TokenStream for Stream {
    fn advance(&mut self) -> bool {
        match self.tokens.next() {
            Some(token) => {
                self.token = token;
                true
            }
            None => false,
        }
    }
    fn token(&self) -> &Token {
        &self.token
    }
    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
