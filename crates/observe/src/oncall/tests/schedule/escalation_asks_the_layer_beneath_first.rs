use super::*;

#[test]
fn escalation_asks_the_layer_beneath_first() {
    let rota = rota(
        "UTC",
        json!([
            { "every": "week", "handover": "monday 00:00", "members": ["dan", "er"], "starts_on": "2026-03-02" },
            { "every": "day", "handover": "00:00", "members": ["an", "bo"], "starts_on": "2026-03-02" },
        ]),
    );
    let names: Vec<_> = rota.escalation(&[], at("2026-03-02T12:00:00Z"), Some(person("cai"))).into_iter().map(name).collect();
    assert_eq!(names, ["an", "dan", "bo", "er", "cai"]);
}
