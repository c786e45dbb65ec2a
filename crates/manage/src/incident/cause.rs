//! What caused an incident, in a word of the house's vocabulary: said when it is resolved, if anybody knows. Staff only.

use evenkeel_api::{ApiResult, Caller, Permission};
use evenkeel_core::{event::manage::CauseNamed, id::IncidentId};
use evenkeel_store::{Migration, Sql, StoreError, Tx, params};

use super::change::Change;
use crate::cause::{self, TermView};

/// The table.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.incident_cause.0001",
    sql: &["CREATE TABLE incident_cause (
            tenant_id TEXT NOT NULL, incident_id TEXT NOT NULL, cause TEXT NOT NULL, causes_version BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, incident_id))"],
}];

/// Names the cause that a word means. The last word counts.
///
/// # Errors
/// A refusal that names the causes there are.
pub(super) async fn name(tx: &mut Tx, change: &mut Change, word: &str) -> ApiResult<()> {
    let tenant = change.act.tenant;
    let (causes, causes_version) = cause::current(tx, tenant).await?;
    let cause = causes.cause(word)?.name.clone();
    tx.execute(
        "INSERT INTO incident_cause (tenant_id, incident_id, cause, causes_version) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, incident_id) DO UPDATE SET cause = excluded.cause, causes_version = excluded.causes_version",
        params![tenant, change.incident.id, &cause, causes_version],
    )
    .await?;
    change.record(&CauseNamed { cause, causes_version })?;
    Ok(())
}

/// What caused an incident, when somebody said so and this caller is staff who may know.
pub(super) async fn named(sql: &mut dyn Sql, caller: &Caller, incident: IncidentId) -> Result<Option<TermView>, StoreError> {
    if !caller.may(Permission::ReviewRead) {
        return Ok(None);
    }
    let text = "SELECT cause, causes_version FROM incident_cause WHERE tenant_id = $1 AND incident_id = $2";
    let Some(row) = sql.row(text, params![caller.tenant, incident]).await? else { return Ok(None) };
    let words = cause::at(sql, caller.tenant, row.int("causes_version")?).await?;
    Ok(Some(TermView::of(&words.causes, &row.text("cause")?)))
}
