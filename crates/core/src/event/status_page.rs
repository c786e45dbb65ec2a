//! What is told to outsiders: posts of status pages, and who wants to hear of them.
//!
//! The words of a post and the address of a subscriber are never here: a digest stands for words, nothing for an address.

use serde::{Deserialize, Serialize};

use super::body;
use crate::{
    event::manage::Window,
    id::{IncidentId, MaintenanceId, StatusPageId, StatusPostId, StatusSubscriberId, StatusUpdateId},
};

/// What a post says of one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentEffect {
    /// The component's key on its page.
    pub component: String,
    /// `degraded`, `partial_outage`, `major_outage`, `maintenance`.
    pub effect: String,
}

/// Outsiders were told something: the first word of a post, or a further one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusPostUpdated {
    /// On which page.
    pub page_id: StatusPageId,
    /// The post.
    pub post_id: StatusPostId,
    /// This word of it.
    pub update_id: StatusUpdateId,
    /// The incident it is about, when it is about one of ours.
    pub incident_id: Option<IncidentId>,
    /// The maintenance it is about, when it is about one of ours.
    pub maintenance_id: Option<MaintenanceId>,
    /// `investigating`, `identified`, `monitoring`, `resolved`; of maintenance `scheduled`, `in_progress`, `completed`.
    pub state: String,
    /// Digest of the title in both languages.
    pub title: String,
    /// Digest of the words in both languages.
    pub text: String,
    /// What is hurt from now on.
    pub components: Vec<ComponentEffect>,
    /// When work is planned; of maintenance only.
    pub window: Option<Window>,
}
body!(StatusPostUpdated, "status_post.updated", "status_post");

/// A word told earlier is told otherwise; the page shows that it was edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusPostCorrected {
    /// On which page.
    pub page_id: StatusPageId,
    /// The post.
    pub post_id: StatusPostId,
    /// The word that is corrected.
    pub update_id: StatusUpdateId,
    /// Digest of the title as it reads now.
    pub title: String,
    /// Digest of the words as they read now.
    pub text: String,
    /// Digest of the words as they read before.
    pub before: String,
}
body!(StatusPostCorrected, "status_post.corrected", "status_post");

/// A page's secret link was made anew, or taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusPageLinkChanged {
    /// Of which page.
    pub page_id: StatusPageId,
    /// Whether there is one now; an earlier one opens nothing any more.
    pub made: bool,
}
body!(StatusPageLinkChanged, "status_page.link_changed", "status_page");

/// Somebody wants to be told, and has shown that the address is theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusSubscriberConfirmed {
    /// Of which page.
    pub page_id: StatusPageId,
    /// Who; the address is in no event.
    pub subscriber_id: StatusSubscriberId,
    /// `mail`, `webhook`.
    pub channel: String,
    /// Keys of the components they want to hear of; empty = all.
    pub components: Vec<String>,
}
body!(StatusSubscriberConfirmed, "status_subscriber.confirmed", "status_subscriber");

/// Somebody is not told any more, and their address is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusSubscriberEnded {
    /// Of which page.
    pub page_id: StatusPageId,
    /// Who.
    pub subscriber_id: StatusSubscriberId,
    /// `unsubscribed`, `removed` by one of ours, `erased`.
    pub why: String,
}
body!(StatusSubscriberEnded, "status_subscriber.ended", "status_subscriber");
