//! Who may do what: the one place. Read the table at the end; what is not in it is refused.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:tt, $vdoc:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        pub enum $name { $(#[doc = $vdoc] #[serde(rename = $text)] $variant),* }
        impl $name {
            /// Every one, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The word on the wire and in the database.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),* } }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
        impl FromStr for $name {
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
    /// What a person is to us. A person may have several.
    Role {
        Admin = "admin", "Runs this installation.";
        ServiceManager = "service_manager", "Answers for services, agreements and reports.";
        Engineer = "engineer", "Repairs; is on call.";
        Desk = "desk", "Takes reports, keeps callers informed.";
        Customer = "customer", "Of an organisation that is promised something; sees its own.";
        Vendor = "vendor", "Of an organisation that is paid to help; sees what is its own.";
        Auditor = "auditor", "Reads all, writes nothing.";
    }
}

impl Role {
    /// Whether this role sees its own organisation's rows only.
    pub const fn is_scoped(self) -> bool {
        matches!(self, Self::Customer | Self::Vendor)
    }
}

words! {
    /// One thing that may be allowed. `noun.verb`; every `noun.read` is without effect.
    Permission {
        IncidentRead = "incident.read", "See incidents, their timelines and notes.";
        IncidentOpen = "incident.open", "Report an incident.";
        IncidentWrite = "incident.write", "Assign, move, merge, split, prioritise incidents.";
        IncidentNote = "incident.note", "Write notes on incidents.";
        IncidentNoteInternal = "incident.note_internal", "Read and write notes that only staff sees.";
        AutomationRead = "automation.read", "See canned replies, macros, rules, fields and templates of the desk; use replies and macros.";
        AutomationWrite = "automation.write", "Write canned replies, macros, rules, fields and templates of the desk.";
        ProblemRead = "problem.read", "See problems, known errors and what follows from them.";
        ProblemWrite = "problem.write", "Open problems, find causes, plan and verify repairs.";
        ReviewRead = "review.read", "See post-incident reviews and the vocabulary of causes.";
        ReviewWrite = "review.write", "Write post-incident reviews, name what contributed, publish.";
        FollowUpRead = "follow_up.read", "See what must be done so that a trouble does not come back.";
        FollowUpAdd = "follow_up.add", "Agree on follow-ups of what one may write: problems, reviews.";
        FollowUpWrite = "follow_up.write", "Say that a follow-up is done, and verify those that one is asked to.";
        KnowledgeRead = "knowledge.read", "See articles that are for one, and find by words what one may see; for staff, drafts too.";
        KnowledgeUse = "knowledge.use", "Say that an article helped; for staff, with which ticket.";
        KnowledgeWrite = "knowledge.write", "Write articles and answer for them.";
        KnowledgePublish = "knowledge.publish", "Publish and retire articles.";
        ChangeRead = "change.read", "See changes and when they take place; for staff also their plans, risk, conflicts and votes.";
        ChangeWrite = "change.write", "Draft changes, carry them out, review them.";
        ChangeAuthorise = "change.authorise", "Vote on changes of others, take conflicts on.";
        ReleaseRead = "release.read", "See releases of one's services and what their users are told; for staff all that is in them.";
        ReleaseWrite = "release.write", "Plan and build releases, roll them out and take them back.";
        ReleaseApprove = "release.approve", "Approve releases that others built.";
        ComplaintRead = "complaint.read", "See grievances and complaints; for staff all of them.";
        ComplaintOpen = "complaint.open", "Say that one is not content, complain, accept or reject the reply.";
        ComplaintWrite = "complaint.write", "Explain grievances, look into complaints, write and send replies.";
        ComplaintApprove = "complaint.approve", "Approve replies that others wrote.";
        SurveyAnswer = "survey.answer", "Answer surveys that one is asked.";
        SurveyRead = "survey.read", "See surveys, their figures and the answers behind them; for customers what they and ours say of each other.";
        VoiceRead = "voice.read", "See what customers let us know, and what is made of it.";
        VoiceWrite = "voice.write", "Make insights of signals, and actions of insights.";
        CatalogueRead = "catalogue.read", "See what may be asked for; for staff, what is behind it.";
        RequestRead = "request.read", "See requests: one's own, those that one approves or works on; for staff all that were sent.";
        RequestOpen = "request.open", "Ask for something; withdraw, accept and rate what one asked for.";
        RequestApprove = "request.approve", "Answer approvals that one is asked for, hand them on.";
        RequestNote = "request.note", "Write notes on requests.";
        RequestWork = "request.work", "Take and finish tasks of requests.";
        RequestWrite = "request.write", "Let requests wait and go on, answer ratings.";
        MailRead = "mail.read", "See mailboxes, mails that were kept aside, and mails as they came.";
        MailWrite = "mail.write", "Take or discard mails that were kept aside.";
        ServiceRead = "service.read", "See services and their indicators.";
        AgreementRead = "agreement.read", "See agreements.";
        CalendarRead = "calendar.read", "See calendars.";
        PartyRead = "party.read", "See people, teams and organisations.";
        PartyWrite = "party.write", "Give roles and sign-in links to people.";
        DutyRead = "duty.read", "See who is accountable for what.";
        AlertRead = "alert.read", "See alerts, silences, and what was suppressed.";
        AlertWrite = "alert.write", "Send alerts: Alertmanager's API, webhooks.";
        SilenceWrite = "silence.write", "Silence alerts.";
        StatusPageRead = "status_page.read", "See status pages, their posts, and how many subscribe.";
        StatusPageWrite = "status_page.write", "Make, change and remove status pages and their links; see and remove subscribers.";
        StatusPagePost = "status_page.post", "Tell outsiders: write and correct posts of status pages.";
        ProbeRead = "probe.read", "See probes, heartbeats and their series.";
        ProbeWrite = "probe.write", "Run, pause and resume probes; declare heartbeats and make their addresses.";
        ProbeLook = "probe.look", "Look at any target by a module, without a probe.";
        VantageReport = "vantage.report", "Look at services from another site: fetch its probes, send what it saw.";
        HostRead = "host.read", "See this machine's figures.";
        MetricRead = "metric.read", "Query metrics.";
        MetricWrite = "metric.write", "Send metrics: remote-write, OTLP.";
        DashboardRead = "dashboard.read", "See dashboards.";
        DashboardWrite = "dashboard.write", "Make, change and remove dashboards.";
        OnCallRead = "on_call.read", "See who is on call.";
        OnCallWrite = "on_call.write", "Put someone on call for a while.";
        PageRead = "page.read", "See who was told of what.";
        OutboxRead = "outbox.read", "See outgoing messages and dead letters.";
        OutboxWrite = "outbox.write", "Send a dead letter again.";
        ClockRead = "clock.read", "See clocks and what explains them.";
        FigureRead = "figure.read", "See figures, fault timelines and their evidence.";
        NoiseRead = "noise.read", "See which rules and probes page whom, how often for nothing, and what is suggested.";
        NoiseWrite = "noise.write", "Dismiss suggestions of the noise review.";
        ReportRead = "report.read", "See service reports.";
        ReportWrite = "report.write", "Make and write service reports.";
        ReportComment = "report.comment", "Comment on a report under review.";
        ReportApprove = "report.approve", "Approve reports or send them back.";
        ReportPublish = "report.publish", "Publish and restate reports.";
        EventRead = "event.read", "Read the ledger.";
        DefinitionWrite = "definition.write", "Apply configuration as code.";
        TokenWrite = "token.write", "Make and revoke API tokens of one's own.";
        ImportWrite = "import.write", "Import another tool's history.";
        HealthRead = "health.read", "See the state of the workers.";
    }
}

use Permission as P;

/// What reads without effect and holds nothing of other customers when scoped, and answering what one is asked.
const READ_OWN: &[P] = &[
    P::IncidentRead,
    P::KnowledgeRead,
    P::KnowledgeUse,
    P::ChangeRead,
    P::ReleaseRead,
    P::CatalogueRead,
    P::RequestRead,
    P::RequestApprove,
    P::RequestNote,
    P::ServiceRead,
    P::AgreementRead,
    P::ClockRead,
    P::FigureRead,
    P::ReportRead,
    P::SurveyAnswer,
];

/// What staff reads.
const READ_STAFF: &[P] = &[
    P::IncidentRead,
    P::IncidentNoteInternal,
    P::AutomationRead,
    P::ProblemRead,
    P::ReviewRead,
    P::FollowUpRead,
    P::KnowledgeRead,
    P::ChangeRead,
    P::ReleaseRead,
    P::ComplaintRead,
    P::SurveyRead,
    P::VoiceRead,
    P::CatalogueRead,
    P::RequestRead,
    P::MailRead,
    P::ServiceRead,
    P::AgreementRead,
    P::CalendarRead,
    P::PartyRead,
    P::DutyRead,
    P::AlertRead,
    P::StatusPageRead,
    P::ProbeRead,
    P::HostRead,
    P::MetricRead,
    P::DashboardRead,
    P::OnCallRead,
    P::PageRead,
    P::OutboxRead,
    P::ClockRead,
    P::FigureRead,
    P::NoiseRead,
    P::ReportRead,
    P::EventRead,
    P::HealthRead,
];

/// What those of ours do who serve people.
const SERVE: &[P] = &[
    P::ComplaintOpen,
    P::ComplaintWrite,
    P::SurveyAnswer,
    P::VoiceWrite,
    P::RequestOpen,
    P::RequestApprove,
    P::RequestNote,
    P::RequestWork,
    P::RequestWrite,
    P::KnowledgeUse,
    P::KnowledgeWrite,
    P::FollowUpWrite,
];

/// The table.
#[rustfmt::skip]
const TABLE: &[(Role, &[&[P]])] = &[
    (Role::Admin,          &[P::ALL]),
    (Role::ServiceManager, &[READ_STAFF, SERVE, &[P::AutomationWrite, P::IncidentOpen, P::IncidentWrite, P::IncidentNote, P::MailWrite, P::ProblemWrite, P::ReviewWrite, P::FollowUpAdd, P::ChangeWrite, P::ChangeAuthorise, P::ReleaseWrite, P::ReleaseApprove, P::AlertWrite, P::SilenceWrite, P::ProbeWrite, P::VantageReport, P::MetricWrite, P::DashboardWrite,
                                           P::OnCallWrite, P::OutboxWrite, P::ReportWrite, P::ReportComment, P::ReportApprove, P::ReportPublish, P::KnowledgePublish, P::ComplaintApprove,
                                           P::StatusPageWrite, P::StatusPagePost, P::NoiseWrite, P::TokenWrite, P::ImportWrite]]),
    (Role::Engineer,       &[READ_STAFF, SERVE, &[P::IncidentOpen, P::IncidentWrite, P::IncidentNote, P::MailWrite, P::ProblemWrite, P::ReviewWrite, P::FollowUpAdd, P::ChangeWrite, P::ChangeAuthorise, P::ReleaseWrite, P::ReleaseApprove, P::AlertWrite, P::SilenceWrite, P::ProbeWrite, P::VantageReport, P::MetricWrite, P::DashboardWrite,
                                           P::OnCallWrite, P::OutboxWrite, P::ReportWrite, P::ReportComment, P::StatusPagePost, P::NoiseWrite, P::KnowledgePublish, P::TokenWrite]]),
    (Role::Desk,           &[READ_STAFF, SERVE, &[P::IncidentOpen, P::IncidentWrite, P::IncidentNote, P::MailWrite, P::StatusPagePost, P::TokenWrite]]),
    (Role::Customer,       &[READ_OWN,   &[P::ComplaintRead, P::ComplaintOpen, P::SurveyRead, P::RequestOpen, P::IncidentOpen, P::IncidentNote, P::ReportComment]]),
    (Role::Vendor,         &[READ_OWN,   &[P::IncidentNote, P::RequestWork]]),
    // Reads internal notes, writes none: writing a note asks for IncidentNote as well.
    (Role::Auditor,        &[READ_STAFF]),
];

/// What a role may.
pub fn permissions(role: Role) -> BTreeSet<Permission> {
    TABLE.iter().filter(|(row, _)| *row == role).flat_map(|(_, groups)| groups.iter().flat_map(|group| group.iter().copied())).collect()
}

/// Which permission lets one learn that a thing of this kind changed; none = nobody is told.
pub fn reading(subject_kind: &str) -> Option<Permission> {
    Some(match subject_kind {
        "incident" | "note" => P::IncidentRead,
        "problem" => P::ProblemRead,
        "review" => P::ReviewRead,
        "follow_up" => P::FollowUpRead,
        "change" => P::ChangeRead,
        "release" => P::ReleaseRead,
        "grievance" | "complaint" => P::ComplaintRead,
        "survey_ask" => P::SurveyRead,
        "insight" => P::VoiceRead,
        "request" => P::RequestRead,
        "article" => P::KnowledgeRead,
        "page" => P::PageRead,
        "alert" | "probe" | "heartbeat" => P::ProbeRead,
        "service" => P::ServiceRead,
        "report" => P::ReportRead,
        "silence" => P::AlertRead,
        "status_page" | "status_post" | "status_subscriber" => P::StatusPageRead,
        "definition" => P::PartyRead,
        "message" => P::OutboxRead,
        "mail" | "chat_message" => P::MailRead,
        "time_entry" | "call" => P::IncidentNoteInternal,
        "rota" | "rota_override" => P::OnCallRead,
        "clock" => P::ClockRead,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
