//! Label sets while they are being changed: discovered, relabelled, joined.

use std::fmt;

/// The metric's name as a label.
pub const NAME: &str = "__name__";

/// Label pairs, sorted by name. A label with an empty value is no label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LabelSet(Vec<(String, String)>);

impl LabelSet {
    /// From pairs in any order; of a name given twice the last counts.
    pub fn new<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut set = Self::default();
        for (name, value) in pairs {
            set.set(name, value);
        }
        set
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(name))
    }

    /// The value of a label; empty when it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.place(name).map_or("", |at| &self.0[at].1)
    }

    /// Gives a label a value; an empty one takes the label away.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let (name, value) = (name.into(), value.into());
        match (self.place(&name), value.is_empty()) {
            (Ok(at), true) => drop(self.0.remove(at)),
            (Err(_), true) => {}
            (Ok(at), false) => self.0[at].1 = value,
            (Err(at), false) => self.0.insert(at, (name, value)),
        }
    }

    /// Keeps the labels that `keep` wants.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.0.retain(|(name, _)| keep(name));
    }

    /// The pairs, sorted by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// As in a query: `{job="node",zone="a"}`.
impl fmt::Display for LabelSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (place, (name, value)) in self.iter().enumerate() {
            write!(f, "{}{name}={value:?}", if place == 0 { "" } else { "," })?;
        }
        f.write_str("}")
    }
}

/// Whether every tool of the field takes this as a label's name: `[a-zA-Z_][a-zA-Z0-9_]*`.
pub fn is_legacy_name(name: &str) -> bool {
    name.bytes().enumerate().all(|(at, byte)| byte == b'_' || byte.is_ascii_alphabetic() || (at > 0 && byte.is_ascii_digit()))
        && !name.is_empty()
}

/// The same for a metric's name, which may hold colons.
pub fn is_legacy_metric(name: &str) -> bool {
    is_legacy_name(&name.replace(':', "_"))
}
