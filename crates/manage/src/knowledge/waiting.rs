//! The articles that one person is to look through.

use evenkeel_api::Caller;
use evenkeel_core::id::PersonId;
use evenkeel_store::{Sql, StoreError, ledger, params};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::desk::waiting::{At, COUNT_MAX, Waits};

/// Those that are this person's and whose day has come.
pub(crate) async fn waiting(sql: &mut dyn Sql, caller: &Caller, me: PersonId, now: Timestamp) -> Result<Vec<Waits>, StoreError> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let rows = sql
        .rows(
            "SELECT a.id AS id, a.number AS number, a.review_on AS review_on, v.title AS title FROM article a
             JOIN article_version v ON v.tenant_id = a.tenant_id AND v.article_id = a.id AND v.no = a.latest_no
             WHERE a.tenant_id = $1 AND a.owner_id = $2 AND a.state <> 'retired' AND a.review_on <= $3
             ORDER BY a.review_on, a.number LIMIT $4",
            params![caller.tenant, me, today.to_string(), COUNT_MAX],
        )
        .await?;
    let digests = rows.iter().map(|row| row.text("title")).collect::<Result<Vec<_>, _>>()?;
    let texts = ledger::texts(sql, &digests).await?;
    rows.iter()
        .zip(digests)
        .map(|(row, digest)| {
            let day = row.text("review_on")?.parse::<Date>().ok();
            Ok(Waits {
                at: At::Article,
                id: row.text("id")?,
                number: row.int("number")?,
                title: texts.get(&digest).cloned().flatten().unwrap_or_default(),
                due_at: day.and_then(|day| day.to_zoned(TimeZone::UTC).ok()).map(|day| day.timestamp()),
            })
        })
        .collect()
}
