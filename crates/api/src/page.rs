//! Keyset paging: a cursor says after which row to go on, so a page costs the same wherever it is and rows that come in
//! between are neither lost nor shown twice.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use evenkeel_core::ErrorCode;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};

use crate::Problem;

/// Rows per page when nobody says.
pub const LIMIT_DEFAULT: u32 = 50;
/// The most rows per page.
pub const LIMIT_MAX: u32 = 200;

/// One page of a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Give it as `after` for the next page; null at the end.
    pub next: Option<String>,
}

/// The part of a list's query that pages it. Take it beside the list's own filter: `Query<Filter>, Query<PageQuery>`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Rows wanted: 50 when not given, 200 at the most.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

impl PageQuery {
    /// Rows wanted, within the bounds.
    pub fn limit(&self) -> i64 {
        i64::from(self.limit.unwrap_or(LIMIT_DEFAULT).clamp(1, LIMIT_MAX))
    }

    /// Rows to ask the database for: one more, which tells whether there is a next page.
    pub fn fetch(&self) -> i64 {
        self.limit() + 1
    }

    /// The key to go on after, in the list's own shape.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] for a cursor that is not one of this list.
    pub fn key<K: DeserializeOwned>(&self) -> Result<Option<K>, Problem> {
        self.after.as_deref().filter(|text| !text.is_empty()).map(Cursor::decode).transpose()
    }

    /// The page from up to [`Self::fetch`] rows.
    pub fn page<T, K: Serialize>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> K) -> Page<T> {
        let limit = usize::try_from(self.limit()).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(|row| Cursor::encode(&key(row))) } else { None };
        Page { items: rows, next }
    }
}

impl<T> Page<T> {
    /// A list that is complete on one page.
    pub const fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
    /// The same page with other rows.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(make).collect(), next: self.next }
    }
}

/// A key as opaque text.
#[derive(Debug, Clone, Copy)]
pub struct Cursor;

impl Cursor {
    /// The text of a key.
    pub fn encode(key: &impl Serialize) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
    }
    /// The key of a text.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`].
    pub fn decode<K: DeserializeOwned>(text: &str) -> Result<K, Problem> {
        let refuse = || {
            evenkeel_core::Failure::new(ErrorCode::Invalid, "this cursor is not one of this list; start again without `after`").at("after")
        };
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refuse())?;
        Ok(serde_json::from_slice(&bytes).map_err(|_| refuse())?)
    }
}

#[cfg(test)]
mod tests;
