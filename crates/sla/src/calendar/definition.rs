//! A calendar as configuration writes it. Nothing is checked here beyond the shape; [`super::Calendar::compile`] checks.

use serde::{Deserialize, Serialize};

/// A calendar as it stands in a configuration file and in `definition.put`.
///
/// ```yaml
/// zone: Asia/Shanghai
/// weekly:
///   - {days: [mon, tue, wed, thu, fri], from: "09:00", to: "12:00"}
///   - {days: [mon, tue, wed, thu, fri], from: "13:30", to: "18:00"}
/// holidays: cn
/// exceptions:
///   - {date: 2026-03-02, closed: true, name: stocktaking}
///   - {date: 2026-03-07, open: [{from: "10:00", to: "16:00"}]}
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarDefinition {
    /// IANA zone whose wall clock the hours are read on, such as `Asia/Shanghai`.
    #[serde(default = "utc")]
    pub zone: String,
    /// Open every second of every day; then no other hours are given.
    #[serde(default, skip_serializing_if = "is_false")]
    pub always: bool,
    /// Hours of an ordinary week. Several windows a day are several entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weekly: Vec<WeeklyDefinition>,
    /// Public holidays that close it, and working days that open it.
    #[serde(default)]
    pub holidays: HolidaySet,
    /// Whose hours a make-up workday (调休) has when it falls on a day without hours of its own. Default: the first
    /// of Monday to Friday that has hours. To close such a day, or to give it its own hours, write an exception.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make_up_days_as: Option<Weekday>,
    /// Dates that differ; they win over holidays, and holidays win over the week.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<ExceptionDefinition>,
}

impl CalendarDefinition {
    /// Open every second of every day.
    pub fn always() -> Self {
        Self { zone: utc(), always: true, weekly: Vec::new(), holidays: HolidaySet::None, make_up_days_as: None, exceptions: Vec::new() }
    }
}

fn utc() -> String {
    "UTC".to_owned()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// One window on some days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeeklyDefinition {
    /// Days on which it starts.
    pub days: Vec<Weekday>,
    /// Opens at, `HH:MM` or `HH:MM:SS`.
    pub from: String,
    /// Closes at, up to `24:00`; earlier than `from` = on the next day.
    pub to: String,
}

/// One window of an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowDefinition {
    /// As in [`WeeklyDefinition`].
    pub from: String,
    /// As in [`WeeklyDefinition`].
    pub to: String,
}

/// A date that differs: either closed, or open with hours of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionDefinition {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// No window starts on this date.
    #[serde(default, skip_serializing_if = "is_false")]
    pub closed: bool,
    /// The only windows that start on this date.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<WindowDefinition>,
    /// Why, for the explain view.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A set of public holidays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidaySet {
    /// No holidays.
    #[default]
    None,
    /// Mainland China's holidays and make-up workdays, as decreed.
    Cn,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// 周一.
    #[serde(alias = "monday")]
    Mon,
    /// 周二.
    #[serde(alias = "tuesday")]
    Tue,
    /// 周三.
    #[serde(alias = "wednesday")]
    Wed,
    /// 周四.
    #[serde(alias = "thursday")]
    Thu,
    /// 周五.
    #[serde(alias = "friday")]
    Fri,
    /// 周六.
    #[serde(alias = "saturday")]
    Sat,
    /// 周日.
    #[serde(alias = "sunday")]
    Sun,
}

impl Weekday {
    /// All seven, Monday first.
    pub const ALL: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    /// Monday = 0 … Sunday = 6.
    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Mon => 0,
            Self::Tue => 1,
            Self::Wed => 2,
            Self::Thu => 3,
            Self::Fri => 4,
            Self::Sat => 5,
            Self::Sun => 6,
        }
    }

    /// The word of the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }
}
