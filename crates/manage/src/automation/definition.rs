//! The six kinds of definitions and what they have in common. Pure.

use evenkeel_core::{
    Failure,
    definition::Bilingual,
    id::{OrganisationId, ServiceId, TeamId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Action, Condition, FieldDefinition, MacroDefinition, ReplyDefinition, RuleDefinition, StatusDefinition, TemplateDefinition, reference,
};
use crate::{incident::Incident, refuse::invalid, request::Request};

/// The most characters of a title.
const TITLE_CHARS_MAX: usize = 200;
/// The most organisations, services or teams of one definition.
const SCOPE_MAX: usize = 200;

/// A kind of definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AutomationKind {
    /// Canned replies.
    Reply,
    /// Acts that somebody does at once.
    Macro,
    /// Acts that are done when something happens.
    TicketRule,
    /// Fields of the house's own.
    TicketField,
    /// Statuses of the house's own.
    TicketStatus,
    /// Tickets filled in beforehand.
    TicketTemplate,
}

impl AutomationKind {
    /// Every one.
    pub const ALL: [Self; 6] = [Self::TicketField, Self::TicketStatus, Self::Reply, Self::Macro, Self::TicketRule, Self::TicketTemplate];

    /// The word in `definition.put`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Macro => "macro",
            Self::TicketRule => "ticket_rule",
            Self::TicketField => "ticket_field",
            Self::TicketStatus => "ticket_status",
            Self::TicketTemplate => "ticket_template",
        }
    }

    /// The most of them in force: fields and statuses are shown together, rules are looked through for every event.
    pub const fn most(self) -> i64 {
        match self {
            Self::TicketField => 50,
            Self::TicketStatus => 100,
            Self::Reply => 1_000,
            Self::Macro | Self::TicketRule | Self::TicketTemplate => 200,
        }
    }
}

/// One definition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AutomationDefinition {
    /// A canned reply.
    Reply(ReplyDefinition),
    /// A macro.
    Macro(MacroDefinition),
    /// A rule.
    TicketRule(RuleDefinition),
    /// A field.
    TicketField(FieldDefinition),
    /// A status.
    TicketStatus(StatusDefinition),
    /// A template.
    TicketTemplate(TemplateDefinition),
}

/// For which tickets something is; what is left empty is for all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = AutomationScope)]
pub struct Scoped {
    /// Of these customers.
    #[serde(deserialize_with = "reference::many", skip_serializing_if = "Vec::is_empty")]
    pub customers: Vec<OrganisationId>,
    /// Of these services.
    #[serde(deserialize_with = "reference::many", skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceId>,
    /// With these teams.
    #[serde(deserialize_with = "reference::many", skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<TeamId>,
}

fn holds<T: PartialEq>(all: &[T], one: Option<&T>) -> bool {
    all.is_empty() || one.is_some_and(|one| all.contains(one))
}

impl Scoped {
    /// Whether it is for all.
    pub const fn is_all(&self) -> bool {
        self.customers.is_empty() && self.services.is_empty() && self.teams.is_empty()
    }

    /// Whether it is for this ticket.
    pub fn covers(&self, incident: &Incident) -> bool {
        holds(&self.customers, incident.organisation_id.as_ref())
            && holds(&self.services, Some(&incident.service_id))
            && holds(&self.teams, incident.team_id.as_ref())
    }

    /// Whether it is for this request.
    pub fn covers_request(&self, request: &Request) -> bool {
        holds(&self.customers, Some(&request.organisation_id))
            && holds(&self.services, Some(&request.service_id))
            && holds(&self.teams, Some(&request.team_id))
    }

    pub(super) fn check(&self) -> Result<(), Failure> {
        for (place, n) in [("customers", self.customers.len()), ("services", self.services.len()), ("teams", self.teams.len())] {
            if n > SCOPE_MAX {
                return Err(invalid(&format!("/scope/{place}"), format!("name at most {SCOPE_MAX}; these are {n}")));
            }
        }
        Ok(())
    }
}

/// # Errors
/// A refusal of a title that is empty or too long in a language.
pub(super) fn title(at: &str, text: &Bilingual) -> Result<(), Failure> {
    crate::catalogue::words(at, text, TITLE_CHARS_MAX)
}

impl AutomationDefinition {
    /// Which kind.
    pub const fn kind(&self) -> AutomationKind {
        match self {
            Self::Reply(_) => AutomationKind::Reply,
            Self::Macro(_) => AutomationKind::Macro,
            Self::TicketRule(_) => AutomationKind::TicketRule,
            Self::TicketField(_) => AutomationKind::TicketField,
            Self::TicketStatus(_) => AutomationKind::TicketStatus,
            Self::TicketTemplate(_) => AutomationKind::TicketTemplate,
        }
    }

    /// The name it is declared under.
    pub fn name(&self) -> &str {
        match self {
            Self::Reply(reply) => &reply.name,
            Self::Macro(one) => &one.name,
            Self::TicketRule(rule) => &rule.name,
            Self::TicketField(field) => &field.name,
            Self::TicketStatus(status) => &status.name,
            Self::TicketTemplate(template) => &template.name,
        }
    }

    /// What it does.
    pub fn actions(&self) -> &[Action] {
        match self {
            Self::Macro(one) => &one.then,
            Self::TicketRule(rule) => &rule.then,
            _ => &[],
        }
    }

    /// When it acts.
    pub const fn condition(&self) -> Option<&Condition> {
        match self {
            Self::TicketRule(rule) => Some(&rule.condition),
            _ => None,
        }
    }

    /// Checks everything that needs no look at what else is declared.
    ///
    /// # Errors
    /// A refusal that names the place.
    pub fn check(&self) -> Result<(), Failure> {
        let name = self.name();
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@');
        if name.is_empty() || name.chars().count() > 100 || !name.chars().all(plain) {
            return Err(invalid("/name", "a name has 1 to 100 letters, digits, '-', '_', '.' or '@'"));
        }
        match self {
            Self::Reply(reply) => reply.check(),
            Self::Macro(one) => one.check(),
            Self::TicketRule(rule) => rule.check(),
            Self::TicketField(field) => field.check(),
            Self::TicketStatus(status) => status.check(),
            Self::TicketTemplate(template) => template.check(),
        }
    }

    /// As it is stored: without its kind, which is beside it.
    ///
    /// # Errors
    /// When it cannot be written as JSON: a defect of ours.
    pub fn body(&self) -> serde_json::Result<serde_json::Value> {
        match self {
            Self::Reply(reply) => serde_json::to_value(reply),
            Self::Macro(one) => serde_json::to_value(one),
            Self::TicketRule(rule) => serde_json::to_value(rule),
            Self::TicketField(field) => serde_json::to_value(field),
            Self::TicketStatus(status) => serde_json::to_value(status),
            Self::TicketTemplate(template) => serde_json::to_value(template),
        }
    }
}
