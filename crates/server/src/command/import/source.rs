//! The file as a stream of bytes: plain, gzip or zip by its first bytes; UTF-16 by its mark; the rest line by line.

use std::{
    borrow::Cow,
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use encoding_rs::{Decoder, GB18030, UTF_16BE, UTF_16LE};
use evenkeel_core::{ErrorCode, Failure};
use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

/// How text is written in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// Each line by itself: UTF-8 when it is valid UTF-8, else GB18030.
    #[default]
    Auto,
    /// UTF-8 alone.
    Utf8,
    /// GB18030 (and so GBK and GB2312) alone.
    Gb18030,
}

impl Encoding {
    /// A field's text; `None` when it is none in this encoding.
    pub fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        let utf8 = || std::str::from_utf8(bytes).ok().map(Cow::Borrowed);
        let gb = || GB18030.decode_without_bom_handling_and_without_replacement(bytes);
        match self {
            Self::Utf8 => utf8(),
            Self::Gb18030 => gb(),
            Self::Auto => utf8().or_else(gb),
        }
    }
}

fn unreadable(path: &Path, error: impl std::fmt::Display) -> Failure {
    let name = path.display().to_string();
    Failure::new(ErrorCode::NotFound, format!("{name} cannot be read: {error}")).at(name)
}

/// SHA-256 over the file as it lies there, hex: how a resumed import knows that it is the same file.
pub fn digest(path: &Path) -> Result<String, Failure> {
    let mut file = File::open(path).map_err(|error| unreadable(path, error))?;
    let mut sha = Sha256::new();
    let mut chunk = vec![0u8; 256 * 1024];
    loop {
        match file.read(&mut chunk) {
            Ok(0) => return Ok(hex::encode(sha.finalize())),
            Ok(read) => sha.update(&chunk[..read]),
            Err(error) => return Err(unreadable(path, error)),
        }
    }
}

/// Opens the file and hands its decompressed bytes on, the mark at the beginning taken off and UTF-16 made UTF-8.
pub fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    let mut file = File::open(path).map_err(|error| unreadable(path, error))?;
    let mut magic = [0u8; 4];
    let read = file.read(&mut magic).map_err(|error| unreadable(path, error))?;
    file.seek(SeekFrom::Start(0)).map_err(|error| unreadable(path, error))?;
    let bytes: Box<dyn Read> = if magic[..read].starts_with(&[0x1f, 0x8b]) {
        Box::new(MultiGzDecoder::new(BufReader::new(file)))
    } else if magic[..read].starts_with(b"PK\x03\x04") {
        zipped(path, file)?
    } else {
        Box::new(file)
    };
    marked(bytes).map_err(|error| unreadable(path, error))
}

/// The one CSV file of a zip archive.
fn zipped(path: &Path, file: File) -> Result<Box<dyn Read>, Failure> {
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| unreadable(path, error))?;
    let names: Vec<String> = archive.file_names().filter_map(Result::ok).map(Cow::into_owned).collect();
    let files: Vec<&String> =
        names.iter().filter(|name| name.to_ascii_lowercase().ends_with(".csv") && !name.contains("__MACOSX")).collect();
    let [name] = files.as_slice() else {
        let detail = format!("{} holds {} CSV files; give an archive with exactly one", path.display(), files.len());
        return Err(Failure::new(ErrorCode::Invalid, detail).at(path.display().to_string()).allowed(names));
    };
    // The entry borrows the archive, so it is unpacked into a nameless temporary file: as large as it is, never in memory.
    let mut entry = archive.by_name(name).map_err(|error| unreadable(path, error))?;
    let mut unpacked = tempfile::tempfile().map_err(|error| unreadable(path, error))?;
    std::io::copy(&mut entry, &mut unpacked).map_err(|error| unreadable(path, error))?;
    unpacked.seek(SeekFrom::Start(0)).map_err(|error| unreadable(path, error))?;
    Ok(Box::new(unpacked))
}

/// Takes the byte order mark off.
fn marked(mut bytes: Box<dyn Read>) -> std::io::Result<Box<dyn Read>> {
    let mut start = Vec::with_capacity(3);
    (&mut bytes).take(3).read_to_end(&mut start)?;
    let (skip, decoder) = match start.as_slice() {
        [0xef, 0xbb, 0xbf] => (3, None),
        [0xff, 0xfe, ..] => (2, Some(UTF_16LE.new_decoder_without_bom_handling())),
        [0xfe, 0xff, ..] => (2, Some(UTF_16BE.new_decoder_without_bom_handling())),
        _ => (0, None),
    };
    let rest = std::io::Cursor::new(start.split_off(skip)).chain(bytes);
    Ok(match decoder {
        Some(decoder) => Box::new(Transcoded { input: rest, decoder, ready: Vec::new(), given: 0, ended: false }),
        None => Box::new(rest),
    })
}

/// UTF-16 as UTF-8.
struct Transcoded<R> {
    input: R,
    decoder: Decoder,
    ready: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Read for Transcoded<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while self.given == self.ready.len() && !self.ended {
            let mut chunk = [0u8; 16 * 1024];
            let read = self.input.read(&mut chunk)?;
            self.ended = read == 0;
            self.given = 0;
            self.ready.resize(self.decoder.max_utf8_buffer_length(read).unwrap_or(64 * 1024), 0);
            let (_, _, written, _) = self.decoder.decode_to_utf8(&chunk[..read], &mut self.ready, self.ended);
            self.ready.truncate(written);
        }
        let count = out.len().min(self.ready.len() - self.given);
        out[..count].copy_from_slice(&self.ready[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}
