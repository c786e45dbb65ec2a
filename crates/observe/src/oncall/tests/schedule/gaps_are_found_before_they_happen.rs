use super::*;

#[test]
fn gaps_are_found_before_they_happen() {
    let rota = rota(
        "Europe/Berlin",
        json!([
            { "every": "week", "handover": "monday 09:00", "members": ["an"], "hours": [{ "days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "09:00" }] },
        ]),
    );
    let gaps = rota.gaps(&[], at("2026-03-02T09:00:00Z"), at("2026-03-16T08:00:00Z"));
    assert_eq!(gaps, [(at("2026-03-07T08:00:00Z"), at("2026-03-09T08:00:00Z")), (at("2026-03-14T08:00:00Z"), at("2026-03-16T08:00:00Z"))]);
}
