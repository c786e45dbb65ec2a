//! Who approves: in steps, by quorum, instead of others, in time or not, by link, at once.

use evenkeel_core::{
    event::request::{ApprovalAnswered, ApprovalEscalated},
    id::TeamId,
};
use serde_json::{Value, json};

use super::kit::{laptop, of_person};
use crate::world::{Answer, World, at, in_world, only, person};

fn light(count: i64) -> Value {
    json!({ "model": "light", "count": count })
}

async fn answer(world: &World, name: &str, id: &str, approved: bool) -> Answer {
    world.post(name, &format!("/api/v1/approvals/{id}/answer"), json!({ "approved": approved, "text": "so" })).await
}

fn by(approvals: Value) -> Value {
    let mut item = laptop();
    item["approvals"] = approvals;
    item
}

#[tokio::test]
async fn a_dear_one_is_approved_by_the_manager_and_then_by_the_owner() {
    in_world(|world| async move {
        world.offer("laptop", laptop()).await.unwrap();
        let id = world.ask("cora", "laptop", light(2)).await;
        assert_eq!(world.asked("mia").await, None);
        world.decide("cass", true).await;
        assert_eq!(world.state(&id).await, "approving");
        // A no says why.
        let step = world.asked("mia").await.unwrap();
        world.post("mia", &format!("/api/v1/approvals/{step}/answer"), json!({ "approved": false })).await.refused(422, "invalid");
        world.decide("mia", false).await;
        assert_eq!(world.state(&id).await, "rejected");
        let detail = world.request("cora", &id).await;
        assert_eq!((detail["approvals"][1]["asked"][0]["text"].clone(), detail["tasks"].clone()), (json!("because"), json!([])));
        assert!(world.mails().await.iter().any(|(to, subject, _)| to == "cora@example.org" && subject.contains("Not approved")));
    })
    .await;
}

#[tokio::test]
async fn two_who_answer_at_once_lose_nothing_and_both_learn_what_came_of_it() {
    in_world(|world| async move {
        let both = json!([{ "by": { "team": { "team": TeamId::named("ops"), "quorum": 2 } } }]);
        world.offer("laptop", by(both)).await.unwrap();
        let id = world.ask("cora", "laptop", light(1)).await;
        let step = world.asked("eve").await.unwrap();
        let (one, other) = tokio::join!(answer(&world, "eve", &step, true), answer(&world, "eli", &step, true));
        let mut states = [one.ok()["state"].clone(), other.ok()["state"].clone()].map(|state| state.as_str().unwrap().to_owned());
        states.sort();
        assert_eq!(states, ["approving", "fulfilling"]);
        assert_eq!(at::<ApprovalAnswered>(&world.request_events(&id).await).len(), 2);
        // One yes is enough and one says no: whoever is first decides, the other is told so.
        let any = json!([{ "by": { "team": { "team": TeamId::named("ops"), "quorum": 1 } } }]);
        world.offer("laptop", by(any)).await.unwrap();
        let id = world.ask("cora", "laptop", light(1)).await;
        let step = world.asked("eve").await.unwrap();
        let (yes, no) = tokio::join!(answer(&world, "eve", &step, true), answer(&world, "eli", &step, false));
        let late = if yes.status.is_success() { no } else { yes };
        let told = late.refused(409, "state_refused");
        assert!(told["detail"].as_str().unwrap().contains("already"), "{told}");
        assert_eq!(at::<ApprovalAnswered>(&world.request_events(&id).await).len(), 1);
        assert!(world.mails().await.iter().any(|(_, subject, _)| subject.contains("Nothing to approve any more")));
    })
    .await;
}

#[tokio::test]
async fn who_does_not_answer_in_time_is_passed_over_and_the_last_silence_rejects() {
    in_world(|world| async move {
        world.offer("laptop", laptop()).await.unwrap();
        let id = world.ask("cora", "laptop", light(1)).await;
        let step = world.asked("cass").await.unwrap();
        world.pass(86_399);
        world.ring().await;
        assert_eq!(world.asked("mia").await, None);
        world.pass(2);
        world.ring().await;
        let escalated: ApprovalEscalated = only(&world.request_events(&id).await);
        assert_eq!(escalated.approvers, [person("mia")]);
        answer(&world, "cass", &step, true).await.refused(409, "state_refused");
        assert_eq!(world.asked("mia").await.as_deref(), Some(step.as_str()));
        world.pass(86_401);
        world.ring().await;
        assert_eq!(world.state(&id).await, "rejected");
        // A second request, answered by whom it was escalated to.
        let id = world.ask("cora", "laptop", light(1)).await;
        world.pass(86_401);
        world.ring().await;
        world.decide("mia", true).await;
        assert_eq!(world.state(&id).await, "fulfilling");
        world.pass(86_401);
        world.ring().await;
        assert_eq!(world.state(&id).await, "fulfilling");
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_handed_on_once_and_does_not_come_back() {
    in_world(|world| async move {
        world.offer("laptop", by(json!([{ "by": of_person("mia") }]))).await.unwrap();
        let id = world.ask("cora", "laptop", light(1)).await;
        let step = world.asked("mia").await.unwrap();
        let to = |name: &str| json!({ "to": person(name) });
        let path = format!("/api/v1/approvals/{step}/delegate");
        world.post("eve", &path, to("eli")).await.refused(404, "not_found");
        world.post("mia", &path, to("cora")).await.refused(422, "invalid");
        world.post("mia", &path, to("carl")).await.refused(422, "invalid");
        world.post("mia", &path, to("mia")).await.refused(422, "invalid");
        world.post("mia", &path, to("eve")).await.ok();
        answer(&world, "mia", &step, true).await.refused(409, "state_refused");
        world.post("eve", &path, to("mia")).await.refused(422, "invalid");
        world.decide("eve", true).await;
        let detail = world.request("cora", &id).await;
        assert_eq!(detail["approvals"][0]["asked"][1]["in_place_of"]["display"], "mia");
        assert_eq!(detail["state"], "fulfilling");
    })
    .await;
}

#[tokio::test]
async fn nobody_approves_their_own_while_somebody_else_can() {
    in_world(|world| async move {
        world
            .offer("laptop", by(json!([{ "by": "service_owner", "time_out": { "hours": 1, "escalate_to": [of_person("ada")] } }])))
            .await
            .unwrap();
        world.ask("mia", "laptop", light(1)).await;
        assert_eq!(world.asked("mia").await, None);
        assert!(world.asked("ada").await.is_some());
        // With nobody else, the owner answers for themselves, and the ledger says so.
        world.offer("laptop", by(json!([{ "by": "service_owner" }]))).await.unwrap();
        let id = world.ask("mia", "laptop", light(1)).await;
        world.decide("mia", true).await;
        let said: ApprovalAnswered = only(&world.request_events(&id).await);
        assert_eq!(said.person_id, person("mia"));
        // Who has no manager is approved by whom the step escalates to.
        world.offer("laptop", laptop()).await.unwrap();
        world.ask("cass", "laptop", light(1)).await;
        assert!(world.asked("mia").await.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_link_answers_once_for_one_person_without_signing_in() {
    in_world(|world| async move {
        world.offer("laptop", laptop()).await.unwrap();
        let id = world.ask("cora", "laptop", light(1)).await;
        let mails = world.mails().await;
        let (to, subject, text) = &mails[0];
        assert_eq!((to.as_str(), subject.as_str()), ("cass@example.org", "[REQ-1001] Please approve: Laptop"));
        let token = text.split("token=").nth(1).unwrap().trim().to_owned();
        let stored = format!("{:?}", world.waiting("mail").await);
        assert!(!stored.contains(&token) && !stored.contains("cass@example.org"));
        let path = format!("/api/v1/approvals/link?token={token}");
        let peeked = world.send(None, http::Method::GET, &path, None, None).await.ok();
        assert_eq!(
            (peeked["item"]["en"].clone(), peeked["requester"].clone(), peeked["open"].clone()),
            (json!("Laptop"), json!("cora"), json!(true))
        );
        let send = |body: Value| world.send(None, http::Method::POST, "/api/v1/approvals/link", Some(body), None);
        // What cannot answer uses nothing up.
        send(json!({ "token": token, "approved": false })).await.refused(422, "invalid");
        send(json!({ "token": token, "approved": true })).await.ok();
        assert_eq!(world.state(&id).await, "fulfilling");
        send(json!({ "token": token, "approved": true })).await.refused(410, "token_used");
        send(json!({ "token": "0".repeat(64), "approved": true })).await.refused(403, "token_forged");
        let said: ApprovalAnswered = only(&world.request_events(&id).await);
        assert_eq!((said.via.as_str(), said.person_id), ("link", person("cass")));
    })
    .await;
}
