//! Small parts that sections are made of.

use jiff::Timestamp;

use super::document::{Align, Block, Cell, Chart, ChartKind, Column, Section, Series, Table};
use crate::{
    figure::{compute::Computed, model::Unit},
    words::Words,
};

/// A section without words.
pub fn section(id: &str, zh: &str, en: &str, blocks: Vec<Block>) -> Section {
    Section { id: id.to_owned(), title: Words::new(zh, en), text: None, blocks }
}

/// A column.
pub fn column(key: &str, zh: &str, en: &str, align: Align) -> Column {
    Column { key: key.to_owned(), title: Words::new(zh, en), align }
}

/// A column of text.
pub fn left(key: &str, zh: &str, en: &str) -> Column {
    column(key, zh, en, Align::Left)
}

/// A column of numbers.
pub fn right(key: &str, zh: &str, en: &str) -> Column {
    column(key, zh, en, Align::Right)
}

/// A table; rows beyond `rows_max` are counted, not shown.
pub fn table(id: &str, title: Words, columns: Vec<Column>, mut rows: Vec<Vec<Cell>>, rows_max: usize) -> Table {
    let more = crate::figure::statistic::count(rows.len().saturating_sub(rows_max));
    rows.truncate(rows_max);
    Table { id: id.to_owned(), title, columns, rows, more }
}

/// Figures side by side; none when there are none.
pub fn figures<'a>(computed: impl IntoIterator<Item = &'a Computed>) -> Block {
    Block::Figures { figures: computed.into_iter().map(|one| one.figure.clone()).collect() }
}

/// A number.
pub const fn cell(value: Option<f64>, unit: Unit) -> Cell {
    Cell::Number { value, unit }
}

/// Whole seconds.
pub fn secs(secs: Option<i64>) -> Cell {
    cell(secs.map(crate::figure::statistic::number), Unit::Secs)
}

/// A count.
pub const fn counted(n: i64) -> Cell {
    cell(Some(crate::figure::statistic::number(n)), Unit::Count)
}

/// A text that reads the same in both languages.
pub fn plain(text: impl Into<String>) -> Cell {
    Cell::Words(Words::same(text))
}

/// Words in both languages.
pub const fn said(words: Words) -> Cell {
    Cell::Words(words)
}

/// An instant.
pub const fn instant(at: Option<Timestamp>) -> Cell {
    Cell::Instant { at }
}

/// A chart of values by category.
pub fn chart(id: &str, kind: ChartKind, title: Words, unit: Unit, categories: Vec<Words>, series: Vec<Series>) -> Block {
    Block::Chart(Chart { id: id.to_owned(), kind, title, unit, categories, series, target: None, strips: Vec::new() })
}
