//! Definitions are versioned in the ledger too: a figure uses the version in force at the event, not today's.

use serde::{Deserialize, Serialize};

use super::body;

/// A definition took effect at the event's `occurred_at`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DefinitionPut {
    /// `service`, `agreement`, `calendar`, `priority_matrix`, `team`, `probe`, `rota`, `organisation`,
    /// `maintenance`, `dashboard`, `status_page`.
    pub kind: String,
    /// The stable name it is declared under.
    pub name: String,
    /// 1, 2, 3 … for this id.
    pub version: i64,
    /// The whole definition as JSON. Personal data is not part of any definition.
    pub body: serde_json::Value,
}
body!(DefinitionPut, "definition.put", "definition");

/// A definition is no longer in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionRetired {
    /// As in [`DefinitionPut`].
    pub kind: String,
    /// As in [`DefinitionPut`].
    pub name: String,
    /// The last version.
    pub version: i64,
}
body!(DefinitionRetired, "definition.retired", "definition");
