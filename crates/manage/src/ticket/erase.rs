//! Erasing what people wrote on tickets: the words go for good, from the ledger's text store and from the rows that repeat
//! them; events, hashes and seals stay as they are, and one more event says who erased which digest and why.

use std::collections::{BTreeSet, HashMap};

use evenkeel_api::{Grant, Permission};
use evenkeel_core::{
    Actor, ActorKind,
    event::{
        Body, Event, NewEvent,
        change::{ChangeDrafted, ChangeEdited, ChangeMoved, ChangeTransitioned, ChangeVoted, ConflictAcknowledged},
        desk::{ChecklistAdded, TimeRecorded},
        follow_up::FollowUpAdded,
        knowledge::ArticleDrafted,
        manage::{IncidentOpened, Located, Noted, TextErased},
        problem::{ProblemFollowUpAdded, ProblemOpened, ProblemTransitioned},
        release::{ReleaseContent, ReleaseEdited, ReleasePlanned, ReleaseStageMoved, ReleaseTransitioned},
        request::{ApprovalAnswered, RatingAnswered, RequestNoted, RequestRated, RequestSubmitted},
        review::{ReviewEdited, ReviewTransitioned},
        voice::{
            ComplaintRegistered, ComplaintTransitioned, GrievanceHeard, GrievanceTransitioned, InsightMade, ReplyWritten,
            SurveyAskTransitioned, VoiceActionAdded,
        },
    },
    id::{IncidentId, PersonId, TenantId},
};
use evenkeel_store::{Sql, StoreError, Tx, ledger, params};
use jiff::Timestamp;

use crate::{change, follow_up, incident, problem, release};

/// Events read at once.
const PAGE: i64 = 1_000;
/// The kinds of event that carry digests of texts: those of [`digests`].
const KINDS: [&str; 35] = [
    IncidentOpened::KIND,
    Noted::KIND,
    Located::KIND,
    ProblemOpened::KIND,
    ProblemTransitioned::KIND,
    ProblemFollowUpAdded::KIND,
    FollowUpAdded::KIND,
    ReviewEdited::KIND,
    ReviewTransitioned::KIND,
    ChangeDrafted::KIND,
    ChangeEdited::KIND,
    ChangeTransitioned::KIND,
    ChangeMoved::KIND,
    ConflictAcknowledged::KIND,
    ChangeVoted::KIND,
    ReleasePlanned::KIND,
    ReleaseEdited::KIND,
    ReleaseTransitioned::KIND,
    ReleaseStageMoved::KIND,
    RequestSubmitted::KIND,
    RequestNoted::KIND,
    ApprovalAnswered::KIND,
    RequestRated::KIND,
    RatingAnswered::KIND,
    ArticleDrafted::KIND,
    GrievanceHeard::KIND,
    GrievanceTransitioned::KIND,
    ComplaintRegistered::KIND,
    ComplaintTransitioned::KIND,
    ReplyWritten::KIND,
    SurveyAskTransitioned::KIND,
    InsightMade::KIND,
    VoiceActionAdded::KIND,
    ChecklistAdded::KIND,
    TimeRecorded::KIND,
];

/// Which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Those under these digests.
    Digests(BTreeSet<String>),
    /// All on one incident.
    Incident(IncidentId),
    /// All that one person wrote.
    Author(PersonId),
    /// All that contain this, whatever the case.
    Containing(String),
}

/// Words that are still there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Under which they lie.
    pub digest: String,
    /// The words.
    pub text: String,
    /// The event that carries the digest.
    pub seq: i64,
    /// Its kind.
    pub kind: String,
    /// When it happened.
    pub at: Timestamp,
    /// The ticket they are on: `INC-1042`.
    pub ticket: String,
}

/// The words that `which` names and that were not erased yet, in the order in which they were written.
///
/// # Errors
/// As any statement.
pub async fn written(sql: &mut dyn Sql, tenant: TenantId, which: &Which) -> Result<Vec<Words>, StoreError> {
    let mut all = Vec::new();
    if let Which::Incident(id) = which {
        let events = ledger::events_of(sql, tenant, "incident", &id.to_string()).await?;
        page(sql, tenant, which, &events, &mut all).await?;
        return Ok(all);
    }
    let horizon = ledger::horizon(sql).await?;
    let mut after = 0;
    loop {
        let events = ledger::scan(sql, Some(tenant), after, horizon, PAGE, &KINDS).await?;
        let Some(last) = events.last() else { return Ok(all) };
        after = last.seq;
        page(sql, tenant, which, &events, &mut all).await?;
    }
}

async fn page(sql: &mut dyn Sql, tenant: TenantId, which: &Which, events: &[Event], all: &mut Vec<Words>) -> Result<(), StoreError> {
    let by_author = |event: &Event| match which {
        Which::Author(person) => event.actor.kind == ActorKind::Person && event.actor.id == person.to_string(),
        _ => true,
    };
    let mut carried = Vec::new();
    for event in events.iter().filter(|event| by_author(event)) {
        for digest in digests(event)? {
            if !matches!(which, Which::Digests(wanted) if !wanted.contains(&digest)) {
                carried.push((event, digest));
            }
        }
    }
    let all_digests: Vec<String> = carried.iter().map(|(_, digest)| digest.clone()).collect();
    let mut texts: HashMap<String, Option<String>> = ledger::texts(sql, &all_digests).await?;
    for (event, digest) in carried {
        let Some(text) = texts.remove(&digest).flatten() else { continue };
        if matches!(which, Which::Containing(part) if !text.to_lowercase().contains(&part.to_lowercase())) {
            continue;
        }
        let ticket = tag(sql, tenant, event).await?;
        all.push(Words { digest, text, seq: event.seq, kind: event.kind.clone(), at: event.occurred_at, ticket });
    }
    Ok(())
}

/// The ticket that an event is about, as people name it.
async fn tag(sql: &mut dyn Sql, tenant: TenantId, event: &Event) -> Result<String, StoreError> {
    let (table, prefix) = match event.subject.kind.as_str() {
        "incident" => ("incident", "INC"),
        "problem" => ("problem", "PRB"),
        "request" => ("request", "REQ"),
        "review" => ("review", "REV"),
        "article" => ("article", "KB"),
        "change" => ("change", "CHG"),
        "release" => ("release", "REL"),
        "grievance" => ("grievance", "GRV"),
        "complaint" => ("complaint", "CPL"),
        // They have no number.
        kind @ ("survey_ask" | "insight" | "follow_up" | "time_entry") => return Ok(format!("{kind} {}", event.subject.id)),
        other => return Err(StoreError::Corrupt(format!("event {} is about a {other}, which is no ticket", event.seq))),
    };
    let text = format!("SELECT number FROM {table} WHERE tenant_id = $1 AND id = $2");
    let row = sql.row(&text, params![tenant, &event.subject.id]).await?;
    Ok(format!("{prefix}-{}", row.map_or(Ok(0), |row| row.int("number"))?))
}

/// The digests that an event carries.
fn digests(event: &Event) -> Result<Vec<String>, StoreError> {
    fn of<B: Body>(event: &Event, digests: impl FnOnce(B) -> Vec<Option<String>>) -> Result<Vec<String>, StoreError> {
        let body = event.read::<B>().transpose()?;
        Ok(body.map(digests).unwrap_or_default().into_iter().flatten().collect())
    }
    match event.kind.as_str() {
        IncidentOpened::KIND => of(event, |body: IncidentOpened| vec![Some(body.title)]),
        Noted::KIND => of(event, |body: Noted| vec![Some(body.text)]),
        Located::KIND => of(event, |body: Located| vec![body.text]),
        ProblemOpened::KIND => of(event, |body: ProblemOpened| vec![Some(body.title)]),
        ProblemTransitioned::KIND => of(event, |body: ProblemTransitioned| vec![body.text, body.workaround]),
        ProblemFollowUpAdded::KIND => of(event, |body: ProblemFollowUpAdded| vec![Some(body.text)]),
        FollowUpAdded::KIND => of(event, |body: FollowUpAdded| vec![Some(body.text)]),
        ReviewEdited::KIND => of(event, |body: ReviewEdited| body.edit.digests()),
        ReviewTransitioned::KIND => of(event, |body: ReviewTransitioned| vec![body.text]),
        ChangeDrafted::KIND => of(event, |body: ChangeDrafted| body.plans.into_iter().chain([body.title]).map(Some).collect()),
        ChangeEdited::KIND => of(event, |body: ChangeEdited| body.plans.into_iter().chain([body.title]).map(Some).collect()),
        ChangeTransitioned::KIND => of(event, |body: ChangeTransitioned| vec![body.text]),
        ChangeMoved::KIND => of(event, |body: ChangeMoved| vec![body.text]),
        ConflictAcknowledged::KIND => of(event, |body: ConflictAcknowledged| vec![Some(body.text)]),
        ChangeVoted::KIND => of(event, |body: ChangeVoted| vec![Some(body.text)]),
        ReleasePlanned::KIND => of(event, |body: ReleasePlanned| release_words(&body.content, body.title)),
        ReleaseEdited::KIND => of(event, |body: ReleaseEdited| release_words(&body.content, body.title)),
        ReleaseTransitioned::KIND => of(event, |body: ReleaseTransitioned| vec![body.text, body.outcome]),
        ReleaseStageMoved::KIND => of(event, |body: ReleaseStageMoved| vec![body.text]),
        RequestSubmitted::KIND => of(event, |body: RequestSubmitted| vec![Some(body.answers)]),
        RequestNoted::KIND => of(event, |body: RequestNoted| vec![Some(body.text)]),
        ApprovalAnswered::KIND => of(event, |body: ApprovalAnswered| vec![body.text]),
        RequestRated::KIND => of(event, |body: RequestRated| vec![body.text]),
        RatingAnswered::KIND => of(event, |body: RatingAnswered| vec![Some(body.text)]),
        ArticleDrafted::KIND => of(event, |body: ArticleDrafted| vec![Some(body.title), Some(body.body)]),
        GrievanceHeard::KIND => of(event, |body: GrievanceHeard| vec![Some(body.about.text)]),
        GrievanceTransitioned::KIND => of(event, |body: GrievanceTransitioned| vec![body.text]),
        ComplaintRegistered::KIND => of(event, |body: ComplaintRegistered| vec![Some(body.about.text)]),
        ComplaintTransitioned::KIND => of(event, |body: ComplaintTransitioned| vec![body.text]),
        ReplyWritten::KIND => of(event, |body: ReplyWritten| vec![Some(body.text)]),
        SurveyAskTransitioned::KIND => of(event, |body: SurveyAskTransitioned| vec![body.answers]),
        InsightMade::KIND => of(event, |body: InsightMade| vec![Some(body.text)]),
        VoiceActionAdded::KIND => of(event, |body: VoiceActionAdded| vec![Some(body.text)]),
        ChecklistAdded::KIND => of(event, |body: ChecklistAdded| vec![Some(body.text)]),
        TimeRecorded::KIND => of(event, |body: TimeRecorded| vec![body.text]),
        _ => Ok(Vec::new()),
    }
}

fn release_words(content: &ReleaseContent, title: String) -> Vec<Option<String>> {
    content.digests().into_iter().chain([title]).map(Some).collect()
}

/// Erases words by their digest, also where rows repeat them. Events and their hashes stay. Answers whether there were such
/// words.
///
/// # Errors
/// As any statement.
pub async fn erase_text(tx: &mut Tx, _grant: &Grant, tenant: TenantId, digest: &str) -> Result<bool, StoreError> {
    incident::erase_rows(tx, tenant, digest).await?;
    problem::erase_rows(tx, tenant, digest).await?;
    follow_up::erase_rows(tx, tenant, digest).await?;
    change::erase_rows(tx, tenant, digest).await?;
    release::erase_rows(tx, tenant, digest).await?;
    tx.erase_text(tenant, digest).await
}

/// Erases words for good and says so in the ledger; whether they were still there. `reason` is a code.
///
/// # Errors
/// As any statement.
pub async fn erase(tx: &mut Tx, grant: &Grant, tenant: TenantId, actor: &Actor, reason: &str, words: &Words) -> Result<bool, StoreError> {
    debug_assert_eq!(grant.permission(), Permission::IncidentWrite);
    if !erase_text(tx, grant, tenant, &words.digest).await? {
        return Ok(false);
    }
    let erased = TextErased { digest: words.digest.clone(), seq: words.seq, incident_id: None, reason: reason.to_owned() };
    let event = NewEvent::of(tenant, tx.now(), actor.clone(), "erase", &words.digest, &erased)?;
    tx.append(&event).await?;
    Ok(true)
}
