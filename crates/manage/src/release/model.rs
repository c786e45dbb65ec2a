//! A release as it stands: the row that its events add up to.

use evenkeel_core::{
    event::release::ReleaseContent,
    id::{OrganisationId, PersonId, ReleaseId, ServiceId, TenantId},
    state::{ReleaseState, StageState},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::change::Touched;

/// How far a stage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Where it stands.
    pub state: StageState,
    /// When it began.
    pub began_at: Option<Timestamp>,
    /// Since when it is watched: it began then, or went on.
    pub watched_since: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Progress {
    /// One that has not begun.
    pub const WAITING: Self = Self { state: StageState::Waiting, began_at: None, watched_since: None, ended_at: None };
}

/// A release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Whose data.
    pub tenant: TenantId,
    /// Its id.
    pub id: ReleaseId,
    /// The short number (REL-1001 is 1001).
    pub number: i64,
    /// Grows by one with every change of it; what `If-Match` names.
    pub version: i64,
    /// The title; empty when it is erased.
    pub title: String,
    /// Its digest in the ledger's text table.
    pub title_digest: String,
    /// Who planned it.
    pub author_id: PersonId,
    /// Where it stands.
    pub state: ReleaseState,
    /// What is in it.
    pub content: ReleaseContent,
    pub(super) services: Vec<Touched>,
    /// Of each stage of the content, in the same order.
    pub progress: Vec<Progress>,
    /// Who said that it is built.
    pub builder_id: Option<PersonId>,
    /// Who approved it.
    pub approver_id: Option<PersonId>,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// When it was built last.
    pub built_at: Option<Timestamp>,
    /// When it was approved.
    pub approved_at: Option<Timestamp>,
    /// When its roll-out began.
    pub started_at: Option<Timestamp>,
    /// When it was verified or taken back.
    pub ended_at: Option<Timestamp>,
    /// Whether it was taken back.
    pub rolled_back: bool,
    /// When it was closed or cancelled.
    pub closed_at: Option<Timestamp>,
}

impl Release {
    /// Whose it is: customers and vendors of the services it touches.
    pub fn organisations(&self) -> Vec<Option<OrganisationId>> {
        self.services.iter().flat_map(|touched| [touched.organisation_id, touched.team_organisation_id]).collect()
    }

    /// The services it touches.
    pub fn service_ids(&self) -> Vec<ServiceId> {
        self.services.iter().map(|touched| touched.service_id).collect()
    }

    /// How many of its stages are over.
    pub fn stages_done(&self) -> usize {
        self.progress.iter().filter(|stage| stage.state == StageState::Done).count()
    }
}
