//! Folds of the ledger kept in memory, one for each tenant, and brought up to the ledger's position when somebody asks.
//!
//! Each is a cache of a pure fold and nothing else: thrown away, it is folded again.

use std::{collections::HashMap, sync::Arc};

use evenkeel_core::{event::Event, id::TenantId};
use evenkeel_store::{Db, Sql, StoreError, ledger};
use tokio::sync::{Mutex, OwnedRwLockReadGuard, RwLock};

use crate::world::{World, apply::KINDS};

/// Events read from the ledger at a time.
const BATCH: i64 = 5_000;

/// Something that events add up to.
pub trait Fold: Default + Send + Sync + 'static {
    /// The kinds of event it is made of.
    const KINDS: &'static [&'static str];
    /// Takes one event.
    fn take(&mut self, event: &Event);
    /// The last position taken.
    fn position(&self) -> i64;
    /// Nothing up to here is missing.
    fn reached(&mut self, position: i64);
}

impl Fold for World {
    const KINDS: &'static [&'static str] = KINDS;
    fn take(&mut self, event: &Event) {
        self.apply(event);
    }
    fn position(&self) -> i64 {
        self.position
    }
    fn reached(&mut self, position: i64) {
        self.position = self.position.max(position);
    }
}

/// The folds of all tenants.
#[derive(Debug)]
pub struct Live<F = World> {
    folds: Arc<Mutex<HashMap<TenantId, Arc<RwLock<F>>>>>,
}

impl<F> Default for Live<F> {
    fn default() -> Self {
        Self { folds: Arc::default() }
    }
}

impl<F> Clone for Live<F> {
    fn clone(&self) -> Self {
        Self { folds: Arc::clone(&self.folds) }
    }
}

/// A fold that stays as it is while this is held.
pub type Held<F = World> = OwnedRwLockReadGuard<F>;

impl<F: Fold> Live<F> {
    /// The fold with every event that is safe to read by now.
    ///
    /// # Errors
    /// Of the store.
    pub async fn catch_up(&self, db: &Db, tenant: TenantId) -> Result<Held<F>, StoreError> {
        let kept = Arc::clone(self.folds.lock().await.entry(tenant).or_default());
        let horizon = ledger::reached(db).await?;
        {
            let known = Arc::clone(&kept).read_owned().await;
            if known.position() >= horizon {
                return Ok(known);
            }
        }
        let mut writing = kept.write_owned().await;
        if writing.position() >= horizon {
            return Ok(writing.downgrade());
        }
        let mut read = db.read().await?;
        fold(&mut *writing, &mut read, tenant, horizon).await?;
        Ok(writing.downgrade())
    }
}

/// Folds the ledger's events after the fold's position up to `up_to` into it.
///
/// # Errors
/// Of the store; the fold then stands where reading stopped.
pub async fn fold<F: Fold>(into: &mut F, sql: &mut dyn Sql, tenant: TenantId, up_to: i64) -> Result<(), StoreError> {
    loop {
        let events = ledger::scan(sql, Some(tenant), into.position(), up_to, BATCH, F::KINDS).await?;
        let full = i64::try_from(events.len()).unwrap_or(i64::MAX) >= BATCH;
        for event in &events {
            into.take(event);
        }
        if !full {
            into.reached(up_to);
            return Ok(());
        }
    }
}
