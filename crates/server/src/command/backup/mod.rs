//! `evenkeel backup` of a running instance and `evenkeel restore` into an empty place.
//!
//! A backup is one snapshot of every table, with the data folder's files; it waits for nobody and nobody waits for it.
//! A restore checks every hash before it writes anything, writes everything in one transaction, and then reads the whole
//! ledger again: what it leaves is whole and holds, or is nothing.

mod archive;
mod shape;
#[cfg(test)]
mod tests;

use std::{
    io::{BufRead as _, BufReader},
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use evenkeel_core::{Clock as _, ErrorCode, Failure};
use evenkeel_store::{
    Db, DbUrl, Migration, Sql, Tx, Value,
    ledger::{
        seal,
        verify::{Outcome, verify},
    },
    migration, params,
};
use serde_json::Value as Json;

use self::{
    archive::{FORMAT, Manifest, Reader, Writer, wrong},
    shape::{Table, tables},
};
use super::{database, store};
use crate::{
    ambient::{OsRng, SystemClock},
    app,
    config::DataArgs,
    folder,
};

/// Rows read at once.
const PAGE_ROWS: i64 = 2_000;
/// Folders of the data folder that belong to a backup.
const FOLDERS: &[&str] = &["blobs", "mail"];

/// What `evenkeel backup` takes.
#[derive(Debug, Clone, clap::Args)]
pub struct BackupArgs {
    /// The archive to write; must not exist.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Where the data lies.
    #[command(flatten)]
    data: DataArgs,
}

/// What `evenkeel restore` takes.
#[derive(Debug, Clone, clap::Args)]
pub struct RestoreArgs {
    /// The archive.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// An empty place for the data.
    #[command(flatten)]
    data: DataArgs,
}

/// Makes a backup.
///
/// # Errors
/// When there is no database, or the archive cannot be written; then nothing is left of it.
pub async fn backup(args: BackupArgs) -> Result<(), Failure> {
    let db = database(&args.data, false).await?;
    let made = write(&db, &app::migrations(), &args.data.data, &args.to).await;
    db.close().await;
    let manifest = made?;
    let rows: i64 = manifest.entries.iter().filter_map(|entry| entry.rows).sum();
    say!(
        "{}: {rows} rows, ledger position {}, newest seal {}",
        args.to.display(),
        manifest.position,
        manifest.seal.as_deref().unwrap_or("none")
    );
    Ok(())
}

/// Restores a backup.
///
/// # Errors
/// When the archive is damaged or newer than this binary, the target is not empty, or the restored ledger does not hold.
pub async fn restore(args: RestoreArgs) -> Result<(), Failure> {
    let mut reader = Reader::open(&args.file)?;
    let url = args.data.url()?;
    if let Some(holder) = folder::holder(&args.data.data)? {
        let detail = format!("{} is used by process {}; restore into an empty place", args.data.data.display(), holder.pid);
        return Err(Failure::new(ErrorCode::Conflict, detail).at("--data"));
    }
    if let DbUrl::Sqlite(path) = &url {
        if path.exists() {
            return Err(Failure::new(ErrorCode::Conflict, format!("{} exists; a restore goes into an empty folder only", path.display()))
                .at("--data"));
        }
        std::fs::create_dir_all(&args.data.data).map_err(|error| wrong(&args.data.data, error))?;
    }
    let db = Db::open(&url, Arc::new(SystemClock), Arc::new(OsRng)).await.map_err(store)?;
    let outcome = read(&db, app::migrations(), &args.data.data, &args.file, &mut reader).await;
    db.close().await;
    if outcome.is_err()
        && let DbUrl::Sqlite(path) = &url
    {
        // Half a database would be taken for one at the next start.
        for ending in ["", "-wal", "-shm"] {
            let mut name = path.clone().into_os_string();
            name.push(ending);
            let _ = std::fs::remove_file(name);
        }
    }
    let events = outcome?;
    say!("restored: ledger position {}, {events} sealed events read again and every seal holds", reader.manifest.position);
    Ok(())
}

/// Writes the archive of one snapshot.
async fn write(db: &Db, migrations: &[Migration], data: &Path, to: &Path) -> Result<Manifest, Failure> {
    let mut sql = db.snapshot().await.map_err(store)?;
    let applied = sql.rows("SELECT name FROM migration ORDER BY name", params![]).await.map_err(store)?;
    let applied: Vec<String> = applied.iter().map(|row| row.text("name")).collect::<Result<_, _>>().map_err(store)?;
    if let Some(unknown) = applied.iter().find(|name| !migrations.iter().any(|known| known.name == **name)) {
        return Err(Failure::new(
            ErrorCode::Invalid,
            format!("the database is newer than this binary (it has {unknown}); back it up with the newer one"),
        ));
    }
    let known: Vec<Migration> = migrations.iter().filter(|known| applied.iter().any(|name| name == known.name)).copied().collect();
    let mut archive = Writer::create(to)?;
    // The first statement on PostgreSQL fixes the snapshot, so everything below is of that moment.
    let position = sql.row("SELECT COALESCE(MAX(seq), 0) AS position FROM ledger_event", params![]).await.map_err(store)?;
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: SystemClock.now(),
        database: db.dialect().as_str().to_owned(),
        migrations: applied,
        position: position.map_or(Ok(0), |row| row.int("position")).map_err(store)?,
        seal: seal::last(&mut sql).await.map_err(store)?.map(|(_, hash)| hash),
        entries: Vec::new(),
    };
    for table in tables(&known)? {
        dump(&mut sql, &mut archive, &table).await?;
    }
    for folder in FOLDERS {
        files(&mut archive, data, &data.join(folder))?;
    }
    archive.finish(manifest)
}

/// One table, a page at a time in the order of its key.
async fn dump(sql: &mut dyn Sql, archive: &mut Writer, table: &Table) -> Result<(), Failure> {
    let name = format!("tables/{}.jsonl", table.name);
    let columns: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    let key: Vec<&str> = table.key.iter().map(|place| columns[*place].as_str()).collect();
    let marks: Vec<String> = (1..=key.len()).map(|number| format!("${number}")).collect();
    let (list, key_list, mark_list) = (columns.join(", "), key.join(", "), marks.join(", "));
    archive.begin(&name)?;
    let mut after: Vec<Value> = Vec::new();
    let mut count = 0;
    loop {
        let filter = if after.is_empty() { String::new() } else { format!(" WHERE ({key_list}) > ({mark_list})") };
        let query = format!("SELECT {list} FROM {}{filter} ORDER BY {key_list} LIMIT {PAGE_ROWS}", table.name);
        let rows = sql.rows(&query, std::mem::take(&mut after)).await.map_err(store)?;
        let mut text = String::new();
        let mut last = Vec::new();
        for row in &rows {
            last =
                table.columns.iter().map(|column| column.kind.read(row, &column.name)).collect::<Result<Vec<Json>, _>>().map_err(store)?;
            text.push_str(&serde_json::to_string(&last).map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()))?);
            text.push('\n');
            count += 1;
        }
        archive.write(text.as_bytes())?;
        if i64::try_from(rows.len()).unwrap_or(0) < PAGE_ROWS {
            break;
        }
        after = table.key.iter().filter_map(|place| table.columns[*place].kind.value(&last[*place])).collect();
    }
    archive.end(&name, Some(count), columns);
    Ok(())
}

/// The files below a folder of the data folder.
fn files(archive: &mut Writer, data: &Path, folder: &Path) -> Result<(), Failure> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(archive, data, &path)?;
            continue;
        }
        // Half-written files have this ending until they are whole.
        if path.extension().is_some_and(|ending| ending == "part") {
            continue;
        }
        let Ok(relative) = path.strip_prefix(data) else { continue };
        let name = format!("files/{}", relative.display());
        let bytes = std::fs::read(&path).map_err(|error| wrong(&path, error))?;
        archive.begin(&name)?;
        archive.write(&bytes)?;
        archive.end(&name, None, Vec::new());
    }
    Ok(())
}

/// Writes an archive into an empty database and data folder; answers how many sealed events were read again.
async fn read(db: &Db, migrations: Vec<Migration>, data: &Path, file: &Path, reader: &mut Reader) -> Result<i64, Failure> {
    let wanted = reader.manifest.migrations.clone();
    if let Some(unknown) = wanted.iter().find(|name| !migrations.iter().any(|known| known.name == **name)) {
        return Err(wrong(file, format!("was made by a newer Evenkeel (it has {unknown}); restore it with that one")));
    }
    // The tables as they were then; the next start brings them up to date as it does for any older database.
    let then: Vec<Migration> = migrations.into_iter().filter(|known| wanted.iter().any(|name| name == known.name)).collect();
    let shapes = tables(&then)?;
    migration::migrate(db, then).await.map_err(store)?;
    let mut tx = db.write().await.map_err(store)?;
    for table in &shapes {
        let found = tx.row(&format!("SELECT 1 AS found FROM {} LIMIT 1", table.name), params![]).await.map_err(store)?;
        if found.is_some() {
            return Err(Failure::new(
                ErrorCode::Conflict,
                format!("the database is not empty (table {} has rows); restore into an empty one", table.name),
            ));
        }
        fill(&mut tx, file, reader, table).await?;
    }
    tx.commit().await.map_err(store)?;
    for entry in reader.manifest.entries.clone() {
        if let Some(relative) = entry.name.strip_prefix("files/") {
            unpack(reader, data, &entry.name, relative)?;
        }
    }
    match verify(db).await.map_err(store)? {
        Outcome::Holds { events, head, .. } if head == reader.manifest.seal => Ok(events),
        Outcome::Holds { .. } => {
            Err(wrong(file, "the newest seal is not the one the manifest names; the archive was put together by hand"))
        }
        Outcome::Broken { seal, why, .. } => {
            Err(wrong(file, format!("seal {seal} of the ledger does not hold: {why}; use an older backup")))
        }
        Outcome::TextChanged { digest } => Err(wrong(file, format!("the personal text {digest} was changed; use an older backup"))),
    }
}

async fn fill(tx: &mut Tx, file: &Path, reader: &mut Reader, table: &Table) -> Result<(), Failure> {
    let name = format!("tables/{}.jsonl", table.name);
    let Some(entry) = reader.manifest.entries.iter().find(|entry| entry.name == name).cloned() else {
        return Err(wrong(file, format!("is damaged: it has no {name}")));
    };
    let kinds: Vec<_> = entry
        .columns
        .iter()
        .map(|column| table.columns.iter().find(|known| known.name == *column).map(|known| known.kind))
        .collect::<Option<_>>()
        .ok_or_else(|| wrong(file, format!("{name} has columns that this binary does not know")))?;
    let marks: Vec<String> = (1..=kinds.len()).map(|number| format!("${number}")).collect();
    let insert = format!("INSERT INTO {} ({}) VALUES ({})", table.name, entry.columns.join(", "), marks.join(", "));
    let mut rows = 0;
    for line in BufReader::new(reader.stream(&name)?).lines() {
        let damaged = || wrong(file, format!("is damaged: {name}, row {}", rows + 1));
        let line = line.map_err(|_| damaged())?;
        let row: Vec<Json> = serde_json::from_str(&line).map_err(|_| damaged())?;
        if row.len() != kinds.len() {
            return Err(damaged());
        }
        let values = kinds.iter().zip(&row).map(|(kind, json)| kind.value(json)).collect::<Option<Vec<_>>>().ok_or_else(damaged)?;
        tx.execute(&insert, values).await.map_err(store)?;
        rows += 1;
    }
    if entry.rows != Some(rows) {
        return Err(wrong(file, format!("is damaged: {name} has {rows} rows, the manifest names {}", entry.rows.unwrap_or(0))));
    }
    for column in table.columns.iter().filter(|column| column.numbered) {
        tx.continue_numbers(&table.name, &column.name).await.map_err(store)?;
    }
    Ok(())
}

/// Writes a file back; a name that would leave the data folder is refused.
fn unpack(reader: &mut Reader, data: &Path, name: &str, relative: &str) -> Result<(), Failure> {
    let relative = Path::new(relative);
    if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(wrong(relative, "leads out of the data folder; the archive was put together by hand"));
    }
    let path = data.join(relative);
    let written = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::File::create(&path));
    let mut out = written.map_err(|error| wrong(&path, error))?;
    let mut entry = reader.stream(name)?;
    std::io::copy(&mut entry, &mut out).and_then(|_| out.sync_all()).map_err(|error| wrong(&path, error))
}
