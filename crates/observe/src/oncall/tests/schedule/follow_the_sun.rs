use super::*;

pub fn three_sites() -> Value {
    json!([
        { "name": "Shanghai", "zone": "Asia/Shanghai", "every": "week", "handover": "monday 00:00", "members": ["sha"], "hours": [{ "from": "09:00", "to": "17:00" }] },
        { "name": "Berlin", "zone": "Europe/Berlin", "every": "week", "handover": "monday 00:00", "members": ["ber"], "hours": [{ "from": "10:00", "to": "18:00" }] },
        { "name": "New York", "zone": "America/New_York", "every": "week", "handover": "monday 00:00", "members": ["ny"], "hours": [{ "from": "12:00", "to": "20:00" }] },
    ])
}

#[test]
fn three_sites_hand_the_day_round() {
    let rota = rota("UTC", three_sites());
    assert_eq!(
        handovers(&rota, &[], "UTC", "2026-01-14T01:00:00Z", "2026-01-15T01:00:00Z"),
        ["01-14 01:00 sha", "01-14 09:00 ber", "01-14 17:00 ny"]
    );
    assert!(rota.gaps(&[], at("2026-01-05T01:00:00Z"), at("2026-02-05T01:00:00Z")).is_empty());
}
