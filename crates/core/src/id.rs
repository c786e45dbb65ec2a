//! Typed identifiers: a `UUIDv7` that knows what it names, so that a probe's id cannot be handed over as a person's.

use std::{fmt, marker::PhantomData, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Clock, Rng};

/// What an [`Id`] names. Implemented by the marker types of this module only.
pub trait Kind: 'static {
    /// The word used in the ledger's `subject_kind` and in messages, such as `incident`.
    const NAME: &'static str;
}

/// A `UUIDv7` (RFC 9562) naming a thing of kind `K`.
pub struct Id<K>(uuid::Uuid, PhantomData<fn() -> K>);

impl<K: Kind> Id<K> {
    /// A new id from the handed-in clock and randomness; ids made later sort later (by millisecond).
    pub fn new(clock: &dyn Clock, rng: &dyn Rng) -> Self {
        Self::at(clock.now(), rng)
    }

    /// A new id whose time part is `at`.
    pub fn at(at: Timestamp, rng: &dyn Rng) -> Self {
        let mut random = [0u8; 10];
        rng.fill(&mut random);
        let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
        Self::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// An id that is the same for the same `name` (SHA-256, laid out as `UUIDv8`), for things declared by name in configuration.
    pub fn named(name: &str) -> Self {
        use sha2::{Digest, Sha256};
        let digest = Sha256::new().chain_update(K::NAME).chain_update(b"\0").chain_update(name).finalize();
        let mut bytes = [0u8; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// Wraps a UUID that is known to name a thing of this kind.
    pub const fn from_uuid(uuid: uuid::Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The bare UUID.
    pub const fn uuid(self) -> uuid::Uuid {
        self.0
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<K> FromStr for Id<K> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.parse()?, PhantomData))
    }
}
impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
impl<'de, K> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(uuid::Uuid::deserialize(deserializer)?, PhantomData))
    }
}

macro_rules! kinds {
    ($($marker:ident, $alias:ident, $name:literal, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[derive(Debug, Clone, Copy)]
        pub enum $marker {}
        impl Kind for $marker {
            const NAME: &'static str = $name;
        }
        #[doc = concat!("Id of: ", $doc)]
        pub type $alias = Id<$marker>;
    )*};
}

kinds! {
    Tenant, TenantId, "tenant", "A separate house of data; no query crosses two.";
    Organisation, OrganisationId, "organisation", "A provider, a customer or a vendor.";
    Team, TeamId, "team", "People who own work together.";
    Person, PersonId, "person", "A human with an account or an address.";
    Service, ServiceId, "service", "What customers are promised.";
    Agreement, AgreementId, "agreement", "An SLA, OLA or UC.";
    Calendar, CalendarId, "calendar", "Hours in which clocks run.";
    PriorityMatrix, PriorityMatrixId, "priority_matrix", "Impact by urgency, versioned.";
    Probe, ProbeId, "probe", "A check of a service from outside.";
    Heartbeat, HeartbeatId, "heartbeat", "A sign of life that a job or a system owes us.";
    Alert, AlertId, "alert", "One stretch of trouble that a probe or rule reported.";
    Incident, IncidentId, "incident", "An unplanned interruption or loss of quality.";
    CatalogueItem, CatalogueItemId, "catalogue_item", "Something that people may ask for.";
    Request, RequestId, "request", "What a person asked for from the catalogue.";
    RequestApproval, RequestApprovalId, "request_approval", "One step of approving a request.";
    RequestTask, RequestTaskId, "request_task", "One piece of the work on a request.";
    Note, NoteId, "note", "A message on a ticket.";
    Page, PageId, "page", "One attempt to tell one person of one thing.";
    Rota, RotaId, "rota", "Who is on call when, for one team.";
    RotaOverride, RotaOverrideId, "rota_override", "One person standing in for a span of time.";
    RotaSwap, RotaSwapId, "rota_swap", "A stretch of duty that somebody offers to colleagues.";
    EscalationPolicy, EscalationPolicyId, "escalation_policy", "Whom to tell one after another, for one team.";
    ContactMethod, ContactMethodId, "contact_method", "One way to one person.";
    Maintenance, MaintenanceId, "maintenance", "Work on services that was announced.";
    Silence, SilenceId, "silence", "Alerts that somebody does not want to hear of for a while.";
    StatusPage, StatusPageId, "status_page", "What outsiders are told of services.";
    Problem, ProblemId, "problem", "The cause behind incidents.";
    FollowUp, FollowUpId, "follow_up", "Something that must be done so that a trouble does not come back.";
    Review, ReviewId, "review", "What is learned from an incident, written down and published.";
    ReviewLine, ReviewLineId, "review_line", "A line that somebody added to the story of an incident.";
    Factor, FactorId, "factor", "Something that contributed to an incident.";
    Article, ArticleId, "article", "Something known, written down: an article of the knowledge base.";
    Change, ChangeId, "change", "Work on services that is planned, authorised and reviewed.";
    ChangeTemplate, ChangeTemplateId, "change_template", "A change that was authorised once for all.";
    Release, ReleaseId, "release", "A version of something that is rolled out in stages, with the changes it carries.";
    Freeze, FreezeId, "freeze", "A time in which nothing is changed.";
    Grievance, GrievanceId, "grievance", "What somebody is not content with, before it is a complaint.";
    Complaint, ComplaintId, "complaint", "What somebody formally wants an answer to.";
    Survey, SurveyId, "survey", "Questions that people are asked, and when.";
    SurveyAsk, SurveyAskId, "survey_ask", "One person who is asked one survey once.";
    Phrasebook, PhrasebookId, "phrasebook", "Phrases to avoid, with better ones.";
    Insight, InsightId, "insight", "What several signals of customers mean together.";
    VoiceAction, VoiceActionId, "voice_action", "What is done about an insight.";
    StatusPost, StatusPostId, "status_post", "One trouble or one work that outsiders are told of.";
    StatusUpdate, StatusUpdateId, "status_update", "One word of a post.";
    StatusSubscriber, StatusSubscriberId, "status_subscriber", "Somebody outside who wants to be told of posts.";
    Dashboard, DashboardId, "dashboard", "A board of panels over the metric store.";
    Report, ReportId, "report", "A service report, a governed artefact.";
    Event, EventId, "event", "One row of the ledger.";
    Mail, MailId, "mail", "One mail that came to the desk or left it.";
    Call, CallId, "call", "One telephone call that the desk took.";
    ChatMessage, ChatMessageId, "chat_message", "One message that came by a chat or went there.";
    Attachment, AttachmentId, "attachment", "One file that came with something.";
    Message, MessageId, "message", "One row of the outbox.";
    Timer, TimerId, "timer", "One durable timer.";
    Session, SessionId, "session", "One signed-in browser.";
    Token, TokenId, "token", "One scoped API token.";
    View, ViewId, "view", "A question to a queue that somebody keeps under a name.";
    BulkAct, BulkActId, "bulk_act", "One act on several incidents at once.";
    TimeEntry, TimeEntryId, "time_entry", "Minutes that one person spent on one ticket.";
    ChecklistItem, ChecklistItemId, "checklist_item", "One thing to be done on one incident.";
    Import, ImportId, "import", "One run of a ticket import.";
}
