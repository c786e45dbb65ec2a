//! What will go wrong with on-call before it does: gaps ahead, and people who could not be reached.

use evenkeel_core::id::TenantId;
use evenkeel_store::{Sql, StoreError};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    methods,
    reachability::{Reach, reach},
};
use crate::{oncall, page::port::Directory};

/// How far ahead gaps are looked for, days.
pub const GAP_DAYS: i64 = 30;

/// What will go wrong with on-call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OnCallFindings)]
pub struct Findings {
    /// Stretches of the coming 30 days in which a team with a rota has nobody on call.
    pub gaps: i64,
    /// When the first of them begins.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub first_gap_at: Option<Timestamp>,
    /// Places on rotas whose person has proven no way in the last 90 days.
    pub unproven: i64,
    /// Places on rotas whose person has no way at all.
    pub unreachable: i64,
}

/// What will go wrong with on-call, as the rotas in force say.
pub async fn findings(sql: &mut dyn Sql, directory: &dyn Directory, tenant: TenantId, now: Timestamp) -> Result<Findings, StoreError> {
    let to = now.checked_add(SignedDuration::from_hours(GAP_DAYS * 24)).unwrap_or(Timestamp::MAX);
    let mut found = Findings::default();
    for declared in oncall::rotas(sql, tenant).await? {
        if let Ok(rota) = declared.definition.rota() {
            let overrides = oncall::overrides(sql, tenant, declared.definition.team, now).await?;
            let gaps = rota.gaps(&overrides, now, to);
            found.gaps += i64::try_from(gaps.len()).unwrap_or(i64::MAX);
            let first = gaps.first().map(|(from, _)| *from);
            found.first_gap_at = [found.first_gap_at, first].into_iter().flatten().min();
        }
        for member in declared.definition.members() {
            match reach(&methods(sql, directory, tenant, member).await?, now) {
                Reach::Proven => {}
                Reach::Unproven => found.unproven += 1,
                Reach::None => found.unreachable += 1,
            }
        }
    }
    Ok(found)
}
