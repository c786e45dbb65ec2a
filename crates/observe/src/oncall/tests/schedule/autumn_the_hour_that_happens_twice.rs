use super::*;

#[test]
fn autumn_the_hour_that_happens_twice() {
    let rota = rota("Europe/Berlin", json!([{ "every": "day", "handover": "02:30", "members": ["an", "bo"], "starts_on": "2026-10-24" }]));
    assert_eq!(who(&rota, "2026-10-25T00:29:59Z"), "an");
    assert_eq!(who(&rota, "2026-10-25T00:30:00Z"), "bo", "the first 02:30");
    assert_eq!(who(&rota, "2026-10-25T01:30:00Z"), "bo", "the second 02:30 is nothing new");
    let hours = super::rota(
        "Europe/Berlin",
        json!([{ "every": "week", "handover": "monday 09:00", "members": ["an"], "hours": [{ "from": "02:00", "to": "03:00" }] }]),
    );
    let night = hours.on_call(&[], at("2026-10-25T00:30:00Z"));
    assert_eq!(night.until.duration_since(night.since).as_hours(), 2, "hours last as long as the wall clock shows them");
}
