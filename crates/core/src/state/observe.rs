//! What is looked at, and what is told of it.

use serde::{Deserialize, Serialize};

words! {
    /// What a probe says of its target.
    Verdict {
        /// It answered as it should.
        Up = "up",
        /// It failed as often in a row as the probe asks for.
        Down = "down",
        /// Some vantage points say that it failed, but fewer than its probe asks for.
        Partial = "partial",
        /// We cannot tell: our own uplink is lost, the data is late, or nothing has run yet. Never counted as down.
        Inconclusive = "inconclusive",
    }
}

words! {
    /// What is known of something that owes us a sign of life.
    HeartbeatState {
        /// It has never reported; nothing is expected of it yet.
        New = "new",
        /// It reported in time.
        Up = "up",
        /// It is overdue, within its grace.
        Late = "late",
        /// It did not report within its grace, said itself that it failed, or began and did not end.
        Down = "down",
        /// A report was due while we could not take one: neither kept nor missed.
        Unknown = "unknown",
        /// Nobody waits for it.
        Paused = "paused",
    }
}

words! {
    /// What a service-level indicator was over an interval.
    SliState {
        /// Up.
        Good = "good",
        /// Down.
        Bad = "bad",
        /// Down for some vantage points, up for as many as the probe asks for: not downtime, and told apart.
        Partial = "partial",
        /// Not observed; shown as bounds, never silently up.
        Unknown = "unknown",
    }
}

words! {
    /// What the on-call person is told of.
    PageReason {
        /// Trouble began or came back.
        Firing = "firing",
        /// It is over.
        Resolved = "resolved",
        /// It was closed for another reason than recovery (merged, cancelled, rule deleted).
        Closed = "closed",
    }
}
