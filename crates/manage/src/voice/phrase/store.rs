//! Phrasebooks: definitions.

use evenkeel_api::Grant;
use evenkeel_core::id::{PhrasebookId, TenantId};
use evenkeel_store::{Sql, StoreError, Tx};
use serde::{Deserialize, Serialize};

use super::find::{Phrase, PhraseHint, find};
use crate::{
    Act,
    definition::{self, Put},
    refuse::invalid,
};

/// The word in `definition.put`.
pub const KIND: &str = "phrasebook";
/// The most phrasebooks and the most phrases of one: all are looked through at every reply.
const BOOKS_MAX: i64 = 50;
const PHRASES_MAX: usize = 500;
const CHARS_MAX: usize = 200;

/// A phrasebook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhrasebookDefinition {
    /// Its phrases.
    pub phrases: Vec<Phrase>,
}

impl PhrasebookDefinition {
    /// Whether it can be.
    ///
    /// # Errors
    /// A refusal that names the place.
    pub fn check(&self) -> Result<(), evenkeel_core::Failure> {
        if self.phrases.is_empty() || self.phrases.len() > PHRASES_MAX {
            return Err(invalid("/phrases", format!("a phrasebook has 1 to {PHRASES_MAX} phrases")));
        }
        for (place, phrase) in self.phrases.iter().enumerate() {
            let long = |words: &String| words.trim().is_empty() || words.chars().count() > CHARS_MAX;
            if phrase.avoid.is_empty() || phrase.avoid.iter().any(long) {
                return Err(invalid(&format!("/phrases/{place}/avoid"), format!("1 to {CHARS_MAX} characters of words to avoid")));
            }
        }
        Ok(())
    }
}

/// Puts a phrasebook under its name; the same again makes no version.
///
/// # Errors
/// A refusal that names the place that cannot be.
pub async fn put(tx: &mut Tx, _grant: &Grant, act: &Act, name: &str, book: &PhrasebookDefinition) -> Result<Put, StoreError> {
    book.check()?;
    definition::put(tx, act, KIND, PhrasebookId::named(name), name, book).await
}

/// Takes a phrasebook out of force. Answers whether it was in force.
///
/// # Errors
/// As any statement.
pub async fn retire(tx: &mut Tx, _grant: &Grant, act: &Act, name: &str) -> Result<bool, StoreError> {
    definition::retire(tx, act, KIND, PhrasebookId::named(name)).await
}

/// The phrases to avoid in a text, by every phrasebook in force.
pub(crate) async fn hints(sql: &mut dyn Sql, tenant: TenantId, text: &str) -> Result<Vec<PhraseHint>, StoreError> {
    let books = definition::list::<PhrasebookDefinition>(sql, tenant, KIND, "", BOOKS_MAX).await?;
    Ok(find(text, books.iter().flat_map(|book| &book.body.phrases)))
}
