//! Writing a block: series by series in the order of their labels, to a file that nobody knows until it is whole.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use crate::store::{
    chunk::{Codec, column::Stretch, summary::Summary},
    head::symbols::Symbols,
    wire::put_uint,
};

use super::{
    MAGIC, PAGE_SERIES,
    columns::{Columns, encode},
    footer::{Footer, Part},
    index::{Lists, PagePlace, encode_pages, encode_symbols},
    page::{Entry, Place, Writer},
};
use crate::store::wire::Input;

/// Level of zstd for what finds things: written once, read often.
const LEVEL: i32 = 12;
/// Level for large parts: the tables of the higher one would take tens of megabytes for little.
const LEVEL_LARGE: i32 = 5;
/// From how many bytes on a part is large.
const LARGE: usize = 128 << 10;

/// A chunk to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewChunk<'a> {
    /// Which instants.
    pub stretch: Stretch,
    /// How it is written.
    pub codec: Codec,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// What its values come to.
    pub summary: Summary,
}

/// A block being written.
#[derive(Debug)]
pub struct BlockWriter {
    path: PathBuf,
    file: BufWriter<File>,
    at: u64,
    /// Columns of instants.
    pub columns: Columns,
    symbols: Symbols,
    lists: Lists,
    page: Writer,
    page_chunk_at: u64,
    packed: Vec<u8>,
    pages: Vec<PagePlace>,
    footer: Footer,
    entries: Vec<Entry>,
    pairs: Vec<(u32, u32)>,
}

/// The name of a block while it is being written.
fn draft(path: &Path) -> PathBuf {
    path.with_extension("draft")
}

impl BlockWriter {
    /// Begins a block at `path`.
    ///
    /// # Errors
    /// The disk's.
    pub fn new(path: &Path) -> io::Result<Self> {
        let mut file = BufWriter::with_capacity(256 << 10, File::create(draft(path))?);
        file.write_all(MAGIC)?;
        let at = MAGIC.len() as u64;
        Ok(Self {
            path: path.to_owned(),
            file,
            at,
            columns: Columns::default(),
            symbols: Symbols::default(),
            lists: Lists::default(),
            page: Writer::default(),
            page_chunk_at: at,
            packed: Vec::new(),
            pages: Vec::new(),
            footer: Footer { from_ms: i64::MAX, to_ms: i64::MIN, ..Footer::default() },
            entries: Vec::new(),
            pairs: Vec::new(),
        })
    }

    /// Adds the next series; labels come in rising order.
    ///
    /// # Errors
    /// The disk's.
    pub fn add<'a>(&mut self, labels: impl Iterator<Item = (&'a str, &'a str)>, chunks: &[NewChunk<'_>]) -> io::Result<()> {
        let full = || io::Error::other("a block has no number left for a text");
        self.pairs.clear();
        for (name, value) in labels {
            let pair = (self.symbols.intern(name).ok_or_else(full)?, self.symbols.intern(value).ok_or_else(full)?);
            self.pairs.push(pair);
            self.lists.add(pair, self.footer.series);
        }
        if self.page.count() == 0 {
            self.page_chunk_at = self.at;
        }
        self.entries.clear();
        for chunk in chunks {
            let place = if chunk.codec == Codec::Const {
                Place::Here(Input(chunk.bytes).trimmed().unwrap_or(0))
            } else {
                let part =
                    Part { at: self.at, bytes: u32::try_from(chunk.bytes.len()).unwrap_or(u32::MAX), sum: crc32c::crc32c(chunk.bytes) };
                self.file.write_all(chunk.bytes)?;
                self.at += chunk.bytes.len() as u64;
                Place::File(part)
            };
            self.footer.samples += u64::from(chunk.stretch.count);
            self.entries.push(Entry { stretch: chunk.stretch, codec: chunk.codec, place, summary: chunk.summary });
        }
        self.page.add(&self.pairs, &self.entries);
        self.footer.series += 1;
        if self.page.count() == PAGE_SERIES {
            self.end_page()?;
        }
        Ok(())
    }

    fn end_page(&mut self) -> io::Result<()> {
        let count = self.page.count();
        if count == 0 {
            return Ok(());
        }
        let plain = self.page.finish();
        let packed = zstd::bulk::compress(&plain, LEVEL)?;
        let part =
            Part { at: self.packed.len() as u64, bytes: u32::try_from(packed.len()).unwrap_or(u32::MAX), sum: crc32c::crc32c(&packed) };
        self.packed.extend_from_slice(&packed);
        self.pages.push(PagePlace { part, plain: u32::try_from(plain.len()).unwrap_or(u32::MAX), count, chunk_at: self.page_chunk_at });
        Ok(())
    }

    /// Appends bytes and says where they are.
    fn put(&mut self, bytes: &[u8]) -> io::Result<Part> {
        let part = Part { at: self.at, bytes: u32::try_from(bytes.len()).map_err(io::Error::other)?, sum: crc32c::crc32c(bytes) };
        self.file.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(part)
    }

    /// Appends bytes through zstd, their length before them.
    fn put_packed(&mut self, plain: &[u8]) -> io::Result<Part> {
        let mut out = Vec::new();
        put_uint(&mut out, plain.len() as u64);
        let level = if plain.len() < LARGE { LEVEL } else { LEVEL_LARGE };
        out.extend_from_slice(&zstd::bulk::compress(plain, level)?);
        self.put(&out)
    }

    /// Ends the block: it is on the disk under its name when this returns.
    ///
    /// # Errors
    /// The disk's; the draft is removed then.
    pub fn finish(mut self) -> io::Result<Footer> {
        let done = self.close();
        if done.is_err() {
            let _ = fs::remove_file(draft(&self.path));
        }
        done
    }

    /// Gives up: the draft is removed.
    pub fn abandon(self) {
        let _ = fs::remove_file(draft(&self.path));
    }

    fn close(&mut self) -> io::Result<Footer> {
        self.end_page()?;
        let columns_at = self.at;
        let columns = std::mem::take(&mut self.columns);
        self.put(&columns.bytes)?;
        self.footer.data_bytes = self.at - MAGIC.len() as u64;
        self.footer.from_ms = columns.places.iter().map(|place| place.from_ms).min().unwrap_or(0);
        self.footer.to_ms = columns.places.iter().map(|place| place.to_ms).max().unwrap_or(0);
        let symbols = encode_symbols(&self.symbols);
        self.footer.symbols = self.put_packed(&symbols)?;
        let lists = std::mem::take(&mut self.lists).encode();
        self.footer.postings = self.put_packed(&lists)?;
        let packed = std::mem::take(&mut self.packed);
        let start = self.at;
        self.file.write_all(&packed)?;
        self.at += packed.len() as u64;
        for page in &mut self.pages {
            page.part.at += start;
        }
        let pages = encode_pages(&self.pages);
        self.footer.pages = self.put_packed(&pages)?;
        let places = encode(&columns.places, columns_at);
        self.footer.columns = self.put_packed(&places)?;
        self.file.write_all(&self.footer.encode())?;
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        fs::rename(draft(&self.path), &self.path)?;
        if let Some(folder) = self.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(self.footer.clone())
    }
}
