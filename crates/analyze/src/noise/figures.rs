//! The figures of a group: of a rule or probe, of a team, of a person. Pure.

use std::collections::BTreeMap;

use evenkeel_core::id::{PersonId, TeamId};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    book::{Book, Source},
    case::{Case, Verdict, is_night},
};
use crate::figure::statistic::{count, percent, statistic};

/// An answer within this time is prompt, seconds.
pub const PROMPT_SECS: i64 = 300;
/// An alert that fires again so soon after it was over flaps.
const FLAP_WITHIN: SignedDuration = SignedDuration::from_mins(60);
/// Points of a sparkline.
const POINTS: usize = 28;

/// What a group comes to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = NoiseFigures)]
pub struct Figures {
    /// Alerts that fired.
    pub alerts: i64,
    /// Incidents opened for them: the n of the shares, those not decided taken out.
    pub incidents: i64,
    /// Pages sent because trouble began, repeats and escalations included.
    pub pages: i64,
    /// Pages between 22:00 and 07:00 in the zone of the team that was paged.
    pub night_pages: i64,
    /// Incidents on which somebody did something beyond acknowledging.
    pub actionable: i64,
    /// Of the decided ones, percent; null when none is decided.
    pub actionable_percent: Option<f64>,
    /// Incidents that were back by themselves, nobody having done anything beyond acknowledging.
    pub self_healed: i64,
    /// Of the decided ones, percent; null when none is decided.
    pub self_healed_percent: Option<f64>,
    /// Incidents that ended otherwise, nobody having done anything.
    pub untouched: i64,
    /// Incidents of which it cannot be said yet.
    pub undecided: i64,
    /// Paged incidents that somebody acknowledged: the n of the times to acknowledge.
    pub answered: i64,
    /// Paged incidents that nobody acknowledged.
    pub unanswered: i64,
    /// Of the paged incidents, those acknowledged within five minutes of the first page, percent; null when none was paged.
    pub prompt_percent: Option<f64>,
    /// Median time from the first page to the answer, seconds; null when nobody answered.
    pub median_ack_secs: Option<f64>,
    /// Nine tenths of the answers came within, seconds; null when nobody answered.
    pub p90_ack_secs: Option<i64>,
    /// Alerts that fired again within an hour of being over.
    pub flaps: i64,
    /// Alerts that were held back at least once: silence, maintenance, a parent, inhibition.
    pub held: i64,
    /// Pages that this avoided.
    pub pages_avoided: i64,
    /// Pages over the period in equal parts, oldest first.
    pub course: Vec<i64>,
}

/// The period and where nights are.
pub struct Setting<'a> {
    pub from: Timestamp,
    pub to: Timestamp,
    pub zones: &'a BTreeMap<TeamId, TimeZone>,
    /// Of teams without a zone.
    pub zone: &'a TimeZone,
}

impl Setting<'_> {
    /// Where a team's nights are.
    pub fn zone_of(&self, team: TeamId) -> &TimeZone {
        self.zones.get(&team).unwrap_or(self.zone)
    }

    fn point(&self, at: Timestamp) -> usize {
        let whole = self.to.duration_since(self.from).as_secs().max(1);
        let part = at.duration_since(self.from).as_secs().clamp(0, whole - 1);
        usize::try_from(i128::from(part) * i128::try_from(POINTS).unwrap_or(1) / i128::from(whole)).unwrap_or(0).min(POINTS - 1)
    }
}

/// The figures of some incidents; `of` = those pages of theirs that count.
pub fn of_cases<'c>(
    setting: &Setting<'_>,
    cases: impl IntoIterator<Item = &'c Case<'c>>,
    of: impl Fn(TeamId, PersonId) -> bool,
) -> Figures {
    let mut figures = Figures { course: vec![0; POINTS], ..Figures::default() };
    let mut waits = Vec::new();
    let mut prompt = 0;
    for case in cases {
        figures.incidents += 1;
        match case.verdict {
            Verdict::Actionable => figures.actionable += 1,
            Verdict::SelfHealed => figures.self_healed += 1,
            Verdict::Untouched => figures.untouched += 1,
            Verdict::Undecided => figures.undecided += 1,
        }
        let pages: Vec<_> = case.pages.iter().filter(|page| of(page.team, page.person)).collect();
        for page in &pages {
            figures.pages += 1;
            figures.night_pages += i64::from(is_night(page.at, setting.zone_of(page.team)));
            figures.course[setting.point(page.at)] += 1;
        }
        if pages.is_empty() {
            continue;
        }
        match case.answered_secs {
            Some(secs) => {
                waits.push(secs);
                prompt += i64::from(secs <= PROMPT_SECS);
            }
            None => figures.unanswered += 1,
        }
    }
    figures.answered = count(waits.len());
    figures.prompt_percent = percent(prompt, figures.answered + figures.unanswered);
    let decided = figures.incidents - figures.undecided;
    figures.actionable_percent = percent(figures.actionable, decided);
    figures.self_healed_percent = percent(figures.self_healed, decided);
    if let Some(told) = statistic(waits) {
        figures.median_ack_secs = Some(told.median);
        figures.p90_ack_secs = Some(told.p90);
    }
    figures
}

/// Adds what is known of a source's alerts of the period, whether they opened an incident or not.
pub fn add_alerts(figures: &mut Figures, book: &Book, source: &Source, from: Timestamp, to: Timestamp) {
    let mut fired: Vec<_> =
        book.alerts.values().filter(|alert| alert.source == *source && from <= alert.fired_at && alert.fired_at < to).collect();
    fired.sort_by_key(|alert| alert.fired_at);
    figures.alerts = count(fired.len());
    figures.held = count(fired.iter().filter(|alert| alert.held > 0).count());
    figures.pages_avoided = fired.iter().map(|alert| i64::from(alert.pages_avoided)).sum();
    let again = |pair: &[&super::book::Alert]| {
        pair[0].ended.is_some_and(|(ended, _)| ended <= pair[1].fired_at && pair[1].fired_at.duration_since(ended) <= FLAP_WITHIN)
    };
    figures.flaps = count(fired.windows(2).filter(|pair| again(pair)).count());
}

/// Every source that alerted in the period.
pub fn sources(book: &Book, from: Timestamp, to: Timestamp) -> Vec<&Source> {
    let fired = book.alerts.values().filter(|alert| from <= alert.fired_at && alert.fired_at < to);
    fired.map(|alert| &alert.source).collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}
