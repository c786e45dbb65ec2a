//! Calendars and instants that many tests use.

use std::sync::LazyLock;

use evenkeel_sla::{Calendar, CalendarDefinition};
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
