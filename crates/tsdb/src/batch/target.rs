//! A target's own labels, added to everything that was read from it.

use super::{Batch, NAME, Span, build::offset};

/// What happens when a sample has a label that the target has too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clash {
    /// The target's counts; the sample's own becomes `exported_…` (Prometheus' default).
    #[default]
    Rename,
    /// The sample's own counts (`honor_labels: true`).
    Honor,
}

struct Added {
    name: Span,
    value: Span,
}

impl Batch {
    /// Adds labels to every sample, sorted in. Labels with an empty value are left out.
    pub fn add_labels(&mut self, labels: &[(&str, &str)], clash: Clash) {
        let mut given: Vec<(&str, &str)> = labels.iter().copied().filter(|(name, value)| !value.is_empty() && *name != NAME).collect();
        given.sort_unstable();
        given.dedup_by_key(|(name, _)| *name);
        let added: Vec<Added> = given.iter().map(|(name, value)| Added { name: self.put(name), value: self.put(value) }).collect();
        self.drop_pending();
        let old = std::mem::take(&mut self.labels);
        self.labels = Vec::with_capacity(old.len() + self.rows.len() * added.len());
        let mut done: Option<((u32, u32), (u32, u32))> = None;
        for at in 0..self.rows.len() {
            let (first, count) = (self.rows[at].labels, self.rows[at].count);
            // Samples of one series share their labels.
            let place = match done {
                Some((from, to)) if from == (first, count) => to,
                _ => {
                    let blank: Vec<Span> = if clash == Clash::Honor { self.blank_of(at).collect() } else { Vec::new() };
                    let own = old.get(first as usize..(first + count) as usize).unwrap_or_default();
                    self.merged(own, &blank, &added, clash)
                }
            };
            // A sample without labels of its own looks like the one before it.
            done = (count > 0).then_some(((first, count), place));
            (self.rows[at].labels, self.rows[at].count) = place;
        }
        for at in 0..self.exemplars.len() {
            let row = self.exemplars[at];
            let first = offset(self.labels.len());
            self.labels.extend_from_slice(old.get(row.labels as usize..(row.labels + row.count) as usize).unwrap_or_default());
            self.exemplars[at].labels = first;
        }
        self.pending = self.labels.len();
    }

    /// Two sorted lists into one; what is `blank` is not added.
    fn merged(&mut self, own: &[(Span, Span)], blank: &[Span], added: &[Added], clash: Clash) -> (u32, u32) {
        let first = self.labels.len();
        let mut own = own.iter().copied().peekable();
        let mut clashed = Vec::new();
        for label in added {
            if blank.iter().any(|name| self.slice(*name) == self.slice(label.name)) {
                continue;
            }
            while let Some(before) = own.next_if(|own| self.slice(own.0) < self.slice(label.name)) {
                self.labels.push(before);
            }
            match own.next_if(|own| self.slice(own.0) == self.slice(label.name)) {
                Some(same) if clash == Clash::Honor => self.labels.push(same),
                Some(same) => {
                    clashed.push(same);
                    self.labels.push((label.name, label.value));
                }
                None => self.labels.push((label.name, label.value)),
            }
        }
        self.labels.extend(own);
        for (name, value) in clashed {
            let mut name = format!("exported_{}", self.slice(name));
            while self.labels[first..].iter().any(|(have, _)| self.slice(*have) == name) {
                name.insert_str(0, "exported_");
            }
            let at = self.labels[first..].partition_point(|(have, _)| self.slice(*have) < name.as_str());
            let name = self.put(&name);
            self.labels.insert(first + at, (name, value));
        }
        (offset(first), offset(self.labels.len() - first))
    }
}
