use super::*;

#[test]
fn a_layer_for_holidays_only() {
    let layers = json!([
        { "every": "week", "handover": "monday 09:00", "members": ["an"] },
        { "every": "day", "handover": "00:00", "members": ["bo", "cai"], "starts_on": "2026-05-01", "holidays": "only" },
    ]);
    let rota = definition("Asia/Shanghai", layers, &["2026-05-01", "2026-05-02"]).rota().unwrap();
    assert_eq!(
        handovers(&rota, &[], "Asia/Shanghai", "2026-04-30T04:00:00Z", "2026-05-03T00:00:00Z"),
        ["04-30 12:00 an", "05-01 00:00 bo", "05-02 00:00 cai", "05-03 00:00 an"]
    );
}
