//! Attachments: files that came with something that was said on a ticket. Their bytes are blobs; nothing here opens one.
//!
//! What comes by mail hangs on its note at once. What somebody gives in the console is a draft of theirs first ([`upload`]),
//! and hangs on the note that names it ([`draft::attach`]); a draft that no note names is gone after a day.
//!
//! Invariants: an attachment is as visible as the note it came with; a draft is seen by nobody and used once, by who gave it,
//! on the ticket it was given for; a file leaves only as a download, never as something that a browser would show or run
//! (`Content-Disposition: attachment`, `nosniff`, a policy that allows nothing); a blob is removed with the last row that
//! names it.

mod draft;
mod serve;
mod table;
mod upload;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub(crate) use draft::attach;
pub(crate) use serve::download;
pub(crate) use table::{Attachment, forget_of_mail, hang, is_named, of_note, of_ticket};
pub use table::{Kept, MIGRATIONS};
pub use upload::FILE_BYTES_MAX;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(serve::attachment_get))
        .merge(Routes::new().routes(routes!(upload::attachment_add)).body_limit(FILE_BYTES_MAX))
}
