//! An article as it stands, and its versions.

use evenkeel_core::{
    Language,
    id::{ArticleId, OrganisationId, PersonId, ProblemId, ServiceId, TeamId, TenantId},
    state::{ArticleKind, ArticleState, ArticleVisibility},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// An article. Its words and whom it is for are its versions'.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Whose data.
    pub tenant: TenantId,
    /// Its id.
    pub id: ArticleId,
    /// The short number (KB-1001 is 1001).
    pub number: i64,
    /// Grows by one with every change; what `If-Match` names.
    pub version: i64,
    /// Where its latest version stands.
    pub state: ArticleState,
    /// The latest version.
    pub latest_no: i64,
    /// The version that readers see; none = none.
    pub live_no: Option<i64>,
    /// Whom that one is for.
    pub live_visibility: Option<ArticleVisibility>,
    /// The one accountable person.
    pub owner_id: PersonId,
    /// Their team.
    pub team_id: Option<TeamId>,
    /// When it is to be looked at again.
    pub review_on: Date,
    /// The problem whose known error it tells.
    pub problem_id: Option<ProblemId>,
    /// With how many tickets it helped.
    pub uses: i64,
    /// How many readers it helped.
    pub helpful: i64,
    /// How many it did not.
    pub unhelpful: i64,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// When the live version was published.
    pub published_at: Option<Timestamp>,
}

impl Article {
    /// Whether the day of its review has come, in UTC, and somebody still reads it.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.state != ArticleState::Retired && self.review_on <= now.to_zoned(TimeZone::UTC).date()
    }
}

/// One saved version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Which: 1 = the first.
    pub no: i64,
    /// Digest of its title.
    pub title: String,
    /// Digest of its body, Markdown.
    pub body: String,
    /// What it is.
    pub kind: ArticleKind,
    /// In which language it is written.
    pub language: Language,
    /// Whom it is for.
    pub visibility: ArticleVisibility,
    /// Those organisations, where it is for some.
    pub organisations: Vec<OrganisationId>,
    /// The services it is about.
    pub services: Vec<ServiceId>,
    /// Who saved it; none = it followed its problem.
    pub author_id: Option<PersonId>,
    /// When.
    pub saved_at: Timestamp,
    /// When it was published.
    pub published_at: Option<Timestamp>,
}
