//! What is wrong with a calendar's definition: which field, what, and how to put it right.

use std::fmt;

/// One thing wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarIssue {
    /// A stable code: `no_open_hours`, `zone_unknown`, `time_unreadable`, `windows_overlap` …
    pub code: &'static str,
    /// The field, as a path below the calendar: `weekly[0].from`.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
    /// What to write instead.
    pub fix: String,
    /// Values that would be accepted, when they can be listed.
    pub allowed: Vec<String>,
}

impl fmt::Display for CalendarIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.field, self.problem, self.fix)
    }
}

/// Everything wrong with a definition, in the order of its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarError {
    /// At least one.
    pub issues: Vec<CalendarIssue>,
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, issue) in self.issues.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            issue.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for CalendarError {}

impl From<CalendarError> for evenkeel_core::Failure {
    fn from(error: CalendarError) -> Self {
        let failure = Self::new(evenkeel_core::ErrorCode::Invalid, error.to_string());
        match error.issues.into_iter().next() {
            Some(first) => failure.at(first.field).allowed(first.allowed),
            None => failure,
        }
    }
}
