//! Series that are looked up once and written to often: who measures the same things every few seconds need not say their names
//! each time.

use evenkeel_core::id::TenantId;

use super::{Refusal, Store, StoreError, Taken, Value};

/// A series of a tenant, good for one [`Numbering`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SeriesRef(pub(crate) u32);

/// For how long a [`SeriesRef`] is good: series get other numbers when many have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Numbering(u64);

/// One sample of a series that was looked up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Known<'a> {
    /// The series.
    pub series: SeriesRef,
    /// Milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The value.
    pub value: Value<'a>,
}

/// Series have other numbers now: nothing was taken; ask [`Store::renumber`] for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renumbered;

impl Store {
    /// The series with these label sets, made where they are new, and for how long the answer is good. A series that gets no
    /// sample does not last.
    pub fn look_up(&self, tenant: TenantId, sets: &[&[(&str, &str)]]) -> (Numbering, Vec<Result<SeriesRef, Refusal>>) {
        let tenant = self.tenant(tenant);
        let bounds = self.bounds(tenant.limits());
        let mut state = tenant.write();
        let found = sets.iter().map(|labels| state.head.number(labels, &bounds).map(SeriesRef)).collect();
        (Numbering(state.head.numbering), found)
    }

    /// What series of an older numbering are called now; `None` where the series is gone.
    pub fn renumber(&self, tenant: TenantId, numbering: Numbering, series: &mut [Option<SeriesRef>]) -> Numbering {
        let tenant = self.tenant(tenant);
        let state = tenant.read();
        for one in series {
            *one = one.and_then(|one| state.head.renumbered(numbering.0, one.0)).map(SeriesRef);
        }
        Numbering(state.head.numbering)
    }

    /// The same as [`Store::append`] for series that were looked up.
    ///
    /// # Errors
    /// As there. The inner error says that the numbering has changed.
    pub fn append_known(
        &self,
        tenant: TenantId,
        numbering: Numbering,
        batch: &[Known<'_>],
    ) -> Result<Result<Taken, Renumbered>, StoreError> {
        let tenant = self.tenant(tenant);
        let bounds = self.bounds(tenant.limits());
        let taken = {
            let mut state = tenant.write();
            let head = &mut state.head;
            if head.numbering != numbering.0 {
                return Ok(Err(Renumbered));
            }
            let taken = head.prepare_known(batch, &bounds);
            self.finish(tenant.id, head)?;
            taken
        };
        self.settle(taken).map(Ok)
    }
}
