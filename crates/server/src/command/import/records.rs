//! Cuts a byte stream into CSV records (RFC 4180), each with its line number, each bounded.
//!
//! One endless line must not fill the memory, and one quote that is never closed must not swallow the rest of the file:
//! the line where it begins is given up, and reading goes on behind it.

use std::{collections::VecDeque, io::Read};

/// The longest record, bytes.
pub const RECORD_BYTES_MAX: usize = 256 * 1024;
/// The most fields of a record.
const FIELDS_MAX: usize = 1_000;
const CHUNK_BYTES: usize = 16 * 1024;

/// A piece of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A record's fields, as bytes.
    Fields {
        /// The line on which it begins, from 1.
        line: u64,
        /// Its fields, quotes undone.
        fields: Vec<Vec<u8>>,
    },
    /// A line that cannot be a record.
    Broken {
        /// Which.
        line: u64,
        /// Why not.
        why: &'static str,
        /// Its beginning.
        start: Vec<u8>,
    },
}

/// The records of a stream.
pub struct Records<R> {
    input: R,
    delimiter: u8,
    /// Read and not yet given out.
    buffer: VecDeque<u8>,
    ended: bool,
    line: u64,
}

/// What a walk over the buffer found.
enum Walk {
    /// A record of so many bytes, its line end included.
    Complete(usize),
    /// The buffer ends first.
    Short {
        /// Whether it ends inside quotes.
        quoted: bool,
    },
}

impl<R: Read> Records<R> {
    /// Over `input`, with fields divided by `delimiter`.
    pub fn new(input: R, delimiter: u8) -> Self {
        Self { input, delimiter, buffer: VecDeque::with_capacity(2 * CHUNK_BYTES), ended: false, line: 1 }
    }

    /// The next record; blank lines are passed over.
    pub fn next(&mut self) -> std::io::Result<Option<Record>> {
        loop {
            let record = match self.walk()? {
                None => return Ok(None),
                Some(Walk::Complete(length)) => self.complete(length),
                Some(Walk::Short { quoted: true }) => self.give_up("a quote that begins on this line is never closed")?,
                Some(Walk::Short { quoted: false }) => self.give_up("the line is longer than 262144 bytes")?,
            };
            if let Some(record) = record {
                return Ok(Some(record));
            }
        }
    }

    /// Looks for the end of the record at the buffer's front, reading more as needed.
    fn walk(&mut self) -> std::io::Result<Option<Walk>> {
        let mut at = 0;
        let (mut quoted, mut field_begins) = (false, true);
        loop {
            if at >= RECORD_BYTES_MAX {
                return Ok(Some(Walk::Short { quoted }));
            }
            if at >= self.buffer.len() {
                if !self.fill()? {
                    return Ok(match (at, quoted) {
                        (0, _) => None,
                        (_, true) => Some(Walk::Short { quoted }),
                        (length, false) => Some(Walk::Complete(length)),
                    });
                }
                continue;
            }
            let byte = self.buffer[at];
            at += 1;
            if quoted {
                // A doubled quote closes and opens again: the next byte decides nothing else.
                quoted = byte != b'"';
            } else if byte == b'\n' {
                return Ok(Some(Walk::Complete(at)));
            } else if byte == b'"' && (field_begins || at >= 2 && self.buffer[at - 2] == b'"') {
                quoted = true;
            }
            field_begins = !quoted && byte == self.delimiter;
        }
    }

    fn fill(&mut self) -> std::io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let mut chunk = [0u8; CHUNK_BYTES];
        let read = self.input.read(&mut chunk)?;
        self.ended = read == 0;
        self.buffer.extend(&chunk[..read]);
        Ok(read > 0)
    }

    fn complete(&mut self, length: usize) -> Option<Record> {
        let raw: Vec<u8> = self.buffer.drain(..length).collect();
        let line = self.line;
        self.line += newlines(&raw);
        let text = raw.strip_suffix(b"\n").unwrap_or(&raw);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.iter().all(u8::is_ascii_whitespace) {
            return None;
        }
        let fields = fields(text, self.delimiter);
        if fields.len() > FIELDS_MAX {
            return Some(Record::Broken { line, why: "the line has more than 1000 fields", start: beginning(text) });
        }
        Some(Record::Fields { line, fields })
    }

    /// Gives up the physical line at the front and leaves what follows it.
    fn give_up(&mut self, why: &'static str) -> std::io::Result<Option<Record>> {
        let line = self.line;
        let start = beginning(&self.buffer.iter().copied().take(300).collect::<Vec<_>>());
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                self.buffer.drain(..=end);
                self.line += 1;
                break;
            }
            self.buffer.clear();
            if !self.fill()? {
                break;
            }
        }
        Ok(Some(Record::Broken { line, why, start }))
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

/// What of a broken line is shown.
fn beginning(bytes: &[u8]) -> Vec<u8> {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    line[..line.len().min(200)].to_vec()
}

/// The fields of a record, quotes undone.
fn fields(text: &[u8], delimiter: u8) -> Vec<Vec<u8>> {
    let mut fields = vec![Vec::new()];
    let (mut quoted, mut begins) = (false, true);
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if quoted {
            if byte != b'"' {
                push(&mut fields, byte);
            } else if bytes.peek() == Some(&b'"') {
                bytes.next();
                push(&mut fields, b'"');
            } else {
                quoted = false;
            }
        } else if byte == delimiter {
            fields.push(Vec::new());
            begins = true;
            continue;
        } else if byte == b'"' && begins {
            quoted = true;
        } else {
            push(&mut fields, byte);
        }
        begins = false;
    }
    fields
}

fn push(fields: &mut [Vec<u8>], byte: u8) {
    if let Some(field) = fields.last_mut() {
        field.push(byte);
    }
}
