//! What is in a release, as somebody writes it: checked, its words kept.

use std::collections::BTreeSet;

use evenkeel_api::{ApiResult, Caller, Permission, Problem as Answer};
use evenkeel_core::{
    Failure,
    event::release::{Artefact, ReleaseContent, StagePlan},
    id::{ChangeId, ProblemId, ReleaseId, RequestId, ServiceId, TenantId},
};
use evenkeel_store::Tx;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use super::table;
use crate::{
    change::{self, Touched},
    problem, refuse, request,
    ticket::words,
};

/// The most of each thing that one release names.
const MOST: usize = 100;
/// The most stages.
const STAGES_MAX: usize = 20;
/// The most characters of a name, a version, a digest or a target.
const NAME_CHARS_MAX: usize = 200;
/// The longest time a stage is watched: a fortnight.
const WATCH_MINS_MAX: i64 = 14 * 24 * 60;

/// A stage, as it is planned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReleaseStageRequest)]
pub(super) struct StageRequest {
    /// Its name: `canary`.
    name: String,
    /// Whom or what it reaches: a share, a region.
    #[serde(default)]
    target: Option<String>,
    /// What must hold before it ends.
    #[serde(default)]
    gate: Option<String>,
    /// It is watched for so many minutes before it may end.
    #[serde(default)]
    watch_mins: i64,
    /// When it is to begin, where that is known.
    #[serde(default)]
    from: Option<Timestamp>,
    /// When it is to be over; wants `from`.
    #[serde(default)]
    to: Option<Timestamp>,
}

/// What is in a release.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseRequest {
    /// What it brings, in a line.
    pub title: String,
    /// The version that people will speak of: `4.2.0`.
    name: String,
    /// The services it touches; those of its changes come with them.
    services: Vec<ServiceId>,
    /// What was built.
    #[serde(default)]
    artefacts: Vec<Artefact>,
    /// The changes it carries.
    #[serde(default)]
    changes: Vec<ChangeId>,
    /// The problems it settles.
    #[serde(default)]
    problems: Vec<ProblemId>,
    /// The requests it settles.
    #[serde(default)]
    requests: Vec<RequestId>,
    /// How it is rolled out, the first first.
    #[serde(default)]
    stages: Vec<StageRequest>,
    /// How it is taken back; there is no approval without it.
    #[serde(default)]
    roll_back: Option<String>,
    /// What shows that it was tested.
    #[serde(default)]
    evidence: Option<String>,
    /// What its users are told, in Chinese.
    #[serde(default)]
    notes_zh: Option<String>,
    /// The same in English.
    #[serde(default)]
    notes_en: Option<String>,
}

fn most(place: &str, count: usize, max: usize) -> Result<(), Failure> {
    if count > max {
        return Err(refuse::invalid(place, format!("{max} at most; here are {count}")));
    }
    Ok(())
}

fn short(place: &str, text: &str) -> Result<String, Failure> {
    let text = evenkeel_core::title::plain(text);
    let chars = text.chars().count();
    if chars == 0 || chars > NAME_CHARS_MAX {
        return Err(refuse::invalid(place, format!("write 1 to {NAME_CHARS_MAX} characters; here are {chars}")));
    }
    Ok(text)
}

/// An artefact that can be told from another one, and whose address gives nothing away.
fn artefact(at: usize, given: &Artefact) -> Result<Artefact, Failure> {
    let place = |field: &str| format!("/artefacts/{at}/{field}");
    let digest = short(&place("digest"), &given.digest)?;
    if !digest.split_once(':').is_some_and(|(by, of)| !by.is_empty() && of.len() >= 32 && of.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        return Err(refuse::invalid(&place("digest"), "write the algorithm and at least 32 hexadecimal digits: sha256:0123…"));
    }
    let lies = short(&place("place"), &given.place)?;
    let authority = lies.split_once("://").map_or(lies.as_str(), |(_, rest)| rest).split('/').next().unwrap_or_default();
    if authority.split_once('@').is_some_and(|(user, _)| user.contains(':')) {
        return Err(refuse::invalid(&place("place"), "an address with a password in it is read by everybody who reads the release"));
    }
    Ok(Artefact { name: short(&place("name"), &given.name)?, version: short(&place("version"), &given.version)?, digest, place: lies })
}

async fn said(tx: &mut Tx, tenant: TenantId, place: &str, text: Option<&str>) -> ApiResult<Option<String>> {
    match text.filter(|text| !text.trim().is_empty()) {
        Some(text) => Ok(Some(tx.put_text(tenant, words::text_at(place, text)?).await?)),
        None => Ok(None),
    }
}

async fn stage(tx: &mut Tx, tenant: TenantId, at: usize, given: &StageRequest) -> ApiResult<StagePlan> {
    let place = |field: &str| format!("/stages/{at}/{field}");
    if !(0..=WATCH_MINS_MAX).contains(&given.watch_mins) {
        return Err(refuse::invalid(&place("watch_mins"), format!("write 0 to {WATCH_MINS_MAX} minutes")).into());
    }
    let (from, to) = (given.from.map(evenkeel_core::time::truncate), given.to.map(evenkeel_core::time::truncate));
    let wrong = match (from, to) {
        (Some(from), Some(to)) => from >= to,
        (from, to) => from.is_some() || to.is_some(),
    };
    if wrong {
        return Err(refuse::invalid(&place("to"), "a stage that has a time has both, and ends after it begins").into());
    }
    let target = match given.target.as_deref().filter(|target| !target.trim().is_empty()) {
        Some(target) => Some(tx.put_text(tenant, &short(&place("target"), target)?).await?),
        None => None,
    };
    Ok(StagePlan {
        name: tx.put_text(tenant, &short(&place("name"), &given.name)?).await?,
        target,
        gate: said(tx, tenant, &place("gate"), given.gate.as_deref()).await?,
        watch_secs: given.watch_mins * 60,
        from,
        to,
    })
}

fn once<T: Copy + Ord>(ids: &[T]) -> Vec<T> {
    ids.iter().copied().collect::<BTreeSet<T>>().into_iter().collect()
}

/// The content that is asked for, and the services it touches. `own` is the release itself, where there is one already.
///
/// # Errors
/// A refusal that names what cannot be; 404 for what the caller does not see.
pub(super) async fn of(
    tx: &mut Tx,
    caller: &Caller,
    own: Option<ReleaseId>,
    asked: &ReleaseRequest,
) -> ApiResult<(ReleaseContent, Vec<Touched>)> {
    let tenant = caller.tenant;
    most("/artefacts", asked.artefacts.len(), MOST)?;
    most("/changes", asked.changes.len(), MOST)?;
    most("/problems", asked.problems.len(), MOST)?;
    most("/requests", asked.requests.len(), MOST)?;
    most("/stages", asked.stages.len(), STAGES_MAX)?;
    let mut services: Vec<ServiceId> = asked.services.clone();
    let changes = once(&asked.changes);
    if !changes.is_empty() {
        caller.require(Permission::ChangeRead)?;
    }
    for id in &changes {
        let found = change::find_held(tx, tenant, *id).await?.ok_or_else(|| Answer::not_found("change", id))?;
        // What was reviewed is over, also before it is closed.
        if !found.state.is_open() || found.outcome.is_some() {
            return Err(refuse::invalid("/changes", format!("CHG-{} is {}: nothing carries it any more", found.number, found.state)).into());
        }
        if let Some(other) = table::carriers(tx, tenant, *id).await?.iter().find(|one| Some(one.id) != own && one.state.carries()) {
            return Err(refuse::invalid("/changes", format!("CHG-{} is carried by REL-{} already", found.number, other.number)).into());
        }
        services.extend(found.service_ids());
    }
    let (problems, requests) = (once(&asked.problems), once(&asked.requests));
    settled(tx, caller, &problems, &requests).await?;
    let touched = change::touched(tx, tenant, &services).await?;
    let mut artefacts = Vec::with_capacity(asked.artefacts.len());
    for (at, given) in asked.artefacts.iter().enumerate() {
        artefacts.push(artefact(at, given)?);
    }
    let mut stages = Vec::with_capacity(asked.stages.len());
    for (at, given) in asked.stages.iter().enumerate() {
        stages.push(stage(tx, tenant, at, given).await?);
    }
    let content = ReleaseContent {
        name: short("/name", &asked.name)?,
        artefacts,
        services: touched.iter().map(|touched| touched.service_id).collect(),
        changes,
        problems,
        requests,
        stages,
        roll_back: said(tx, tenant, "/roll_back", asked.roll_back.as_deref()).await?,
        evidence: said(tx, tenant, "/evidence", asked.evidence.as_deref()).await?,
        notes_zh: said(tx, tenant, "/notes_zh", asked.notes_zh.as_deref()).await?,
        notes_en: said(tx, tenant, "/notes_en", asked.notes_en.as_deref()).await?,
    };
    Ok((content, touched))
}

async fn settled(tx: &mut Tx, caller: &Caller, problems: &[ProblemId], requests: &[RequestId]) -> ApiResult<()> {
    if !problems.is_empty() {
        caller.require(Permission::ProblemRead)?;
    }
    for id in problems {
        problem::find(tx, caller.tenant, *id).await?.ok_or_else(|| Answer::not_found("problem", id))?;
    }
    for id in requests {
        if !request::shows(tx, caller, *id).await? {
            return Err(Answer::not_found("request", id));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn given(digest: &str, place: &str) -> Result<Artefact, Failure> {
        artefact(0, &Artefact { name: "shop".into(), version: "4.2".into(), digest: digest.into(), place: place.into() })
    }

    #[test]
    fn an_artefact_is_told_by_its_digest_and_its_address_gives_nothing_away() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        assert!(given(&digest, "oci://registry.example/shop:4.2").is_ok());
        assert!(given(&digest, "https://builds@files.example/a").is_ok(), "a name alone is no secret");
        assert_eq!(given(&digest, "https://me:secret@files.example/a").unwrap_err().at.as_deref(), Some("/artefacts/0/place"));
        for wrong in ["4.2", "sha256:short", "sha256:zz0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a", ":0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"] {
            assert_eq!(given(wrong, "x").unwrap_err().at.as_deref(), Some("/artefacts/0/digest"), "{wrong}");
        }
    }
}
