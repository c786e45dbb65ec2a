use super::*;

#[test]
fn a_layer_above_counts_and_leaves_the_rest() {
    let rota = rota(
        "UTC",
        json!([
            { "every": "week", "handover": "monday 09:00", "members": ["an"] },
            { "every": "day", "handover": "00:00", "members": ["bo", "cai"], "starts_on": "2026-03-02", "hours": [{ "from": "12:00", "to": "13:00" }] },
        ]),
    );
    assert_eq!(
        handovers(&rota, &[], "UTC", "2026-03-02T09:00:00Z", "2026-03-04T00:00:00Z"),
        ["03-02 09:00 an", "03-02 12:00 bo", "03-02 13:00 an", "03-03 12:00 cai", "03-03 13:00 an"]
    );
    let layers: Vec<_> = rota.shifts(&[], at("2026-03-02T11:00:00Z"), at("2026-03-02T14:00:00Z")).iter().map(|s| s.by_layer).collect();
    assert_eq!(layers, [Some(0), Some(1), Some(0)]);
}
