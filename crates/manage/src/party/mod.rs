//! Parties: organisations (provider, customer, vendor), teams, and people.
//!
//! Invariants: a person belongs to one organisation, a team to one; names are unique in a tenant and ids follow from
//! them; nothing personal reaches a definition or an event; a webhook address and a password hash are never shown.

mod list;
mod model;
mod names;
mod organisation;
mod person;
mod table;
mod team;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use evenkeel_core::Language as Locale;
pub use model::{Organisation, Person, PersonDefinition, Team};
pub use names::{NameRef, Names, PersonRef, Wanted, load_names};
pub use organisation::{find_organisation, list_organisations, put_organisation};
pub(crate) use person::look_up;
pub use person::{
    count_people, find_person, find_person_by_email, find_person_by_name, get_password_hash, is_phone, list_people, put_password_hash,
    put_person,
};
pub use table::MIGRATIONS;
pub(crate) use table::display_of;
pub use team::{find_team, list_teams, put_team, retire_team, teams_of};

/// Whether what somebody with these roles says is said by one of ours: whoever is not the customer.
pub fn is_agent(roles: &std::collections::BTreeSet<evenkeel_api::Role>) -> bool {
    roles.iter().any(|role| *role != evenkeel_api::Role::Customer)
}

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(list::organisation_list)).routes(routes!(list::team_list)).routes(routes!(list::person_list))
}
