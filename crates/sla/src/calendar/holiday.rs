//! Mainland China's public holidays and make-up workdays, embedded (see `data/holidays-cn/README.md`).

use std::sync::LazyLock;

use serde::Deserialize;

use crate::day;

macro_rules! files {
    ($($year:literal)*) => {
        &[$(include_str!(concat!("../../data/holidays-cn/", $year, ".json"))),*]
    };
}

/// One file a year.
const FILES: &[&str] = files!(
    "2007" "2008" "2009" "2010" "2011" "2012" "2013" "2014" "2015" "2016" "2017" "2018" "2019" "2020" "2021" "2022"
    "2023" "2024" "2025" "2026" "2027"
);

/// A date that a decree made a day off or a working day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// The holiday it belongs to, as decreed: 国庆节.
    pub name: String,
    /// Off, or a make-up workday (调休).
    pub off: bool,
    /// Addresses of the decrees of that year.
    pub sources: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    year: i64,
    papers: Vec<String>,
    days: Vec<FileDay>,
}

#[derive(Deserialize)]
struct FileDay {
    name: String,
    date: jiff::civil::Date,
    #[serde(rename = "isOffDay")]
    off: bool,
}

/// All decreed dates by day number, and the last year with a decree.
#[derive(Debug, Default)]
pub(super) struct HolidayTable {
    days: Vec<(i64, Holiday)>,
    last_year: i64,
    files_read: usize,
}

static CN: LazyLock<HolidayTable> = LazyLock::new(|| {
    let mut table = HolidayTable::default();
    // A file that cannot be read is left out rather than stopping the process; a test holds that all can be.
    for file in FILES.iter().filter_map(|text| serde_json::from_str::<File>(text).ok()) {
        table.files_read += 1;
        if !file.days.is_empty() {
            table.last_year = table.last_year.max(file.year);
        }
        for entry in file.days {
            let holiday = Holiday { name: entry.name, off: entry.off, sources: file.papers.clone() };
            table.days.push((day::of(entry.date), holiday));
        }
    }
    // Stable: where two years' files name one date, the later year's decree stands last and wins below.
    table.days.sort_by_key(|(number, _)| *number);
    table.days.reverse();
    table.days.dedup_by_key(|(number, _)| *number);
    table.days.reverse();
    table
});

/// China's table.
pub(super) fn cn() -> &'static HolidayTable {
    &CN
}

impl HolidayTable {
    /// What was decreed for this local day number.
    pub(super) fn find(&self, number: i64) -> Option<&Holiday> {
        let index = self.days.binary_search_by_key(&number, |(known, _)| *known).ok()?;
        self.days.get(index).map(|(_, holiday)| holiday)
    }
}

/// The last year for which China's holidays are in this build. Later dates are computed by the weekly hours alone.
pub fn last_published_year() -> i64 {
    CN.last_year
}

/// How many of the embedded files could be read, and how many there are.
pub fn files_read() -> (usize, usize) {
    (CN.files_read, FILES.len())
}

/// What China's decrees say of a date.
pub fn cn_holiday(date: jiff::civil::Date) -> Option<&'static Holiday> {
    CN.find(day::of(date))
}
