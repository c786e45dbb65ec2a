//! State words that more than one hall reads. The machines (which edge is allowed) live in the hall that owns the noun.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:tt),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),* }
        impl $name {
            /// Every word, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The word kept in the database and sent to clients.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),* } }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(format!("{text:?} is not one of {}", [$($text),*].join(", "))),
                }
            }
        }
    };
}

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
    /// Where an article of the knowledge base stands. What was published before stays readable while a newer version is
    /// written and reviewed.
    ArticleState {
        /// Being written.
        Draft = "draft",
        /// Somebody else reads it before it is shown.
        InReview = "in_review",
        /// Shown to those it is for.
        Published = "published",
        /// Not shown any more.
        Retired = "retired",
    }
}

words! {
    /// What an article is.
    ArticleKind {
        /// How something is done.
        HowTo = "how_to",
        /// An error whose cause is known, and the way around it.
        KnownError = "known_error",
        /// What to do when something goes wrong, step by step.
        Runbook = "runbook",
        /// How a service is run.
        Manual = "manual",
    }
}

words! {
    /// Whom an article is for. Each is for staff too.
    ArticleVisibility {
        /// Staff alone.
        Internal = "internal",
        /// The people of the organisations it names.
        Organisations = "organisations",
        /// Every customer.
        Customers = "customers",
        /// Everybody who is signed in.
        Everyone = "everyone",
    }
}

words! {
    /// What can be found by words.
    Findable {
        /// An article of the knowledge base.
        Article = "article",
        /// An incident.
        Incident = "incident",
        /// A request.
        Request = "request",
        /// A problem.
        Problem = "problem",
    }
}

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
    /// How a message was given.
    Medium {
        /// Typed into the console or API.
        Note = "note",
        /// Spoken.
        Call = "call",
        /// By mail.
        Mail = "mail",
        /// Written by a machine; never a first response.
        Auto = "auto",
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
