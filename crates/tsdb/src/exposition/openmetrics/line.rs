//! A line with a sample: name, labels, value, instant, exemplar.

use super::Reader;
use crate::{
    batch::{Batch, Kind, NAME_SPAN},
    exposition::{
        ParseError,
        float::float,
        label::{Place, Style, labels},
        scan::Scan,
    },
};

/// Characters of an exemplar's labels at most.
const EXEMPLAR_CHARS_MAX: usize = 128;

impl Reader {
    const fn style(&self) -> Style {
        if self.options.strict { Style::Strict } else { Style::OpenMetrics }
    }

    pub(super) fn sample(&mut self, scan: &mut Scan<'_>, batch: &mut Batch) -> Result<(), ParseError> {
        if batch.len() >= self.options.bounds.samples_max {
            return Err(scan.wrong(format!("more than {} samples (limit samples_max)", self.options.bounds.samples_max)));
        }
        let mut named = false;
        if scan.byte() != Some(b'{') {
            let (from, to) = scan.metric();
            batch.label_spans(NAME_SPAN, scan.span(from, to));
            named = true;
        }
        if scan.byte() == Some(b'{') {
            scan.at += 1;
            let place = Place { style: self.style(), kind: self.kind, name_inside: !named };
            named |= labels(scan, batch, place, &self.options)?;
        }
        if !named {
            return Err(scan.wrong("a sample without a metric name"));
        }
        let value = number(scan)?;
        let exemplar = |scan: &Scan<'_>| scan.bytes.get(scan.at..).is_some_and(|rest| rest.starts_with(b" # {"));
        let at = if scan.byte() == Some(b' ') && !exemplar(scan) { Some(instant(scan)?) } else { None };
        let at_ms = at.map_or(self.default_at_ms, |at| at.ms);
        batch.float(at_ms, value).map_err(|twice| scan.wrong(format!("{twice}: a label has one value")))?;
        if at.is_none() {
            batch.untimed();
        }
        let with_exemplar = exemplar(scan);
        if with_exemplar {
            scan.at += " # {".len();
            self.exemplar(scan, batch)?;
        }
        match scan.byte() {
            Some(b'\n') => {}
            None => return Err(scan.expected("# EOF; the page was cut")),
            Some(_) => return Err(scan.expected("the end of the line")),
        }
        if let (Some(checker), Some(sample)) = (&mut self.checker, batch.samples().next_back()) {
            checker.sample(sample, value, at.map(|at| at.seconds), with_exemplar).map_err(|what| scan.wrong(what))?;
        }
        scan.at += 1;
        Ok(())
    }

    fn exemplar(&self, scan: &mut Scan<'_>, batch: &mut Batch) -> Result<(), ParseError> {
        let place = Place { style: self.style(), kind: Kind::Unknown, name_inside: false };
        labels(scan, batch, place, &self.options)?;
        let value = number(scan)?;
        let at = if scan.byte() == Some(b' ') { Some(instant(scan)?) } else { None };
        let chars = batch.pending_chars();
        // Prometheus leaves out what is too long and goes on.
        let fits = chars <= EXEMPLAR_CHARS_MAX;
        if !fits {
            batch.drop_pending();
        }
        let taken = fits && batch.exemplar(at.map(|at| at.ms), value);
        if self.options.strict && !taken {
            return Err(scan.wrong(format!(
                "the labels of an exemplar have {chars} characters, or a name stands twice: {EXEMPLAR_CHARS_MAX} are allowed"
            )));
        }
        Ok(())
    }
}

/// A blank and what goes up to the next blank or the end of the line.
fn word<'a>(scan: &mut Scan<'a>, what: &str) -> Result<&'a str, ParseError> {
    if scan.byte() != Some(b' ') {
        return Err(scan.expected(what));
    }
    scan.at += 1;
    let from = scan.at;
    while scan.byte().is_some_and(|byte| !matches!(byte, b' ' | b'\n')) {
        scan.at += 1;
    }
    Ok(scan.str(from, scan.at))
}

fn number(scan: &mut Scan<'_>) -> Result<f64, ParseError> {
    let from = scan.at;
    let text = word(scan, "a blank and a number")?;
    float(text).ok_or_else(|| {
        scan.at = from;
        scan.expected("a number, Inf or NaN")
    })
}

/// An instant: seconds since 1970 UTC, with a fraction.
#[derive(Debug, Clone, Copy)]
struct Instant {
    ms: i64,
    seconds: f64,
}

fn instant(scan: &mut Scan<'_>) -> Result<Instant, ParseError> {
    let from = scan.at;
    let text = word(scan, "a blank and an instant")?;
    let seconds = float(text).filter(|seconds| seconds.is_finite()).ok_or_else(|| {
        scan.at = from;
        scan.expected("an instant in seconds")
    })?;
    #[expect(clippy::cast_possible_truncation, reason = "beyond the range it is held at the range's end")]
    let ms = millis(text).unwrap_or((seconds * 1000.0) as i64);
    Ok(Instant { ms, seconds })
}

/// Milliseconds of plain decimal seconds, to the digit: a float would lose one now and then.
fn millis(text: &str) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if digits.bytes().any(|byte| !byte.is_ascii_digit() && byte != b'.') {
        return None;
    }
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut thousandths = 0;
    for place in 0..3 {
        thousandths = thousandths * 10 + fraction.as_bytes().get(place).map_or(0, |digit| i64::from(digit - b'0'));
    }
    let ms = whole.checked_mul(1000)?.checked_add(thousandths)?;
    Some(if negative { -ms } else { ms })
}
