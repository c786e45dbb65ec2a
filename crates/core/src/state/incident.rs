//! Incidents, and what is said of them.

use serde::{Deserialize, Serialize};

words! {
    /// Where an incident stands (domain specification, section 4).
    IncidentState {
        /// Opened, nobody has it.
        New = "new",
        /// A team or person has it.
        Assigned = "assigned",
        /// Someone works on it.
        InProgress = "in_progress",
        /// Waiting, with a reason.
        OnHold = "on_hold",
        /// Service is back and verified.
        Resolved = "resolved",
        /// Done.
        Closed = "closed",
        /// Came back.
        Reopened = "reopened",
        /// Duplicate or not an incident.
        Cancelled = "cancelled",
        /// Part of another incident (terminal).
        Merged = "merged",
    }
}

impl IncidentState {
    /// Whether work may still be due.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Assigned | Self::InProgress | Self::OnHold | Self::Reopened)
    }
}

words! {
    /// Where the handling of an incident as a major one stands (domain specification, section 4).
    MajorState {
        /// Somebody thinks that it is one.
        Candidate = "candidate",
        /// It is one: roles, a war room, updates on a cadence.
        Declared = "declared",
        /// The effect is contained.
        Mitigated = "mitigated",
        /// Service is back.
        Restored = "restored",
        /// It stayed back.
        Verified = "verified",
        /// What was learned is written down.
        Reviewed = "reviewed",
        /// Done.
        Closed = "closed",
        /// It is none (any more).
        Demoted = "demoted",
    }
}

impl MajorState {
    /// Whether people are held together over it: it ends with a verification or a demotion, never by itself.
    pub const fn is_on(self) -> bool {
        matches!(self, Self::Declared | Self::Mitigated | Self::Restored)
    }
    /// Whether those outside are owed a word every so often.
    pub const fn owes_updates(self) -> bool {
        matches!(self, Self::Declared | Self::Mitigated)
    }
}

words! {
    /// What somebody does in a major incident.
    MajorRole {
        /// Decides, and hands out the work.
        Commander = "commander",
        /// Writes down what happens.
        Scribe = "scribe",
        /// Speaks to customers and leaders.
        Communications = "communications",
    }
}

words! {
    /// Why an incident waits. Whether the clock waits too is the agreement's word, not this one's.
    HoldReason {
        /// The customer owes an answer.
        Customer = "customer",
        /// A third party that is not our vendor.
        ThirdParty = "third_party",
        /// Our vendor: never pauses the customer's SLA.
        Vendor = "vendor",
        /// An approved change carries the repair.
        Change = "change",
        /// We wait for ourselves: parts, staff, a window.
        Internal = "internal",
    }
}

words! {
    /// Who reads a note.
    Visibility {
        /// Customer and staff.
        Public = "public",
        /// Staff only; never a first response.
        Internal = "internal",
    }
}

words! {
    /// By which channel somebody's trouble came to the desk.
    Channel {
        /// The portal: a customer in the console.
        Portal = "portal",
        /// One of ours in the console.
        Desk = "desk",
        /// A mail.
        Mail = "mail",
        /// A telephone call.
        Phone = "phone",
        /// Another tool, with a token.
        Api = "api",
        /// A chat.
        Chat = "chat",
    }
}

words! {
    /// How a message was given.
    Medium {
        /// Typed into the console or API.
        Note = "note",
        /// Spoken.
        Call = "call",
        /// By mail.
        Mail = "mail",
        /// In a chat.
        Chat = "chat",
        /// Written by a machine; never a first response.
        Auto = "auto",
    }
}
