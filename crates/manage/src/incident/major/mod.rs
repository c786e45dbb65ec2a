//! Major incidents: who decides, who is in the war room, and the word that is owed every so often.
//!
//! Invariants: the state moves along the edges of [`machine`] only, each an event of the incident; a role has one holder;
//! while it is on, the incident is not resolved, neither by a person nor by rule; a word that is overdue is said so once for
//! each time, to whoever owes it; it is reviewed when its review ([`crate::review`]) is published. All of it is for staff.

mod handling;
pub mod letter;
pub mod machine;
mod model;
mod reviewed;
mod role;
mod step;
mod table;
mod update;
mod view;

use evenkeel_api::{Routes, routes};
use evenkeel_core::{
    ErrorCode, Failure,
    id::{IncidentId, TenantId},
};
use evenkeel_store::{Sql, StoreError};

use crate::Manage;

pub(crate) use reviewed::{commander, reviewed};
pub use table::MIGRATIONS;
pub(super) use table::states;
pub(crate) use update::Overdue;

/// The routes.
pub(super) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(view::incident_major))
        .routes(routes!(step::incident_major_propose))
        .routes(routes!(step::incident_major_declare))
        .routes(routes!(step::incident_major_step))
        .routes(routes!(role::incident_major_role))
        .routes(routes!(role::incident_major_join))
        .routes(routes!(role::incident_major_leave))
        .routes(routes!(update::incident_major_update))
}

/// Whether people are held together over it now.
pub(super) async fn is_on(sql: &mut dyn Sql, tenant: TenantId, incident: IncidentId) -> Result<bool, StoreError> {
    Ok(table::find(sql, tenant, incident).await?.is_some_and(|major| major.state.is_on()))
}

/// Refuses what would end an incident over the heads of those who handle it.
pub(super) async fn settled(sql: &mut dyn Sql, tenant: TenantId, incident: IncidentId) -> Result<(), StoreError> {
    if !is_on(sql, tenant, incident).await? {
        return Ok(());
    }
    let detail = "this is a major incident that is not over; verify that service is back, or demote it, first";
    Err(Failure::new(ErrorCode::StateRefused, detail).at("/major").into())
}
