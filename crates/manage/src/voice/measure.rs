//! What shows whether an action helped: the same figure before and after.

use evenkeel_core::{
    id::{SurveyId, TenantId},
    state::Touchpoint,
};
use evenkeel_store::{Sql, StoreError, params};
use jiff::{SignedDuration, Timestamp};

use crate::survey;

/// The figure is of so many days.
const DAYS: i64 = 30;
/// The word for counting signals.
pub(super) const SIGNALS: &str = "signals";

/// The figure over the 30 days before `at`, and of how many: how many signals at a touchpoint, or the mean of a survey.
pub(super) async fn read(
    sql: &mut dyn Sql,
    tenant: TenantId,
    measure: &str,
    touchpoint: Option<Touchpoint>,
    at: Timestamp,
) -> Result<(Option<f64>, i64), StoreError> {
    let from = at.saturating_sub(SignedDuration::from_hours(24 * DAYS)).unwrap_or(at);
    if let Ok(id) = measure.parse::<SurveyId>() {
        return survey::means(sql, tenant, id, from, at).await;
    }
    let row = sql
        .row(
            "SELECT COUNT(*) AS n FROM voice_signal
             WHERE tenant_id = $1 AND at >= $2 AND at <= $3 AND touchpoint = COALESCE($4, touchpoint)",
            params![tenant, from, at, touchpoint],
        )
        .await?;
    let n = row.map_or(Ok(0), |row| row.int("n"))?;
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    Ok((Some(n as f64), n))
}
