//! Calendars and instants that many tests use.

use std::sync::LazyLock;

use evenkeel_core::{
    definition::{AgreementDefinition, Bilingual, GoalTarget, Layer, PauseRule, Retarget, TimeOwner},
    id::CalendarId,
    priority::Priority,
    state::{Goal, HoldReason, Medium, Visibility},
};
use evenkeel_sla::{
    Calendar, CalendarDefinition,
    clock::{self, ClockReading, Explanation, Fact, FactKind, IntervalKind, Terms},
};
use jiff::{Timestamp, civil::DateTime};

fn compile(json: &str) -> Calendar {
    let definition: CalendarDefinition = serde_json::from_str(json).expect("a definition");
    Calendar::compile(&definition).expect("a calendar")
}

macro_rules! calendars {
    ($($(#[$doc:meta])* $name:ident = $json:literal;)*) => {
        $($(#[$doc])* pub static $name: LazyLock<Calendar> = LazyLock::new(|| compile($json));)*
    };
}

calendars! {
    CN = r#"{"zone":"Asia/Shanghai","holidays":"cn","weekly":[
        {"days":["mon","tue","wed","thu","fri"],"from":"09:00","to":"12:00"},
        {"days":["mon","tue","wed","thu","fri"],"from":"13:30","to":"18:00"}]}"#;
    CN_NO_EXC = r#"{"zone":"Asia/Shanghai","weekly":[
        {"days":["mon","tue","wed","thu","fri"],"from":"09:00","to":"12:00"},
        {"days":["mon","tue","wed","thu","fri"],"from":"13:30","to":"18:00"}]}"#;
    BER = r#"{"zone":"Europe/Berlin","weekly":[{"days":["mon","tue","wed","thu","fri"],"from":"09:00","to":"17:00"}]}"#;
    BER247 = r#"{"zone":"Europe/Berlin","always":true}"#;
    BER_NIGHT = r#"{"zone":"Europe/Berlin","weekly":[
        {"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"22:00","to":"06:00"}]}"#;
    NYC = r#"{"zone":"America/New_York","weekly":[{"days":["mon","tue","wed","thu","fri"],"from":"09:00","to":"17:00"}]}"#;
}

/// A calendar from JSON text.
pub fn calendar(json: &str) -> Calendar {
    compile(json)
}

/// An instant from RFC 3339.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// An instant from wall-clock time in a calendar's zone.
pub fn wall(calendar: &Calendar, text: &str) -> Timestamp {
    let local: DateTime = text.replace(' ', "T").parse().expect("a wall-clock time");
    local.to_zoned(calendar.zone().clone()).expect("a zone").timestamp()
}

/// An agreement of these goals (minutes, for every priority) that names holds for the customer as pauses.
pub fn agreement(goals: &[(Goal, i64)]) -> AgreementDefinition {
    AgreementDefinition {
        display: Bilingual { zh: "协议".to_owned(), en: "agreement".to_owned() },
        layer: Layer::Sla,
        customer: None,
        services: Vec::new(),
        calendar: CalendarId::named("test"),
        goals: goals
            .iter()
            .flat_map(|(goal, minutes)| Priority::ALL.map(|priority| GoalTarget { priority, goal: *goal, target_secs: minutes * 60 }))
            .collect(),
        pauses: vec![PauseRule { hold: HoldReason::Customer, owner: TimeOwner::Customer }],
        retarget: Retarget::FromOriginKeepPauses,
        reopen_within_days: 7,
        availability_target: None,
        attainment_target: None,
        maintenance: None,
        escalation: None,
    }
}

/// [`agreement`] with its calendar.
pub fn terms(calendar: &Calendar, goals: &[(Goal, i64)]) -> Terms {
    Terms::new(&agreement(goals), calendar.clone())
}

/// P1 to P5.
pub fn priority(number: u8) -> Priority {
    Priority::try_from(number).expect("a priority")
}

/// What happened to a ticket, told in wall-clock time of one calendar's zone.
#[derive(Clone)]
pub struct Story {
    pub calendar: Calendar,
    pub terms: Vec<Terms>,
    pub facts: Vec<Fact>,
}

impl Story {
    /// A ticket of priority 3 under `terms`, opened at `opened`.
    pub fn opened(calendar: &Calendar, goals: &[(Goal, i64)], opened: &str) -> Self {
        Self::under(vec![terms(calendar, goals)], opened, 3)
    }

    /// A ticket under several versions of terms, the first of which applies.
    pub fn under(terms: Vec<Terms>, opened: &str, level: u8) -> Self {
        let calendar = terms.first().expect("terms").calendar().clone();
        let story = Self { calendar, terms, facts: Vec::new() };
        story.then(opened, FactKind::Opened { priority: priority(level), terms: Some(0) })
    }

    pub fn then(mut self, when: &str, kind: FactKind) -> Self {
        let seq = i64::try_from(self.facts.len()).expect("few") + 1;
        self.facts.push(Fact { at: wall(&self.calendar, when), seq, kind });
        self
    }

    pub fn hold(self, when: &str, reason: HoldReason) -> Self {
        self.then(when, FactKind::OnHold { reason: Some(reason) })
    }

    pub fn working(self, when: &str) -> Self {
        self.then(when, FactKind::Working)
    }

    pub fn resolved(self, when: &str) -> Self {
        self.then(when, FactKind::Resolved)
    }

    pub fn reopened(self, when: &str) -> Self {
        self.then(when, FactKind::Reopened)
    }

    pub fn answered(self, when: &str) -> Self {
        self.then(when, FactKind::Message { by_agent: true, visibility: Visibility::Public, medium: Medium::Note })
    }

    pub fn reprioritised(self, when: &str, level: u8) -> Self {
        self.then(when, FactKind::Reprioritised { to: priority(level) })
    }

    pub fn at(&self, when: &str) -> Timestamp {
        wall(&self.calendar, when)
    }

    /// The reading, which is checked against its own explanation on the way.
    pub fn read(&self, goal: Goal, as_of: &str) -> ClockReading {
        let as_of = self.at(as_of);
        let reading = clock::read(&self.terms, goal, &self.facts, as_of).expect("a clock");
        let explained = clock::explain(&self.terms, goal, &self.facts, as_of).expect("a clock");
        assert_eq!(reading, explained.reading);
        assert_adds_up(&explained);
        reading
    }

    pub fn explain(&self, goal: Goal, as_of: &str) -> Explanation {
        let explained = clock::explain(&self.terms, goal, &self.facts, self.at(as_of));
        explained.expect("a clock")
    }
}

/// Intervals without a gap, counted ones that sum to the elapsed time, owners that sum to both.
pub fn assert_adds_up(explained: &Explanation) {
    let sum = |kind: IntervalKind| -> i64 {
        let of_kind = explained.intervals.iter().filter(|i| i.kind == kind);
        of_kind.map(|interval| interval.secs).sum()
    };
    for pair in explained.intervals.windows(2) {
        assert_eq!(pair[0].to, pair[1].from, "a gap in {:#?}", explained.intervals);
    }
    for interval in &explained.intervals {
        let length = interval.to.as_second() - interval.from.as_second();
        assert_eq!(interval.secs, length, "{interval:?}");
        assert!(interval.secs > 0, "{interval:?}");
    }
    let reading = &explained.reading;
    assert_eq!(sum(IntervalKind::Counted), reading.elapsed_secs);
    assert_eq!(reading.remaining_secs, reading.target_secs - reading.elapsed_secs);
    let counted: i64 = explained.owners.iter().map(|o| o.counted_secs).sum();
    let held: i64 = explained.owners.iter().map(|o| o.secs).sum();
    assert_eq!(counted, reading.elapsed_secs);
    assert_eq!(held, explained.business_secs);
    assert_eq!(held, sum(IntervalKind::Counted) + sum(IntervalKind::Paused));
    if let (Some(breached), Some(due)) = (reading.breached_at, reading.due_at) {
        assert!(breached >= due, "missed before it was due");
    }
}
