//! Reading and moving surveys that people are asked.

use evenkeel_core::{
    event::voice::SurveyAskTransitioned,
    id::{PersonId, SurveyAskId, SurveyId, TenantId},
    state::SurveyState,
};
use evenkeel_store::{Sql, StoreError, Tx, params};
use jiff::Timestamp;

use super::{
    definition::{self, Scale},
    machine::{Step, SurveyMachine},
    model::Ask,
    table::{self, COLUMNS, ask_of},
};
use crate::{Act, ticket::machine};

/// What was answered.
#[derive(Debug, Default)]
pub(super) struct Answered {
    pub score: Option<i64>,
    pub answers: Option<String>,
    pub via: Option<&'static str>,
}

/// One of them.
pub(super) async fn find(sql: &mut dyn Sql, tenant: TenantId, id: SurveyAskId) -> Result<Option<Ask>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM survey_ask WHERE tenant_id = $1 AND id = $2");
    sql.row(&text, params![tenant, id]).await?.as_ref().map(ask_of).transpose()
}

/// One of them, held for this transaction.
pub(super) async fn find_held(tx: &mut Tx, tenant: TenantId, id: SurveyAskId) -> Result<Option<Ask>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM survey_ask WHERE tenant_id = $1 AND id = $2{}", tx.dialect().for_update());
    tx.row(&text, params![tenant, id]).await?.as_ref().map(ask_of).transpose()
}

/// Takes a step: the row and one event an edge.
///
/// # Errors
/// A refusal when its state does not allow it; [`StoreError::Conflict`] when another writer was first.
pub(super) async fn take(tx: &mut Tx, act: &Act, mut ask: Ask, step: Step, answered: Answered) -> Result<Ask, StoreError> {
    let before = ask.state;
    let path = machine::path::<SurveyMachine>(before, step)?;
    let mut events = Vec::with_capacity(path.len());
    for to in path {
        let last = path.last() == Some(to);
        let body = SurveyAskTransitioned {
            from: ask.state,
            to: *to,
            score: answered.score.filter(|_| last),
            answers: answered.answers.clone().filter(|_| last),
            via: answered.via.filter(|_| last).map(ToOwned::to_owned),
        };
        events.push(act.event(ask.id, &body)?);
        ask.state = *to;
        match to {
            SurveyState::Sent => ask.sent_at = Some(act.at),
            SurveyState::Answered | SurveyState::Declined => ask.answered_at = Some(act.at),
            SurveyState::Waiting | SurveyState::Expired | SurveyState::Undelivered => {}
        }
    }
    ask.score = answered.score;
    ask.answers = answered.answers;
    if !table::update(tx, before, &ask).await? {
        return Err(StoreError::Conflict(format!("survey {}", ask.id)));
    }
    for event in &events {
        tx.append(event).await?;
    }
    Ok(ask)
}

/// What one person may answer now, the newest first; fifty at most.
pub(super) async fn open_of(sql: &mut dyn Sql, tenant: TenantId, person: PersonId, now: Timestamp) -> Result<Vec<Ask>, StoreError> {
    let text = format!(
        "SELECT {COLUMNS} FROM survey_ask WHERE tenant_id = $1 AND person_id = $2 AND expires_at > $3 AND send_at <= $3
         AND state IN ('waiting', 'sent', 'undelivered') ORDER BY send_at DESC, id LIMIT 50"
    );
    sql.rows(&text, params![tenant, person, now]).await?.iter().map(ask_of).collect()
}

/// Whether this person was asked after a ticket since.
pub(super) async fn asked_since(sql: &mut dyn Sql, tenant: TenantId, person: PersonId, since: Timestamp) -> Result<bool, StoreError> {
    let text = "SELECT 1 AS n FROM survey_ask WHERE tenant_id = $1 AND person_id = $2 AND send_at > $3 AND ticket_id IS NOT NULL LIMIT 1";
    Ok(sql.row(text, params![tenant, person, since]).await?.is_some())
}

/// The scale of a survey, as it is now.
pub(crate) async fn scale_of(sql: &mut dyn Sql, tenant: TenantId, ask: &str) -> Result<Option<Scale>, StoreError> {
    let Ok(id) = ask.parse() else { return Ok(None) };
    let Some(found) = find(sql, tenant, id).await? else { return Ok(None) };
    Ok(Some(definition::version(sql, tenant, found.survey_id, found.survey_version).await?.scale))
}

/// The mean score of a survey's answers in `[from, to)`, and of how many; none of none.
pub(crate) async fn means(
    sql: &mut dyn Sql,
    tenant: TenantId,
    survey: SurveyId,
    from: Timestamp,
    to: Timestamp,
) -> Result<(Option<f64>, i64), StoreError> {
    let row = sql
        .row(
            "SELECT COUNT(score) AS n, AVG(CAST(score AS DOUBLE PRECISION)) AS mean FROM survey_ask
             WHERE tenant_id = $1 AND survey_id = $2 AND state = 'answered' AND answered_at >= $3 AND answered_at < $4",
            params![tenant, survey, from, to],
        )
        .await?;
    row.map_or(Ok((None, 0)), |row| Ok((row.opt_float("mean")?, row.int("n")?)))
}
