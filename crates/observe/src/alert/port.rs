//! What this noun asks of the hall that knows services, silences and what is suppressed.

use async_trait::async_trait;
use evenkeel_api::Grant;
use evenkeel_core::{
    Actor,
    id::{AlertId, PersonId, ServiceId, SilenceId, TenantId},
    matcher::{Labels, Matcher},
};
use evenkeel_store::{Sql, StoreError, Tx};
use jiff::Timestamp;

use super::hook::Hook;
use crate::rule::Routing;

/// An alert with what keeps it from being told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Which.
    pub id: AlertId,
    /// What it can be matched by.
    pub labels: Labels,
    /// Since when it fires.
    pub fired_at: Timestamp,
    /// Silences that hold for it.
    pub silenced_by: Vec<SilenceId>,
    /// Alerts that inhibit it.
    pub inhibited_by: Vec<AlertId>,
    /// Whether it is suppressed for another reason: maintenance, or a service that its own depends on.
    pub is_held: bool,
}

/// A silence.
#[derive(Debug, Clone)]
pub struct SilenceCard {
    /// Which.
    pub id: SilenceId,
    /// Of which alerts.
    pub matchers: Vec<Matcher>,
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
    /// `pending`, `active`, `expired`.
    pub state: &'static str,
    /// Who made it.
    pub author: String,
    /// Why.
    pub comment: String,
    /// When it was said last.
    pub updated_at: Timestamp,
}

/// A silence to set.
#[derive(Debug, Clone)]
pub struct SilenceDraft {
    /// Which; none = a new one.
    pub id: Option<SilenceId>,
    /// Of which alerts.
    pub matchers: Vec<Matcher>,
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
    /// Who, in the tool's words.
    pub author: String,
    /// Who, when we know.
    pub person: Option<PersonId>,
    /// Why.
    pub comment: String,
}

/// Implemented in the server over the hall that knows.
#[async_trait]
pub trait AlertHouse: Send + Sync + 'static {
    /// How alerts are routed.
    async fn routing(&self, sql: &mut dyn Sql, tenant: TenantId) -> Result<Routing, StoreError>;
    /// The service of this name that is in force.
    async fn service(&self, sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<ServiceId>, StoreError>;
    /// The webhook that is declared under this name, with its secret at hand.
    async fn hook(&self, sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<Hook>, StoreError>;
    /// Every alert that fires, of probes and rules too, and `unrouted` ones beside, with what keeps each back at `now`.
    async fn seen(
        &self,
        sql: &mut dyn Sql,
        tenant: TenantId,
        now: Timestamp,
        unrouted: Vec<(AlertId, Labels, Timestamp)>,
    ) -> Result<Vec<Seen>, StoreError>;
    /// Silences, the newest first; at most some thousands.
    async fn silences(&self, sql: &mut dyn Sql, tenant: TenantId, now: Timestamp) -> Result<Vec<SilenceCard>, StoreError>;
    /// One of them.
    async fn silence(&self, sql: &mut dyn Sql, tenant: TenantId, now: Timestamp, id: SilenceId) -> Result<Option<SilenceCard>, StoreError>;
    /// Sets one; answers which. `None` = there is none of this id.
    async fn set_silence(
        &self,
        tx: &mut Tx,
        grant: &Grant,
        tenant: TenantId,
        actor: &Actor,
        draft: SilenceDraft,
    ) -> Result<Option<SilenceId>, StoreError>;
    /// Ends one now; `None` = there is none of this id.
    async fn end_silence(
        &self,
        tx: &mut Tx,
        grant: &Grant,
        tenant: TenantId,
        actor: &Actor,
        id: SilenceId,
    ) -> Result<Option<bool>, StoreError>;
}
