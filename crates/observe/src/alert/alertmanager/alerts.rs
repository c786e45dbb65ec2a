//! Alerts that fire.

use axum::extract::State;
use evenkeel_api::{Caller, Permission};

use super::{
    answer::{Answer, Trouble, Troubles},
    view::{AlertView, Wanted, load},
};
use crate::{alert::Alerts, metric::api::Params};

/// Alerts that fire, of senders and of our own probes and rules: `filter`, `active`, `silenced`, `inhibited`, `receiver`.
#[utoipa::path(get, path = "/alertmanager/api/v2/alerts", tag = "alertmanager", responses((status = 200, body = Answer), Troubles))]
pub(super) async fn alertmanager_alerts(
    State(alerts): State<Alerts>,
    caller: Caller,
    params: Params,
) -> Result<axum::Json<Vec<AlertView>>, Trouble> {
    caller.require(Permission::AlertRead)?;
    let wanted = Wanted::of(&params)?;
    Ok(axum::Json(load(&alerts, caller.tenant, &wanted).await?))
}
