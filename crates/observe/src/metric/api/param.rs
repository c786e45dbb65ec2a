//! Parameters, from the address and from a form in the body alike.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use evenkeel_api::{Problem, extract::too_large_or_torn};
use http::{Method, header};

use super::{ApiError, time};
use crate::metric::Select;

/// Parameters at most.
const COUNT_MAX: usize = 1_000;

/// Parameters in the order in which they came, those of the body first.
#[derive(Debug, Clone, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// The first value of a name that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).find(|value| !value.is_empty())
    }

    /// All values of a name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The query, which must be there.
    ///
    /// # Errors
    /// When it is not.
    pub fn query(&self) -> Result<&str, ApiError> {
        self.get("query").ok_or_else(|| ApiError::parameter("query", "1:1: parse error: no expression found in input"))
    }

    /// An instant, milliseconds since 1970 UTC.
    ///
    /// # Errors
    /// When it is none.
    pub fn instant(&self, name: &str) -> Result<Option<i64>, ApiError> {
        let parse = |text: &str| {
            time::instant_ms(text).ok_or_else(|| ApiError::parameter(name, format!("cannot parse {text:?} to a valid timestamp")))
        };
        self.get(name).map(parse).transpose()
    }

    /// A duration, milliseconds.
    ///
    /// # Errors
    /// When it is none.
    pub fn duration(&self, name: &str) -> Result<Option<i64>, ApiError> {
        let parse = |text: &str| {
            time::duration_ms(text).ok_or_else(|| ApiError::parameter(name, format!("cannot parse {text:?} to a valid duration")))
        };
        self.get(name).map(parse).transpose()
    }

    /// How many at most; none = all there are.
    ///
    /// # Errors
    /// When it is no number.
    pub fn limit(&self, name: &str) -> Result<Option<usize>, ApiError> {
        let parse =
            |text: &str| text.parse::<usize>().map_err(|_| ApiError::parameter(name, "limit must be a number that is not negative"));
        Ok(self.get(name).map(parse).transpose()?.filter(|limit| *limit > 0))
    }

    /// The series that `match[]`, `start` and `end` name.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn select(&self) -> Result<Select, ApiError> {
        let selectors: Vec<String> = self.all("match[]").map(ToOwned::to_owned).collect();
        for text in &selectors {
            evenkeel_tsdb::promql::selector(text).map_err(|error| ApiError::parameter("match[]", error))?;
        }
        let from_ms = self.instant("start")?.unwrap_or(i64::MIN);
        let to_ms = self.instant("end")?.unwrap_or(i64::MAX);
        if to_ms < from_ms {
            return Err(ApiError::parameter("end", "end timestamp must not be before start time"));
        }
        Ok(Select { selectors, from_ms, to_ms })
    }
}

fn parse(bytes: &[u8], into: &mut Vec<(String, String)>) {
    into.extend(url::form_urlencoded::parse(bytes).map(|(name, value)| (name.into_owned(), value.into_owned())).take(COUNT_MAX));
}

impl<S: Send + Sync> FromRequest<S> for Params {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let address = request.uri().query().unwrap_or_default().to_owned();
        let mut params = Vec::new();
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if request.method() == Method::POST && content_type.starts_with("application/x-www-form-urlencoded") {
            let body = Bytes::from_request(request, state).await.map_err(|error| too_large_or_torn(&error))?;
            parse(&body, &mut params);
        }
        parse(address.as_bytes(), &mut params);
        Ok(Self(params))
    }
}
