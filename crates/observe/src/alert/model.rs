//! An alert as it is sent, and what cannot be one. Pure.

use evenkeel_core::matcher::Labels;
use jiff::Timestamp;

/// The most labels, and the most annotations, of one alert.
const PAIRS_MAX: usize = 128;
/// The most characters of a name or a value of a label.
const LABEL_CHARS_MAX: usize = 2048;
/// The most characters of an annotation.
const ANNOTATION_CHARS_MAX: usize = 16_384;
/// The most characters of an address.
const URL_CHARS_MAX: usize = 4096;

/// An alert as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// What it is known by.
    pub labels: Labels,
    /// What is said about it.
    pub annotations: Labels,
    /// Since when it fires.
    pub starts_at: Timestamp,
    /// When it ends or ended; none = its sender will say.
    pub ends_at: Option<Timestamp>,
    /// Where it can be looked at.
    pub generator_url: String,
}

/// Why something is no alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub String);

impl Incoming {
    /// The alert when it can be one; labels without a value are as none.
    ///
    /// # Errors
    /// In words.
    pub fn checked(mut self) -> Result<Self, Refused> {
        let refused = |what: String| Err(Refused(what));
        self.labels.retain(|_, value| !value.is_empty());
        if self.labels.is_empty() {
            return refused("at least one label pair required".to_owned());
        }
        if self.labels.len() > PAIRS_MAX || self.annotations.len() > PAIRS_MAX {
            return refused(format!("more than {PAIRS_MAX} labels or annotations"));
        }
        for (name, value) in &self.labels {
            if name.is_empty() || name.contains('\0') || value.contains('\0') {
                return refused(format!("invalid label {name:?}"));
            }
            if name.chars().count() > LABEL_CHARS_MAX || value.chars().count() > LABEL_CHARS_MAX {
                return refused(format!("a label has more than {LABEL_CHARS_MAX} characters"));
            }
        }
        if self.annotations.values().any(|text| text.chars().count() > ANNOTATION_CHARS_MAX || text.contains('\0')) {
            return refused(format!("an annotation has more than {ANNOTATION_CHARS_MAX} characters, or a NUL"));
        }
        if self.annotations.keys().any(|name| name.is_empty() || name.chars().count() > LABEL_CHARS_MAX || name.contains('\0')) {
            return refused("invalid annotation name".to_owned());
        }
        if self.generator_url.chars().count() > URL_CHARS_MAX || self.generator_url.contains('\0') {
            return refused("the generator's address is too long".to_owned());
        }
        if self.ends_at.is_some_and(|ends_at| ends_at < self.starts_at) {
            return refused("start time must be before end time".to_owned());
        }
        Ok(self)
    }

    /// Whether it fires at `now`.
    pub fn fires(&self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|ends_at| ends_at > now)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.labels.get("alertname").map_or("alert", String::as_str)
    }
}

/// What tells labels apart, as Prometheus computes it: FNV-1a over names and values, in order.
pub fn fingerprint(labels: &Labels) -> String {
    const OFFSET: u64 = 14_695_981_039_346_656_037;
    const PRIME: u64 = 1_099_511_628_211;
    const BETWEEN: &[u8] = &[255];
    let mut hash = OFFSET;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(PRIME);
        }
    };
    for (name, value) in labels {
        for part in [name.as_bytes(), BETWEEN, value.as_bytes(), BETWEEN] {
            add(part);
        }
    }
    format!("{hash:016x}")
}
