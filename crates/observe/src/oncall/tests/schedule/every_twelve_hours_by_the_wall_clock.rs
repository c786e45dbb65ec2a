use super::*;

#[test]
fn every_twelve_hours_by_the_wall_clock() {
    let rota =
        rota("Europe/Berlin", json!([{ "every": "12 hours", "handover": "08:00", "members": ["an", "bo"], "starts_on": "2026-03-28" }]));
    assert_eq!(
        handovers(&rota, &[], "Europe/Berlin", "2026-03-28T07:00:00Z", "2026-03-30T06:00:00Z"),
        ["03-28 08:00 an", "03-28 20:00 bo", "03-29 08:00 an", "03-29 20:00 bo"]
    );
    // The night of the change is an hour shorter.
    let night = rota.on_call(&[], at("2026-03-28T22:00:00Z"));
    assert_eq!(night.until.duration_since(night.since).as_hours(), 11);
}
