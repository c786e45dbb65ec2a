use super::*;

#[test]
fn every_few_days() {
    let rota =
        rota("Asia/Shanghai", json!([{ "every": "3 days", "handover": "10:00", "members": ["an", "bo"], "starts_on": "2026-05-01" }]));
    assert_eq!(
        handovers(&rota, &[], "Asia/Shanghai", "2026-05-01T02:00:00Z", "2026-05-10T02:00:00Z"),
        ["05-01 10:00 an", "05-04 10:00 bo", "05-07 10:00 an"]
    );
    assert_eq!(who(&rota, "2026-04-30T00:00:00Z"), "bo", "before the first turn the order goes on backwards");
}
