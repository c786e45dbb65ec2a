//! 管 — manage: who there is, what was promised, and what went wrong.
//!
//! Parties and duties, services, agreements, calendars and the priority matrix as versioned definitions; incidents as a
//! state machine whose every edge is an event of the ledger. How a service *is* belongs to the observe hall, and whether a
//! promise was kept to the analyze hall: they read the events written here, and this hall reads theirs.

mod act;
pub mod agreement;
pub mod attachment;
pub mod automation;
pub mod calendar;
pub mod call;
pub mod catalogue;
pub mod cause;
pub mod change;
pub mod chat;
pub mod complaint;
pub mod definition;
pub mod desk;
pub mod duty;
pub mod feed;
pub mod follow_up;
pub mod incident;
pub mod inhibition;
pub mod knowledge;
mod letter;
pub mod mail;
pub mod maintenance;
pub mod matrix;
pub mod party;
pub mod presence;
pub mod problem;
mod refuse;
pub mod release;
pub mod request;
pub mod review;
pub mod search;
pub mod service;
pub mod silence;
pub mod status_page;
pub mod suppression;
pub mod survey;
pub mod ticket;
pub mod time_entry;
pub mod view;
pub mod voice;
pub mod watch;

use std::sync::Arc;

use axum::extract::FromRef;
use evenkeel_api::{Kit, Routes};
use evenkeel_store::{Consumer, Migration, OutboxObserver, TimerHandler, blob::Blobs};

pub use act::Act;
pub use letter::Letter;

/// The hall's state.
#[derive(Debug, Clone)]
pub struct Manage {
    /// Database, clock, randomness.
    pub kit: Kit,
    /// Large things.
    pub(crate) blobs: Blobs,
    looks: Arc<dyn suppression::Looks>,
    pub(crate) budgets: Arc<dyn change::Budgets>,
    pub(crate) quiet: Arc<dyn watch::Quiet>,
    pub(crate) pages: status_page::Pages,
    pub(crate) search: search::Search,
}

impl Manage {
    /// The hall over this kit and these blobs. Nobody tells it of trouble that is no alert yet, nor how services are.
    pub fn new(kit: Kit, blobs: Blobs) -> Self {
        let pages = status_page::Pages::new(Arc::new(status_page::NoServices), String::new());
        Self {
            kit,
            blobs,
            looks: Arc::new(suppression::NoLooks),
            budgets: Arc::new(change::NoBudgets),
            quiet: Arc::new(watch::NoQuiet),
            pages,
            search: search::Search::in_memory(),
        }
    }

    /// The same, drawing status pages with these.
    #[must_use]
    pub fn with_pages(self, pages: status_page::Pages) -> Self {
        Self { pages, ..self }
    }

    /// The same, finding in this index.
    #[must_use]
    pub fn with_search(self, search: search::Search) -> Self {
        Self { search, ..self }
    }

    /// The index in which it finds.
    pub const fn search(&self) -> &search::Search {
        &self.search
    }

    /// The same, told by `budgets` how much of their error budgets services have left.
    #[must_use]
    pub fn with_budgets(self, budgets: Arc<dyn change::Budgets>) -> Self {
        Self { budgets, ..self }
    }

    /// The same, told by `quiet` when people are left in peace.
    #[must_use]
    pub fn with_quiet(self, quiet: Arc<dyn watch::Quiet>) -> Self {
        Self { quiet, ..self }
    }

    /// The same, told by `looks` of trouble that is no alert yet.
    #[must_use]
    pub fn with_looks(self, looks: Arc<dyn suppression::Looks>) -> Self {
        Self { looks, ..self }
    }

    /// What reads the ledger.
    pub fn consumers(&self) -> Vec<Arc<dyn Consumer>> {
        vec![
            Arc::new(incident::from_alert::FromAlert { looks: self.looks.clone() }),
            Arc::new(incident::from_page::FromPage),
            Arc::new(automation::rule::Rules),
            Arc::new(problem::Recurrence),
            Arc::new(survey::Surveys),
            Arc::new(voice::Signals),
            Arc::new(mail::Answers),
            Arc::new(chat::Answers),
            Arc::new(knowledge::Follow),
            Arc::new(review::Drafts),
        ]
    }

    /// Who is told when a message has ended.
    pub fn outbox_observers(&self) -> Vec<Arc<dyn OutboxObserver>> {
        vec![Arc::new(mail::Settled), Arc::new(chat::Settled), Arc::new(survey::Settled)]
    }

    /// What acts when a timer is due.
    pub fn timers(&self) -> Vec<Arc<dyn TimerHandler>> {
        let looks = self.looks.clone();
        vec![
            Arc::new(incident::verify::Verify),
            Arc::new(incident::rules::Close),
            Arc::new(incident::major::Overdue),
            Arc::new(automation::rule::Passed),
            Arc::new(problem::Verify),
            Arc::new(review::Overdue),
            Arc::new(follow_up::Overdue),
            Arc::new(knowledge::Due),
            Arc::new(change::Overdue),
            Arc::new(complaint::grievance::Escalate),
            Arc::new(survey::Send),
            Arc::new(survey::Expire),
            Arc::new(survey::MonthEnd),
            Arc::new(request::TimeOut),
            Arc::new(request::Accept),
            Arc::new(suppression::Adopt { looks: looks.clone() }),
            Arc::new(suppression::Sweep::new(looks)),
            Arc::new(status_page::post::Publish),
            Arc::new(status_page::subscriber::Tell),
            Arc::new(watch::Tell),
        ]
    }
}

impl FromRef<Manage> for Kit {
    fn from_ref(manage: &Manage) -> Self {
        manage.kit.clone()
    }
}

/// The tables of every noun.
pub fn migrations() -> Vec<Migration> {
    [
        agreement::MIGRATIONS,
        attachment::MIGRATIONS,
        automation::MIGRATIONS,
        change::MIGRATIONS,
        chat::MIGRATIONS,
        complaint::MIGRATIONS,
        definition::MIGRATIONS,
        feed::MIGRATIONS,
        follow_up::MIGRATIONS,
        incident::MIGRATIONS,
        incident::bulk::MIGRATIONS,
        incident::checklist::MIGRATIONS,
        incident::major::MIGRATIONS,
        incident::cause::MIGRATIONS,
        inhibition::MIGRATIONS,
        knowledge::MIGRATIONS,
        mail::MIGRATIONS,
        maintenance::MIGRATIONS,
        party::MIGRATIONS,
        presence::MIGRATIONS,
        problem::MIGRATIONS,
        release::MIGRATIONS,
        request::MIGRATIONS,
        review::MIGRATIONS,
        service::MIGRATIONS,
        silence::MIGRATIONS,
        status_page::MIGRATIONS,
        suppression::MIGRATIONS,
        survey::MIGRATIONS,
        time_entry::MIGRATIONS,
        view::MIGRATIONS,
        voice::MIGRATIONS,
        watch::MIGRATIONS,
    ]
    .concat()
}

/// The routes of every noun, with their documents.
pub fn router(manage: Manage) -> Routes {
    Routes::new()
        .merge(agreement::router())
        .merge(attachment::router())
        .merge(automation::router())
        .merge(calendar::router())
        .merge(call::router())
        .merge(catalogue::router())
        .merge(cause::router())
        .merge(change::router())
        .merge(chat::router())
        .merge(complaint::router())
        .merge(desk::router())
        .merge(duty::router())
        .merge(feed::router())
        .merge(follow_up::router())
        .merge(incident::router())
        .merge(knowledge::router())
        .merge(mail::router())
        .merge(maintenance::router())
        .merge(party::router())
        .merge(presence::router())
        .merge(problem::router())
        .merge(release::router())
        .merge(request::router())
        .merge(review::router())
        .merge(search::router())
        .merge(service::router())
        .merge(silence::router())
        .merge(status_page::router())
        .merge(suppression::router())
        .merge(survey::router())
        .merge(time_entry::router())
        .merge(view::router())
        .merge(voice::router())
        .merge(watch::router())
        .with_state(manage)
}
