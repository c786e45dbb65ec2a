use super::*;

#[test]
fn a_swap_of_two_stretches_is_two_overrides() {
    let rota = rota("UTC", json!([{ "every": "day", "handover": "00:00", "members": ["an", "bo"], "starts_on": "2026-03-02" }]));
    let over =
        [stand_in("bo", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"), stand_in("an", "2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z")];
    assert_eq!(
        handovers(&rota, &over, "UTC", "2026-03-02T00:00:00Z", "2026-03-05T00:00:00Z"),
        ["03-02 00:00 bo", "03-03 00:00 an", "03-04 00:00 an"]
    );
}
