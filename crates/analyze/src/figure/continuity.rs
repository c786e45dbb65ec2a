//! Continuity indicators 1, 2, 6 and 8, and the statistics of the three durations.

use super::{
    compute::{Computed, duration, figure, share},
    definition::{
        DIAGNOSIS, Definition, FAULT_DETECT, FAULT_LOCATE, FAULT_RESTORE, FAULT_TOTAL, FOUND_BY_MONITORING, MONITORING_DELAY,
        RECOVERY_DURATION, RECOVERY_TIMELINESS,
    },
    evidence::{Item, Part, Row},
    model::Unit,
    setting::{Case, Setting},
    statistic::number,
};
use crate::fault::{Basis, Moment, moments::between};

/// All of them.
pub fn figures(setting: &Setting<'_>) -> Vec<Computed> {
    vec![
        found_by_monitoring(setting),
        monitoring_delay(setting),
        spans(setting, &DIAGNOSIS, |case| (case.fault.detected, case.fault.located)),
        timeliness(setting),
        spans(setting, &RECOVERY_DURATION, |case| (case.fault.responded, case.fault.restored)),
        spans(setting, &FAULT_DETECT, |case| (case.fault.occurred, case.fault.detected)),
        spans(setting, &FAULT_LOCATE, |case| (case.fault.detected, case.fault.located)),
        spans(setting, &FAULT_RESTORE, |case| (case.fault.located, case.fault.restored)),
        spans(setting, &FAULT_TOTAL, |case| (case.fault.occurred, case.fault.restored)),
    ]
}

/// The row of a fault.
fn row(case: &Case<'_>, value: Option<i64>, unit: Unit, moments: &[Option<Moment>], detail: String) -> Row {
    let mut event_seqs: Vec<i64> = moments.iter().flatten().map(|moment| moment.seq).collect();
    event_seqs.sort_unstable();
    event_seqs.dedup();
    Row {
        id: case.opened.id.to_string(),
        label: format!("INC-{}", case.opened.number),
        value: value.map(number),
        unit,
        incident_id: Some(case.opened.id),
        service_id: Some(case.opened.service),
        event_seqs,
        calendar: None,
        detail,
    }
}

/// Whether a machine was the first to see it; none = nobody says who was.
fn machine_first(case: &Case<'_>) -> Option<bool> {
    let detected = case.fault.detected?;
    (detected.basis != Basis::Import).then_some(detected.basis == Basis::Telemetry)
}

fn found_by_monitoring(setting: &Setting<'_>) -> Computed {
    let items: Vec<Item> = setting
        .faults()
        .map(|case| {
            let (part, word) = match machine_first(case) {
                Some(true) => (Part::Numerator, "telemetry"),
                Some(false) => (Part::Denominator, "person"),
                None => (Part::Unknown, "unknown"),
            };
            Item { part, row: row(case, None, Unit::Count, &[case.fault.detected], word.to_owned()) }
        })
        .collect();
    figure(setting, &FOUND_BY_MONITORING, None, share(&items), items)
}

fn monitoring_delay(setting: &Setting<'_>) -> Computed {
    let items: Vec<Item> = setting
        .faults()
        .filter(|case| machine_first(case) == Some(true))
        .map(|case| {
            let secs = between(case.fault.occurred, case.fault.machine);
            let (part, detail) = match secs {
                Some(0..) => (Part::Numerator, "machine alert − T0"),
                Some(_) => (Part::Unknown, "negative: T0 is wrong"),
                None => (Part::Unknown, "T0 unknown"),
            };
            Item { part, row: row(case, secs, Unit::Secs, &[case.fault.occurred, case.fault.machine], detail.to_owned()) }
        })
        .collect();
    figure(setting, &MONITORING_DELAY, None, duration(&items), items)
}

/// A duration between two moments of every fault. A negative one says that a moment is wrong and counts as unknown.
fn spans(setting: &Setting<'_>, definition: &'static Definition, ends: impl Fn(&Case<'_>) -> (Option<Moment>, Option<Moment>)) -> Computed {
    let items: Vec<Item> = setting
        .faults()
        .map(|case| {
            let (from, to) = ends(case);
            let secs = between(from, to);
            let part = if secs.is_some_and(|secs| secs >= 0) { Part::Numerator } else { Part::Unknown };
            let basis = |moment: Option<Moment>| moment.map_or("unknown", |moment| moment.basis.as_str());
            let detail = format!("P{} {} → {}", case.opened.priority.get(), basis(from), basis(to));
            Item { part, row: row(case, secs, Unit::Secs, &[from, to], detail) }
        })
        .collect();
    figure(setting, definition, None, duration(&items), items)
}

/// Restored within the service's recovery time objective, as it was in force when the fault was detected.
fn timeliness(setting: &Setting<'_>) -> Computed {
    let items: Vec<Item> = setting
        .faults()
        .filter_map(|case| {
            let services = &setting.view.world.services;
            let at = case.fault.detected.map_or(case.opened.at, |detected| detected.at);
            let service = services.in_force(case.opened.service, at, setting.view.position)?;
            let rto_secs = service.body.rto_secs?;
            let fault = &case.fault;
            let (part, secs) = match (fault.total_secs(), between(fault.detected, fault.restored)) {
                (Some(secs), _) if secs <= rto_secs => (Part::Numerator, Some(secs)),
                (Some(secs), _) => (Part::Denominator, Some(secs)),
                (None, Some(secs)) if secs > rto_secs => (Part::Denominator, Some(secs)),
                (None, secs) => (Part::Unknown, secs),
            };
            let detail = format!("RTO {rto_secs} s ({} v{})", service.name, service.version);
            let mut row = row(case, secs, Unit::Secs, &[fault.occurred, fault.detected, fault.restored], detail);
            row.event_seqs.push(service.seq);
            row.event_seqs.sort_unstable();
            Some(Item { part, row })
        })
        .collect();
    figure(setting, &RECOVERY_TIMELINESS, None, share(&items), items)
}
