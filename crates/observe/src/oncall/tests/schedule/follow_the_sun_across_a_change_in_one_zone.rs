use super::follow_the_sun::three_sites;
use super::*;

/// New York changes its clock three weeks before Berlin: for these weeks the sites' hours overlap on one side and part on
/// the other. The gap is found, and it is found ahead.
#[test]
fn when_one_zone_changes_first_the_gap_shows() {
    let rota = rota("UTC", three_sites());
    let gaps = rota.gaps(&[], at("2026-03-01T01:00:00Z"), at("2026-03-12T01:00:00Z"));
    let first: Vec<_> = gaps.iter().take(2).map(|(from, to)| format!("{from} {to}")).collect();
    assert_eq!(first, ["2026-03-09T00:00:00Z 2026-03-09T01:00:00Z", "2026-03-10T00:00:00Z 2026-03-10T01:00:00Z"]);
    assert_eq!(handovers(&rota, &[], "UTC", "2026-03-09T16:30:00Z", "2026-03-09T23:00:00Z"), ["03-09 16:30 ny"]);
}
