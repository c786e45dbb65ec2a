use super::*;

#[test]
fn a_rota_of_before_reads_and_writes_as_before() {
    let (team, an) = (TeamId::named("desk"), person("an"));
    let written = json!({ "team": team, "zone": "Asia/Shanghai", "handover": "monday 09:00", "members": [an], "starts_on": "2026-01-05",
        "ack_limit_secs": 300, "rounds": 3 });
    let read: RotaDefinition = serde_json::from_value(written.clone()).unwrap();
    assert_eq!((read.layers.len(), read.members()), (1, vec![an]));
    assert_eq!(serde_json::to_value(&read).unwrap(), written);
    let both = json!({ "team": team, "zone": "UTC", "handover": "monday 09:00", "members": [an], "layers": [], "ack_limit_secs": 300 });
    assert!(serde_json::from_value::<RotaDefinition>(both).is_err());
    let neither = json!({ "team": team, "zone": "UTC", "ack_limit_secs": 300 });
    assert!(serde_json::from_value::<RotaDefinition>(neither).is_err());
}
