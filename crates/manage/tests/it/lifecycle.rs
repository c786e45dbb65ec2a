//! The state machine through its routes: every edge an event, every other refused with the allowed ones named.

use evenkeel_core::{
    event::manage::{IncidentOpened, Linked, Located, Origin, Reprioritised, Restored, Transitioned},
    priority::Priority,
    state::{Channel, IncidentState},
};
use serde_json::{Value, json};

use crate::world::{World, at, epoch, in_world, only, person, repairs, shop};

/// The body with which a step is asked, so that only the state can be refused.
fn body_of(step: &str) -> Value {
    match step {
        "assign" => json!({"person_id": person("eve")}),
        "hold" => json!({"reason": "customer"}),
        "resolve" => json!({"reason": "fixed"}),
        "cancel" => json!({"reason": "duplicate"}),
        _ => json!({}),
    }
}

/// Leads a new incident into `state`.
async fn lead(world: &World, state: IncidentState) -> String {
    let id = world.open("it is slow").await;
    let steps: &[&str] = match state {
        IncidentState::New => &[],
        IncidentState::Assigned => &["assign"],
        IncidentState::InProgress => &["start"],
        IncidentState::OnHold => &["start", "hold"],
        IncidentState::Resolved => &["resolve"],
        IncidentState::Closed => &["resolve", "close"],
        IncidentState::Reopened => &["resolve", "reopen"],
        IncidentState::Cancelled => &["cancel"],
        IncidentState::Merged => {
            let into = world.open("the same").await;
            world.step("eve", &id, "merge", json!({"into": into})).await.ok();
            &[]
        }
    };
    for step in steps {
        world.step("eve", &id, step, body_of(step)).await.ok();
    }
    assert_eq!(world.incident(&id).await["state"], json!(state));
    id
}

const STEPS: [&str; 9] = ["assign", "start", "hold", "resume", "resolve", "close", "reopen", "cancel", "merge"];

#[tokio::test]
async fn every_edge_is_allowed_or_refused_with_the_allowed_ones_named() {
    in_world(|world| async move {
        for state in IncidentState::ALL {
            for step in STEPS {
                let id = lead(&world, *state).await;
                let survivor = world.open("survivor").await;
                let before = world.incident(&id).await;
                let events = world.events(&id).await.len();
                let body = if step == "merge" { json!({"into": survivor}) } else { body_of(step) };
                let answer = world.step("eve", &id, step, body).await;
                let allowed = before["allowed"].as_array().unwrap();
                // Giving an open incident to someone else is no edge.
                let reassigned = step == "assign" && state.is_open();
                if allowed.contains(&json!(step)) || reassigned {
                    answer.ok();
                    assert!(world.events(&id).await.len() > events, "{state} {step}");
                } else {
                    let problem = answer.refused(409, "state_refused");
                    assert_eq!(problem["allowed"].as_array().unwrap_or(&Vec::new()), allowed, "{state} {step}");
                    assert_eq!(world.incident(&id).await["version"], before["version"]);
                    assert_eq!(world.events(&id).await.len(), events, "{state} {step}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_persons_report_opens_with_number_priority_owner_team_and_agreements() {
    in_world(|world| async move {
        let started_at = epoch() - jiff::SignedDuration::from_secs(90);
        let body = json!({"service_id": shop(), "title": " checkout fails ", "impact": 1, "urgency": 2, "started_at": started_at});
        let opened = world.post("dan", "/api/v1/incidents", body).await;
        assert_eq!((opened.status.as_u16(), opened.etag.as_deref()), (201, Some("\"1\"")));
        let opened = opened.ok();
        assert_eq!(opened["number"], 1001);
        assert_eq!(opened["title"], "checkout fails");
        assert_eq!(opened["priority"], 2);
        assert_eq!(opened["service"]["display"]["zh"], "商店");
        assert_eq!(opened["team"]["display"]["en"], "ops");
        assert_eq!(opened["owner"]["display"], "mia");
        assert_eq!(opened["origin"], "person");
        let events = world.events(opened["id"].as_str().unwrap()).await;
        let event: IncidentOpened = only(&events);
        assert_eq!((event.number, event.matrix_version, event.agreements.len()), (1001, 1, 1));
        assert_eq!(
            event.origin,
            Origin::Person { person_id: Some(person("dan")), started_at: Some(started_at), channel: Some(Channel::Desk) }
        );
        assert!(!events[0].payload.contains("checkout"), "a title is personal text and not part of the event");
        assert_eq!(world.open("next").await.len(), 36);
        assert_eq!(world.incidents().await[0]["number"], 1002);
    })
    .await;
}

#[tokio::test]
async fn starting_what_nobody_has_makes_it_the_callers() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        let started = world.step("eve", &id, "start", json!({})).await.ok();
        assert_eq!(started["state"], "in_progress");
        assert_eq!(started["assignee"]["display"], "eve");
        let kinds = world.kinds(&id).await;
        assert_eq!(kinds, ["incident.opened", "incident.assigned", "incident.transitioned", "incident.transitioned"]);
    })
    .await;
}

#[tokio::test]
async fn assigning_moves_it_between_teams_and_people() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        let eve = world.step("dan", &id, "assign", json!({"person_id": person("eve")})).await.ok();
        assert_eq!((eve["state"].as_str(), eve["assignee"]["display"].as_str()), (Some("assigned"), Some("eve")));
        let vendor = world.step("dan", &id, "assign", json!({"team_id": repairs()})).await.ok();
        assert_eq!((vendor["team"]["display"]["en"].as_str(), &vendor["assignee"]), (Some("repairs"), &Value::Null));
        world.step("dan", &id, "assign", json!({})).await.refused(422, "invalid");
        world.step("dan", &id, "assign", json!({"person_id": person("nobody")})).await.refused(422, "invalid");
        world.step("dan", &id, "assign", json!({"team_id": repairs(), "to": 1})).await.refused(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn acknowledging_twice_is_once() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        let first = world.step("eve", &id, "acknowledge", json!({})).await.ok();
        assert_eq!(first["state"], "in_progress");
        assert_eq!(first["acknowledged_at"], json!(epoch()));
        world.pass(5);
        let second = world.step("eli", &id, "acknowledge", json!({})).await.ok();
        assert_eq!(second["version"], first["version"]);
        assert_eq!(second["assignee"]["display"], "eve");
    })
    .await;
}

#[tokio::test]
async fn resolving_says_that_service_is_back_when_nobody_said_so_before() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        world.pass(60);
        let resolved = world.step("eve", &id, "resolve", json!({"reason": "workaround", "text": "restarted"})).await.ok();
        assert_eq!(resolved["restored_at"], resolved["resolved_at"]);
        let events = world.events(&id).await;
        assert_eq!(only::<Restored>(&events).basis, "declared");
        assert_eq!(only::<Transitioned>(&events).reason.as_deref(), Some("workaround"));

        let other = world.open("slow again").await;
        let back_at = world.now();
        world.step("eve", &other, "restore", json!({"at": back_at})).await.ok();
        world.pass(60);
        let resolved = world.step("eve", &other, "resolve", json!({"reason": "fixed"})).await.ok();
        assert_eq!(resolved["restored_at"], json!(back_at));
    })
    .await;
}

#[tokio::test]
async fn service_cannot_be_back_in_the_future_or_before_the_trouble() {
    in_world(|world| async move {
        let body = json!({"service_id": shop(), "title": "t", "impact": 1, "urgency": 1, "started_at": epoch()});
        let opened = world.post("dan", "/api/v1/incidents", body).await.ok();
        let id = opened["id"].as_str().unwrap();
        for at in ["2026-03-02T00:59:59Z", "2026-03-02T01:00:01Z"] {
            let problem = world.step("eve", id, "restore", json!({"at": at})).await.refused(422, "invalid");
            assert_eq!(problem["at"], "/at");
        }
        let future = json!({"service_id": shop(), "title": "t", "impact": 1, "urgency": 1, "started_at": "2027-01-01T00:00:00Z"});
        world.post("dan", "/api/v1/incidents", future).await.refused(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn the_first_location_is_kept() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        let first = world.step("eve", &id, "locate", json!({"basis": "decision_to_act"})).await.ok();
        world.pass(60);
        let second = world.step("eve", &id, "locate", json!({"basis": "cause_known", "text": "disk"})).await.ok();
        assert_eq!(second["located_at"], first["located_at"]);
        assert_eq!(at::<Located>(&world.events(&id).await).len(), 2);
    })
    .await;
}

#[tokio::test]
async fn priority_follows_the_matrix_and_the_same_judgement_says_nothing() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        let judged = world.step("dan", &id, "priority", json!({"impact": 1, "urgency": 1})).await.ok();
        assert_eq!(judged["priority"], 1);
        let event: Reprioritised = only(&world.events(&id).await);
        assert_eq!((event.from, event.to, event.matrix_version), (Priority::ALL[1], Priority::ALL[0], 1));
        let again = world.step("dan", &id, "priority", json!({"impact": 1, "urgency": 1})).await.ok();
        assert_eq!(again["version"], judged["version"]);
        world.step("dan", &id, "priority", json!({"impact": 4, "urgency": 1})).await.refused(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn reopening_continues_within_the_agreed_days_and_begins_anew_after_them() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        world.step("eve", &id, "resolve", json!({"reason": "fixed"})).await.ok();
        world.pass(3 * 86400);
        let reopened = world.step("eve", &id, "reopen", json!({"text": "again"})).await.ok();
        assert_eq!((reopened["id"].as_str(), reopened["state"].as_str()), (Some(id.as_str()), Some("reopened")));
        assert_eq!(reopened["resolved_at"], Value::Null);
        assert_eq!(reopened["restored_at"], Value::Null);

        world.step("eve", &id, "resolve", json!({"reason": "fixed"})).await.ok();
        world.pass(3 * 86400 + 1);
        let anew = world.step("eve", &id, "reopen", json!({})).await.ok();
        assert_ne!(anew["id"].as_str(), Some(id.as_str()));
        assert_eq!((anew["state"].as_str(), anew["title"].as_str()), (Some("new"), Some("slow")));
        let old = world.incident(&id).await;
        assert_eq!(old["state"], "resolved");
        assert_eq!(old["links"][0]["relation"], "reopened_as");
        let linked: Linked = only(&world.events(&id).await);
        assert_eq!(json!(linked.other), anew["id"]);
    })
    .await;
}

#[tokio::test]
async fn a_title_is_neither_empty_nor_endless() {
    in_world(|world| async move {
        for title in [String::new(), "  ".to_owned(), "x".repeat(301)] {
            let body = json!({"service_id": shop(), "title": title, "impact": 1, "urgency": 1});
            let problem = world.post("dan", "/api/v1/incidents", body).await.refused(422, "invalid");
            assert_eq!(problem["at"], "/title");
        }
        world.post("dan", "/api/v1/incidents", json!({"title": "t"})).await.refused(422, "invalid");
    })
    .await;
}
