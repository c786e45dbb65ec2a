//! The index on the disk: opened, written to, read, and thrown away when it is not as it should be.

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use evenkeel_core::{id::TenantId, state::Findable};
use tantivy::{
    Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Searcher, TantivyError,
    indexer::{IndexWriterOptions, LogMergePolicy},
    schema::Schema,
};
use tokio::sync::Notify;

use super::{
    document::Document,
    schema::{Fields, schema, tokenizers},
};

/// Grows when rows of the index are made otherwise than before: an index of another form is made anew.
const FORM: u32 = 1;
/// Memory while something is written: the least that the library takes.
const WRITER_BYTES: usize = 15_000_000;

/// How the index is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It was not opened yet.
    Closed,
    /// It is being made from the database; what is in it already is found.
    Building,
    /// It follows the ledger.
    Following,
}

/// What the index says of itself in its commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Up to where it follows the ledger; 0 = it is not whole.
    pub position: i64,
    /// The first event of the ledger that it follows: another ledger has another.
    pub origin: String,
}

impl Mark {
    fn payload(&self) -> String {
        format!("{FORM}:{}:{}", self.position, self.origin)
    }

    fn read(payload: &str) -> Option<Self> {
        let mut parts = payload.splitn(3, ':');
        let form: u32 = parts.next()?.parse().ok()?;
        let position = parts.next()?.parse().ok()?;
        (form == FORM).then(|| Self { position, origin: parts.next().unwrap_or_default().to_owned() })
    }
}

/// The index. Cheap to clone.
#[derive(Clone)]
pub struct Search(Arc<Inner>);

struct Inner {
    /// None = in memory.
    folder: Option<PathBuf>,
    schema: Schema,
    fields: Fields,
    open: RwLock<(Standing, Option<Opened>)>,
    /// Rung when a query finds the index damaged.
    damaged: Notify,
}

#[derive(Clone)]
struct Opened {
    index: Index,
    reader: IndexReader,
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search").field("folder", &self.0.folder).finish_non_exhaustive()
    }
}

impl Search {
    /// In this folder, which belongs to it alone. Nothing is opened yet.
    pub fn at(folder: PathBuf) -> Self {
        Self::of(Some(folder))
    }

    /// In memory.
    pub fn in_memory() -> Self {
        Self::of(None)
    }

    fn of(folder: Option<PathBuf>) -> Self {
        let (schema, fields) = schema();
        Self(Arc::new(Inner { folder, schema, fields, open: RwLock::new((Standing::Closed, None)), damaged: Notify::new() }))
    }

    pub(super) fn fields(&self) -> Fields {
        self.0.fields
    }

    /// How it is.
    pub fn standing(&self) -> Standing {
        self.0.open.read().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    pub(super) fn stand(&self, standing: Standing) {
        self.0.open.write().unwrap_or_else(PoisonError::into_inner).0 = standing;
    }

    fn opened(&self) -> Option<Opened> {
        self.0.open.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// What is found in, when it is open.
    pub(super) fn searcher(&self) -> Option<Searcher> {
        self.opened().map(|opened| opened.reader.searcher())
    }

    /// Says that a query could not read it.
    pub(super) fn report(&self, error: &TantivyError) {
        tracing::error!(%error, "the search index cannot be read; it is made anew");
        self.0.damaged.notify_one();
    }

    /// Waits until a query cannot read it.
    pub(super) async fn damage(&self) {
        self.0.damaged.notified().await;
    }

    /// Whether its files went away under us.
    pub(super) fn is_gone(&self) -> bool {
        self.0.folder.as_ref().is_some_and(|folder| !folder.join("meta.json").exists())
    }

    /// Opens it; what its last commit says. In words why it cannot be used. Reads every file once, to know that it is whole.
    pub(super) fn open(&self) -> Result<Mark, String> {
        if let Some(opened) = self.opened() {
            return mark_of(&opened.index);
        }
        let Some(folder) = &self.0.folder else { return Err("it is in memory and was never filled".to_owned()) };
        if !folder.join("meta.json").exists() {
            return Err("there is none yet".to_owned());
        }
        let mut index = Index::open_in_dir(folder).map_err(|error| error.to_string())?;
        index.set_tokenizers(tokenizers());
        if index.schema() != self.0.schema {
            return Err("another version of Evenkeel made it".to_owned());
        }
        let damaged = index.validate_checksum().map_err(|error| error.to_string())?;
        if let Some(file) = damaged.iter().next() {
            return Err(format!("{} is damaged", file.display()));
        }
        let mark = mark_of(&index)?;
        self.take(index).map_err(|error| error.to_string())?;
        Ok(mark)
    }

    /// Throws away what is there and begins with nothing.
    pub(super) fn begin(&self) -> Result<(), TantivyError> {
        self.0.open.write().unwrap_or_else(PoisonError::into_inner).1 = None;
        let builder = Index::builder().schema(self.0.schema.clone()).tokenizers(tokenizers()).settings(IndexSettings::default());
        let index = match &self.0.folder {
            Some(folder) => {
                match std::fs::remove_dir_all(folder) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                    _ => {}
                }
                std::fs::create_dir_all(folder)?;
                builder.create_in_dir(folder)?
            }
            None => builder.create_in_ram()?,
        };
        self.take(index)
    }

    fn take(&self, index: Index) -> Result<(), TantivyError> {
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        self.0.open.write().unwrap_or_else(PoisonError::into_inner).1 = Some(Opened { index, reader });
        Ok(())
    }

    /// Whether a word is in the index's files at all, whoever may find it.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn knows(&self, word: &str) -> Result<bool, TantivyError> {
        let Some(searcher) = self.searcher() else { return Ok(false) };
        let fields = self.0.fields;
        for segment in searcher.segment_readers() {
            for field in [fields.title, fields.body, fields.inner] {
                if segment.inverted_index(field)?.get_term_info(&tantivy::Term::from_field_text(field, word))?.is_some() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Something to write with; closed as soon as there is nothing to write any more.
    pub(super) fn writer(&self) -> Result<Writer, TantivyError> {
        let opened = self.opened().ok_or_else(|| TantivyError::SystemError("the search index is not open".to_owned()))?;
        let options =
            IndexWriterOptions::builder().num_worker_threads(1).num_merge_threads(1).memory_budget_per_thread(WRITER_BYTES).build();
        let writer: IndexWriter = opened.index.writer_with_options(options)?;
        writer.set_merge_policy(Box::new(LogMergePolicy::default()));
        Ok(Writer { inner: writer, opened, fields: self.0.fields })
    }
}

fn mark_of(index: &Index) -> Result<Mark, String> {
    let metas = index.load_metas().map_err(|error| error.to_string())?;
    let payload = metas.payload.ok_or_else(|| "it was never finished".to_owned())?;
    Mark::read(&payload).ok_or_else(|| "another version of Evenkeel made it".to_owned())
}

/// Writes rows. What was not committed is as if it had never been.
pub(super) struct Writer {
    inner: IndexWriter,
    opened: Opened,
    fields: Fields,
}

impl Writer {
    /// A thing as it is now; the caller has removed what was there of it.
    pub fn add(&self, thing: &Document) -> Result<(), TantivyError> {
        self.inner.add_document(self.fields.row(thing)).map(|_| ())
    }

    /// Nothing is there any more.
    pub fn remove(&self, tenant: TenantId, kind: Findable, id: &str) {
        self.inner.delete_term(self.fields.key_term(tenant, kind, id));
    }

    /// Makes everything since the last commit findable, in one go with the position that it is of.
    pub fn commit(mut self, mark: &Mark) -> Result<Self, TantivyError> {
        let mut prepared = self.inner.prepare_commit()?;
        prepared.set_payload(&mark.payload());
        prepared.commit()?;
        self.opened.reader.reload()?;
        Ok(self)
    }

    /// Closes it. With `purge` the words of rows that are gone leave the files now, not when segments are merged some day.
    pub fn close(mut self, purge: bool) -> Result<(), TantivyError> {
        if purge {
            for segment in self.opened.index.searchable_segment_metas()? {
                if segment.has_deletes() {
                    self.inner.merge(&[segment.id()]).wait()?;
                }
            }
        }
        let gc = purge.then(|| self.inner.garbage_collect_files());
        if let Some(gc) = gc {
            gc.wait()?;
        }
        self.inner.wait_merging_threads()?;
        self.opened.reader.reload()
    }
}
