use super::*;

#[test]
fn an_override_fills_a_gap() {
    let rota = rota(
        "UTC",
        json!([{ "every": "week", "handover": "monday 09:00", "members": ["an"], "hours": [{ "from": "09:00", "to": "17:00" }] }]),
    );
    let (from, to) = (at("2026-03-02T09:00:00Z"), at("2026-03-03T09:00:00Z"));
    assert_eq!(rota.gaps(&[], from, to), [(at("2026-03-02T17:00:00Z"), to)]);
    let over = [stand_in("bo", "2026-03-02T17:00:00Z", "2026-03-03T06:00:00Z")];
    assert_eq!(rota.gaps(&over, from, to), [(at("2026-03-03T06:00:00Z"), to)]);
}
