//! What a silence is and when it holds. Pure.

use evenkeel_core::{
    event::manage::Window,
    id::{PersonId, SilenceId},
    matcher::{Labels, Matcher, all_match},
    time,
};
use evenkeel_sla::{Calendar, CalendarDefinition, HolidaySet, WeeklyDefinition};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How far around an instant a weekly rule is laid out: more than a week, so that the window before and after is in it.
const AROUND: SignedDuration = SignedDuration::from_hours(8 * 24);
/// The most windows of a week.
const WINDOWS_MAX: usize = 50;

/// Every week, on a zone's wall clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recurrence {
    /// Windows of an ordinary week.
    pub weekly: Vec<WeeklyDefinition>,
    /// The IANA zone whose wall clock they are read on.
    pub zone: String,
}

impl Recurrence {
    /// The rule as a calendar.
    ///
    /// # Errors
    /// In words, with the field.
    pub fn calendar(&self) -> Result<Calendar, String> {
        if self.weekly.is_empty() || self.weekly.len() > WINDOWS_MAX {
            return Err(format!("weekly: write 1 to {WINDOWS_MAX} windows"));
        }
        let definition = CalendarDefinition {
            zone: self.zone.clone(),
            always: false,
            weekly: self.weekly.clone(),
            holidays: HolidaySet::None,
            make_up_days_as: None,
            exceptions: Vec::new(),
        };
        Calendar::compile(&definition).map_err(|error| {
            error.issues.iter().map(|issue| format!("{}: {}; {}", issue.field, issue.problem, issue.fix)).collect::<Vec<_>>().join("; ")
        })
    }
}

/// A silence.
#[derive(Debug, Clone)]
pub struct Silence {
    /// Which.
    pub id: SilenceId,
    /// Of which alerts: those that all of these match.
    pub matchers: Vec<Matcher>,
    /// First instant, and first instant after.
    pub span: Window,
    /// When it does not hold all of the span.
    pub recurring: Option<Recurrence>,
    /// Who made it, when a person did.
    pub author_id: Option<PersonId>,
    /// Who made it, in the words of the tool it was made with.
    pub author: String,
    /// Digest of the comment.
    pub comment: Option<String>,
    /// When it was said last.
    pub updated_at: Timestamp,
    /// When somebody ended it before its time.
    pub ended_at: Option<Timestamp>,
}

/// Where a silence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SilenceState {
    /// It begins later, or recurs and is between two windows.
    Pending,
    /// It holds.
    Active,
    /// It is over.
    Expired,
}

impl Silence {
    /// The window it holds in at `at`; none = it does not.
    pub fn window(&self, at: Timestamp) -> Option<Window> {
        self.windows(at).into_iter().find(|window| window.from <= at && at < window.to)
    }

    /// The window it holds in at `at`, or the next one.
    pub fn next_window(&self, at: Timestamp) -> Option<Window> {
        self.windows(at.max(self.span.from)).into_iter().find(|window| at < window.to)
    }

    fn windows(&self, at: Timestamp) -> Vec<Window> {
        if self.ended_at.is_some() || self.span.from >= self.span.to {
            return Vec::new();
        }
        let Some(rule) = &self.recurring else { return vec![self.span] };
        let Ok(calendar) = rule.calendar() else { return Vec::new() };
        let from = at.saturating_sub(AROUND).unwrap_or(Timestamp::MIN).max(self.span.from);
        let to = at.saturating_add(AROUND).unwrap_or(Timestamp::MAX).min(self.span.to);
        if from >= to {
            return Vec::new();
        }
        let open = calendar.open_between(from, to);
        open.spans().iter().map(|span| Window { from: time::from_micros(span.from), to: time::from_micros(span.to) }).collect()
    }

    /// Where it stands at `at`.
    pub fn state(&self, at: Timestamp) -> SilenceState {
        if self.ended_at.is_some() || at >= self.span.to {
            SilenceState::Expired
        } else if self.window(at).is_some() {
            SilenceState::Active
        } else {
            SilenceState::Pending
        }
    }

    /// Whether it holds at `at` for an alert of these labels: then until when.
    pub fn holds(&self, labels: &Labels, at: Timestamp) -> Option<Timestamp> {
        if !all_match(&self.matchers, labels) {
            return None;
        }
        self.window(at).map(|window| window.to)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use evenkeel_sla::Weekday;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn silence(recurring: Option<Recurrence>) -> Silence {
        Silence {
            id: SilenceId::named("s"),
            matchers: Matcher::parse_list("service=shop").unwrap(),
            span: Window { from: at("2026-01-01T00:00:00Z"), to: at("2027-01-01T00:00:00Z") },
            recurring,
            author_id: None,
            author: String::new(),
            comment: None,
            updated_at: at("2026-01-01T00:00:00Z"),
            ended_at: None,
        }
    }

    fn sunday_night() -> Recurrence {
        let weekly = vec![WeeklyDefinition { days: vec![Weekday::Sun], from: "01:00".to_owned(), to: "04:00".to_owned() }];
        Recurrence { weekly, zone: "Europe/Berlin".to_owned() }
    }

    #[test]
    fn one_that_recurs_follows_the_wall_clock_through_the_changes_of_the_year() {
        let nightly = silence(Some(sunday_night()));
        let hours = |text: &str| {
            let window = nightly.window(at(text)).unwrap();
            (window.from.to_string(), window.to.duration_since(window.from).as_hours())
        };
        // Winter, the night that loses an hour, summer, the night that has one twice.
        assert_eq!(hours("2026-01-11T01:30:00Z"), ("2026-01-11T00:00:00Z".to_owned(), 3));
        assert_eq!(hours("2026-03-29T00:30:00Z"), ("2026-03-29T00:00:00Z".to_owned(), 2));
        assert_eq!(hours("2026-07-05T00:30:00Z"), ("2026-07-04T23:00:00Z".to_owned(), 3));
        assert_eq!(hours("2026-10-25T00:30:00Z"), ("2026-10-24T23:00:00Z".to_owned(), 4));
        assert_eq!(nightly.window(at("2026-01-11T03:00:00Z")), None, "04:00 in winter is 03:00 UTC, and not in it");
        let next = nightly.next_window(at("2026-01-12T00:00:00Z")).unwrap();
        assert_eq!(next.from, at("2026-01-18T00:00:00Z"));
    }

    #[test]
    fn it_holds_within_its_span_and_for_what_it_matches() {
        let shop = Labels::from([("service".to_owned(), "shop".to_owned())]);
        let once = silence(None);
        assert_eq!(once.holds(&shop, at("2026-05-01T00:00:00Z")), Some(once.span.to));
        assert_eq!(once.holds(&Labels::new(), at("2026-05-01T00:00:00Z")), None);
        assert_eq!((once.state(once.span.to), once.holds(&shop, once.span.to)), (SilenceState::Expired, None));
        assert_eq!(once.state(at("2025-12-31T00:00:00Z")), SilenceState::Pending);
        let ended = Silence { ended_at: Some(once.span.from), ..once };
        assert_eq!(ended.holds(&shop, at("2026-05-01T00:00:00Z")), None);
    }

    #[test]
    fn a_rule_without_a_zone_or_windows_is_none() {
        assert!(Recurrence { zone: "Mars/Phobos".to_owned(), ..sunday_night() }.calendar().unwrap_err().contains("zone"));
        assert!(Recurrence { weekly: Vec::new(), ..sunday_night() }.calendar().is_err());
    }
}
