//! Reading reports: the list, one, its PDF, and the evidence of a figure.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem, Query, Refusals, Tagged};
use evenkeel_core::{Language, id::ReportId};
use http::{HeaderValue, header};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    document::Document,
    gather::{computed, figure},
    pdf, row,
    view::{ReportHead, ReportView, authorised, heads, say, titles},
};
use crate::{Analyze, figure::evidence::Evidence};

/// Service reports, newest first; a customer sees what was published for it.
#[utoipa::path(get, path = "/api/v1/reports", operation_id = "report_list", tag = "report", params(PageQuery),
    responses((status = 200, body = Page<ReportHead>), Refusals))]
pub(super) async fn report_list(
    State(analyze): State<Analyze>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<ReportHead>>> {
    let scope = caller.scope(Permission::ReportRead)?;
    let mut sql = analyze.kit.db.read().await?;
    let found = row::page(&mut sql, caller.tenant, scope, &page).await?;
    let found = page.page(found, |report| (report.created_at.as_microsecond(), report.id));
    let items = heads(&analyze, &mut sql, caller.tenant, found.items).await?;
    Ok(Json(Page { items, next: found.next }))
}

/// One service report.
#[utoipa::path(get, path = "/api/v1/reports/{id}", operation_id = "report_show", tag = "report",
    params(("id" = ReportId, Path)), responses((status = 200, body = ReportView), Refusals))]
pub(super) async fn report_show(State(analyze): State<Analyze>, caller: Caller, Path(id): Path<ReportId>) -> ApiResult<Tagged<ReportView>> {
    let report = {
        let mut sql = analyze.kit.db.read().await?;
        authorised(&mut sql, &caller, Permission::ReportRead, id).await?.into_inner()
    };
    super::create::shown(&analyze, &caller, report).await
}

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PdfQuery {
    /// `zh` or `en`; the report's own when not given.
    pub language: Option<Language>,
}

/// The report as a PDF. A draft says on every page that it is one.
#[utoipa::path(get, path = "/api/v1/reports/{id}/pdf", operation_id = "report_pdf", tag = "report", params(("id" = ReportId, Path), PdfQuery),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), Refusals))]
pub(super) async fn report_pdf(
    State(analyze): State<Analyze>,
    caller: Caller,
    Path(id): Path<ReportId>,
    Query(query): Query<PdfQuery>,
) -> ApiResult<Response> {
    let (report, document) = {
        let mut sql = analyze.kit.db.read().await?;
        let report = authorised(&mut sql, &caller, Permission::ReportRead, id).await?.into_inner();
        let mut document: Document = serde_json::from_str(&row::document(&mut sql, caller.tenant, id).await?)?;
        if report.document_hash.is_none() {
            say(&mut document, &row::texts(&mut sql, id).await?);
        }
        document.texts = titles(&mut sql, &document).await?;
        (report, document)
    };
    let language = query.language.unwrap_or(report.language);
    let name = format!("{}-v{}-{}.pdf", report.label(), report.version, language.as_str());
    let hash = report.document_hash;
    let bytes = computed(move || pdf::render(&document, language, hash.as_deref())).await?.map_err(|error| {
        tracing::error!(%error, "a report could not be typeset");
        Problem::new(evenkeel_core::ErrorCode::Internal, error.to_string())
    })?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// The rows and events behind a figure of a report, computed again at the report's own ledger position.
#[utoipa::path(get, path = "/api/v1/reports/{id}/figures/{figure}/evidence", operation_id = "report_evidence", tag = "report",
    params(("id" = ReportId, Path), ("figure" = String, Path)), responses((status = 200, body = Evidence), Refusals))]
pub(super) async fn report_evidence(
    State(analyze): State<Analyze>,
    caller: Caller,
    Path((id, key)): Path<(ReportId, String)>,
) -> ApiResult<Json<Evidence>> {
    caller.require(Permission::FigureRead)?;
    let report = {
        let mut sql = analyze.kit.db.read().await?;
        authorised(&mut sql, &caller, Permission::ReportRead, id).await?.into_inner()
    };
    let world = analyze.live.catch_up(&analyze.kit.db, caller.tenant).await?;
    let found = figure(world, &report, key.clone()).await?;
    found.map(|found| Json(found.evidence())).ok_or_else(|| Problem::not_found("figure", key))
}
