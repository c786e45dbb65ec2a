//! All that a page shows at an instant, and nothing else: no id, no service, no person of the inside is in it.

use evenkeel_core::{definition::Bilingual, event::manage::Window};
use jiff::{Timestamp, tz::TimeZone};

use crate::status_page::{
    definition::StatusPageDefinition,
    port::Record,
    post::PostState,
    state::{ComponentState, overall},
    subscriber::Channel,
};

/// A page at an instant.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The name its address ends in.
    pub name: String,
    pub title: Bilingual,
    pub zone: TimeZone,
    pub logo: Option<String>,
    pub colour: Option<String>,
    pub subscribe: Vec<Channel>,
    /// As of when all of it is true.
    pub as_of: Timestamp,
    /// Whether nothing newer could be read for a while.
    pub stale: bool,
    pub groups: Vec<GroupView>,
    /// Disturbances that are not over, and planned work under way; the newest first.
    pub open: Vec<PostView>,
    /// Planned work to come, the nearest first.
    pub planned: Vec<Planned>,
    /// What is over, the newest first.
    pub past: Vec<PostView>,
}

#[derive(Debug, Clone)]
pub struct GroupView {
    pub name: Bilingual,
    pub components: Vec<ComponentView>,
}

#[derive(Debug, Clone)]
pub struct ComponentView {
    pub key: String,
    pub name: Bilingual,
    pub state: ComponentState,
    pub record: Option<Record>,
}

/// Planned work that has not begun.
#[derive(Debug, Clone)]
pub struct Planned {
    pub window: Window,
    /// Names of components.
    pub components: Vec<Bilingual>,
    /// What is posted of it; none = it is shown by itself, and nothing is known but when.
    pub post: Option<PostView>,
}

#[derive(Debug, Clone)]
pub struct PostView {
    pub id: String,
    pub title: Bilingual,
    pub state: PostState,
    pub window: Option<Window>,
    /// Names of components that are hurt, or were.
    pub components: Vec<Bilingual>,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// What was told, the newest first.
    pub updates: Vec<UpdateView>,
}

#[derive(Debug, Clone)]
pub struct UpdateView {
    pub state: PostState,
    pub text: Bilingual,
    pub at: Timestamp,
    pub edited_at: Option<Timestamp>,
}

impl Snapshot {
    /// A page with nothing on it yet.
    pub fn empty(name: &str, page: &StatusPageDefinition, as_of: Timestamp) -> Self {
        Self {
            name: name.to_owned(),
            title: page.title.clone(),
            zone: page.time_zone(),
            logo: page.logo.clone(),
            colour: page.colour.clone(),
            subscribe: page.subscribe.iter().copied().collect(),
            as_of,
            stale: false,
            groups: Vec::new(),
            open: Vec::new(),
            planned: Vec::new(),
            past: Vec::new(),
        }
    }

    /// Every component.
    pub fn components(&self) -> impl Iterator<Item = &ComponentView> {
        self.groups.iter().flat_map(|group| &group.components)
    }

    /// The one word for the page.
    pub fn overall(&self) -> ComponentState {
        overall(self.components().map(|component| component.state))
    }
}
