//! T0 to T3 and the moments beside them.

use evenkeel_core::{
    event::manage::Origin,
    id::IncidentId,
    state::{IncidentState, Medium, Visibility},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::world::{
    View,
    incident::{By, Fact, Incident, Opened, What},
};

/// Why we believe a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A machine saw it.
    Telemetry,
    /// One of ours said so.
    Declared,
    /// A customer said so.
    Customer,
    /// The cause was known.
    CauseKnown,
    /// It was decided what to do.
    DecisionToAct,
    /// Nobody said when the service was back; the ticket was resolved then.
    Resolved,
    /// Another tool's history says so.
    Import,
}

impl Basis {
    /// The word sent to clients.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Telemetry => "telemetry",
            Self::Declared => "declared",
            Self::Customer => "customer",
            Self::CauseKnown => "cause_known",
            Self::DecisionToAct => "decision_to_act",
            Self::Resolved => "resolved",
            Self::Import => "import",
        }
    }
}

/// A moment with what makes us believe it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// Why we believe it.
    pub basis: Basis,
    /// The event that says so.
    pub seq: i64,
    /// Who did it.
    pub by: By,
}

/// What is known of one fault.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The incident that survived.
    pub id: IncidentId,
    /// T0, occurred.
    pub occurred: Option<Moment>,
    /// T1, detected.
    pub detected: Option<Moment>,
    /// T2, located: cause known, or decision to act.
    pub located: Option<Moment>,
    /// T3, restored.
    pub restored: Option<Moment>,
    /// The earliest alert of a machine, whether or not it was the earliest detection.
    pub machine: Option<Moment>,
    /// Somebody took it up: "mine", a public word, or work begun.
    pub responded: Option<Moment>,
    /// The first word to the customer.
    pub first_response: Option<Moment>,
    /// A person was told.
    pub notified: Option<Moment>,
    /// Recovery was decided and begun.
    pub acted: Option<Moment>,
    /// The recovery was verified: the ticket was resolved after T3.
    pub verified: Option<Moment>,
    /// The ticket was reviewed and closed.
    pub closed: Option<Moment>,
    /// Whether it was found not to be a fault, or to be the same as another.
    pub cancelled: bool,
}

impl Fault {
    /// T1 − T0, seconds.
    pub fn detect_secs(&self) -> Option<i64> {
        between(self.occurred, self.detected)
    }
    /// T2 − T1, seconds.
    pub fn locate_secs(&self) -> Option<i64> {
        between(self.detected, self.located)
    }
    /// T3 − T2, seconds.
    pub fn restore_secs(&self) -> Option<i64> {
        between(self.located, self.restored)
    }
    /// T3 − T0, seconds.
    pub fn total_secs(&self) -> Option<i64> {
        between(self.occurred, self.restored)
    }
}

/// Whole seconds between two moments. Each moment is cut to its second first, so that the three durations sum to the
/// total exactly.
pub fn between(from: Option<Moment>, to: Option<Moment>) -> Option<i64> {
    Some(to?.at.as_second() - from?.at.as_second())
}

/// The fault that an incident is, with everything known of the incidents merged into it. `None` when it is not known or
/// was merged into another itself.
pub fn fault(view: View<'_>, incident: &Incident) -> Option<Fault> {
    let opened = incident.opened.as_ref()?;
    if incident.survivor(view.position).is_some() {
        return None;
    }
    let members = cluster(view, incident);
    let own = incident.facts_at(view.position);
    let all: Vec<&Fact> = in_order(members.iter().flat_map(|member| member.facts_at(view.position)).collect());
    let openings: Vec<&Opened> = members.iter().filter_map(|member| member.opened.as_ref()).collect();

    let machine = earliest(machine_detections(&openings, &all));
    let restored = restored(&own, &all);
    let until = restored.map(|moment| moment.at);
    Some(Fault {
        id: opened.id,
        occurred: earliest(occurrences(&openings, &all)),
        detected: earliest(machine.into_iter().chain(openings.iter().filter_map(|opened| reported(opened)))),
        located: located(&all, until),
        restored,
        machine,
        responded: earliest(all.iter().filter_map(|fact| response(fact))),
        first_response: earliest(all.iter().filter_map(|fact| public_word(fact))),
        notified: notified(&all),
        acted: earliest(all.iter().filter_map(|fact| work_begun(fact))),
        verified: last_into(&own, IncidentState::Resolved).filter(|resolved| until.is_some_and(|restored| resolved.at >= restored)),
        closed: last_into(&own, IncidentState::Closed),
        cancelled: last_transition(&own).is_some_and(|(to, _)| to == IncidentState::Cancelled),
    })
}

/// An incident and all that was merged into it, directly or through another.
pub fn cluster<'w>(view: View<'w>, incident: &'w Incident) -> Vec<&'w Incident> {
    let mut members = vec![incident];
    let mut next = 0;
    while let Some(member) = members.get(next).copied() {
        next += 1;
        for other in member.absorbed(view.position) {
            if let Some(other) = view.incident(other)
                && !members.iter().any(|known| std::ptr::eq(*known, other))
            {
                members.push(other);
            }
        }
    }
    members
}

fn in_order(mut facts: Vec<&Fact>) -> Vec<&Fact> {
    facts.sort_by_key(|fact| (fact.at, fact.seq));
    facts
}

/// The earliest; of two at one instant, what a machine saw counts before what was said.
fn earliest(moments: impl IntoIterator<Item = Moment>) -> Option<Moment> {
    moments.into_iter().min_by_key(|moment| (moment.at, moment.basis, moment.seq))
}

const fn moment(fact: &Fact, at: Timestamp, basis: Basis) -> Moment {
    Moment { at, basis, seq: fact.seq, by: fact.by }
}

const fn opening(opened: &Opened, at: Timestamp, basis: Basis) -> Moment {
    Moment { at, basis, seq: opened.seq, by: opened.by }
}

/// T0 as machines saw it and as people declared it.
fn occurrences(openings: &[&Opened], facts: &[&Fact]) -> Vec<Moment> {
    let opened = openings.iter().filter_map(|opened| match &opened.origin {
        Origin::Alert { started_at, .. } => Some(opening(opened, *started_at, Basis::Telemetry)),
        Origin::Person { started_at, .. } => Some(opening(opened, (*started_at)?, said_by(opened))),
        Origin::Import { .. } => None,
    });
    let joined = facts.iter().filter_map(|fact| match fact.what {
        What::AlertJoined { started_at, .. } => Some(moment(fact, started_at, Basis::Telemetry)),
        _ => None,
    });
    opened.chain(joined).collect()
}

/// T1 as machines saw it.
fn machine_detections(openings: &[&Opened], facts: &[&Fact]) -> Vec<Moment> {
    let opened = openings.iter().filter_map(|opened| match &opened.origin {
        Origin::Alert { fired_at, .. } => Some(opening(opened, *fired_at, Basis::Telemetry)),
        _ => None,
    });
    let joined = facts.iter().filter_map(|fact| match fact.what {
        What::AlertJoined { fired_at, .. } => Some(moment(fact, fired_at, Basis::Telemetry)),
        _ => None,
    });
    opened.chain(joined).collect()
}

const fn said_by(opened: &Opened) -> Basis {
    if opened.on_behalf { Basis::Customer } else { Basis::Declared }
}

/// T1 when a person reported it.
fn reported(opened: &Opened) -> Option<Moment> {
    match &opened.origin {
        Origin::Alert { .. } => None,
        Origin::Person { .. } => Some(opening(opened, opened.at, said_by(opened))),
        Origin::Import { .. } => Some(opening(opened, opened.at, Basis::Import)),
    }
}

/// T2: the cause was named, or work began. What comes after the service was back located nothing that restored it
/// (a cause found afterwards belongs to the problem), so it does not count.
fn located(facts: &[&Fact], until: Option<Timestamp>) -> Option<Moment> {
    let in_time = |found: &Moment| until.is_none_or(|until| found.at <= until);
    let named = facts.iter().filter_map(|fact| match &fact.what {
        What::Located { basis } => {
            let basis = if &**basis == "cause_known" { Basis::CauseKnown } else { Basis::DecisionToAct };
            Some(moment(fact, fact.at, basis))
        }
        _ => None,
    });
    earliest(named.filter(in_time)).or_else(|| earliest(facts.iter().filter_map(|fact| work_begun(fact)).filter(in_time)))
}

fn work_begun(fact: &Fact) -> Option<Moment> {
    match fact.what {
        What::Transitioned { to: IncidentState::InProgress, .. } => Some(moment(fact, fact.at, Basis::DecisionToAct)),
        _ => None,
    }
}

/// T3: the last time the service came back and stayed so. A re-opening or a new alert after it takes it back.
/// Nobody having said when, the resolution stands for it, and its basis says so.
fn restored(own: &[&Fact], all: &[&Fact]) -> Option<Moment> {
    let mut back: Option<Moment> = None;
    let mut resolved: Option<Moment> = None;
    for fact in all {
        match &fact.what {
            What::Restored { basis } => {
                let basis = match &**basis {
                    "telemetry" => Basis::Telemetry,
                    "customer" => Basis::Customer,
                    _ => Basis::Declared,
                };
                // The first word counts when several say the same stretch is over.
                back = back.or(Some(moment(fact, fact.at, basis)));
            }
            What::AlertJoined { started_at, .. } if back.is_some_and(|back| *started_at > back.at) => {
                back = None;
            }
            What::Transitioned { to: IncidentState::Reopened, .. } if own.iter().any(|mine| mine.seq == fact.seq) => {
                back = None;
                resolved = None;
            }
            What::Transitioned { to: IncidentState::Resolved, .. } if own.iter().any(|mine| mine.seq == fact.seq) => {
                resolved = Some(moment(fact, fact.at, Basis::Resolved));
            }
            _ => {}
        }
    }
    back.or(resolved)
}

/// The first word to the customer that is a first response: public, by one of ours, not by a machine.
pub fn public_word(fact: &Fact) -> Option<Moment> {
    match fact.what {
        What::Noted {
            visibility: Visibility::Public,
            medium: Medium::Note | Medium::Call | Medium::Mail | Medium::Chat,
            by_agent: true,
        } => Some(moment(fact, fact.at, Basis::Declared)),
        _ => None,
    }
}

fn response(fact: &Fact) -> Option<Moment> {
    match fact.what {
        What::Acknowledged { .. } => Some(moment(fact, fact.at, Basis::Declared)),
        _ => work_begun(fact).or_else(|| public_word(fact)),
    }
}

/// A person was told: the message was taken, or failing proof of that, somebody was given it.
fn notified(facts: &[&Fact]) -> Option<Moment> {
    let delivered = facts.iter().filter_map(|fact| match fact.what {
        // Whose action it is: the person's who was told.
        What::PageDelivered { person } => Some(Moment { by: By::Person(person), ..moment(fact, fact.at, Basis::Telemetry) }),
        _ => None,
    });
    earliest(delivered).or_else(|| {
        earliest(facts.iter().filter_map(|fact| match fact.what {
            What::Assigned { person: Some(_), .. } | What::Acknowledged { .. } => Some(moment(fact, fact.at, Basis::Declared)),
            _ => None,
        }))
    })
}

fn last_transition(own: &[&Fact]) -> Option<(IncidentState, Moment)> {
    own.iter().rev().find_map(|fact| match fact.what {
        What::Transitioned { to, .. } => Some((to, moment(fact, fact.at, Basis::Declared))),
        _ => None,
    })
}

/// The last entry into `state`, when no re-opening followed it.
fn last_into(own: &[&Fact], state: IncidentState) -> Option<Moment> {
    let mut entered = None;
    for fact in own {
        if let What::Transitioned { to, .. } = fact.what {
            if to == state {
                entered = Some(moment(fact, fact.at, Basis::Declared));
            } else if to.is_open() {
                entered = None;
            }
        }
    }
    entered
}
