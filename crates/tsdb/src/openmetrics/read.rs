//! Reading a file of `OpenMetrics` text, piece by piece.

use std::io::{self, Read};

use crate::{
    batch::Batch,
    exposition::{Options, ParseError, openmetrics::Reader},
};

/// Read at once, bytes.
const PIECE_BYTES: usize = 256 << 10;

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// Samples.
    pub samples: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Why reading ended early.
#[derive(Debug, thiserror::Error)]
pub enum ImportError<E> {
    /// The file cannot be read.
    #[error("the file could not be read: {0}")]
    Read(#[from] io::Error),
    /// It is no `OpenMetrics`.
    #[error("the file is not OpenMetrics text: {0}")]
    Parse(ParseError),
    /// Whoever takes the samples.
    #[error("the samples could not be taken: {0}")]
    Take(E),
}

/// Reads a file and gives its samples on, some thousand at a time, in the order of the file. Samples without an instant get
/// `default_at_ms`. The file must end in `# EOF`; what was given on before an error stays with whoever took it.
///
/// # Errors
/// As [`ImportError`] says.
pub fn read<E>(
    file: &mut dyn Read,
    default_at_ms: i64,
    options: Options,
    mut take: impl FnMut(&Batch) -> Result<(), E>,
) -> Result<Imported, ImportError<E>> {
    let mut reader = Reader::new(default_at_ms, options);
    let mut batch = Batch::new();
    let mut done = Imported::default();
    let mut pending: Vec<u8> = Vec::new();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let count = match file.read(&mut piece) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        let end = count == 0;
        done.bytes += count as u64;
        pending.extend_from_slice(piece.get(..count).unwrap_or_default());
        let whole = if end { pending.len() } else { pending.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1) };
        let lines = std::str::from_utf8(pending.get(..whole).unwrap_or_default())
            .map_err(|_| ImportError::Parse(ParseError::page("it is not UTF-8")))?;
        reader.feed(lines, &mut batch).map_err(ImportError::Parse)?;
        pending.drain(..whole);
        if pending.len() > options.bounds.line_bytes_max {
            let what = format!("a line is longer than {} bytes (limit line_bytes_max)", options.bounds.line_bytes_max);
            return Err(ImportError::Parse(ParseError::page(what)));
        }
        if !batch.is_empty() {
            done.samples += batch.len() as u64;
            take(&batch).map_err(ImportError::Take)?;
            batch.clear();
        }
        if end {
            reader.finish().map_err(ImportError::Parse)?;
            return Ok(done);
        }
    }
}
