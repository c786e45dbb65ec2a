use super::*;

#[test]
fn weekly_across_both_changes_of_the_clock() {
    let rota =
        rota("Europe/Berlin", json!([{ "every": "week", "handover": "monday 09:00", "members": ["an", "bo"], "starts_on": "2026-03-23" }]));
    assert_eq!(
        handovers(&rota, &[], "Europe/Berlin", "2026-03-23T08:00:00Z", "2026-04-06T07:00:00Z"),
        ["03-23 09:00 an", "03-30 09:00 bo"]
    );
    let spring = rota.on_call(&[], at("2026-03-25T00:00:00Z"));
    assert_eq!(spring.until.duration_since(spring.since).as_hours(), 167);
    let autumn = rota.on_call(&[], at("2026-10-22T00:00:00Z"));
    assert_eq!(autumn.until.duration_since(autumn.since).as_hours(), 169);
}
