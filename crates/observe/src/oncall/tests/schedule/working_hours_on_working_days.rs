use super::*;

#[test]
fn working_hours_on_working_days() {
    let rota = rota(
        "Asia/Shanghai",
        json!([{ "every": "week", "handover": "monday 00:00", "members": ["an", "bo"], "starts_on": "2026-03-02",
        "hours": [{ "days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "18:00" }] }]),
    );
    assert_eq!(
        handovers(&rota, &[], "Asia/Shanghai", "2026-03-06T00:00:00Z", "2026-03-09T10:00:00Z"),
        ["03-06 08:00 -", "03-06 09:00 an", "03-06 18:00 -", "03-09 09:00 bo"]
    );
}
