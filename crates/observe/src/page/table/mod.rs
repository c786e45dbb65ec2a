//! Rows of pages: the run (one for each incident, where its escalation stands), each message, and acknowledge tokens.

use std::str::FromStr;

use evenkeel_core::{
    id::{ContactMethodId, IncidentId, PageId, PersonId, TeamId, TenantId},
    state::PageReason,
};
use evenkeel_store::{Row, Sql, StoreError, Tx, params};
use jiff::Timestamp;

use super::policy::{Step, Target};

mod held;
mod migration;
mod proof;

pub use held::{bundle_until, drop_held, held_due, next_release, set_state, told_since};
pub use migration::MIGRATIONS;
pub use proof::{add_receipt_token, add_responder, mark_delivered, mark_read, receipt_page, responders};

/// Where the escalation of an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// Somebody was told; nobody answered yet.
    Paging,
    /// Somebody has it.
    Taken,
    /// Everybody was told as often as the rota allows.
    Exhausted,
    /// The incident is resolved, closed, cancelled or merged.
    Over,
}

impl RunState {
    /// The word in the database and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paging => "paging",
            Self::Taken => "taken",
            Self::Exhausted => "exhausted",
            Self::Over => "over",
        }
    }
}
impl FromStr for RunState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Paging, Self::Taken, Self::Exhausted, Self::Over]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("{text:?} is not a state of a page run"))
    }
}

/// The escalation of one incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Whose.
    pub tenant: TenantId,
    /// Of which incident.
    pub incident: IncidentId,
    /// Whose rota.
    pub team: TeamId,
    /// The last to be told.
    pub owner: Option<PersonId>,
    /// Where it stands.
    pub state: RunState,
    /// The round in which this stretch of trouble began.
    pub first_round: i64,
    /// Counts up over the incident's whole life.
    pub round: i64,
    /// 1 = first on call.
    pub step: i64,
    /// Whom to tell in this round, step by step.
    pub plan: Vec<Step>,
}

/// A plan as it is stored: rounds that were under way before there were policies name one person a step.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum StoredPlan {
    Steps(Vec<Step>),
    People(Vec<PersonId>),
}

impl From<StoredPlan> for Vec<Step> {
    fn from(stored: StoredPlan) -> Self {
        match stored {
            StoredPlan::Steps(steps) => steps,
            StoredPlan::People(people) => {
                people.into_iter().map(|person| Step { targets: vec![Target::Person(person)], wait_secs: 300 }).collect()
            }
        }
    }
}

/// The run of an incident, when it has one.
pub async fn run(sql: &mut dyn Sql, tenant: TenantId, incident: IncidentId) -> Result<Option<Run>, StoreError> {
    sql.row(
        "SELECT team_id, owner_id, state, first_round, round, step, people FROM page_run WHERE tenant_id = $1 AND incident_id = $2",
        params![tenant, incident],
    )
    .await?
    .map(|row| {
        Ok(Run {
            tenant,
            incident,
            team: row.id("team_id")?,
            owner: row.opt_id("owner_id")?,
            state: row.word("state")?,
            first_round: row.int("first_round")?,
            round: row.int("round")?,
            step: row.int("step")?,
            plan: row.json::<StoredPlan>("people")?.into(),
        })
    })
    .transpose()
}

/// Writes a run.
pub async fn put_run(tx: &mut Tx, run: &Run) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO page_run (tenant_id, incident_id, team_id, owner_id, state, first_round, round, step, people)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (tenant_id, incident_id) DO UPDATE SET team_id = excluded.team_id, owner_id = excluded.owner_id,
            state = excluded.state, first_round = excluded.first_round, round = excluded.round, step = excluded.step,
            people = excluded.people",
        params![
            run.tenant,
            run.incident,
            run.team,
            run.owner,
            run.state.as_str(),
            run.first_round,
            run.round,
            run.step,
            serde_json::to_string(&run.plan)?
        ],
    )
    .await
    .map(|_| ())
}

/// One message to one person over one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRow {
    /// Its id.
    pub id: PageId,
    /// Of which incident.
    pub incident: IncidentId,
    /// To whom.
    pub person: PersonId,
    /// Of which team's rota.
    pub team: TeamId,
    /// In which round.
    pub round: i64,
    /// In which step of it.
    pub step: i64,
    /// `mail`, `webhook`, or the name of a gateway.
    pub channel: String,
    /// Over which way of the person; none of pages of before there were ways.
    pub method: Option<ContactMethodId>,
    /// The way's place among the person's ways.
    pub place: i64,
    /// What it tells.
    pub reason: PageReason,
    /// Idempotency key.
    pub key: String,
    /// `held` (waits for quiet hours or a bundle), `queued`, `sent`, `dead` (given up), `undelivered` (taken, and it did not
    /// arrive), `dropped` (held until nobody needed it).
    pub state: String,
    /// Tries, known when it has ended.
    pub attempts: i64,
    /// What the other side said, or why it was given up.
    pub receipt: Option<String>,
    /// When it was decided.
    pub queued_at: Timestamp,
    /// Until when it waits, or waited.
    pub release_at: Option<Timestamp>,
    /// When it was sent or given up.
    pub settled_at: Option<Timestamp>,
    /// When the gateway's receipt said that it arrived.
    pub delivered_at: Option<Timestamp>,
    /// When the person opened its link.
    pub read_at: Option<Timestamp>,
    /// When the person said "mine".
    pub acknowledged_at: Option<Timestamp>,
}

impl PageRow {
    /// Whether the person may still get it, or has.
    pub fn may_arrive(&self) -> bool {
        !matches!(self.state.as_str(), "dead" | "undelivered" | "dropped")
    }
}

const COLUMNS: &str = "id, incident_id, person_id, team_id, round, step, channel, method_id, place, reason, key, state, attempts, receipt, queued_at, release_at, settled_at, delivered_at, read_at, acknowledged_at";
/// Pages of one incident that are read at most: steps × rounds × channels stay far below.
const PAGES_MAX: i64 = 2_000;

fn page_row(row: &Row) -> Result<PageRow, StoreError> {
    Ok(PageRow {
        id: row.id("id")?,
        incident: row.id("incident_id")?,
        person: row.id("person_id")?,
        team: row.id("team_id")?,
        round: row.int("round")?,
        step: row.int("step")?,
        channel: row.text("channel")?,
        method: row.opt_id("method_id")?,
        place: row.int("place")?,
        reason: row.word("reason")?,
        key: row.text("key")?,
        state: row.text("state")?,
        attempts: row.int("attempts")?,
        receipt: row.opt_text("receipt")?,
        queued_at: row.at("queued_at")?,
        release_at: row.opt_at("release_at")?,
        settled_at: row.opt_at("settled_at")?,
        delivered_at: row.opt_at("delivered_at")?,
        read_at: row.opt_at("read_at")?,
        acknowledged_at: row.opt_at("acknowledged_at")?,
    })
}

/// The pages of an incident, oldest first.
pub async fn pages_of(sql: &mut dyn Sql, tenant: TenantId, incident: IncidentId) -> Result<Vec<PageRow>, StoreError> {
    sql.rows(
        &format!("SELECT {COLUMNS} FROM page WHERE tenant_id = $1 AND incident_id = $2 ORDER BY queued_at, round, CASE WHEN reason = 'firing' THEN 0 ELSE 1 END, step, channel, id LIMIT $3"),
        params![tenant, incident, PAGES_MAX],
    )
    .await?
    .iter()
    .map(page_row)
    .collect()
}

/// One page.
pub async fn page(sql: &mut dyn Sql, tenant: TenantId, id: PageId) -> Result<Option<PageRow>, StoreError> {
    sql.row(&format!("SELECT {COLUMNS} FROM page WHERE tenant_id = $1 AND id = $2"), params![tenant, id])
        .await?
        .as_ref()
        .map(page_row)
        .transpose()
}

/// Writes a new page; `false` when its key is known already, and then nothing is changed.
pub async fn insert_page(tx: &mut Tx, tenant: TenantId, page: &PageRow) -> Result<bool, StoreError> {
    Ok(tx
        .execute(
            "INSERT INTO page (tenant_id, id, incident_id, person_id, team_id, round, step, channel, reason, key, state, attempts, queued_at,
                method_id, place, release_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13, $14, $15) ON CONFLICT (key) DO NOTHING",
            params![
                tenant,
                page.id,
                page.incident,
                page.person,
                page.team,
                page.round,
                page.step,
                &page.channel,
                page.reason,
                &page.key,
                &page.state,
                page.queued_at,
                page.method,
                page.place,
                page.release_at
            ],
        )
        .await?
        > 0)
}

/// Writes down how a page ended.
pub async fn settle_page(tx: &mut Tx, tenant: TenantId, id: PageId, state: &str, attempts: i64, receipt: &str) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "UPDATE page SET state = $3, attempts = $4, receipt = $5, settled_at = $6 WHERE tenant_id = $1 AND id = $2",
        params![tenant, id, state, attempts, receipt, now],
    )
    .await
    .map(|_| ())
}

/// Marks what a person was told of an incident since `first_round` as answered.
pub async fn mark_acknowledged(tx: &mut Tx, run: &Run, person: PersonId, at: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE page SET acknowledged_at = $5 WHERE tenant_id = $1 AND incident_id = $2 AND person_id = $3 AND round >= $4
            AND reason = 'firing' AND acknowledged_at IS NULL",
        params![run.tenant, run.incident, person, run.first_round, at],
    )
    .await
    .map(|_| ())
}
