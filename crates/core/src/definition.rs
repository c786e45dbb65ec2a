//! Bodies of `definition.put`: what two halls must read alike. Names are those of the configuration file.

use serde::{Deserialize, Serialize};

use crate::{
    id::{CalendarId, OrganisationId, PersonId, ServiceId, TeamId},
    matcher::Matcher,
    priority::{Level, Priority, Severity},
    state::{ChangeMode, Criticality, Goal, HoldReason, OrganisationKind},
};

/// A name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Bilingual {
    /// 中文.
    pub zh: String,
    /// English.
    pub en: String,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationDefinition {
    /// Shown name.
    pub display: Bilingual,
    /// Side of the contract.
    pub kind: OrganisationKind,
}

/// A team. Members are ids: no personal data in definitions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamDefinition {
    /// Shown name.
    pub display: Bilingual,
    /// Whose.
    pub organisation: OrganisationId,
    /// Who.
    pub members: Vec<PersonId>,
}

/// A service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceDefinition {
    /// Shown name.
    pub display: Bilingual,
    /// The customer it is promised to.
    pub customer: Option<OrganisationId>,
    /// The team that runs it and is paged.
    pub team: TeamId,
    /// Exactly one accountable owner (duty).
    pub owner: PersonId,
    /// How much hangs on it.
    pub criticality: Criticality,
    /// Service hours; none = 24×7.
    pub hours: Option<CalendarId>,
    /// Recovery time objective, seconds; none = not agreed.
    pub rto_secs: Option<i64>,
    /// How long the indicator must stay good before a recovery counts as verified, seconds.
    pub verify_secs: i64,
    /// Whether a verified recovery resolves the incident by rule; otherwise a person does.
    pub auto_resolve: bool,
    /// Services without which it does not work: while one is down, its own alerts open no incident.
    // Not written when empty: services of before this field keep their version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<ServiceId>,
    /// Who authorises its normal changes.
    #[serde(default, skip_serializing_if = "ChangeMode::is_stable")]
    pub mode: ChangeMode,
}

impl ServiceDefinition {
    /// The impact an alert of this service has unless a person says otherwise.
    pub const fn default_impact(&self) -> Level {
        match self.criticality {
            Criticality::Critical | Criticality::High => Level::HIGH,
            Criticality::Medium => Level::MEDIUM,
            Criticality::Low => Level::LOW,
        }
    }
}

/// Alerts that keep others from being told while they fire: whoever knows the cause need not hear of each consequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InhibitionDefinition {
    /// Alerts that keep others back.
    pub source: Vec<Matcher>,
    /// Alerts that are kept back.
    pub target: Vec<Matcher>,
    /// Labels that must be alike in both; a missing one is empty.
    pub equal: Vec<String>,
}

/// How alerts that belong together are known, for the whole house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrelationRules {
    /// Seconds. What a dependent service's alert fires so long before or after its parent's is taken for the same trouble; so
    /// long after the parent is back its dependents have to recover themselves.
    pub window_secs: i64,
    /// Seconds. So long an alert waits for one of a parent that nobody looks at: alerts of one trouble come in any order. Such
    /// rules were declared before this one was; then it is its default.
    #[serde(default = "CorrelationRules::settle_secs")]
    pub settle_secs: i64,
}

impl CorrelationRules {
    const fn settle_secs() -> i64 {
        2
    }
}

impl Default for CorrelationRules {
    fn default() -> Self {
        Self { window_secs: 120, settle_secs: Self::settle_secs() }
    }
}

/// The urgency an alert has unless a person says otherwise.
pub const fn urgency_of(severity: Severity) -> Level {
    match severity {
        Severity::Critical => Level::HIGH,
        Severity::Warning => Level::MEDIUM,
        Severity::Info => Level::LOW,
    }
}

/// Which promise: with the customer, between our teams, or with the vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Service level agreement, with the customer.
    Sla,
    /// Operational level agreement, between our teams.
    Ola,
    /// Underpinning contract, with the vendor.
    Uc,
}

/// Who holds the time while a clock is paused or running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TimeOwner {
    /// The provider.
    Us,
    /// The customer.
    Customer,
    /// Someone else.
    ThirdParty,
    /// Our vendor.
    Vendor,
}

/// One target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct GoalTarget {
    /// For tickets of this priority.
    pub priority: Priority,
    /// This goal.
    pub goal: Goal,
    /// Within so many seconds of business time.
    pub target_secs: i64,
}

/// A pause reason that the agreement names; any other reason does not stop the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PauseRule {
    /// This hold …
    pub hold: HoldReason,
    /// … is this party's time.
    pub owner: TimeOwner,
}

/// What a change of priority does to a running clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Retarget {
    /// New target counted from the origin, pauses kept.
    #[default]
    FromOriginKeepPauses,
    /// New target counted from the change.
    FromChange,
    /// Whichever is due earlier.
    Strictest,
}

/// What an agreement asks of maintenance before it takes it out of the committed time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MaintenanceTerms {
    /// The customer must have been told so many seconds ahead; 0 = telling is not asked for.
    #[serde(default)]
    pub notice_secs: i64,
    /// At most so many seconds a calendar month (of the agreement's calendar zone); none = no limit.
    #[serde(default)]
    pub monthly_quota_secs: Option<i64>,
}

/// When the clocks of an agreement warn and escalate: so much business time before and after they are due, in percent of
/// their target. 0 = never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct EscalationTerms {
    /// At risk from so much before it is due, 0 to 99.
    pub at_risk_percent: i64,
    /// Overdue from so much after it was due, 0 to [`EscalationTerms::OVERDUE_MAX`].
    pub overdue_percent: i64,
}

impl EscalationTerms {
    /// Ten times the target: who has not been moved by then will not be.
    pub const OVERDUE_MAX: i64 = 1000;

    /// Whether a clock is at risk that has used up `elapsed_secs` of `target_secs`.
    pub const fn is_at_risk(self, elapsed_secs: i64, target_secs: i64) -> bool {
        self.at_risk_percent > 0 && elapsed_secs.saturating_mul(100) >= target_secs.saturating_mul(100 - self.at_risk_percent)
    }
}

impl Default for EscalationTerms {
    fn default() -> Self {
        Self { at_risk_percent: 25, overdue_percent: 50 }
    }
}

/// An agreement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgreementDefinition {
    /// Shown name.
    pub display: Bilingual,
    /// Which promise.
    pub layer: Layer,
    /// With whom.
    pub customer: Option<OrganisationId>,
    /// For which services.
    pub services: Vec<ServiceId>,
    /// The hours its clocks run in.
    pub calendar: CalendarId,
    /// Targets.
    pub goals: Vec<GoalTarget>,
    /// Pauses.
    pub pauses: Vec<PauseRule>,
    /// Change of priority.
    pub retarget: Retarget,
    /// Re-opening within so many days continues the clock.
    pub reopen_within_days: i64,
    /// Promised availability of the services, percent (99.9).
    pub availability_target: Option<f64>,
    /// Promised attainment of the goals, percent (95).
    pub attainment_target: Option<f64>,
    /// Which approved maintenance it takes out of the committed time; none = it takes none out.
    // Not written when absent: agreements of before this field keep their version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maintenance: Option<MaintenanceTerms>,
    /// When its clocks warn and escalate; none = [`EscalationTerms::default`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<EscalationTerms>,
}
