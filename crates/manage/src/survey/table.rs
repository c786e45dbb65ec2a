//! Rows of surveys that people are asked. Rows only.

use evenkeel_core::{event::voice::TicketRef, state::TicketKind};
use evenkeel_store::{Migration, Row, StoreError, Tx, Value, params, places};

use super::model::Ask;

/// The table.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.survey.0001",
    sql: &[
        "CREATE TABLE survey_ask (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, survey_id TEXT NOT NULL, survey_version BIGINT NOT NULL, occasion TEXT NOT NULL,
            state TEXT NOT NULL, person_id TEXT NOT NULL, organisation_id TEXT, service_id TEXT, team_id TEXT,
            about_organisation_id TEXT, ticket_kind TEXT, ticket_id TEXT, ticket_number BIGINT, score BIGINT, answers TEXT,
            send_at BIGINT NOT NULL, sent_at BIGINT, answered_at BIGINT, expires_at BIGINT NOT NULL, PRIMARY KEY (tenant_id, id))",
        "CREATE UNIQUE INDEX survey_ask_once ON survey_ask (tenant_id, survey_id, person_id, occasion)",
        "CREATE INDEX survey_ask_person ON survey_ask (tenant_id, person_id, send_at)",
        "CREATE INDEX survey_ask_survey ON survey_ask (tenant_id, survey_id, send_at)",
    ],
}];

pub(super) const COLUMNS: &str = "tenant_id, id, survey_id, survey_version, occasion, state, person_id, organisation_id, service_id, \
    team_id, about_organisation_id, ticket_kind, ticket_id, ticket_number, score, answers, send_at, sent_at, answered_at, expires_at";

pub(super) fn ask_of(row: &Row) -> Result<Ask, StoreError> {
    let ticket = match (row.opt_word::<TicketKind>("ticket_kind")?, row.opt_text("ticket_id")?, row.opt_int("ticket_number")?) {
        (Some(kind), Some(id), Some(number)) => Some(TicketRef { kind, id, number }),
        _ => None,
    };
    Ok(Ask {
        tenant: row.id("tenant_id")?,
        id: row.id("id")?,
        survey_id: row.id("survey_id")?,
        survey_version: row.int("survey_version")?,
        occasion: row.text("occasion")?,
        state: row.word("state")?,
        person_id: row.id("person_id")?,
        organisation_id: row.opt_id("organisation_id")?,
        service_id: row.opt_id("service_id")?,
        team_id: row.opt_id("team_id")?,
        about_organisation_id: row.opt_id("about_organisation_id")?,
        ticket,
        score: row.opt_int("score")?,
        answers: row.opt_text("answers")?,
        send_at: row.at("send_at")?,
        sent_at: row.opt_at("sent_at")?,
        answered_at: row.opt_at("answered_at")?,
        expires_at: row.at("expires_at")?,
    })
}

/// Writes a new row; false when this person is asked about this already.
pub(super) async fn insert(tx: &mut Tx, ask: &Ask) -> Result<bool, StoreError> {
    let ticket = ask.ticket.as_ref();
    let all = params![
        ask.tenant,
        ask.id,
        ask.survey_id,
        ask.survey_version,
        &ask.occasion,
        ask.state,
        ask.person_id,
        ask.organisation_id,
        ask.service_id,
        ask.team_id,
        ask.about_organisation_id,
        Value::opt_word(ticket.map(|ticket| ticket.kind)),
        ticket.map(|ticket| ticket.id.clone()),
        ticket.map(|ticket| ticket.number),
        ask.score,
        &ask.answers,
        ask.send_at,
        ask.sent_at,
        ask.answered_at,
        ask.expires_at,
    ];
    let mut values = Vec::new();
    let marks = places(&mut values, all);
    let text =
        format!("INSERT INTO survey_ask ({COLUMNS}) VALUES ({marks}) ON CONFLICT (tenant_id, survey_id, person_id, occasion) DO NOTHING");
    Ok(tx.execute(&text, values).await? == 1)
}

/// Writes what changed, when it still stands where it stood: whether it did.
pub(super) async fn update(tx: &mut Tx, from: evenkeel_core::state::SurveyState, ask: &Ask) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "UPDATE survey_ask SET state = $4, score = $5, answers = $6, sent_at = $7, answered_at = $8
             WHERE tenant_id = $1 AND id = $2 AND state = $3",
            params![ask.tenant, ask.id, from, ask.state, ask.score, &ask.answers, ask.sent_at, ask.answered_at],
        )
        .await?;
    Ok(touched == 1)
}
