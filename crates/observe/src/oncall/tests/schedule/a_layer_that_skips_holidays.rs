use super::*;

#[test]
fn a_layer_that_skips_holidays() {
    let layers = json!([
        { "every": "week", "handover": "monday 09:00", "members": ["an"] },
        { "every": "week", "handover": "monday 09:00", "members": ["bo"], "holidays": "skip" },
    ]);
    let rota = definition("Asia/Shanghai", layers, &["2026-10-01", "2026-10-02"]).rota().unwrap();
    assert_eq!(
        handovers(&rota, &[], "Asia/Shanghai", "2026-09-29T16:00:00Z", "2026-10-04T00:00:00Z"),
        ["09-30 00:00 bo", "10-01 00:00 an", "10-03 00:00 bo"]
    );
}
