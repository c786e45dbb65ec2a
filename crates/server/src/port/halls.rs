//! The halls as one thing: their routes, their workers, and the ports between them.

use std::sync::Arc;

use evenkeel_api::{Kit, changes::Owners, router::OpenApiRouter};
use evenkeel_core::id::TenantId;
use evenkeel_manage::Manage;
use evenkeel_observe::{
    oncall,
    page::{self, Directory, Escalation, PageConsumer, PageObserver, PageState},
};
use evenkeel_store::{Channel, Consumer, OutboxObserver, Result, TimerHandler};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{
    directory::ManageDirectory,
    mail::{Hook, Mail},
    owners::HallOwners,
};
use crate::{app::Settings, http::ProbeHealth};

/// The halls.
pub(crate) struct Halls {
    kit: Kit,
    manage: Manage,
    pages: PageState,
    escalation: Escalation,
    channels: Vec<Arc<dyn Channel>>,
}

impl Halls {
    pub(crate) fn new(kit: &Kit, tenant: TenantId, settings: &Settings) -> std::result::Result<Self, String> {
        let directory: Arc<dyn Directory> = Arc::new(ManageDirectory { public_url: settings.public_url.clone() });
        let mail = Mail::new(kit.db.clone(), tenant, directory.clone(), settings.mail.clone(), settings.data.join("mail"));
        let hook = Hook::new(kit.db.clone(), tenant, directory.clone());
        Ok(Self {
            kit: kit.clone(),
            manage: Manage::new(kit.clone()),
            pages: PageState { kit: kit.clone(), directory: directory.clone() },
            escalation: Escalation::new(directory),
            channels: vec![Arc::new(mail), Arc::new(hook)],
        })
    }

    /// Every hall's routes.
    pub(crate) fn router(&self) -> OpenApiRouter {
        evenkeel_manage::router(self.manage.clone()).merge(page::router(self.pages.clone())).merge(oncall::router(self.pages.clone()))
    }

    /// Who learns of what.
    pub(crate) fn owners(&self) -> Arc<dyn Owners> {
        Arc::new(HallOwners { db: self.kit.db.clone() })
    }

    /// Readers of the ledger.
    pub(crate) fn consumers(&self) -> Vec<Arc<dyn Consumer>> {
        let mut all = evenkeel_manage::consumers();
        all.push(Arc::new(PageConsumer::new(self.escalation.clone())));
        all
    }

    /// What acts when a timer is due.
    pub(crate) fn timers(&self) -> Vec<Arc<dyn TimerHandler>> {
        let mut all = evenkeel_manage::timers();
        all.push(Arc::new(self.escalation.clone()));
        all
    }

    /// Ways out.
    pub(crate) fn channels(&self) -> Vec<Arc<dyn Channel>> {
        self.channels.clone()
    }

    /// Who is told when a message has ended.
    pub(crate) fn outbox_observers(&self) -> Vec<Arc<dyn OutboxObserver>> {
        vec![Arc::new(PageObserver::new(self.escalation.clone()))]
    }

    /// Starts what runs by itself.
    pub(crate) async fn start(&self, _tasks: &mut JoinSet<()>, _cancel: &CancellationToken) -> Result<()> {
        Ok(())
    }

    /// How the schedule of probes is.
    pub(crate) fn probe_health(&self) -> ProbeHealth {
        ProbeHealth { count: 0, late_ms_p99: None }
    }
}
