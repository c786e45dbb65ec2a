//! The status that a ticket has when it came into a state and nobody said one.

use evenkeel_core::id::TenantId;
use evenkeel_store::{Sql, StoreError};

use super::{StatusDefinition, Under, sort};
use crate::{
    automation::{AutomationKind, store},
    definition::Version,
    incident::Incident,
    request::Request,
};

/// Every status in force, in their order.
pub(super) async fn all(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<Version<StatusDefinition>>, StoreError> {
    let mut all = store::list::<StatusDefinition>(sql, tenant, AutomationKind::TicketStatus).await?;
    sort(&mut all);
    Ok(all)
}

/// The default of the state that an incident is in; none when the house has none.
///
/// # Errors
/// As any statement.
pub(crate) async fn of_incident(sql: &mut dyn Sql, incident: &Incident) -> Result<Option<Version<StatusDefinition>>, StoreError> {
    use evenkeel_core::state::IncidentState::{InProgress, OnHold};
    if !matches!(incident.state, InProgress | OnHold) {
        return Ok(None);
    }
    let fits = |status: &Version<StatusDefinition>| {
        status.body.default && status.body.under.holds_incident(incident) && status.body.scope.covers(incident)
    };
    Ok(all(sql, incident.tenant).await?.into_iter().find(fits))
}

/// The default of the state that a request is in; none when the house has none.
///
/// # Errors
/// As any statement.
pub(crate) async fn of_request(sql: &mut dyn Sql, request: &Request) -> Result<Option<Version<StatusDefinition>>, StoreError> {
    use evenkeel_core::state::RequestState::{Fulfilling, Waiting};
    if !matches!(request.state, Fulfilling | Waiting) {
        return Ok(None);
    }
    let fits = |status: &Version<StatusDefinition>| {
        status.body.default && status.body.under.holds_request(request) && status.body.scope.covers_request(request)
    };
    Ok(all(sql, request.tenant).await?.into_iter().find(fits))
}

/// What can be chosen for tickets under states that `under` accepts.
pub(super) async fn chosen(
    sql: &mut dyn Sql,
    tenant: TenantId,
    fits: impl Fn(&StatusDefinition) -> bool,
    under: impl Fn(Under) -> bool,
) -> Result<Vec<Version<StatusDefinition>>, StoreError> {
    let mut all = all(sql, tenant).await?;
    all.retain(|status| under(status.body.under) && fits(&status.body));
    Ok(all)
}
