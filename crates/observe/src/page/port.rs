//! What pages ask of the rest of the house: implemented in the server over the hall that knows.

use async_trait::async_trait;
pub use evenkeel_core::Language as Locale;
use evenkeel_core::{
    definition::Bilingual,
    id::{IncidentId, PersonId, TeamId, TenantId},
    priority::Priority,
};
use evenkeel_store::{Db, Message, Sql, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    PageState,
    gateway::{GatewayDefinition, SecretRef},
    message::Letter,
};
use crate::contact::CanaryPlan;

/// A person, as far as telling them goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonCard {
    /// Who.
    pub id: PersonId,
    /// Shown name.
    pub display: String,
    /// Mail address.
    pub mail: Option<String>,
    /// Address that takes a POST.
    pub webhook: Option<String>,
    /// Language of their messages.
    pub locale: Locale,
    /// Whether they still work here.
    pub active: bool,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamCard {
    /// Which.
    pub id: TeamId,
    /// The name it is declared under.
    pub name: String,
    /// Shown name.
    pub display: Bilingual,
    /// Who, in the order declared.
    pub members: Vec<PersonId>,
}

/// An incident, as far as telling of it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentCard {
    /// `INC-1042` is 1042.
    pub number: i64,
    /// Its title, as [`evenkeel_core::title`] reads it; empty when it was erased.
    pub title: String,
    /// The service that suffers.
    pub service: Bilingual,
    /// P1 to P5.
    pub priority: Priority,
    /// The one accountable person: the last to be told when nobody answers.
    pub owner: Option<PersonId>,
}

/// Who people are and what incidents are called. Asked inside the caller's transaction or reader.
#[async_trait]
pub trait Directory: Send + Sync + 'static {
    /// A person.
    async fn person(&self, sql: &mut dyn Sql, tenant: TenantId, id: PersonId) -> Result<Option<PersonCard>, StoreError>;
    /// A team.
    async fn team(&self, sql: &mut dyn Sql, tenant: TenantId, id: TeamId) -> Result<Option<TeamCard>, StoreError>;
    /// An incident.
    async fn incident(&self, sql: &mut dyn Sql, tenant: TenantId, id: IncidentId) -> Result<Option<IncidentCard>, StoreError>;
    /// The gateways of the house in force.
    async fn gateways(&self, sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<GatewayDefinition>, StoreError>;
    /// The house's own words for pages, as templates over `$labels`; none = ours.
    async fn texts(&self, sql: &mut dyn Sql, tenant: TenantId) -> Result<Option<Bilingual>, StoreError>;
    /// How the canary runs; none = not at all.
    async fn canary(&self, sql: &mut dyn Sql, tenant: TenantId) -> Result<Option<CanaryPlan>, StoreError>;
    /// The letter of a message that is about neither a page nor a drill; none = there is nobody to tell, or nothing. Asked when
    /// it leaves, so that no address lies in the outbox; it may write, to make a token.
    async fn letter(&self, _: &Db, _: &Message) -> Result<Option<Letter>, StoreError> {
        Ok(None)
    }
    /// A secret that the configuration names.
    ///
    /// # Errors
    /// A sentence that says which is missing, never what it is.
    fn secret(&self, secret: &SecretRef) -> Result<String, String>;
    /// Where the console is reached from outside, without a slash at the end: `https://evenkeel.example`.
    fn public_url(&self) -> String;
}

/// A person's id and shown name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonName {
    /// Who.
    pub id: PersonId,
    /// Shown name; empty when nobody knows them any more.
    pub display: String,
}

/// A team's id and shown name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TeamName {
    /// Which.
    pub id: TeamId,
    /// Shown name.
    #[schema(inline)]
    pub display: Bilingual,
}

impl PageState {
    /// A person's name for showing.
    pub(crate) async fn person(&self, sql: &mut dyn Sql, tenant: TenantId, id: PersonId) -> Result<PersonName, StoreError> {
        let card = self.directory.person(sql, tenant, id).await?;
        Ok(PersonName { id, display: card.map(|card| card.display).unwrap_or_default() })
    }

    /// A team's name for showing.
    pub(crate) async fn team(&self, sql: &mut dyn Sql, tenant: TenantId, id: TeamId) -> Result<TeamName, StoreError> {
        let card = self.directory.team(sql, tenant, id).await?;
        let display = card.map_or_else(|| Bilingual { zh: String::new(), en: String::new() }, |card| card.display);
        Ok(TeamName { id, display })
    }
}
