//! Drawn pages in memory.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use evenkeel_core::Language;
use sha2::{Digest, Sha256};

use super::snapshot::Snapshot;
use crate::status_page::{
    definition::{Audience, StatusPageDefinition},
    page::{self, Document},
    store,
};

/// One page, drawn.
#[derive(Debug)]
pub struct Served {
    pub name: String,
    pub definition: StatusPageDefinition,
    /// Digest of the key of the secret link.
    pub link: Option<String>,
    pub snapshot: Snapshot,
    pub html: [Document; 2],
    pub atom: [Document; 2],
    pub json: Document,
}

const fn place(language: Language) -> usize {
    match language {
        Language::Zh => 0,
        Language::En => 1,
    }
}

impl Served {
    /// Draws a page.
    pub fn draw(definition: StatusPageDefinition, link: Option<String>, snapshot: Snapshot, public_url: &str) -> Self {
        let in_both = |draw: &dyn Fn(Language) -> Document| [draw(Language::Zh), draw(Language::En)];
        Self {
            name: snapshot.name.clone(),
            html: in_both(&|language| page::html(&snapshot, language)),
            atom: in_both(&|language| page::atom(&snapshot, language, public_url)),
            json: page::json(&snapshot),
            definition,
            link,
            snapshot,
        }
    }

    /// The same, saying that nothing newer can be read.
    pub fn stale(&self, public_url: &str) -> Self {
        let snapshot = Snapshot { stale: true, ..self.snapshot.clone() };
        Self::draw(self.definition.clone(), self.link.clone(), snapshot, public_url)
    }

    pub const fn html(&self, language: Language) -> &Document {
        &self.html[place(language)]
    }

    pub const fn atom(&self, language: Language) -> &Document {
        &self.atom[place(language)]
    }

    /// Whether everybody may read it.
    pub fn is_public(&self) -> bool {
        self.definition.audience == Audience::Public
    }

    /// Whether this key opens it.
    pub fn opens(&self, key: &str) -> bool {
        // Digests are compared, of which a stranger learns nothing by the time it takes.
        self.link.as_deref().is_some_and(|link| link == store::digest(key))
    }
}

/// Pages by name.
type Hung = Arc<HashMap<String, Arc<Served>>>;

/// Every page.
#[derive(Debug, Default)]
pub struct Board(RwLock<Option<Hung>>);

impl Board {
    /// The pages; none = they were never drawn yet. Only the one who draws ever holds the lock to write, and for a moment.
    pub fn pages(&self) -> Option<Hung> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Hangs up other pages.
    pub fn set(&self, pages: HashMap<String, Arc<Served>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(pages));
    }
}

/// A short name of a content.
pub fn tag(content: &[u8]) -> String {
    format!("\"{}\"", hex::encode(&Sha256::digest(content)[..12]))
}
