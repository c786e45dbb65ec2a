//! The document as the template reads it: every word in one language, every value written out. Pure.

use evenkeel_core::Language;
use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{
    chart,
    labels::{self, DASH, pick},
    promises,
};
use crate::{
    figure::model::{Figure, Unit},
    report::document::{Align, Block, Cell, Document, Section, Table, Timeline345},
};

/// Letters of an input hash that are printed: enough to find the figure by.
const HASH_LETTERS: usize = 12;
/// Figures that count seconds, not things: their n and unknown are spans of time.
const OF_TIME: [&str; 2] = ["availability", "probe_success"];
/// What each service has besides its availability: a card each for one service, a table for several.
const IN_TABLE: [&str; 4] = ["downtime", "outages", "mtbf", "mtrs"];

/// How wide a text is, in letters: a Chinese character takes two.
fn breadth(text: &str) -> usize {
    text.chars().map(|letter| if u32::from(letter) > 0x2e80 { 2 } else { 1 }).sum()
}

/// The pieces of a text between which a line may end: words, and of Chinese some letters together, so that no column gets
/// narrower than that.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    const TOGETHER: usize = 4;
    text.split([' ', '\u{202f}']).map(|word| {
        let chinese = word.chars().any(|letter| u32::from(letter) > 0x2e80);
        match word.char_indices().nth(TOGETHER) {
            Some((end, _)) if chinese => word.get(..end).unwrap_or(word),
            _ => word,
        }
    })
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
    let promises = promises::of(document, language);
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
        "promises": promises,
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
            "empty": p("本期没有。", "None in this period."),
            "also": p("下表另有各服务的：", "In the table below, for each service: "),
            "inputs": p("输入", "inputs"),
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
        let empty = match section.id.as_str() {
            "improvement" => self.pick("本期没有写改进计划。", "No improvement plan was written for this period."),
            "restatements" => self.pick(
                "此前没有发布过同一范围的报告，没有可更正的数字。",
                "No earlier report on the same services was published: there is nothing to restate.",
            ),
            "major" => self.pick("本期没有已恢复的故障。", "No fault was restored in this period."),
            _ => self.pick("本节本期没有内容。", "Nothing in this period."),
        };
        json!({ "title": section.title.in_language(self.language), "text": paragraphs, "blocks": blocks, "empty": empty })
    }

    fn block(&mut self, block: &Block) -> Value {
        match block {
            Block::Figures { figures } => self.figures(figures),
            Block::Table(table) => self.table(table),
            Block::Chart(chart) => json!({
                "type": "chart",
                "title": chart.title.in_language(self.language),
                "drawing": chart::draw(chart, self.language, self.document.from, self.document.to, self.zone),
            }),
            Block::Timeline345(timeline) => self.timeline(timeline),
        }
    }

    /// Cards; for several services only their availability, the rest stands in the table under them.
    fn figures(&mut self, figures: &[Figure]) -> Value {
        let several = figures.iter().filter(|figure| figure.definition == "availability").count() > 1;
        let (carded, tabled): (Vec<&Figure>, Vec<&Figure>) =
            figures.iter().partition(|figure| !(several && IN_TABLE.contains(&figure.definition.as_str())));
        let cards: Vec<Value> = carded.into_iter().map(|figure| self.figure(figure)).collect();
        let mut also: Vec<Value> = Vec::new();
        for figure in tabled {
            let (note, first) = self.note(figure);
            if first {
                also.push(json!({ "name": figure.name.in_language(self.language), "note": note, "first": true, "footnote": self.footnote(figure) }));
            }
        }
        json!({ "type": "figures", "figures": cards, "also": also })
    }

    /// The key of a definition's footnote, and whether it stands here for the first time.
    fn note(&mut self, figure: &Figure) -> (String, bool) {
        let key = format!("fn-{}-v{}", figure.definition, figure.version);
        let first = self.noted.insert(key.clone());
        (key, first)
    }

    /// n or unknown of a figure: things, or a span of time.
    #[expect(clippy::cast_precision_loss, reason = "counts are shown, not computed with")]
    fn amount(&self, figure: &Figure, n: i64) -> String {
        let unit = if OF_TIME.contains(&figure.definition.as_str()) { Unit::Secs } else { Unit::Count };
        labels::value(self.language, unit, Some(n as f64))
    }

    fn sample(&self, figure: &Figure) -> String {
        let of_time = OF_TIME.contains(&figure.definition.as_str());
        let known = if of_time { self.pick("已观测 ", "observed ") } else { "n = " };
        let mut sample = format!("{known}{}", self.amount(figure, figure.n));
        if figure.unknown > 0 {
            let unknown = if of_time { self.pick("未观测", "not observed") } else { self.pick("未知", "unknown") };
            sample = format!("{sample} · {unknown} {}", self.amount(figure, figure.unknown));
        }
        sample
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are shown, not computed with")]
    fn figure(&mut self, figure: &Figure) -> Value {
        let (note, first) = self.note(figure);
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
        // A priority that nothing had is left out; the total beside it says how many there were.
        let by: Vec<Value> = figure
            .by
            .iter()
            .filter(|slice| slice.n > 0)
            .map(|slice| {
                json!({
                    "label": slice.label.in_language(self.language),
                    "value": labels::value(self.language, figure.unit, slice.value),
                    // A count is its own n.
                    "n": if figure.unit == Unit::Count { String::new() } else { format!("n={}", count(slice.n)) },
                })
            })
            .collect();
        json!({
            "name": figure.name.in_language(self.language),
            "about": figure.about.as_ref().map(|about| about.in_language(self.language)),
            "value": written(figure.value),
            "state": state,
            "verdict": verdict,
            "target": figure.target.map(|target| format!("{} {}", self.pick("目标", "target"), written(Some(target)))),
            "bounds": bounds.map(|bounds| format!("{} {bounds}", self.pick("计入未知", "with unknown"))),
            // A count is its own n.
            "sample": if figure.unit == Unit::Count && figure.unknown == 0 { String::new() } else { self.sample(figure) },
            "hash": figure.input_hash.get(..HASH_LETTERS).unwrap_or_default(),
            "by": by,
            "note": note,
            "first": first,
            "footnote": self.footnote(figure),
        })
    }

    /// How the figure is computed, of whom, by which version.
    fn footnote(&self, figure: &Figure) -> String {
        let (colon, stop, space) = (self.pick("：", ": "), self.pick("。", "."), self.pick("", " "));
        let mut sentences: Vec<String> = [&figure.formula, &figure.population]
            .iter()
            .map(|words| words.in_language(self.language))
            .filter(|text| !text.is_empty())
            .map(|text| format!("{text}{stop}"))
            .collect();
        sentences.push(format!("({} v{})", figure.definition, figure.version));
        format!("{colon}{}", sentences.join(space))
    }

    fn table(&self, table: &Table) -> Value {
        let rows: Vec<Vec<(String, &str)>> = table.rows.iter().map(|row| row.iter().map(|cell| self.cell(cell)).collect()).collect();
        let columns: Vec<Value> = table
            .columns
            .iter()
            .enumerate()
            .map(|(place, column)| {
                let title = column.title.in_language(self.language);
                let right = column.align == Align::Right;
                let texts = || rows.iter().filter_map(|row| row.get(place)).map(|(text, _)| text.as_str());
                // What is measured to divide the page's width: the longest text, and the longest piece that must not be broken.
                let wide = texts().max_by_key(|text| breadth(text)).unwrap_or_default();
                let piece = if right { wide } else { texts().flat_map(pieces).max_by_key(|text| breadth(text)).unwrap_or_default() };
                let head = pieces(title).max_by_key(|text| breadth(text)).unwrap_or_default();
                let marked = rows.iter().any(|row| row.get(place).is_some_and(|(_, state)| !state.is_empty()));
                json!({ "title": title, "right": right, "wide": wide, "piece": piece, "head": head, "marked": marked })
            })
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
            Some(title) => format!("INC-{number} {}", evenkeel_core::title::in_language(title, self.language)),
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
