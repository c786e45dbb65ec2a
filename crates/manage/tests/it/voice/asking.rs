//! Surveys after tickets: asked by mail and in the portal; silence is no answer.

use evenkeel_manage::survey::{self, SurveyDefinition};
use evenkeel_store::Delivery;
use http::Method;
use serde_json::{Value, json};

use super::grievance::HOUR;
use crate::world::{Answer, GRANT, World, in_world, shop};

/// Asks whoever reported an incident, an hour after it is resolved.
pub fn csat() -> Value {
    json!({
        "display": { "zh": "事件满意度", "en": "After an incident" }, "question": { "zh": "满意吗？", "en": "How content are you?" },
        "scale": "csat", "trigger": "incident_resolved", "services": [], "sample_percent": 100, "once_per_days": 30,
        "after_hours": 1, "valid_days": 14,
        "questions": [{ "key": "told", "text": { "zh": "及时告知了吗？", "en": "Were you told in time?" }, "type": "yes_no" }],
    })
}

pub async fn declare(world: &World, name: &str, body: Value) {
    let definition: SurveyDefinition = serde_json::from_value(body).unwrap();
    let mut tx = world.test.db.write().await.unwrap();
    survey::put(&mut tx, &GRANT, &world.act(), name, &definition).await.unwrap();
    tx.commit().await.unwrap();
    world.pass(1);
}

/// A customer reports an incident of the shop, and it is resolved.
pub async fn resolved(world: &World, name: &str) -> String {
    let body = json!({ "service_id": shop(), "title": "x", "impact": 2, "urgency": 2 });
    let id = world.post(name, "/api/v1/incidents", body).await.ok()["id"].as_str().unwrap().to_owned();
    world.step("eve", &id, "assign", json!({ "person_id": crate::world::person("eve") })).await.ok();
    world.step("eve", &id, "start", json!({})).await.ok();
    world.step("eve", &id, "resolve", json!({ "reason": "fixed" })).await.ok();
    world.consume().await;
    id
}

/// Its time comes; the token in the mail that leaves.
async fn token(world: &World) -> String {
    world.pass(HOUR);
    world.ring().await;
    let mails = world.mails().await;
    let (_, _, text) = mails.iter().find(|(_, subject, _)| subject.starts_with("How was it?")).expect("no survey left");
    text.split("token=").nth(1).unwrap().split('&').next().unwrap().to_owned()
}

async fn post(world: &World, body: Value) -> Answer {
    world.send(None, Method::POST, "/api/v1/survey-asks/link", Some(body), None).await
}

async fn peek(world: &World, token: &str) -> Answer {
    world.send(None, Method::GET, &format!("/api/v1/survey-asks/link?token={token}"), None, None).await
}

pub async fn figures(world: &World, name: &str, survey: &str) -> Value {
    let id = evenkeel_core::id::SurveyId::named(survey);
    let path = format!("/api/v1/surveys/{id}/results?from=2020-01-01T00:00:00Z&to=2030-01-01T00:00:00Z");
    world.get(name, &path).await.ok()
}

async fn answers(world: &World, query: &str) -> Value {
    let id = evenkeel_core::id::SurveyId::named("after");
    let path = format!("/api/v1/surveys/{id}/answers?from=2020-01-01T00:00:00Z&to=2030-01-01T00:00:00Z{query}");
    world.get("mia", &path).await.ok()["items"].clone()
}

#[tokio::test]
async fn one_click_opens_a_page_and_one_press_answers_once() {
    in_world(|world| async move {
        declare(&world, "after", csat()).await;
        resolved(&world, "cora").await;
        assert!(world.waiting("mail").await.is_empty(), "not before its hour");
        let token = token(&world).await;
        let message = world.waiting("mail").await;
        assert_eq!(message.len(), 1);
        assert!(!format!("{message:?}").contains(&token));
        world.deliver("mail", |_| Delivery::Sent { receipt: "250 Ok".to_owned() }).await;
        // A scanner of mail opens every link: nothing is answered, nothing preselected, nothing used up.
        for _ in 0..7 {
            let asked = peek(&world, &token).await.ok();
            assert_eq!((&asked["state"], &asked["score"], &asked["open"]), (&json!("sent"), &Value::Null, &json!(true)));
        }
        let found = figures(&world, "mia", "after").await;
        assert_eq!(
            (&found["figures"]["sent"], &found["figures"]["answered"], &found["figures"]["unanswered"]),
            (&json!(1), &json!(0), &json!(1))
        );
        assert_eq!((&found["figures"]["mean"], &found["figures"]["csat_percent"]), (&Value::Null, &Value::Null));

        let said = |score: Value| json!({ "token": token, "answer": { "score": score, "answers": { "told": false }, "text": "quick" } });
        post(&world, said(json!(6))).await.refused(422, "invalid");
        post(&world, json!({ "token": token, "answer": { "score": 5, "answers": { "else": 1 } } })).await.refused(422, "invalid");
        post(&world, json!({ "token": "0".repeat(64), "answer": { "score": 5 } })).await.refused(403, "token_forged");
        assert_eq!(post(&world, said(json!(4))).await.ok()["state"], "answered");
        post(&world, said(json!(1))).await.refused(410, "token_used");
        let found = figures(&world, "mia", "after").await;
        assert_eq!((&found["figures"]["answered"], &found["figures"]["mean"]), (&json!(1), &json!(4.0)));
        assert_eq!(found["services"][0]["figures"]["answered"], 1);
        let rows = answers(&world, "&state=answered&score=4").await;
        assert_eq!((&rows[0]["text"], &rows[0]["answers"][0]["value"]), (&json!("quick"), &json!(false)));
        assert_eq!((&rows[0]["person"]["display"], &rows[0]["ticket"]["kind"]), (&json!("cora"), &json!("incident")));
    })
    .await;
}

#[tokio::test]
async fn silence_a_no_and_a_dead_letter_are_counted_apart() {
    in_world(|world| async move {
        declare(&world, "after", csat()).await;
        resolved(&world, "cora").await;
        let silent = token(&world).await;
        world.deliver("mail", |_| Delivery::Sent { receipt: "250 Ok".to_owned() }).await;
        resolved(&world, "cass").await;
        let unwilling = token(&world).await;
        // Answered between the mail server's word and our noting it.
        assert_eq!(post(&world, json!({ "token": unwilling })).await.ok()["state"], "declined");
        world.deliver("mail", |_| Delivery::Sent { receipt: "250 Ok".to_owned() }).await;
        world.pass(14 * 24 * HOUR);
        world.ring().await;
        post(&world, json!({ "token": silent, "answer": { "score": 5 } })).await.refused(409, "state_refused");
        world.pass(30 * 24 * HOUR);
        resolved(&world, "cora").await;
        token(&world).await;
        world.deliver("mail", |_| Delivery::Dead { error: "550 no such user".to_owned() }).await;
        let all = figures(&world, "mia", "after").await["figures"].clone();
        let counts: Vec<i64> =
            ["sent", "answered", "unanswered", "declined", "undelivered", "waiting"].iter().map(|key| all[key].as_i64().unwrap()).collect();
        assert_eq!(counts, [2, 0, 1, 1, 1, 0]);
        assert_eq!(answers(&world, "&state=sent,expired").await.as_array().unwrap().len(), 1);
        // Whom the mail did not reach finds it in the portal.
        let mine = world.get("cora", "/api/v1/survey-asks").await.ok();
        assert_eq!(mine.as_array().unwrap().len(), 1);
        let id = mine[0]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/survey-asks/{id}/answer");
        world.post("cass", &path, json!({ "score": 1 })).await.refused(404, "not_found");
        world.post("cora", &path, json!({ "score": 5 })).await.ok();
        world.post("cora", &path, json!({ "score": 1 })).await.refused(409, "state_refused");
        world
            .get(
                "cora",
                &format!(
                    "/api/v1/surveys/{}/results?from=2020-01-01T00:00:00Z&to=2030-01-01T00:00:00Z",
                    evenkeel_core::id::SurveyId::named("after")
                ),
            )
            .await
            .refused(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn nobody_is_asked_twice_nor_too_often_nor_about_our_own_alerts() {
    in_world(|world| async move {
        declare(&world, "after", csat()).await;
        resolved(&world, "cora").await;
        resolved(&world, "cora").await;
        let staffs = world.open("by the desk").await;
        world.step("eve", &staffs, "assign", json!({ "person_id": crate::world::person("eve") })).await.ok();
        world.step("eve", &staffs, "start", json!({})).await.ok();
        world.step("eve", &staffs, "resolve", json!({ "reason": "fixed" })).await.ok();
        world.consume().await;
        let all = figures(&world, "mia", "after").await["figures"].clone();
        assert_eq!(all["waiting"], 1, "{all}");
        world.pass(HOUR);
        world.ring().await;
        world.ring().await;
        assert_eq!(world.waiting("mail").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn two_tabs_answer_once() {
    in_world(|world| async move {
        declare(&world, "after", csat()).await;
        resolved(&world, "cora").await;
        let token = token(&world).await;
        let (one, other) = tokio::join!(
            post(&world, json!({ "token": token, "answer": { "score": 5 } })),
            post(&world, json!({ "token": token, "answer": { "score": 1 } }))
        );
        assert_eq!([&one, &other].iter().filter(|answer| answer.status.is_success()).count(), 1, "{} {}", one.body, other.body);
        assert_eq!(figures(&world, "mia", "after").await["figures"]["answered"], 1);
    })
    .await;
}
