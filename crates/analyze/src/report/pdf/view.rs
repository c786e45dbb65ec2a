//! The document as the template reads it: every word in one language, every value written out. Pure.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{
    chart,
    labels::{self, DASH, pick},
};
use crate::{
    figure::model::{Figure, Unit},
    report::document::{Align, Block, Cell, Document, Section, Table, Timeline345},
    words::Language,
};

/// A table's column whose longest text is wider than this shares the width that is left, in letters.
const LONG: usize = 30;

/// How wide a text is, in letters: a Chinese character takes two.
fn breadth(text: &str) -> usize {
    text.chars().map(|letter| if u32::from(letter) > 0x2e80 { 2 } else { 1 }).sum()
}

/// What the view of one document needs everywhere.
struct Reader<'a> {
    document: &'a Document,
    language: Language,
    zone: &'a TimeZone,
    /// Definitions whose footnote stands already.
    noted: BTreeSet<String>,
}

/// The view.
pub fn of(document: &Document, language: Language, document_hash: Option<&str>, zone: &TimeZone) -> Value {
    let mut reader = Reader { document, language, zone, noted: BTreeSet::new() };
    let sections: Vec<Value> = document.sections.iter().map(|section| reader.section(section)).collect();
    let p = |zh, en| pick(language, zh, en);
    json!({
        "lang": pick(language, "zh", "en"),
        "region": pick(language, "cn", "gb"),
        "product": p("稳舵 Evenkeel", "Evenkeel"),
        "kind": p("IT 服务报告", "IT service report"),
        "title": document.title.in_language(language),
        "number": document.number,
        "version": format!("v{}", document.version),
        "facts": [
            { "name": p("客户", "Customer"), "value": document.customer.as_ref().map_or(p("内部", "Internal"), |name| name.in_language(language)) },
            { "name": p("服务", "Services"), "value": document.services.iter().map(|service| service.name.in_language(language)).collect::<Vec<_>>().join(p("、", ", ")) },
            { "name": p("期间", "Period"), "value": format!("{} – {}", labels::minute(document.from, zone), labels::minute(document.to, zone)) },
            { "name": p("时区", "Time zone"), "value": document.zone },
            { "name": p("取数时间", "Collected"), "value": labels::instant(Some(document.generated_at), zone) },
            { "name": p("账本位置", "Ledger position"), "value": labels::value(language, Unit::Count, Some(position(document))) },
        ],
        "figures_hash": document.figures_hash,
        "document_hash": document_hash,
        "words": {
            "contents": p("目录", "Contents"),
            "figures_hash": p("数字哈希", "figures"),
            "document_hash": p("文档哈希", "document"),
            "draft": p("草稿，未发布", "Draft, not published"),
            "proof": p(
                "每个数字都由账本重新算得出来。数字哈希是全部数字的 SHA-256，文档哈希是整份文档的 SHA-256；在装有本系统的机器上运行 evenkeel figures verify 可复核。",
                "Every figure can be computed again from the ledger. The figures' hash is the SHA-256 over all figures, the document's hash over the whole document; evenkeel figures verify checks both."
            ),
            "page": p("第", "page"),
            "of": p("页，共", "of"),
            "pages": p("页", ""),
            "total": p("合计", "Total"),
            "actions": p("五项动作", "Five actions"),
            "empty": p("本节本期没有内容。", "Nothing in this period."),
        },
        "sections": sections,
    })
}

#[expect(clippy::cast_precision_loss, reason = "a position is shown, not computed with")]
fn position(document: &Document) -> f64 {
    document.position as f64
}

impl Reader<'_> {
    fn pick<'w>(&self, zh: &'w str, en: &'w str) -> &'w str {
        pick(self.language, zh, en)
    }

    fn section(&mut self, section: &Section) -> Value {
        let paragraphs: Vec<&str> = section
            .text
            .as_ref()
            .map_or("", |text| text.in_language(self.language))
            .split("\n\n")
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .collect();
        let blocks: Vec<Value> = section.blocks.iter().map(|block| self.block(block)).collect();
        json!({ "title": section.title.in_language(self.language), "text": paragraphs, "blocks": blocks })
    }

    fn block(&mut self, block: &Block) -> Value {
        match block {
            Block::Figures { figures } => {
                let cards: Vec<Value> = figures.iter().map(|figure| self.figure(figure)).collect();
                json!({ "type": "figures", "figures": cards })
            }
            Block::Table(table) => self.table(table),
            Block::Chart(chart) => json!({
                "type": "chart",
                "title": chart.title.in_language(self.language),
                "drawing": chart::draw(chart, self.language, self.document.from, self.document.to, self.zone),
            }),
            Block::Timeline345(timeline) => self.timeline(timeline),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are shown, not computed with")]
    fn figure(&mut self, figure: &Figure) -> Value {
        let written = |value| labels::value(self.language, figure.unit, value);
        let count = |value: i64| labels::value(self.language, Unit::Count, Some(value as f64));
        let (state, verdict) = match figure.met {
            Some(true) => ("met", self.pick("达成", "met")),
            Some(false) => ("missed", self.pick("未达成", "missed")),
            None => ("none", ""),
        };
        let bounds = match (figure.low, figure.high) {
            (Some(low), Some(high)) if figure.unknown > 0 && low < high => {
                Some(format!("{} – {}", written(Some(low)), written(Some(high))))
            }
            _ => None,
        };
        let by: Vec<Value> = figure
            .by
            .iter()
            .map(|slice| {
                json!({
                    "label": slice.label.in_language(self.language),
                    "value": labels::value(self.language, figure.unit, slice.value),
                    "n": format!("n={}", count(slice.n)),
                })
            })
            .collect();
        let mut sample = format!("n = {}", count(figure.n));
        if figure.unknown > 0 {
            sample = format!("{sample} · {} {}", self.pick("未知", "unknown"), count(figure.unknown));
        }
        let key = format!("{}-v{}", figure.definition, figure.version);
        let first = self.noted.insert(key.clone());
        json!({
            "name": figure.name.in_language(self.language),
            "about": figure.about.as_ref().map(|about| about.in_language(self.language)),
            "value": written(figure.value),
            "state": state,
            "verdict": verdict,
            "target": figure.target.map(|target| format!("{} {}", self.pick("目标", "target"), written(Some(target)))),
            "bounds": bounds.map(|bounds| format!("{} {bounds}", self.pick("计入未知", "with unknown"))),
            "sample": sample,
            "by": by,
            "note": format!("fn-{key}"),
            "first": first,
            "footnote": self.footnote(figure),
        })
    }

    /// How the figure is computed, of whom, by which version.
    fn footnote(&self, figure: &Figure) -> String {
        let (colon, stop) = (self.pick("：", ": "), self.pick("；", "; "));
        let parts: Vec<&str> = [&figure.formula, &figure.population]
            .iter()
            .map(|words| words.in_language(self.language))
            .filter(|text| !text.is_empty())
            .collect();
        let sentence = if parts.is_empty() { String::new() } else { format!("{colon}{}", parts.join(stop)) };
        format!("{sentence} ({} v{})", figure.definition, figure.version)
    }

    fn table(&self, table: &Table) -> Value {
        let rows: Vec<Vec<(String, &str)>> = table.rows.iter().map(|row| row.iter().map(|cell| self.cell(cell)).collect()).collect();
        let widest = |place: usize| rows.iter().filter_map(|row| row.get(place)).map(|(text, _)| breadth(text)).max().unwrap_or(0);
        // Short columns take what they need; long ones share the rest.
        let mut shares: Vec<usize> =
            (0..table.columns.len()).map(|place| if widest(place) > LONG { widest(place).min(4 * LONG) } else { 0 }).collect();
        if shares.iter().all(|share| *share == 0)
            && let Some(first) = shares.first_mut()
        {
            *first = 1;
        }
        let columns: Vec<Value> = table
            .columns
            .iter()
            .zip(shares)
            .map(|(column, share)| json!({ "title": column.title.in_language(self.language), "right": column.align == Align::Right, "share": share }))
            .collect();
        let rows: Vec<Vec<Value>> =
            rows.into_iter().map(|row| row.into_iter().map(|(text, state)| json!({ "t": text, "s": state })).collect()).collect();
        let more = (table.more > 0).then(|| match self.language {
            Language::Zh => format!("另有 {} 行，见网页版的证据。", table.more),
            Language::En => format!("{} more rows: see the evidence on the web page.", table.more),
        });
        json!({ "type": "table", "title": table.title.in_language(self.language), "columns": columns, "rows": rows, "more": more })
    }

    /// A cell's text, and `met` or `missed` where it says so.
    fn cell(&self, cell: &Cell) -> (String, &'static str) {
        match cell {
            Cell::Words(words) => (words.in_language(self.language).to_owned(), ""),
            Cell::Number { value, unit } => (labels::value(self.language, *unit, *value), ""),
            Cell::Instant { at } => (labels::instant(*at, self.zone), ""),
            Cell::Met { met: Some(true) } => (self.pick("达成", "met").to_owned(), "met"),
            Cell::Met { met: Some(false) } => (self.pick("未达成", "missed").to_owned(), "missed"),
            Cell::Met { met: None } => (DASH.to_owned(), ""),
            Cell::Incident { number, title, .. } => (self.incident(*number, title.as_deref()), ""),
        }
    }

    fn incident(&self, number: i64, title: Option<&str>) -> String {
        match title.and_then(|digest| self.document.texts.get(digest)) {
            Some(title) => format!("INC-{number} {title}"),
            None => format!("INC-{number}"),
        }
    }

    fn timeline(&self, timeline: &Timeline345) -> Value {
        let seq = |seq: Option<i64>| seq.map(|seq| format!("#{seq}"));
        let moments: Vec<Value> = timeline
            .moments
            .iter()
            .map(|moment| {
                json!({
                    "label": moment.label.in_language(self.language),
                    "at": labels::instant(moment.at, self.zone),
                    "basis": moment.basis_label.as_ref().map(|basis| basis.in_language(self.language)),
                    "seq": seq(moment.event_seq),
                    "known": moment.at.is_some(),
                })
            })
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "a span of time within a report")]
        let secs = |secs: Option<i64>| labels::value(self.language, Unit::Secs, secs.map(|secs| secs as f64));
        let durations: Vec<Value> = timeline
            .durations
            .iter()
            .map(|span| json!({ "label": span.label.in_language(self.language), "value": secs(span.secs) }))
            .collect();
        let actions: Vec<Value> = timeline
            .actions
            .iter()
            .map(|action| {
                json!({
                    "label": action.label.in_language(self.language),
                    "done": action.done,
                    "at": action.at.map(|at| labels::instant(Some(at), self.zone)),
                    "seq": seq(action.event_seq),
                })
            })
            .collect();
        json!({
            "type": "timeline",
            "title": self.incident(timeline.number, timeline.title.as_deref()),
            "about": format!("P{} · {}", timeline.priority, timeline.service.in_language(self.language)),
            "moments": moments,
            "durations": durations,
            "total": secs(timeline.total_secs),
            "actions": actions,
        })
    }
}
