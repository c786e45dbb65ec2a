//! `evenkeel import tickets`: another tool's history, streamed into the ledger.
//!
//! The file is read record by record and taken in batches, each batch one transaction together with how far it has come.
//! Killed anywhere, the next run goes on behind the last batch; run again, nothing is taken twice. What cannot be taken
//! lands in a file of rejected rows with line and reason, and holds up nothing else.

mod alertmanager;
mod blackbox;
mod checkpoint;
mod mapping;
mod plan;
mod records;
mod rejected;
mod source;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Subcommand;
use evenkeel_api::{Grant, Permission};
use evenkeel_core::{ErrorCode, Failure, id::TenantId};
use evenkeel_manage::incident::import::{ImportedTicket, import_batch};
use evenkeel_store::{Db, ledger::seal};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use checkpoint::Checkpoint;
pub use checkpoint::MIGRATIONS;
use plan::Plan;
use records::{Record, Records};
use rejected::Rejections;

use super::{database, many, store};
use crate::{app, config::DataArgs};

/// Records taken in one transaction.
const BATCH_RECORDS: usize = 2_000;
/// How often progress is told.
const TELL: Duration = Duration::from_secs(2);

/// What `evenkeel import` can do.
#[derive(Debug, Clone, Subcommand)]
pub enum ImportCommand {
    /// Bring another tool's ticket history into the ledger; may be killed, resumed and repeated.
    Tickets(ImportArgs),
    /// Read an Alertmanager configuration: what of it is taken, what is not, and why.
    Alertmanager(alertmanager::AlertmanagerArgs),
    /// Read the modules of a `blackbox_exporter`: what they become, and with targets the probes.
    Blackbox(blackbox::BlackboxArgs),
}

/// What `evenkeel import tickets` takes.
#[derive(Debug, Clone, clap::Args)]
pub struct ImportArgs {
    /// What the columns and words of the file mean.
    #[arg(long, value_name = "FILE")]
    mapping: PathBuf,
    /// The history: CSV, plain or in .gz or .zip.
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    /// Where rejected rows go; FILE.rejected.csv when not given.
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// Read the whole file again even if an earlier run finished it: takes what was rejected then and would do now.
    #[arg(long)]
    again: bool,
    /// Where the data lies.
    #[command(flatten)]
    data: DataArgs,
}

/// Runs it.
///
/// # Errors
/// What is wrong with the mapping or the file as a whole; single rows are rejected instead.
pub async fn run(command: ImportCommand) -> Result<(), Failure> {
    let args = match command {
        ImportCommand::Tickets(args) => args,
        ImportCommand::Alertmanager(args) => return alertmanager::run(args).await,
        ImportCommand::Blackbox(args) => return blackbox::run(args).await,
    };
    let rejected = args.rejected.clone().unwrap_or_else(|| with_ending(&args.file, ".rejected.csv"));
    let job = Job { mapping: args.mapping, file: args.file, rejected, again: args.again };
    let db = database(&args.data, false).await?;
    let mut outcome = job.run(&db, app::tenant()).await;
    if outcome.is_ok()
        && let Err(error) = seal::seal_all(&db).await
    {
        outcome = Err(store(error));
    }
    db.close().await;
    say!("{}", told(&outcome?, &job.rejected));
    Ok(())
}

/// A name of the characters that names have, and at most so many.
fn plain_name(text: &str, chars: usize) -> String {
    let fits = |c: char| if c.is_alphanumeric() || matches!(c, '_' | '.') { c } else { '-' };
    text.chars().map(fits).take(chars).collect()
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(ending);
    path.with_file_name(name)
}

fn told(done: &Checkpoint, rejected: &Path) -> String {
    let rows = match done.rejected {
        0 => "no row rejected".to_owned(),
        count => format!("{} rejected, see {}", many(count, "row"), rejected.display()),
    };
    format!("{} read: {}, {}, {rows}", many(done.records, "record"), many(done.tickets, "ticket"), many(done.events, "ledger event"))
}

/// One import of one file.
struct Job {
    mapping: PathBuf,
    file: PathBuf,
    rejected: PathBuf,
    again: bool,
}

/// Records read and not yet taken.
#[derive(Default)]
struct Batch {
    records: usize,
    tickets: Vec<ImportedTicket>,
    by_key: HashMap<String, usize>,
    /// For each ticket, its key as the file has it.
    keys: Vec<String>,
    /// For each ticket, the rows it came from and when each happened.
    rows: Vec<Vec<(u64, Option<Timestamp>, String)>>,
    /// Line, key, reason, row.
    rejected: Vec<(u64, String, String, String)>,
}

impl Batch {
    /// Adds a row's ticket to what the batch has of it. What the first row says of title, service and so on stays.
    fn add(&mut self, line: u64, key: &str, row: &[String], ticket: ImportedTicket) {
        let shown = row.join(",");
        let rows: Vec<_> = ticket.events.iter().map(|event| (line, Some(event.at), shown.clone())).collect();
        if let Some(index) = self.by_key.get(&ticket.external_id) {
            let known = &mut self.tickets[*index];
            if known.title.is_empty() {
                known.title = ticket.title;
            }
            known.events.extend(ticket.events);
            self.rows[*index].extend(rows);
        } else {
            self.by_key.insert(ticket.external_id.clone(), self.tickets.len());
            self.tickets.push(ticket);
            self.keys.push(key.to_owned());
            self.rows.push(rows);
        }
    }

    /// Writes down a rejection of the store under each row it concerns.
    fn refuse(&mut self, external_id: &str, at: Option<Timestamp>, reason: &str) {
        let Some(index) = self.by_key.get(external_id) else { return };
        let key = &self.keys[*index];
        let mut lines = Vec::new();
        for (line, happened, row) in &self.rows[*index] {
            if (at.is_none() || *happened == at) && !lines.contains(line) {
                lines.push(*line);
                self.rejected.push((*line, key.clone(), reason.to_owned(), row.clone()));
            }
        }
    }
}

impl Job {
    async fn run(&self, db: &Db, tenant: TenantId) -> Result<Checkpoint, Failure> {
        let (mapping, mapping_text) = mapping::read(&self.mapping)?;
        let digest = hex::encode(Sha256::digest(format!("{}\n{mapping_text}", source::digest(&self.file)?)));
        let before = checkpoint::find(&mut db.read().await.map_err(store)?, tenant, &digest).await.map_err(store)?;
        let mut done = match before {
            Some(before) if before.finished && !self.again => {
                note!("this file was imported with this mapping already; --again reads it once more");
                return Ok(before);
            }
            Some(before) if !before.finished => {
                note!("going on after {} records of an earlier run", before.records);
                before
            }
            _ => Checkpoint::default(),
        };
        let delimiter = u8::try_from(mapping.delimiter)
            .map_err(|_| Failure::new(ErrorCode::Invalid, "delimiter: give one ASCII character, such as \",\" or \";\"").at("delimiter"))?;
        let mut records = Records::new(source::open(&self.file)?, delimiter);
        let header = self.header(&mut records, mapping.encoding)?;
        let plan = Plan::new(&self.mapping, &mapping, &header)?;
        let mut rejections = Rejections::after(&self.rejected, u64::try_from(done.rejected_bytes).unwrap_or(0))?;
        let mut skip = done.records;
        let mut batch = Batch::default();
        let mut last_told = Instant::now();
        while let Some(record) = records.next().map_err(|error| self.broken(&error))? {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            batch.records += 1;
            take(&plan, mapping.encoding, header.len(), record, &mut batch);
            if batch.records >= BATCH_RECORDS {
                self.commit(db, tenant, &digest, std::mem::take(&mut batch), &mut rejections, &mut done).await?;
                if last_told.elapsed() > TELL {
                    last_told = Instant::now();
                    note!("{}", told(&done, &self.rejected));
                }
            }
        }
        done.finished = true;
        self.commit(db, tenant, &digest, batch, &mut rejections, &mut done).await?;
        Ok(done)
    }

    fn broken(&self, error: &std::io::Error) -> Failure {
        let name = self.file.display().to_string();
        Failure::new(ErrorCode::Invalid, format!("{name} is damaged: {error}; what came before is imported, the next run goes on there"))
            .at(name)
    }

    fn header(&self, records: &mut Records<impl std::io::Read>, encoding: source::Encoding) -> Result<Vec<String>, Failure> {
        let name = self.file.display().to_string();
        match records.next().map_err(|error| self.broken(&error))? {
            Some(Record::Fields { fields, .. }) => {
                fields.iter().map(|field| encoding.decode(field).map(|text| text.trim().to_owned())).collect::<Option<Vec<_>>>().ok_or_else(
                    || {
                        Failure::new(ErrorCode::Invalid, format!("{name}:1: the first line is not text in the mapping's encoding"))
                            .at(format!("{name}:1"))
                    },
                )
            }
            Some(Record::Broken { why, .. }) => Err(Failure::new(ErrorCode::Invalid, format!("{name}:1: {why}")).at(format!("{name}:1"))),
            None => Err(Failure::new(ErrorCode::Invalid, format!("{name} is empty; the first line must name the columns")).at(name)),
        }
    }

    async fn commit(
        &self,
        db: &Db,
        tenant: TenantId,
        digest: &str,
        mut batch: Batch,
        rejections: &mut Rejections,
        done: &mut Checkpoint,
    ) -> Result<(), Failure> {
        let mut tx = db.write().await.map_err(store)?;
        let grant = Grant::system(Permission::ImportWrite);
        let outcome = import_batch(&mut tx, &grant, tenant, &batch.tickets).await.map_err(store)?;
        for refused in &outcome.rejected {
            batch.refuse(&refused.external_id, refused.at, &refused.reason);
        }
        batch.rejected.sort();
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let bytes = rejections.write(&batch.rejected)?;
        done.records += count(batch.records);
        done.tickets += i64::try_from(outcome.opened).unwrap_or(i64::MAX);
        done.events += i64::try_from(outcome.events).unwrap_or(i64::MAX);
        done.rejected += count(batch.rejected.len());
        done.rejected_bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        checkpoint::put(&mut tx, tenant, digest, &self.file.display().to_string(), done).await.map_err(store)?;
        tx.commit().await.map_err(store)
    }
}

/// Puts a record into the batch, or among its rejected rows.
fn take(plan: &Plan, encoding: source::Encoding, columns: usize, record: Record, batch: &mut Batch) {
    let (line, fields) = match record {
        Record::Fields { line, fields } => (line, fields),
        Record::Broken { line, why, start } => {
            batch.rejected.push((line, String::new(), why.to_owned(), String::from_utf8_lossy(&start).into_owned()));
            return;
        }
    };
    let lossy = || fields.iter().map(|field| String::from_utf8_lossy(field)).collect::<Vec<_>>().join(",");
    // Whoever mends a row looks for it by its key: shown as far as it can be read.
    let key = fields.get(plan.key()).and_then(|field| encoding.decode(field)).map(|key| key.trim().to_owned()).unwrap_or_default();
    let Some(row) = fields.iter().map(|field| encoding.decode(field).map(std::borrow::Cow::into_owned)).collect::<Option<Vec<String>>>()
    else {
        batch.rejected.push((line, key, "the line is text in none of the encodings (UTF-8, GB18030)".to_owned(), lossy()));
        return;
    };
    if row.len() != columns {
        let reason = format!("the line has {} fields, the first line has {columns}", row.len());
        batch.rejected.push((line, key, reason, row.join(",")));
        return;
    }
    match plan.ticket(&row) {
        Ok(Some(ticket)) => batch.add(line, &key, &row, ticket),
        Ok(None) => {}
        Err(reason) => batch.rejected.push((line, key, reason, row.join(","))),
    }
}
