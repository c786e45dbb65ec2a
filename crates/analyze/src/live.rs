//! The world kept in memory, one for each tenant, and brought up to the ledger's position when somebody asks.
//!
//! It is a cache of a pure fold and nothing else: thrown away, it is folded again.

use std::{collections::HashMap, sync::Arc};

use evenkeel_core::id::TenantId;
use evenkeel_store::{Db, Sql, StoreError, ledger};
use tokio::sync::{Mutex, OwnedRwLockReadGuard, RwLock};

use crate::world::{World, apply::KINDS};

/// Events read from the ledger at a time.
const BATCH: i64 = 5_000;

/// The worlds of all tenants.
#[derive(Debug, Clone, Default)]
pub struct Live {
    worlds: Arc<Mutex<HashMap<TenantId, Arc<RwLock<World>>>>>,
}

/// A world that stays as it is while this is held.
pub type Held = OwnedRwLockReadGuard<World>;

impl Live {
    /// The world with every event that is safe to read by now.
    ///
    /// # Errors
    /// Of the store.
    pub async fn catch_up(&self, db: &Db, tenant: TenantId) -> Result<Held, StoreError> {
        let world = Arc::clone(self.worlds.lock().await.entry(tenant).or_default());
        let mut read = db.read().await?;
        let horizon = ledger::horizon(&mut read).await?;
        {
            let known = Arc::clone(&world).read_owned().await;
            if known.position >= horizon {
                return Ok(known);
            }
        }
        let mut writing = world.write_owned().await;
        fold(&mut writing, &mut read, tenant, horizon).await?;
        Ok(writing.downgrade())
    }
}

/// Folds the ledger's events after the world's position up to `up_to` into it.
///
/// # Errors
/// Of the store; the world then stands where reading stopped.
pub async fn fold(world: &mut World, sql: &mut dyn Sql, tenant: TenantId, up_to: i64) -> Result<(), StoreError> {
    loop {
        let events = ledger::scan(sql, Some(tenant), world.position, up_to, BATCH, KINDS).await?;
        let full = i64::try_from(events.len()).unwrap_or(i64::MAX) >= BATCH;
        for event in &events {
            world.apply(event);
        }
        if !full {
            world.position = world.position.max(up_to);
            return Ok(());
        }
    }
}
