use super::*;

/// Who comes next after a gap is whoever ends it: the shift after now is the gap itself, told as nobody.
#[test]
fn after_the_last_hour_comes_the_gap_and_then_the_next() {
    let rota = rota(
        "UTC",
        json!([{ "every": "week", "handover": "monday 00:00", "members": ["an"], "hours": [{ "from": "08:00", "to": "18:00" }] }]),
    );
    let next = rota.next(&[], at("2026-03-03T10:00:00Z")).unwrap();
    assert_eq!((next.person, next.since, next.until), (None, at("2026-03-03T18:00:00Z"), at("2026-03-04T08:00:00Z")));
    assert_eq!(rota.next(&[], next.since).unwrap().person, Some(person("an")));
}
