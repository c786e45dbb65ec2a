//! Prometheus' text format 0.0.4, with quoted UTF-8 names as in 1.0.0; lenient where Prometheus is.

use super::{
    Options, ParseError,
    float::float,
    label::{Place, Style, labels},
    page::utf8,
    scan::{Scan, begins_metric, unescape},
};
use crate::batch::{Batch, Kind, NAME_SPAN};

/// Reads a page.
pub(super) fn parse(body: &[u8], default_at_ms: i64, options: &Options, batch: &mut Batch) -> Result<(), ParseError> {
    let page = utf8(body)?;
    let base = batch.text_end();
    // The page is copied once; almost all names and values are spans of that copy.
    batch.put(&page);
    let mut text = Text { scan: Scan::new(&page, base), kind: Kind::Unknown, default_at_ms, options };
    while text.entry(batch)? {}
    Ok(())
}

struct Text<'a> {
    scan: Scan<'a>,
    /// Of the last TYPE line.
    kind: Kind,
    default_at_ms: i64,
    options: &'a Options,
}

impl Text<'_> {
    /// Reads a line; false at the end of the page.
    fn entry(&mut self, batch: &mut Batch) -> Result<bool, ParseError> {
        self.scan.blanks();
        let from = self.scan.at;
        match self.scan.byte() {
            None => return Ok(false),
            Some(b'\n') => self.scan.at += 1,
            Some(b'#') => self.comment(batch)?,
            Some(byte) if begins_metric(byte) || byte == b'{' => self.sample(batch)?,
            Some(_) => return Err(self.scan.expected("a metric name, #, or a blank line")),
        }
        if self.scan.at - from > self.options.bounds.line_bytes_max {
            self.scan.at = from;
            return Err(self.scan.wrong(format!("longer than {} bytes (limit line_bytes_max)", self.options.bounds.line_bytes_max)));
        }
        Ok(true)
    }

    fn comment(&mut self, batch: &mut Batch) -> Result<(), ParseError> {
        let scan = &mut self.scan;
        scan.at += 1;
        let blanks = scan.at;
        scan.blanks();
        let rest = scan.bytes.get(scan.at..).unwrap_or_default();
        let typed = rest.starts_with(b"TYPE");
        let said = scan.at > blanks && (typed || rest.starts_with(b"HELP")) && matches!(rest.get(4), Some(b' ' | b'\t'));
        if !said {
            scan.line_end();
            return Ok(());
        }
        scan.at += 4;
        scan.blanks();
        let name = match scan.byte() {
            Some(b'"') => {
                let quoted = scan.quoted(false)?;
                unescape(scan.str(quoted.from, quoted.to), true)
            }
            Some(byte) if begins_metric(byte) => {
                let (from, to) = scan.metric();
                scan.str(from, to).to_owned()
            }
            _ => return Err(scan.expected("a metric name after HELP or TYPE")),
        };
        let from = scan.at;
        scan.line_end();
        // One character separates; what follows belongs to the text.
        let text = scan.text.get(from + 1..scan.at).unwrap_or_default();
        if typed {
            self.kind = match text {
                "counter" => Kind::Counter,
                "gauge" => Kind::Gauge,
                "histogram" => Kind::Histogram,
                "summary" => Kind::Summary,
                "untyped" => Kind::Unknown,
                _ => {
                    scan.at = from;
                    return Err(scan.wrong(format!("{text:?} is no type: counter, gauge, histogram, summary and untyped are")));
                }
            };
            batch.family(&name, self.kind, "", "");
        } else if text.contains('\\') {
            batch.family(&name, Kind::Unknown, &unescape(text, false), "");
        } else {
            batch.family(&name, Kind::Unknown, text, "");
        }
        Ok(())
    }

    fn sample(&mut self, batch: &mut Batch) -> Result<(), ParseError> {
        let scan = &mut self.scan;
        let mut named = false;
        if scan.byte() != Some(b'{') {
            let (from, to) = scan.metric();
            batch.label_spans(NAME_SPAN, scan.span(from, to));
            named = true;
            scan.blanks();
        }
        if scan.byte() == Some(b'{') {
            scan.at += 1;
            let place = Place { style: Style::Text, kind: self.kind, name_inside: !named };
            named |= labels(scan, batch, place, self.options)?;
            scan.blanks();
        }
        if !named {
            return Err(scan.wrong("a sample without a metric name"));
        }
        let value = self.value()?;
        let at_ms = self.instant()?;
        self.end(batch, at_ms, value)
    }

    fn value(&mut self) -> Result<f64, ParseError> {
        let scan = &mut self.scan;
        let from = scan.at;
        while scan.byte().is_some_and(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'{')) {
            scan.at += 1;
        }
        match float(scan.str(from, scan.at)) {
            Some(value) => Ok(value),
            None => {
                scan.at = from;
                Err(scan.expected("a number, Inf or NaN"))
            }
        }
    }

    /// The optional instant, and the end of the line.
    fn instant(&mut self) -> Result<Option<i64>, ParseError> {
        let scan = &mut self.scan;
        scan.blanks();
        let from = scan.at;
        while scan.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            scan.at += 1;
        }
        let digits = scan.str(from, scan.at);
        let at_ms = match digits.parse() {
            Ok(at_ms) => Some(at_ms),
            Err(_) if digits.is_empty() => None,
            Err(_) => return Err(scan.wrong(format!("the instant {digits} does not fit: milliseconds since 1970 are expected"))),
        };
        scan.blanks();
        match scan.byte() {
            None => {}
            Some(b'\n') => scan.at += 1,
            Some(_) => return Err(scan.expected("an instant in milliseconds, or the end of the line")),
        }
        Ok(at_ms)
    }

    fn end(&mut self, batch: &mut Batch, at_ms: Option<i64>, value: f64) -> Result<(), ParseError> {
        if batch.len() >= self.options.bounds.samples_max {
            return Err(self.scan.wrong(format!("more than {} samples (limit samples_max)", self.options.bounds.samples_max)));
        }
        // Behind the end of the line by now.
        let line = self.scan.at.saturating_sub(1);
        batch
            .float(at_ms.unwrap_or(self.default_at_ms), value)
            .map_err(|twice| ParseError::at(self.scan.bytes, line, format!("{twice}: a label has one value")))?;
        if at_ms.is_none() {
            batch.untimed();
        }
        Ok(())
    }
}
