//! Who there is.

use std::collections::BTreeSet;

use evenkeel_api::Role;
use evenkeel_core::{
    Language,
    definition::Bilingual,
    id::{OrganisationId, PersonId, TeamId},
    state::OrganisationKind,
};

/// What is declared of a person. Personal data: in no definition and in no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonDefinition {
    /// Shown name.
    pub display: String,
    /// The one organisation they belong to.
    pub organisation: OrganisationId,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// Where a call reaches them, and what a caller is known by; as people write it.
    pub phone: Option<String>,
    /// Where a webhook reaches them. May hold a secret: never shown.
    pub webhook_url: Option<String>,
    /// The language they read.
    pub locale: Language,
    /// Who leads them: may be asked to approve what they ask for.
    pub manager: Option<PersonId>,
    /// Whether they may sign in, own or be paged.
    pub active: bool,
    /// What they may do.
    pub roles: BTreeSet<Role>,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id: [`PersonId::named`] of the name.
    pub id: PersonId,
    /// The name they sign in with; unique in the tenant.
    pub name: String,
    /// Everything declared.
    pub definition: PersonDefinition,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// The name it is declared under.
    pub name: String,
    /// Shown name.
    pub display: Bilingual,
    /// Side of the contract.
    pub kind: OrganisationKind,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// The name it is declared under.
    pub name: String,
    /// Shown name.
    pub display: Bilingual,
    /// Whose.
    pub organisation_id: OrganisationId,
    /// Who, in the order declared.
    pub members: Vec<PersonId>,
}
