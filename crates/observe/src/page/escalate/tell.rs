//! Telling one person: over the ways of their first place, and over the next when those fail.

use evenkeel_core::{
    id::{PersonId, TenantId},
    priority::Priority,
    state::PageReason,
};
use evenkeel_store::{StoreError, Tx};
use jiff::{SignedDuration, Timestamp};

use super::{Escalation, queue::Telling};
use crate::{
    contact::{self, Method},
    page::table::{self, PageRow, Run, RunState},
};

/// So long two messages to one way belong together, seconds.
pub(super) const BUNDLE_SECS: i64 = 60;
/// So many incidents within that time are told one by one; those after them are bundled.
const BUNDLE_AFTER: i64 = 2;

impl Escalation {
    /// Tells a person over the ways whose place comes after `after`. Answers when the last of these messages leaves (now, or
    /// when quiet hours or a bundle let it); none when there is no such way.
    pub(super) async fn tell(
        &self,
        tx: &mut Tx,
        run: &Run,
        person: PersonId,
        priority: Priority,
        after: Option<i64>,
    ) -> Result<Option<Timestamp>, StoreError> {
        let methods = contact::methods(tx, self.directory.as_ref(), run.tenant, person).await?;
        let ways = contact::turn(&methods, priority, after);
        if ways.is_empty() {
            return Ok(None);
        }
        let now = tx.now();
        let quiet = contact::quiet_hours(tx, run.tenant, person).await?.and_then(|quiet| quiet.holds(priority, now));
        let mut last = now;
        for method in ways {
            let hold = match quiet {
                Some(until) => Some(("quiet_hours", until)),
                // The gravest waits for nothing: its person learns of it in seconds, whatever else they were just told.
                None if priority.get() == 1 => None,
                None => self.bundle(tx, run, method, now).await?.map(|until| ("bundle", until)),
            };
            let telling = Telling {
                step: run.step,
                person,
                channel: &method.channel,
                method: Some(method.id),
                place: method.place,
                reason: PageReason::Firing,
                because: "",
                hold,
            };
            self.queue(tx, run, &telling).await?;
            last = last.max(hold.map_or(now, |(_, until)| until));
        }
        Ok(Some(last))
    }

    /// Until when a message over this way waits for others, when there were several just now.
    async fn bundle(&self, tx: &mut Tx, run: &Run, method: &Method, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        if let Some(until) = table::bundle_until(tx, run.tenant, method.id, now).await? {
            return Ok(Some(until));
        }
        let since = now.checked_sub(SignedDuration::from_secs(BUNDLE_SECS)).unwrap_or(now);
        let others = table::told_since(tx, run, method.id, since).await?;
        Ok((others >= BUNDLE_AFTER).then(|| now.checked_add(SignedDuration::from_secs(BUNDLE_SECS)).unwrap_or(now)))
    }

    /// A message has not left yet: its person is told over their next ways besides, when they have some.
    pub(super) async fn slow(&self, tx: &mut Tx, tenant: TenantId, page: &PageRow) -> Result<(), StoreError> {
        let Some(run) = table::run(tx, tenant, page.incident).await? else {
            return Ok(());
        };
        if run.state == RunState::Paging && !table::responders(tx, &run).await?.contains(&page.person) {
            let priority = self.priority(tx, &run).await?;
            let run = Run { round: page.round, step: page.step, ..run };
            self.tell(tx, &run, page.person, priority, Some(page.place)).await?;
        }
        Ok(())
    }

    /// A message did not reach its person: they are told over their next ways; when there are none and nobody else of the
    /// step can still be reached, the next step is due at once.
    pub(in crate::page) async fn unreachable(&self, tx: &mut Tx, page: &PageRow, tenant: TenantId) -> Result<(), StoreError> {
        let Some(run) = table::run(tx, tenant, page.incident).await? else {
            return Ok(());
        };
        let current =
            run.state == RunState::Paging && (run.round, run.step) == (page.round, page.step) && page.reason == PageReason::Firing;
        if !current {
            return Ok(());
        }
        let pages = table::pages_of(tx, tenant, page.incident).await?;
        let mut hope = pages.iter().filter(|other| {
            (other.round, other.step) == (page.round, page.step) && other.reason == PageReason::Firing && other.may_arrive()
        });
        if hope.clone().any(|other| other.person == page.person) {
            return Ok(());
        }
        let priority = self.priority(tx, &run).await?;
        if let Some(from) = self.tell(tx, &run, page.person, priority, Some(page.place)).await? {
            let secs =
                usize::try_from(run.step - 1).ok().and_then(|at| run.plan.get(at)).map_or(super::ACK_LIMIT_SECS, |step| step.wait_secs);
            return self.wait(tx, &run, from, secs).await;
        }
        if hope.next().is_some() {
            return Ok(());
        }
        self.hurry(tx, &run).await
    }
}
