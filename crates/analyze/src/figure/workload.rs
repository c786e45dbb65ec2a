//! How many incidents came in, were resolved, and stayed open.

use evenkeel_core::{priority::Priority, state::IncidentState};
use jiff::Timestamp;

use super::{
    compute::{Computed, figure, tally},
    definition::{Definition, INCIDENTS_OPEN, INCIDENTS_OPENED, INCIDENTS_RESOLVED},
    evidence::{Item, Part, Row},
    model::{Slice, Unit},
    setting::{Case, Setting},
    statistic::{count, number},
};
use crate::{words::Words, world::incident::What};

/// All three.
pub fn figures(setting: &Setting<'_>) -> Vec<Computed> {
    let opened =
        setting.cases.iter().filter(|case| setting.ask.contains(case.opened.at)).map(|case| (case, case.opened.at, case.opened.seq));
    let ends: Vec<(&Case<'_>, End)> = setting.cases.iter().map(|case| (case, end(setting, case))).collect();
    let resolved = ends.iter().filter_map(|(case, end)| match end {
        End::Resolved { at, seq } if setting.ask.contains(*at) => Some((*case, *at, *seq)),
        _ => None,
    });
    let open = ends.iter().filter_map(|(case, end)| match end {
        End::Open { seq } => Some((*case, case.opened.at, *seq)),
        _ => None,
    });
    vec![
        counted(setting, &INCIDENTS_OPENED, opened),
        counted(setting, &INCIDENTS_RESOLVED, resolved),
        counted(setting, &INCIDENTS_OPEN, open),
    ]
}

/// How an incident stood at the end of the period.
enum End {
    Open { seq: i64 },
    Resolved { at: Timestamp, seq: i64 },
    Other,
}

fn end(setting: &Setting<'_>, case: &Case<'_>) -> End {
    let mut end = End::Open { seq: case.opened.seq };
    for fact in case.incident.facts_at(setting.view.position) {
        if fact.at >= setting.ask.to {
            break;
        }
        if let What::Transitioned { to, .. } = fact.what {
            end = match to {
                IncidentState::Resolved => End::Resolved { at: fact.at, seq: fact.seq },
                // Closing what is resolved changes nothing; an import may close without resolving.
                IncidentState::Closed => match end {
                    End::Resolved { .. } => end,
                    _ => End::Resolved { at: fact.at, seq: fact.seq },
                },
                state if state.is_open() => End::Open { seq: fact.seq },
                _ => End::Other,
            };
        }
    }
    end
}

fn counted<'a, 'w: 'a>(
    setting: &Setting<'_>,
    definition: &'static Definition,
    cases: impl Iterator<Item = (&'a Case<'w>, Timestamp, i64)>,
) -> Computed {
    let mut by = [0usize; 5];
    let items: Vec<Item> = cases
        .map(|(case, at, seq)| {
            by[usize::from(case.opened.priority.get() - 1)] += 1;
            let mut event_seqs = vec![case.opened.seq, seq];
            event_seqs.dedup();
            Item {
                part: Part::Numerator,
                row: Row {
                    id: case.opened.id.to_string(),
                    label: format!("INC-{}", case.opened.number),
                    value: Some(1.0),
                    unit: Unit::Count,
                    incident_id: Some(case.opened.id),
                    service_id: Some(case.opened.service),
                    event_seqs,
                    calendar: None,
                    detail: format!("P{} {at}", case.opened.priority.get()),
                },
            }
        })
        .collect();
    let mut values = tally(&items);
    values.by = Priority::ALL
        .iter()
        .zip(by)
        .map(|(priority, n)| Slice {
            key: format!("p{}", priority.get()),
            label: Words::same(format!("P{}", priority.get())),
            value: Some(number(count(n))),
            n: count(n),
        })
        .collect();
    figure(setting, definition, None, values, items)
}
