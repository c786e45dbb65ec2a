//! What a macro or a rule does to a ticket: one vocabulary, each word what a person could ask for. Pure.

use evenkeel_api::Permission;
use evenkeel_core::{
    Failure,
    definition::Bilingual,
    id::{PersonId, TeamId},
    priority::Level,
    state::HoldReason,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{reference, subject::Of, words};
use crate::{incident::ResolveReason, refuse::invalid};

/// The most acts of one macro or rule.
pub const ACTIONS_MAX: usize = 10;

/// One act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AutomationAction)]
pub enum Action {
    /// Give it to a team, a person or both.
    Assign(Assignment),
    /// Judge impact, urgency or both anew; the matrix makes the priority.
    Prioritise(Urgent),
    /// Let one of the house's own fields say something.
    SetField(Setting),
    /// Give it one of the house's own statuses; it comes into the state that the status lies under.
    SetStatus(Standing),
    /// Begin to work on it.
    Start(Empty),
    /// Let it wait.
    Hold(Holding),
    /// Stop waiting.
    Resume(Empty),
    /// It ended.
    Resolve(Resolution),
    /// Say something that everybody reads.
    Reply(Said),
    /// Say something that only staff reads.
    Note(Said),
    /// Write a mail to everybody of a team.
    MailTeam(Mailing),
}

/// Nothing more to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AutomationEmpty)]
pub struct Empty {}

/// Who shall have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AutomationAssignment)]
pub struct Assignment {
    /// The team.
    #[serde(default, deserialize_with = "reference::optional", skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// The person.
    #[serde(default, deserialize_with = "reference::optional", skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
}

/// How grave it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AutomationUrgent)]
pub struct Urgent {
    /// How many are hurt; as it is when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Level>,
    /// How fast it hurts; as it is when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Level>,
}

/// What a field shall say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AutomationSetting)]
pub struct Setting {
    /// Which field.
    pub field: String,
    /// What; null = nothing.
    pub value: Value,
}

/// Which status it shall have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AutomationStanding)]
pub struct Standing {
    /// By its name; null = none of the house's own.
    pub status: Option<String>,
}

/// Why it waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AutomationHolding)]
pub struct Holding {
    /// For whom or what.
    pub reason: HoldReason,
    /// Said with it: to the customer when the customer owes an answer, else to staff only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Bilingual>,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AutomationResolution)]
pub struct Resolution {
    /// In one word.
    pub reason: ResolveReason,
    /// Said to the customer with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Bilingual>,
}

/// Something said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AutomationSaid)]
pub struct Said {
    /// In both languages, with places that the ticket fills.
    pub text: Bilingual,
}

/// A mail to a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AutomationMailing)]
pub struct Mailing {
    /// Which.
    #[serde(deserialize_with = "reference::one")]
    pub team: TeamId,
    /// In both languages, with places that the ticket fills.
    pub text: Bilingual,
}

impl Action {
    /// Its word.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Assign(_) => "assign",
            Self::Prioritise(_) => "prioritise",
            Self::SetField(_) => "set_field",
            Self::SetStatus(_) => "set_status",
            Self::Start(_) => "start",
            Self::Hold(_) => "hold",
            Self::Resume(_) => "resume",
            Self::Resolve(_) => "resolve",
            Self::Reply(_) => "reply",
            Self::Note(_) => "note",
            Self::MailTeam(_) => "mail_team",
        }
    }

    /// What a person needs who lets a macro do it.
    pub const fn permission(&self) -> Permission {
        match self {
            Self::Reply(_) => Permission::IncidentNote,
            Self::Note(_) => Permission::IncidentNoteInternal,
            _ => Permission::IncidentWrite,
        }
    }

    /// The same on a request.
    pub const fn request_permission(&self) -> Permission {
        match self {
            Self::Reply(_) => Permission::RequestNote,
            Self::Note(_) => Permission::IncidentNoteInternal,
            _ => Permission::RequestWrite,
        }
    }

    /// Whether a request can have it done: what it is assigned to are its tasks, and it ends with the last of them.
    const fn is_of_requests(&self) -> bool {
        matches!(self, Self::SetStatus(_) | Self::Hold(_) | Self::Resume(_) | Self::Reply(_) | Self::Note(_) | Self::MailTeam(_))
    }

    fn check(&self, at: &str) -> Result<(), Failure> {
        let word = self.as_str();
        match self {
            Self::Assign(Assignment { team: None, person: None }) => Err(invalid(&format!("{at}/{word}"), "give a team, a person or both")),
            Self::Prioritise(Urgent { impact: None, urgency: None }) => {
                Err(invalid(&format!("{at}/{word}"), "give an impact, an urgency or both"))
            }
            Self::Hold(Holding { text: Some(text), .. })
            | Self::Resolve(Resolution { text: Some(text), .. })
            | Self::Reply(Said { text })
            | Self::Note(Said { text })
            | Self::MailTeam(Mailing { text, .. }) => words::check(&format!("{at}/{word}/text"), text),
            _ => Ok(()),
        }
    }
}

/// # Errors
/// A refusal that names the act that cannot be.
pub fn check(at: &str, actions: &[Action], of: Of) -> Result<(), Failure> {
    if actions.is_empty() || actions.len() > ACTIONS_MAX {
        return Err(invalid(at, format!("name 1 to {ACTIONS_MAX} acts; these are {}", actions.len())));
    }
    if of == Of::Request
        && let Some(place) = actions.iter().position(|action| !action.is_of_requests())
    {
        let allowed = ["set_status", "hold", "resume", "reply", "note", "mail_team"];
        return Err(invalid(&format!("{at}/{place}"), "a request cannot have this done").allowed(allowed));
    }
    actions.iter().enumerate().try_for_each(|(place, action)| action.check(&format!("{at}/{place}")))
}

/// The words of these acts, in order.
pub fn words_of(actions: &[Action]) -> Vec<String> {
    actions.iter().map(|action| action.as_str().to_owned()).collect()
}
