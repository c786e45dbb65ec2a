//! Something that lies on the desk, as it looks from outside.

use std::collections::{HashMap, hash_map::Entry};

use evenkeel_api::Caller;
use evenkeel_core::{
    id::{CatalogueItemId, PersonId, ServiceId, TeamId},
    priority::Priority,
    state::DeskKind,
    title,
};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    automation::status::{self, StatusView},
    catalogue,
    party::{NameRef, PersonRef, Wanted, load_names},
};

/// The most characters of a complaint's words that stand for its title.
const TITLE_CHARS: usize = 120;

/// Something that lies on the desk.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeskRow {
    /// What it is.
    pub kind: DeskKind,
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
    /// Its short number.
    pub number: i64,
    /// Send it as `If-Match`.
    pub version: i64,
    /// Its title; for a request what is asked for, for a complaint the beginning of its words. Empty when it was erased.
    pub title: String,
    /// Where it stands, in the words of its kind.
    pub state: String,
    /// The house's own status of it; null when it has none.
    pub status: Option<StatusView>,
    /// P1 is the gravest; incidents alone have one.
    pub priority: Option<Priority>,
    /// The service that it is about.
    pub service: Option<NameRef>,
    /// The team that has it.
    pub team: Option<NameRef>,
    /// The person who has it.
    pub person: Option<PersonRef>,
    /// When it is due next; null when it never is.
    pub due_at: Option<Timestamp>,
    /// When it began.
    pub opened_at: Timestamp,
}

/// Where something stands in the order of the desk: when it is due, then what it is, then its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Place(pub i64, pub DeskKind, pub i64);

/// What stands for a title.
#[derive(Debug, Clone)]
pub(super) enum Title {
    /// The title.
    Said(String),
    /// What is asked for.
    Item(CatalogueItemId, i64),
    /// The words under this digest.
    Words(String),
}

/// A row before its names are known.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub place: Place,
    pub id: String,
    pub version: i64,
    pub title: Title,
    pub state: String,
    pub status: Option<String>,
    pub priority: Option<Priority>,
    pub service: Option<ServiceId>,
    pub team: Option<TeamId>,
    pub person: Option<PersonId>,
    pub due_at: Option<Timestamp>,
    pub opened_at: Timestamp,
}

/// How they look to this caller, in the same order.
pub(super) async fn rows(sql: &mut dyn Sql, caller: &Caller, found: Vec<Found>) -> Result<Vec<DeskRow>, StoreError> {
    let mut wanted = Wanted::default();
    let mut digests = Vec::new();
    let mut items = HashMap::new();
    for row in &found {
        wanted.services.extend(row.service);
        wanted.teams.extend(row.team);
        wanted.people.extend(row.person);
        match &row.title {
            Title::Said(_) => {}
            Title::Words(digest) => digests.push(digest.clone()),
            Title::Item(id, version) => {
                if let Entry::Vacant(unknown) = items.entry((*id, *version)) {
                    unknown.insert(catalogue::version(sql, caller.tenant, *id, *version).await?.body.display);
                }
            }
        }
    }
    let names = load_names(sql, caller.tenant, &wanted).await?;
    let statuses = status::Shown::load(sql, caller, found.iter().filter_map(|row| row.status.as_deref())).await?;
    let texts = ledger::texts(sql, &digests).await?;
    let title = |of: Title| match of {
        Title::Said(title) => title::in_language(&title, caller.language).to_owned(),
        Title::Words(digest) => texts.get(&digest).cloned().flatten().unwrap_or_default().chars().take(TITLE_CHARS).collect(),
        Title::Item(id, version) => items.get(&(id, version)).map(|item| item.in_language(caller.language).to_owned()).unwrap_or_default(),
    };
    Ok(found
        .into_iter()
        .map(|row| DeskRow {
            kind: row.place.1,
            id: row.id,
            number: row.place.2,
            version: row.version,
            title: title(row.title),
            status: statuses.get(row.status.as_deref()),
            state: row.state,
            priority: row.priority,
            service: row.service.map(|id| names.service(id)),
            team: row.team.map(|id| names.team(id)),
            person: row.person.map(|id| names.person(id)),
            due_at: row.due_at,
            opened_at: row.opened_at,
        })
        .collect())
}
