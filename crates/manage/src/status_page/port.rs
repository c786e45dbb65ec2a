//! What a status page asks of other halls: how services are, and how they were by an agreement's method. The server implements
//! it over observe and analyze.

use std::collections::BTreeMap;

use async_trait::async_trait;
use evenkeel_core::{
    id::{AgreementId, OrganisationId, ServiceId, TenantId},
    state::SliState,
};
use evenkeel_store::{Db, StoreError};
use http::HeaderMap;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;
use utoipa::ToSchema;

/// How a service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// The state in force.
    pub state: SliState,
    /// Up to where it is in the ledger; from there on `state` holds.
    pub sealed_to: Timestamp,
}

/// Which history: of this service, by the method of this agreement.
pub type Ask = (ServiceId, AgreementId);

/// A service's last days by the method of an agreement.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = StatusRecord)]
pub struct Record {
    /// Share of the known promised time that was good, 0 to 1; null when nothing is known.
    pub share: Option<f64>,
    /// The same with unknown time counted as down.
    pub low: Option<f64>,
    /// The same with unknown time counted as up.
    pub high: Option<f64>,
    /// Days, oldest first.
    pub days: Vec<Day>,
}

/// One day of promised time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = StatusDay)]
pub struct Day {
    /// The day, in the page's zone.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// Promised seconds that were good.
    pub good_secs: i64,
    /// Promised seconds that were down.
    pub down_secs: i64,
    /// Promised seconds that nobody saw: never counted as good.
    pub unknown_secs: i64,
}

/// What a status page asks.
#[async_trait]
pub trait Services: Send + Sync + 'static {
    /// How these services are; who was never looked at is left out.
    async fn conditions(&self, db: &Db, tenant: TenantId, services: &[ServiceId]) -> Result<BTreeMap<ServiceId, Condition>, StoreError>;

    /// How they were on these days of `zone`, up to `until`.
    async fn records(
        &self,
        db: &Db,
        tenant: TenantId,
        zone: &TimeZone,
        days: (Date, Date),
        until: Timestamp,
        asks: &[(Ask, Option<Condition>)],
    ) -> Result<Vec<Record>, StoreError>;
}

/// Who reads a page that is not for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visitor {
    /// One of the provider's staff.
    Staff,
    /// Somebody of this organisation.
    Of(OrganisationId),
}

/// Knows who is signed in.
#[async_trait]
pub trait Visitors: Send + Sync + 'static {
    /// Who sends these headers; none = nobody we know, or we cannot tell now.
    async fn visitor(&self, headers: &HeaderMap) -> Option<Visitor>;
}

/// Knows nothing: services are unknown and have no history.
#[derive(Debug, Clone, Copy)]
pub struct NoServices;

#[async_trait]
impl Services for NoServices {
    async fn conditions(&self, _: &Db, _: TenantId, _: &[ServiceId]) -> Result<BTreeMap<ServiceId, Condition>, StoreError> {
        Ok(BTreeMap::new())
    }
    async fn records(
        &self,
        _: &Db,
        _: TenantId,
        _: &TimeZone,
        _: (Date, Date),
        _: Timestamp,
        asks: &[(Ask, Option<Condition>)],
    ) -> Result<Vec<Record>, StoreError> {
        Ok(asks.iter().map(|_| Record { share: None, low: None, high: None, days: Vec::new() }).collect())
    }
}
