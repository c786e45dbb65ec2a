//! Keeping the board: drawn at the start, drawn again when something changes, and kept when nothing can be read.

use std::{collections::HashMap, sync::Arc, time::Duration};

use evenkeel_core::id::TenantId;
use evenkeel_store::{StoreError, ledger, wake::Interest};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{
    gather::{Measured, gather},
    served::Served,
};
use crate::{Manage, status_page::store};

/// Between two looks at whether something changed, when nobody here wrote anything.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// Between two drawings, however much changes.
const DRAW_GAP: Duration = Duration::from_secs(1);
/// Drawn anew after so long even when nothing changes: planned work begins, and the page says as of when it is true.
const DRAW_EVERY: Duration = Duration::from_secs(30);
/// A database that does not answer within this time is away.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Keeps the pages of `tenant` drawn until `cancel`. Every replica draws its own.
pub async fn keep(manage: Manage, tenant: TenantId, cancel: CancellationToken) {
    let mut keeper = Keeper { manage, tenant, measured: Measured::default(), drawn: None, is_stale: false };
    let ear = keeper.manage.kit.db.listen(Interest::Events(Vec::new()));
    loop {
        keeper.look().await;
        tokio::select! {
            () = cancel.cancelled() => return,
            () = sleep(LOOK_EVERY) => {}
            () = ear.heard() => sleep(DRAW_GAP).await,
        }
    }
}

struct Keeper {
    manage: Manage,
    tenant: TenantId,
    measured: Measured,
    /// The ledger's position when it was drawn last, and when that was.
    drawn: Option<(i64, Instant)>,
    is_stale: bool,
}

impl Keeper {
    async fn look(&mut self) {
        match timeout(ANSWER_WITHIN, self.draw_if_changed()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.cannot_read(&error.to_string()),
            Err(_) => self.cannot_read("the database does not answer"),
        }
    }

    async fn draw_if_changed(&mut self) -> Result<(), StoreError> {
        let position = ledger::reached(&self.manage.kit.db).await?;
        let is_fresh = self.drawn.is_some_and(|(at, when)| at == position && when.elapsed() < DRAW_EVERY);
        if is_fresh && !self.is_stale {
            return Ok(());
        }
        draw_with(&self.manage, self.tenant, &mut self.measured).await?;
        self.drawn = Some((position, Instant::now()));
        if std::mem::take(&mut self.is_stale) {
            tracing::info!("status pages are drawn again");
        }
        Ok(())
    }

    /// What is there stays, and says that nothing newer could be read.
    fn cannot_read(&mut self, error: &str) {
        if self.is_stale {
            return;
        }
        tracing::warn!(%error, "status pages cannot be drawn; the last ones are served and say so");
        let board = &self.manage.pages;
        if let Some(pages) = board.board.pages() {
            let stale = pages.iter().map(|(name, page)| (name.clone(), Arc::new(page.stale(&board.public_url)))).collect();
            board.board.set(stale);
        }
        self.is_stale = true;
    }
}

/// Draws every page now.
///
/// # Errors
/// As any statement; what hangs stays then.
pub async fn draw(manage: &Manage, tenant: TenantId) -> Result<(), StoreError> {
    draw_with(manage, tenant, &mut Measured::default()).await
}

async fn draw_with(manage: &Manage, tenant: TenantId, measured: &mut Measured) -> Result<(), StoreError> {
    let db = &manage.kit.db;
    let (definitions, links) = {
        let mut sql = db.read().await?;
        let definitions = store::list(&mut sql, tenant).await?;
        let mut links = Vec::with_capacity(definitions.len());
        for page in &definitions {
            links.push(store::link(&mut sql, tenant, evenkeel_core::id::StatusPageId::named(&page.name)).await?);
        }
        (definitions, links)
    };
    measured.refresh(db.clock().now());
    let desk = &manage.pages;
    let mut pages = HashMap::with_capacity(definitions.len());
    for (page, link) in definitions.into_iter().zip(links) {
        let snapshot = gather(db, desk.services.as_ref(), tenant, &page.name, &page.body, measured).await?;
        pages.insert(page.name, Arc::new(Served::draw(page.body, link, snapshot, &desk.public_url)));
    }
    desk.board.set(pages);
    Ok(())
}
