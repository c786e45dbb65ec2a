//! Changes.

use serde::{Deserialize, Serialize};

words! {
    /// Where a change stands (domain specification, section 4).
    ChangeState {
        /// Being written.
        Draft = "draft",
        /// What it collides with and how risky it is are known.
        Assess = "assess",
        /// Waiting for those who must authorise it.
        Authorise = "authorise",
        /// Its window lies ahead.
        Scheduled = "scheduled",
        /// Being carried out.
        Implementing = "implementing",
        /// Carried out; whether it works is looked at.
        Verifying = "verifying",
        /// Its outcome is known.
        Review = "review",
        /// Done.
        Closed = "closed",
        /// It does not take place.
        Cancelled = "cancelled",
    }
}

impl ChangeState {
    /// Whether work may still be due.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Cancelled)
    }
    /// Whether it may yet be carried out, or is being so: others collide with it.
    pub const fn is_ahead(self) -> bool {
        matches!(self, Self::Assess | Self::Authorise | Self::Scheduled | Self::Implementing | Self::Verifying)
    }
}

words! {
    /// By which way a change is authorised.
    ChangeKind {
        /// From a template that was authorised once.
        Standard = "standard",
        /// By a peer, or by the board.
        Normal = "normal",
        /// It may be carried out first and authorised afterwards.
        Emergency = "emergency",
    }
}

words! {
    /// What came of a change.
    ChangeOutcome {
        /// As it was meant.
        Successful = "successful",
        /// It is in place, and not all went as it was meant.
        WithIssues = "with_issues",
        /// It is not in place.
        Failed = "failed",
        /// It was in place and was taken back.
        RolledBack = "rolled_back",
    }
}

impl ChangeOutcome {
    /// Whether it is in place as it was meant.
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Successful)
    }
}

words! {
    /// How risky a change is.
    RiskLevel {
        /// Hardly.
        Low = "low",
        /// Somewhat.
        Medium = "medium",
        /// Much.
        High = "high",
    }
}

words! {
    /// Who authorises normal changes of a service.
    #[derive(Default)]
    ChangeMode {
        /// The board, every one.
        #[default]
        Stable = "stable",
        /// A peer, up to a medium risk.
        Agile = "agile",
    }
}

impl ChangeMode {
    /// Whether it is what nobody has to say.
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde asks it")]
    pub const fn is_stable(&self) -> bool {
        matches!(self, Self::Stable)
    }
}
