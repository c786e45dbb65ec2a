//! One incident of a period, judged: work, noise, or not decided yet. Pure.

use evenkeel_core::id::{IncidentId, PersonId};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::book::{Book, Opened, Paged, Source};

/// What came of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NoiseVerdict)]
pub enum Verdict {
    /// Somebody did something beyond acknowledging it.
    Actionable,
    /// It was back by itself, and nobody did anything beyond acknowledging it.
    SelfHealed,
    /// It ended otherwise, and nobody did anything beyond acknowledging it.
    Untouched,
    /// It is open, and nobody has done anything yet.
    Undecided,
}

/// An incident of the period.
#[derive(Debug, Clone)]
pub struct Case<'b> {
    pub id: IncidentId,
    pub incident: &'b Opened,
    pub source: &'b Source,
    pub verdict: Verdict,
    /// Pages about it, in order.
    pub pages: Vec<&'b Paged>,
    /// From the first page to the answer; none = nobody was paged, or nobody answered.
    pub answered_secs: Option<i64>,
    pub answered_by: Option<PersonId>,
    /// How long its last alert lasted after it fired; none = one still fires.
    pub lasted_secs: Option<i64>,
}

impl Case<'_> {
    /// The events it stands on.
    pub fn seqs(&self) -> Vec<i64> {
        let incident = self.incident;
        let mut seqs = vec![incident.seq];
        seqs.extend(self.pages.iter().map(|page| page.seq));
        seqs.extend(incident.acknowledged.map(|(_, _, seq)| seq));
        seqs.extend(incident.did.iter().filter(|did| !did.is_answer).map(|did| did.seq));
        seqs.extend(incident.restored.map(|(_, _, seq)| seq));
        seqs.sort_unstable();
        seqs
    }
}

fn verdict(incident: &Opened) -> Verdict {
    let worked = incident.did.iter().any(|did| !did.is_answer);
    match (worked, incident.restored, incident.ended_at) {
        (true, ..) => Verdict::Actionable,
        (false, Some((_, true, _)), _) => Verdict::SelfHealed,
        (false, _, Some(_)) => Verdict::Untouched,
        (false, ..) => Verdict::Undecided,
    }
}

/// The incidents that alerts opened, or opened again, in `[from, to)`: each time is one. In order of id and time.
pub fn cases(book: &Book, from: Timestamp, to: Timestamp) -> Vec<Case<'_>> {
    let mut cases: Vec<Case<'_>> = book
        .incidents
        .iter()
        .flat_map(|(id, times)| times.iter().map(move |time| (id, time)))
        .filter(|(_, incident)| from <= incident.at && incident.at < to)
        .filter_map(|(id, incident)| {
            let source = &book.alerts.get(incident.alerts.first()?)?.source;
            let ends: Option<Vec<i64>> = incident
                .alerts
                .iter()
                .filter_map(|alert| book.alerts.get(alert))
                .map(|alert| Some(alert.ended?.0.duration_since(alert.fired_at).as_secs().max(0)))
                .collect();
            Some(Case {
                id: *id,
                incident,
                source,
                verdict: verdict(incident),
                pages: Vec::new(),
                answered_secs: None,
                answered_by: None,
                lasted_secs: ends.and_then(|ends| ends.into_iter().max()),
            })
        })
        .collect();
    for page in book.pages.iter().filter(|page| page.at < to) {
        // Of the last time that it was opened before.
        let after = cases.partition_point(|case| (case.id, case.incident.at) <= (page.incident, page.at));
        if let Some(case) = after.checked_sub(1).and_then(|place| cases.get_mut(place)).filter(|case| case.id == page.incident) {
            case.pages.push(page);
        }
    }
    for case in &mut cases {
        let first = case.pages.iter().map(|page| page.at).min();
        if let (Some(first), Some((at, person, _))) = (first, case.incident.acknowledged) {
            case.answered_secs = Some(at.duration_since(first).as_secs().max(0));
            case.answered_by = Some(person);
        }
    }
    cases
}

/// Whether an instant is in the night of a zone: from 22:00 to 07:00.
pub fn is_night(at: Timestamp, zone: &TimeZone) -> bool {
    let hour = zone.to_datetime(at).hour();
    !(7..22).contains(&hour)
}

/// The end of the night that an instant lies in.
pub fn morning(at: Timestamp, zone: &TimeZone) -> Timestamp {
    let local = zone.to_datetime(at);
    let day = if local.hour() >= 22 { local.date().tomorrow().unwrap_or(local.date()) } else { local.date() };
    day.at(7, 0, 0, 0)
        .to_zoned(zone.clone())
        .map_or_else(|_| at.saturating_add(SignedDuration::from_hours(9)).unwrap_or(at), |at| at.timestamp())
}
