//! Listen, analyse, act.

use serde_json::{Value, json};

use super::{asking, complaint::complain, grievance::hear};
use crate::world::{in_world, person};

#[tokio::test]
async fn signals_become_an_insight_and_an_insight_an_action_that_is_measured() {
    in_world(|world| async move {
        asking::declare(&world, "after", asking::csat()).await;
        let incident = asking::resolved(&world, "cora").await;
        hear(&world, "cora", &incident, "slow again").await;
        complain(&world, "cass", "nobody answers").await;
        let ask = {
            world.pass(3_600);
            world.get("cora", "/api/v1/survey-asks").await.ok()[0]["id"].as_str().unwrap().to_owned()
        };
        world.post("cora", &format!("/api/v1/survey-asks/{ask}/answer"), json!({ "score": 1, "text": "never again" })).await.ok();
        world.step("dan", &incident, "reopen", json!({})).await.ok();
        world.consume().await;
        world.consume().await;
        let signals = world.get("dan", "/api/v1/voice/signals").await.ok()["items"].clone();
        let kinds: Vec<&str> = signals.as_array().unwrap().iter().map(|signal| signal["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["reopened", "survey", "complaint", "grievance"]);
        assert_eq!((&signals[1]["text"], &signals[1]["score"]), (&json!("never again"), &json!(1)));
        let board = world.get("dan", "/api/v1/voice/board").await.ok();
        assert!(board.as_array().unwrap().contains(&json!({ "touchpoint": "portal", "kind": "grievance", "n": 1 })), "{board}");

        let seqs = [&signals[0]["seq"], &signals[1]["seq"]];
        let body = json!({ "text": "we close too early", "touchpoint": "service", "signals": seqs });
        let insight = world.post("mia", "/api/v1/voice/insights", body).await.ok();
        assert_eq!((insight["signals"].as_array().unwrap().len(), &insight["signals"][0]["used"]), (2, &json!(true)));
        world.post("mia", "/api/v1/voice/insights", json!({ "text": "x", "signals": [999_999] })).await.refused(422, "invalid");
        world.post("mia", "/api/v1/voice/insights", json!({ "text": "x", "signals": [] })).await.refused(422, "invalid");
        let path = format!("/api/v1/voice/insights/{}/actions", insight["id"].as_str().unwrap());
        let action = json!({ "text": "ask before closing", "owner_id": person("eve"), "due_on": "2026-04-01" });
        let with = world.post("mia", &path, action).await.ok();
        assert_eq!((&with["actions"][0]["before"], &with["actions"][0]["after"]), (&json!(2.0), &Value::Null));
        world.pass(31 * 86_400);
        let measure = format!("{path}/{}/measure", with["actions"][0]["id"].as_str().unwrap());
        let measured = world.post("eve", &measure, json!({})).await.ok();
        assert_eq!(measured["actions"][0]["after"], json!(0.0));
        world.post("eve", &measure, json!({})).await.refused(409, "state_refused");
        for (name, path) in [("cora", "/api/v1/voice/signals"), ("vera", "/api/v1/voice/insights")] {
            world.get(name, path).await.refused(403, "forbidden");
        }
        world.post("aud", "/api/v1/voice/insights", json!({ "text": "x", "signals": [1] })).await.refused(403, "forbidden");
        assert_eq!(world.get("aud", "/api/v1/voice/insights").await.ok()["items"].as_array().unwrap().len(), 1);
    })
    .await;
}
