//! Mail of the desk. Neither an address nor a word of a mail is here: an id stands for a mail, and its words are a note's.

use serde::{Deserialize, Serialize};

use super::body;
use crate::id::{IncidentId, NoteId};

/// A mail came, and this is what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailTaken {
    /// By which mailbox, by name.
    pub mailbox: String,
    /// `human`, `list`, `bulk`, `auto_reply`, `bounce`, `own`, `loop`.
    pub kind: String,
    /// `taken`, `held`, `ignored`, `parked`.
    pub standing: String,
    /// Why, when it is not taken.
    pub reason: Option<String>,
    /// The ticket, when it became or joined one.
    pub incident_id: Option<IncidentId>,
    /// The note that holds its words.
    pub note_id: Option<NoteId>,
    /// SHA-256 of the mail as it came.
    pub original: String,
}
body!(MailTaken, "mail.taken", "mail");

/// A mail that was kept aside was taken into a ticket, or discarded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailDecided {
    /// `taken`, `discarded`.
    pub standing: String,
    /// The ticket.
    pub incident_id: Option<IncidentId>,
    /// The note that holds its words.
    pub note_id: Option<NoteId>,
}
body!(MailDecided, "mail.decided", "mail");

/// A mail of ours is to leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailQueued {
    /// From which mailbox, by name.
    pub mailbox: String,
    /// `answer`, `acknowledgement`.
    pub kind: String,
    /// The ticket.
    pub incident_id: IncidentId,
    /// The note that holds its words; none of an acknowledgement.
    pub note_id: Option<NoteId>,
}
body!(MailQueued, "mail.queued", "mail");

/// The mail server took it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailDelivered {
    /// The ticket.
    pub incident_id: IncidentId,
    /// What the server said.
    pub receipt: String,
}
body!(MailDelivered, "mail.delivered", "mail");

/// The mail server will not take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailFailed {
    /// The ticket.
    pub incident_id: IncidentId,
}
body!(MailFailed, "mail.failed", "mail");

/// All that is personal about a mail is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailErased {
    /// A code: who wanted it.
    pub reason: String,
}
body!(MailErased, "mail.erased", "mail");
