//! Reports in the database: rows and typed functions over them. A write wants the proof that somebody was asked.

use evenkeel_api::{Authorised, Grant, PageQuery, Problem, Scope};
use evenkeel_core::{
    Actor, ErrorCode, Failure, Language,
    id::{Event, OrganisationId, PersonId, ReportId, ServiceId, TenantId},
    state::ReportState,
};
use evenkeel_store::{Row, Sql, StoreError, Tx, params};
use jiff::Timestamp;

use crate::words::Words;

/// A report as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Which.
    pub id: ReportId,
    /// Whose.
    pub tenant: TenantId,
    /// `SR-12` is 12.
    pub number: i64,
    /// 1, or one more for each restatement.
    pub version: i64,
    /// Shown title.
    pub title: Words,
    /// For whom.
    pub customer: Option<OrganisationId>,
    /// About what.
    pub services: Vec<ServiceId>,
    /// Period, inclusive.
    pub from: Timestamp,
    /// Period, exclusive.
    pub to: Timestamp,
    /// IANA zone.
    pub zone: String,
    /// The language it is written in first.
    pub language: Language,
    /// Where it stands.
    pub state: ReportState,
    /// Counts changes, for `If-Match`.
    pub revision: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it: a person's or token's id.
    pub created_by: String,
    /// The ledger position of its figures.
    pub position: i64,
    /// SHA-256 over its figures.
    pub figures_hash: String,
    /// SHA-256 over the frozen document; none until it is published.
    pub document_hash: Option<String>,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// The report it restates.
    pub restates: Option<ReportId>,
    /// The report that restates it.
    pub superseded_by: Option<ReportId>,
}

const COLUMNS: &str = "id, tenant_id, number, version, title_zh, title_en, customer_id, service_ids, from_at, to_at, zone, language, state, \
     revision, created_at, created_by, position, figures_hash, document_hash, published_at, restates, superseded_by";

fn read(row: &Row) -> Result<Report, StoreError> {
    Ok(Report {
        id: row.id("id")?,
        tenant: row.id("tenant_id")?,
        number: row.int("number")?,
        version: row.int("version")?,
        title: Words::new(row.text("title_zh")?, row.text("title_en")?),
        customer: row.opt_id("customer_id")?,
        services: row.json("service_ids")?,
        from: row.at("from_at")?,
        to: row.at("to_at")?,
        zone: row.text("zone")?,
        language: row.word("language")?,
        state: row.word("state")?,
        revision: row.int("revision")?,
        created_at: row.at("created_at")?,
        created_by: row.text("created_by")?,
        position: row.int("position")?,
        figures_hash: row.text("figures_hash")?,
        document_hash: row.opt_text("document_hash")?,
        published_at: row.opt_at("published_at")?,
        restates: row.opt_id("restates")?,
        superseded_by: row.opt_id("superseded_by")?,
    })
}

/// A new report with its collected document.
pub async fn insert(tx: &mut Tx, _: &Grant, report: &Report, document: &str) -> Result<(), StoreError> {
    tx.execute(
        &format!(
            "INSERT INTO report ({COLUMNS}, document) VALUES \
             ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)"
        ),
        params![
            report.id,
            report.tenant,
            report.number,
            report.version,
            &report.title.zh,
            &report.title.en,
            report.customer,
            serde_json::to_string(&report.services)?,
            report.from,
            report.to,
            &report.zone,
            report.language.as_str(),
            report.state,
            report.revision,
            report.created_at,
            &report.created_by,
            report.position,
            &report.figures_hash,
            &report.document_hash,
            report.published_at,
            report.restates,
            report.superseded_by,
            document,
        ],
    )
    .await
    .map(|_| ())
}

/// The number of the next new report.
pub async fn next_number(sql: &mut dyn Sql, tenant: TenantId) -> Result<i64, StoreError> {
    sql.row("SELECT COALESCE(MAX(number), 0) AS last FROM report WHERE tenant_id = $1", params![tenant])
        .await?
        .map_or(Ok(1), |row| Ok(row.int("last")? + 1))
}

/// The next version of a report of this number.
pub async fn next_version(sql: &mut dyn Sql, tenant: TenantId, number: i64) -> Result<i64, StoreError> {
    sql.row("SELECT COALESCE(MAX(version), 0) AS last FROM report WHERE tenant_id = $1 AND number = $2", params![tenant, number])
        .await?
        .map_or(Ok(1), |row| Ok(row.int("last")? + 1))
}

/// One report.
pub async fn find(sql: &mut dyn Sql, tenant: TenantId, id: ReportId) -> Result<Option<Report>, StoreError> {
    sql.row(&format!("SELECT {COLUMNS} FROM report WHERE tenant_id = $1 AND id = $2"), params![tenant, id])
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

/// The stored document as text, exactly as it was hashed.
pub async fn document(sql: &mut dyn Sql, tenant: TenantId, id: ReportId) -> Result<String, StoreError> {
    sql.row("SELECT document FROM report WHERE tenant_id = $1 AND id = $2", params![tenant, id])
        .await?
        .ok_or_else(|| StoreError::Failure(Failure::new(ErrorCode::NotFound, format!("there is no report {id}"))))?
        .text("document")
}

/// Published reports (and superseded ones) in order of publication: what `figures verify` rebuilds.
pub async fn published(sql: &mut dyn Sql) -> Result<Vec<Report>, StoreError> {
    sql.rows(
        &format!("SELECT {COLUMNS} FROM report WHERE state IN ('published', 'superseded') ORDER BY published_at, id LIMIT 100000"),
        params![],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// Reports that wait for somebody: in review, or sent back. Oldest first.
pub async fn waiting(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<Report>, StoreError> {
    sql.rows(
        &format!("SELECT {COLUMNS} FROM report WHERE tenant_id = $1 AND state IN ('in_review', 'rework') ORDER BY created_at, id LIMIT 50"),
        params![tenant],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// The last published report for the same customer and services whose period ended by `before`.
pub async fn last_published(
    sql: &mut dyn Sql,
    tenant: TenantId,
    customer: Option<OrganisationId>,
    services: &[ServiceId],
    before: Timestamp,
) -> Result<Option<Report>, StoreError> {
    sql.row(
        &format!(
            "SELECT {COLUMNS} FROM report WHERE tenant_id = $1 AND state = 'published' AND to_at <= $2 AND service_ids = $3 \
             AND COALESCE(customer_id, '') = $4 ORDER BY to_at DESC, version DESC LIMIT 1"
        ),
        params![tenant, before, serde_json::to_string(services)?, customer.map_or_else(String::new, |id| id.to_string())],
    )
    .await?
    .as_ref()
    .map(read)
    .transpose()
}

/// The key that pages the list: newest first.
pub type Key = (i64, ReportId);

/// One page of the list, newest first. An organisation sees what was given to it: published reports made for it.
pub async fn page(sql: &mut dyn Sql, tenant: TenantId, scope: Scope, page: &PageQuery) -> Result<Vec<Report>, Problem> {
    let (at, id) = page.key::<Key>()?.map_or((i64::MAX, String::new()), |(at, id)| (at, id.to_string()));
    let (filter, organisation) = match scope.organisation() {
        None => ("$5 = $5", String::new()),
        Some(id) => ("customer_id = $5 AND state IN ('published', 'superseded')", id.to_string()),
    };
    let rows = sql
        .rows(
            &format!(
                "SELECT {COLUMNS} FROM report WHERE tenant_id = $1 AND (created_at < $2 OR (created_at = $2 AND id < $3)) AND {filter} \
                 ORDER BY created_at DESC, id DESC LIMIT $4"
            ),
            params![tenant, at, id, page.fetch(), organisation],
        )
        .await?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// What a change of a report writes.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The new state.
    pub state: Option<ReportState>,
    /// The frozen document with its hash and the instant of publication.
    pub frozen: Option<(String, String, Timestamp)>,
    /// Newly collected: document, position, hash of the figures.
    pub collected: Option<(String, i64, String)>,
    /// The report that took its place.
    pub superseded_by: Option<ReportId>,
}

/// Writes a change of a report that stands as it was read.
///
/// # Errors
/// [`StoreError::Conflict`] when it changed meanwhile.
pub async fn change(tx: &mut Tx, report: &Authorised<Report>, change: &Change) -> Result<Report, StoreError> {
    let mut next: Report = (**report).clone();
    next.revision += 1;
    next.state = change.state.unwrap_or(next.state);
    next.superseded_by = change.superseded_by.or(next.superseded_by);
    if let Some((_, hash, at)) = &change.frozen {
        next.document_hash = Some(hash.clone());
        next.published_at = Some(*at);
    }
    if let Some((_, position, hash)) = &change.collected {
        next.position = *position;
        next.figures_hash.clone_from(hash);
    }
    let document = change.frozen.as_ref().map(|(text, ..)| text).or(change.collected.as_ref().map(|(text, ..)| text));
    let written = tx
        .execute(
            "UPDATE report SET state = $4, revision = $5, position = $6, figures_hash = $7, document_hash = $8, published_at = $9, \
             superseded_by = $10, document = COALESCE($11, document) WHERE tenant_id = $1 AND id = $2 AND revision = $3",
            params![
                next.tenant,
                next.id,
                report.revision,
                next.state,
                next.revision,
                next.position,
                &next.figures_hash,
                &next.document_hash,
                next.published_at,
                next.superseded_by,
                document.cloned(),
            ],
        )
        .await?;
    if written == 0 {
        return Err(StoreError::Conflict(format!("report {}", next.id)));
    }
    Ok(next)
}

/// Words somebody wrote into a section.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Section.
    pub section: String,
    /// Language.
    pub language: Language,
    /// The words.
    pub body: String,
}

/// All words of a report.
pub async fn texts(sql: &mut dyn Sql, id: ReportId) -> Result<Vec<Text>, StoreError> {
    sql.rows("SELECT section, language, body FROM report_text WHERE report_id = $1 ORDER BY section, language LIMIT 1000", params![id])
        .await?
        .iter()
        .map(|row| Ok(Text { section: row.text("section")?, language: row.word("language")?, body: row.text("body")? }))
        .collect()
}

/// Writes the words of a section in one language.
pub async fn write_text(tx: &mut Tx, report: &Authorised<Report>, text: &Text, by: &Actor) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO report_text (report_id, section, language, body, written_at, written_by) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (report_id, section, language) DO UPDATE SET body = excluded.body, written_at = excluded.written_at, \
         written_by = excluded.written_by",
        params![report.id, &text.section, text.language.as_str(), &text.body, now, &by.id],
    )
    .await
    .map(|_| ())
}

/// Copies the words of one report to another.
pub async fn copy_texts(tx: &mut Tx, _: &Grant, from: ReportId, to: ReportId) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO report_text (report_id, section, language, body, written_at, written_by)
         SELECT $2, section, language, body, written_at, written_by FROM report_text WHERE report_id = $1",
        params![from, to],
    )
    .await
    .map(|_| ())
}

/// A remark in the margin.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    /// Its id.
    pub id: String,
    /// The section it is about.
    pub section: Option<String>,
    /// The words.
    pub body: String,
    /// When.
    pub written_at: Timestamp,
    /// Who: a person's or token's id.
    pub written_by: String,
}

/// All remarks, oldest first.
pub async fn comments(sql: &mut dyn Sql, id: ReportId) -> Result<Vec<Comment>, StoreError> {
    sql.rows(
        "SELECT id, section, body, written_at, written_by FROM report_comment WHERE report_id = $1 ORDER BY written_at, id LIMIT 1000",
        params![id],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Comment {
            id: row.text("id")?,
            section: row.opt_text("section")?,
            body: row.text("body")?,
            written_at: row.at("written_at")?,
            written_by: row.text("written_by")?,
        })
    })
    .collect()
}

/// Writes a remark.
pub async fn comment(tx: &mut Tx, report: &Authorised<Report>, section: Option<&str>, body: &str, by: &str) -> Result<(), StoreError> {
    let now = tx.now();
    let id = evenkeel_core::Id::<Event>::at(now, tx.rng().as_ref());
    tx.execute(
        "INSERT INTO report_comment (id, report_id, section, body, written_at, written_by) VALUES ($1, $2, $3, $4, $5, $6)",
        params![id, report.id, section, body, now, by],
    )
    .await
    .map(|_| ())
}

impl Report {
    /// The person who made it, when it was one.
    pub fn author(&self) -> Option<PersonId> {
        self.created_by.parse().ok()
    }

    /// `SR-12`.
    pub fn label(&self) -> String {
        format!("SR-{}", self.number)
    }
}
