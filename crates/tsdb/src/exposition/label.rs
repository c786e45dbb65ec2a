//! Labels in braces, alike in both text formats but for blanks and commas.

use super::{
    Options, ParseError,
    float::respelled,
    scan::{Quoted, Scan, begins_label, unescape},
};
use crate::batch::{Batch, Kind, NAME_SPAN, Span};

/// How strict the braces are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Blanks anywhere, commas optional, values over several lines.
    Text,
    /// None of these; a comma at the end is let pass.
    OpenMetrics,
    /// Not even that.
    Strict,
}

/// What is being read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub style: Style,
    /// The kind of the family, for bounds and quantiles.
    pub kind: Kind,
    /// The metric's name may stand inside the braces.
    pub name_inside: bool,
}

/// The span of a text in quotes, unescaped when it must be.
fn text_of(scan: &Scan<'_>, batch: &mut Batch, quoted: Quoted) -> Span {
    if quoted.escaped { batch.put(&unescape(scan.str(quoted.from, quoted.to), true)) } else { scan.span(quoted.from, quoted.to) }
}

/// Reads labels from after the opening brace to after the closing one. Returns whether the metric's name was among them.
pub(super) fn labels(scan: &mut Scan<'_>, batch: &mut Batch, place: Place, options: &Options) -> Result<bool, ParseError> {
    let text = place.style == Style::Text;
    let mut named = false;
    let mut comma = false;
    loop {
        if text {
            scan.blanks();
        }
        let name = match scan.byte() {
            Some(b'}') if !(comma && place.style == Style::Strict) => {
                scan.at += 1;
                return Ok(named);
            }
            Some(b'"') => {
                let quoted = scan.quoted(text)?;
                let name = text_of(scan, batch, quoted);
                if name.bytes == 0 {
                    return Err(scan.wrong("a name in quotes is empty"));
                }
                if text {
                    scan.blanks();
                }
                if let Some(b',' | b'}') = scan.byte() {
                    if named || !place.name_inside {
                        return Err(
                            scan.wrong(format!("a label without a value, or a second metric name: {:?}", scan.str(quoted.from, quoted.to)))
                        );
                    }
                    named = true;
                    batch.label_spans(NAME_SPAN, name);
                    comma = scan.byte() == Some(b',');
                    scan.at += usize::from(comma);
                    continue;
                }
                name
            }
            Some(byte) if begins_label(byte) => {
                let (from, to) = scan.label_name();
                scan.span(from, to)
            }
            _ => return Err(scan.expected("a label name or }")),
        };
        if text {
            scan.blanks();
        }
        if scan.byte() != Some(b'=') {
            return Err(scan.expected("= after a label name"));
        }
        scan.at += 1;
        if text {
            scan.blanks();
        }
        let quoted = scan.quoted(text)?;
        let value = value_of(scan, batch, place, name, quoted);
        batch.label_spans(name, value);
        if batch.pending_labels() > options.bounds.labels_max {
            return Err(scan.wrong(format!("a sample has more than {} labels (limit labels_max)", options.bounds.labels_max)));
        }
        if text {
            scan.blanks();
        }
        comma = scan.byte() == Some(b',');
        if comma {
            scan.at += 1;
        } else if !text && scan.byte() != Some(b'}') {
            return Err(scan.expected(", or }"));
        }
    }
}

/// The value of a label; bounds and quantiles are spelled as `OpenMetrics` does, so that a series keeps its name when a target
/// changes its format.
fn value_of(scan: &Scan<'_>, batch: &mut Batch, place: Place, name: Span, quoted: Quoted) -> Span {
    let bound = match place.kind {
        Kind::Histogram => "le",
        Kind::Summary => "quantile",
        _ => return text_of(scan, batch, quoted),
    };
    let written = (name.at - scan.base) as usize;
    if name.at >= scan.base && scan.bytes.get(written..written + name.bytes as usize) == Some(bound.as_bytes()) {
        let canonical = respelled(scan.str(quoted.from, quoted.to));
        // Who is strict wants to see how infinity was spelled.
        if let Some(canonical) = canonical.filter(|canonical| place.style != Style::Strict || !canonical.ends_with("Inf")) {
            return batch.put(&canonical);
        }
    }
    text_of(scan, batch, quoted)
}
