//! State words that more than one hall reads. The machines (which edge is allowed) live in the hall that owns the noun.

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

mod change;
mod incident;
mod knowledge;
mod observe;
mod promise;
mod release;
mod ticket;
mod voice;

pub use self::{
    change::{ChangeKind, ChangeMode, ChangeOutcome, ChangeState, RiskLevel},
    incident::{Channel, HoldReason, IncidentState, MajorRole, MajorState, Medium, Visibility},
    knowledge::{ArticleKind, ArticleState, ArticleVisibility, Findable},
    observe::{HeartbeatState, PageReason, SliState, Verdict},
    promise::{Criticality, Goal, OrganisationKind, ReportState},
    release::{ReleaseState, StageState},
    ticket::{ApprovalState, DeskKind, FollowUpOrigin, ProblemState, RequestState, ReviewState, TaskState, TicketKind, Whose},
    voice::{ComplaintState, GrievanceState, SurveyState, Touchpoint},
};
