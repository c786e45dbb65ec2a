//! Numbers through pco: floats as they are, or as integers when they all are.
//!
//! The wrapped format without its file header, which is always the same; the count stands in the directory.

use pco::{
    ChunkConfig,
    data_types::Number,
    wrapped::{FileCompressor, FileDecompressor},
};

/// Integers beyond this are not all exact in a float.
const EXACT: f64 = 9_007_199_254_740_992.0;

fn compress<T: Number>(numbers: &[T], config: &ChunkConfig) -> Option<Vec<u8>> {
    let mut chunk = FileCompressor::default().chunk_compressor(numbers, config).ok()?;
    let out = chunk.write_meta(Vec::with_capacity(256)).ok()?;
    chunk.write_page(0, out).ok()
}

fn decompress<T: Number>(bytes: &[u8], count: usize, into: &mut Vec<T>) -> Option<()> {
    // The header that `FileCompressor` would have written.
    let header = FileCompressor::default().write_header(Vec::with_capacity(8)).ok()?;
    let (file, _) = FileDecompressor::new(header.as_slice()).ok()?;
    let (mut chunk, rest) = file.chunk_decompressor::<T, _>(bytes).ok()?;
    let start = into.len();
    into.resize(start + count, T::default());
    let progress = chunk.page_decompressor(rest, count).ok()?.read(&mut into[start..]).ok()?;
    (progress.n_processed == count).then_some(())
}

fn config(level: usize) -> ChunkConfig {
    ChunkConfig::default().with_compression_level(level)
}

/// The values as integers, if each of them is one (minus zero is not: its sign would be lost).
pub fn whole(values: &[f64]) -> Option<Vec<i64>> {
    values
        .iter()
        .map(|value| {
            if !(-EXACT..=EXACT).contains(value) {
                return None;
            }
            #[expect(clippy::cast_possible_truncation, reason = "within 2^53, and compared below")]
            let number = *value as i64;
            #[expect(clippy::cast_precision_loss, reason = "within 2^53")]
            let back = number as f64;
            (back.to_bits() == value.to_bits()).then_some(number)
        })
        .collect()
}

/// Floats.
pub fn encode_floats(values: &[f64], level: usize) -> Option<Vec<u8>> {
    compress(values, &config(level))
}

/// Floats back.
pub fn decode_floats(bytes: &[u8], count: usize, into: &mut Vec<f64>) -> Option<()> {
    decompress(bytes, count, into)
}

/// Integers.
pub fn encode_whole(values: &[i64], level: usize) -> Option<Vec<u8>> {
    compress(values, &config(level))
}

/// Integers back, unchanged.
pub fn decode_integers(bytes: &[u8], count: usize, into: &mut Vec<i64>) -> Option<()> {
    decompress(bytes, count, into)
}

/// Integers back as floats.
pub fn decode_whole(bytes: &[u8], count: usize, into: &mut Vec<f64>) -> Option<()> {
    let mut numbers: Vec<i64> = Vec::new();
    decompress(bytes, count, &mut numbers)?;
    #[expect(clippy::cast_precision_loss, reason = "within 2^53: `whole` made them")]
    into.extend(numbers.iter().map(|number| *number as f64));
    Some(())
}
