//! A ticket of whatever kind, as somebody sees it: what belongs to tickets of every kind begins here.

use evenkeel_api::{ApiResult, Caller, Permission, Problem};
use evenkeel_core::{
    event::voice::TicketRef,
    id::{IncidentId, OrganisationId, PersonId, ProblemId, RequestId, ServiceId},
    state::TicketKind,
};
use evenkeel_store::Sql;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{incident, problem, request};

/// A ticket, by kind and id.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketNamed {
    /// Which kind.
    pub kind: TicketKind,
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
}

impl TicketNamed {
    /// The ticket that a path names.
    ///
    /// # Errors
    /// 404 for a kind that there is not.
    pub fn of_path((kind, id): (String, String)) -> ApiResult<Self> {
        let kind = kind.parse().map_err(|_| Problem::not_found("kind of ticket", &kind))?;
        Ok(Self { kind, id })
    }
}

/// A ticket, as far as what belongs to tickets of every kind needs it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Which.
    pub ticket: TicketRef,
    /// Its service.
    pub service_id: ServiceId,
    /// Whose it is.
    pub organisation_id: Option<OrganisationId>,
    /// Who asked for it, where somebody did.
    pub person_id: Option<PersonId>,
}

/// The ticket, when the caller may see it.
///
/// # Errors
/// What one may not see does not exist: 404.
pub async fn seen(sql: &mut dyn Sql, caller: &Caller, named: &TicketNamed) -> ApiResult<Seen> {
    let missing = || Problem::not_found(named.kind.as_str(), &named.id);
    match named.kind {
        TicketKind::Incident => {
            let id: IncidentId = named.id.parse().map_err(|_| missing())?;
            let found = incident::find(sql, caller.tenant, id).await?.ok_or_else(missing)?;
            let found = caller.authorise(Permission::IncidentRead, &found.organisations(), ("incident", id), found)?.into_inner();
            let ticket = TicketRef { kind: named.kind, id: id.to_string(), number: found.number };
            Ok(Seen { ticket, service_id: found.service_id, organisation_id: found.organisation_id, person_id: None })
        }
        TicketKind::Request => {
            let id: RequestId = named.id.parse().map_err(|_| missing())?;
            if !request::shows(sql, caller, id).await? {
                return Err(missing());
            }
            let found = request::find(sql, caller.tenant, id).await?.ok_or_else(missing)?;
            let ticket = TicketRef { kind: named.kind, id: id.to_string(), number: found.number };
            let (organisation_id, person_id) = (Some(found.organisation_id), Some(found.requester_id));
            Ok(Seen { ticket, service_id: found.service_id, organisation_id, person_id })
        }
        TicketKind::Problem => {
            caller.require(Permission::ProblemRead)?;
            let id: ProblemId = named.id.parse().map_err(|_| missing())?;
            let found = problem::find(sql, caller.tenant, id).await?.ok_or_else(missing)?;
            let ticket = TicketRef { kind: named.kind, id: id.to_string(), number: found.number };
            Ok(Seen { ticket, service_id: found.service_id, organisation_id: found.organisation_id, person_id: None })
        }
    }
}
