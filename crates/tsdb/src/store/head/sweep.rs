//! Series that have ended: counted, and when they are many, let go with their numbers.

use std::collections::HashMap;

use super::{
    Head, NO_SERIES,
    group::Group,
    identity::{Identity, NO_GROUP},
};

/// Numbers are given anew when so many of a hundred belong to nobody.
const DEAD_PERCENT: usize = 20;

impl Head {
    /// Looks for series without samples. Whether numbers were given anew: whoever remembers one must look again.
    pub fn sweep(&mut self) -> bool {
        let alive = self.alive();
        self.dead = alive.iter().filter(|alive| !**alive).count();
        if self.dead == 0 || self.dead * 100 < alive.len() * DEAD_PERCENT {
            return false;
        }
        self.renumber(&alive);
        self.dead = 0;
        true
    }

    fn alive(&self) -> Vec<bool> {
        let mut alive = vec![false; self.identity.len()];
        let cells = self.groups.iter().flat_map(|group| group.cells.iter().filter(|cell| !cell.is_empty() || !group.sealed.is_empty()));
        for series in cells.map(|cell| cell.series).chain(self.late.keys().copied()).chain(self.histograms.keys().copied()) {
            if let Some(place) = alive.get_mut(series as usize) {
                *place = true;
            }
        }
        alive
    }

    fn renumber(&mut self, alive: &[bool]) {
        let old = std::mem::take(&mut self.identity);
        let mut identity = Identity::default();
        let mut new_of: HashMap<u32, u32> = HashMap::new();
        for (series, _) in (0u32..).zip(alive).filter(|(_, alive)| **alive) {
            let labels: Vec<(&str, &str)> =
                old.pairs(series).map(|(name, value)| (old.symbols.text(name), old.symbols.text(value))).collect();
            // There were numbers for more.
            if let Some(new) = identity.add(&labels) {
                new_of.insert(series, new);
            }
        }
        let mut group_of: HashMap<u32, u32> = HashMap::new();
        let mut groups: Vec<Group> = Vec::new();
        for (number, mut group) in (0u32..).zip(std::mem::take(&mut self.groups)) {
            group.cells.retain(|cell| new_of.contains_key(&cell.series));
            group.cells.shrink_to_fit();
            group.log = 0;
            if group.cells.is_empty() {
                continue;
            }
            let home = u32::try_from(groups.len()).unwrap_or(NO_GROUP - 1);
            group_of.insert(number, home);
            for (place, cell) in (0u32..).zip(&mut group.cells) {
                cell.series = new_of.get(&cell.series).copied().unwrap_or(u32::MAX);
                if let Some(entry) = identity.entries.get_mut(cell.series as usize) {
                    (entry.group, entry.cell) = (home, place);
                }
            }
            groups.push(group);
        }
        self.by_key = self.by_key.iter().filter_map(|(key, group)| Some((*key, *group_of.get(group)?))).collect();
        self.late = std::mem::take(&mut self.late).into_iter().filter_map(|(series, all)| Some((*new_of.get(&series)?, all))).collect();
        self.histograms =
            std::mem::take(&mut self.histograms).into_iter().filter_map(|(series, all)| Some((*new_of.get(&series)?, all))).collect();
        self.renumbered = (0u32..).zip(alive).map(|(series, _)| new_of.get(&series).copied().unwrap_or(NO_SERIES)).collect();
        self.numbering += 1;
        self.identity = identity;
        self.groups = groups;
    }
}
