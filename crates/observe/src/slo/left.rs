//! How much of their error budgets services have left.

use std::collections::BTreeMap;

use evenkeel_core::id::ServiceId;

use super::{
    view::standing,
    worker::{Slos, held},
};

impl Slos {
    /// The share of an error budget that is left (1 = all, less than 0 = overspent), of each of these services the objective
    /// with the least. Services without an objective, or of which nothing is known yet, are left out.
    pub fn left(&self, services: &[ServiceId]) -> BTreeMap<ServiceId, f64> {
        let mut left: BTreeMap<ServiceId, f64> = BTreeMap::new();
        for shared in self.all() {
            let tracked = held(&shared);
            let Some(service) = tracked.service.filter(|service| services.contains(service)) else { continue };
            let budget = standing(&tracked);
            if budget.sli().is_some() {
                let remaining = budget.remaining().value;
                left.entry(service).and_modify(|least| *least = least.min(remaining)).or_insert(remaining);
            }
        }
        left
    }
}
