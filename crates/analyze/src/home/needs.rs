//! What needs this person now: incidents on their desk, promises missed or about to be, reports that wait for them.

use evenkeel_api::{Caller, Permission};
use evenkeel_core::{
    definition::Layer,
    id::{IncidentId, PersonId, ReportId},
    state::{IncidentState, ReportState},
};
use evenkeel_sla::clock::ClockState;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    clock::{fold::Shelf, reading::readings},
    report::row::Report,
    world::{
        View,
        incident::{Incident, What},
    },
};

/// The most lines; who has more than this opens the queue.
const LINES_MAX: usize = 20;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Need {
    /// `clock_breached`, `clock_at_risk`, `incident_unowned`, `incident_assigned`, `report_review`, `report_rework`.
    pub kind: String,
    /// The incident.
    pub incident_id: Option<IncidentId>,
    /// The report.
    pub report_id: Option<ReportId>,
    /// `INC-1042` or `SR-12` without the letters.
    pub number: i64,
    /// Shown title; null when it was erased.
    pub title: Option<String>,
    /// Since when; of clocks, when it is or was due.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}

/// Incidents that need this person; the title is still a digest.
pub fn incidents(view: View<'_>, caller: &Caller, now: Timestamp) -> Vec<Need> {
    let Some(person) = caller.person.filter(|_| caller.may(Permission::IncidentWrite)) else { return Vec::new() };
    let mut shelf = Shelf::default();
    let mut needs: Vec<(u8, Need)> = view
        .incidents()
        .filter_map(|incident| {
            let opened = incident.opened.as_ref()?;
            let desk = desk(view, incident)?;
            let mine = desk.assignee == Some(person);
            if !mine && desk.assignee.is_some() {
                return None;
            }
            let need = |kind: &str, since: Timestamp| Need {
                kind: kind.to_owned(),
                incident_id: Some(opened.id),
                report_id: None,
                number: opened.number,
                title: Some(opened.title.clone()),
                since,
            };
            let clocks = readings(view, incident, now, &mut shelf);
            let running = clocks.iter().filter(|reading| reading.layer == Layer::Sla && reading.clock.is_open());
            let most = running.filter_map(|reading| Some((reading, reading.clock.due_at?))).min_by_key(|(_, due_at)| *due_at);
            Some(match most {
                Some((reading, due_at)) if reading.clock.state == ClockState::Breached => (0, need("clock_breached", due_at)),
                Some((reading, due_at)) if reading.applied.escalation.is_at_risk(reading.clock.elapsed_secs, reading.clock.target_secs) => {
                    (1, need("clock_at_risk", due_at))
                }
                _ if mine => (3, need("incident_assigned", desk.since)),
                _ => (2, need("incident_unowned", desk.since)),
            })
        })
        .collect();
    needs.sort_by_key(|(rank, need)| (*rank, need.since, need.number));
    needs.truncate(LINES_MAX);
    needs.into_iter().map(|(_, need)| need).collect()
}

struct Desk {
    assignee: Option<PersonId>,
    since: Timestamp,
}

/// On whose desk an open incident lies; none when it is not open.
fn desk(view: View<'_>, incident: &Incident) -> Option<Desk> {
    let opened = incident.opened.as_ref()?;
    let mut state = IncidentState::New;
    let mut desk = Desk { assignee: None, since: opened.at };
    for fact in incident.facts_at(view.position) {
        match fact.what {
            What::Transitioned { to, .. } => state = to,
            What::Merged { .. } => state = IncidentState::Merged,
            What::Assigned { person, .. } => desk = Desk { assignee: person, since: fact.at },
            _ => {}
        }
    }
    state.is_open().then_some(desk)
}

/// Reports that wait for this person.
pub fn reports(reports: &[Report], caller: &Caller) -> Vec<Need> {
    let own = |report: &Report| caller.person.is_some_and(|person| report.author() == Some(person));
    reports
        .iter()
        .filter_map(|report| {
            let kind = match report.state {
                ReportState::InReview if caller.may(Permission::ReportApprove) && !own(report) => "report_review",
                ReportState::Rework if own(report) => "report_rework",
                _ => return None,
            };
            let title = report.title.in_language(report.language).to_owned();
            Some(Need {
                kind: kind.to_owned(),
                incident_id: None,
                report_id: Some(report.id),
                number: report.number,
                title: Some(title),
                since: report.created_at,
            })
        })
        .collect()
}
