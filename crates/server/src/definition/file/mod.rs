//! The configuration file, as people write it. Every section is a list; every entry has a `name` that others refer to.
#![allow(missing_docs, reason = "the doc comments here are the descriptions of the published schema; a name says the rest")]

mod alert;
mod catalogue;
mod change;
mod chat;
mod mailbox;
mod on_call;
mod party;
mod retired;
mod settings;
mod status_page;
mod voice;

use evenkeel_core::priority::Priority;
use evenkeel_manage::automation::{
    FieldDefinition, MacroDefinition, ReplyDefinition, RuleDefinition, StatusDefinition, TemplateDefinition,
};
use evenkeel_manage::cause::CausesDefinition;
use evenkeel_observe::{heartbeat::HeartbeatDefinition, probe::model::ProbeDefinition};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{notification::Notification, schema};

pub use alert::{InhibitionEntry, MaintenanceEntry, WebhookEntry};
pub use catalogue::{ApprovalEntry, ApproverEntry, CatalogueEntry, StageEntry};
pub use change::{ChangeTemplateEntry, FreezeEntry};
pub use chat::ChatEntry;
pub use mailbox::MailboxEntry;
pub use on_call::{LayerEntry, PolicyEntry, RotaEntry};
pub use party::{AgreementEntry, CalendarEntry, OrganisationEntry, PersonEntry, ServiceEntry, TeamEntry};
pub use retired::{RetiredEntry, RetiredKind};
pub use settings::{ChangesEntry, GradeEntry, RuleAlertsEntry, SettingsEntry, SeverityWord};
pub use status_page::{AudienceEntry, StatusGroupEntry, StatusPageEntry};
pub use voice::{PhrasebookEntry, SideEntry, SurveyEntry, TriggerEntry};

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
    /// What people may ask for.
    pub catalogue: Vec<CatalogueEntry>,
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
    /// The words in which the house says why something broke: they replace those that are built in.
    #[schemars(schema_with = "schema::causes")]
    pub causes: Option<Spanned<CausesDefinition>>,
    /// Work on services that is planned: nobody is paged, and an agreement may take it out of the committed time.
    pub maintenance: Vec<MaintenanceEntry>,
    /// Changes that are authorised once for all.
    pub change_templates: Vec<ChangeTemplateEntry>,
    /// Times in which nothing is changed.
    pub freezes: Vec<FreezeEntry>,
    /// Alerts that keep others from being told while they fire.
    pub inhibitions: Vec<InhibitionEntry>,
    /// Webhooks that come in, at /api/v1/hooks/NAME: alertmanager, grafana, zabbix and uptime-kuma need no entry unless signed.
    pub webhooks: Vec<WebhookEntry>,
    /// Mailboxes whose mail becomes tickets, and that answers leave from.
    pub mailboxes: Vec<MailboxEntry>,
    /// Chats whose messages become tickets, at /api/v1/chats/NAME/events, and that answers go back to.
    pub chats: Vec<ChatEntry>,
    /// What outsiders are told of services, at /status/NAME.
    pub status_pages: Vec<StatusPageEntry>,
    /// What people are asked, and when.
    pub surveys: Vec<SurveyEntry>,
    /// Phrases to avoid in replies.
    pub phrasebooks: Vec<PhrasebookEntry>,
    /// Fields of the house's own on tickets.
    #[schemars(schema_with = "schema::ticket_fields")]
    pub ticket_fields: Vec<Spanned<FieldDefinition>>,
    /// Statuses of the house's own, each under a state of the fixed machine.
    #[schemars(schema_with = "schema::ticket_statuses")]
    pub ticket_statuses: Vec<Spanned<StatusDefinition>>,
    /// Canned replies.
    #[schemars(schema_with = "schema::replies")]
    pub replies: Vec<Spanned<ReplyDefinition>>,
    /// Acts that an agent lets happen at once.
    #[schemars(schema_with = "schema::macros")]
    pub macros: Vec<Spanned<MacroDefinition>>,
    /// Acts that are done when something happens to a ticket.
    #[schemars(schema_with = "schema::ticket_rules")]
    pub ticket_rules: Vec<Spanned<RuleDefinition>>,
    /// Tickets filled in beforehand.
    #[schemars(schema_with = "schema::ticket_templates")]
    pub ticket_templates: Vec<Spanned<TemplateDefinition>>,
    /// What is to be out of force: their history stays.
    pub retired: Vec<RetiredEntry>,
}
