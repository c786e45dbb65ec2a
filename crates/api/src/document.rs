//! The parts of the OpenAPI document that every hall shares.

use std::collections::BTreeMap;

use evenkeel_core::ErrorCode;
use utoipa::{
    Modify, OpenApi, PartialSchema, ToSchema,
    openapi::{
        ContentBuilder, Ref, RefOr, Response, ResponseBuilder,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};

use crate::{
    policy::{Permission, Role},
    problem::ProblemBody,
};

/// Ways to refuse, for the `responses(…)` of every operation: `responses((status = 200, body = X), Refusals)`.
#[derive(Debug, Clone, Copy)]
pub struct Refusals;

impl utoipa::IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
        for code in ErrorCode::ALL {
            by_status.entry(code.status()).or_default().push(code.as_str());
        }
        by_status
            .into_iter()
            .map(|(status, codes)| {
                let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
                let response = ResponseBuilder::new().description(codes.join(", ")).content("application/problem+json", content).build();
                (status.to_string(), response.into())
            })
            .collect()
    }
}

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(SESSION_COOKIE))));
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        components.schemas.insert("Problem".to_owned(), ProblemBody::schema());
        components.schemas.insert(Role::name().into_owned(), Role::schema());
        components.schemas.insert(Permission::name().into_owned(), Permission::schema());
    }
}

/// The name of the session cookie.
pub const SESSION_COOKIE: &str = "evenkeel_session";

#[derive(OpenApi)]
#[openapi(
    info(title = "Evenkeel API", description = "Keeps IT services running and proves it. Instants are RFC 3339 in UTC; spans carry their unit (`*_secs`); the server sends codes, never sentences."),
    modifiers(&Security),
    security(("session" = []), ("token" = []))
)]
struct Base;

/// The document without any path: information, security schemes, shared schemas.
pub fn base() -> utoipa::openapi::OpenApi {
    Base::openapi()
}
