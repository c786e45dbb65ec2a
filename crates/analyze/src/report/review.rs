//! Review: submitted, sent back, signed. Whoever wrote a report does not sign it, unless nobody else may.

use axum::extract::State;
use evenkeel_api::{ApiResult, Authorised, Caller, IfMatch, Json, Path, Permission, Refusals, Tagged};
use evenkeel_core::{ErrorCode, Failure, id::ReportId};
use evenkeel_store::Tx;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    create::{author, shown, transition},
    model::{self, Step},
    row::{self, Change, Report},
    view::{ReportView, authorised},
};
use crate::Analyze;

/// What the ledger keeps when somebody had to sign their own report.
const SELF_APPROVED: &str = "self_approved: nobody else may approve";

/// Gives a report to the reviewer.
#[utoipa::path(post, path = "/api/v1/reports/{id}/submit", operation_id = "report_submit", tag = "report",
    params(("id" = ReportId, Path)), responses((status = 200, body = ReportView), Refusals))]
pub(super) async fn report_submit(
    State(analyze): State<Analyze>,
    caller: Caller,
    if_match: IfMatch,
    Path(id): Path<ReportId>,
) -> ApiResult<Tagged<ReportView>> {
    let (mut tx, report) = begin(&analyze, &caller, Permission::ReportWrite, id, &if_match).await?;
    let report = step(&mut tx, &caller, &report, Step::Submit, Change::default(), None).await?;
    tx.commit().await?;
    shown(&analyze, &caller, report).await
}

/// Why it goes back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportRework {
    /// What is to be done; kept as a remark.
    #[serde(default)]
    pub text: Option<String>,
}

/// Sends a report back to be worked on.
#[utoipa::path(post, path = "/api/v1/reports/{id}/rework", operation_id = "report_rework", tag = "report", params(("id" = ReportId, Path)),
    request_body = ReportRework, responses((status = 200, body = ReportView), Refusals))]
pub(super) async fn report_rework(
    State(analyze): State<Analyze>,
    caller: Caller,
    if_match: IfMatch,
    Path(id): Path<ReportId>,
    Json(body): Json<ReportRework>,
) -> ApiResult<Tagged<ReportView>> {
    super::write::bounded(body.text.as_deref().unwrap_or_default())?;
    let (mut tx, report) = begin(&analyze, &caller, Permission::ReportApprove, id, &if_match).await?;
    if let Some(text) = body.text.as_deref().filter(|text| !text.trim().is_empty()) {
        row::comment(&mut tx, &report, None, text, &author(&caller)).await?;
    }
    let report = step(&mut tx, &caller, &report, Step::Rework, Change::default(), None).await?;
    tx.commit().await?;
    shown(&analyze, &caller, report).await
}

/// Signs a report. Its author may not, unless nobody else could; the ledger says so then.
#[utoipa::path(post, path = "/api/v1/reports/{id}/approve", operation_id = "report_approve", tag = "report",
    params(("id" = ReportId, Path)), responses((status = 200, body = ReportView), Refusals))]
pub(super) async fn report_approve(
    State(analyze): State<Analyze>,
    caller: Caller,
    if_match: IfMatch,
    Path(id): Path<ReportId>,
) -> ApiResult<Tagged<ReportView>> {
    let (mut tx, report) = begin(&analyze, &caller, Permission::ReportApprove, id, &if_match).await?;
    model::next(report.state, Step::Approve)?;
    let mut evidence = None;
    if report.created_by == author(&caller) {
        let others = analyze.people.approvers(&mut tx, caller.tenant).await?;
        if others.iter().any(|person| person.to_string() != report.created_by) {
            return Err(
                Failure::new(ErrorCode::Forbidden, "whoever wrote a report does not sign it; ask another person who may approve").into()
            );
        }
        evidence = Some(SELF_APPROVED);
    }
    let report = step(&mut tx, &caller, &report, Step::Approve, Change::default(), evidence).await?;
    tx.commit().await?;
    shown(&analyze, &caller, report).await
}

/// The report, for whoever may and holds its revision, in a transaction of its own.
pub(super) async fn begin(
    analyze: &Analyze,
    caller: &Caller,
    permission: Permission,
    id: ReportId,
    if_match: &IfMatch,
) -> ApiResult<(Tx, Authorised<Report>)> {
    let mut tx = analyze.kit.db.write().await?;
    let report = authorised(&mut tx, caller, permission, id).await?;
    if_match.check(report.revision)?;
    Ok((tx, report))
}

/// Moves a report along an edge, with what else changes, and tells the ledger.
pub(super) async fn step(
    tx: &mut Tx,
    caller: &Caller,
    report: &Authorised<Report>,
    step: Step,
    change: Change,
    evidence: Option<&str>,
) -> ApiResult<Report> {
    let state = model::next(report.state, step)?;
    let before = report.state;
    let report = row::change(tx, report, &Change { state: Some(state), ..change }).await?;
    transition(tx, &caller.actor, &report, Some(before), evidence).await?;
    Ok(report)
}
