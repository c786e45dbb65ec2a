//! What a mail, or a message of a chat, does to an incident: it opens one, says something on one, or leaves a remark. Who may is
//! asked before.

use evenkeel_api::Authorised;
use evenkeel_core::{
    event::manage::{Noted, Origin},
    id::{IncidentId, OrganisationId, PersonId, ServiceId, TeamId},
    priority::Level,
    state::{Channel, HoldReason, IncidentState, Medium, Visibility},
};
use evenkeel_store::{StoreError, Tx};

use super::{
    change::Change,
    create::{self, Customer, New},
    machine::Step,
    model::Incident,
    note, reopen, store,
};
use crate::Act;

use crate::ticket::words::TITLE_CHARS_MAX;

pub use crate::ticket::words::TEXT_CHARS_MAX;

/// A mail that opens an incident.
#[derive(Debug, Clone)]
pub struct Opening<'a> {
    /// What it is called; cut to a title's length.
    pub title: &'a str,
    /// What it says; cut to a note's length.
    pub words: &'a str,
    /// Of which service.
    pub service: ServiceId,
    /// The team that gets it; none = the service's.
    pub team: Option<TeamId>,
    /// Whose it is: of somebody we know their organisation (the service's customer when it is ours), else nobody's.
    pub customer: Whose,
    /// How many are hurt.
    pub impact: Level,
    /// How fast it hurts.
    pub urgency: Level,
    /// Who wrote it, when known.
    pub person: Option<PersonId>,
    /// How it came.
    pub channel: Channel,
}

/// How something is said that comes by this channel.
const fn medium(channel: Channel) -> Medium {
    match channel {
        Channel::Mail => Medium::Mail,
        Channel::Chat => Medium::Chat,
        Channel::Phone => Medium::Call,
        Channel::Portal | Channel::Desk | Channel::Api => Medium::Note,
    }
}

/// Whose an incident is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The customer of its service.
    OfService,
    /// This customer.
    Of(OrganisationId),
    /// No customer sees it.
    Nobody,
}

/// Who says something from outside, and how.
#[derive(Debug, Clone, Copy)]
pub struct Writer {
    /// Who, when known.
    pub person: Option<PersonId>,
    /// Whether one of ours.
    pub by_agent: bool,
    /// By which channel.
    pub channel: Channel,
}

/// What became of a mail.
#[derive(Debug)]
pub struct Done {
    /// The incident, as it is now.
    pub incident: Incident,
    /// The note that holds its words.
    pub noted: Noted,
}

/// As much of a text as a note holds.
pub fn fitting(words: &str) -> String {
    words.trim().chars().take(TEXT_CHARS_MAX).collect()
}

/// Opens an incident. Its description is no first response, whoever wrote it.
///
/// # Errors
/// As any statement.
pub async fn open(tx: &mut Tx, act: &Act, grant: &evenkeel_api::Grant, mail: Opening<'_>) -> Result<Done, StoreError> {
    let title: String = evenkeel_core::title::plain(mail.title).chars().take(TITLE_CHARS_MAX).collect();
    let new = New {
        title,
        service_id: mail.service,
        impact: mail.impact,
        urgency: mail.urgency,
        origin: Origin::Person { person_id: mail.person, started_at: None, channel: Some(mail.channel) },
        team: mail.team,
        customer: match mail.customer {
            Whose::OfService => Customer::OfService,
            Whose::Of(organisation) => Customer::Known(Some(organisation)),
            Whose::Nobody => Customer::Known(None),
        },
    };
    let incident = create::create(tx, grant, act, new).await?;
    say(tx, Change::of(incident, act.clone()), Visibility::Public, medium(mail.channel), false, mail.words).await
}

/// Says something on an incident. What was resolved and comes back goes on or begins anew as the agreement says; what is
/// closed or cancelled begins anew; what waited for the customer goes on when somebody else than one of ours says it.
///
/// # Errors
/// As any statement.
pub async fn reply(tx: &mut Tx, act: &Act, incident: Authorised<Incident>, by: Writer, words: &str) -> Result<Done, StoreError> {
    let Writer { person, by_agent, channel } = by;
    let grant = *incident.grant();
    let mut change = Change::of(incident, act.clone());
    match change.incident.state {
        // One of ours who writes after the end does not say that it came back.
        IncidentState::Resolved | IncidentState::Closed | IncidentState::Cancelled if by_agent => {}
        IncidentState::Resolved | IncidentState::Closed => change = reopen::again(tx, &grant, change, person, true).await?,
        IncidentState::Cancelled => change = reopen::succeed(tx, &grant, change, person, "related").await?,
        IncidentState::OnHold if !by_agent && change.incident.hold == Some(HoldReason::Customer) => change.step(Step::Resume, None)?,
        _ => {}
    }
    say(tx, change, Visibility::Public, medium(channel), by_agent, words).await
}

/// Leaves a remark that only staff sees: it changes no state and stops no clock.
///
/// # Errors
/// As any statement.
pub async fn remark(tx: &mut Tx, act: &Act, incident: Authorised<Incident>, words: &str) -> Result<Done, StoreError> {
    say(tx, Change::of(incident, act.clone()), Visibility::Internal, Medium::Auto, false, words).await
}

async fn say(
    tx: &mut Tx,
    mut change: Change,
    visibility: Visibility,
    medium: Medium,
    by_agent: bool,
    words: &str,
) -> Result<Done, StoreError> {
    let noted = note::apply(tx, &mut change, visibility, medium, by_agent, &fitting(words)).await?;
    Ok(Done { incident: store::save(tx, change).await?, noted })
}

/// The incident that a mail about `id` is about now: the survivor of what was merged.
///
/// # Errors
/// As any statement.
pub async fn surviving(tx: &mut Tx, tenant: evenkeel_core::id::TenantId, id: IncidentId) -> Result<Option<Incident>, StoreError> {
    store::find_surviving(tx, tenant, id).await
}
