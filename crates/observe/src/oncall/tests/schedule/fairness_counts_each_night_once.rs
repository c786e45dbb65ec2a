use super::*;
use crate::oncall::fairness::{Load, loads};

#[test]
fn fairness_counts_each_night_once() {
    let rota =
        rota("Asia/Shanghai", json!([{ "every": "12 hours", "handover": "08:00", "members": ["an", "bo"], "starts_on": "2026-05-01" }]));
    // From Friday 1 May 08:00 to Sunday 3 May 08:00; 1 May is a holiday.
    let shifts = rota.shifts(&[], at("2026-05-01T00:00:00Z"), at("2026-05-03T00:00:00Z"));
    let loads = loads(&shifts, &TimeZone::get("Asia/Shanghai").unwrap(), &["2026-05-01".parse().unwrap()]);
    let half = 24 * 3600;
    assert_eq!(loads[&person("an")], Load { duty_secs: half, nights: 0, weekend_days: 1, holidays: 1 });
    // bo's nights: of Friday and of Saturday; weekend days: Saturday and the morning of Sunday.
    assert_eq!(loads[&person("bo")], Load { duty_secs: half, nights: 2, weekend_days: 2, holidays: 1 });
}
