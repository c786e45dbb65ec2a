//! The kit that knows HTTP: who calls, what they may, problems as JSON, paging, versions, request ids and the stream of changes.
//!
//! It knows no business noun. A hall builds its router with [`Routes`] and answers with [`ApiResult`]; the
//! server puts the [`Caller`] into each request and hangs everything together.

pub mod caller;
pub mod changes;
pub mod document;
pub mod extract;
pub mod ical;
pub mod idempotency;
mod kit;
pub mod page;
pub mod policy;
mod problem;
pub mod request_id;
pub mod routes;
pub mod version;

pub use caller::{Authorised, Caller, Grant, Scope};
pub use changes::{Change, Changes};
pub use document::Refusals;
pub use extract::{Json, Path, Query};
pub use kit::Kit;
pub use page::{Page, PageQuery};
pub use policy::{Permission, Role};
pub use problem::{ApiResult, Problem};
pub use routes::Routes;
#[doc(hidden)]
pub use utoipa_axum;
pub use version::{IfMatch, Tagged};
