//! What comes of the receivers, as our configuration and beside it.

use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf};

use serde_json::{Value, json};

use crate::{definition::Notification, secret_from::SecretFrom};

/// A member's way over a gateway.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct Way {
    pub person: String,
    pub gateway: String,
    pub address: SecretFrom,
}

/// What came of the receivers.
#[derive(Debug, Default)]
pub(in super::super) struct Receivers {
    pub(super) people: Vec<Value>,
    pub(super) teams: Vec<Value>,
    pub(super) policies: Vec<Value>,
    pub notification: Notification,
    pub ways: Vec<Way>,
    /// By the file that each goes to.
    pub secrets: BTreeMap<PathBuf, SecretFrom>,
    /// The team of a receiver.
    pub team: BTreeMap<String, String>,
}

impl Receivers {
    /// Members, teams and how messages leave, as our configuration.
    pub fn parties(&self, notification: &Notification) -> String {
        let mut yaml = section("people", &self.people) + &section("teams", &self.teams);
        if *notification != Notification::default() {
            let _ = writeln!(yaml, "notification: {}", json!(notification));
        }
        yaml
    }

    /// Whether nothing of how messages leave is taken.
    pub fn is_empty(&self) -> bool {
        self.notification == Notification::default()
    }

    /// Policies, as our configuration. They are refused until somebody of their team can be reached: members and ways come first.
    pub fn policies(&self) -> String {
        section("escalation_policies", &self.policies)
    }

    /// How messages leave, beside what is in force: its mail server stays, and gateways of other names.
    pub fn beside(&self, current: Option<Notification>) -> Notification {
        let mut all = current.unwrap_or_default();
        let ours = &self.notification;
        all.gateways.retain(|gateway| !ours.gateways.iter().any(|our| our.name == gateway.name));
        all.gateways.extend(ours.gateways.iter().cloned());
        all.smtp = all.smtp.or_else(|| ours.smtp.clone());
        all
    }
}

/// A section of a list. JSON is YAML, and quotes everything as it must be.
pub(in super::super) fn section(name: &str, entries: &[Value]) -> String {
    let head = if entries.is_empty() { String::new() } else { format!("{name}:\n") };
    entries.iter().fold(head, |yaml, entry| format!("{yaml}  - {entry}\n"))
}
