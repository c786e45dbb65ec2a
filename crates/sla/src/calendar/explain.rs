//! Why a stretch of time is open or closed: the rule, the holiday's name, the decree.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use super::{
    Calendar,
    rules::{Rules, Why},
};
use crate::{
    day::{self, DAY_SECS},
    intervals::Span,
};

/// The rule behind a stretch of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarCause {
    /// Open: 24×7.
    Always,
    /// Open: the ordinary week.
    Hours,
    /// Open: a make-up workday (调休).
    MakeUpDay,
    /// Open: a dated exception.
    ExceptionOpen,
    /// Closed: before the first or after the last window of a day that has hours.
    OutsideHours,
    /// Closed: between two windows of a day, such as lunch.
    Break,
    /// Closed: a Saturday or Sunday without hours.
    Weekend,
    /// Closed: another day of the week without hours.
    DayOff,
    /// Closed: a public holiday.
    Holiday,
    /// Closed: a dated exception.
    ExceptionClosed,
    /// Closed: outside the years that are computed.
    OutsideHorizon,
}

/// The particulars of a cause.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CauseDetail {
    /// The holiday's or exception's name, or the hold's reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The local date on which it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Where it is decreed: addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

/// A stretch that is open or closed for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalendarInterval {
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
    /// Whether business time passes.
    pub open: bool,
    /// Why.
    pub cause: CalendarCause,
    /// Which holiday, which date.
    pub detail: CauseDetail,
}

/// As [`CalendarInterval`], in seconds since 1970.
pub(crate) struct Piece {
    pub(crate) span: Span,
    pub(crate) open: bool,
    pub(crate) cause: CalendarCause,
    pub(crate) detail: CauseDetail,
}

impl Calendar {
    /// Every second of `[from, to)` with its rule; neighbours of the same rule and name are one interval.
    pub fn explain(&self, from: Timestamp, to: Timestamp) -> Vec<CalendarInterval> {
        self.pieces(day::second(from), day::second(to))
            .into_iter()
            .map(|piece| CalendarInterval {
                from: day::instant(piece.span.from),
                to: day::instant(piece.span.to),
                open: piece.open,
                cause: piece.cause,
                detail: piece.detail,
            })
            .collect()
    }

    pub(crate) fn pieces(&self, from: i64, to: i64) -> Vec<Piece> {
        let mut pieces = Pieces(Vec::new());
        if self.is_always() {
            pieces.add(Span::new(from, to), true, CalendarCause::Always, CauseDetail::default());
            return pieces.0;
        }
        let horizon = self.0.horizon;
        let beyond = |pieces: &mut Pieces, span: Span| {
            pieces.add(span, false, CalendarCause::OutsideHorizon, CauseDetail::default());
        };
        beyond(&mut pieces, Span::new(from, to.min(horizon.from)));
        let mut cursor = from.max(horizon.from);
        while cursor < to {
            let Some(year) = self.year_at(cursor) else {
                break;
            };
            let before = cursor;
            for stretch in &year.offsets {
                let until = to.min(stretch.to);
                while cursor >= stretch.from && cursor < until {
                    let number = (cursor + stretch.offset).div_euclid(DAY_SECS);
                    let midnight = number * DAY_SECS - stretch.offset;
                    let end = until.min(midnight + DAY_SECS);
                    let opens = year.open_between(cursor, end);
                    add_day(&self.0.rules, number, midnight, Span::new(cursor, end), opens, &mut pieces);
                    cursor = end;
                }
            }
            // The stretches cover the year; were one missing, we stop rather than spin.
            if cursor == before {
                break;
            }
        }
        beyond(&mut pieces, Span::new(from.max(horizon.to), to));
        pieces.0
    }
}

struct Pieces(Vec<Piece>);

impl Pieces {
    fn add(&mut self, span: Span, open: bool, cause: CalendarCause, detail: CauseDetail) {
        if span.is_empty() {
            return;
        }
        if let Some(last) = self.0.last_mut()
            && last.span.to == span.from
            && last.cause == cause
            && last.detail.name == detail.name
        {
            last.span.to = span.to;
            return;
        }
        self.0.push(Piece { span, open, cause, detail });
    }
}

/// Adds the part of one local date.
fn add_day(rules: &Rules, number: i64, midnight: i64, bounds: Span, opens: impl Iterator<Item = Span>, pieces: &mut Pieces) {
    let mut cursor = bounds.from;
    let closed = |span: Span, pieces: &mut Pieces| {
        let (cause, detail) = closed_cause(rules, number, span.from - midnight);
        pieces.add(span, false, cause, detail);
    };
    for open in opens {
        let open = open.intersect(bounds);
        closed(Span::new(cursor, open.from), pieces);
        let (cause, detail) = open_cause(rules, number, open.from - midnight);
        pieces.add(open, true, cause, detail);
        cursor = open.to;
    }
    closed(Span::new(cursor, bounds.to), pieces);
}

fn detail(number: i64, name: Option<&str>, sources: &[String]) -> CauseDetail {
    CauseDetail { name: name.map(str::to_owned), date: day::date(number), sources: sources.to_vec() }
}

fn open_cause(rules: &Rules, number: i64, wall: i64) -> (CalendarCause, CauseDetail) {
    let (windows, _) = rules.of_day(number);
    let own = windows.iter().any(|w| (w.from..w.to).contains(&wall));
    // Not a window of this date: then one of the date before that crosses midnight.
    let number = if own { number } else { number - 1 };
    match rules.of_day(number).1 {
        Why::Exception(e) => (CalendarCause::ExceptionOpen, detail(number, e.name.as_deref(), &[])),
        Why::MakeUp(h) => (CalendarCause::MakeUpDay, detail(number, Some(&h.name), &h.sources)),
        Why::Weekly | Why::Holiday(_) => (CalendarCause::Hours, detail(number, None, &[])),
    }
}

fn closed_cause(rules: &Rules, number: i64, wall: i64) -> (CalendarCause, CauseDetail) {
    let (windows, why) = rules.of_day(number);
    let plain = |cause| (cause, detail(number, None, &[]));
    match (why, windows.is_empty()) {
        (Why::Exception(e), true) => (CalendarCause::ExceptionClosed, detail(number, e.name.as_deref(), &[])),
        (Why::Holiday(h), _) => (CalendarCause::Holiday, detail(number, Some(&h.name), &h.sources)),
        (_, true) if day::weekday(number) >= 5 => plain(CalendarCause::Weekend),
        (_, true) => plain(CalendarCause::DayOff),
        (_, false) => {
            let earlier = windows.iter().any(|window| window.to <= wall);
            let later = windows.iter().any(|window| window.from > wall);
            plain(if earlier && later { CalendarCause::Break } else { CalendarCause::OutsideHours })
        }
    }
}
