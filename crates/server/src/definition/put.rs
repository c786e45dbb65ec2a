//! Putting what was declared, all in the caller's one transaction, with what it changed.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_api::{Grant, Permission};
use evenkeel_core::{
    Actor, Failure,
    definition::CorrelationRules,
    id::{
        AgreementId, CalendarId, CatalogueItemId, ChangeTemplateId, FreezeId, MaintenanceId, OrganisationId, PhrasebookId,
        PriorityMatrixId, ServiceId, StatusPageId, SurveyId, TeamId, TenantId,
    },
};
use evenkeel_manage::{
    Act, agreement,
    automation::{self, AutomationKind},
    calendar, catalogue, cause, change, chat, complaint,
    definition::{self, Put},
    incident::rules,
    inhibition, mail, maintenance, matrix, party, review, service, status_page, suppression, survey,
    voice::phrase,
};
use evenkeel_observe::{
    heartbeat::{self, HeartbeatDefinition},
    oncall,
    page::policy,
    probe::{self, ProbeDefinition},
};
use evenkeel_store::{Db, Sql, StoreError, Tx};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    file::RetiredKind,
    finding::{Finding, Findings, Place, Source},
    notification,
    read::read,
    resolve::{Declared, Known, Resolved, resolve},
    settings,
};
use crate::port::ManageDirectory;

/// The most names of one kind that references are checked against.
const NAMES_MAX: i64 = 100_000;
/// A longer difference is cut, lines.
const DIFF_LINES_MAX: usize = 400;

/// What happened to one definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is new.
    Create,
    /// It says something else now.
    Update,
    /// It says what was in force already.
    None,
    /// It is out of force.
    Retire,
}

impl Action {
    /// The sign before a line of the plan.
    pub const fn sign(self) -> char {
        match self {
            Self::Create => '+',
            Self::Update => '~',
            Self::None => '=',
            Self::Retire => '-',
        }
    }
}

/// One definition and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[schema(as = DefinitionChange)]
pub struct Change {
    /// `service`, `probe` …
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What happens.
    pub action: Action,
    /// What changes, as a unified difference; null when nothing does.
    pub diff: Option<String>,
}

/// Applies the files: all or nothing. A dry run answers the same and keeps nothing.
///
/// # Errors
/// A failure whose detail lists everything wrong, with file, line and fix; its `at` is the first place.
pub async fn apply(db: &Db, tenant: TenantId, actor: Actor, sources: &[Source], dry_run: bool) -> Result<Vec<Change>, Failure> {
    let files = read(sources)?;
    let mut tx = db.write().await.map_err(|error| error.to_failure())?;
    let known = known(&mut tx, tenant).await.map_err(|error| words(&error))?;
    let resolved = resolve(sources, files, known)?;
    let act = Act { tenant, actor, at: tx.now(), source: "apply" };
    let probes = probes(&mut tx, tenant, !resolved.probes.is_empty()).await.map_err(|error| words(&error))?;
    let mut work = Work { tx: &mut tx, act, grant: Grant::system(Permission::DefinitionWrite), sources, probes, changes: Vec::new() };
    work.all(resolved).await?;
    let changes = work.changes;
    // Dropped without a commit, a transaction is rolled back.
    if !dry_run && changes.iter().any(|change| change.action != Action::None) {
        tx.commit().await.map_err(|error| words(&error))?;
    }
    Ok(changes)
}

/// For whoever runs the command the database's own words help; there is no caller to hide them from.
fn words(error: &StoreError) -> Failure {
    match error {
        StoreError::Defect(text) | StoreError::Corrupt(text) => Failure::new(error.to_failure().code, text.clone()),
        other => other.to_failure(),
    }
}

async fn known(sql: &mut dyn Sql, tenant: TenantId) -> Result<Known, StoreError> {
    Ok(Known {
        organisations: party::list_organisations(sql, tenant, None, "", NAMES_MAX).await?.into_iter().map(|found| found.name).collect(),
        people: party::list_people(sql, tenant, None, "", NAMES_MAX).await?.into_iter().map(|found| found.name).collect(),
        teams: party::list_teams(sql, tenant, None, "", NAMES_MAX).await?.into_iter().map(|found| found.name).collect(),
        calendars: definition::list::<Value>(sql, tenant, calendar::KIND, "", NAMES_MAX)
            .await?
            .into_iter()
            .map(|found| found.name)
            .collect(),
        services: definition::list::<Value>(sql, tenant, service::KIND, "", NAMES_MAX)
            .await?
            .into_iter()
            .map(|found| found.name)
            .collect::<BTreeSet<_>>(),
    })
}

async fn probes(sql: &mut dyn Sql, tenant: TenantId, wanted: bool) -> Result<BTreeMap<String, Value>, StoreError> {
    if !wanted {
        return Ok(BTreeMap::new());
    }
    let rows = probe::store::probes(sql, tenant).await?;
    rows.into_iter().map(|row| Ok((row.definition.name.clone(), serde_json::to_value(row.definition)?))).collect()
}

struct Work<'a> {
    tx: &'a mut Tx,
    act: Act,
    grant: Grant,
    sources: &'a [Source],
    /// Probes in force before, by name, as JSON.
    probes: BTreeMap<String, Value>,
    changes: Vec<Change>,
}

impl Work<'_> {
    /// In the order of who refers to whom.
    async fn all(&mut self, resolved: Resolved) -> Result<(), Failure> {
        for entry in &resolved.organisations {
            let before = self.before("organisation", OrganisationId::named(&entry.name)).await?;
            let put = party::put_organisation(self.tx, &self.grant, &self.act, &entry.name, &entry.body).await.map(|(_, put)| put);
            self.record("organisation", entry, before.as_ref(), &entry.body, put)?;
        }
        for entry in &resolved.calendars {
            let before = self.before(calendar::KIND, CalendarId::named(&entry.name)).await?;
            let body = serde_json::to_value(&entry.body).map_err(|error| words(&error.into()))?;
            let put = calendar::put(self.tx, &self.grant, &self.act, &entry.name, &body).await.map(|(_, put)| put);
            self.record(calendar::KIND, entry, before.as_ref(), &body, put)?;
        }
        for entry in &resolved.people {
            self.person(entry).await?;
        }
        for entry in &resolved.teams {
            let before = self.before("team", TeamId::named(&entry.name)).await?;
            let put = party::put_team(self.tx, &self.grant, &self.act, &entry.name, &entry.body).await.map(|(_, put)| put);
            self.record("team", entry, before.as_ref(), &entry.body, put)?;
        }
        for entry in &resolved.services {
            let before = self.before(service::KIND, ServiceId::named(&entry.name)).await?;
            let put = service::put_service(self.tx, &self.grant, &self.act, &entry.name, &entry.body).await.map(|(_, put)| put);
            self.record(service::KIND, entry, before.as_ref(), &entry.body, put)?;
        }
        for entry in &resolved.agreements {
            let before = self.before(agreement::KIND, AgreementId::named(&entry.name)).await?;
            let put = agreement::put_agreement(self.tx, &self.grant, &self.act, &entry.name, &entry.body).await.map(|(_, put)| put);
            self.record(agreement::KIND, entry, before.as_ref(), &entry.body, put)?;
        }
        for entry in &resolved.catalogue {
            let before = self.before(catalogue::KIND, CatalogueItemId::named(&entry.name)).await?;
            let put = catalogue::put(self.tx, &self.grant, &self.act, &entry.name, &entry.body).await.map(|(_, put)| put);
            self.record(catalogue::KIND, entry, before.as_ref(), &entry.body, put)?;
        }
        for entry in &resolved.probes {
            self.probe(entry).await?;
        }
        for entry in &resolved.heartbeats {
            self.heartbeat(entry).await?;
        }
        for entry in &resolved.rotas {
            self.rota(entry).await?;
        }
        if let Some(entry) = &resolved.notification {
            let before = self.before(notification::KIND, notification::NAME).await?;
            let put = definition::put(self.tx, &self.act, notification::KIND, notification::NAME, notification::NAME, &entry.body).await;
            self.record(notification::KIND, entry, before.as_ref(), &entry.body, put)?;
        }
        // After the rotas and the ways out: a step that reaches nobody is refused.
        for entry in &resolved.policies {
            self.policy(entry).await?;
        }
        self.rules(&resolved).await?;
        for entry in &resolved.automation {
            let (kind, name) = (entry.body.kind().as_str(), entry.body.name());
            let before = self.before(kind, name).await?;
            let put = automation::put(self.tx, &self.grant, &self.act, &entry.body).await;
            let body = entry.body.body().map_err(|error| words(&error.into()))?;
            self.record(kind, entry, before.as_ref(), &body, put)?;
        }
        // Probes and rotas before services: who refers goes before who is referred to.
        for kind in [
            RetiredKind::TicketTemplate,
            RetiredKind::TicketRule,
            RetiredKind::Macro,
            RetiredKind::Reply,
            RetiredKind::TicketField,
            RetiredKind::TicketStatus,
            RetiredKind::CatalogueItem,
            RetiredKind::ChangeTemplate,
            RetiredKind::Freeze,
            RetiredKind::Survey,
            RetiredKind::Phrasebook,
            RetiredKind::StatusPage,
            RetiredKind::Mailbox,
            RetiredKind::Chat,
            RetiredKind::Webhook,
            RetiredKind::Inhibition,
            RetiredKind::Maintenance,
            RetiredKind::Probe,
            RetiredKind::Heartbeat,
            RetiredKind::EscalationPolicy,
            RetiredKind::Rota,
            RetiredKind::Agreement,
            RetiredKind::Service,
            RetiredKind::Calendar,
            RetiredKind::Team,
        ] {
            for entry in resolved.retired.iter().filter(|entry| entry.body == kind) {
                self.retire(entry).await?;
            }
        }
        Ok(())
    }

    /// Rules of the house, the matrix, and planned maintenance.
    async fn rules(&mut self, resolved: &Resolved) -> Result<(), Failure> {
        if let Some(entry) = &resolved.probe_rules {
            let before = self.before(settings::KIND, settings::NAME).await?;
            // What says what nobody had to say makes no version.
            if before.is_some() || entry.body != settings::ProbeRules::default() {
                let put = definition::put(self.tx, &self.act, settings::KIND, settings::NAME, settings::NAME, &entry.body).await;
                self.record(settings::KIND, entry, before.as_ref(), &entry.body, put)?;
            }
        }
        if let Some(entry) = &resolved.rule_alerts {
            let kind = settings::RULE_ALERTS;
            let before = self.before(kind, kind).await?;
            if before.is_some() || entry.body != evenkeel_observe::rule::Routing::default() {
                let put = definition::put(self.tx, &self.act, kind, kind, kind, &entry.body).await;
                self.record(kind, entry, before.as_ref(), &entry.body, put)?;
            }
        }
        if let Some(entry) = &resolved.incident_rules {
            let before = self.before(rules::KIND, rules::NAME).await?;
            if before.is_some() || entry.body != rules::IncidentRules::default() {
                let put = rules::put(self.tx, &self.grant, &self.act, entry.body).await;
                self.record(rules::KIND, entry, before.as_ref(), &entry.body, put)?;
            }
        }
        if let Some(entry) = &resolved.complaint_rules {
            let (kind, name) = (complaint::rules::KIND, complaint::rules::NAME);
            let before = self.before(kind, name).await?;
            if before.is_some() || entry.body != complaint::rules::ComplaintRules::default() {
                let put = complaint::rules::put(self.tx, &self.grant, &self.act, entry.body).await;
                self.record(kind, entry, before.as_ref(), &entry.body, put)?;
            }
        }
        if let Some(entry) = &resolved.review_rules {
            let (kind, name) = (review::rules::KIND, review::rules::NAME);
            let before = self.before(kind, name).await?;
            if before.is_some() || entry.body != review::rules::ReviewRules::default() {
                let put = review::rules::put(self.tx, &self.grant, &self.act, entry.body).await;
                self.record(kind, entry, before.as_ref(), &entry.body, put)?;
            }
        }
        if let Some(entry) = &resolved.causes {
            let before = self.before(cause::KIND, cause::NAME).await?;
            let put = cause::put(self.tx, &self.grant, &self.act, &entry.body).await;
            self.record(cause::KIND, entry, before.as_ref(), &entry.body, put)?;
        }
        for entry in &resolved.surveys {
            let before = self.before(survey::KIND, SurveyId::named(&entry.name)).await?;
            let put = survey::put(self.tx, &self.grant, &self.act, &entry.name, &entry.body).await;
            self.record(survey::KIND, entry, before.as_ref(), &entry.body, put)?;
        }
        for entry in &resolved.phrasebooks {
            let before = self.before(phrase::KIND, PhrasebookId::named(&entry.name)).await?;
            let put = phrase::put(self.tx, &self.grant, &self.act, &entry.name, &entry.body).await;
            self.record(phrase::KIND, entry, before.as_ref(), &entry.body, put)?;
        }
        if let Some(entry) = &resolved.matrix {
            let before = self.before("priority_matrix", PriorityMatrixId::named(&entry.name)).await?;
            let put = matrix::put(self.tx, &self.grant, &self.act, &entry.body).await;
            self.record("priority_matrix", entry, before.as_ref(), &entry.body, put)?;
        }
        if let Some(entry) = &resolved.correlation {
            let (kind, name) = (suppression::CORRELATION_KIND, suppression::CORRELATION_NAME);
            let before = self.before(kind, name).await?;
            if before.is_some() || entry.body != CorrelationRules::default() {
                let put = suppression::put_correlation(self.tx, &self.grant, &self.act, entry.body).await;
                self.record(kind, entry, before.as_ref(), &entry.body, put)?;
            }
        }
        for entry in &resolved.inhibitions {
            let before = self.before(inhibition::KIND, &entry.name).await?;
            let put = inhibition::put(self.tx, &self.grant, &self.act, &entry.name, &entry.body).await;
            self.record(inhibition::KIND, entry, before.as_ref(), &entry.body, put)?;
        }
        for entry in &resolved.webhooks {
            let before = self.before(settings::HOOK, &entry.name).await?;
            let put = definition::put(self.tx, &self.act, settings::HOOK, &entry.name, &entry.name, &entry.body).await;
            self.record(settings::HOOK, entry, before.as_ref(), &entry.body, put)?;
        }
        for entry in &resolved.maintenance {
            let before = self.before(maintenance::KIND, MaintenanceId::named(&entry.name)).await?;
            let put = maintenance::put(self.tx, &self.grant, &self.act, &entry.name, entry.body.clone()).await;
            let (kept, put) = match put {
                Ok((kept, put)) => (kept, Ok(put)),
                Err(error) => (entry.body.clone(), Err(error)),
            };
            self.record(maintenance::KIND, entry, before.as_ref(), &kept, put)?;
        }
        if let Some(entry) = &resolved.change_rules {
            let before = self.before(change::RULES_KIND, change::RULES_NAME).await?;
            if before.is_some() || entry.body != change::ChangeRules::default() {
                let put = change::put_rules(self.tx, &self.grant, &self.act, &entry.body).await;
                self.record(change::RULES_KIND, entry, before.as_ref(), &entry.body, put)?;
            }
        }
        for entry in &resolved.change_templates {
            let before = self.before(change::TEMPLATE_KIND, ChangeTemplateId::named(&entry.name)).await?;
            let put = change::put_template(self.tx, &self.grant, &self.act, &entry.name, &entry.body).await;
            self.record(change::TEMPLATE_KIND, entry, before.as_ref(), &entry.body, put)?;
        }
        for entry in &resolved.freezes {
            let before = self.before(change::FREEZE_KIND, FreezeId::named(&entry.name)).await?;
            let put = change::put_freeze(self.tx, &self.grant, &self.act, &entry.name, &entry.body).await;
            self.record(change::FREEZE_KIND, entry, before.as_ref(), &entry.body, put)?;
        }
        for entry in &resolved.mailboxes {
            let before = self.before(mail::KIND, &entry.name).await?;
            let put = mail::put(self.tx, &self.grant, &self.act, &entry.name, &entry.body).await;
            self.record(mail::KIND, entry, before.as_ref(), &entry.body, put)?;
        }
        for entry in &resolved.chats {
            let before = self.before(chat::KIND, &entry.name).await?;
            let put = chat::put(self.tx, &self.grant, &self.act, &entry.name, &entry.body).await;
            self.record(chat::KIND, entry, before.as_ref(), &entry.body, put)?;
        }
        for entry in &resolved.status_pages {
            let before = self.before(status_page::KIND, StatusPageId::named(&entry.name)).await?;
            let put = status_page::put(self.tx, &self.grant, &self.act, &entry.name, &entry.body).await;
            self.record(status_page::KIND, entry, before.as_ref(), &entry.body, put)?;
        }
        Ok(())
    }

    async fn retire(&mut self, entry: &Declared<RetiredKind>) -> Result<(), Failure> {
        let (tenant, actor, name) = (self.act.tenant, &self.act.actor, entry.name.as_str());
        let retired = match entry.body {
            RetiredKind::Probe => probe::retire_probe(self.tx, &self.grant, tenant, actor, name).await,
            RetiredKind::Heartbeat => heartbeat::store::retire(self.tx, &self.grant, tenant, actor, name).await,
            RetiredKind::EscalationPolicy => policy::retire_policy(self.tx, &self.grant, tenant, actor, name).await,
            RetiredKind::Rota => oncall::retire_rota(self.tx, &self.grant, tenant, actor, name).await,
            RetiredKind::Agreement => agreement::retire_agreement(self.tx, &self.grant, &self.act, AgreementId::named(name)).await,
            RetiredKind::CatalogueItem => catalogue::retire(self.tx, &self.grant, &self.act, name).await,
            RetiredKind::ChangeTemplate => change::retire_template(self.tx, &self.grant, &self.act, name).await,
            RetiredKind::Freeze => change::retire_freeze(self.tx, &self.grant, &self.act, name).await,
            RetiredKind::Survey => survey::retire(self.tx, &self.grant, &self.act, name).await,
            RetiredKind::Phrasebook => phrase::retire(self.tx, &self.grant, &self.act, name).await,
            RetiredKind::Inhibition => inhibition::retire(self.tx, &self.grant, &self.act, name).await,
            RetiredKind::Reply => self.retire_automation(AutomationKind::Reply, name).await,
            RetiredKind::Macro => self.retire_automation(AutomationKind::Macro, name).await,
            RetiredKind::TicketRule => self.retire_automation(AutomationKind::TicketRule, name).await,
            RetiredKind::TicketField => self.retire_automation(AutomationKind::TicketField, name).await,
            RetiredKind::TicketStatus => self.retire_automation(AutomationKind::TicketStatus, name).await,
            RetiredKind::TicketTemplate => self.retire_automation(AutomationKind::TicketTemplate, name).await,
            RetiredKind::StatusPage => status_page::retire(self.tx, &self.grant, &self.act, name).await,
            RetiredKind::Mailbox => mail::retire(self.tx, &self.grant, &self.act, name).await,
            RetiredKind::Chat => chat::retire(self.tx, &self.grant, &self.act, name).await,
            RetiredKind::Webhook => definition::retire(self.tx, &self.act, settings::HOOK, name).await,
            RetiredKind::Maintenance => maintenance::retire(self.tx, &self.grant, &self.act, name).await,
            RetiredKind::Calendar => calendar::retire(self.tx, &self.grant, &self.act, CalendarId::named(name)).await,
            RetiredKind::Team => self.retire_team(name).await,
            RetiredKind::Service => service::retire_service(self.tx, &self.grant, &self.act, ServiceId::named(name)).await,
        };
        let kind = entry.body.as_str();
        let retired = retired.map_err(|error| self.refused(kind, name, entry.place, &error))?;
        let action = if retired { Action::Retire } else { Action::None };
        self.changes.push(Change { kind: kind.to_owned(), name: name.to_owned(), action, diff: None });
        Ok(())
    }

    async fn retire_team(&mut self, name: &str) -> Result<bool, StoreError> {
        let id = TeamId::named(name);
        if oncall::current(self.tx, self.act.tenant, id).await?.is_some() {
            let detail = "this team still has a rota; retire that first (kind: rota, with the team's name)";
            return Err(Failure::new(evenkeel_core::ErrorCode::Invalid, detail).into());
        }
        party::retire_team(self.tx, &self.grant, &self.act, id).await
    }

    async fn retire_automation(&mut self, kind: AutomationKind, name: &str) -> Result<bool, StoreError> {
        automation::retire(self.tx, &self.grant, &self.act, kind, name).await
    }

    async fn before(&mut self, kind: &str, id: impl std::fmt::Display) -> Result<Option<Value>, Failure> {
        let found = definition::current::<Value>(self.tx, self.act.tenant, kind, id).await.map_err(|error| words(&error))?;
        Ok(found.map(|version| version.body))
    }

    async fn person(&mut self, entry: &Declared<party::PersonDefinition>) -> Result<(), Failure> {
        let before = party::find_person_by_name(self.tx, self.act.tenant, &entry.name).await.map_err(|error| words(&error))?;
        let put = party::put_person(self.tx, &self.grant, &self.act, &entry.name, &entry.body).await.map(|(_, put)| put);
        self.record("person", entry, before.map(|person| shown(&person.definition)).as_ref(), &shown(&entry.body), put)
    }

    async fn probe(&mut self, entry: &Declared<ProbeDefinition>) -> Result<(), Failure> {
        let before = self.probes.get(&entry.name).cloned();
        let put = probe::put_probe(self.tx, &self.grant, self.act.tenant, &self.act.actor, &entry.body)
            .await
            .map(|put| Put { version: put.version, changed: put.changed });
        self.record("probe", entry, before.as_ref(), &entry.body, put)
    }

    async fn heartbeat(&mut self, entry: &Declared<HeartbeatDefinition>) -> Result<(), Failure> {
        let before = heartbeat::table::named(self.tx, self.act.tenant, &entry.name).await.map_err(|error| words(&error))?;
        let before = before.and_then(|row| serde_json::to_value(row.definition).ok());
        let put = heartbeat::store::put(self.tx, &self.grant, self.act.tenant, &self.act.actor, &entry.body)
            .await
            .map(|put| Put { version: put.version, changed: put.changed });
        self.record(heartbeat::store::KIND, entry, before.as_ref(), &entry.body, put)
    }

    async fn rota(&mut self, entry: &Declared<oncall::RotaDefinition>) -> Result<(), Failure> {
        let before = oncall::current(self.tx, self.act.tenant, entry.body.team).await.map_err(|error| words(&error))?;
        let before = before.and_then(|declared| serde_json::to_value(declared.definition).ok());
        let put = oncall::put_rota(self.tx, &self.grant, self.act.tenant, &self.act.actor, &entry.name, &entry.body)
            .await
            .map(|put| Put { version: put.version, changed: put.changed });
        self.record("rota", entry, before.as_ref(), &entry.body, put)
    }

    async fn policy(&mut self, entry: &Declared<policy::PolicyDefinition>) -> Result<(), Failure> {
        let before = policy::policy(self.tx, self.act.tenant, entry.body.team).await.map_err(|error| words(&error))?;
        let before = before.and_then(|declared| serde_json::to_value(declared.definition).ok());
        let directory = ManageDirectory { public_url: String::new(), blobs: None };
        let put = policy::put_policy(self.tx, &self.grant, &directory, self.act.tenant, &self.act.actor, &entry.name, &entry.body).await;
        self.record(
            "escalation_policy",
            entry,
            before.as_ref(),
            &entry.body,
            put.map(|put| Put { version: put.version, changed: put.changed }),
        )
    }

    fn record<T>(
        &mut self,
        kind: &str,
        entry: &Declared<T>,
        before: Option<&Value>,
        after: &impl Serialize,
        put: Result<Put, StoreError>,
    ) -> Result<(), Failure> {
        let put = put.map_err(|error| self.refused(kind, &entry.name, entry.place, &error))?;
        let after = serde_json::to_value(after).map_err(|error| words(&error.into()))?;
        let (action, diff) = match (put.changed, before) {
            (false, _) => (Action::None, None),
            (true, None) => (Action::Create, Some(difference(None, &after))),
            (true, Some(before)) => (Action::Update, Some(difference(Some(before), &after))),
        };
        self.changes.push(Change { kind: kind.to_owned(), name: entry.name.clone(), action, diff });
        Ok(())
    }

    /// A hall's own refusal, with the place in the file.
    fn refused(&self, kind: &str, name: &str, place: Place, error: &StoreError) -> Failure {
        match error {
            StoreError::Failure(failure) => {
                let at = failure.at.as_deref().map_or_else(String::new, |at| format!(" {}", at.trim_start_matches('/').replace('/', ".")));
                let finding = Finding::new(self.sources, place, format!("{kind} {name:?}{at}: {}", failure.detail))
                    .allowed("", failure.allowed.clone());
                Findings::from(finding).into()
            }
            other => words(other),
        }
    }
}

/// A person as it is shown in a difference: addresses of webhooks may hold a secret.
fn shown(person: &party::PersonDefinition) -> Value {
    json!({
        "display": person.display,
        "organisation": person.organisation,
        "email": person.email,
        "phone": person.phone,
        "webhook_url": person.webhook_url.as_ref().map(|_| "(kept secret)"),
        "locale": person.locale,
        "manager": person.manager,
        "active": person.active,
        "roles": person.roles,
    })
}

fn difference(before: Option<&Value>, after: &Value) -> String {
    let text = |value: &Value| format!("{}\n", serde_json::to_string_pretty(value).unwrap_or_default());
    let (before, after) = (before.map_or_else(String::new, text), text(after));
    let compared = similar::TextDiff::from_lines(&before, &after);
    let all = compared.unified_diff().context_radius(2).to_string();
    let mut lines: Vec<&str> =
        all.lines().filter(|line| !line.starts_with("@@") && !line.starts_with("---") && !line.starts_with("+++")).collect();
    if lines.len() > DIFF_LINES_MAX {
        lines.truncate(DIFF_LINES_MAX);
        lines.push("…");
    }
    lines.join("\n")
}
