//! How an incident looks from outside.

use evenkeel_api::{Caller, Permission};
use evenkeel_core::{
    Language,
    id::{IncidentId, OrganisationId},
    priority::{Level, Priority},
    state::{Channel, HoldReason, IncidentState, MajorState},
    title,
};
use evenkeel_store::{Row, Sql, StoreError, params};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    machine::IncidentMachine,
    major,
    model::{Incident, OriginKind},
};
use crate::{
    automation::status::{self, StatusView},
    cause::TermView,
    party::{NameRef, PersonRef, Wanted, load_names},
    ticket::machine,
};

/// An incident.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Incident)]
pub struct IncidentView {
    /// Its id.
    pub id: IncidentId,
    /// The short number: INC-1042 is 1042.
    pub number: i64,
    /// The title; empty when it was erased. What a machine opened is named in the language that `Accept-Language` asks for.
    pub title: String,
    /// Where it stands.
    pub state: IncidentState,
    /// P1 is the gravest.
    pub priority: Priority,
    /// How many are hurt.
    pub impact: Level,
    /// How fast it hurts.
    pub urgency: Level,
    /// Why it waits, while it waits.
    pub hold: Option<HoldReason>,
    /// The house's own status of it; null when it has none, or none for you.
    pub status: Option<StatusView>,
    /// The service that suffers.
    pub service: NameRef,
    /// The customer it is promised to.
    pub customer: Option<NameRef>,
    /// The team that has it.
    pub team: Option<NameRef>,
    /// The person who has it.
    pub assignee: Option<PersonRef>,
    /// The one accountable person.
    pub owner: Option<PersonRef>,
    /// Where it came from.
    pub origin: OriginKind,
    /// How it came to the desk, when somebody reported it.
    pub channel: Option<Channel>,
    /// When its clocks began.
    pub opened_at: Timestamp,
    /// T0, as far as known.
    pub started_at: Option<Timestamp>,
    /// When someone said "mine".
    pub acknowledged_at: Option<Timestamp>,
    /// First public message or call by an agent.
    pub responded_at: Option<Timestamp>,
    /// T2, when said.
    pub located_at: Option<Timestamp>,
    /// T3.
    pub restored_at: Option<Timestamp>,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// The earliest due instant of its clocks.
    pub due_at: Option<Timestamp>,
    /// How many of its alerts fire now.
    pub firing: i64,
    /// Where its handling as a major incident stands; none when nobody thought that it is one.
    pub major: Option<MajorState>,
    /// The survivor it is part of.
    pub merged_into: Option<IncidentId>,
    /// Send it as `If-Match`.
    pub version: i64,
    /// The steps that its state and your permissions allow.
    pub allowed: Vec<String>,
}

/// Another incident that this one has to do with.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentLink {
    /// The other.
    pub other: IncidentId,
    /// The other's number.
    pub number: i64,
    /// The other's title.
    pub title: String,
    /// Where the other stands.
    pub state: IncidentState,
    /// `related`, `caused_by`, `reopened_as`, `absorbed`, `split`.
    pub relation: String,
    /// Whether the other says so of this one, not this one of the other.
    pub inverse: bool,
}

/// An incident with what it has to do with.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentDetail {
    /// The incident.
    #[serde(flatten)]
    pub incident: IncidentView,
    /// Other incidents.
    pub links: Vec<IncidentLink>,
    /// What caused it, when somebody said so; staff only.
    pub cause: Option<TermView>,
}

/// How incidents look to this caller, in the same order.
pub(super) async fn views(sql: &mut dyn Sql, caller: &Caller, incidents: Vec<Incident>) -> Result<Vec<IncidentView>, StoreError> {
    let mut wanted = Wanted::default();
    for incident in &incidents {
        wanted.services.insert(incident.service_id);
        wanted.teams.extend(incident.team_id);
        wanted.people.extend(incident.assignee_id);
        wanted.people.extend(incident.owner_id);
        wanted.organisations.extend(incident.organisation_id);
    }
    let names = load_names(sql, caller.tenant, &wanted).await?;
    let majors = major::states(sql, caller.tenant, incidents.iter().map(|incident| incident.id)).await?;
    let statuses = status::Shown::load(sql, caller, incidents.iter().filter_map(|incident| incident.status.as_deref())).await?;
    let may_write = caller.may(Permission::IncidentWrite);
    Ok(incidents
        .into_iter()
        .map(|incident| IncidentView {
            id: incident.id,
            number: incident.number,
            title: title::in_language(&incident.title, caller.language).to_owned(),
            state: incident.state,
            priority: incident.priority,
            impact: incident.impact,
            urgency: incident.urgency,
            hold: incident.hold,
            status: statuses.get(incident.status.as_deref()),
            service: names.service(incident.service_id),
            customer: incident.organisation_id.map(|id| names.organisation(id)),
            team: incident.team_id.map(|id| names.team(id)),
            assignee: incident.assignee_id.map(|id| names.person(id)),
            owner: incident.owner_id.map(|id| names.person(id)),
            origin: incident.origin,
            channel: incident.channel,
            opened_at: incident.opened_at,
            started_at: incident.started_at,
            acknowledged_at: incident.acknowledged_at,
            responded_at: incident.responded_at,
            located_at: incident.located_at,
            restored_at: incident.restored_at,
            resolved_at: incident.resolved_at,
            closed_at: incident.closed_at,
            due_at: incident.due_at,
            firing: incident.firing,
            major: majors.get(&incident.id).copied(),
            merged_into: incident.merged_into,
            version: incident.version,
            allowed: if may_write {
                machine::allowed::<IncidentMachine>(incident.state).into_iter().map(ToOwned::to_owned).collect()
            } else {
                Vec::new()
            },
        })
        .collect())
}

/// How one incident looks to this caller.
pub(crate) async fn view(sql: &mut dyn Sql, caller: &Caller, incident: Incident) -> Result<IncidentView, StoreError> {
    let id = incident.id;
    views(sql, caller, vec![incident]).await?.pop().ok_or_else(|| StoreError::Defect(format!("incident {id} was not shown")))
}

fn link_of(row: &Row, language: Language) -> Result<IncidentLink, StoreError> {
    Ok(IncidentLink {
        other: row.id("id")?,
        number: row.int("number")?,
        title: title::in_language(&row.text("title")?, language).to_owned(),
        state: row.word("state")?,
        relation: row.text("relation")?,
        inverse: row.flag("inverse")?,
    })
}

/// The links of an incident in both directions, at most 200; of other organisations' incidents none.
pub(super) async fn links(
    sql: &mut dyn Sql,
    caller: &Caller,
    id: IncidentId,
    own: Option<OrganisationId>,
) -> Result<Vec<IncidentLink>, StoreError> {
    sql.rows(
        "SELECT i.id AS id, i.number AS number, i.title AS title, i.state AS state, l.relation AS relation,
            CAST(CASE WHEN l.incident_id = $2 THEN 0 ELSE 1 END AS BIGINT) AS inverse
         FROM incident_link l
         JOIN incident i ON i.tenant_id = l.tenant_id
            AND i.id = CASE WHEN l.incident_id = $2 THEN l.other_id ELSE l.incident_id END
         WHERE l.tenant_id = $1 AND (l.incident_id = $2 OR l.other_id = $2)
            AND ($3 = '' OR i.organisation_id = $3 OR i.team_organisation_id = $3)
         ORDER BY l.linked_at, i.number LIMIT 200",
        params![caller.tenant, id, own.map(|id| id.to_string()).unwrap_or_default()],
    )
    .await?
    .iter()
    .map(|row| link_of(row, caller.language))
    .collect()
}
