use super::*;

#[test]
fn spring_the_hour_that_is_missing() {
    let rota = rota("Europe/Berlin", json!([{ "every": "day", "handover": "02:30", "members": ["an", "bo"], "starts_on": "2026-03-28" }]));
    // 02:30 does not exist on 29 March: the handover is as much later as the clock was put forward.
    assert_eq!(
        handovers(&rota, &[], "Europe/Berlin", "2026-03-28T01:30:00Z", "2026-03-30T12:00:00Z"),
        ["03-28 02:30 an", "03-29 03:30 bo", "03-30 02:30 an"]
    );
    let hours = rota_with_hours().shifts(&[], at("2026-03-28T12:00:00Z"), at("2026-03-29T12:00:00Z"));
    assert_eq!(hours.iter().filter(|shift| shift.person.is_some()).count(), 0, "hours that are all within the gap are none");
}

fn rota_with_hours() -> Rota {
    rota(
        "Europe/Berlin",
        json!([{ "every": "week", "handover": "monday 09:00", "members": ["an"], "hours": [{ "from": "02:00", "to": "03:00" }] }]),
    )
}
