//! Impact × urgency → priority, and the severity of alerts.

use serde::{Deserialize, Serialize};

/// How many are hurt: 1 is the widest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Level(u8);

impl Level {
    /// The gravest.
    pub const HIGH: Self = Self(1);
    /// The middle.
    pub const MEDIUM: Self = Self(2);
    /// The mildest.
    pub const LOW: Self = Self(3);
    /// As a number, 1 to 3.
    pub const fn get(self) -> u8 {
        self.0
    }
}
impl TryFrom<u8> for Level {
    type Error = String;
    fn try_from(value: u8) -> Result<Self, String> {
        if (1..=3).contains(&value) { Ok(Self(value)) } else { Err(format!("{value} is not a level: give 1 (high), 2 or 3 (low)")) }
    }
}
impl From<Level> for u8 {
    fn from(level: Level) -> u8 {
        level.0
    }
}

/// P1 (gravest) to P5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Priority(u8);

impl Priority {
    /// All five, gravest first.
    pub const ALL: [Self; 5] = [Self(1), Self(2), Self(3), Self(4), Self(5)];
    /// As a number, 1 to 5.
    pub const fn get(self) -> u8 {
        self.0
    }
}
impl TryFrom<u8> for Priority {
    type Error = String;
    fn try_from(value: u8) -> Result<Self, String> {
        if (1..=5).contains(&value) { Ok(Self(value)) } else { Err(format!("{value} is not a priority: give 1 (gravest) to 5")) }
    }
}
impl From<Priority> for u8 {
    fn from(priority: Priority) -> u8 {
        priority.0
    }
}

/// A tenant's matrix, versioned: a figure uses the one in force at the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityMatrix {
    /// `cells[impact-1][urgency-1]`.
    pub cells: [[Priority; 3]; 3],
}

impl Default for PriorityMatrix {
    /// The default of the domain specification, section 4: 1/1→1, 1/2→2, 1/3→3, 2/1→2, 2/2→3, 2/3→4, 3/1→3, 3/2→4, 3/3→5.
    fn default() -> Self {
        let p = Priority;
        Self { cells: [[p(1), p(2), p(3)], [p(2), p(3), p(4)], [p(3), p(4), p(5)]] }
    }
}

impl PriorityMatrix {
    /// The priority of this impact and urgency.
    pub fn priority(&self, impact: Level, urgency: Level) -> Priority {
        self.cells[usize::from(impact.0 - 1)][usize::from(urgency.0 - 1)]
    }
}

/// How grave an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Wake someone.
    Critical,
    /// Look at it today.
    Warning,
    /// For the record.
    Info,
}
