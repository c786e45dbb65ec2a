//! What is said of post-incident reviews. What a review says is the fold of its edits ([`Content::apply`]); a published edition
//! carries all of it, so that it reads the same for ever.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::body;
use crate::{
    id::{CalendarId, FactorId, IncidentId, OrganisationId, PersonId, ReviewLineId, ServiceId},
    state::ReviewState,
};

/// The story in words. Digests in the text table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Story {
    /// What happened, in short.
    pub summary: Option<String>,
    /// What went well.
    pub went_well: Option<String>,
    /// What did not.
    pub went_badly: Option<String>,
    /// Where we were lucky.
    pub lucky: Option<String>,
}

/// What somebody made of a line of the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Whether it is left out of the story.
    pub hidden: bool,
    /// Digest of what is to be said of it.
    pub comment: Option<String>,
}

/// A line that the ledger does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which.
    pub id: ReviewLineId,
    /// When it happened.
    pub at: Timestamp,
    /// Digest of what happened.
    pub text: String,
}

/// What shows that a factor contributed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// An event of the ledger.
    Event {
        /// Its position.
        seq: i64,
    },
    /// A place in the web.
    Link {
        /// Its address.
        url: String,
    },
    /// Words.
    Text {
        /// Their digest.
        text: String,
    },
}

/// Something that contributed to the incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// Which.
    pub id: FactorId,
    /// The bone of the fishbone, by its name.
    pub bone: String,
    /// The cause, by its name.
    pub cause: String,
    /// The version of the vocabulary that has them; 0 = the one that is built in.
    pub causes_version: i64,
    /// What shows it.
    pub evidence: Evidence,
}

/// Everything that people wrote into a review.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// In words.
    pub story: Story,
    /// Of lines of the ledger, by position.
    pub marks: BTreeMap<i64, Mark>,
    /// Lines that were added.
    pub lines: Vec<Line>,
    /// What contributed.
    pub factors: Vec<Factor>,
    /// The one without which it would not have happened: one at most.
    pub primary: Option<FactorId>,
}

/// One edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum Edit {
    /// The story was written.
    Story(Story),
    /// A line of the ledger was hidden, shown again, or commented.
    Mark {
        /// Its position.
        seq: i64,
        /// What is made of it from here on.
        mark: Mark,
    },
    /// A line was added, or written anew.
    Line(Line),
    /// A line that was added is gone.
    LineRemoved {
        /// Which.
        id: ReviewLineId,
    },
    /// A factor was named, or named otherwise.
    Factor {
        /// The factor.
        factor: Factor,
        /// Whether it is the primary one; another is so no longer then.
        primary: bool,
    },
    /// A factor is none.
    FactorRemoved {
        /// Which.
        id: FactorId,
    },
}

/// Puts `item` in the place of the one that `is` it, or at the end.
fn put<T>(items: &mut Vec<T>, item: T, is: impl Fn(&T) -> bool) {
    match items.iter_mut().find(|known| is(known)) {
        Some(known) => *known = item,
        None => items.push(item),
    }
}

impl Content {
    /// Takes an edit.
    pub fn apply(&mut self, edit: Edit) {
        match edit {
            Edit::Story(story) => self.story = story,
            Edit::Mark { seq, mark } if mark == Mark::default() => {
                self.marks.remove(&seq);
            }
            Edit::Mark { seq, mark } => {
                self.marks.insert(seq, mark);
            }
            Edit::Line(line) => {
                let id = line.id;
                put(&mut self.lines, line, |known| known.id == id);
                self.lines.sort_by_key(|line| (line.at, line.id));
            }
            Edit::LineRemoved { id } => self.lines.retain(|line| line.id != id),
            Edit::Factor { factor, primary } => {
                let id = factor.id;
                put(&mut self.factors, factor, |known| known.id == id);
                self.primary = if primary { Some(id) } else { self.primary.filter(|known| *known != id) };
            }
            Edit::FactorRemoved { id } => {
                self.factors.retain(|factor| factor.id != id);
                self.primary = self.primary.filter(|known| *known != id);
            }
        }
    }
}

impl Edit {
    /// The digests of the words that it carries.
    pub fn digests(&self) -> Vec<Option<String>> {
        match self {
            Self::Story(Story { summary, went_well, went_badly, lucky }) => {
                [summary, went_well, went_badly, lucky].into_iter().cloned().collect()
            }
            Self::Mark { mark, .. } => vec![mark.comment.clone()],
            Self::Line(line) => vec![Some(line.text.clone())],
            Self::Factor { factor: Factor { evidence: Evidence::Text { text }, .. }, .. } => vec![Some(text.clone())],
            Self::Factor { .. } | Self::LineRemoved { .. } | Self::FactorRemoved { .. } => Vec::new(),
        }
    }
}

/// A review was begun: what the ledger has is its draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewDrafted {
    /// The short number (REV-1001 is 1001).
    pub number: i64,
    /// The incident.
    pub incident_id: IncidentId,
    /// The service that suffered.
    pub service_id: ServiceId,
    /// The customer it is promised to.
    pub organisation_id: Option<OrganisationId>,
    /// Who owes it.
    pub owner_id: PersonId,
    /// The hours whose days count until it is due; none = every day.
    pub calendar_id: Option<CalendarId>,
    /// So many of them.
    pub within_days: i64,
    /// Until when it is to be published.
    pub due_at: Option<Timestamp>,
}
body!(ReviewDrafted, "review.drafted", "review");

/// It was edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewEdited {
    /// How.
    #[serde(flatten)]
    pub edit: Edit,
}
body!(ReviewEdited, "review.edited", "review");

/// The state changed along an allowed edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewTransitioned {
    /// From.
    pub from: ReviewState,
    /// To.
    pub to: ReviewState,
    /// The edition that is written from here on.
    pub edition: i64,
    /// Digest of why it is sent back or opened again.
    pub text: Option<String>,
}
body!(ReviewTransitioned, "review.transitioned", "review");

/// An edition is published: what it says, for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewPublished {
    /// The incident.
    pub incident_id: IncidentId,
    /// 1, 2, 3 …
    pub edition: i64,
    /// What people wrote into it.
    pub content: Content,
    /// The positions of the lines of the ledger that it has, the hidden ones too, in their order.
    pub lines: Vec<i64>,
}
body!(ReviewPublished, "review.published", "review");

/// It was not published in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewOverdue {
    /// When it was due.
    pub due_at: Timestamp,
}
body!(ReviewOverdue, "review.overdue", "review");

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn factor(name: &str, cause: &str) -> Factor {
        let evidence = Evidence::Event { seq: 7 };
        Factor { id: FactorId::named(name), bone: "drills".to_owned(), cause: cause.to_owned(), causes_version: 0, evidence }
    }

    #[test]
    fn one_factor_at_most_is_primary() {
        let mut content = Content::default();
        for (name, primary) in [("a", true), ("b", false), ("c", true)] {
            content.apply(Edit::Factor { factor: factor(name, "x"), primary });
        }
        assert_eq!(content.primary, Some(FactorId::named("c")));
        content.apply(Edit::Factor { factor: factor("c", "y"), primary: false });
        assert_eq!((content.primary, content.factors.len(), content.factors[2].cause.as_str()), (None, 3, "y"));
        content.apply(Edit::Factor { factor: factor("a", "x"), primary: true });
        content.apply(Edit::FactorRemoved { id: FactorId::named("a") });
        assert_eq!((content.primary, content.factors.len()), (None, 2));
    }

    #[test]
    fn lines_stand_in_the_order_in_which_they_happened() {
        let mut content = Content::default();
        let line = |name: &str, secs: i64| Line {
            id: ReviewLineId::named(name),
            at: Timestamp::from_second(secs).unwrap(),
            text: name.to_owned(),
        };
        for line in [line("late", 9), line("early", 1), line("late", 0)] {
            content.apply(Edit::Line(line));
        }
        let said: Vec<&str> = content.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(said, ["late", "early"]);
        content.apply(Edit::LineRemoved { id: ReviewLineId::named("late") });
        assert_eq!(content.lines.len(), 1);
    }

    #[test]
    fn a_mark_that_says_nothing_is_none_and_every_edit_reads_back() {
        let mut content = Content::default();
        let mark = Mark { hidden: true, comment: Some("d".to_owned()) };
        content.apply(Edit::Mark { seq: 3, mark: mark.clone() });
        let text = serde_json::to_string(&content).unwrap();
        assert_eq!(serde_json::from_str::<Content>(&text).unwrap(), content);
        content.apply(Edit::Mark { seq: 3, mark: Mark::default() });
        assert!(content.marks.is_empty());
        let story = Edit::Story(Story { summary: Some("s".to_owned()), ..Story::default() });
        for edit in [story, Edit::Mark { seq: 3, mark }, Edit::Factor { factor: factor("a", "x"), primary: true }] {
            let text = serde_json::to_string(&ReviewEdited { edit: edit.clone() }).unwrap();
            assert_eq!(serde_json::from_str::<ReviewEdited>(&text).unwrap().edit, edit, "{text}");
        }
    }
}
