//! The story as it is told: the lines of the ledger with what people made of them, the lines they added, what contributed.

use std::collections::{HashMap, hash_map::Entry};

use evenkeel_api::{Caller, Scope};
use evenkeel_core::{
    event::{
        Body as _, Event,
        change::ChangeTransitioned,
        review::{Content, Evidence},
    },
    id::{FactorId, ReviewLineId},
};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::Review;
use crate::{
    cause::{self, CausesDefinition, TermView},
    change::{Beside, beside},
    incident,
    knowledge::html,
    ticket::timeline::{TimelineEntry, entries},
};

/// Markdown, as written and as drawn.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReviewText)]
pub(super) struct TextView {
    /// As written.
    pub text: String,
    /// As HTML that can do nothing.
    pub html: String,
}

/// The story in words; null = not written, or erased.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReviewStory)]
pub(super) struct StoryView {
    /// What happened, in short.
    pub summary: Option<TextView>,
    /// What went well.
    pub went_well: Option<TextView>,
    /// What did not.
    pub went_badly: Option<TextView>,
    /// Where we were lucky.
    pub lucky: Option<TextView>,
}

/// A line of the story.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "from", rename_all = "snake_case")]
#[schema(as = ReviewLine)]
pub(super) enum LineView {
    /// The ledger has it.
    Ledger {
        /// What it says.
        entry: Box<TimelineEntry>,
        /// Whether it is left out of the story.
        hidden: bool,
        /// What is to be said of it.
        comment: Option<String>,
    },
    /// Somebody added it.
    Hand {
        /// Which.
        id: ReviewLineId,
        /// When it happened.
        #[schema(value_type = String, format = DateTime)]
        at: Timestamp,
        /// What happened; empty when it was erased.
        text: String,
    },
}

impl LineView {
    fn at(&self) -> Timestamp {
        match self {
            Self::Ledger { entry, .. } => entry.at,
            Self::Hand { at, .. } => *at,
        }
    }
}

/// What shows that a factor contributed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = ReviewEvidence)]
pub(super) enum EvidenceView {
    /// An event of the ledger.
    Event {
        /// Its position.
        seq: i64,
    },
    /// A place in the web.
    Link {
        /// Its address.
        url: String,
    },
    /// Words.
    Text {
        /// Which; empty when they were erased.
        text: String,
    },
}

/// Something that contributed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReviewFactor)]
pub(super) struct FactorView {
    /// Which.
    pub id: FactorId,
    /// Whether it is the primary one.
    pub primary: bool,
    /// The bone of the fishbone.
    pub bone: TermView,
    /// The cause.
    pub cause: TermView,
    /// What shows it.
    pub evidence: EvidenceView,
}

/// The story.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReviewTold)]
pub(super) struct Told {
    /// In words.
    pub story: StoryView,
    /// What happened, the first first.
    pub lines: Vec<LineView>,
    /// What contributed.
    pub factors: Vec<FactorView>,
}

/// The lines that the ledger has now: those of the incident and its pages, and the steps of changes beside it.
pub(super) async fn events(sql: &mut dyn Sql, review: &Review, now: Timestamp) -> Result<Vec<Event>, StoreError> {
    let Some(incident) = incident::find(sql, review.tenant, review.incident_id).await? else { return Ok(Vec::new()) };
    let mut all = incident::story(sql, review.tenant, review.incident_id).await?;
    let Beside { caused_by, recent } = beside(sql, &incident, Scope::All, now).await?;
    for change in caused_by.into_iter().chain(recent) {
        let steps = ledger::events_of(sql, review.tenant, "change", &change.id.to_string()).await?;
        all.extend(steps.into_iter().filter(|event| event.kind == ChangeTransitioned::KIND));
    }
    all.sort_by_key(|event| (event.occurred_at, event.seq));
    Ok(all)
}

/// The digest of the words that go with a line.
fn digest_of(event: &Event) -> Result<Option<String>, StoreError> {
    event.read::<ChangeTransitioned>().map_or_else(|| incident::digest_of(event), |body| Ok(body?.text))
}

/// The story that this content tells with these lines of the ledger.
pub(super) async fn told(sql: &mut dyn Sql, caller: &Caller, content: &Content, events: &[Event]) -> Result<Told, StoreError> {
    let mut digests: Vec<String> = [&content.story.summary, &content.story.went_well, &content.story.went_badly, &content.story.lucky]
        .into_iter()
        .chain(content.marks.values().map(|mark| &mark.comment))
        .flatten()
        .cloned()
        .collect();
    digests.extend(content.lines.iter().map(|line| line.text.clone()));
    digests.extend(content.factors.iter().filter_map(|factor| match &factor.evidence {
        Evidence::Text { text } => Some(text.clone()),
        Evidence::Event { .. } | Evidence::Link { .. } => None,
    }));
    let texts: HashMap<String, Option<String>> = ledger::texts(sql, &digests).await?;
    let text = |digest: &Option<String>| digest.as_ref().and_then(|digest| texts.get(digest).cloned().flatten());
    let drawn = |digest: &Option<String>| text(digest).map(|text| TextView { html: html(&text), text });
    let story = StoryView {
        summary: drawn(&content.story.summary),
        went_well: drawn(&content.story.went_well),
        went_badly: drawn(&content.story.went_badly),
        lucky: drawn(&content.story.lucky),
    };

    let mut lines: Vec<LineView> = entries(sql, caller, events, digest_of)
        .await?
        .into_iter()
        .map(|entry| {
            let mark = content.marks.get(&entry.seq).cloned().unwrap_or_default();
            LineView::Ledger { entry: Box::new(entry), hidden: mark.hidden, comment: text(&mark.comment) }
        })
        .collect();
    lines.extend(content.lines.iter().map(|line| LineView::Hand {
        id: line.id,
        at: line.at,
        text: text(&Some(line.text.clone())).unwrap_or_default(),
    }));
    lines.sort_by_key(LineView::at);

    let mut vocabularies: HashMap<i64, CausesDefinition> = HashMap::new();
    for factor in &content.factors {
        if let Entry::Vacant(unknown) = vocabularies.entry(factor.causes_version) {
            unknown.insert(cause::at(sql, caller.tenant, factor.causes_version).await?);
        }
    }
    let factors = content
        .factors
        .iter()
        .filter_map(|factor| {
            let words = vocabularies.get(&factor.causes_version)?;
            Some(FactorView {
                id: factor.id,
                primary: content.primary == Some(factor.id),
                bone: TermView::of(&words.bones, &factor.bone),
                cause: TermView::of(&words.causes, &factor.cause),
                evidence: match &factor.evidence {
                    Evidence::Event { seq } => EvidenceView::Event { seq: *seq },
                    Evidence::Link { url } => EvidenceView::Link { url: url.clone() },
                    Evidence::Text { text: digest } => EvidenceView::Text { text: text(&Some(digest.clone())).unwrap_or_default() },
                },
            })
        })
        .collect();
    Ok(Told { story, lines, factors })
}
