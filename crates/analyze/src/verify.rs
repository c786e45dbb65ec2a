//! `figures verify`: every published report's figures, rebuilt from the ledger in an empty database and compared.
//!
//! What is compared is what was promised: the hash of the figures and of the document as the ledger's `report.published`
//! says, the stored document, and each figure of it against the one that follows from the events.

use std::{path::PathBuf, sync::Arc};

use evenkeel_core::{
    event::analyze::ReportPublished,
    id::{ReportId, TenantId},
};
use evenkeel_store::{Db, DbUrl, Sql, StoreError, ledger, migration};

use crate::{
    figure::{catalogue::Catalogue, definition::AVAILABILITY, hash::of_text, model::Figure, setting::Setting},
    live::fold,
    report::{
        collect::{self, figures},
        document::Document,
        gather::ask,
        row::{self, Report},
    },
    world::World,
};

/// Names tried for the folder of the empty database.
const FOLDER_ATTEMPTS: usize = 100;
/// Events copied in one transaction.
const BATCH: i64 = 2_000;

/// What was found of one report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportOutcome {
    /// Which.
    pub id: ReportId,
    /// `SR-12 v1`.
    pub label: String,
    /// The ledger position it was rebuilt from.
    pub position: i64,
    /// How many figures were compared.
    pub figures: usize,
    /// What differs, each with what was published and what follows from the ledger; empty = it holds.
    pub differences: Vec<String>,
}

impl ReportOutcome {
    /// Whether it holds.
    pub const fn holds(&self) -> bool {
        self.differences.is_empty()
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyOutcome {
    /// Report by report, in order of publication.
    pub reports: Vec<ReportOutcome>,
    /// How many events were folded.
    pub events: usize,
}

impl VerifyOutcome {
    /// Whether every report holds.
    pub fn holds(&self) -> bool {
        self.reports.iter().all(ReportOutcome::holds)
    }
}

/// Rebuilds the figures of every published report in an empty database and compares.
///
/// # Errors
/// Of either database. A figure that differs is no error: it stands in the outcome.
pub async fn verify(db: &Db) -> Result<VerifyOutcome, StoreError> {
    let published = row::published(&mut db.read().await?).await?;
    let folder = Folder::new(db)?;
    let empty = Db::open(&DbUrl::Sqlite(folder.0.join("verify.db")), Arc::clone(db.clock()), Arc::clone(db.rng())).await?;
    let outcome = verify_in(db, &empty, published).await;
    empty.close().await;
    outcome
}

async fn verify_in(db: &Db, empty: &Db, mut published: Vec<Report>) -> Result<VerifyOutcome, StoreError> {
    migration::migrate(empty, evenkeel_store::migrations()).await?;
    let mut outcome = VerifyOutcome::default();
    // By position, so that the copy and the fold only ever move forward.
    published.sort_by_key(|report| (report.tenant, report.position));
    let mut world = World::default();
    let mut tenant = None;
    for report in &published {
        if tenant != Some(report.tenant) {
            world = World::default();
            tenant = Some(report.tenant);
        }
        outcome.events += copy(db, empty, report.tenant, world.position, report.position).await?;
        fold(&mut world, &mut empty.read().await?, report.tenant, report.position).await?;
        outcome.reports.push(compare(db, &world, report).await?);
    }
    outcome.reports.sort_by_key(|report| published.iter().find(|known| known.id == report.id).and_then(|known| known.published_at));
    Ok(outcome)
}

/// Copies the events of a tenant, position and all.
async fn copy(from: &Db, to: &Db, tenant: TenantId, mut after: i64, up_to: i64) -> Result<usize, StoreError> {
    let mut copied = 0;
    loop {
        let events = ledger::scan(&mut from.read().await?, Some(tenant), after, up_to, BATCH, &[]).await?;
        let Some(last) = events.last() else { return Ok(copied) };
        after = last.seq;
        copied += events.len();
        let mut tx = to.write().await?;
        for event in &events {
            tx.replay(event).await?;
        }
        tx.commit().await?;
    }
}

async fn compare(db: &Db, world: &World, report: &Report) -> Result<ReportOutcome, StoreError> {
    let mut sql = db.read().await?;
    let mut differences = Vec::new();
    let promised = promised(&mut sql, report).await?;
    let text = row::document(&mut sql, report.tenant, report.id).await?;
    let hash = of_text(&text);
    match &promised {
        None => differences.push("the ledger does not say that it was published".to_owned()),
        Some(promised) => {
            if promised.document_hash != hash {
                differences.push(format!("the stored document has hash {hash}; published was {}", promised.document_hash));
            }
            if promised.position != report.position {
                differences.push(format!("it names ledger position {}; published was {}", report.position, promised.position));
            }
        }
    }
    let stored: Option<Document> = serde_json::from_str(&text).ok();
    let Some(stored) = stored else {
        differences.push("the stored document cannot be read".to_owned());
        return Ok(outcome(report, 0, differences));
    };
    // Under the version of the definitions that the report was published with.
    let version =
        figures(&stored.sections).find(|figure| figure.definition == AVAILABILITY.id).map_or(AVAILABILITY.version, |figure| figure.version);
    let rebuilt = Catalogue::of(&Setting::new(world.view(report.position), ask(report)).without_items().under(version));
    let mut again = Vec::new();
    for published in figures(&stored.sections) {
        match rebuilt.find(&published.id) {
            Some(computed) => {
                differences.extend(difference(published, &computed.figure));
                again.push(&computed.figure);
            }
            None => differences.push(format!("{}: published, but nothing like it follows from the ledger", published.id)),
        }
    }
    let figures_hash = collect::figures_hash(again.iter().copied());
    let promised_hash = promised.map_or_else(|| report.figures_hash.clone(), |promised| promised.figures_hash);
    if figures_hash != promised_hash {
        differences.push(format!("the figures' hash is {figures_hash}; published was {promised_hash}"));
    }
    Ok(outcome(report, again.len(), differences))
}

fn outcome(report: &Report, figures: usize, differences: Vec<String>) -> ReportOutcome {
    ReportOutcome {
        id: report.id,
        label: format!("{} v{}", report.label(), report.version),
        position: report.position,
        figures,
        differences,
    }
}

/// What the ledger says was published.
async fn promised(sql: &mut dyn Sql, report: &Report) -> Result<Option<ReportPublished>, StoreError> {
    let events = ledger::events_of(sql, report.tenant, "report", &report.id.to_string()).await?;
    events.iter().rev().find_map(evenkeel_core::event::Event::read::<ReportPublished>).transpose().map_err(StoreError::from)
}

fn difference(published: &Figure, rebuilt: &Figure) -> Option<String> {
    if published == rebuilt {
        return None;
    }
    let show = |figure: &Figure| {
        let value = figure.value.map_or_else(|| "unknown".to_owned(), |value| value.to_string());
        format!("{value} (n {}, unknown {}, inputs {:.12})", figure.n, figure.unknown, figure.input_hash)
    };
    Some(format!("{}: published {}, the ledger gives {}", published.id, show(published), show(rebuilt)))
}

/// A folder that goes away with this value.
struct Folder(PathBuf);

impl Folder {
    /// A new folder that nobody else can read: it will hold a copy of the ledger.
    fn new(db: &Db) -> Result<Self, StoreError> {
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let mut name = [0u8; 12];
        for _ in 0..FOLDER_ATTEMPTS {
            db.rng().fill(&mut name);
            let path = std::env::temp_dir().join(format!("evenkeel-verify-{}", hex::encode(name)));
            match builder.create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(StoreError::Away(format!("no folder for the empty database at {}: {error}", path.display()))),
            }
        }
        Err(StoreError::Away(format!("no free name for the empty database in {}", std::env::temp_dir().display())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(path = %self.0.display(), %error, "a temporary database was left behind");
        }
    }
}
