//! What is to be out of force.
#![allow(missing_docs, reason = "the doc comments here are the descriptions of the published schema; a name says the rest")]

use schemars::JsonSchema;
use serde::Deserialize;

use super::Name;

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
    CatalogueItem,
    ChangeTemplate,
    Freeze,
    Inhibition,
    Webhook,
    StatusPage,
    /// What it took stays.
    Mailbox,
    /// What it took stays.
    Chat,
    /// What was asked can still be answered.
    Survey,
    Phrasebook,
    Reply,
    Macro,
    TicketRule,
    /// Only when no rule, macro or template uses it. What it said stays.
    TicketField,
    /// Only when no rule or macro uses it. Tickets that have it keep it.
    TicketStatus,
    TicketTemplate,
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
            Self::CatalogueItem => "catalogue_item",
            Self::ChangeTemplate => "change_template",
            Self::Freeze => "freeze",
            Self::Inhibition => "inhibition",
            Self::Webhook => "webhook",
            Self::StatusPage => "status_page",
            Self::Mailbox => "mailbox",
            Self::Chat => "chat",
            Self::Survey => "survey",
            Self::Phrasebook => "phrasebook",
            Self::Reply => "reply",
            Self::Macro => "macro",
            Self::TicketRule => "ticket_rule",
            Self::TicketField => "ticket_field",
            Self::TicketStatus => "ticket_status",
            Self::TicketTemplate => "ticket_template",
        }
    }
}
