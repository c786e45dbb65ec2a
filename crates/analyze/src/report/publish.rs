//! Publishing freezes; restating makes another version of what was published.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Path, Permission, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure, Id,
    event::{NewEvent, analyze::ReportPublished},
    id::ReportId,
    state::ReportState,
};
use evenkeel_store::StoreError;

use super::{
    collect::{figures, figures_hash},
    create::{author, plan_of, shown, transition},
    document::Document,
    gather::{gather, world},
    model::{self, Step},
    review::{begin, step},
    row::{self, Change, Report},
    view::{ReportView, authorised, say},
};
use crate::{Analyze, figure::hash::of_text, words::Words};

/// Freezes a report and gives it out. From now on nothing changes it.
#[utoipa::path(post, path = "/api/v1/reports/{id}/publish", operation_id = "report_publish", tag = "report",
    params(("id" = ReportId, Path)), responses((status = 200, body = ReportView), Refusals))]
pub(super) async fn report_publish(
    State(analyze): State<Analyze>,
    caller: Caller,
    if_match: IfMatch,
    Path(id): Path<ReportId>,
) -> ApiResult<Tagged<ReportView>> {
    let (mut tx, report) = begin(&analyze, &caller, Permission::ReportPublish, id, &if_match).await?;
    model::next(report.state, Step::Publish)?;
    let mut document: Document = serde_json::from_str(&row::document(&mut tx, caller.tenant, id).await?)?;
    say(&mut document, &row::texts(&mut tx, id).await?);
    for text in document.sections.iter_mut().filter_map(|section| section.text.as_mut()) {
        both(text);
    }
    if figures_hash(figures(&document.sections)) != report.figures_hash {
        return Err(StoreError::Corrupt(format!("the figures of report {id} are not those that were collected")).into());
    }
    let text = serde_json::to_string(&document)?;
    let hash = of_text(&text);
    let now = tx.now();
    let change = Change { frozen: Some((text, hash.clone(), now)), ..Change::default() };
    let published = step(&mut tx, &caller, &report, Step::Publish, change, None).await?;
    let body = ReportPublished {
        report_id: id,
        version: published.version,
        position: published.position,
        figures_hash: published.figures_hash.clone(),
        document_hash: hash,
        restates: published.restates,
    };
    tx.append(&NewEvent::of(caller.tenant, now, caller.actor.clone(), "api", id, &body)?).await?;
    if let Some(restated) = published.restates {
        let old = authorised(&mut tx, &caller, Permission::ReportPublish, restated).await?;
        let change = Change { superseded_by: Some(id), ..Change::default() };
        step(&mut tx, &caller, &old, Step::Supersede, change, None).await?;
    }
    tx.commit().await?;
    shown(&analyze, &caller, published).await
}

/// What was written in one language only is read in both.
fn both(text: &mut Words) {
    if text.zh.trim().is_empty() {
        text.zh.clone_from(&text.en);
    } else if text.en.trim().is_empty() {
        text.en.clone_from(&text.zh);
    }
}

/// Makes another version of a published report, with what is known now; the differences stand in it. The old one stays
/// as it is, and is superseded when the new one is published.
#[utoipa::path(post, path = "/api/v1/reports/{id}/restate", operation_id = "report_restate", tag = "report",
    params(("id" = ReportId, Path)), responses((status = 200, body = ReportView), Refusals))]
pub(super) async fn report_restate(
    State(analyze): State<Analyze>,
    caller: Caller,
    Path(id): Path<ReportId>,
) -> ApiResult<Tagged<ReportView>> {
    let (old, version) = {
        let mut sql = analyze.kit.db.read().await?;
        let old = authorised(&mut sql, &caller, Permission::ReportPublish, id).await?;
        model::next(old.state, Step::Supersede)?;
        let version = row::next_version(&mut sql, caller.tenant, old.number).await?;
        (old, version)
    };
    if version != old.version + 1 {
        return Err(
            Failure::new(ErrorCode::Duplicate, format!("{} is being restated already, as version {}", old.label(), version - 1)).into()
        );
    }
    let plan = super::collect::Plan { version, ..plan_of(&old) };
    let world = world(&analyze, caller.tenant, &plan.ask.services, plan.ask.to).await?;
    let gathered = gather(world, plan, vec![(*old).clone()]).await?;
    let report = Report {
        id: Id::new(analyze.kit.clock.as_ref(), analyze.kit.rng.as_ref()),
        version,
        state: ReportState::Draft,
        revision: 1,
        created_at: analyze.kit.now(),
        created_by: author(&caller),
        position: gathered.document.position,
        figures_hash: gathered.document.figures_hash.clone(),
        document_hash: None,
        published_at: None,
        restates: Some(id),
        superseded_by: None,
        ..(*old).clone()
    };
    let mut tx = analyze.kit.db.write().await?;
    row::insert(&mut tx, old.grant(), &report, &gathered.text).await?;
    row::copy_texts(&mut tx, old.grant(), id, report.id).await?;
    transition(&mut tx, &caller.actor, &report, None, None).await?;
    tx.commit().await?;
    shown(&analyze, &caller, report).await
}
