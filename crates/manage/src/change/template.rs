//! Templates of standard changes: authorised once for all, with their plans and their risk.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Grant, Json, Refusals};
use evenkeel_core::{
    definition::Bilingual,
    id::{ChangeTemplateId, PersonId, ServiceId, TenantId},
    state::{ChangeOutcome, RiskLevel},
};
use evenkeel_store::{Sql, StoreError, Tx, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{rules, with::staff};
use crate::{
    Act, Manage,
    definition::{self, Put, Version},
    party::{self, NameRef, PersonRef, Wanted, load_names},
    refuse, service,
    ticket::words,
};

/// The word in `definition.put`.
pub const KIND: &str = "change_template";
/// The most templates of a tenant.
const TEMPLATES_MAX: i64 = 1_000;

/// A change that is authorised once for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeTemplateDefinition {
    /// Shown name; the title of its changes unless they have their own.
    pub display: Bilingual,
    /// The services it may be used on.
    pub services: Vec<ServiceId>,
    /// The risk, fixed.
    pub risk: RiskLevel,
    /// What is done.
    pub implementation: String,
    /// How it is taken back.
    pub back_out: String,
    /// How one sees that it works.
    pub test: String,
    /// Who authorised it, once for all.
    pub approved_by: PersonId,
}

/// Puts a template under its name; the same definition again makes no version.
///
/// # Errors
/// A refusal that names what is missing, or the service or person that does not exist.
pub async fn put(tx: &mut Tx, _grant: &Grant, act: &Act, name: &str, template: &ChangeTemplateDefinition) -> Result<Put, StoreError> {
    for (place, text) in [("/implementation", &template.implementation), ("/back_out", &template.back_out), ("/test", &template.test)] {
        words::text_at(place, text)?;
    }
    if template.services.is_empty() {
        return Err(refuse::invalid("/services", "name the services it may be used on").into());
    }
    for service in &template.services {
        if service::find(tx, act.tenant, *service).await?.is_none_or(|found| found.retired) {
            return Err(refuse::dangling(KIND, name, "/services", service));
        }
    }
    if party::find_person(tx, act.tenant, template.approved_by).await?.is_none() {
        return Err(refuse::dangling(KIND, name, "/approved_by", template.approved_by));
    }
    definition::put(tx, act, KIND, ChangeTemplateId::named(name), name, template).await
}

/// Takes a template out of force. Answers whether it was in force.
pub async fn retire(tx: &mut Tx, _grant: &Grant, act: &Act, name: &str) -> Result<bool, StoreError> {
    definition::retire(tx, act, KIND, ChangeTemplateId::named(name)).await
}

/// The template in force under this name.
pub(super) async fn find(sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<Version<ChangeTemplateDefinition>>, StoreError> {
    definition::current(sql, tenant, KIND, ChangeTemplateId::named(name)).await
}

/// A template and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangeTemplate {
    /// The name that a draft gives.
    name: String,
    /// Shown name.
    display: Bilingual,
    /// The services it may be used on.
    services: Vec<NameRef>,
    /// The risk, fixed.
    risk: RiskLevel,
    /// What is done.
    implementation: String,
    /// How it is taken back.
    back_out: String,
    /// How one sees that it works.
    test: String,
    /// Who authorised it, once for all.
    approved_by: PersonRef,
    /// Its changes that were reviewed.
    reviewed: i64,
    /// Of these those that were successful.
    successful: i64,
    /// So many of the last were not, one after the other.
    failures_in_a_row: i64,
    /// Whether these are as many as the house tolerates: it should no longer be used without a look. It still can be.
    lost_standing: bool,
}

/// Templates of standard changes, by name, with what came of them.
#[utoipa::path(get, path = "/api/v1/change-templates", operation_id = "change_template_list", tag = "change",
    responses((status = 200, body = Vec<ChangeTemplate>), Refusals))]
pub(super) async fn change_template_list(State(manage): State<Manage>, caller: Caller) -> ApiResult<Json<Vec<ChangeTemplate>>> {
    staff(&caller)?;
    let mut sql = manage.kit.db.read().await?;
    let limit = rules::current(&mut sql, caller.tenant).await?.failures_in_a_row;
    let all = definition::list::<ChangeTemplateDefinition>(&mut sql, caller.tenant, KIND, "", TEMPLATES_MAX).await?;
    let mut wanted = Wanted::default();
    for template in &all {
        wanted.services.extend(&template.body.services);
        wanted.people.insert(template.body.approved_by);
    }
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    let mut templates = Vec::with_capacity(all.len());
    for Version { name, body, .. } in all {
        let outcomes = outcomes(&mut sql, caller.tenant, &name).await?;
        let count = |some: usize| i64::try_from(some).unwrap_or(i64::MAX);
        let failures_in_a_row = count(outcomes.iter().take_while(|outcome| !outcome.is_success()).count());
        templates.push(ChangeTemplate {
            name,
            display: body.display,
            services: body.services.into_iter().map(|id| names.service(id)).collect(),
            risk: body.risk,
            implementation: body.implementation,
            back_out: body.back_out,
            test: body.test,
            approved_by: names.person(body.approved_by),
            reviewed: count(outcomes.len()),
            successful: count(outcomes.iter().filter(|outcome| outcome.is_success()).count()),
            failures_in_a_row,
            lost_standing: failures_in_a_row >= limit,
        });
    }
    Ok(Json(templates))
}

/// What came of the changes of a template, the last first.
async fn outcomes(sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Vec<ChangeOutcome>, StoreError> {
    let text = "SELECT outcome FROM change WHERE tenant_id = $1 AND template = $2 AND outcome IS NOT NULL ORDER BY reviewed_at DESC, number DESC LIMIT 1000";
    sql.rows(text, params![tenant, name]).await?.iter().map(|row| row.word("outcome")).collect()
}
