//! The noise review as it is answered.

use evenkeel_core::{
    definition::Bilingual,
    id::{IncidentId, PersonId, ServiceId, TeamId},
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    case::Verdict,
    figures::Figures,
    suggest::{Backtest, Change},
};

/// A rule or probe.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoiseSource {
    /// What its rows are asked by.
    pub key: String,
    /// `probe`, `rule`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The service that suffers.
    pub service_id: ServiceId,
    /// That service's name.
    pub service: Bilingual,
    /// What it comes to.
    pub figures: Figures,
}

/// A team.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoiseTeam {
    /// Which.
    pub id: TeamId,
    /// Its name.
    pub display: Bilingual,
    /// Where its nights are.
    pub zone: String,
    /// What it comes to: incidents of which it was paged.
    pub figures: Figures,
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoisePerson {
    /// Who.
    pub id: PersonId,
    /// Their name.
    pub display: String,
    /// What it comes to: incidents of which they were paged.
    pub figures: Figures,
}

/// A suggestion.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoiseSuggestion {
    /// The same for the same suggestion.
    pub id: String,
    /// What it is about.
    pub key: String,
    /// `probe`, `rule`.
    pub source_kind: String,
    /// Its name.
    pub name: String,
    /// The service that suffers.
    pub service_id: ServiceId,
    /// That service's name.
    pub service: Bilingual,
    /// What could be changed.
    pub change: Change,
    /// What it would have done to the period.
    pub backtest: Backtest,
    /// Who does not want it, when, and why; null while nobody has said so.
    pub dismissed: Option<NoiseDismissal>,
}

/// Somebody does not want a suggestion.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoiseDismissal {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Option<PersonId>,
    /// Their name.
    pub display: String,
    /// Why; null when it was erased.
    pub reason: Option<String>,
}

/// The noise review of a period.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoiseReview {
    /// Inclusive.
    pub from: Timestamp,
    /// Exclusive.
    pub to: Timestamp,
    /// All of it.
    pub total: Figures,
    /// Rules and probes, the most pages first.
    pub sources: Vec<NoiseSource>,
    /// Teams, the most pages first.
    pub teams: Vec<NoiseTeam>,
    /// People, the most pages first.
    pub people: Vec<NoisePerson>,
    /// What could page less, what spares most first; those that somebody dismissed last.
    pub suggestions: Vec<NoiseSuggestion>,
}

/// An incident behind the figures.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoiseRow {
    /// Which.
    pub incident_id: IncidentId,
    /// `INC-1042` is 1042.
    pub number: i64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What opened it.
    pub name: String,
    /// What came of it.
    pub verdict: Verdict,
    /// Pages about it.
    pub pages: i64,
    /// Of these, at night.
    pub night_pages: i64,
    /// From the first page to the answer, seconds.
    pub answered_secs: Option<i64>,
    /// How long its alerts lasted after they fired, seconds; null = one still fires.
    pub lasted_secs: Option<i64>,
    /// The events it stands on.
    pub event_seqs: Vec<i64>,
}
