//! What is promised, to whom, and the reports of it.

use serde::{Deserialize, Serialize};

words! {
    /// The goals a clock may run for (domain specification, section 3).
    Goal {
        /// First public message or call by an agent.
        Response = "response",
        /// Service mitigated.
        Restore = "restore",
        /// Resolved.
        Resolve = "resolve",
    }
}

words! {
    /// Where a service report stands (domain specification, section 4).
    ReportState {
        /// Figures collected, text being written.
        Draft = "draft",
        /// Before the reviewer.
        InReview = "in_review",
        /// Sent back.
        Rework = "rework",
        /// Signed, not yet out.
        Approved = "approved",
        /// Frozen and hashed.
        Published = "published",
        /// Replaced by a restatement.
        Superseded = "superseded",
    }
}

words! {
    /// Which side of the contract an organisation stands on.
    OrganisationKind {
        /// Runs the services.
        Provider = "provider",
        /// Is promised them.
        Customer = "customer",
        /// Is paid to help.
        Vendor = "vendor",
    }
}

words! {
    /// How much hangs on a service.
    Criticality {
        /// Business stops without it.
        Critical = "critical",
        /// Business limps.
        High = "high",
        /// Can wait for the day.
        Medium = "medium",
        /// Can wait.
        Low = "low",
    }
}
