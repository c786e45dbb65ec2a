//! Freezes: times in which nothing is changed, every week or once, on the wall clock of a zone.

use evenkeel_api::Grant;
use evenkeel_core::{
    definition::Bilingual,
    event::manage::Window,
    id::{FreezeId, ServiceId, TenantId},
    state::ChangeKind,
    time,
};
use evenkeel_sla::{Calendar, CalendarDefinition, HolidaySet, WeeklyDefinition};
use evenkeel_store::{Sql, StoreError, Tx};
use jiff::{civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    Act,
    definition::{self, Put, Version},
    refuse, service,
};

/// The word in `definition.put`.
pub const KIND: &str = "freeze";
/// The most freezes of a tenant: all are looked at for each change.
const FREEZES_MAX: i64 = 200;
/// The most stretches that one names.
const STRETCHES_MAX: usize = 100;

/// A stretch on the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    /// First moment, as the clock on the wall shows it.
    pub from: DateTime,
    /// First moment after.
    pub to: DateTime,
}

/// A time in which nothing is changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreezeDefinition {
    /// Shown name.
    pub display: Bilingual,
    /// Of these services; empty = of all.
    pub services: Vec<ServiceId>,
    /// IANA zone of the wall clock.
    pub zone: String,
    /// Every week.
    pub weekly: Vec<WeeklyDefinition>,
    /// Once each.
    pub dated: Vec<Dated>,
    /// Changes that it does not concern.
    pub exempt: Vec<ChangeKind>,
}

impl FreezeDefinition {
    /// What is wrong with it, in words; `None` = nothing.
    pub fn wrong(&self) -> Option<String> {
        if self.weekly.is_empty() && self.dated.is_empty() {
            return Some("it has no time: write weekly, or dated".to_owned());
        }
        if self.weekly.len() + self.dated.len() > STRETCHES_MAX {
            return Some(format!("it names more than {STRETCHES_MAX} stretches"));
        }
        if let Some(dated) = self.dated.iter().find(|dated| dated.from >= dated.to) {
            return Some(format!("it ends at {}, which is not after its beginning at {}", dated.to, dated.from));
        }
        if self.weekly.is_empty() {
            return TimeZone::get(&self.zone)
                .err()
                .map(|_| format!("{:?} is no zone: write its IANA name, such as Asia/Shanghai", self.zone));
        }
        self.calendar().err()
    }

    fn calendar(&self) -> Result<Calendar, String> {
        let definition = CalendarDefinition {
            zone: self.zone.clone(),
            always: false,
            weekly: self.weekly.clone(),
            holidays: HolidaySet::None,
            make_up_days_as: None,
            exceptions: Vec::new(),
        };
        Calendar::compile(&definition)
            .map_err(|error| error.issues.iter().map(|issue| format!("{}: {}", issue.field, issue.problem)).collect::<Vec<_>>().join("; "))
    }

    /// The parts of `window` in which nothing is changed. The wall clock becomes UTC by the zone's rules at that date.
    pub fn within(&self, window: Window) -> Vec<Window> {
        let mut stretches = Vec::new();
        if !self.weekly.is_empty()
            && let Ok(calendar) = self.calendar()
        {
            let open = calendar.open_between(window.from, window.to);
            stretches.extend(open.spans().iter().map(|span| Window { from: time::from_micros(span.from), to: time::from_micros(span.to) }));
        }
        if let Ok(zone) = TimeZone::get(&self.zone) {
            for dated in &self.dated {
                let (Ok(from), Ok(to)) = (dated.from.to_zoned(zone.clone()), dated.to.to_zoned(zone.clone())) else { continue };
                let met = Window { from: from.timestamp().max(window.from), to: to.timestamp().min(window.to) };
                stretches.extend((met.from < met.to).then_some(met));
            }
        }
        stretches
    }

    /// Whether it concerns a change of this kind on these services.
    pub fn concerns(&self, kind: ChangeKind, services: &[ServiceId]) -> bool {
        !self.exempt.contains(&kind) && (self.services.is_empty() || services.iter().any(|service| self.services.contains(service)))
    }
}

/// Puts a freeze under its name; the same definition again makes no version.
///
/// # Errors
/// A refusal that names what cannot be, or the service that does not exist.
pub async fn put(tx: &mut Tx, _grant: &Grant, act: &Act, name: &str, freeze: &FreezeDefinition) -> Result<Put, StoreError> {
    if let Some(wrong) = freeze.wrong() {
        return Err(refuse::invalid("", wrong).into());
    }
    for service in &freeze.services {
        if service::find(tx, act.tenant, *service).await?.is_none_or(|found| found.retired) {
            return Err(refuse::dangling(KIND, name, "/services", service));
        }
    }
    definition::put(tx, act, KIND, FreezeId::named(name), name, freeze).await
}

/// Takes a freeze out of force. Answers whether it was in force.
pub async fn retire(tx: &mut Tx, _grant: &Grant, act: &Act, name: &str) -> Result<bool, StoreError> {
    definition::retire(tx, act, KIND, FreezeId::named(name)).await
}

/// Every freeze in force, by name.
pub(super) async fn all(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<Version<FreezeDefinition>>, StoreError> {
    definition::list(sql, tenant, KIND, "", FREEZES_MAX).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use evenkeel_sla::Weekday;
    use jiff::{SignedDuration, Timestamp};

    use super::*;

    fn freeze(zone: &str) -> FreezeDefinition {
        let display = Bilingual { zh: "封网".to_owned(), en: "Freeze".to_owned() };
        FreezeDefinition { display, services: Vec::new(), zone: zone.to_owned(), weekly: Vec::new(), dated: Vec::new(), exempt: Vec::new() }
    }

    fn window(from: &str, to: &str) -> Window {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        Window { from: at(from), to: at(to) }
    }

    fn length(window: &Window) -> SignedDuration {
        window.to.duration_since(window.from)
    }

    #[test]
    fn a_night_is_as_long_as_the_wall_clock_makes_it() {
        let sunday = vec![WeeklyDefinition { days: vec![Weekday::Sun], from: "01:00".to_owned(), to: "04:00".to_owned() }];
        let freeze = FreezeDefinition { weekly: sunday, ..freeze("Europe/Berlin") };
        // 29 March 2026: from two at once to three. 25 October 2026: two to three, twice.
        let spring = freeze.within(window("2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"));
        let autumn = freeze.within(window("2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"));
        let usual = freeze.within(window("2026-06-06T12:00:00Z", "2026-06-07T12:00:00Z"));
        assert_eq!(spring, [window("2026-03-29T00:00:00Z", "2026-03-29T02:00:00Z")]);
        assert_eq!(autumn, [window("2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z")]);
        assert_eq!([&spring, &usual, &autumn].map(|found| length(&found[0]).as_hours()), [2, 3, 4]);
    }

    #[test]
    fn a_dated_stretch_is_met_where_the_window_lies_in_it() {
        let dated = Dated { from: "2026-12-24T00:00".parse().unwrap(), to: "2027-01-02T00:00".parse().unwrap() };
        let freeze = FreezeDefinition { dated: vec![dated], ..freeze("Asia/Shanghai") };
        let met = freeze.within(window("2026-12-23T15:00:00Z", "2026-12-23T17:00:00Z"));
        assert_eq!(met, [window("2026-12-23T16:00:00Z", "2026-12-23T17:00:00Z")]);
        assert!(freeze.within(window("2026-12-23T15:00:00Z", "2026-12-23T16:00:00Z")).is_empty(), "it only touches");
        // A moment that the spring gap skips begins an hour later on the clock.
        let gap = Dated { from: "2026-03-29T02:30".parse().unwrap(), to: "2026-03-29T04:00".parse().unwrap() };
        let freeze = FreezeDefinition { dated: vec![gap], zone: "Europe/Berlin".to_owned(), ..freeze };
        let met = freeze.within(window("2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z"));
        assert_eq!(met, [window("2026-03-29T01:30:00Z", "2026-03-29T02:00:00Z")]);
    }

    #[test]
    fn it_concerns_its_services_and_not_what_it_exempts() {
        let (shop, bank) = (ServiceId::named("shop"), ServiceId::named("bank"));
        let freeze = FreezeDefinition { services: vec![shop], exempt: vec![ChangeKind::Emergency], ..freeze("UTC") };
        assert!(freeze.concerns(ChangeKind::Normal, &[bank, shop]));
        assert!(!freeze.concerns(ChangeKind::Normal, &[bank]));
        assert!(!freeze.concerns(ChangeKind::Emergency, &[shop]));
        assert!(freeze.wrong().unwrap().contains("no time"));
    }
}
