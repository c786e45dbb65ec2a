//! What a post is and how it goes on. Pure.

use std::collections::BTreeSet;

use evenkeel_core::{
    Actor, Failure,
    definition::Bilingual,
    event::{manage::Window, status_page::ComponentEffect},
    id::{IncidentId, MaintenanceId, StatusPageId, StatusPostId, StatusUpdateId},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::{definition::StatusPageDefinition, state::Effect};
use crate::refuse;

/// The most characters of a title.
const TITLE_CHARS_MAX: usize = 120;
/// The most characters of one word of a post.
const TEXT_CHARS_MAX: usize = 4000;

/// Where a post stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StatusPostState)]
pub enum PostState {
    /// It is looked into.
    Investigating,
    /// What it is, is known.
    Identified,
    /// It is back and watched.
    Monitoring,
    /// It is over.
    Resolved,
    /// Work is planned.
    Scheduled,
    /// Work has begun.
    InProgress,
    /// Work is done.
    Completed,
}

impl PostState {
    /// The word in events, rows and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Monitoring => "monitoring",
            Self::Resolved => "resolved",
            Self::Scheduled => "scheduled",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
        }
    }

    /// Whether it is over.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Resolved | Self::Completed)
    }

    /// Whether it is of planned work.
    pub const fn is_of_maintenance(self) -> bool {
        matches!(self, Self::Scheduled | Self::InProgress | Self::Completed)
    }
}

impl std::str::FromStr for PostState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|_| format!("{text:?} is no state of a post"))
    }
}

/// What a post says of one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StatusAffected)]
pub struct Affected {
    /// Its key.
    pub component: String,
    /// How it is hurt.
    pub effect: Effect,
}

impl From<&Affected> for ComponentEffect {
    fn from(affected: &Affected) -> Self {
        Self { component: affected.component.clone(), effect: affected.effect.as_str().to_owned() }
    }
}

/// A post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    pub id: StatusPostId,
    pub page_id: StatusPageId,
    pub incident_id: Option<IncidentId>,
    pub maintenance_id: Option<MaintenanceId>,
    /// Of planned work only.
    pub window: Option<Window>,
    /// Digest of the title.
    pub title: String,
    /// Of the last word that was told.
    pub state: PostState,
    /// What is hurt since then.
    pub components: Vec<Affected>,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// One word of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    pub id: StatusUpdateId,
    pub post_id: StatusPostId,
    pub state: PostState,
    /// Digest of the words.
    pub text: String,
    pub components: Vec<Affected>,
    pub author: Actor,
    /// When it is or was to be told.
    pub at: Timestamp,
    /// When it was told; none = it waits.
    pub published_at: Option<Timestamp>,
    pub edited_at: Option<Timestamp>,
}

/// A title as it is kept.
pub fn title(title: &Bilingual) -> Result<Bilingual, Failure> {
    let plain = Bilingual { zh: evenkeel_core::title::plain(&title.zh), en: evenkeel_core::title::plain(&title.en) };
    within("/title", &plain, TITLE_CHARS_MAX)?;
    Ok(plain)
}

/// The words of an update as they are kept: line breaks stay.
pub fn text(text: &Bilingual) -> Result<Bilingual, Failure> {
    let clean = |text: &str| text.trim().chars().filter(|c| *c == '\n' || !c.is_control()).collect::<String>();
    let clean = Bilingual { zh: clean(&text.zh), en: clean(&text.en) };
    within("/text", &clean, TEXT_CHARS_MAX)?;
    Ok(clean)
}

fn within(place: &str, words: &Bilingual, most: usize) -> Result<(), Failure> {
    let fits = |text: &str| (1..=most).contains(&text.chars().count());
    if fits(&words.zh) && fits(&words.en) {
        Ok(())
    } else {
        Err(refuse::invalid(place, format!("give 1 to {most} characters in Chinese and in English")))
    }
}

/// Whether a post of this page may say this.
pub fn check(page: &StatusPageDefinition, window: Option<Window>, state: PostState, components: &[Affected]) -> Result<(), Failure> {
    if state.is_of_maintenance() != window.is_some() {
        let detail = "planned work has a window and is scheduled, in_progress or completed; a disturbance has none of these";
        return Err(refuse::invalid("/state", detail));
    }
    if let Some(window) = window
        && window.from >= window.to
    {
        return Err(refuse::invalid("/window", "it must end after it begins"));
    }
    let mut seen = BTreeSet::new();
    for (index, affected) in components.iter().enumerate() {
        let at = format!("/components/{index}");
        if page.component(&affected.component).is_none() {
            let keys = page.components().map(|component| component.key.clone());
            return Err(refuse::invalid(&at, format!("this page has no component {:?}", affected.component)).allowed(keys));
        }
        if (affected.effect == Effect::Maintenance) != window.is_some() {
            return Err(refuse::invalid(&at, "the effect of planned work is maintenance, and of nothing else"));
        }
        if !seen.insert(&affected.component) {
            return Err(refuse::invalid(&at, "this component stands here twice"));
        }
    }
    if !state.is_end() && components.is_empty() {
        return Err(refuse::invalid("/components", "say which components are hurt"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::status_page::definition::{Audience, Component, Group};

    fn both(text: &str) -> Bilingual {
        Bilingual { zh: text.to_owned(), en: text.to_owned() }
    }

    fn page() -> StatusPageDefinition {
        let component = Component {
            key: "shop".to_owned(),
            name: both("Shop"),
            service: evenkeel_core::id::ServiceId::named("shop"),
            follows: false,
            history: None,
        };
        StatusPageDefinition {
            title: both("Acme"),
            audience: Audience::Public,
            zone: "UTC".to_owned(),
            logo: None,
            colour: None,
            maintenance: false,
            subscribe: BTreeSet::new(),
            groups: vec![Group { name: both("All"), components: vec![component] }],
        }
    }

    fn hurt(component: &str, effect: Effect) -> Vec<Affected> {
        vec![Affected { component: component.to_owned(), effect }]
    }

    #[test]
    fn a_disturbance_and_planned_work_do_not_mix() {
        let window = Some(Window { from: "2026-03-01T00:00:00Z".parse().unwrap(), to: "2026-03-01T01:00:00Z".parse().unwrap() });
        let wrong = |window, state, components: &[Affected]| check(&page(), window, state, components).unwrap_err().at.unwrap();
        assert!(check(&page(), None, PostState::Investigating, &hurt("shop", Effect::Degraded)).is_ok());
        assert!(check(&page(), window, PostState::Scheduled, &hurt("shop", Effect::Maintenance)).is_ok());
        assert_eq!(wrong(window, PostState::Investigating, &hurt("shop", Effect::Maintenance)), "/state");
        assert_eq!(wrong(None, PostState::Scheduled, &hurt("shop", Effect::Maintenance)), "/state");
        assert_eq!(wrong(None, PostState::Identified, &hurt("shop", Effect::Maintenance)), "/components/0");
        assert_eq!(wrong(window, PostState::Scheduled, &hurt("shop", Effect::MajorOutage)), "/components/0");
    }

    #[test]
    fn a_post_hurts_components_of_its_own_page() {
        let wrong = |components: &[Affected]| check(&page(), None, PostState::Investigating, components).unwrap_err().at.unwrap();
        assert_eq!(wrong(&hurt("pay", Effect::Degraded)), "/components/0");
        assert_eq!(wrong(&[]), "/components");
        assert!(check(&page(), None, PostState::Resolved, &[]).is_ok(), "what is over hurts nothing");
    }

    #[test]
    fn words_are_in_both_languages_and_hold_no_control_characters() {
        assert!(title(&Bilingual { zh: "x".to_owned(), en: " ".to_owned() }).is_err());
        assert_eq!(text(&both("one\u{1e}\u{7}\ntwo")).unwrap(), both("one\ntwo"));
        assert!(text(&both(&"x".repeat(4001))).is_err());
    }
}
