use super::*;

#[test]
fn an_override_across_a_handover() {
    let rota = rota("UTC", json!([{ "every": "day", "handover": "09:00", "members": ["an", "bo"], "starts_on": "2026-03-02" }]));
    let over = [stand_in("cai", "2026-03-03T06:00:00Z", "2026-03-03T12:00:00Z")];
    assert_eq!(
        handovers(&rota, &over, "UTC", "2026-03-02T09:00:00Z", "2026-03-04T09:00:00Z"),
        ["03-02 09:00 an", "03-03 06:00 cai", "03-03 12:00 bo"]
    );
}
