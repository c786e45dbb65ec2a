//! What is said of articles: what is known, written down.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::body;
use crate::{
    id::{OrganisationId, PersonId, ProblemId, ServiceId, TeamId},
    language::Language,
    state::{ArticleKind, ArticleState, ArticleVisibility},
};

/// A version was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleDrafted {
    /// The short number (KB-1001 is 1001).
    pub number: i64,
    /// Which version: 1 = the first.
    pub no: i64,
    /// Digest of the title in the text table.
    pub title: String,
    /// Digest of the body, Markdown.
    pub body: String,
    /// What it is.
    pub kind: ArticleKind,
    /// In which language it is written.
    pub language: Language,
    /// Whom it is for, once it is published.
    pub visibility: ArticleVisibility,
    /// The organisations it is for, where it is for some.
    pub organisations: Vec<OrganisationId>,
    /// The services it is about.
    pub services: Vec<ServiceId>,
    /// The problem whose known error it tells.
    pub problem_id: Option<ProblemId>,
}
body!(ArticleDrafted, "article.drafted", "article");

/// Somebody answers for it, until when it must be looked at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleEntrusted {
    /// The one accountable person.
    pub owner_id: PersonId,
    /// Their team.
    pub team_id: Option<TeamId>,
    /// When it is to be looked at again.
    pub review_on: Date,
    /// Whether it was read, and still holds.
    pub reviewed: bool,
}
body!(ArticleEntrusted, "article.entrusted", "article");

/// The state changed along an allowed edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleTransitioned {
    /// From.
    pub from: ArticleState,
    /// To.
    pub to: ArticleState,
    /// The version that this is about.
    pub no: i64,
}
body!(ArticleTransitioned, "article.transitioned", "article");

/// The day of its review has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleReviewDue {
    /// That day.
    pub review_on: Date,
    /// Who was told.
    pub owner_id: PersonId,
}
body!(ArticleReviewDue, "article.review_due", "article");

/// It helped with a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleUsed {
    /// The ticket's kind: `incident`, `request`.
    pub ticket_kind: String,
    /// The ticket.
    pub ticket_id: String,
}
body!(ArticleUsed, "article.used", "article");

/// A reader says whether it helped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleRated {
    /// Whether it did.
    pub helpful: bool,
}
body!(ArticleRated, "article.rated", "article");

/// Somebody opened it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleRead {
    /// The version that was shown.
    pub no: i64,
    /// Whether a search in the portal led there.
    pub from_search: bool,
}
body!(ArticleRead, "article.read", "article");
