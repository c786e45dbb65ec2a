//! Writing series as `OpenMetrics` text.

use std::io::{self, Write};

use evenkeel_core::id::TenantId;

use crate::{
    batch::NAME,
    source::{Cursor, Labels, Matcher, ReadError, Samples, Source, is_stale},
};

/// Text is handed on when it is longer than this, bytes.
const PIECE_BYTES: usize = 256 << 10;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exported {
    /// Series.
    pub series: usize,
    /// Samples.
    pub samples: u64,
    /// Native histograms, which the format cannot hold; they are left out.
    pub histograms_left_out: u64,
    /// Series without a metric name, which it cannot hold either.
    pub series_left_out: usize,
}

/// Why writing ended early.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store.
    #[error("the series could not be read: {0:?}")]
    Read(ReadError),
    /// Where it is written to.
    #[error("the file could not be written: {0}")]
    Write(#[from] io::Error),
}

impl From<ReadError> for ExportError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

/// Writes the series that the matchers find, with their samples in `[from_ms, to_ms]`, as one `OpenMetrics` page that ends in
/// `# EOF`: by name and labels, each sample with its instant. Types are not known here and are written as unknown. Staleness
/// markers are left out: the format has no word for them.
///
/// # Errors
/// As [`ExportError`] says; what was written until then has no `# EOF`, so that nobody takes it for whole.
pub fn write(
    source: &dyn Source,
    tenant: TenantId,
    matchers: &[Matcher],
    (from_ms, to_ms): (i64, i64),
    series_max: usize,
    out: &mut dyn Write,
) -> Result<Exported, ExportError> {
    let mut cursors = source.select(tenant, matchers, from_ms, to_ms, series_max)?;
    // Samples of one name must stand together.
    cursors.sort_by(|a, b| (a.labels().get(NAME), a.labels()).cmp(&(b.labels().get(NAME), b.labels())));
    let mut done = Exported::default();
    let mut samples = Samples::default();
    let mut text = Vec::with_capacity(PIECE_BYTES + 4096);
    let mut family = String::new();
    for mut cursor in cursors {
        cursor.read(&mut samples)?;
        one(cursor.as_ref(), &samples, &mut family, &mut text, &mut done, out)?;
    }
    text.extend_from_slice(b"# EOF\n");
    out.write_all(&text)?;
    out.flush()?;
    Ok(done)
}

fn one(
    cursor: &dyn Cursor,
    samples: &Samples,
    family: &mut String,
    text: &mut Vec<u8>,
    done: &mut Exported,
    out: &mut dyn Write,
) -> Result<(), ExportError> {
    let metric = cursor.labels().get(NAME);
    if metric.is_empty() {
        done.series_left_out += 1;
        return Ok(());
    }
    let mut prefix = Vec::new();
    series(&mut prefix, metric, cursor.labels());
    let mut histograms = samples.histograms.iter().map(|(at, _)| *at as usize).peekable();
    let mut any = false;
    for (at, (at_ms, value)) in samples.at_ms.iter().zip(&samples.values).enumerate() {
        if histograms.next_if_eq(&at).is_some() {
            done.histograms_left_out += 1;
            continue;
        }
        if is_stale(*value) {
            continue;
        }
        if *family != metric {
            metric.clone_into(family);
            text.extend_from_slice(b"# TYPE ");
            name(text, metric);
            text.extend_from_slice(b" unknown\n");
        }
        text.extend_from_slice(&prefix);
        number(text, *value)?;
        instant(text, *at_ms)?;
        any = true;
        done.samples += 1;
        if text.len() > PIECE_BYTES {
            out.write_all(text)?;
            text.clear();
        }
    }
    done.series += usize::from(any);
    Ok(())
}

/// Whether a name stands without quotes; colons only in metrics.
fn plain(name: &str, colons: bool) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || (colons && byte == b':');
    name.bytes().all(fine) && name.as_bytes().first().is_some_and(|first| !first.is_ascii_digit())
}

fn quoted(text: &mut Vec<u8>, value: &str) {
    text.push(b'"');
    for byte in value.bytes() {
        match byte {
            b'\\' => text.extend_from_slice(b"\\\\"),
            b'"' => text.extend_from_slice(b"\\\""),
            b'\n' => text.extend_from_slice(b"\\n"),
            byte => text.push(byte),
        }
    }
    text.push(b'"');
}

fn name(text: &mut Vec<u8>, metric: &str) {
    if plain(metric, true) { text.extend_from_slice(metric.as_bytes()) } else { quoted(text, metric) }
}

/// Name and labels, up to the blank before the value.
fn series(text: &mut Vec<u8>, metric: &str, labels: &Labels) {
    let bare = plain(metric, true);
    let mut first = true;
    if bare {
        text.extend_from_slice(metric.as_bytes());
    } else {
        text.push(b'{');
        quoted(text, metric);
        first = false;
    }
    for (label, value) in labels.iter().filter(|(label, _)| &***label != NAME) {
        text.push(if first { b'{' } else { b',' });
        first = false;
        if plain(label, false) {
            text.extend_from_slice(label.as_bytes());
        } else {
            quoted(text, label);
        }
        text.push(b'=');
        quoted(text, value);
    }
    if !first {
        text.push(b'}');
    }
    text.push(b' ');
}

/// The shortest text that is the same float when it is read.
fn number(text: &mut Vec<u8>, value: f64) -> io::Result<()> {
    if value.is_nan() {
        text.extend_from_slice(b"NaN");
    } else if value.is_infinite() {
        text.extend_from_slice(if value > 0.0 { b"+Inf" } else { b"-Inf" });
    } else if value != 0.0 && !(1e-5..1e17).contains(&value.abs()) {
        write!(text, "{value:e}")?;
    } else {
        write!(text, "{value}")?;
    }
    Ok(())
}

/// A blank, seconds with three decimals at most, and the end of the line.
fn instant(text: &mut Vec<u8>, at_ms: i64) -> io::Result<()> {
    let sign = if at_ms < 0 { "-" } else { "" };
    let (seconds, thousandths) = (at_ms.unsigned_abs() / 1000, at_ms.unsigned_abs() % 1000);
    if thousandths == 0 { writeln!(text, " {sign}{seconds}") } else { writeln!(text, " {sign}{seconds}.{thousandths:03}") }
}
