//! From what is known of an incident to the terms and facts that the promise engine folds.

use std::{collections::HashMap, sync::Arc};

use evenkeel_core::{
    definition::{EscalationTerms, Layer, TimeOwner},
    event::manage::AgreementRef,
    id::{AgreementId, CalendarId, TeamId},
    state::OrganisationKind,
};
use evenkeel_sla::clock::{Fact, FactKind, Terms};
use jiff::Timestamp;

use crate::{
    fault::moments::{cluster, public_word},
    words::Words,
    world::{
        View,
        incident::{Incident, Opened, What},
    },
};

/// The clocks of one agreement over one incident, ready to be folded goal by goal.
#[derive(Debug)]
pub struct Line {
    /// The agreement.
    pub agreement: AgreementId,
    /// Which promise it is part of.
    pub layer: Layer,
    /// Its versions that apply to this incident, one for each of `terms`.
    pub versions: Vec<Arc<Applied>>,
    /// What they promise.
    pub terms: Vec<Terms>,
    /// What happened.
    pub facts: Vec<Fact>,
}

/// One version of an agreement with the version of its calendar.
#[derive(Debug, Clone)]
pub struct Applied {
    /// The agreement.
    pub agreement: AgreementRef,
    /// The event that put it.
    pub agreement_seq: i64,
    /// The agreement's name.
    pub name: String,
    /// The agreement's shown name.
    pub display: Words,
    /// When it warns and escalates.
    pub escalation: EscalationTerms,
    /// The calendar.
    pub calendar_id: CalendarId,
    /// The calendar's name and version.
    pub calendar: (String, i64),
    /// The event that put that.
    pub calendar_seq: i64,
}

/// Versions of agreements made ready for folding, kept while many incidents are folded.
#[derive(Debug, Default)]
pub struct Shelf(HashMap<(AgreementId, i64, i64), Ready>);

#[derive(Debug)]
struct Ready {
    applied: Arc<Applied>,
    layer: Layer,
    terms: Terms,
}

/// One line for each agreement that the incident stood under at some time. An agreement or calendar that the ledger
/// does not define makes no line: there is nothing to judge by.
pub fn lines(view: View<'_>, incident: &Incident, shelf: &mut Shelf) -> Vec<Line> {
    let Some(opened) = incident.opened.as_ref() else { return Vec::new() };
    let facts = incident.facts_at(view.position);
    let mut ids: Vec<AgreementId> = Vec::new();
    let mut name = |agreements: &[AgreementRef]| {
        for agreement in agreements {
            if !ids.contains(&agreement.id) {
                ids.push(agreement.id);
            }
        }
    };
    name(&opened.agreements);
    for fact in &facts {
        if let What::Retargeted { agreements } = &fact.what {
            name(agreements);
        }
    }
    ids.into_iter().filter_map(|id| line(view, incident, opened, &facts, id, shelf)).collect()
}

fn line(
    view: View<'_>,
    incident: &Incident,
    opened: &Opened,
    facts: &[&crate::world::incident::Fact],
    id: AgreementId,
    shelf: &mut Shelf,
) -> Option<Line> {
    let mut line =
        Line { agreement: id, layer: Layer::Sla, versions: Vec::new(), terms: Vec::new(), facts: Vec::with_capacity(facts.len() + 2) };
    let first = apply(view, &mut line, &opened.agreements, opened.at, shelf);
    line.facts.push(Fact { at: opened.at, seq: opened.seq, kind: FactKind::Opened { priority: opened.priority, terms: first } });
    for member in cluster(view, incident).into_iter().skip(1) {
        if let Some(other) = member.opened.as_ref() {
            let responded_at = member.facts_at(view.position).into_iter().find_map(public_word).map(|word| word.at);
            let merge = facts.iter().find(|fact| matches!(fact.what, What::Absorbed { other: absorbed } if absorbed == other.id));
            // Merged into one that was itself merged into this: known from when the outer merge was.
            let (at, seq) = merge.map_or((opened.at, opened.seq), |fact| (fact.at, fact.seq));
            line.facts.push(Fact { at, seq, kind: FactKind::Absorbed { opened_at: other.at, responded_at } });
        }
    }
    for fact in facts {
        let kind = match &fact.what {
            What::Transitioned { to, hold, .. } => FactKind::from_state(*to, *hold),
            What::Merged { .. } => FactKind::Merged,
            What::Noted { visibility, medium, by_agent } => {
                FactKind::Message { by_agent: *by_agent, visibility: *visibility, medium: *medium }
            }
            What::Restored { .. } => FactKind::Restored,
            What::Reprioritised { to } => FactKind::Reprioritised { to: *to },
            What::Split { origin_at } => FactKind::Split { origin_at: *origin_at },
            What::Retargeted { agreements } => FactKind::Retargeted { terms: apply(view, &mut line, agreements, fact.at, shelf) },
            What::Assigned { team: Some(team), .. } => FactKind::Assigned { owner: owner(view, *team, fact.at) },
            _ => continue,
        };
        line.facts.push(Fact { at: fact.at, seq: fact.seq, kind });
    }
    (!line.terms.is_empty()).then_some(line)
}

/// The index of the terms that `agreements` name for this line from `at` on.
fn apply(view: View<'_>, line: &mut Line, agreements: &[AgreementRef], at: Timestamp, shelf: &mut Shelf) -> Option<usize> {
    let named = agreements.iter().find(|agreement| agreement.id == line.agreement)?;
    let world = view.world;
    let version = world.agreements.version(named.id, named.version, view.position)?;
    let calendar = world.calendars.in_force(version.body.calendar, at, view.position)?;
    let ready = shelf.0.entry((named.id, named.version, calendar.version)).or_insert_with(|| {
        let applied = Applied {
            agreement: *named,
            agreement_seq: version.seq,
            name: version.name.clone(),
            display: (&version.body.display).into(),
            escalation: version.body.escalation.unwrap_or_default(),
            calendar_id: version.body.calendar,
            calendar: (calendar.name.clone(), calendar.version),
            calendar_seq: calendar.seq,
        };
        Ready { applied: Arc::new(applied), layer: version.body.layer, terms: Terms::new(&version.body, calendar.body.clone()) }
    });
    line.layer = ready.layer;
    line.versions.push(Arc::clone(&ready.applied));
    line.terms.push(ready.terms.clone());
    Some(line.terms.len() - 1)
}

/// On which side of the contract a team stands.
fn owner(view: View<'_>, team: TeamId, at: Timestamp) -> TimeOwner {
    let world = view.world;
    let kind = world
        .teams
        .in_force(team, at, view.position)
        .and_then(|team| world.organisations.in_force(team.body.organisation, at, view.position))
        .map(|organisation| organisation.body.kind);
    match kind {
        Some(OrganisationKind::Vendor) => TimeOwner::Vendor,
        Some(OrganisationKind::Customer) => TimeOwner::Customer,
        Some(OrganisationKind::Provider) | None => TimeOwner::Us,
    }
}
