//! The words of a report and the remarks in its margin.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{Language, id::ReportId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    create::shown,
    document::Document,
    model,
    row::{self, Change, Text},
    view::{ReportView, authorised},
};
use crate::Analyze;

/// The longest words of one section, characters.
const TEXT_CHARS_MAX: usize = 20_000;

/// Words for a section.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportText {
    /// Which section.
    pub section: String,
    /// In which language.
    pub language: Language,
    /// The words; empty takes them away.
    pub text: String,
}

/// Writes the words of a section. Only a draft, or a report sent back for rework, can be written.
#[utoipa::path(put, path = "/api/v1/reports/{id}/text", operation_id = "report_write", tag = "report", params(("id" = ReportId, Path)),
    request_body = ReportText, responses((status = 200, body = ReportView), Refusals))]
pub(super) async fn report_write(
    State(analyze): State<Analyze>,
    caller: Caller,
    if_match: IfMatch,
    Path(id): Path<ReportId>,
    Json(body): Json<ReportText>,
) -> ApiResult<Tagged<ReportView>> {
    bounded(&body.text)?;
    let mut tx = analyze.kit.db.write().await?;
    let report = authorised(&mut tx, &caller, Permission::ReportWrite, id).await?;
    if_match.check(report.revision)?;
    model::editable(report.state)?;
    section_exists(&row::document(&mut tx, caller.tenant, id).await?, &body.section)?;
    let text = Text { section: body.section, language: body.language, body: body.text };
    row::write_text(&mut tx, &report, &text, &caller.actor).await?;
    let report = row::change(&mut tx, &report, &Change::default()).await?;
    tx.commit().await?;
    shown(&analyze, &caller, report).await
}

/// A remark.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportRemark {
    /// The section it is about; null = the whole.
    #[serde(default)]
    pub section: Option<String>,
    /// The words.
    pub text: String,
}

/// Writes a remark in the margin.
#[utoipa::path(post, path = "/api/v1/reports/{id}/comments", operation_id = "report_comment", tag = "report", params(("id" = ReportId, Path)),
    request_body = ReportRemark, responses((status = 200, body = ReportView), Refusals))]
pub(super) async fn report_comment(
    State(analyze): State<Analyze>,
    caller: Caller,
    Path(id): Path<ReportId>,
    Json(body): Json<ReportRemark>,
) -> ApiResult<Tagged<ReportView>> {
    bounded(&body.text)?;
    if body.text.trim().is_empty() {
        return Err(Problem::invalid("/text", "a remark needs words"));
    }
    let mut tx = analyze.kit.db.write().await?;
    let report = authorised(&mut tx, &caller, Permission::ReportComment, id).await?;
    if let Some(section) = &body.section {
        section_exists(&row::document(&mut tx, caller.tenant, id).await?, section)?;
    }
    row::comment(&mut tx, &report, body.section.as_deref(), &body.text, &super::create::author(&caller)).await?;
    tx.commit().await?;
    shown(&analyze, &caller, report.into_inner()).await
}

pub(super) fn bounded(text: &str) -> ApiResult<()> {
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(Problem::invalid("/text", format!("{TEXT_CHARS_MAX} characters at the most")));
    }
    Ok(())
}

fn section_exists(document: &str, section: &str) -> ApiResult<()> {
    let document: Document = serde_json::from_str(document)?;
    if document.sections.iter().any(|known| known.id == section) {
        return Ok(());
    }
    let known = document.sections.iter().map(|known| known.id.clone());
    Err(evenkeel_core::Failure::new(evenkeel_core::ErrorCode::Invalid, format!("there is no section {section:?}"))
        .at("/section")
        .allowed(known)
        .into())
}
