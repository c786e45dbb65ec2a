//! Releases.

use serde::{Deserialize, Serialize};

words! {
    /// Where a release stands (domain specification, section 4).
    ReleaseState {
        /// Being written.
        Planned = "planned",
        /// What it is made of lies ready.
        Built = "built",
        /// Somebody other than its builder approved it.
        Approved = "approved",
        /// On its way, stage by stage.
        RollingOut = "rolling_out",
        /// Rolled out, and it was seen to work.
        Verified = "verified",
        /// Taken back.
        RolledBack = "rolled_back",
        /// Done.
        Closed = "closed",
        /// It is not rolled out.
        Cancelled = "cancelled",
    }
}

impl ReleaseState {
    /// Whether work may still be due.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Cancelled)
    }
    /// Whether it still carries its changes: none of them is in another one that does.
    pub const fn carries(self) -> bool {
        matches!(self, Self::Planned | Self::Built | Self::Approved | Self::RollingOut)
    }
    /// Whether it has a time ahead, or is under way.
    pub const fn is_ahead(self) -> bool {
        matches!(self, Self::Approved | Self::RollingOut)
    }
}

words! {
    /// Where a stage of a roll-out stands.
    StageState {
        /// Not begun.
        Waiting = "waiting",
        /// Under way, and watched.
        Running = "running",
        /// Held up.
        Halted = "halted",
        /// Over.
        Done = "done",
    }
}
