//! What a view is.

use evenkeel_core::{
    Failure,
    id::{PersonId, TeamId, ViewId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{desk::DeskFilter, incident::queue::Sort, refuse};

/// The most characters of a name.
const NAME_CHARS_MAX: usize = 60;

/// A question to the desk, under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct View {
    pub id: ViewId,
    /// Who made it.
    pub person: PersonId,
    /// The team that it is shared with; none = it is personal.
    pub team: Option<TeamId>,
    pub name: String,
    pub asks: Asks,
}

/// What a view asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ViewAsks)]
pub(super) struct Asks {
    /// What it shows.
    #[serde(default)]
    pub filter: DeskFilter,
    /// In which order the queue of incidents shows it; the desk shows what is due first.
    #[serde(default)]
    pub sort: Option<Sort>,
}

impl View {
    /// Whether this person, of these teams, sees it and may change it.
    pub(super) fn is_of(&self, person: PersonId, teams: &[TeamId]) -> bool {
        self.person == person || self.team.is_some_and(|team| teams.contains(&team))
    }
}

/// A name as it is kept.
///
/// # Errors
/// A refusal when nothing is left or it is too long.
pub(super) fn name(text: &str) -> Result<String, Failure> {
    let text = evenkeel_core::title::plain(text);
    let chars = text.chars().count();
    if chars == 0 || chars > NAME_CHARS_MAX {
        return Err(refuse::invalid("/name", format!("a name has 1 to {NAME_CHARS_MAX} characters; this one has {chars}")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_view_is_of_its_maker_and_of_its_team() {
        let (me, other, team) = (PersonId::named("me"), PersonId::named("other"), TeamId::named("ops"));
        let personal = View { id: ViewId::named("v"), person: me, team: None, name: "n".to_owned(), asks: Asks::default() };
        assert!(personal.is_of(me, &[]) && !personal.is_of(other, &[team]));
        let shared = View { team: Some(team), ..personal };
        assert!(shared.is_of(other, &[team]) && !shared.is_of(other, &[]));
    }

    #[test]
    fn a_name_is_one_line_and_not_too_long() {
        assert_eq!(name(" P1\nof bank ").unwrap(), "P1 of bank");
        assert!(name("  ").is_err() && name(&"x".repeat(61)).is_err());
    }
}
