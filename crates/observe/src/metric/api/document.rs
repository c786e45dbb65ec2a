//! What the API document says of these answers.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

/// An answer in Prometheus' shape. What `data` holds is Prometheus' own definition for each path.
#[derive(Debug, Serialize, ToSchema)]
pub struct PromAnswer {
    /// `success`
    pub status: String,
    /// The answer itself.
    pub data: serde_json::Value,
    /// What probably is not as meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What is worth knowing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub infos: Vec<String>,
}

/// Ways to refuse: 401 and 403 as problems, the rest in Prometheus' shape.
#[derive(Debug, Clone, Copy)]
pub struct PromRefusals;

impl IntoResponses for PromRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let answer = |words: &str, schema: &str, content_type: &str| {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build();
            ResponseBuilder::new().description(words).content(content_type, content).build().into()
        };
        let ours = |words: &str| answer(words, "Problem", "application/problem+json");
        let theirs = |words: &str| answer(words, "PromError", "application/json");
        BTreeMap::from([
            ("400".to_owned(), theirs("bad_data")),
            ("401".to_owned(), ours("unauthenticated")),
            ("403".to_owned(), ours("forbidden")),
            ("413".to_owned(), ours("too_large")),
            ("422".to_owned(), theirs("execution")),
            ("500".to_owned(), theirs("internal")),
            ("503".to_owned(), theirs("timeout, canceled, unavailable")),
        ])
    }
}
