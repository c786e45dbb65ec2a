//! How a report looks to a caller.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use evenkeel_api::{ApiResult, Caller, Permission, Problem};
use evenkeel_core::{
    Language,
    id::{OrganisationId, PersonId, ReportId, ServiceId, TenantId},
    state::ReportState,
    title,
};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    document::{Block, Cell, Chart, Document, Table, Timeline345},
    model,
    row::{self, Report, Text},
};
use crate::{Analyze, figure::model::Figure, words::Words};

/// An organisation, by its shown name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CustomerName {
    /// Which.
    pub id: OrganisationId,
    /// Shown name.
    pub display: Words,
}

/// A report in a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReportHead {
    /// Which.
    pub id: ReportId,
    /// `SR-12` is 12.
    pub number: i64,
    /// 1, or one more for each restatement.
    pub version: i64,
    /// Shown title.
    pub title: Words,
    /// About what.
    pub service_ids: Vec<ServiceId>,
    /// For whom; null = for ourselves.
    pub customer: Option<CustomerName>,
    /// Period, inclusive.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Period, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// IANA zone.
    pub zone: String,
    /// The language it is written in first.
    pub language: Language,
    /// Where it stands.
    pub state: ReportState,
    /// Send it as `If-Match`.
    pub revision: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Who made it; null = a token.
    pub author: Option<Author>,
    /// When it was published.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published_at: Option<Timestamp>,
    /// SHA-256 over its figures.
    pub figures_hash: String,
    /// The report it restates.
    pub restates: Option<ReportId>,
    /// The report that restates it.
    pub superseded_by: Option<ReportId>,
}

/// A person, by their shown name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Author {
    /// Who.
    pub id: PersonId,
    /// Shown name.
    pub display: String,
}

/// A section as it is read.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReportSection {
    /// Stable key.
    pub id: String,
    /// Shown title.
    pub title: Words,
    /// What the author wrote; null = nothing. A language nobody wrote in is empty.
    pub text: Option<Words>,
    /// Figures.
    pub figures: Vec<Figure>,
    /// Tables. The `title` of an incident is its words, null when they were erased.
    pub tables: Vec<Table>,
    /// Charts.
    pub charts: Vec<Chart>,
    /// Fault timelines.
    pub timelines: Vec<Timeline345>,
}

/// A remark in the margin.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReportComment {
    /// Which.
    pub id: String,
    /// The section it is about; null = the whole.
    pub section: Option<String>,
    /// The words.
    pub text: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who; null = a token.
    pub author: Option<Author>,
}

/// A whole report.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReportView {
    /// Its head.
    #[serde(flatten)]
    pub head: ReportHead,
    /// What it says.
    pub sections: Vec<ReportSection>,
    /// Remarks, oldest first.
    pub comments: Vec<ReportComment>,
    /// SHA-256 over the frozen document; null until it is published.
    pub document_hash: Option<String>,
    /// The ledger position of its figures.
    pub position: i64,
    /// The steps that its state and your permissions allow: `text`, `submit`, `rework`, `approve`, `publish`, `restate`, `refresh`.
    pub allowed: Vec<String>,
}

/// The report with this id, when the caller may see it under this permission. An organisation sees what was given to it.
///
/// # Errors
/// 404 when there is none, or it is another's, or not yet published and the caller stands outside.
pub async fn authorised(
    sql: &mut dyn Sql,
    caller: &Caller,
    permission: Permission,
    id: ReportId,
) -> ApiResult<evenkeel_api::Authorised<Report>> {
    caller.require(permission)?;
    let report = row::find(sql, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("report", id))?;
    let outside = caller.scope(permission)?.organisation().is_some();
    if outside && !matches!(report.state, ReportState::Published | ReportState::Superseded) {
        return Err(Problem::not_found("report", id));
    }
    let customer = report.customer;
    caller.authorise(permission, &[customer], ("report", id), report)
}

/// Heads in the same order.
///
/// # Errors
/// Of the store.
pub async fn heads(analyze: &Analyze, sql: &mut dyn Sql, tenant: TenantId, reports: Vec<Report>) -> Result<Vec<ReportHead>, StoreError> {
    let people: Vec<PersonId> = reports.iter().filter_map(Report::author).collect();
    let people = names(analyze, sql, tenant, people).await?;
    let customers: BTreeSet<OrganisationId> = reports.iter().filter_map(|report| report.customer).collect();
    let mut displays: BTreeMap<OrganisationId, Words> = BTreeMap::new();
    for id in customers {
        let events = ledger::events_of(sql, tenant, "definition", &id.to_string()).await?;
        let mut world = crate::world::World::default();
        for event in &events {
            world.apply(event);
        }
        if let Some(version) = world.organisations.in_force(id, Timestamp::MAX, i64::MAX) {
            displays.insert(id, (&version.body.display).into());
        }
    }
    Ok(reports
        .into_iter()
        .map(|report| ReportHead {
            author: report.author().and_then(|id| Some(Author { id, display: people.get(&id)?.clone() })),
            customer: report
                .customer
                .map(|id| CustomerName { id, display: displays.get(&id).cloned().unwrap_or_else(|| Words::same(id.to_string())) }),
            id: report.id,
            number: report.number,
            version: report.version,
            title: report.title,
            service_ids: report.services,
            from: report.from,
            to: report.to,
            zone: report.zone,
            language: report.language,
            state: report.state,
            revision: report.revision,
            created_at: report.created_at,
            published_at: report.published_at,
            figures_hash: report.figures_hash,
            restates: report.restates,
            superseded_by: report.superseded_by,
        })
        .collect())
}

async fn names(
    analyze: &Analyze,
    sql: &mut dyn Sql,
    tenant: TenantId,
    mut people: Vec<PersonId>,
) -> Result<HashMap<PersonId, String>, StoreError> {
    people.sort_unstable();
    people.dedup();
    Ok(analyze.people.displays(sql, tenant, &people).await?.into_iter().collect())
}

/// A whole report as this caller reads it.
///
/// # Errors
/// Of the store.
pub async fn view(analyze: &Analyze, sql: &mut dyn Sql, caller: &Caller, report: Report) -> Result<ReportView, StoreError> {
    let mut document: Document = serde_json::from_str(&row::document(sql, report.tenant, report.id).await?)?;
    if report.document_hash.is_none() {
        say(&mut document, &row::texts(sql, report.id).await?);
    }
    document.texts = titles(sql, &document).await?;
    let titles = std::mem::take(&mut document.texts);
    let comments = row::comments(sql, report.id).await?;
    let writers = comments.iter().filter_map(|comment| comment.written_by.parse().ok()).collect();
    let writers = names(analyze, sql, report.tenant, writers).await?;
    let author = |by: &str| -> Option<Author> {
        let id: PersonId = by.parse().ok()?;
        Some(Author { id, display: writers.get(&id)?.clone() })
    };
    let comments = comments
        .into_iter()
        .map(|comment| ReportComment {
            author: author(&comment.written_by),
            id: comment.id,
            section: comment.section,
            text: comment.body,
            at: comment.written_at,
        })
        .collect();
    let allowed = allowed(caller, report.state);
    let (document_hash, position) = (report.document_hash.clone(), report.position);
    let head = heads(analyze, sql, report.tenant, vec![report]).await?.pop();
    let head = head.ok_or_else(|| StoreError::Defect("a report has no head".to_owned()))?;
    Ok(ReportView { head, sections: sections(document, &titles, caller.language), comments, document_hash, position, allowed })
}

fn sections(document: Document, titles: &BTreeMap<String, String>, language: evenkeel_core::Language) -> Vec<ReportSection> {
    let title = |digest: Option<String>| Some(title::in_language(titles.get(&digest?)?, language).to_owned());
    document
        .sections
        .into_iter()
        .map(|section| {
            let mut shown = ReportSection {
                id: section.id,
                title: section.title,
                text: section.text,
                figures: Vec::new(),
                tables: Vec::new(),
                charts: Vec::new(),
                timelines: Vec::new(),
            };
            for block in section.blocks {
                match block {
                    Block::Figures { figures } => shown.figures.extend(figures),
                    Block::Table(mut table) => {
                        for cell in table.rows.iter_mut().flatten() {
                            if let Cell::Incident { title: words, .. } = cell {
                                *words = title(words.take());
                            }
                        }
                        shown.tables.push(table);
                    }
                    Block::Chart(chart) => shown.charts.push(chart),
                    Block::Timeline345(mut timeline) => {
                        timeline.title = title(timeline.title.take());
                        shown.timelines.push(timeline);
                    }
                }
            }
            shown
        })
        .collect()
}

/// The titles that a document names by digest; erased ones are left out.
///
/// # Errors
/// Of the store.
pub async fn titles(sql: &mut dyn Sql, document: &Document) -> Result<BTreeMap<String, String>, StoreError> {
    let mut digests: BTreeSet<String> = BTreeSet::new();
    for block in document.sections.iter().flat_map(|section| &section.blocks) {
        match block {
            Block::Table(table) => digests.extend(table.rows.iter().flatten().filter_map(|cell| match cell {
                Cell::Incident { title, .. } => title.clone(),
                _ => None,
            })),
            Block::Timeline345(timeline) => digests.extend(timeline.title.clone()),
            Block::Figures { .. } | Block::Chart(_) => {}
        }
    }
    let digests: Vec<String> = digests.into_iter().collect();
    let mut titles = BTreeMap::new();
    for some in digests.chunks(200) {
        titles.extend(ledger::texts(sql, some).await?.into_iter().filter_map(|(digest, text)| Some((digest, text?))));
    }
    Ok(titles)
}

/// Puts what was written into the sections.
pub fn say(document: &mut Document, texts: &[Text]) {
    for section in &mut document.sections {
        let of = |language: Language| {
            texts
                .iter()
                .find(|text| text.section == section.id && text.language == language && !text.body.trim().is_empty())
                .map(|text| text.body.clone())
        };
        let (zh, en) = (of(Language::Zh), of(Language::En));
        section.text = (zh.is_some() || en.is_some()).then(|| Words::new(zh.unwrap_or_default(), en.unwrap_or_default()));
    }
}

fn allowed(caller: &Caller, state: ReportState) -> Vec<String> {
    use model::Step;
    let may = |permission: Permission, step: Step| caller.may(permission) && model::next(state, step).is_ok();
    let mut allowed = Vec::new();
    let mut add = |yes: bool, word: &str| {
        if yes {
            allowed.push(word.to_owned());
        }
    };
    let editable = model::editable(state).is_ok() && caller.may(Permission::ReportWrite);
    add(editable, "text");
    add(editable, "refresh");
    add(may(Permission::ReportWrite, Step::Submit), Step::Submit.as_str());
    add(may(Permission::ReportApprove, Step::Rework), Step::Rework.as_str());
    add(may(Permission::ReportApprove, Step::Approve), Step::Approve.as_str());
    add(may(Permission::ReportPublish, Step::Publish), Step::Publish.as_str());
    add(may(Permission::ReportPublish, Step::Supersede), "restate");
    allowed
}
