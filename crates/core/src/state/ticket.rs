//! Tickets of the other kinds, and the desk where they meet.

use serde::{Deserialize, Serialize};

words! {
    /// Where a problem stands (domain specification, section 4).
    ProblemState {
        /// Opened, not looked at yet.
        Opened = "opened",
        /// Worth looking for its cause: how grave, how often.
        Assessed = "assessed",
        /// Its cause is looked for.
        Analysing = "analysing",
        /// The cause is known, and a workaround.
        KnownError = "known_error",
        /// A change carries the repair.
        FixPending = "fix_pending",
        /// Repaired; whether it comes back is watched.
        Fixed = "fixed",
        /// It has not come back within the window.
        Verified = "verified",
        /// Done.
        Closed = "closed",
    }
}

impl ProblemState {
    /// Whether work may still be due.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Verified)
    }
    /// Whether it was held to be repaired: what comes back then is a recurrence.
    pub const fn is_fixed(self) -> bool {
        matches!(self, Self::Fixed | Self::Verified | Self::Closed)
    }
}

words! {
    /// Where a post-incident review stands.
    ReviewState {
        /// Drafted from the ledger, and being corrected.
        Drafted = "drafted",
        /// Others read it before it is published.
        InReview = "in_review",
        /// Published: this edition stays as it is.
        Published = "published",
    }
}

words! {
    /// What a follow-up follows from.
    FollowUpOrigin {
        /// A problem.
        Problem = "problem",
        /// A post-incident review.
        Review = "review",
    }
}

words! {
    /// Where a request stands (domain specification, section 4).
    RequestState {
        /// Being filled in; nobody else sees it.
        Draft = "draft",
        /// Sent.
        Submitted = "submitted",
        /// Waiting for those who must approve.
        Approving = "approving",
        /// Approved, or nobody had to.
        Approved = "approved",
        /// Being worked on.
        Fulfilling = "fulfilling",
        /// Work waits, with a reason.
        Waiting = "waiting",
        /// Everything is done; the requester has yet to accept.
        Fulfilled = "fulfilled",
        /// The requester has it (terminal).
        Accepted = "accepted",
        /// Not approved (terminal).
        Rejected = "rejected",
        /// The requester does not want it any more (terminal).
        Withdrawn = "withdrawn",
    }
}

impl RequestState {
    /// Whether work may still be due.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Submitted | Self::Approving | Self::Approved | Self::Fulfilling | Self::Waiting)
    }
}

words! {
    /// How one step of approving a request stands.
    ApprovalState {
        /// Others come first.
        Ahead = "ahead",
        /// Somebody has to answer.
        Asked = "asked",
        /// As many as needed said yes.
        Approved = "approved",
        /// Somebody said no, or nobody answered in time.
        Rejected = "rejected",
        /// The request ended before it was answered.
        Void = "void",
    }
}

words! {
    /// How one piece of the work on a request stands.
    TaskState {
        /// Its stage has not begun.
        Ahead = "ahead",
        /// To be taken.
        Open = "open",
        /// Somebody, or a machine, is at it.
        InProgress = "in_progress",
        /// Done.
        Done = "done",
        /// The machine did not do it: a person has to.
        Failed = "failed",
        /// The request ended before it was done.
        Void = "void",
    }
}

words! {
    /// Which kind of ticket something is about.
    TicketKind {
        /// INC-1001.
        Incident = "incident",
        /// REQ-1001.
        Request = "request",
        /// PRB-1001.
        Problem = "problem",
    }
}

words! {
    /// What may lie on the desk. The order is the one among things that are due at the same instant.
    DeskKind {
        /// Something is broken.
        Incident = "incident",
        /// Somebody is not content.
        Complaint = "complaint",
        /// Somebody wants something.
        Request = "request",
        /// Work is planned.
        Change = "change",
        /// Something breaks again and again.
        Problem = "problem",
    }
}

words! {
    /// For whom something waits.
    Whose {
        /// For me.
        Me = "me",
        /// For me or one of my teams.
        Team = "team",
        /// For nobody yet.
        Nobody = "nobody",
        /// For anybody.
        All = "all",
    }
}
