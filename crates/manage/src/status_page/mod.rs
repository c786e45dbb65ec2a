//! Status pages: what outsiders are told of services.
//!
//! Invariants: nothing of the inside is shown that nobody asked for: names of services, hosts, people and causes never; a
//! component that follows nothing makes no claim, and what cannot be seen is unknown, never working; a page is read from memory,
//! so it is served while the database is away or the API has all hands full, and then says as of when it is true; every
//! word that is told is in the ledger, a correction too.

mod board;
mod definition;
mod form;
mod page;
mod port;
pub mod post;
mod routes;
mod serve;
mod state;
mod store;
pub mod subscriber;
mod table;
mod words;

use std::sync::Arc;

use evenkeel_api::Routes;

use crate::Manage;

pub use board::{draw, keep};
pub use definition::{Audience, Component, Group, KIND, StatusPageDefinition, slug};
pub(crate) use page::escape;
pub use port::{Ask, Condition, Day, NoServices, Record, Services, Visitor, Visitors};
pub use serve::public;
pub use state::{ComponentState, Effect};
pub use store::{find, list, put, retire};
pub use table::MIGRATIONS;

/// What pages are drawn with, and where they hang.
#[derive(Clone)]
pub struct Pages {
    pub(crate) board: Arc<board::Board>,
    pub(crate) services: Arc<dyn Services>,
    /// The address people use, without a slash at its end.
    pub(crate) public_url: String,
}

impl Pages {
    /// Over who knows how services are.
    pub fn new(services: Arc<dyn Services>, public_url: String) -> Self {
        Self { board: Arc::default(), services, public_url }
    }
}

impl std::fmt::Debug for Pages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pages").field("public_url", &self.public_url).finish_non_exhaustive()
    }
}

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    routes::router().merge(post::router()).merge(subscriber::router())
}
