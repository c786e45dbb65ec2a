//! How signals, insights and actions look from outside.

use std::collections::HashMap;

use evenkeel_core::{
    definition::Bilingual,
    id::{InsightId, OrganisationId, PersonId, ServiceId, SurveyId, TenantId, VoiceActionId},
    state::Touchpoint,
};
use evenkeel_store::{Row, Sql, StoreError, ledger, params, places};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use utoipa::ToSchema;

use crate::party::{NameRef, PersonRef, Wanted, load_names};

/// One thing that a customer let us know.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = VoiceSignal)]
pub(super) struct SignalView {
    /// The position of its event in the ledger.
    pub seq: i64,
    /// `grievance`, `complaint`, `survey`, `rating`, `reopened`.
    pub kind: String,
    /// Of what.
    pub subject_id: String,
    /// Its short number, or that of the ticket.
    pub number: Option<i64>,
    /// The score that was given.
    pub score: Option<i64>,
    /// What was said; null when nothing was, or it was erased.
    pub text: Option<String>,
    /// Where the customer met us.
    pub touchpoint: Touchpoint,
    pub service: Option<NameRef>,
    pub organisation: Option<NameRef>,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Whether an insight stands on it.
    pub used: bool,
}

/// What is done about an insight.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = VoiceAction)]
pub(super) struct ActionView {
    pub id: VoiceActionId,
    /// What; null when it was erased.
    pub text: Option<String>,
    pub owner: PersonRef,
    #[schema(value_type = String, format = Date)]
    pub due_on: Date,
    /// `signals`: how many signals of the insight's touchpoint in 30 days; else the id of a survey: its mean over 30 days.
    pub measure: String,
    /// The survey's name, when it is one.
    pub survey: Option<Bilingual>,
    /// The figure before; none = nothing to compute it of.
    pub before: Option<f64>,
    pub before_n: i64,
    /// The figure after, once it was measured.
    pub after: Option<f64>,
    pub after_n: Option<i64>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub measured_at: Option<Timestamp>,
}

/// What several signals mean together.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Insight)]
pub(super) struct InsightView {
    pub id: InsightId,
    /// The words; null when they were erased.
    pub text: Option<String>,
    pub touchpoint: Option<Touchpoint>,
    /// Who says so.
    pub person: Option<PersonRef>,
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    /// What it stands on, the newest first.
    pub signals: Vec<SignalView>,
    /// The first due first.
    pub actions: Vec<ActionView>,
}

/// The columns of a signal.
pub(super) const SIGNAL: &str = "seq, kind, subject_id, number, score, text_digest, touchpoint, service_id, organisation_id, at, \
    (SELECT COUNT(*) FROM voice_insight_signal u WHERE u.tenant_id = voice_signal.tenant_id AND u.seq = voice_signal.seq) AS uses";

/// How signals look, in the same order.
pub(super) async fn signals(sql: &mut dyn Sql, tenant: TenantId, rows: &[Row]) -> Result<Vec<SignalView>, StoreError> {
    let mut wanted = Wanted::default();
    let mut digests = Vec::new();
    for row in rows {
        wanted.services.extend(row.opt_id::<evenkeel_core::id::Service>("service_id")?);
        wanted.organisations.extend(row.opt_id::<evenkeel_core::id::Organisation>("organisation_id")?);
        digests.extend(row.opt_text("text_digest")?);
    }
    let names = load_names(sql, tenant, &wanted).await?;
    let texts = ledger::texts(sql, &digests).await?;
    rows.iter()
        .map(|row| {
            let kind = row.text("kind")?;
            let text = row.opt_text("text_digest")?.and_then(|digest| texts.get(&digest).cloned().flatten());
            let service: Option<ServiceId> = row.opt_id("service_id")?;
            let organisation: Option<OrganisationId> = row.opt_id("organisation_id")?;
            Ok(SignalView {
                seq: row.int("seq")?,
                subject_id: row.text("subject_id")?,
                number: row.opt_int("number")?,
                score: row.opt_int("score")?,
                // Of a survey everything beside the score is kept together: here are its free words.
                text: if kind == "survey" { text.and_then(|text| free_words(&text)) } else { text },
                kind,
                touchpoint: row.word("touchpoint")?,
                service: service.map(|id| names.service(id)),
                organisation: organisation.map(|id| names.organisation(id)),
                at: row.at("at")?,
                used: row.int("uses")? > 0,
            })
        })
        .collect()
}

fn free_words(kept: &str) -> Option<String> {
    serde_json::from_str::<serde_json::Value>(kept).ok()?["text"].as_str().map(ToOwned::to_owned)
}

/// How insights look, given their rows, in the same order.
pub(super) async fn insights(sql: &mut dyn Sql, tenant: TenantId, rows: &[Row]) -> Result<Vec<InsightView>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = rows.iter().map(|row| row.text("id")).collect::<Result<Vec<_>, _>>()?;
    let mut wanted = Wanted::default();
    let mut digests = Vec::new();
    for row in rows {
        wanted.people.extend(row.opt_id::<evenkeel_core::id::Person>("person_id")?);
        digests.push(row.text("text_digest")?);
    }
    let mut values = params![tenant];
    let marks = places(&mut values, &ids);
    let acts = sql
        .rows(
            &format!("SELECT * FROM voice_action WHERE tenant_id = $1 AND insight_id IN ({marks}) ORDER BY due_on, id LIMIT 1000"),
            values.clone(),
        )
        .await?;
    for row in &acts {
        wanted.people.insert(row.id("owner_id")?);
        digests.push(row.text("text_digest")?);
    }
    let links = sql
        .rows(
            &format!("SELECT insight_id, seq FROM voice_insight_signal WHERE tenant_id = $1 AND insight_id IN ({marks}) LIMIT 5000"),
            values.clone(),
        )
        .await?;
    let text = format!(
        "SELECT {SIGNAL} FROM voice_signal WHERE tenant_id = $1 AND seq IN
            (SELECT seq FROM voice_insight_signal WHERE tenant_id = $1 AND insight_id IN ({marks})) ORDER BY seq DESC LIMIT 5000"
    );
    let found = sql.rows(&text, values).await?;
    let found = signals(sql, tenant, &found).await?;
    let names = load_names(sql, tenant, &wanted).await?;
    let texts = ledger::texts(sql, &digests).await?;
    let said = |digest: &str| texts.get(digest).cloned().flatten();
    let mut of = HashMap::<String, Vec<i64>>::new();
    for link in &links {
        of.entry(link.text("insight_id")?).or_default().push(link.int("seq")?);
    }
    let mut actions = HashMap::<String, Vec<ActionView>>::new();
    for row in &acts {
        let (measure, due_on) = (row.text("measure")?, row.text("due_on")?);
        let survey = match measure.parse::<SurveyId>() {
            Ok(id) => crate::definition::find::<crate::survey::SurveyDefinition>(sql, tenant, crate::survey::KIND, id).await?,
            Err(_) => None,
        };
        actions.entry(row.text("insight_id")?).or_default().push(ActionView {
            id: row.id("id")?,
            text: said(&row.text("text_digest")?),
            owner: names.person(row.id("owner_id")?),
            due_on: due_on.parse().map_err(|error| StoreError::Corrupt(format!("column due_on: {due_on:?}: {error}")))?,
            measure,
            survey: survey.map(|survey| survey.body.display),
            before: row.opt_float("before_value")?,
            before_n: row.int("before_n")?,
            after: row.opt_float("after_value")?,
            after_n: row.opt_int("after_n")?,
            measured_at: row.opt_at("measured_at")?,
        });
    }
    rows.iter()
        .map(|row| {
            let id = row.text("id")?;
            let seqs = of.get(&id).cloned().unwrap_or_default();
            let person: Option<PersonId> = row.opt_id("person_id")?;
            Ok(InsightView {
                id: row.id("id")?,
                text: said(&row.text("text_digest")?),
                touchpoint: row.opt_word("touchpoint")?,
                person: person.map(|id| names.person(id)),
                made_at: row.at("made_at")?,
                signals: found.iter().filter(|signal| seqs.contains(&signal.seq)).cloned().collect(),
                actions: actions.remove(&id).unwrap_or_default(),
            })
        })
        .collect()
}
