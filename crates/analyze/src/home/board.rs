//! The four boards: business continuity, delivery speed, customer experience, service quality.

use serde::Serialize;
use utoipa::ToSchema;

use crate::figure::{
    availability::items,
    catalogue::Catalogue,
    compute::{Computed, Values, figure},
    definition::{CHANGE_FAILURE, DEPLOYMENTS, Definition, LEAD_TIME, PROBE_SUCCESS, SATISFACTION},
    evidence::Item,
    model::Figure,
    setting::Setting,
    statistic::number,
    statistic::percent,
};

/// What to do when a board looks bad.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Lever {
    /// A stable code: `coverage`, `timeliness`, `diagnosis`, `recovery`, `high_availability`, `response`, `restore`, `resolve`,
    /// `no_data`, `none`.
    pub code: String,
    /// The figure that says so.
    pub figure: Option<String>,
}

/// One of the four boards.
#[expect(clippy::struct_field_names, reason = "the word on the wire")]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Board {
    /// `continuity`, `delivery`, `experience`, `quality`.
    pub board: String,
    /// Its figures; one without data has n = 0 and no value.
    pub figures: Vec<Figure>,
    /// The biggest lever.
    pub lever: Lever,
}

/// Every figure of the boards: the catalogue's and the boards' own.
pub fn figures(setting: &Setting<'_>, catalogue: Catalogue) -> Vec<Computed> {
    let mut figures = vec![probe_success(setting, &catalogue)];
    figures.extend([&LEAD_TIME, &DEPLOYMENTS, &CHANGE_FAILURE, &SATISFACTION].map(|definition| nothing(setting, definition)));
    figures.extend(catalogue.figures);
    figures
}

/// The four boards over these figures.
pub fn boards(figures: &[Computed]) -> Vec<Board> {
    let board = |name: &str, definitions: &[&str], lever: Lever| Board {
        board: name.to_owned(),
        figures: definitions
            .iter()
            .flat_map(|id| figures.iter().filter(move |computed| computed.definition.id == *id))
            .map(|computed| computed.figure.clone())
            .collect(),
        lever,
    };
    vec![
        board(
            "continuity",
            &["availability", "continuity_1", "continuity_2", "continuity_6", "continuity_8_timeliness", "continuity_8_duration"],
            continuity_lever(figures),
        ),
        board("delivery", &["lead_time", "deployments", "change_failure", "fault_restore"], lever("no_data", Some("lead_time"))),
        board("experience", &["probe_success", "satisfaction"], experience_lever(figures)),
        board(
            "quality",
            &["attainment_total", "breaches", "incidents_opened", "incidents_resolved", "incidents_open"],
            quality_lever(figures),
        ),
    ]
}

fn lever(code: &str, figure: Option<&str>) -> Lever {
    Lever { code: code.to_owned(), figure: figure.map(ToOwned::to_owned) }
}

fn value(figures: &[Computed], id: &str) -> Option<f64> {
    figures.iter().find(|computed| computed.definition.id == id).and_then(|computed| computed.figure.value)
}

/// Not all faults found by machines: coverage. Else the longest part of a fault.
fn continuity_lever(figures: &[Computed]) -> Lever {
    if let Some(missed) = figures.iter().find(|computed| computed.definition.id == "availability" && computed.figure.met == Some(false)) {
        return lever("high_availability", Some(&missed.figure.id));
    }
    if value(figures, "continuity_1").is_some_and(|share| share < 100.0) {
        return lever("coverage", Some("continuity_1"));
    }
    let parts = [("timeliness", "fault_detect"), ("diagnosis", "fault_locate"), ("recovery", "fault_restore")];
    let longest = parts.into_iter().filter_map(|(code, id)| Some((code, id, value(figures, id)?))).max_by(|a, b| a.2.total_cmp(&b.2));
    longest.map_or_else(|| lever("none", None), |(code, id, _)| lever(code, Some(id)))
}

fn experience_lever(figures: &[Computed]) -> Lever {
    match value(figures, "probe_success") {
        Some(share) if share < 100.0 => lever("high_availability", Some("probe_success")),
        _ => lever("no_data", Some("satisfaction")),
    }
}

/// The goal with the lowest attainment.
fn quality_lever(figures: &[Computed]) -> Lever {
    let goals = [("response", "attainment_response"), ("restore", "attainment_restore"), ("resolve", "attainment_resolve")];
    let lowest = goals.into_iter().filter_map(|(code, id)| Some((code, id, value(figures, id)?))).min_by(|a, b| a.2.total_cmp(&b.2));
    match lowest {
        Some((code, id, share)) if share < 100.0 => lever(code, Some(id)),
        Some(_) => lever("none", None),
        None => lever("no_data", Some("attainment_total")),
    }
}

/// Good time over observed time of all services together: the items are those of each service's availability.
fn probe_success(setting: &Setting<'_>, catalogue: &Catalogue) -> Computed {
    let (mut good, mut known, mut unknown) = (0, 0, 0);
    for measured in &catalogue.measured {
        good += measured.availability.good_micros;
        known += measured.availability.good_micros + measured.availability.downtime_micros;
        unknown += measured.availability.unknown_micros;
    }
    let items: Vec<Item> = catalogue.measured.iter().flat_map(|measured| items(setting, measured)).collect();
    let worked = format!("{:.3} s / {:.3} s", number(good) / 1e6, number(known) / 1e6);
    let values = Values {
        value: percent(good, known),
        low: percent(good, known + unknown),
        high: percent(good + unknown, known + unknown),
        n: known / 1_000_000,
        unknown: unknown / 1_000_000,
        worked: (worked.clone(), worked),
        ..Values::default()
    };
    figure(setting, &PROBE_SUCCESS, None, values, items)
}

/// A figure whose facts nobody records yet.
fn nothing(setting: &Setting<'_>, definition: &'static Definition) -> Computed {
    let worked = ("没有数据".to_owned(), "no data".to_owned());
    figure(setting, definition, None, Values { worked, ..Values::default() }, Vec::new())
}
