//! Taking samples: planned, logged, applied.

use std::sync::atomic::Ordering;

use evenkeel_core::id::TenantId;

use super::{
    Incoming, Store, StoreError, Taken, TenantLimits,
    head::{Head, plan::Bounds},
    lock,
    wal::Holds,
};

impl Store {
    /// Takes a batch of samples: one scrape, one request. Those that cannot be taken are counted with their reason, and the
    /// others are taken. When this returns with `sync_every` zero, they are on the disk; otherwise after the next
    /// [`Store::sync`].
    ///
    /// # Errors
    /// The disk's. Nothing of the batch was taken then; with `sync_every` zero it may have been, when only the last step
    /// failed, and sending it again does no harm.
    pub fn append(&self, tenant: TenantId, batch: &[Incoming<'_>]) -> Result<Taken, StoreError> {
        let tenant = self.tenant(tenant);
        let bounds = self.bounds(tenant.limits());
        let taken = {
            let mut state = tenant.write();
            let head = &mut state.head;
            let taken = head.prepare(batch, &bounds);
            self.finish(tenant.id, head)?;
            taken
        };
        self.settle(taken)
    }

    /// What bounds a batch of a tenant with these limits, now.
    pub(super) fn bounds(&self, tenant: TenantLimits) -> Bounds {
        Bounds {
            tenant,
            late_ms: self.config.late_ms,
            newest_ms: self.now_ms().saturating_add(self.config.ahead_ms),
            labels_max: self.config.labels_max,
            label_bytes_max: self.config.label_bytes_max,
        }
    }

    /// Logs what was planned and does it.
    pub(super) fn finish(&self, tenant: TenantId, head: &mut Head) -> Result<(), StoreError> {
        if !head.idle() {
            self.log(tenant, head)?;
            if let Some(oldest) = head.planned_oldest() {
                head.arrivals.note(oldest, self.now_ms());
            }
            head.apply();
        }
        Ok(())
    }

    /// Counts what was taken, and brings it to the disk when every append must be there.
    pub(super) fn settle(&self, taken: Taken) -> Result<Taken, StoreError> {
        self.samples.fetch_add(taken.accepted as u64, Ordering::Relaxed);
        self.refused.fetch_add(taken.refused() as u64, Ordering::Relaxed);
        if self.config.sync_every.is_zero() {
            self.sync()?;
        }
        Ok(taken)
    }

    fn log(&self, tenant: TenantId, head: &mut Head) -> Result<(), StoreError> {
        let mut wal = lock(&self.wal);
        let segment = wal.begin().map_err(StoreError::io("beginning a log segment"))?;
        let mut records = wal.buffer();
        head.write_log(segment, &mut records);
        let mut holds = Holds::default();
        if let Some(newest) = head.planned_newest() {
            holds.newest.insert(tenant, newest);
        }
        if head.plans_late() {
            holds.late.insert(tenant, 0);
        }
        let done = wal.commit(tenant, &records, &holds);
        wal.give_back(records);
        done.map_err(StoreError::io("writing to its log"))?;
        Ok(())
    }

    /// Brings everything taken so far to the disk.
    ///
    /// # Errors
    /// The disk's. The log then goes on in another segment; what the failed one holds stays in memory until it is in a block.
    pub fn sync(&self) -> Result<(), StoreError> {
        // Taken under the lock, synced outside of it: writers go on meanwhile, and two callers may sync the same file.
        let _turn = lock(&self.syncing);
        let files = lock(&self.wal).take_dirty();
        for file in files {
            if let Err(error) = file.sync_data() {
                lock(&self.wal).close();
                return Err(StoreError::io("bringing its log to the disk")(error));
            }
        }
        Ok(())
    }
}
