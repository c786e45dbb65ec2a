//! Who writes, for which tenant, and when: handed to every function that writes.

use evenkeel_core::{
    Actor,
    event::{Body, NewEvent},
    id::TenantId,
};
use evenkeel_store::StoreError;
use jiff::Timestamp;

/// One act of one actor. Everything written in it carries the same instant.
#[derive(Debug, Clone)]
pub struct Act {
    /// Whose data.
    pub tenant: TenantId,
    /// Who.
    pub actor: Actor,
    /// When it happened.
    pub at: Timestamp,
    /// Through what: `api`, `alert`, `timer`, `page`, `import`, `apply`.
    pub source: &'static str,
}

impl Act {
    /// An act of Evenkeel itself.
    pub fn system(tenant: TenantId, source: &'static str, at: Timestamp) -> Self {
        Self { tenant, actor: Actor::system(source), at, source }
    }

    /// The same act at another instant.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Self {
        Self { at, ..self.clone() }
    }

    /// The event that says `body` happened to `subject_id` in this act.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the body cannot be written as JSON: a defect of ours.
    pub fn event<B: Body>(&self, subject_id: impl std::fmt::Display, body: &B) -> Result<NewEvent, StoreError> {
        Ok(NewEvent::of(self.tenant, self.at, self.actor.clone(), self.source, subject_id, body)?)
    }
}
