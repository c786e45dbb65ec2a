//! Status pages ask how services are, which observe knows, and how they were by an agreement's method, which analyze computes;
//! and who is signed in, which sign-in knows.

use std::collections::BTreeMap;

use async_trait::async_trait;
use evenkeel_analyze::{
    Analyze,
    figure::day::{Days, DaysAsk, days},
};
use evenkeel_core::{
    ErrorCode, Failure,
    id::{ServiceId, TenantId},
};
use evenkeel_manage::status_page::{Ask, Condition, Day, Record, Services, Visitor, Visitors};
use evenkeel_observe::sli;
use evenkeel_store::{Db, StoreError};
use http::HeaderMap;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{app::App, sign_in};

/// Services over observe and analyze.
pub(super) struct HallServices(pub(super) Analyze);

#[async_trait]
impl Services for HallServices {
    async fn conditions(&self, db: &Db, tenant: TenantId, services: &[ServiceId]) -> Result<BTreeMap<ServiceId, Condition>, StoreError> {
        let mut read = db.read().await?;
        let rows = sli::table::find_states(&mut read, tenant, services).await?;
        Ok(rows.into_iter().map(|row| (row.service, Condition { state: row.state, sealed_to: row.sealed_to })).collect())
    }

    async fn records(
        &self,
        db: &Db,
        tenant: TenantId,
        zone: &TimeZone,
        span: (Date, Date),
        until: Timestamp,
        asks: &[(Ask, Option<Condition>)],
    ) -> Result<Vec<Record>, StoreError> {
        let world = self.0.live.catch_up(db, tenant).await?;
        let asks: Vec<DaysAsk> = asks
            .iter()
            .map(|((service, agreement), condition)| DaysAsk {
                service: *service,
                agreement: *agreement,
                zone: zone.clone(),
                days: span,
                until,
                open: condition.map(|condition| (condition.sealed_to, condition.state)),
            })
            .collect();
        // Three months of many services are some work: not on a thread that answers requests.
        let measured = tokio::task::spawn_blocking(move || {
            let view = world.latest();
            asks.iter().map(|ask| record(days(view, ask))).collect()
        });
        measured.await.map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()).into())
    }
}

fn record(days: Days) -> Record {
    let secs = |micros: i64| micros / 1_000_000;
    Record {
        share: days.whole.value,
        low: days.whole.low,
        high: days.whole.high,
        days: days
            .days
            .into_iter()
            .map(|(date, day)| Day {
                date,
                good_secs: secs(day.good_micros),
                // A moment of downtime is not lost in the rounding.
                down_secs: (day.downtime_micros + 999_999) / 1_000_000,
                unknown_secs: secs(day.unknown_micros),
            })
            .collect(),
    }
}

/// Visitors over sign-in.
pub(crate) struct SignedIn(pub(crate) App);

#[async_trait]
impl Visitors for SignedIn {
    async fn visitor(&self, headers: &HeaderMap) -> Option<Visitor> {
        let caller = sign_in::reader(&self.0, headers).await?;
        let staff = caller.roles.iter().any(|role| !role.is_scoped());
        if staff { Some(Visitor::Staff) } else { caller.organisation.map(Visitor::Of) }
    }
}
