//! Reading a block. What a checksum says is damaged is told as [`Damage`], and nothing but that is lost.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use roaring::RoaringBitmap;

use super::{
    Damage, MAGIC, PAGE_SERIES,
    cache::{Cache, Kind},
    columns::{self, ColumnPlace},
    footer::{Footer, Part, TAIL_BYTES},
    index::{Index, decode_pages, decode_symbols},
    page::{Entry, Place, Reader},
};
use crate::{
    source::{Matcher, Samples},
    store::{
        chunk::{self, Codec, column, histogram},
        find::candidates,
        merge,
        wire::{Input, intact},
    },
};

/// Bytes of a file read at once.
const STRETCH_BYTES: u64 = 64 << 10;
/// A part that claims more unpacked is damaged.
const PLAIN_BYTES_MAX: usize = 1 << 30;

/// A page of series that claims more unpacked is damaged.
const PAGE_BYTES_MAX: usize = 256 << 20;
/// A column that claims more rows is damaged: a second's samples of twelve days.
const COLUMN_ROWS_MAX: u32 = 1 << 20;

/// A series as a block has it: label pairs and chunks.
pub type Series = (Vec<(u32, u32)>, Vec<Entry>);

/// A block.
#[derive(Debug)]
pub struct Block {
    /// Its number.
    pub number: u64,
    /// What it says of itself.
    pub footer: Footer,
    /// Where it is.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: u64,
    file: File,
    cache: Arc<Cache>,
}

impl Block {
    /// Opens a block; only its footer is read.
    ///
    /// # Errors
    /// The disk's, or what is damaged.
    pub fn open(number: u64, path: &Path, cache: Arc<Cache>) -> Result<Self, Damage> {
        let damage = |what: String| Damage { block: number, what };
        let io = |error: io::Error| damage(format!("cannot be read: {error}"));
        let file = File::open(path).map_err(io)?;
        let bytes = file.metadata().map_err(io)?.len();
        let short = || damage("too short to be a block".to_owned());
        let tail_at = bytes.checked_sub(TAIL_BYTES as u64).ok_or_else(short)?;
        let mut tail = [0u8; TAIL_BYTES];
        file.read_exact_at(&mut tail, tail_at).map_err(io)?;
        let torn = || damage("its footer is damaged".to_owned());
        let (length, sum) = Footer::tail(&tail).ok_or_else(torn)?;
        let at = tail_at.checked_sub(u64::from(length)).filter(|at| *at >= MAGIC.len() as u64).ok_or_else(torn)?;
        let mut footer = vec![0u8; length as usize];
        file.read_exact_at(&mut footer, at).map_err(io)?;
        if !intact(&footer, sum) {
            return Err(torn());
        }
        let footer = Footer::decode(&footer).ok_or_else(torn)?;
        Ok(Self { number, footer, path: path.to_owned(), bytes, file, cache })
    }

    fn damage(&self, what: impl Into<String>) -> Damage {
        Damage { block: self.number, what: what.into() }
    }

    /// A part, its checksum found right.
    fn part(&self, part: Part, what: &str) -> Result<Vec<u8>, Damage> {
        // Before room is made for it: what is damaged may claim gigabytes.
        if part.at.checked_add(u64::from(part.bytes)).is_none_or(|end| end > self.bytes) {
            return Err(self.damage(format!("{what} at byte {} reaches beyond the file", part.at)));
        }
        let mut bytes = vec![0u8; part.bytes as usize];
        self.file.read_exact_at(&mut bytes, part.at).map_err(|error| self.damage(format!("{what} cannot be read: {error}")))?;
        if !intact(&bytes, part.sum) {
            return Err(self.damage(format!("{what} at byte {} is damaged", part.at)));
        }
        Ok(bytes)
    }

    fn packed(&self, part: Part, what: &str) -> Result<Vec<u8>, Damage> {
        let bytes = self.part(part, what)?;
        let mut input = Input(&bytes);
        let plain = input.size().filter(|size| *size <= PLAIN_BYTES_MAX).and_then(|size| zstd::bulk::decompress(input.0, size).ok());
        plain.ok_or_else(|| self.damage(format!("{what} makes no sense")))
    }

    /// What finds its series.
    ///
    /// # Errors
    /// What is damaged.
    pub fn index(&self) -> Result<Arc<Index>, Damage> {
        self.cache.get((self.number, Kind::Index, 0), || {
            let symbols = self.packed(self.footer.symbols, "the table of texts")?;
            let postings = self.packed(self.footer.postings, "the lists of series")?;
            let pages = self.packed(self.footer.pages, "the table of pages")?;
            let columns = self.packed(self.footer.columns, "the table of columns")?;
            let index = decode_symbols(&symbols).zip(decode_pages(&pages, self.bytes)).zip(columns::decode(&columns, self.bytes));
            let index = index.and_then(|((symbols, pages), columns)| Index::new(symbols, postings, pages, columns, self.footer.series));
            let index = index.ok_or_else(|| self.damage("its index makes no sense"))?;
            let bytes = index.bytes();
            Ok((index, bytes))
        })
    }

    fn page(&self, index: &Index, number: usize) -> Result<Arc<Vec<u8>>, Damage> {
        self.cache.get((self.number, Kind::Page, number as u64), || {
            let what = || format!("page {number} of series");
            let place = index.pages.get(number).ok_or_else(|| self.damage(format!("{} is not there", what())))?;
            let packed = self.part(place.part, &what())?;
            if place.plain as usize > PAGE_BYTES_MAX {
                return Err(self.damage(format!("{} makes no sense", what())));
            }
            let plain =
                zstd::bulk::decompress(&packed, place.plain as usize).map_err(|_| self.damage(format!("{} makes no sense", what())))?;
            let bytes = plain.len();
            Ok((plain, bytes))
        })
    }

    /// Hands over the series that all matchers match: their labels' numbers and their chunks. A damaged page is told to
    /// `damaged` and passed over.
    ///
    /// # Errors
    /// When the index itself is damaged.
    pub fn matching(
        &self,
        matchers: &[Matcher],
        damaged: &mut Vec<Damage>,
        mut take: impl FnMut(&Index, &[(u32, u32)], &[Entry]) -> bool,
    ) -> Result<(), Damage> {
        let index = self.index()?;
        let (found, mut rest) = candidates(&*index, matchers);
        self.walk(&index, Some(&found), damaged, |labels, chunks| {
            !rest.is_empty() && !rest.matches(&*index, &labels.iter().copied()) || take(&index, labels, chunks)
        });
        Ok(())
    }

    /// All series of a page.
    ///
    /// # Errors
    /// What is damaged.
    pub fn page_series(&self, index: &Index, number: usize) -> Result<Vec<Series>, Damage> {
        let bytes = self.page(index, number)?;
        let place = index.pages.get(number).ok_or_else(|| self.damage("a page is not there"))?;
        let mut reader = Reader::new(&bytes, place.count, place.chunk_at);
        let mut all = Vec::new();
        loop {
            match reader.step().filter(|_| known(index, &reader.labels)) {
                Some(true) => all.push((reader.labels.clone(), reader.chunks.clone())),
                Some(false) => return Ok(all),
                None => return Err(self.damage(format!("page {number} of series makes no sense"))),
            }
        }
    }

    /// Hands over series by number, or all of them, in the order of their labels, until `take` says `false`.
    pub fn walk(
        &self,
        index: &Index,
        which: Option<&RoaringBitmap>,
        damaged: &mut Vec<Damage>,
        mut take: impl FnMut(&[(u32, u32)], &[Entry]) -> bool,
    ) {
        let mut first = 0u32;
        for (number, place) in index.pages.iter().enumerate() {
            let end = first.saturating_add(place.count.min(PAGE_SERIES));
            if which.is_none_or(|which| which.range_cardinality(first..end) > 0) {
                match self.page(index, number) {
                    Ok(bytes) => {
                        let mut reader = Reader::new(&bytes, place.count, place.chunk_at);
                        let mut series = first;
                        loop {
                            match reader.step().filter(|_| known(index, &reader.labels)) {
                                Some(true) => {}
                                Some(false) => break,
                                None => {
                                    damaged.push(self.damage(format!("page {number} of series makes no sense")));
                                    break;
                                }
                            }
                            if which.is_none_or(|which| which.contains(series)) && !take(&reader.labels, &reader.chunks) {
                                return;
                            }
                            series += 1;
                        }
                    }
                    Err(damage) => damaged.push(damage),
                }
            }
            first = end;
        }
    }

    /// The instants of a column.
    ///
    /// # Errors
    /// What is damaged.
    pub fn column(&self, index: &Index, number: u32) -> Result<Arc<Vec<i64>>, Damage> {
        self.cache.get((self.number, Kind::Column, u64::from(number)), || {
            let what = format!("column {number}");
            let place: ColumnPlace = *index.columns.get(number as usize).ok_or_else(|| self.damage(format!("{what} is not there")))?;
            let bytes = self.part(place.part, &what)?;
            let at = Some(place.count).filter(|count| *count <= COLUMN_ROWS_MAX);
            let at =
                at.and_then(|count| column::decode(&bytes, count as usize)).ok_or_else(|| self.damage(format!("{what} makes no sense")))?;
            let bytes = at.len() * 8;
            Ok((at, bytes))
        })
    }

    /// The bytes of a chunk, by way of the cache: the next series' chunk mostly is in the same stretch.
    fn chunk_bytes<R>(&self, part: Part, with: impl FnOnce(&[u8]) -> R) -> Result<R, Damage> {
        let check = |bytes: &[u8]| intact(bytes, part.sum);
        let damaged = || self.damage(format!("the chunk at byte {} is damaged", part.at));
        let number = part.at / STRETCH_BYTES;
        let start = number * STRETCH_BYTES;
        let within = usize::try_from(part.at - start).unwrap_or(usize::MAX);
        let end = part.at.saturating_add(u64::from(part.bytes));
        if end > start + STRETCH_BYTES || end > self.bytes {
            let bytes = self.part(part, "the chunk")?;
            return Ok(with(&bytes));
        }
        let stretch = self.cache.get((self.number, Kind::Stretch, number), || {
            let length = usize::try_from((self.bytes - start).min(STRETCH_BYTES)).unwrap_or(0);
            let mut bytes = vec![0u8; length];
            self.file.read_exact_at(&mut bytes, start).map_err(|error| self.damage(format!("byte {start} cannot be read: {error}")))?;
            Ok((bytes, length))
        })?;
        let bytes = stretch.get(within..within + part.bytes as usize).filter(|bytes| check(bytes)).ok_or_else(damaged)?;
        Ok(with(bytes))
    }

    /// Appends a chunk's samples in `[from_ms, to_ms]`.
    ///
    /// # Errors
    /// What is damaged; then nothing was appended.
    pub fn read(
        &self,
        index: &Index,
        entry: &Entry,
        from_ms: i64,
        to_ms: i64,
        into: &mut Samples,
        scratch: &mut Vec<f64>,
    ) -> Result<(), Damage> {
        let place = index.columns.get(entry.stretch.column as usize).ok_or_else(|| self.damage("a column is not there"))?;
        if place.to_ms < from_ms || place.from_ms > to_ms {
            return Ok(());
        }
        let column = self.column(index, entry.stretch.column)?;
        let at = entry.stretch.of(&column).ok_or_else(|| self.damage("a chunk reaches beyond its column"))?;
        let start = at.partition_point(|at| *at < from_ms);
        let end = at.partition_point(|at| *at <= to_ms);
        if start >= end {
            return Ok(());
        }
        let count = at.len();
        let nonsense = || self.damage("a chunk makes no sense".to_owned());
        match (entry.place, entry.codec) {
            (Place::Here(bits), _) => into.values.extend(std::iter::repeat_n(f64::from_bits(bits), end - start)),
            (Place::File(part), Codec::Histogram) => {
                let all = self.chunk_bytes(part, |bytes| histogram::decode(bytes, count))?.ok_or_else(nonsense)?;
                let extra = at.iter().copied().zip(all).skip(start).take(end - start).collect();
                merge::add_histograms(into, extra);
                return Ok(());
            }
            (Place::File(part), codec) => {
                scratch.clear();
                self.chunk_bytes(part, |bytes| chunk::decode(codec, bytes, count, scratch))?.ok_or_else(nonsense)?;
                into.values.extend_from_slice(scratch.get(start..end).ok_or_else(nonsense)?);
            }
        }
        into.at_ms.extend_from_slice(&at[start..end]);
        Ok(())
    }
}

/// Whether all texts of a label set are there: whoever keeps lists by their numbers must not make room for others.
fn known(index: &Index, labels: &[(u32, u32)]) -> bool {
    let end = index.symbols.len();
    labels.iter().all(|(name, value)| (*name as usize) < end && (*value as usize) < end)
}

impl Drop for Block {
    fn drop(&mut self) {
        self.cache.forget(self.number);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::{block::write::BlockWriter, cut::write_samples, wire::put_uint};

    /// What the fuzzer of blocks had it make gigabytes of room for.
    #[test]
    fn what_a_block_claims_beyond_its_file_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1.blk");
        let mut writer = BlockWriter::new(&path).unwrap();
        let samples = Samples { at_ms: vec![1, 2], values: vec![1.0, 2.0], histograms: Vec::new() };
        write_samples(&mut writer, [("__name__", "up")].into_iter(), &samples, 10).unwrap();
        writer.finish().unwrap();
        let block = Block::open(1, &path, Arc::new(Cache::new(1 << 20))).unwrap();
        for (at, bytes) in [(8, u32::MAX), (u64::MAX, 1), (block.bytes, 1)] {
            let damage = block.part(Part { at, bytes, sum: 0 }, "a part").unwrap_err();
            assert!(damage.what.contains("reaches beyond the file"), "{damage}");
        }
        let index = block.index().unwrap();
        assert!(known(&index, &[(0, 1)]) && !known(&index, &[(0, 2)]) && !known(&index, &[(u32::MAX, 1)]));
        let mut many = Vec::new();
        put_uint(&mut many, block.bytes + 1);
        // Zeros enough for each.
        many.resize(1 << 20, 0);
        assert!(decode_pages(&many, block.bytes).is_none() && decode_pages(&many, block.bytes + 1).is_some());
        assert!(columns::decode(&many, block.bytes).is_none() && columns::decode(&many, block.bytes + 1).is_some());
    }
}
