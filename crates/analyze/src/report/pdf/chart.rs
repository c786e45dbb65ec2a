//! Charts as plain marks (rectangles, lines, text) in points, for the template to place. Pure.
//!
//! Colour never stands alone: states differ in height too, series in dash, bars carry their values.

use evenkeel_core::Language;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::labels::{self, pick};
use crate::{
    figure::model::Unit,
    report::document::{Chart, ChartKind, Strip},
};

/// Width of the text area, points.
const WIDTH: f64 = 483.0;
const PLOT_HEIGHT: f64 = 118.0;
const AXIS_WIDTH: f64 = 46.0;
const LABEL_WIDTH: f64 = 110.0;
const ROW_HEIGHT: f64 = 24.0;
const BAD_WIDTH_MIN: f64 = 1.6;
const PALETTE: [&str; 6] = ["#0d5c75", "#c8643b", "#6b8f3a", "#7a5195", "#c29a2b", "#56707c"];
const INK: &str = "#17262e";
const SOFT: &str = "#5b6f79";
const LINE: &str = "#d5dde1";
const GOOD: &str = "#3f8f63";
const BAD: &str = "#b3261e";
const UNKNOWN: &str = "#d9a441";
const CLOSED: &str = "#c3ced3";

/// A chart's marks.
#[derive(Default)]
struct Sheet {
    height: f64,
    marks: Vec<Value>,
}

impl Sheet {
    fn rect(&mut self, x: f64, y: f64, w: f64, h: f64, fill: &str) {
        self.marks.push(json!({ "k": "rect", "x": x, "y": y, "w": w, "h": h, "fill": fill }));
    }
    fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str, width: f64, dash: bool) {
        self.marks
            .push(json!({ "k": "line", "x1": from.0, "y1": from.1, "x2": to.0, "y2": to.1, "stroke": stroke, "w": width, "dash": dash }));
    }
    fn dot(&mut self, x: f64, y: f64, fill: &str) {
        self.marks.push(json!({ "k": "dot", "x": x, "y": y, "fill": fill }));
    }
    /// `y` is the middle of the line; `anchor` is `start`, `middle` or `end`.
    fn text(&mut self, x: f64, y: f64, anchor: &str, fill: &str, text: &str) {
        self.marks.push(json!({ "k": "text", "x": x, "y": y, "anchor": anchor, "fill": fill, "t": text }));
    }
}

/// The drawing of a chart.
pub fn draw(chart: &Chart, language: Language, from: Timestamp, to: Timestamp, zone: &TimeZone) -> Value {
    let mut sheet = Sheet::default();
    let told = chart.series.iter().any(|series| series.values.iter().flatten().any(|value| value.is_finite()));
    match chart.kind {
        ChartKind::Strip => strips(&mut sheet, &chart.strips, language, from, to, zone),
        // Axes without a point on them say less than words.
        _ if !told => {
            sheet.text(0.0, 6.0, "start", SOFT, pick(language, "本期没有数据。", "No data in this period."));
            sheet.height = 14.0;
        }
        ChartKind::Bars | ChartKind::Line => plot(&mut sheet, chart, language),
    }
    json!({ "width": WIDTH, "height": sheet.height, "marks": sheet.marks })
}

/// The scale of the upright axis.
struct Scale {
    low: f64,
    high: f64,
    step: f64,
    /// Seconds are ticked in their own units.
    unit: f64,
    suffix: &'static str,
}

impl Scale {
    fn y(&self, top: f64, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        top + PLOT_HEIGHT * (1.0 - share)
    }
    fn label(&self, value: f64) -> String {
        let shown = value / self.unit;
        // As many digits as the step has: 99.25 must not read 99.2.
        let digits = (0..4).find(|digits| {
            let scaled = self.step / self.unit * 10f64.powi(*digits);
            (scaled - scaled.round()).abs() < 1e-6
        });
        let digits = usize::try_from(digits.unwrap_or(4)).unwrap_or(0);
        format!("{shown:.digits$}{}", self.suffix)
    }
}

/// A round step (1, 2, 2.5 or 5 times a power of ten) that makes about four of `span`.
fn round_step(span: f64) -> f64 {
    let raw = span / 4.0;
    let power = 10f64.powf(raw.log10().floor());
    let factor = [1.0, 2.0, 2.5, 5.0].into_iter().find(|factor| raw <= factor * power * 1.000_001).unwrap_or(10.0);
    factor * power
}

fn scale(chart: &Chart, language: Language) -> Scale {
    let values = chart.series.iter().flat_map(|series| series.values.iter().flatten().copied()).chain(chart.target);
    let (mut low, mut high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        (low, high) = (0.0, 1.0);
    }
    // Bars show amounts by their length, so they begin at zero; a line of percentages near 100 would be flat there.
    if chart.kind == ChartKind::Bars || chart.unit != Unit::Percent || low < 50.0 {
        low = low.min(0.0);
    }
    let (unit, suffix) = match chart.unit {
        Unit::Secs if high >= 172_800.0 => (86_400.0, pick(language, " 天", " d")),
        Unit::Secs if high >= 7_200.0 => (3_600.0, pick(language, " 时", " h")),
        Unit::Secs if high >= 120.0 => (60.0, pick(language, " 分", " m")),
        Unit::Secs => (1.0, pick(language, " 秒", " s")),
        Unit::Percent => (1.0, " %"),
        Unit::Count | Unit::Ratio => (1.0, ""),
    };
    if high - low < 1e-9 {
        // One value only. A percentage has no room above 100: the axis then shows what lies below.
        if chart.unit == Unit::Percent && high > 99.0 {
            low = high - 1.0;
        } else {
            high = low + unit;
        }
    }
    let mut step = round_step((high - low) / unit) * unit;
    if chart.unit == Unit::Count {
        step = step.max(1.0).round();
    }
    let bottom = (low / step + 1e-9).floor() * step;
    let mut top = (high / step - 1e-9).ceil() * step;
    if chart.unit == Unit::Percent && high <= 100.0 {
        top = top.min(100.0);
    }
    let top = if top > bottom { top } else { bottom + step };
    Scale { low: bottom, high: top, step, unit, suffix }
}

#[expect(clippy::cast_precision_loss, reason = "counts of categories and series are small")]
fn plot(sheet: &mut Sheet, chart: &Chart, language: Language) {
    let top = if chart.series.len() > 1 || chart.target.is_some() { legend(sheet, chart, language) } else { 10.0 };
    let scale = scale(chart, language);
    let bottom = top + PLOT_HEIGHT;
    let mut tick = scale.low;
    while tick <= scale.high + scale.step * 0.01 {
        let y = scale.y(top, tick);
        sheet.line((AXIS_WIDTH, y), (WIDTH, y), LINE, 0.5, false);
        sheet.text(AXIS_WIDTH - 6.0, y, "end", SOFT, &scale.label(tick));
        tick += scale.step;
    }
    let count = chart.categories.len().max(1);
    let slot = (WIDTH - AXIS_WIDTH) / count as f64;
    // As many names as have room.
    let every = (1..=count).find(|every| slot * *every as f64 >= 52.0).unwrap_or(count);
    for (place, category) in chart.categories.iter().enumerate() {
        if place % every == 0 {
            let x = AXIS_WIDTH + slot * (place as f64 + 0.5);
            sheet.text(x, bottom + 11.0, "middle", SOFT, category.in_language(language));
        }
    }
    match chart.kind {
        ChartKind::Bars => bars(sheet, chart, language, &scale, (top, slot)),
        _ => lines(sheet, chart, &scale, (top, slot)),
    }
    if let Some(target) = chart.target {
        let y = scale.y(top, target);
        sheet.line((AXIS_WIDTH, y), (WIDTH, y), BAD, 1.0, true);
    }
    sheet.height = bottom + 22.0;
}

#[expect(clippy::cast_precision_loss, reason = "counts of categories and series are small")]
fn bars(sheet: &mut Sheet, chart: &Chart, language: Language, scale: &Scale, (top, slot): (f64, f64)) {
    let series = chart.series.len().max(1) as f64;
    let width = (slot * 0.72 / series).min(44.0);
    let labelled = width >= 18.0;
    for (number, row) in chart.series.iter().enumerate() {
        for (place, value) in row.values.iter().enumerate() {
            let middle = AXIS_WIDTH + slot * (place as f64 + 0.5);
            let x = middle + width * (number as f64 - series / 2.0);
            let Some(value) = value.filter(|value| value.is_finite()) else {
                sheet.text(x + width / 2.0, scale.y(top, scale.low) - 6.0, "middle", SOFT, labels::DASH);
                continue;
            };
            let (y, zero) = (scale.y(top, value), scale.y(top, scale.low.max(0.0)));
            sheet.rect(x + 1.0, y.min(zero), width - 2.0, (zero - y).abs().max(0.5), PALETTE[number % PALETTE.len()]);
            if labelled {
                let text = labels::value(language, chart.unit, Some(value));
                sheet.text(x + width / 2.0, y.min(zero) - 6.0, "middle", INK, &text);
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of categories and series are small")]
fn lines(sheet: &mut Sheet, chart: &Chart, scale: &Scale, (top, slot): (f64, f64)) {
    for (number, row) in chart.series.iter().enumerate() {
        let colour = PALETTE[number % PALETTE.len()];
        let mut before: Option<(f64, f64)> = None;
        for (place, value) in row.values.iter().enumerate() {
            let here = value.filter(|value| value.is_finite()).map(|value| (AXIS_WIDTH + slot * (place as f64 + 0.5), scale.y(top, value)));
            if let (Some(before), Some(here)) = (before, here) {
                sheet.line(before, here, colour, 1.6, number % 2 == 1);
            }
            if let Some((x, y)) = here {
                sheet.dot(x, y, colour);
            }
            before = here;
        }
    }
}

/// Names of the series in one row; answers where the plot may begin.
fn legend(sheet: &mut Sheet, chart: &Chart, language: Language) -> f64 {
    let mut x = AXIS_WIDTH;
    if chart.series.len() > 1 {
        for (number, row) in chart.series.iter().enumerate() {
            let name = row.label.in_language(language);
            sheet.rect(x, 3.0, 9.0, 9.0, PALETTE[number % PALETTE.len()]);
            sheet.text(x + 14.0, 7.5, "start", INK, name);
            x += 30.0 + breadth(name);
        }
    }
    if let Some(target) = chart.target {
        sheet.line((x, 7.5), (x + 16.0, 7.5), BAD, 1.0, true);
        let text = format!("{} {}", pick(language, "目标", "target"), labels::value(language, chart.unit, Some(target)));
        sheet.text(x + 21.0, 7.5, "start", INK, &text);
    }
    30.0
}

/// About how wide a text is at the charts' size: a Chinese character is twice a letter.
fn breadth(text: &str) -> f64 {
    text.chars().map(|letter| if u32::from(letter) > 0x2e80 { 8.0 } else { 4.4 }).sum()
}

fn strips(sheet: &mut Sheet, strips: &[Strip], language: Language, from: Timestamp, to: Timestamp, zone: &TimeZone) {
    let track = WIDTH - LABEL_WIDTH;
    let mut x = LABEL_WIDTH;
    for (state, zh, en) in [
        ("good", "正常", "good"),
        ("bad", "中断", "down"),
        ("unknown", "未知", "unknown"),
        ("closed", "服务时间外", "outside service hours"),
    ] {
        let name = pick(language, zh, en);
        let (up, height, fill) = look(state);
        sheet.rect(x, 2.0 + up, 12.0, height, fill);
        sheet.text(x + 17.0, 8.0, "start", INK, name);
        x += 34.0 + breadth(name);
    }
    let mut y = 22.0;
    for strip in strips {
        sheet.text(LABEL_WIDTH - 8.0, y + 6.0, "end", INK, strip.label.in_language(language));
        let mut runs = runs(strip, from, to, track);
        runs.sort_by_key(|(_, _, state)| *state == "bad");
        for (column, width, state) in runs {
            let (up, height, fill) = look(state);
            // A short outage in a long period must still be seen; it is drawn last, over its neighbours.
            let width = if state == "bad" { width.max(BAD_WIDTH_MIN) } else { width };
            sheet.rect(LABEL_WIDTH + column, y + up, width, height, fill);
        }
        y += ROW_HEIGHT;
    }
    let secs = to.duration_since(from).as_secs_f64().max(1.0);
    for part in 0..=4 {
        let share = f64::from(part) / 4.0;
        #[expect(clippy::cast_possible_truncation, reason = "a period of a report fits")]
        let at = from.checked_add(jiff::SignedDuration::from_secs((secs * share) as i64)).unwrap_or(to);
        let format = if secs > 4.0 * 86_400.0 { "%m-%d" } else { "%m-%d %H:%M" };
        let text = at.to_zoned(zone.clone()).strftime(format).to_string();
        let tick = LABEL_WIDTH + track * share;
        let anchor = match part {
            0 => "start",
            4 => "end",
            _ => "middle",
        };
        sheet.line((tick, y - 4.0), (tick, y), SOFT, 0.5, false);
        sheet.text(tick, y + 8.0, anchor, SOFT, &text);
    }
    sheet.height = y + 18.0;
}

/// How a state looks: offset from the row's top, height, colour.
fn look(state: &str) -> (f64, f64, &'static str) {
    match state {
        "good" => (2.0, 8.0, GOOD),
        "bad" => (0.0, 12.0, BAD),
        "closed" => (5.0, 2.0, CLOSED),
        _ => (4.0, 4.0, UNKNOWN),
    }
}

/// Runs of one state in points: the worst state of each half point wins, and what nothing covers is unknown.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "columns of a page")]
fn runs(strip: &Strip, from: Timestamp, to: Timestamp, track: f64) -> Vec<(f64, f64, &'static str)> {
    const RANKS: [&str; 5] = ["none", "closed", "good", "unknown", "bad"];
    const CELLS_PER_POINT: f64 = 2.0;
    let cells = (track * CELLS_PER_POINT) as usize;
    let length = to.duration_since(from).as_secs_f64().max(1.0);
    let mut worst = vec![0usize; cells];
    for span in &strip.spans {
        let place = |at: Timestamp| (at.duration_since(from).as_secs_f64() / length * cells as f64).clamp(0.0, cells as f64);
        let first = (place(span.from).floor() as usize).min(cells.saturating_sub(1));
        let last = (place(span.to).ceil() as usize).clamp(first + 1, cells.max(first + 1));
        let rank = RANKS.iter().position(|state| *state == span.state).unwrap_or(3);
        for cell in worst.iter_mut().take(last).skip(first) {
            *cell = (*cell).max(rank);
        }
    }
    let mut runs: Vec<(usize, usize, usize)> = Vec::new();
    for (column, rank) in worst.iter().enumerate() {
        // Not observed is unknown to the reader.
        let rank = if *rank == 0 { 3 } else { *rank };
        match runs.last_mut() {
            Some(run) if run.2 == rank => run.1 += 1,
            _ => runs.push((column, 1, rank)),
        }
    }
    runs.into_iter().map(|(column, width, rank)| (column as f64 / CELLS_PER_POINT, width as f64 / CELLS_PER_POINT, RANKS[rank])).collect()
}
