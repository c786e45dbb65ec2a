use super::*;

#[test]
fn daily_across_both_changes_of_the_clock() {
    let rota = rota(
        "America/New_York",
        json!([{ "every": "day", "handover": "08:00", "members": ["an", "bo", "cai"], "starts_on": "2026-03-07" }]),
    );
    assert_eq!(
        handovers(&rota, &[], "America/New_York", "2026-03-07T13:00:00Z", "2026-03-10T12:00:00Z"),
        ["03-07 08:00 an", "03-08 08:00 bo", "03-09 08:00 cai"]
    );
    let hours = |instant| {
        let shift = rota.on_call(&[], at(instant));
        shift.until.duration_since(shift.since).as_hours()
    };
    // The clock goes forward on 8 March and back on 1 November 2026, at two in the night.
    assert_eq!([hours("2026-03-07T20:00:00Z"), hours("2026-03-08T20:00:00Z"), hours("2026-10-31T20:00:00Z")], [23, 24, 25]);
}
