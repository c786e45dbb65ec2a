//! The tables and columns of the whole house, read from its own migrations: the one list that holds for both databases.

use evenkeel_core::{ErrorCode, Failure};
use evenkeel_store::{Migration, Row, StoreError, Value};
use serde_json::Value as Json;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// TEXT.
    Text,
    /// BIGINT.
    Int,
    /// DOUBLE PRECISION.
    Float,
    /// {blob}.
    Bytes,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether the database numbers it.
    pub numbered: bool,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The columns of its primary key, by their places.
    pub key: Vec<usize>,
}

/// Every table that these migrations make, by name.
///
/// # Errors
/// When a statement is not of the portable subset: a defect of ours that a test finds.
pub fn tables(migrations: &[Migration]) -> Result<Vec<Table>, Failure> {
    let mut sorted: Vec<&Migration> = migrations.iter().collect();
    sorted.sort_by_key(|migration| migration.name);
    let mut tables: Vec<Table> = Vec::new();
    for statement in sorted.iter().flat_map(|migration| migration.sql) {
        let words: Vec<&str> = statement.split_whitespace().collect();
        match words.as_slice() {
            ["CREATE", "TABLE", ..] => tables.push(created(statement)?),
            ["ALTER", "TABLE", table, "ADD", "COLUMN", name, kind, ..] => {
                let column = column(name, kind, statement)?;
                let table = tables.iter_mut().find(|known| known.name == *table).ok_or_else(|| strange(statement))?;
                table.columns.push(column);
            }
            ["DROP", "TABLE", name] => tables.retain(|table| table.name != *name),
            ["CREATE" | "DROP", "INDEX", ..] | ["CREATE", "UNIQUE", "INDEX", ..] | ["UPDATE" | "INSERT" | "DELETE", ..] => {}
            _ => return Err(strange(statement)),
        }
    }
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(tables)
}

fn strange(statement: &str) -> Failure {
    Failure::new(ErrorCode::Internal, format!("a backup cannot read this migration: {statement}"))
}

fn created(statement: &str) -> Result<Table, Failure> {
    let (head, body) = statement.split_once('(').ok_or_else(|| strange(statement))?;
    let name = head.split_whitespace().last().unwrap_or_default().to_owned();
    let body = body.rsplit_once(')').ok_or_else(|| strange(statement))?.0;
    let mut table = Table { name, columns: Vec::new(), key: Vec::new() };
    let mut key: Vec<String> = Vec::new();
    for part in parts(body) {
        let words: Vec<&str> = part.split_whitespace().collect();
        match words.as_slice() {
            ["PRIMARY", "KEY", ..] => {
                let inside = part.split_once('(').and_then(|(_, rest)| rest.split_once(')')).ok_or_else(|| strange(statement))?.0;
                key = inside.split(',').map(|name| name.trim().to_owned()).collect();
            }
            ["UNIQUE" | "CHECK" | "FOREIGN" | "CONSTRAINT", ..] => {}
            [name, kind, rest @ ..] => {
                if *kind == "{autoid}" || rest.starts_with(&["PRIMARY", "KEY"]) {
                    key = vec![(*name).to_owned()];
                }
                table.columns.push(column(name, kind, statement)?);
            }
            _ => return Err(strange(statement)),
        }
    }
    table.key = key
        .iter()
        .map(|name| table.columns.iter().position(|column| column.name == *name))
        .collect::<Option<_>>()
        .ok_or_else(|| strange(statement))?;
    if table.key.is_empty() { Err(strange(statement)) } else { Ok(table) }
}

/// Parts between the commas that stand in no brackets.
fn parts(body: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for letter in body.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

fn column(name: &str, kind: &str, statement: &str) -> Result<Column, Failure> {
    let kind_of = match kind.trim_end_matches(',') {
        "TEXT" => Kind::Text,
        "BIGINT" | "{autoid}" => Kind::Int,
        "DOUBLE" => Kind::Float,
        "{blob}" => Kind::Bytes,
        _ => return Err(strange(statement)),
    };
    Ok(Column { name: name.to_owned(), kind: kind_of, numbered: kind == "{autoid}" })
}

impl Kind {
    /// A column of a row as JSON.
    pub fn read(self, row: &Row, column: &str) -> Result<Json, StoreError> {
        Ok(match self {
            Self::Text => row.opt_text(column)?.map_or(Json::Null, Json::String),
            Self::Int => row.opt_int(column)?.map_or(Json::Null, Json::from),
            // As text: JSON readers differ in the last bit of a float.
            Self::Float => row.opt_float(column)?.map_or(Json::Null, |value| Json::String(format!("{value:?}"))),
            Self::Bytes => row.opt_bytes(column)?.map_or(Json::Null, |value| Json::String(hex::encode(value))),
        })
    }

    /// The value of a column from JSON; `None` when it does not fit.
    pub fn value(self, json: &Json) -> Option<Value> {
        Some(match (self, json) {
            (Self::Text, Json::Null) => Value::Text(None),
            (Self::Int, Json::Null) => Value::Int(None),
            (Self::Float, Json::Null) => Value::Float(None),
            (Self::Bytes, Json::Null) => Value::Bytes(None),
            (Self::Text, Json::String(text)) => Value::Text(Some(text.clone())),
            (Self::Int, Json::Number(number)) => Value::Int(Some(number.as_i64()?)),
            (Self::Float, Json::String(text)) => Value::Float(Some(text.parse().ok()?)),
            (Self::Bytes, Json::String(text)) => Value::Bytes(Some(hex::decode(text).ok()?)),
            _ => return None,
        })
    }
}
