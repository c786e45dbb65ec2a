//! What a heartbeat is: a definition as people write it.

use evenkeel_core::{ErrorCode, Failure, id::ServiceId, priority::Severity};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    machine::Rule,
    schedule::{Cron, Schedule},
};

/// The longest span that may be declared, seconds: a year and a day.
const SECS_MAX: u64 = 366 * 86_400;
/// The longest name.
const NAME_CHARS_MAX: usize = 100;

/// A heartbeat as declared. `S` is how it names its service: an id once resolved, a name in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeartbeatDefinition<S = ServiceId> {
    /// Unique name within the tenant: letters, digits, `-`, `_`, `.`.
    pub name: String,
    /// The service that suffers when it is silent: its team is told.
    pub service: S,
    /// A report is due so many seconds after the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_secs: Option<u64>,
    /// Or at these times: minute, hour, day of month, month, day of week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cron: Option<String>,
    /// The IANA time zone of `cron`; UTC when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// How long after its time a report may come, seconds.
    #[serde(default = "default_grace_secs")]
    pub grace_secs: u64,
    /// How long a run that said that it began may take, seconds; the grace when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_limit_secs: Option<u64>,
    /// How grave it is when it is down.
    #[serde(default = "default_severity")]
    pub severity: Severity,
    /// Nobody waits for it for now.
    #[serde(default)]
    pub paused: bool,
}

const fn default_grace_secs() -> u64 {
    300
}
const fn default_severity() -> Severity {
    Severity::Critical
}

impl<S> HeartbeatDefinition<S> {
    /// The same heartbeat with its service named otherwise (a name from a file becomes an id).
    pub fn with_service<T>(self, service: T) -> HeartbeatDefinition<T> {
        HeartbeatDefinition {
            name: self.name,
            service,
            every_secs: self.every_secs,
            cron: self.cron,
            zone: self.zone,
            grace_secs: self.grace_secs,
            run_limit_secs: self.run_limit_secs,
            severity: self.severity,
            paused: self.paused,
        }
    }

    /// When its reports are due.
    ///
    /// # Errors
    /// With the field, when it says no schedule or two.
    pub fn schedule(&self) -> Result<Schedule, Failure> {
        schedule(self.every_secs, self.cron.as_deref(), self.zone.as_deref())
    }

    /// What its machine goes by.
    ///
    /// # Errors
    /// As [`Self::schedule`].
    pub fn rule(&self) -> Result<Rule, Failure> {
        let grace = secs(self.grace_secs);
        Ok(Rule { schedule: self.schedule()?, grace, run_limit: self.run_limit_secs.map_or(grace, secs) })
    }

    /// What cannot be right, with the field and the fix.
    ///
    /// # Errors
    /// The first value that is not acceptable.
    pub fn validate(&self) -> Result<(), Failure> {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if self.name.is_empty() || self.name.chars().count() > NAME_CHARS_MAX || !self.name.chars().all(plain) {
            return Err(invalid("/name", format!("a name has 1 to {NAME_CHARS_MAX} letters, digits, '-', '_' or '.'")));
        }
        for (at, value) in [("/grace_secs", Some(self.grace_secs)), ("/run_limit_secs", self.run_limit_secs)] {
            if value.is_some_and(|secs| !(1..=SECS_MAX).contains(&secs)) {
                return Err(invalid(at, format!("write 1 to {SECS_MAX} seconds")));
            }
        }
        // No year stands in an expression: what does not come in nine years never does.
        if self.schedule()?.due_after(Timestamp::UNIX_EPOCH).is_none() {
            return Err(invalid("/cron", "no day of the coming years is one of these"));
        }
        Ok(())
    }
}

/// A schedule from its words.
///
/// # Errors
/// With the field that is wrong.
pub(super) fn schedule(every_secs: Option<u64>, cron: Option<&str>, zone: Option<&str>) -> Result<Schedule, Failure> {
    match (every_secs, cron) {
        (Some(every), None) if zone.is_none() => {
            if !(1..=SECS_MAX).contains(&every) {
                return Err(invalid("/every_secs", format!("write 1 to {SECS_MAX} seconds")));
            }
            Ok(Schedule::Every(secs(every)))
        }
        (Some(_), None) => Err(invalid("/zone", "only cron has a zone")),
        (None, Some(text)) => {
            let cron = Cron::parse(text).map_err(|what| invalid("/cron", what))?;
            let name = zone.unwrap_or("UTC");
            let zone = TimeZone::get(name).map_err(|_| invalid("/zone", format!("there is no time zone {name:?}: write an IANA name")))?;
            Ok(Schedule::At(cron, zone))
        }
        _ => Err(invalid("/every_secs", "write either every_secs or cron").allowed(["every_secs", "cron"])),
    }
}

fn secs(secs: u64) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(secs).unwrap_or(i64::MAX))
}

fn invalid(at: &str, detail: impl Into<String>) -> Failure {
    Failure::new(ErrorCode::Invalid, detail).at(at)
}
