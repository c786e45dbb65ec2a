use super::*;

#[test]
fn a_window_over_midnight_belongs_to_the_day_it_begins() {
    let rota = rota(
        "UTC",
        json!([{ "every": "week", "handover": "monday 12:00", "members": ["an"],
        "hours": [{ "days": ["friday"], "from": "22:00", "to": "06:00" }] }]),
    );
    assert_eq!(
        handovers(&rota, &[], "UTC", "2026-03-05T00:00:00Z", "2026-03-08T00:00:00Z"),
        ["03-05 00:00 -", "03-06 22:00 an", "03-07 06:00 -"]
    );
}
