//! `OpenMetrics` text 1.0: as lenient as Prometheus, or by the letter.
//!
//! Lines are read the same way in both; by the letter, [`check`] looks over each of them as well: families that interleave,
//! histograms that contradict themselves, counters that fall below zero.

mod check;
mod histogram;
mod line;

use super::{
    Options, ParseError,
    page::utf8,
    scan::{Scan, begins_metric, unescape},
};
use crate::batch::{Batch, Kind};
use check::Checker;

/// Reads a page.
pub(super) fn parse(body: &[u8], default_at_ms: i64, options: &Options, batch: &mut Batch) -> Result<(), ParseError> {
    let page = utf8(body)?;
    let mut reader = Reader::new(default_at_ms, *options);
    reader.feed(&page, batch)?;
    reader.finish()
}

/// Reads a page in pieces: what whole lines are there is fed, and at the end [`Reader::finish`] says whether the page was whole.
#[derive(Debug)]
pub struct Reader {
    options: Options,
    default_at_ms: i64,
    /// Lines of pieces before.
    lines: usize,
    ended: bool,
    /// Of the last TYPE line.
    kind: Kind,
    checker: Option<Checker>,
}

impl Reader {
    /// A reader at the beginning of a page.
    pub fn new(default_at_ms: i64, options: Options) -> Self {
        let checker = options.strict.then(Checker::default);
        Self { options, default_at_ms, lines: 0, ended: false, kind: Kind::Unknown, checker }
    }

    /// Reads whole lines into a batch; only the last piece may end within one.
    ///
    /// # Errors
    /// As [`super::parse`].
    pub fn feed(&mut self, piece: &str, batch: &mut Batch) -> Result<(), ParseError> {
        let lines = self.lines;
        self.lines_of(piece, batch).map_err(|error| ParseError { line: error.line.map(|line| line + lines), ..error })?;
        self.lines += piece.bytes().filter(|byte| *byte == b'\n').count();
        Ok(())
    }

    fn lines_of(&mut self, piece: &str, batch: &mut Batch) -> Result<(), ParseError> {
        let mut scan = Scan::new(piece, batch.text_end());
        batch.put(piece);
        while scan.at < piece.len() {
            let from = scan.at;
            self.line(&mut scan, batch)?;
            if scan.at - from > self.options.bounds.line_bytes_max {
                scan.at = from;
                return Err(scan.wrong(format!("longer than {} bytes (limit line_bytes_max)", self.options.bounds.line_bytes_max)));
            }
        }
        Ok(())
    }

    /// Whether `# EOF` was there, and by the letter also whether the last family was whole.
    ///
    /// # Errors
    /// When the page was cut.
    pub fn finish(&mut self) -> Result<(), ParseError> {
        if !self.ended {
            return Err(ParseError::page("the page does not end with # EOF: it was cut, or the target does not write OpenMetrics"));
        }
        match &mut self.checker {
            Some(checker) => checker.finish().map_err(ParseError::page),
            None => Ok(()),
        }
    }

    fn line(&mut self, scan: &mut Scan<'_>, batch: &mut Batch) -> Result<(), ParseError> {
        if self.ended {
            return Err(scan.expected("nothing after # EOF"));
        }
        match scan.byte() {
            Some(b'#') => self.said(scan, batch),
            Some(byte) if begins_metric(byte) || byte == b'{' => self.sample(scan, batch),
            _ => Err(scan.expected("a metric name or #; OpenMetrics has no blank lines")),
        }
    }

    /// A line that begins with #.
    fn said(&mut self, scan: &mut Scan<'_>, batch: &mut Batch) -> Result<(), ParseError> {
        let rest = scan.bytes.get(scan.at..).unwrap_or_default();
        if rest == b"# EOF" || rest.starts_with(b"# EOF\n") {
            scan.at += "# EOF".len() + usize::from(rest.len() > "# EOF".len());
            self.ended = true;
            return Ok(());
        }
        let word = [&b"# HELP "[..], b"# TYPE ", b"# UNIT "].into_iter().find(|word| rest.starts_with(word));
        let Some(word) = word else {
            return Err(scan.expected("HELP, TYPE, UNIT or EOF after #"));
        };
        scan.at += word.len();
        let name = match scan.byte() {
            Some(b'"') => {
                let quoted = scan.quoted(false)?;
                unescape(scan.str(quoted.from, quoted.to), true)
            }
            Some(byte) if begins_metric(byte) => {
                let (from, to) = scan.metric();
                scan.str(from, to).to_owned()
            }
            _ => return Err(scan.expected("a metric name")),
        };
        if scan.byte() != Some(b' ') {
            return Err(scan.expected("a blank and a text after the metric name"));
        }
        let from = scan.at + 1;
        scan.line_end();
        let text = scan.str(from, scan.at);
        if scan.byte() != Some(b'\n') {
            return Err(scan.expected("the end of the line; the page was cut"));
        }
        let told = match word[2] {
            b'T' => self.typed(&name, text, batch),
            b'U' => unit(&name, text).map(|()| batch.family(&name, Kind::Unknown, "", text)),
            _ => {
                batch.family(&name, Kind::Unknown, &unescape(text, true), "");
                Ok(())
            }
        };
        let checked = told.and_then(|()| match &mut self.checker {
            Some(checker) => checker.said(word[2], &name, text),
            None => Ok(()),
        });
        checked.map_err(|what| scan.wrong(what))?;
        scan.at += 1;
        Ok(())
    }

    fn typed(&mut self, name: &str, text: &str, batch: &mut Batch) -> Result<(), String> {
        self.kind = Kind::from_word(text).ok_or_else(|| format!("{text:?} is no type of OpenMetrics"))?;
        batch.family(name, self.kind, "", "");
        Ok(())
    }
}

fn unit(name: &str, unit: &str) -> Result<(), String> {
    let fine = unit.is_empty() || name.strip_suffix(unit).is_some_and(|stem| stem.ends_with('_'));
    if fine { Ok(()) } else { Err(format!("the name {name} does not end in its unit {unit}")) }
}
