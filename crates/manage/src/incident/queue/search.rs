//! What a search means: a number, or a part of the title taken literally.

use evenkeel_core::id::TenantId;
use evenkeel_store::{Sql, StoreError, params};

use crate::incident::table::search_key;

/// The most titles that a search collects. One that finds more is common enough to be met along the sort.
const FOUND_MAX: usize = 1000;

/// What a search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing was searched.
    Everything,
    /// These numbers.
    Numbers(Vec<i64>),
    /// Too many to name: titles like this.
    Titles(String),
}

/// The number that a search means, when it means one.
fn number_of(search: &str) -> Option<i64> {
    let upper = search.to_ascii_uppercase();
    let digits = upper.strip_prefix("INC-").or_else(|| upper.strip_prefix('#')).unwrap_or(&upper);
    digits.parse().ok()
}

/// A LIKE pattern that finds `search` anywhere, taken literally.
fn pattern_of(search: &str) -> String {
    let mut pattern = String::from("%");
    for character in search_key(search).chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// PostgreSQL reads every title without it: at 200,000 incidents 80 ms instead of 2 (docs/adr/0001).
pub const ACCELERATOR: evenkeel_store::migration::Accelerator = evenkeel_store::migration::Accelerator {
    name: "search in the titles of incidents",
    postgres: &[
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "CREATE INDEX IF NOT EXISTS incident_title_trigrams ON incident USING gin (title_key gin_trgm_ops)",
    ],
};

/// Looks; `None` when nothing can be found.
pub(super) async fn look(sql: &mut dyn Sql, tenant: TenantId, search: Option<&str>) -> Result<Option<Found>, StoreError> {
    let Some(search) = search.map(str::trim).filter(|search| !search.is_empty()) else {
        return Ok(Some(Found::Everything));
    };
    if let Some(number) = number_of(search) {
        return Ok(Some(Found::Numbers(vec![number])));
    }
    let pattern = pattern_of(search);
    let rows = sql
        .rows(
            "SELECT number FROM incident WHERE tenant_id = $1 AND title_key LIKE $2 ESCAPE '\\' ORDER BY number DESC LIMIT $3",
            params![tenant, &pattern, FOUND_MAX],
        )
        .await?;
    if rows.len() >= FOUND_MAX {
        return Ok(Some(Found::Titles(pattern)));
    }
    let numbers = rows.iter().map(|row| row.int("number")).collect::<Result<Vec<_>, _>>()?;
    Ok(Some(Found::Numbers(numbers)).filter(|_| !rows.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_number_in_every_spelling() {
        for text in ["1042", "INC-1042", "inc-1042", "#1042"] {
            assert_eq!(number_of(text), Some(1042), "{text}");
        }
        assert_eq!(number_of("1042 orders"), None);
    }

    #[test]
    fn a_pattern_has_no_wildcards_but_its_own() {
        assert_eq!(pattern_of("50%_\\X"), "%50\\%\\_\\\\x%");
    }
}
