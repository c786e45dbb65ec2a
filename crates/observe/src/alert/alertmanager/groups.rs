//! Alerts that fire, by the service that suffers: what we group by, since an incident is a service's.

use std::collections::BTreeMap;

use axum::extract::State;
use evenkeel_api::{Caller, Permission};
use evenkeel_core::matcher::Labels;
use serde::Serialize;

use super::{
    RECEIVER,
    answer::{Answer, Trouble, Troubles},
    view::{AlertView, Receiver, Wanted, load},
};
use crate::{alert::Alerts, metric::api::Params};

#[derive(Debug, Serialize)]
pub(super) struct GroupView {
    alerts: Vec<AlertView>,
    labels: Labels,
    receiver: Receiver,
}

/// Alerts that fire, grouped by service: the same filters.
#[utoipa::path(get, path = "/alertmanager/api/v2/alerts/groups", tag = "alertmanager",
    responses((status = 200, body = Answer), Troubles))]
pub(super) async fn alertmanager_groups(
    State(alerts): State<Alerts>,
    caller: Caller,
    params: Params,
) -> Result<axum::Json<Vec<GroupView>>, Trouble> {
    caller.require(Permission::AlertRead)?;
    let wanted = Wanted::of(&params)?;
    let mut groups: BTreeMap<Labels, Vec<AlertView>> = BTreeMap::new();
    for alert in load(&alerts, caller.tenant, &wanted).await? {
        let labels = alert.labels.get_key_value("service").map(|(name, value)| (name.clone(), value.clone())).into_iter().collect();
        groups.entry(labels).or_default().push(alert);
    }
    let view = |(labels, alerts)| GroupView { alerts, labels, receiver: Receiver { name: RECEIVER } };
    Ok(axum::Json(groups.into_iter().map(view).collect()))
}
