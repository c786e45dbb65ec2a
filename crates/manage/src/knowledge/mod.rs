//! Knowledge: what is known, written down, so that nobody has to find it out twice.
//!
//! Invariants: every saved version is kept, and its words lie in the ledger's text table; the state moves along the edges of
//! [`machine`] only; readers from outside see the version that is live, never a draft, and only when it is for them
//! ([`reader`]); what a reader sees is drawn from Markdown that cannot carry a script ([`render`]); each article has an
//! accountable owner and a day on which it is read again; an article of a known error follows its problem.

mod content;
mod create;
mod deflection;
mod feedback;
mod known_error;
mod letter;
mod list;
pub mod machine;
mod model;
mod reader;
mod render;
mod request;
mod review;
mod save;
mod step;
mod store;
mod table;
mod versions;
mod view;
mod waiting;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub(crate) use known_error::Follow;
pub use letter::{SUBJECT, letter};
pub use model::{Article, Version};
pub(crate) use reader::{Reader, marks_of};
pub(crate) use render::html;
pub(crate) use review::Due;
pub(crate) use store::{find, linked_to, version};
pub use table::MIGRATIONS;
pub(crate) use waiting::waiting;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::article_list, create::article_create))
        .routes(routes!(content::article_preview))
        .routes(routes!(deflection::article_deflection))
        .routes(routes!(list::article_show, save::article_save))
        .routes(routes!(step::article_submit))
        .routes(routes!(step::article_send_back))
        .routes(routes!(step::article_publish))
        .routes(routes!(step::article_retire))
        .routes(routes!(step::article_revive))
        .routes(routes!(review::article_review))
        .routes(routes!(versions::article_versions))
        .routes(routes!(versions::article_difference))
        .routes(routes!(feedback::article_use))
        .routes(routes!(feedback::article_rate))
        .routes(routes!(feedback::article_read))
        .routes(routes!(known_error::problem_publish_article))
}
