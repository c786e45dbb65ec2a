//! What is said of releases: a version of something, with the changes it carries, that is rolled out in stages.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::body;
use crate::{
    id::{ChangeId, ProblemId, RequestId, ServiceId},
    state::{ReleaseState, StageState},
};

/// Something that was built, and what proves that it is the same one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Artefact {
    /// Its name: `shop-web`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its digest, with the algorithm: `sha256:…`.
    pub digest: String,
    /// Where it lies: an address without a password in it.
    pub place: String,
}

/// One stage of a roll-out. Its words lie in the ledger's text table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagePlan {
    /// Digest of the name.
    pub name: String,
    /// Digest of whom or what it reaches: a share, a region.
    pub target: Option<String>,
    /// Digest of what must hold before it ends.
    pub gate: Option<String>,
    /// It is watched for so long before it may end.
    pub watch_secs: i64,
    /// When it is to begin, where that is known.
    pub from: Option<Timestamp>,
    /// When it is to be over.
    pub to: Option<Timestamp>,
}

/// What is in a release. Words are digests in the ledger's text table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseContent {
    /// The version that people will speak of: `4.2.0`.
    pub name: String,
    /// What was built.
    pub artefacts: Vec<Artefact>,
    /// The services it touches, those of its changes with them.
    pub services: Vec<ServiceId>,
    /// The changes it carries.
    pub changes: Vec<ChangeId>,
    /// The problems it settles.
    pub problems: Vec<ProblemId>,
    /// The requests it settles.
    pub requests: Vec<RequestId>,
    /// How it is rolled out, the first first.
    pub stages: Vec<StagePlan>,
    /// How it is taken back; there is no approval without it.
    pub roll_back: Option<String>,
    /// What shows that it was tested.
    pub evidence: Option<String>,
    /// What its users are told, in Chinese.
    pub notes_zh: Option<String>,
    /// The same in English.
    pub notes_en: Option<String>,
}

impl ReleaseContent {
    /// The digests of its words.
    pub fn digests(&self) -> Vec<String> {
        let stages = self.stages.iter().flat_map(|stage| [Some(&stage.name), stage.target.as_ref(), stage.gate.as_ref()]);
        let own = [&self.roll_back, &self.evidence, &self.notes_zh, &self.notes_en].map(Option::as_ref);
        stages.chain(own).flatten().cloned().collect()
    }
}

/// Somebody plans a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasePlanned {
    /// The short number (REL-1001 is 1001).
    pub number: i64,
    /// Digest of the title.
    pub title: String,
    /// What is in it.
    pub content: ReleaseContent,
}
body!(ReleasePlanned, "release.planned", "release");

/// It was written anew, before it was built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseEdited {
    /// Digest of the title.
    pub title: String,
    /// What is in it.
    pub content: ReleaseContent,
}
body!(ReleaseEdited, "release.edited", "release");

/// The state changed along an allowed edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseTransitioned {
    /// From.
    pub from: ReleaseState,
    /// To.
    pub to: ReleaseState,
    /// Digest of what was said, or why.
    pub text: Option<String>,
    /// Digest of how things were afterwards, of one that was rolled back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}
body!(ReleaseTransitioned, "release.transitioned", "release");

/// A stage began, ended, was halted or went on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseStageMoved {
    /// Which, the first is 1.
    pub stage: u32,
    /// From.
    pub from: StageState,
    /// To.
    pub to: StageState,
    /// Digest of what was seen, or why.
    pub text: Option<String>,
    /// So many incidents of its services were opened since it began, and were open.
    pub open_incidents: i64,
}
body!(ReleaseStageMoved, "release.stage_moved", "release");
