//! Rules of the whole house.
#![allow(missing_docs, reason = "the doc comments here are the descriptions of the published schema; a name says the rest")]

use evenkeel_core::definition::CorrelationRules;
use evenkeel_core::priority::Level;
use evenkeel_manage::change::ChangeRules;
use evenkeel_manage::{complaint::rules::ComplaintRules, review::rules::ReviewRules};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::Name;

/// Rules of the whole house.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SettingsEntry {
    /// How our own line is watched: when it is lost, looks prove nothing and count as unknown.
    pub uplink: UplinkEntry,
    /// Where probes and webhooks may go. Without a word here: anywhere but link-local and cloud metadata addresses.
    pub probe_addresses: AddressesEntry,
    /// A resolved incident is closed by rule after so many days, 1 to 365; none = a person closes.
    #[schemars(with = "Option<i64>", range(min = 1, max = 365))]
    pub close_after_days: Option<Spanned<i64>>,
    /// How alerts of rules become incidents.
    pub rule_alerts: RuleAlertsEntry,
    /// How alerts that belong together are known.
    pub correlation: CorrelationEntry,
    /// How changes are authorised.
    pub changes: ChangesEntry,
    /// How long grievances and complaints may take.
    pub complaints: ComplaintsEntry,
    /// Until when post-incident reviews are owed.
    pub reviews: ReviewsEntry,
}

/// How changes are authorised.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChangesEntry {
    /// The board (CAB); none = one peer authorises.
    pub board: Option<BoardEntry>,
    /// Hours, 1 to 720: an emergency is authorised at the latest so long after it began.
    #[schemars(range(min = 1, max = 720))]
    pub afterwards_hours: i64,
    /// 1 to 20: a template of which the last so many changes were not successful is said to have lost its standing.
    #[schemars(range(min = 1, max = 20))]
    pub failures_in_a_row: i64,
}

impl Default for ChangesEntry {
    fn default() -> Self {
        let ChangeRules { afterwards_hours, failures_in_a_row, .. } = ChangeRules::default();
        Self { board: None, afterwards_hours, failures_in_a_row }
    }
}

/// The board that authorises changes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoardEntry {
    /// Its members are the team's.
    #[schemars(with = "String")]
    pub team: Name,
    /// So many must say yes. An author does not vote on what is their own.
    pub quorum: u8,
}

/// How long grievances and complaints may take, seconds of business time: in the hours of the customer's agreement, else of the
/// service.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ComplaintsEntry {
    /// A grievance that nobody explained for so long becomes a complaint; 28800 (8 hours) when not given.
    #[schemars(range(min = 1, max = 31_536_000))]
    pub grievance_secs: i64,
    /// A complaint is replied to within so long; 144000 (40 hours) when not given.
    #[schemars(range(min = 1, max = 31_536_000))]
    pub reply_secs: i64,
}

impl Default for ComplaintsEntry {
    fn default() -> Self {
        let ComplaintRules { grievance_secs, reply_secs } = ComplaintRules::default();
        Self { grievance_secs, reply_secs }
    }
}

/// Until when reviews are owed.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewsEntry {
    /// A post-incident review is published so many business days after it is drafted, by the hours of the customer's agreement,
    /// else of the service; 5 when not given.
    #[schemars(range(min = 1, max = 366))]
    pub within_days: i64,
}

impl Default for ReviewsEntry {
    fn default() -> Self {
        Self { within_days: ReviewRules::default().within_days }
    }
}

/// How alerts that belong together are known.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CorrelationEntry {
    /// Seconds, 0 to 3600. After a service is back, those that depend on it have so long to come back too; of an incident that
    /// one of them opened so long before, it is said to be the cause.
    #[schemars(range(min = 0, max = 3600))]
    pub window_secs: i64,
    /// Seconds, 0 to 60. So long an alert of a service waits for one of a service that it depends on and that nobody probes: alerts
    /// of one trouble come in any order.
    #[schemars(range(min = 0, max = 60))]
    pub settle_secs: i64,
}

impl Default for CorrelationEntry {
    fn default() -> Self {
        let CorrelationRules { window_secs, settle_secs } = CorrelationRules::default();
        Self { window_secs, settle_secs }
    }
}

/// How alerts of rules become incidents.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RuleAlertsEntry {
    /// The label that names the service that suffers.
    pub service_label: String,
    /// Of alerts without that label: the first whose matchers all match names the service.
    pub routes: Vec<RouteEntry>,
    /// The service of all others; none = they open no incident.
    #[schemars(with = "Option<String>")]
    pub default_service: Option<Name>,
    /// What a value of the label `severity` means. Known anyway: critical, page, error and their like; warning; info; none.
    pub severities: std::collections::BTreeMap<String, GradeEntry>,
}

impl Default for RuleAlertsEntry {
    fn default() -> Self {
        let severities = std::collections::BTreeMap::new();
        Self { service_label: "service".to_owned(), routes: Vec::new(), default_service: None, severities }
    }
}

/// Which alerts hurt a service, when they do not say so themselves.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteEntry {
    /// Matchers such as team="db" or zone=~"a|b". All must match.
    #[schemars(with = "Vec<String>")]
    pub matchers: Vec<Name>,
    /// The service.
    #[schemars(with = "String")]
    pub service: Name,
}

/// What a severity means.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GradeEntry {
    /// critical, warning, info, or none: it opens no incident.
    pub severity: SeverityWord,
    /// How many are hurt, 1 to 3; the service's own when not given.
    #[serde(default)]
    #[schemars(with = "Option<u8>", range(min = 1, max = 3))]
    pub impact: Option<Level>,
    /// How fast it hurts, 1 to 3; by the severity when not given.
    #[serde(default)]
    #[schemars(with = "Option<u8>", range(min = 1, max = 3))]
    pub urgency: Option<Level>,
}

/// How grave an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeverityWord {
    /// Wake someone.
    Critical,
    /// Look at it today.
    Warning,
    /// For the record.
    Info,
    /// It opens no incident.
    None,
}

/// How our own line is watched.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UplinkEntry {
    /// Machines outside that answer TCP while our line stands, by acceptance or refusal: "192.0.2.1:443". At most 16.
    #[schemars(with = "Vec<String>")]
    pub canaries: Vec<Name>,
    /// Whether the default gateway tells too.
    pub gateway: bool,
}

impl Default for UplinkEntry {
    fn default() -> Self {
        Self { canaries: Vec::new(), gateway: true }
    }
}

/// Where probes and webhooks may go. The more particular network decides; of two alike, `deny`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AddressesEntry {
    /// Networks such as 10.0.0.0/8, or single addresses.
    #[schemars(with = "Vec<String>")]
    pub allow: Vec<Name>,
    /// Networks such as 10.0.0.0/8, or single addresses.
    #[schemars(with = "Vec<String>")]
    pub deny: Vec<Name>,
}
