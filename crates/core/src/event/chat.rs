//! Chats of the desk. Neither a name nor a word is here: an id stands for a message, and its words are a note's.

use serde::{Deserialize, Serialize};

use super::body;
use crate::id::{IncidentId, NoteId};

/// A message came by a chat, and this is what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatTaken {
    /// By which chat, by name.
    pub chat: String,
    /// `taken`, `refused`.
    pub standing: String,
    /// Why, when it is not taken: `unknown_person`, `not_allowed`.
    pub reason: Option<String>,
    /// The ticket that it became or joined.
    pub incident_id: Option<IncidentId>,
    /// The note that holds its words.
    pub note_id: Option<NoteId>,
}
body!(ChatTaken, "chat.taken", "chat_message");

/// An answer of ours is to go back into a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatQueued {
    /// By which chat, by name.
    pub chat: String,
    /// The ticket.
    pub incident_id: IncidentId,
    /// The note that holds its words.
    pub note_id: NoteId,
}
body!(ChatQueued, "chat.queued", "chat_message");

/// The provider took it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatDelivered {
    /// The ticket.
    pub incident_id: IncidentId,
    /// What the provider said.
    pub receipt: String,
}
body!(ChatDelivered, "chat.delivered", "chat_message");

/// The provider will not take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatFailed {
    /// The ticket.
    pub incident_id: IncidentId,
}
body!(ChatFailed, "chat.failed", "chat_message");
