//! Who did something.

use serde::{Deserialize, Serialize};

use crate::id::{PersonId, TokenId};

/// The kind of party that acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A signed-in person.
    Person,
    /// A scoped API token.
    Token,
    /// Evenkeel itself: probes, rules, timers, imports.
    System,
}

/// Who did something: stored with every event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Actor {
    /// What kind of party.
    pub kind: ActorKind,
    /// A person's or token's id, or the name of the part of Evenkeel that acted (`probe`, `timer`, `import`).
    pub id: String,
}

impl Actor {
    /// A part of Evenkeel, by its name.
    pub fn system(part: &str) -> Self {
        Self { kind: ActorKind::System, id: part.to_owned() }
    }
    /// A person.
    pub fn person(id: PersonId) -> Self {
        Self { kind: ActorKind::Person, id: id.to_string() }
    }
    /// A token.
    pub fn token(id: TokenId) -> Self {
        Self { kind: ActorKind::Token, id: id.to_string() }
    }
    /// The person behind, when it was one.
    pub fn as_person(&self) -> Option<PersonId> {
        (self.kind == ActorKind::Person).then(|| self.id.parse().ok()).flatten()
    }
}
