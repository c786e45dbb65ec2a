//! What a search means: a number, or a part of the title taken literally.

use evenkeel_core::id::TenantId;
use evenkeel_store::{
    Sql, StoreError,
    substring::{SubstringIndex, pattern},
};

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

/// Finds titles by a part of them.
pub const SEARCH_INDEX: SubstringIndex =
    SubstringIndex { name: "incident_title_trigrams", table: "incident", column: "title_key", key: "number" };

/// Looks; `None` when nothing can be found.
pub(super) async fn look(sql: &mut dyn Sql, tenant: TenantId, search: Option<&str>) -> Result<Option<Found>, StoreError> {
    let Some(search) = search.map(str::trim).filter(|search| !search.is_empty()) else {
        return Ok(Some(Found::Everything));
    };
    if let Some(number) = number_of(search) {
        return Ok(Some(Found::Numbers(vec![number])));
    }
    let text = search_key(search);
    let numbers = SEARCH_INDEX.find(sql, tenant, &text, FOUND_MAX).await?;
    if numbers.len() >= FOUND_MAX {
        return Ok(Some(Found::Titles(pattern(&text))));
    }
    Ok(Some(Found::Numbers(numbers)).filter(|found| *found != Found::Numbers(Vec::new())))
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
}
