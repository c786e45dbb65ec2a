//! One change with all that belongs to it: its plans, its votes, what it caused and what happened. For staff alone.

use evenkeel_api::{Caller, Permission};
use evenkeel_core::{
    event::{
        Body, Event,
        change::{ChangeDrafted, ChangeMoved, ChangeTransitioned, ChangeVoted, ConflictAcknowledged},
    },
    id::IncidentId,
    state::IncidentState,
    title,
};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    model::{Change, Vote},
    store, table,
    view::{ChangeView, view},
    vote,
};
use crate::{
    incident,
    party::{PersonRef, Wanted, load_names},
    ticket::timeline::{TimelineEntry, entries},
};

/// A vote.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ChangeVoteView {
    /// Whose.
    pub by: PersonRef,
    /// Whether they authorise it.
    pub yes: bool,
    /// Why; null when it was erased.
    pub text: Option<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// An incident that a change caused.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ChangeIncident {
    /// Which.
    pub id: IncidentId,
    /// Its number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub state: IncidentState,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
}

/// A change with its plans, its votes and what was done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ChangeDetail {
    /// The change.
    #[serde(flatten)]
    pub change: ChangeView,
    /// What is done; null when it was erased, or is not for you.
    pub implementation: Option<String>,
    /// How it is taken back.
    pub back_out: Option<String>,
    /// How one sees that it works.
    pub test: Option<String>,
    /// So many must say yes.
    pub quorum: Option<i64>,
    /// Whether you may vote on it now.
    pub may_vote: bool,
    /// The votes of this round, the first first.
    pub votes: Vec<ChangeVoteView>,
    /// Incidents that it caused.
    pub incidents: Vec<ChangeIncident>,
    /// What happened, the first first.
    pub history: Vec<TimelineEntry>,
}

/// How votes look, in the same order.
pub(super) async fn vote_views(sql: &mut dyn Sql, caller: &Caller, votes: Vec<Vote>) -> Result<Vec<ChangeVoteView>, StoreError> {
    let mut wanted = Wanted::default();
    wanted.people.extend(votes.iter().map(|vote| vote.person_id));
    let names = load_names(sql, caller.tenant, &wanted).await?;
    let digests: Vec<String> = votes.iter().map(|vote| vote.text.clone()).collect();
    let texts = ledger::texts(sql, &digests).await?;
    let view = |vote: Vote| ChangeVoteView {
        by: names.person(vote.person_id),
        yes: vote.yes,
        text: texts.get(&vote.text).cloned().flatten(),
        at: vote.at,
    };
    Ok(votes.into_iter().map(view).collect())
}

/// One change with all that belongs to it.
pub(super) async fn detail(sql: &mut dyn Sql, caller: &Caller, change: Change) -> Result<ChangeDetail, StoreError> {
    if caller.scope(Permission::ChangeRead).ok().and_then(|scope| scope.organisation()).is_some() {
        return Ok(ChangeDetail {
            change: view(sql, caller, change).await?,
            implementation: None,
            back_out: None,
            test: None,
            quorum: None,
            may_vote: false,
            votes: Vec::new(),
            incidents: Vec::new(),
            history: Vec::new(),
        });
    }
    let texts = ledger::texts(sql, &change.plans).await?;
    let [implementation, back_out, test] = change.plans.each_ref().map(|digest| texts.get(digest).cloned().flatten());
    let votes = table::votes(sql, change.tenant, change.id, change.round).await?;
    let electorate = vote::electorate(sql, &change).await?;
    let admitted = caller.person.is_some_and(|person| electorate.admits(person, change.author_id));
    let incidents = store::incidents(sql, change.tenant, change.id).await?;
    let incidents = incident::find_all(sql, change.tenant, &incidents)
        .await?
        .into_iter()
        .map(|incident| ChangeIncident {
            id: incident.id,
            number: incident.number,
            title: title::in_language(&incident.title, caller.language).to_owned(),
            state: incident.state,
            opened_at: incident.opened_at,
        })
        .collect();
    let events = ledger::events_of(sql, change.tenant, "change", &change.id.to_string()).await?;
    Ok(ChangeDetail {
        implementation,
        back_out,
        test,
        quorum: change.authority.is_some().then(|| i64::try_from(electorate.quorum).unwrap_or(i64::MAX)),
        may_vote: admitted && caller.may(Permission::ChangeAuthorise) && change.is_voted_on(),
        votes: vote_views(sql, caller, votes).await?,
        incidents,
        history: entries(sql, caller, &events, said).await?,
        change: view(sql, caller, change).await?,
    })
}

/// The digest of what was said with an event.
fn said(event: &Event) -> Result<Option<String>, StoreError> {
    fn of<B: Body>(event: &Event, text: impl FnOnce(B) -> Option<String>) -> Result<Option<String>, StoreError> {
        Ok(event.read::<B>().transpose()?.and_then(text))
    }
    match event.kind.as_str() {
        ChangeDrafted::KIND => of(event, |body: ChangeDrafted| Some(body.title)),
        ChangeTransitioned::KIND => of(event, |body: ChangeTransitioned| body.text),
        ChangeMoved::KIND => of(event, |body: ChangeMoved| body.text),
        ConflictAcknowledged::KIND => of(event, |body: ConflictAcknowledged| Some(body.text)),
        ChangeVoted::KIND => of(event, |body: ChangeVoted| Some(body.text)),
        _ => Ok(None),
    }
}
