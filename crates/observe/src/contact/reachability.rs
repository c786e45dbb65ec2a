//! Who on a rota has proven that they can be reached, and who has not.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Refusals, Routes, routes};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Method, PROOF_DAYS, methods};
use crate::{
    oncall,
    page::{
        PageState,
        port::{PersonName, TeamName},
    },
};

/// The route.
pub(super) fn router() -> Routes<PageState> {
    Routes::new().routes(routes!(on_call_reachability))
}

/// Whether a person can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// A way was proven lately.
    Proven,
    /// There are ways, and none was proven lately.
    Unproven,
    /// There is no way at all.
    None,
}

/// Whether one of the ways was proven within [`PROOF_DAYS`]. Pure.
pub fn reach(methods: &[Method], now: Timestamp) -> Reach {
    let limit = SignedDuration::from_hours(PROOF_DAYS * 24);
    if methods.is_empty() {
        Reach::None
    } else if methods.iter().filter_map(|method| method.proven_at).any(|at| now.duration_since(at) <= limit) {
        Reach::Proven
    } else {
        Reach::Unproven
    }
}

/// How one member of a rota can be reached.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OnCallReach)]
pub struct ReachView {
    /// Of which team's rota.
    pub team: TeamName,
    /// Who.
    pub person: PersonName,
    /// `proven`, `unproven` (no way was proven in the last 90 days), `none` (there is no way).
    pub state: String,
    /// The channels of their ways, by place.
    pub channels: Vec<String>,
    /// When a way was last proven.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub proven_at: Option<Timestamp>,
}

/// Everyone on a rota: whether they have proven, in the last 90 days, that a way of theirs works. Whoever has not comes first.
#[utoipa::path(get, path = "/api/v1/on-call/reachability", tag = "on_call", responses((status = 200, body = Vec<ReachView>), Refusals))]
async fn on_call_reachability(State(state): State<PageState>, caller: Caller) -> ApiResult<Json<Vec<ReachView>>> {
    caller.require(Permission::OnCallRead)?;
    let now = state.kit.now();
    let mut sql = state.kit.db.read().await?;
    let mut list = Vec::new();
    for declared in oncall::rotas(&mut sql, caller.tenant).await? {
        let team = state.team(&mut sql, caller.tenant, declared.definition.team).await?;
        for member in declared.definition.members() {
            let ways = methods(&mut sql, state.directory.as_ref(), caller.tenant, member).await?;
            let word = match reach(&ways, now) {
                Reach::Proven => "proven",
                Reach::Unproven => "unproven",
                Reach::None => "none",
            };
            list.push(ReachView {
                team: team.clone(),
                person: state.person(&mut sql, caller.tenant, member).await?,
                state: word.to_owned(),
                proven_at: ways.iter().filter_map(|method| method.proven_at).max(),
                channels: ways.into_iter().map(|method| method.channel).collect(),
            });
        }
    }
    list.sort_by_key(|reach| match reach.state.as_str() {
        "none" => 0,
        "unproven" => 1,
        _ => 2,
    });
    Ok(Json(list))
}
