//! What finds a block's series: its texts, its lists by label pair, the places of its pages and columns.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use crate::store::{
    find::Terms,
    head::{postings::decode, symbols::Symbols},
    wire::{Input, put_bytes, put_uint},
};

use super::{columns::ColumnPlace, footer::Part};

/// Where a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PagePlace {
    /// Its packed bytes.
    pub part: Part,
    /// Its bytes unpacked.
    pub plain: u32,
    /// Its series.
    pub count: u32,
    /// Where the first chunk of its series is.
    pub chunk_at: u64,
}

/// Writes places of pages.
pub fn encode_pages(pages: &[PagePlace]) -> Vec<u8> {
    let mut out = Vec::new();
    put_uint(&mut out, pages.len() as u64);
    for page in pages {
        page.part.put(&mut out);
        put_uint(&mut out, u64::from(page.plain));
        put_uint(&mut out, u64::from(page.count));
        put_uint(&mut out, page.chunk_at);
    }
    out
}

/// Reads them back.
pub fn decode_pages(bytes: &[u8], file_bytes: u64) -> Option<Vec<PagePlace>> {
    let mut input = Input(bytes);
    // Each has a byte of the file at the least.
    let count = input.size().filter(|count| *count as u64 <= file_bytes)?;
    (0..count)
        .map(|_| Some(PagePlace { part: Part::read(&mut input)?, plain: input.uint32()?, count: input.uint32()?, chunk_at: input.uint()? }))
        .collect()
}

/// Writes texts in the order of their numbers.
pub fn encode_symbols(symbols: &Symbols) -> Vec<u8> {
    let mut out = Vec::new();
    put_uint(&mut out, symbols.len() as u64);
    for symbol in 0..u32::try_from(symbols.len()).unwrap_or(u32::MAX) {
        put_bytes(&mut out, symbols.text(symbol).as_bytes());
    }
    out
}

/// Reads them back.
pub fn decode_symbols(bytes: &[u8]) -> Option<Symbols> {
    let mut input = Input(bytes);
    let count = input.uint32()?;
    let mut symbols = Symbols::default();
    for number in 0..count {
        if symbols.intern(input.text()?)? != number {
            return None;
        }
    }
    Some(symbols)
}

/// Lists being collected: pairs to differences of rising numbers.
#[derive(Debug, Default)]
pub struct Lists(HashMap<(u32, u32), (u32, Vec<u8>)>);

impl Lists {
    /// Adds a series to the list of a pair; numbers rise.
    pub fn add(&mut self, pair: (u32, u32), series: u32) {
        let (last, bytes) = self.0.entry(pair).or_default();
        let step = if bytes.is_empty() { series } else { series - *last };
        put_uint(bytes, u64::from(step));
        *last = series;
    }

    /// Writes them.
    pub fn encode(self) -> Vec<u8> {
        let mut all: Vec<_> = self.0.into_iter().collect();
        all.sort_unstable_by_key(|(pair, _)| *pair);
        let mut out = Vec::new();
        put_uint(&mut out, all.len() as u64);
        for ((name, value), (_, bytes)) in all {
            put_uint(&mut out, u64::from(name));
            put_uint(&mut out, u64::from(value));
            put_bytes(&mut out, &bytes);
        }
        out
    }
}

/// An index in memory.
#[derive(Debug)]
pub struct Index {
    /// The texts.
    pub symbols: Symbols,
    /// The pages.
    pub pages: Vec<PagePlace>,
    /// The columns.
    pub columns: Vec<ColumnPlace>,
    lists: HashMap<(u32, u32), (u32, u32)>,
    values: HashMap<u32, Vec<u32>>,
    bytes: Vec<u8>,
    series: u32,
}

impl Index {
    /// From its parts, unpacked.
    pub fn new(symbols: Symbols, postings: Vec<u8>, pages: Vec<PagePlace>, columns: Vec<ColumnPlace>, series: u32) -> Option<Self> {
        let mut lists = HashMap::new();
        let mut values: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut input = Input(&postings);
        for _ in 0..input.size()? {
            let (name, value) = (input.uint32()?, input.uint32()?);
            let list = input.bytes()?;
            let end = postings.len() - input.0.len();
            lists.insert((name, value), (u32::try_from(end - list.len()).ok()?, u32::try_from(end).ok()?));
            values.entry(name).or_default().push(value);
        }
        Some(Self { symbols, pages, columns, lists, values, bytes: postings, series })
    }

    /// The label names.
    pub fn names(&self) -> impl Iterator<Item = u32> {
        self.values.keys().copied()
    }

    /// Bytes held, about.
    pub fn bytes(&self) -> usize {
        self.symbols.bytes() + self.bytes.len() + self.lists.len() * 40 + self.pages.len() * 40 + self.columns.len() * 48
    }
}

impl Terms for Index {
    fn symbol(&self, text: &str) -> Option<u32> {
        self.symbols.find(text)
    }

    fn text(&self, symbol: u32) -> &str {
        self.symbols.text(symbol)
    }

    fn list(&self, name: u32, value: u32) -> Option<RoaringBitmap> {
        let (start, end) = self.lists.get(&(name, value))?;
        self.bytes.get(*start as usize..*end as usize).map(decode)
    }

    fn values(&self, name: u32) -> &[u32] {
        self.values.get(&name).map_or(&[], Vec::as_slice)
    }

    fn series(&self) -> u32 {
        self.series
    }
}
