//! What a window collides with, pure: freezes, other changes of the same services and of those they depend on or that depend
//! on them, and error budgets that are spent.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_core::{
    event::{change::Conflict, manage::Window},
    id::{ChangeId, ServiceId},
};

/// The change that is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Which.
    pub id: ChangeId,
    /// When it is to take place.
    pub window: Window,
    /// Of each service it touches: those that it depends on and those that depend on it, directly and not.
    pub near: &'a BTreeMap<ServiceId, BTreeSet<ServiceId>>,
}

/// Another change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Which.
    pub id: ChangeId,
    /// Its number.
    pub number: i64,
    /// When it takes place.
    pub window: Window,
    /// What it touches.
    pub services: Vec<ServiceId>,
}

/// Whether two spans have an instant in common; each is without its end.
pub(super) fn meet(one: Window, other: Window) -> bool {
    one.from < other.to && other.from < one.to
}

/// The conflicts of a change, each once, in order. `freezes` are those that concern it, by name, with their stretches;
/// `spent` are the services whose error budget is.
pub fn conflicts(subject: Subject<'_>, freezes: &[(String, Vec<Window>)], others: &[Other], spent: &BTreeSet<ServiceId>) -> Vec<Conflict> {
    let mut found = BTreeSet::new();
    for (name, stretches) in freezes {
        for stretch in stretches.iter().filter(|stretch| meet(**stretch, subject.window)) {
            found.insert(Conflict::Freeze { name: name.clone(), from: stretch.from, to: stretch.to });
        }
    }
    for other in others.iter().filter(|other| other.id != subject.id && meet(other.window, subject.window)) {
        // The same service says more than one behind it; one pair of services is enough for a pair of changes.
        let same = subject.near.keys().find(|own| other.services.contains(own)).map(|own| (*own, *own));
        let near =
            || subject.near.iter().find_map(|(own, near)| Some((*own, *other.services.iter().find(|theirs| near.contains(theirs))?)));
        if let Some((own, theirs)) = same.or_else(near) {
            found.insert(Conflict::Overlap { change_id: other.id, number: other.number, service_id: own, other_service_id: theirs });
        }
    }
    found.extend(subject.near.keys().filter(|own| spent.contains(own)).map(|own| Conflict::BudgetSpent { service_id: *own }));
    found.into_iter().collect()
}

#[cfg(test)]
mod tests;
