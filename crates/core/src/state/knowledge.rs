//! Articles, and what can be found by words.

use serde::{Deserialize, Serialize};

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
        /// A release.
        Release = "release",
    }
}
