//! Follows the ledger: what changed is read from the database and written to the index, whose commit carries the position.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
    time::Duration,
};

use evenkeel_core::{
    event::{self, Body, Event, mail::MailErased, manage::TextErased},
    id::TenantId,
    state::Findable,
};
use evenkeel_store::{
    Db, Sql, StoreError, ledger, params,
    wake::{Ear, Interest},
};
use tantivy::TantivyError;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    document::{TOGETHER, load_all},
    index::{Mark, Search, Standing, Writer},
};

/// Events, or rows of a table, taken at once.
const BATCH: i64 = 500;
/// Rows between two commits while the index is made anew.
const COMMIT_ROWS: usize = 5_000;
/// What happens within so long is written together, at least.
const GATHER: Duration = Duration::from_millis(200);
/// After a turn of writing it rests so many times as long as that took, so that a storm does not spend the machine on its own
/// index: a commit costs much more than the few rows in it.
const REST: u32 = 20;
/// But no longer than this.
const REST_MAX: Duration = Duration::from_secs(2);
/// Between two looks at what other processes wrote, and at whether the folder is there.
const LOOK: Duration = Duration::from_secs(1);
/// After a failure, and between two turns when nothing happens.
const PAUSE: Duration = Duration::from_secs(30);

/// The kinds of event after which a thing may be found otherwise.
static KINDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    const NOUNS: [&str; 5] = ["incident.", "request.", "problem.", "article.", "release."];
    // None of them changes by which words something is found, nor by whom. A storm is thousands of the first two, and each
    // would have the whole history of its incident read again.
    const OTHER: [&str; 20] = [
        "incident.alert_joined",
        "incident.alert_cleared",
        "incident.acknowledged",
        "incident.transitioned",
        "incident.reprioritised",
        "incident.restored",
        "incident.retargeted",
        "article.read",
        "article.rated",
        "incident.cause_named",
        "incident.checklist_added",
        "incident.checklist_checked",
        "incident.macro_run",
        "incident.ruled",
        "incident.status_set",
        "request.status_set",
        "request.ruled",
        "request.macro_run",
        "article.used",
        "release.stage_moved",
    ];
    let found = |kind: &&str| NOUNS.iter().any(|noun| kind.starts_with(noun)) && !OTHER.contains(kind);
    event::KINDS.iter().map(|(kind, _)| *kind).filter(found).chain([TextErased::KIND, MailErased::KIND]).collect()
});

/// Why the index could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index.
    #[error("the search index: {0}")]
    Index(#[from] TantivyError),
    /// A defect of ours.
    #[error("{0}")]
    Defect(String),
}

/// Something that is found.
type Thing = (TenantId, Findable, String);

/// Follows until `cancel`; makes the index anew when it is not as it should be.
pub async fn keep(db: Db, search: Search, cancel: CancellationToken) {
    let ear = db.listen(Interest::Events(KINDS.clone()));
    while !cancel.is_cancelled() {
        if search.is_gone() && search.standing() != Standing::Closed {
            tracing::warn!("the folder of the search index is gone");
            search.stand(Standing::Closed);
        }
        let began = Instant::now();
        let seen = stand_of(&db).await.map_or(0, |(horizon, _)| horizon);
        let pause = match catch_up(&db, &search).await {
            Ok(()) => (began.elapsed() * REST).clamp(GATHER, REST_MAX),
            Err(error) => {
                tracing::error!(%error, "the search index cannot follow; trying again");
                search.stand(Standing::Closed);
                PAUSE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = cancel.cancelled() => return,
        }
        if !wait(&db, &search, &ear, seen, &cancel).await {
            return;
        }
    }
}

/// Waits until there may be something to do; `false` = it is to end.
async fn wait(db: &Db, search: &Search, ear: &Ear, mut seen: i64, cancel: &CancellationToken) -> bool {
    let until = Instant::now() + PAUSE;
    while Instant::now() < until {
        tokio::select! {
            () = ear.heard() => return true,
            () = search.damage() => {
                search.stand(Standing::Closed);
                return true;
            }
            () = cancel.cancelled() => return false,
            () = tokio::time::sleep(LOOK) => match news(db, seen).await {
                _ if search.is_gone() => return true,
                Ok(Some(position)) => seen = position,
                // What it is, or what went wrong, is found where it is read.
                Ok(None) | Err(_) => return true,
            },
        }
    }
    true
}

/// Up to where nothing changed what is found since `seen`; none = something did, here or in another process.
async fn news(db: &Db, seen: i64) -> Result<Option<i64>, StoreError> {
    let mut sql = db.read().await?;
    let horizon = ledger::horizon(&mut sql).await?;
    let found = ledger::scan(&mut sql, None, seen, horizon, 1, &KINDS).await?;
    Ok(found.is_empty().then_some(horizon))
}

/// Brings the index up to the ledger's horizon: from where it is, or from nothing when it is not as it should be.
///
/// # Errors
/// [`Trouble`]; what was committed before stays.
pub async fn catch_up(db: &Db, search: &Search) -> Result<(), Trouble> {
    let (horizon, origin) = stand_of(db).await?;
    let mark = if search.standing() == Standing::Closed { reopen(search).await } else { blocking(search, Search::open).await? };
    let mut mark = match mark {
        Ok(mark) if mark.position > 0 && mark.position <= horizon && mark.origin == origin => mark,
        Ok(mark) if mark.position == horizon && mark.origin == origin => mark,
        Ok(mark) => {
            let why = if mark.position == 0 { "it was never finished" } else { "it follows another ledger" };
            return make(db, search, why).await;
        }
        Err(why) => return make(db, search, &why).await,
    };
    search.stand(Standing::Following);
    while let Some(next) = follow(db, search, &mark).await? {
        mark = next;
    }
    Ok(())
}

/// Makes the index anew from the database; answers how many things are in it.
///
/// # Errors
/// [`Trouble`].
pub async fn rebuild(db: &Db, search: &Search) -> Result<usize, Trouble> {
    build(db, search).await
}

async fn reopen(search: &Search) -> Result<Mark, String> {
    blocking(search, Search::open).await.unwrap_or_else(|error| Err(error.to_string()))
}

async fn make(db: &Db, search: &Search, why: &str) -> Result<(), Trouble> {
    tracing::info!(%why, "the search index is made anew from the database");
    let rows = build(db, search).await?;
    tracing::info!(rows, "the search index is whole");
    Ok(())
}

/// Does what takes long, or waits for the disk, where it holds nobody up.
async fn blocking<T: Send + 'static>(search: &Search, work: impl FnOnce(&Search) -> T + Send + 'static) -> Result<T, Trouble> {
    let search = search.clone();
    tokio::task::spawn_blocking(move || work(&search)).await.map_err(|error| Trouble::Defect(error.to_string()))
}

async fn commit(writer: Writer, mark: Mark) -> Result<Writer, Trouble> {
    let done = tokio::task::spawn_blocking(move || writer.commit(&mark)).await;
    Ok(done.map_err(|error| Trouble::Defect(error.to_string()))??)
}

async fn close(writer: Writer, purge: bool) -> Result<(), Trouble> {
    let done = tokio::task::spawn_blocking(move || writer.close(purge)).await;
    Ok(done.map_err(|error| Trouble::Defect(error.to_string()))??)
}

/// The ledger's horizon, and the id of its first event.
async fn stand_of(db: &Db) -> Result<(i64, String), StoreError> {
    let mut sql = db.read().await?;
    let horizon = ledger::horizon(&mut sql).await?;
    let first = ledger::scan(&mut sql, None, 0, horizon, 1, &[]).await?;
    Ok((horizon, first.first().map(|event| event.id.to_string()).unwrap_or_default()))
}

/// Writes what the next events changed; where the index is then, none when it was there already.
async fn follow(db: &Db, search: &Search, mark: &Mark) -> Result<Option<Mark>, Trouble> {
    let mut sql = db.read().await?;
    let horizon = ledger::horizon(&mut sql).await?;
    let events = ledger::scan(&mut sql, None, mark.position, horizon, BATCH, &KINDS).await?;
    let Some(last) = events.last() else { return Ok(None) };
    let full = i64::try_from(events.len()).unwrap_or(i64::MAX) >= BATCH;
    let reached = if full { last.seq } else { horizon };
    let mut things = BTreeSet::new();
    let mut purge = false;
    for event in &events {
        purge |= event.kind == TextErased::KIND || event.kind == MailErased::KIND;
        things.extend(thing_of(&mut sql, event).await?);
    }
    let writer = blocking(search, Search::writer).await??;
    put(&mut sql, &writer, things).await?;
    drop(sql);
    let mark = Mark { position: reached, origin: mark.origin.clone() };
    let writer = commit(writer, mark.clone()).await?;
    close(writer, purge).await?;
    Ok(Some(mark))
}

/// Writes things as they are now; of those that are gone nothing stays. As many as are read together are in memory at a time.
async fn put(sql: &mut dyn Sql, writer: &Writer, things: BTreeSet<Thing>) -> Result<(), Trouble> {
    let mut by_tenant: BTreeMap<TenantId, Vec<(Findable, String)>> = BTreeMap::new();
    for (tenant, kind, id) in things {
        writer.remove(tenant, kind, &id);
        by_tenant.entry(tenant).or_default().push((kind, id));
    }
    for (tenant, keys) in by_tenant {
        for some in keys.chunks(TOGETHER) {
            for document in load_all(sql, tenant, some).await? {
                writer.add(&document)?;
            }
        }
    }
    Ok(())
}

/// What an event is about, when that is something that is found.
async fn thing_of(sql: &mut dyn Sql, event: &Event) -> Result<Option<Thing>, StoreError> {
    if let Some(erased) = event.read::<TextErased>() {
        let said = ledger::event(sql, event.tenant, erased?.seq).await?;
        return Ok(said.and_then(|said| subject(&said)));
    }
    if event.kind == MailErased::KIND {
        let row = sql
            .row("SELECT ticket_kind, ticket_id FROM mail WHERE tenant_id = $1 AND id = $2", params![event.tenant, &event.subject.id])
            .await?;
        let Some(row) = row else { return Ok(None) };
        let (Some(kind), Some(id)) = (row.opt_text("ticket_kind")?, row.opt_text("ticket_id")?) else { return Ok(None) };
        return Ok(kind.parse().ok().map(|kind| (event.tenant, kind, id)));
    }
    Ok(subject(event))
}

fn subject(event: &Event) -> Option<Thing> {
    Some((event.tenant, event.subject.kind.parse().ok()?, event.subject.id.clone()))
}

/// Makes the index from the database. Until it is whole its commits say position 0, so that who is killed begins again.
async fn build(db: &Db, search: &Search) -> Result<usize, Trouble> {
    search.stand(Standing::Building);
    blocking(search, Search::begin).await??;
    // What happens from here on is followed afterwards; what it changed may be in already, which changes nothing.
    let (position, origin) = stand_of(db).await?;
    let mut writer = blocking(search, Search::writer).await??;
    let mut rows = 0;
    for (kind, table) in [
        (Findable::Article, "article"),
        (Findable::Problem, "problem"),
        (Findable::Release, "release"),
        (Findable::Incident, "incident"),
        (Findable::Request, "request"),
    ] {
        let text = format!("SELECT tenant_id, id FROM {table} WHERE id > $1 ORDER BY id LIMIT $2");
        let mut after = String::new();
        loop {
            let mut sql = db.read().await?;
            let page = sql.rows(&text, params![&after, BATCH]).await?;
            let mut things = BTreeSet::new();
            for row in &page {
                after = row.text("id")?;
                things.insert((row.id("tenant_id")?, kind, after.clone()));
            }
            put(&mut sql, &writer, things).await?;
            rows += page.len();
            if i64::try_from(page.len()).unwrap_or(i64::MAX) < BATCH {
                break;
            }
            if rows % COMMIT_ROWS < usize::try_from(BATCH).unwrap_or(1) {
                writer = commit(writer, Mark { position: 0, origin: origin.clone() }).await?;
            }
        }
    }
    let writer = commit(writer, Mark { position, origin }).await?;
    close(writer, false).await?;
    search.stand(Standing::Following);
    Ok(rows)
}
