//! One's own ways and quiet hours, and the drills that prove them.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Problem, Query, Refusals, Routes, routes};
use evenkeel_core::{
    ErrorCode,
    id::{ContactMethodId, PageId, PersonId, TenantId},
    priority::Priority,
};
use evenkeel_store::Sql;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    Drill, NewMethod, QuietHours, all_methods, answer_drill, find_method, peek_drill, quiet_hours, reachability, set_methods,
    set_quiet_hours, start_drill,
};
use crate::{
    oncall::Window,
    page::{PageState, push::Subscription},
};

/// The routes, with their state applied.
pub fn router(state: PageState) -> Routes {
    Routes::new()
        .routes(routes!(contact_get, contact_put))
        .routes(routes!(contact_prove))
        .routes(routes!(drill_peek, drill_answer))
        .merge(reachability::router())
        .merge(super::canary::router())
        .merge(super::browser::router())
        .with_state(state)
}

/// A way to a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactMethod)]
pub struct MethodView {
    /// Its id.
    pub id: ContactMethodId,
    /// `mail`, `webhook`, `browser`, or the name of a gateway.
    pub channel: String,
    /// As the channel wants it; of a webhook and of a browser the host alone, as the rest may be a secret.
    pub address: String,
    /// Tried from the lowest up; those of one place at once.
    pub place: i64,
    /// For this priority and graver ones, 1 to 5.
    pub up_to: u8,
    /// When a drill over it was last answered.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub proven_at: Option<Timestamp>,
    /// Whether configuration declares it.
    pub declared: bool,
    /// Since when it takes nothing any more, and is not used; null = it is.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub gone_at: Option<Timestamp>,
    /// Of a browser the SHA-256 of its endpoint, hex: by this a browser knows which way is itself.
    pub browser: Option<String>,
}

/// Quiet hours, both ways.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ContactQuiet)]
pub struct QuietView {
    /// IANA zone of the hours.
    pub zone: String,
    /// Which hours.
    pub hours: Vec<QuietWindow>,
    /// Incidents of this priority and graver ones are told all the same, 1 to 5.
    #[schema(value_type = u8)]
    pub breaks_through: Priority,
}

/// Hours on some days of the week.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ContactQuietHours)]
pub struct QuietWindow {
    /// `mon` … `sun`; empty = every day.
    #[serde(default)]
    pub days: Vec<String>,
    /// `HH:MM`.
    pub from: String,
    /// `HH:MM`; not later than `from` = of the next day.
    pub to: String,
}

/// One's own contact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contact)]
pub struct ContactView {
    /// By place.
    pub methods: Vec<MethodView>,
    /// When one is left in peace; null = never.
    pub quiet: Option<QuietView>,
    /// What the house offers to be typed: `mail`, `webhook`, and its gateways. A browser is added from itself.
    pub channels: Vec<String>,
}

/// A way to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ContactMethodDraft)]
pub struct MethodDraft {
    /// One that stands; none = a new one.
    pub id: Option<ContactMethodId>,
    /// `mail`, `webhook`, `browser`, or the name of a gateway.
    pub channel: String,
    /// As the channel wants it; of a browser its subscription as JSON. Of a way that stands, none = as it is.
    #[serde(default)]
    pub address: Option<String>,
    /// 1 to 20: tried from the lowest up; those of one place at once.
    pub place: i64,
    /// For this priority and graver ones, 1 to 5.
    #[schema(value_type = u8)]
    pub up_to: Priority,
}

/// One's own contact, as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ContactDraft)]
pub struct ContactDraft {
    /// At most 10; none = what is declared of the person counts.
    pub methods: Vec<MethodDraft>,
    /// When to be left in peace; null = never.
    pub quiet: Option<QuietView>,
}

pub(super) fn me(caller: &Caller) -> ApiResult<PersonId> {
    caller.person.ok_or_else(|| Problem::new(ErrorCode::Forbidden, "only a person has a contact; sign in"))
}

/// Of a webhook's address and a browser's its host alone.
fn shown(channel: &str, address: String) -> String {
    if channel == super::BROWSER {
        return Subscription::parse(&address).map(|subscription| subscription.host().to_owned()).unwrap_or_default();
    }
    if !address.contains("://") || channel == super::MAIL {
        return address;
    }
    url::Url::parse(&address).ok().and_then(|url| url.host_str().map(|host| format!("{}://{host}/…", url.scheme()))).unwrap_or_default()
}

pub(super) async fn view(state: &PageState, sql: &mut dyn Sql, tenant: TenantId, person: PersonId) -> ApiResult<ContactView> {
    let list = all_methods(sql, state.directory.as_ref(), tenant, person).await?;
    let gateways = state.directory.gateways(sql, tenant).await?;
    let quiet = quiet_hours(sql, tenant, person).await?;
    Ok(ContactView {
        methods: list
            .into_iter()
            .map(|method| MethodView {
                browser: Subscription::parse(&method.address).ok().map(|subscription| subscription.digest()),
                gone_at: method.gone_at,
                id: method.id,
                address: shown(&method.channel, method.address),
                channel: method.channel,
                place: method.place,
                up_to: method.up_to.get(),
                proven_at: method.proven_at,
                declared: method.declared,
            })
            .collect(),
        quiet: quiet.map(|quiet| {
            let hours = serde_json::to_value(&quiet.hours).ok().and_then(|hours| serde_json::from_value(hours).ok()).unwrap_or_default();
            QuietView { zone: quiet.zone, hours, breaks_through: quiet.breaks_through }
        }),
        channels: [super::MAIL, super::WEBHOOK]
            .map(ToOwned::to_owned)
            .into_iter()
            .chain(gateways.into_iter().map(|gateway| gateway.name))
            .collect(),
    })
}

/// One's own ways and quiet hours.
#[utoipa::path(get, path = "/api/v1/me/contact", tag = "on_call", responses((status = 200, body = ContactView), Refusals))]
async fn contact_get(State(state): State<PageState>, caller: Caller) -> ApiResult<Json<ContactView>> {
    let person = me(&caller)?;
    let mut sql = state.kit.db.read().await?;
    Ok(Json(view(&state, &mut sql, caller.tenant, person).await?))
}

/// Sets one's own ways and quiet hours, all of them.
#[utoipa::path(put, path = "/api/v1/me/contact", tag = "on_call",
    request_body = ContactDraft, responses((status = 200, body = ContactView), Refusals))]
async fn contact_put(State(state): State<PageState>, caller: Caller, Json(draft): Json<ContactDraft>) -> ApiResult<Json<ContactView>> {
    let person = me(&caller)?;
    let mut tx = state.kit.db.write().await?;
    let standing = all_methods(&mut tx, state.directory.as_ref(), caller.tenant, person).await?;
    let list: Vec<NewMethod> = draft
        .methods
        .into_iter()
        .map(|draft| {
            let before = draft.id.and_then(|id| standing.iter().find(|method| method.id == id)).map(|method| method.address.clone());
            NewMethod {
                id: draft.id,
                channel: draft.channel,
                address: draft.address.or(before).unwrap_or_default(),
                place: draft.place,
                up_to: draft.up_to,
            }
        })
        .collect();
    set_methods(&mut tx, state.directory.as_ref(), caller.tenant, person, &list).await?;
    let quiet = match draft.quiet {
        Some(quiet) => {
            let hours = quiet.hours.iter().map(|hours| Window::parse(&hours.days, &hours.from, &hours.to)).collect::<Result<_, _>>();
            let hours = hours.map_err(|error| Problem::invalid("/quiet/hours", error))?;
            Some(QuietHours { zone: quiet.zone, hours, breaks_through: quiet.breaks_through })
        }
        None => None,
    };
    set_quiet_hours(&mut tx, caller.tenant, person, quiet.as_ref()).await?;
    let shown = view(&state, &mut tx, caller.tenant, person).await?;
    tx.commit().await?;
    Ok(Json(shown))
}

/// Sends a drill over one of one's own ways. Who answers it has proven the way.
#[utoipa::path(post, path = "/api/v1/me/contact/{id}/prove", tag = "on_call",
    params(("id" = ContactMethodId, Path, description = "The way.")),
    responses((status = 202), Refusals))]
async fn contact_prove(State(state): State<PageState>, caller: Caller, Path(id): Path<ContactMethodId>) -> ApiResult<StatusCode> {
    let person = me(&caller)?;
    let mut tx = state.kit.db.write().await?;
    let method = find_method(&mut tx, state.directory.as_ref(), caller.tenant, person, id)
        .await?
        .ok_or_else(|| Problem::not_found("contact method", id))?;
    start_drill(&mut tx, caller.tenant, &method, "proof").await?;
    tx.commit().await?;
    Ok(StatusCode::ACCEPTED)
}

/// The token of a drill's link.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DrillQuery {
    /// What stands after `?token=` in the link.
    pub token: String,
}

/// The token of a drill's link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DrillAnswer)]
pub struct DrillToken {
    /// What stands after `?token=` in the link.
    pub token: String,
}

/// What a drill is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Drill)]
pub struct DrillView {
    /// Its id.
    pub id: PageId,
    /// Shown name of who is asked.
    pub person: String,
    /// The language of the person: `zh`, `en`.
    pub language: String,
    /// Over which channel it came; empty when the person does not have the way any more.
    pub channel: String,
}

async fn drill_view(state: &PageState, sql: &mut dyn Sql, tenant: TenantId, drill: Drill) -> ApiResult<DrillView> {
    let card = state.directory.person(sql, tenant, drill.person_id).await?;
    let method = find_method(sql, state.directory.as_ref(), tenant, drill.person_id, drill.method_id).await?;
    Ok(DrillView {
        id: drill.drill_id,
        language: card.as_ref().map(|card| card.locale).unwrap_or_default().as_str().to_owned(),
        person: card.map(|card| card.display).unwrap_or_default(),
        channel: method.map(|method| method.channel).unwrap_or_default(),
    })
}

/// What a drill's link is for; uses nothing up.
#[utoipa::path(get, path = "/api/v1/drills", tag = "on_call", security(()), params(DrillQuery),
    responses((status = 200, body = DrillView), Refusals))]
async fn drill_peek(State(state): State<PageState>, Query(query): Query<DrillQuery>) -> ApiResult<Json<DrillView>> {
    let mut sql = state.kit.db.read().await?;
    let (tenant, drill) = peek_drill(&mut sql, &query.token, state.kit.now()).await?;
    Ok(Json(drill_view(&state, &mut sql, tenant, drill).await?))
}

/// Answers a drill: the way is proven. Needs no session; works once.
#[utoipa::path(post, path = "/api/v1/drills", tag = "on_call", security(()),
    request_body = DrillToken, responses((status = 200, body = DrillView), Refusals))]
async fn drill_answer(State(state): State<PageState>, Json(request): Json<DrillToken>) -> ApiResult<Json<DrillView>> {
    let mut tx = state.kit.db.write().await?;
    let (tenant, drill) = answer_drill(&mut tx, &request.token).await?;
    let shown = drill_view(&state, &mut tx, tenant, drill).await?;
    tx.commit().await?;
    Ok(Json(shown))
}
