//! Services in the order in which they can be put: who is depended on goes first.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_core::{definition::ServiceDefinition, id::ServiceId};

use super::{Declared, Work};

impl Work<'_> {
    /// Sorts them; a circle is a finding that names the way.
    pub(super) fn in_order(&mut self, services: &mut Vec<Declared<ServiceDefinition>>) {
        match sorted(services) {
            Ok(places) => {
                let mut waiting: Vec<Option<Declared<ServiceDefinition>>> = services.drain(..).map(Some).collect();
                services.extend(places.into_iter().filter_map(|place| waiting[place].take()));
            }
            Err(circle) => {
                let names: Vec<&str> = circle.iter().map(|place| services[*place].name.as_str()).collect();
                let what = format!("service {:?} would depend on itself: {}", names[0], names.join(" → "));
                let finding = self.find(services[circle[0]].place, what).fix("remove one of these from depends_on");
                self.findings.push(finding);
            }
        }
    }
}

/// The places of the services, parents first; else a circle of places, its beginning at both ends.
fn sorted(services: &[Declared<ServiceDefinition>]) -> Result<Vec<usize>, Vec<usize>> {
    let places: BTreeMap<ServiceId, usize> =
        services.iter().enumerate().map(|(place, service)| (ServiceId::named(&service.name), place)).collect();
    let parents = |place: usize| services[place].body.depends_on.iter().filter_map(|id| places.get(id).copied());
    let (mut done, mut order) = (BTreeSet::new(), Vec::with_capacity(services.len()));
    for start in 0..services.len() {
        // The way down from `start`, each with what is left of its parents: no recursion, however deep it goes.
        let mut way: Vec<(usize, Vec<usize>)> = vec![(start, parents(start).collect())];
        while let Some((place, left)) = way.last_mut() {
            let place = *place;
            if done.contains(&place) {
                way.pop();
            } else if let Some(parent) = left.pop() {
                if let Some(begin) = way.iter().position(|(on, _)| *on == parent) {
                    let mut circle: Vec<usize> = way[begin..].iter().map(|(on, _)| *on).collect();
                    circle.push(parent);
                    return Err(circle);
                }
                way.push((parent, parents(parent).collect()));
            } else {
                done.insert(place);
                order.push(place);
                way.pop();
            }
        }
    }
    Ok(order)
}
