//! Teams and customers score each other at the end of a month; only the two sides and managers see it.

use serde_json::json;

use super::asking::{declare, figures};
use crate::world::{acme, in_world, ops, repairs};

const MONTH: i64 = 32 * 86_400;

#[tokio::test]
async fn a_team_scores_a_customer_and_another_team_at_the_months_end() {
    in_world(|world| async move {
        let of = |by: serde_json::Value, about: serde_json::Value| {
            json!({
                "display": { "zh": "互评", "en": "Of each other" }, "question": { "zh": "配合得怎么样？", "en": "How was it to work together?" },
                "scale": "csat", "trigger": { "month_end": { "by": by, "about": about, "zone": "Asia/Shanghai" } }, "services": [],
                "sample_percent": 100, "once_per_days": 0, "after_hours": 0, "valid_days": 14, "questions": [],
            })
        };
        declare(&world, "ops-of-acme", of(json!({ "team": ops() }), json!({ "organisation": acme() }))).await;
        declare(&world, "ops-of-repairs", of(json!({ "team": ops() }), json!({ "team": repairs() }))).await;
        assert_eq!(world.ring().await, 0);
        world.pass(MONTH);
        world.ring().await;
        let mine = world.get("eve", "/api/v1/survey-asks").await.ok();
        assert_eq!(mine.as_array().unwrap().len(), 2, "{mine}");
        for ask in mine.as_array().unwrap() {
            let path = format!("/api/v1/survey-asks/{}/answer", ask["id"].as_str().unwrap());
            world.post("eve", &path, json!({ "score": 4 })).await.ok();
        }
        // Both sides and managers; nobody else.
        for name in ["eli", "mia", "ada", "cora"] {
            assert_eq!(figures(&world, name, "ops-of-acme").await["figures"]["answered"], 1, "{name}");
        }
        for name in ["dan", "aud", "carl"] {
            let listed = world.get(name, "/api/v1/surveys").await.ok();
            assert_eq!(listed, json!([]), "{name}");
            let id = evenkeel_core::id::SurveyId::named("ops-of-acme");
            let path = format!("/api/v1/surveys/{id}/results?from=2020-01-01T00:00:00Z&to=2030-01-01T00:00:00Z");
            world.get(name, &path).await.refused(404, "not_found");
        }
        assert_eq!(world.get("cora", "/api/v1/surveys").await.ok().as_array().unwrap().len(), 1);
        // The next month asks again.
        world.pass(MONTH);
        world.ring().await;
        assert_eq!(world.get("eve", "/api/v1/survey-asks").await.ok().as_array().unwrap().len(), 2);
    })
    .await;
}
