//! Attachments: files that came with something that was said on a ticket. Their bytes are blobs; nothing here opens one.
//!
//! Invariants: an attachment is as visible as the note it came with; it leaves only as a download, never as something that a
//! browser would show or run (`Content-Disposition: attachment`, `nosniff`, a policy that allows nothing); a blob is removed
//! with the last row that names it.

mod serve;
mod table;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub(crate) use serve::download;
pub(crate) use table::{Attachment, forget_of_mail, hang, is_named, of_ticket};
pub use table::{Kept, MIGRATIONS};

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(serve::attachment_get))
}
