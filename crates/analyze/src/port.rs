//! What this hall asks of others. The server implements these over the halls that know.

use std::collections::BTreeMap;

use async_trait::async_trait;
use evenkeel_api::Caller;
use evenkeel_core::id::{ComplaintId, IncidentId, PersonId, RequestId, ServiceId, TeamId, TenantId};
use evenkeel_store::{Sql, StoreError, Tx};
use jiff::{Timestamp, tz::TimeZone};

/// Seals a service's indicator, so that figures find everything up to an instant in the ledger.
#[async_trait]
pub trait SliSealer: Send + Sync + 'static {
    /// Appends what is not sealed yet up to `to` (never beyond now). Sealing twice appends nothing.
    async fn seal_until(&self, tenant: TenantId, service: ServiceId, to: Timestamp) -> Result<(), StoreError>;
}

/// Keeps the earliest due time beside the incident, for its queue.
#[async_trait]
pub trait DueSink: Send + Sync + 'static {
    /// The earliest instant at which a running SLA clock of this incident is due; none = nothing is due.
    async fn set_due(&self, tx: &mut Tx, tenant: TenantId, incident: IncidentId, due_at: Option<Timestamp>) -> Result<(), StoreError>;
}

/// Requests, as far as their clock goes.
#[async_trait]
pub trait Requests: Send + Sync + 'static {
    /// Keeps when a request is due beside it; none = nothing is due.
    async fn set_due(&self, tx: &mut Tx, tenant: TenantId, request: RequestId, due_at: Option<Timestamp>) -> Result<(), StoreError>;
    /// Whether there is such a request and the caller may see it.
    async fn shows(&self, sql: &mut dyn Sql, caller: &Caller, request: RequestId) -> Result<bool, StoreError>;
}

/// Complaints, as far as their clock goes.
#[async_trait]
pub trait Complaints: Send + Sync + 'static {
    /// Keeps when a reply is due beside the complaint; none = nothing is due.
    async fn set_due(&self, tx: &mut Tx, tenant: TenantId, complaint: ComplaintId, due_at: Option<Timestamp>) -> Result<(), StoreError>;
    /// Whether there is such a complaint and the caller may see it.
    async fn shows(&self, sql: &mut dyn Sql, caller: &Caller, complaint: ComplaintId) -> Result<bool, StoreError>;
}

/// Who people are and what they may.
#[async_trait]
pub trait People: Send + Sync + 'static {
    /// The shown names of these people; who is not known is left out.
    async fn displays(&self, sql: &mut dyn Sql, tenant: TenantId, people: &[PersonId]) -> Result<Vec<(PersonId, String)>, StoreError>;
    /// The active people who may approve reports.
    async fn approvers(&self, sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<PersonId>, StoreError>;
}

/// In which zone a team's nights are.
#[async_trait]
pub trait TeamZones: Send + Sync + 'static {
    /// The zone of each team that has one.
    async fn zones(&self, sql: &mut dyn Sql, tenant: TenantId, teams: &[TeamId]) -> Result<BTreeMap<TeamId, TimeZone>, StoreError>;
}

/// No team has a zone of its own.
#[derive(Debug, Clone, Copy)]
pub struct NoZones;

#[async_trait]
impl TeamZones for NoZones {
    async fn zones(&self, _: &mut dyn Sql, _: TenantId, _: &[TeamId]) -> Result<BTreeMap<TeamId, TimeZone>, StoreError> {
        Ok(BTreeMap::new())
    }
}

/// Everything is sealed as it is: for tests and for tools that look at a ledger nobody writes to.
#[derive(Debug, Clone, Copy)]
pub struct NothingToSeal;

#[async_trait]
impl SliSealer for NothingToSeal {
    async fn seal_until(&self, _: TenantId, _: ServiceId, _: Timestamp) -> Result<(), StoreError> {
        Ok(())
    }
}

/// There are no complaints.
#[derive(Debug, Clone, Copy)]
pub struct NoComplaints;

#[async_trait]
impl Complaints for NoComplaints {
    async fn set_due(&self, _: &mut Tx, _: TenantId, _: ComplaintId, _: Option<Timestamp>) -> Result<(), StoreError> {
        Ok(())
    }
    async fn shows(&self, _: &mut dyn Sql, _: &Caller, _: ComplaintId) -> Result<bool, StoreError> {
        Ok(false)
    }
}

/// There are no requests.
#[derive(Debug, Clone, Copy)]
pub struct NoRequests;

#[async_trait]
impl Requests for NoRequests {
    async fn set_due(&self, _: &mut Tx, _: TenantId, _: RequestId, _: Option<Timestamp>) -> Result<(), StoreError> {
        Ok(())
    }
    async fn shows(&self, _: &mut dyn Sql, _: &Caller, _: RequestId) -> Result<bool, StoreError> {
        Ok(false)
    }
}

/// Nobody keeps due times.
#[derive(Debug, Clone, Copy)]
pub struct NoDueSink;

#[async_trait]
impl DueSink for NoDueSink {
    async fn set_due(&self, _: &mut Tx, _: TenantId, _: IncidentId, _: Option<Timestamp>) -> Result<(), StoreError> {
        Ok(())
    }
}
