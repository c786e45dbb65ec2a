//! What customers say.

use serde::{Deserialize, Serialize};

words! {
    /// Where a grievance stands (domain specification, section 4): what somebody said they are not content with, before it is
    /// a complaint.
    GrievanceState {
        /// Somebody said it, and we wrote it down.
        Heard = "heard",
        /// We said what happened and what we do.
        Explained = "explained",
        /// Whoever said it is content (terminal).
        Settled = "settled",
        /// It became a complaint (terminal).
        Escalated = "escalated",
    }
}

impl GrievanceState {
    /// Whether somebody still has to act.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Heard | Self::Explained)
    }
}

words! {
    /// Where a complaint stands (domain specification, section 4).
    ComplaintState {
        /// It is written down; the responsible leader is told.
        Registered = "registered",
        /// The responsible leader has it.
        Acknowledged = "acknowledged",
        /// What happened is looked into, and the reply written.
        Investigating = "investigating",
        /// Somebody else than its author approved the reply.
        ReplyApproved = "reply_approved",
        /// The complainant has the reply.
        Replied = "replied",
        /// The complainant accepts it.
        Accepted = "accepted",
        /// What is learned from it is written down.
        Learned = "learned",
        /// Done (terminal).
        Closed = "closed",
    }
}

impl ComplaintState {
    /// Whether a reply that is accepted is still owed.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Accepted | Self::Learned | Self::Closed)
    }
}

words! {
    /// How one person's survey stands.
    SurveyState {
        /// To be sent at its time.
        Waiting = "waiting",
        /// It reached them, or lies in their portal; no answer yet.
        Sent = "sent",
        /// They answered.
        Answered = "answered",
        /// They said that they do not want to.
        Declined = "declined",
        /// Its time was over without an answer. Silence is no answer.
        Expired = "expired",
        /// The mail could not be delivered.
        Undelivered = "undelivered",
    }
}

impl SurveyState {
    /// Whether it can be answered.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Undelivered)
    }
}

words! {
    /// Where somebody met us.
    Touchpoint {
        /// In the portal.
        Portal = "portal",
        /// At the desk.
        Desk = "desk",
        /// By telephone.
        Phone = "phone",
        /// By mail.
        Mail = "mail",
        /// At their place.
        OnSite = "on_site",
        /// The service itself.
        Service = "service",
    }
}
