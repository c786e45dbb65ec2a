//! The configuration file, as people write it. Every section is a list; every entry has a `name` that others refer to.
#![allow(missing_docs, reason = "the doc comments here are the descriptions of the published schema; a name says the rest")]

use evenkeel_api::Role;
use evenkeel_core::{
    definition::CorrelationRules,
    definition::{Bilingual, EscalationTerms, GoalTarget, Layer, MaintenanceTerms, PauseRule, Retarget},
    priority::{Level, Priority},
    state::{Criticality, OrganisationKind},
};
use evenkeel_manage::party::Locale;
use evenkeel_observe::{
    alert::hook::{HookFormat, Mapping},
    heartbeat::HeartbeatDefinition,
    oncall::{Handover, HolidayRule},
    page::policy::Quorum,
    probe::model::ProbeDefinition,
};
use evenkeel_sla::{ExceptionDefinition, HolidaySet, Weekday, WeeklyDefinition};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{notification::Notification, schema};

/// A name, with its place in the file.
pub type Name = Spanned<String>;

/// Configuration of Evenkeel as code. `evenkeel apply -f FILE --dry-run` shows what it would change.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    /// The version of this format: 1.
    #[schemars(with = "Option<u32>", range(min = 1, max = 1))]
    pub version: Option<Spanned<u32>>,
    /// Providers, customers and vendors.
    pub organisations: Vec<OrganisationEntry>,
    /// Hours in which clocks run.
    pub calendars: Vec<CalendarEntry>,
    /// People: who signs in, owns, is on call.
    pub people: Vec<PersonEntry>,
    /// Teams.
    pub teams: Vec<TeamEntry>,
    /// What customers are promised.
    pub services: Vec<ServiceEntry>,
    /// SLAs, OLAs and UCs.
    pub agreements: Vec<AgreementEntry>,
    /// Checks of services from outside.
    #[schemars(schema_with = "schema::probes")]
    pub probes: Vec<Spanned<ProbeDefinition<Name>>>,
    /// Signs of life that jobs and systems owe us.
    #[schemars(schema_with = "schema::heartbeats")]
    pub heartbeats: Vec<Spanned<HeartbeatDefinition<Name>>>,
    /// Who is on call when; one rota a team.
    pub rotas: Vec<RotaEntry>,
    /// Whom to tell one after another; one policy a team. A team without one has what its rota says.
    pub escalation_policies: Vec<PolicyEntry>,
    /// How messages leave.
    #[schemars(with = "Option<Notification>")]
    pub notification: Option<Spanned<Notification>>,
    /// Rules of the whole house. What is left out of the section is as if it had never been written.
    #[schemars(with = "Option<SettingsEntry>")]
    pub settings: Option<Spanned<SettingsEntry>>,
    /// Impact × urgency → priority: three rows, impact 1 to 3, of three priorities each, urgency 1 to 3.
    #[schemars(schema_with = "schema::matrix")]
    pub priority_matrix: Option<Spanned<[[Priority; 3]; 3]>>,
    /// Work on services that is planned: nobody is paged, and an agreement may take it out of the committed time.
    pub maintenance: Vec<MaintenanceEntry>,
    /// Alerts that keep others from being told while they fire.
    pub inhibitions: Vec<InhibitionEntry>,
    /// Webhooks that come in, at /api/v1/hooks/NAME: alertmanager, grafana, zabbix and uptime-kuma need no entry unless signed.
    pub webhooks: Vec<WebhookEntry>,
    /// What outsiders are told of services, at /status/NAME.
    pub status_pages: Vec<StatusPageEntry>,
    /// What is to be out of force: their history stays.
    pub retired: Vec<RetiredEntry>,
}

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

/// A webhook that comes in.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookEntry {
    #[schemars(with = "String")]
    pub name: Name,
    /// Whose words it speaks: alertmanager, grafana, zabbix, uptime-kuma, or generic with a mapping.
    #[schemars(schema_with = "schema::hook_format")]
    pub format: HookFormat,
    /// The environment variable that holds the key with which bodies are signed.
    pub secret_env: Option<String>,
    /// Where in a body what stands, as JSON pointers; for generic.
    #[schemars(schema_with = "schema::hook_mapping")]
    pub mapping: Option<Mapping>,
}

/// Alerts that keep others from being told while they fire.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InhibitionEntry {
    #[schemars(with = "String")]
    pub name: Name,
    /// Alerts that keep others back: matchers such as severity="critical" or alertname=~"Node.*". All must match.
    #[schemars(with = "Vec<String>")]
    pub source: Vec<Name>,
    /// Alerts that are kept back. All must match.
    #[schemars(with = "Vec<String>")]
    pub target: Vec<Name>,
    /// Labels that must be alike in both; a missing one is empty.
    #[serde(default)]
    pub equal: Vec<String>,
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

/// Work on services that is planned: either one span (`from`, `to`), or every week (`weekly`, `zone`, `starts_on`, `until`).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceEntry {
    #[schemars(with = "String")]
    pub name: Name,
    /// Services that may be out.
    #[schemars(with = "Vec<String>")]
    pub services: Vec<Name>,
    /// First instant, with its offset: 2026-12-01T02:00:00+08:00.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub from: Option<Name>,
    /// First instant after.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub to: Option<Name>,
    /// Windows of every week.
    #[serde(default)]
    #[schemars(schema_with = "schema::weekly")]
    pub weekly: Vec<WeeklyDefinition>,
    /// IANA zone of `weekly`.
    pub zone: Option<String>,
    /// First day of `weekly`.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub starts_on: Option<Date>,
    /// Last day of `weekly`, at most 366 days later: then it is approved anew.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub until: Option<Date>,
    /// Who approved it; without it nobody is paged, but it excuses nothing.
    #[schemars(with = "Option<String>")]
    pub approved_by: Option<Name>,
    /// When the customer was told, for agreements that ask for notice.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub announced_at: Option<Name>,
    /// Why.
    pub reason: Option<String>,
}

/// What outsiders are told of services.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusPageEntry {
    /// What its address ends in: small letters, digits and hyphens.
    #[schemars(with = "String")]
    pub name: Name,
    #[schemars(schema_with = "schema::bilingual")]
    pub title: Bilingual,
    /// Who may read it: public, or the people of a customer.
    pub audience: AudienceEntry,
    /// IANA zone of its days and clock.
    #[schemars(with = "String")]
    pub zone: Name,
    /// A picture, as a data: address of PNG, SVG, JPEG or WebP in base64.
    pub logo: Option<String>,
    /// The colour of its buttons, "#rrggbb".
    pub colour: Option<String>,
    /// Whether planned maintenance of its services is shown by itself: when, and of which components.
    #[serde(default)]
    pub maintenance: bool,
    /// How outsiders may be told of posts.
    #[serde(default)]
    #[schemars(schema_with = "schema::status_channels")]
    pub subscribe: std::collections::BTreeSet<evenkeel_manage::status_page::subscriber::Channel>,
    pub groups: Vec<StatusGroupEntry>,
}

/// Who may read a status page.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AudienceEntry {
    /// Everybody.
    Public,
    /// The people of this organisation, and whoever has the secret link.
    Customer(#[schemars(with = "String")] Name),
}

/// Components under one heading.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusGroupEntry {
    #[schemars(schema_with = "schema::bilingual")]
    pub name: Bilingual,
    pub components: Vec<StatusComponentEntry>,
}

/// A part of what outsiders use.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusComponentEntry {
    /// What posts name it by.
    pub key: String,
    /// Its name for outsiders.
    #[schemars(schema_with = "schema::bilingual")]
    pub name: Bilingual,
    /// The service behind it; never shown.
    #[schemars(with = "String")]
    pub service: Name,
    /// Whether it shows how its service is; otherwise only what is posted.
    #[serde(default)]
    pub follows: bool,
    /// The agreement by whose method its last 90 days are counted and shown; not given = no history.
    pub history: Option<String>,
}

/// Something to take out of force. Taking it out twice changes nothing.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetiredEntry {
    pub kind: RetiredKind,
    /// Its name; of a rota the team's.
    #[schemars(with = "String")]
    pub name: Name,
}

/// What can be taken out of force. A person is made inactive instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RetiredKind {
    Probe,
    Heartbeat,
    Rota,
    /// Its name is the team's.
    EscalationPolicy,
    Agreement,
    Service,
    /// Only when no agreement and no service uses it.
    Calendar,
    /// Only when it has no service, no rota and no open incident.
    Team,
    /// What lies ahead does not take place; what is under way ends now.
    Maintenance,
    Inhibition,
    Webhook,
    StatusPage,
}

impl RetiredKind {
    /// The word in `definition.retired`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::Heartbeat => "heartbeat",
            Self::Rota => "rota",
            Self::EscalationPolicy => "escalation_policy",
            Self::Agreement => "agreement",
            Self::Service => "service",
            Self::Calendar => "calendar",
            Self::Team => "team",
            Self::Maintenance => "maintenance",
            Self::Inhibition => "inhibition",
            Self::Webhook => "webhook",
            Self::StatusPage => "status_page",
        }
    }
}

/// A provider, a customer or a vendor.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationEntry {
    #[schemars(with = "String")]
    pub name: Name,
    #[schemars(schema_with = "schema::bilingual")]
    pub display: Bilingual,
    #[schemars(schema_with = "schema::organisation_kind")]
    pub kind: OrganisationKind,
}

/// Hours in which clocks run.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarEntry {
    #[schemars(with = "String")]
    pub name: Name,
    /// IANA zone whose wall clock the hours are read on, such as Asia/Shanghai; UTC when not given.
    #[schemars(with = "Option<String>")]
    pub zone: Option<Name>,
    /// Open every second of every day; then no other hours are given.
    #[serde(default)]
    pub always: bool,
    /// Hours of an ordinary week; several windows a day are several entries.
    #[serde(default)]
    #[schemars(schema_with = "schema::weekly")]
    pub weekly: Vec<Spanned<WeeklyDefinition>>,
    /// Public holidays that close it and make-up workdays that open it.
    #[serde(default)]
    #[schemars(schema_with = "schema::holidays")]
    pub holidays: HolidaySet,
    /// Whose hours a make-up workday (调休) has when it falls on a day without hours of its own.
    #[serde(default)]
    #[schemars(schema_with = "schema::weekday")]
    pub make_up_days_as: Option<Weekday>,
    /// Dates that differ.
    #[serde(default)]
    #[schemars(schema_with = "schema::exceptions")]
    pub exceptions: Vec<Spanned<ExceptionDefinition>>,
}

/// A person.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonEntry {
    /// What they sign in with.
    #[schemars(with = "String")]
    pub name: Name,
    /// Shown name.
    pub display: String,
    /// The one organisation they belong to.
    #[schemars(with = "String")]
    pub organisation: Name,
    /// Where mail reaches them.
    #[schemars(with = "Option<String>")]
    pub email: Option<Name>,
    /// Where a webhook reaches them.
    #[schemars(with = "Option<String>")]
    pub webhook_url: Option<Name>,
    /// The language they read: zh or en.
    #[serde(default)]
    #[schemars(schema_with = "schema::locale")]
    pub locale: Locale,
    /// Whether they may sign in, own or be paged.
    #[serde(default = "yes")]
    pub active: bool,
    /// What they may do.
    #[serde(default)]
    #[schemars(schema_with = "schema::roles")]
    pub roles: Vec<Role>,
}

/// People who own work together.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamEntry {
    #[schemars(with = "String")]
    pub name: Name,
    #[schemars(schema_with = "schema::bilingual")]
    pub display: Bilingual,
    #[schemars(with = "String")]
    pub organisation: Name,
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub members: Vec<Name>,
}

/// What customers are promised.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceEntry {
    #[schemars(with = "String")]
    pub name: Name,
    #[schemars(schema_with = "schema::bilingual")]
    pub display: Bilingual,
    /// The organisation it is promised to; none = internal.
    #[schemars(with = "Option<String>")]
    pub customer: Option<Name>,
    /// The team that runs it and is paged.
    #[schemars(with = "String")]
    pub team: Name,
    /// Exactly one accountable person.
    #[schemars(with = "String")]
    pub owner: Name,
    /// How much hangs on it.
    #[serde(default = "medium")]
    #[schemars(schema_with = "schema::criticality")]
    pub criticality: Criticality,
    /// Service hours: a calendar; none = always.
    #[schemars(with = "Option<String>")]
    pub hours: Option<Name>,
    /// Recovery time objective, seconds; none = not agreed.
    pub rto_secs: Option<i64>,
    /// How long it must stay good before a recovery counts as verified, seconds.
    #[serde(default)]
    pub verify_secs: i64,
    /// Whether a verified recovery resolves the incident by rule; otherwise a person does.
    #[serde(default = "yes")]
    pub auto_resolve: bool,
    /// Services without which it does not work: while one of them is down, nobody is paged about this one.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub depends_on: Vec<Name>,
}

/// A promise.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementEntry {
    #[schemars(with = "String")]
    pub name: Name,
    #[schemars(schema_with = "schema::bilingual")]
    pub display: Bilingual,
    /// sla (with the customer), ola (between our teams) or uc (with the vendor).
    #[serde(default = "sla")]
    #[schemars(schema_with = "schema::layer")]
    pub layer: Layer,
    /// With whom.
    #[schemars(with = "Option<String>")]
    pub customer: Option<Name>,
    /// For which services.
    #[schemars(with = "Vec<String>")]
    pub services: Vec<Name>,
    /// The hours its clocks run in.
    #[schemars(with = "String")]
    pub calendar: Name,
    /// Targets in seconds of business time.
    #[serde(default)]
    #[schemars(schema_with = "schema::goals")]
    pub goals: Vec<Spanned<GoalTarget>>,
    /// Reasons for waiting that stop its clocks, and whose time that is.
    #[serde(default)]
    #[schemars(schema_with = "schema::pauses")]
    pub pauses: Vec<PauseRule>,
    /// What a change of priority does to a running clock.
    #[serde(default)]
    #[schemars(schema_with = "schema::retarget")]
    pub retarget: Retarget,
    /// Re-opening within so many days goes on with the same clock.
    #[serde(default = "week")]
    pub reopen_within_days: i64,
    /// Promised availability, percent.
    #[schemars(with = "Option<f64>")]
    pub availability_target: Option<Spanned<f64>>,
    /// Promised attainment of the goals, percent.
    #[schemars(with = "Option<f64>")]
    pub attainment_target: Option<Spanned<f64>>,
    /// Which approved maintenance it takes out of the committed time; not given = none. `{}` = all.
    #[schemars(schema_with = "schema::maintenance_terms")]
    pub maintenance: Option<Spanned<MaintenanceTerms>>,
    /// When its clocks warn and escalate, in percent of the target; not given = 25 before and 50 after they are due.
    #[schemars(schema_with = "schema::escalation_terms")]
    pub escalation: Option<Spanned<EscalationTerms>>,
}

/// Who is on call when.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RotaEntry {
    /// Whose.
    #[schemars(with = "String")]
    pub team: Name,
    /// IANA zone of the wall clock.
    #[schemars(with = "String")]
    pub zone: Name,
    /// When the week changes hands: "monday 09:00". Of a rota without `layers`.
    #[schemars(
        with = "Option<String>",
        regex(pattern = r"^(?i)(monday|tuesday|wednesday|thursday|friday|saturday|sunday) \d{1,2}:\d{2}$")
    )]
    pub handover: Option<Handover>,
    /// In the order of their weeks. Of a rota without `layers`.
    #[schemars(with = "Option<Vec<String>>")]
    pub members: Option<Vec<Name>>,
    /// The first member's week begins at the first handover on or after this day. Of a rota without `layers`.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub starts_on: Option<Date>,
    /// People who take turns, lowest first; a later layer counts over an earlier one.
    pub layers: Option<Vec<LayerEntry>>,
    /// Days that layers may skip or be for.
    #[serde(default)]
    #[schemars(with = "Vec<String>", extend("format" = "date"))]
    pub holidays: Vec<Date>,
    /// How long a page may stay unanswered before the next person is told, seconds.
    pub ack_limit_secs: i64,
    /// How often the whole order is gone through before we stop.
    #[serde(default = "rounds")]
    pub rounds: u32,
}

/// Whom to tell one after another.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyEntry {
    /// Whose.
    #[schemars(with = "String")]
    pub team: Name,
    /// First to last.
    pub steps: Vec<StepEntry>,
    /// How often all steps are gone through, 1 to 10; not given = until somebody answers.
    pub rounds: Option<u32>,
    /// How many must answer; not given = one.
    #[schemars(schema_with = "schema::quorum")]
    pub quorum: Option<Quorum>,
}

/// A step of an escalation policy.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepEntry {
    /// Teams whose person on call is told.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub on_call: Vec<Name>,
    /// People who are told.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub people: Vec<Name>,
    /// Teams of which every member is told.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub teams: Vec<Name>,
    /// How long it may stay unanswered before the next step, 30 to 86400 seconds.
    pub wait_secs: i64,
}

/// People who take turns.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayerEntry {
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// IANA zone of its wall clock, when it is not the rota's.
    #[schemars(with = "Option<String>")]
    pub zone: Option<Name>,
    /// How often it changes hands: week, 2 weeks, day, 3 days, 12 hours.
    #[schemars(with = "String")]
    pub every: Name,
    /// "monday 09:00" where turns are weeks, else "09:00".
    pub handover: String,
    /// In the order of their turns.
    #[schemars(with = "Vec<String>")]
    pub members: Vec<Name>,
    /// The first member's turn begins at the first handover on or after this day.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub starts_on: Option<Date>,
    /// In which hours it counts; not given = always.
    #[serde(default)]
    pub hours: Vec<HoursEntry>,
    /// What the rota's holidays mean for it: count (nothing), skip or only.
    #[serde(default)]
    #[schemars(schema_with = "schema::holiday_rule")]
    pub holidays: HolidayRule,
}

/// Hours on some days of the week.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoursEntry {
    /// mon … sun; not given = every day.
    #[serde(default)]
    pub days: Vec<String>,
    /// HH:MM.
    pub from: String,
    /// HH:MM; not later than `from` = of the next day.
    pub to: String,
}

const fn yes() -> bool {
    true
}
const fn medium() -> Criticality {
    Criticality::Medium
}
const fn sla() -> Layer {
    Layer::Sla
}
const fn week() -> i64 {
    7
}
const fn rounds() -> u32 {
    3
}
