//! Telephone calls that the desk took.

use evenkeel_core::event::{desk::CallLogged, manage::Noted};
use evenkeel_manage::party::{self, PersonDefinition};
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{GRANT, World, at, bank, in_world, person, shop};

/// Gives somebody a number.
async fn has_number(world: &World, name: &str, phone: &str) {
    let mut tx = world.test.db.write().await.unwrap();
    let known = party::find_person(&mut tx, world.test.tenant, person(name)).await.unwrap().unwrap();
    let definition = PersonDefinition { phone: Some(phone.to_owned()), ..known.definition };
    party::put_person(&mut tx, &GRANT, &world.act(), name, &definition).await.unwrap();
    tx.commit().await.unwrap();
}

fn call(world: &World, ago: i64, secs: i64, about: &Value) -> Value {
    let started_at = world.now() - SignedDuration::from_secs(ago);
    json!({"person_id": person("cora"), "text": "The till prints nothing.", "started_at": started_at, "secs": secs, "about": about})
}

fn about_shop() -> Value {
    json!({"kind": "incident", "service_id": shop(), "title": "No receipts"})
}

#[tokio::test]
async fn a_call_is_a_ticket_that_has_its_first_response() {
    in_world(|world| async move {
        world.pass(86_400);
        let logged = world.post("dan", "/api/v1/calls", call(&world, 300, 241, &about_shop())).await;
        assert_eq!(logged.status, 201, "{logged:?}");
        let logged = logged.body;
        let id = logged["ticket"]["id"].as_str().unwrap().to_owned();
        let incident = world.incident(&id).await;
        let began = json!(world.now() - SignedDuration::from_secs(300));
        assert_eq!((&incident["channel"], &incident["opened_at"], &incident["responded_at"]), (&json!("phone"), &began, &began));
        assert_eq!((&incident["title"], &incident["customer"]["display"]["en"]), (&json!("No receipts"), &json!("acme")));
        let events = world.events(&id).await;
        let noted: Noted = at::<Noted>(&events)[0].read().unwrap().unwrap();
        assert_eq!((noted.medium.as_str(), noted.visibility.as_str(), noted.by_agent), ("call", "public", true));
        let time = world.get("dan", &format!("/api/v1/tickets/incident/{id}/time")).await.ok();
        assert_eq!((&time["minutes"], &time["people"][0]["person"]["display"]), (&json!(5), &json!("dan")), "begun minutes count");
        // The customer sees what was said, not how long it took.
        let told = world.get("cora", &format!("/api/v1/incidents/{id}/timeline")).await.ok();
        assert!(told.to_string().contains("The till prints nothing."), "{told}");
        let mut sql = world.test.db.read().await.unwrap();
        let horizon = evenkeel_store::ledger::horizon(&mut sql).await.unwrap();
        let kinds = [<CallLogged as evenkeel_core::event::Body>::KIND];
        let calls = evenkeel_store::ledger::scan(&mut sql, Some(world.test.tenant), 0, horizon, 10, &kinds).await.unwrap();
        let body: CallLogged = calls[0].read().unwrap().unwrap();
        assert_eq!((body.person_id, body.taken_by, body.secs), (Some(person("cora")), person("dan"), 241));
    })
    .await;
}

#[tokio::test]
async fn a_call_about_what_is_open_is_a_word_on_it() {
    in_world(|world| async move {
        let id = world.open("slow").await;
        world.step("eve", &id, "start", json!({})).await.ok();
        world.step("eve", &id, "hold", json!({"reason": "customer"})).await.ok();
        world.pass(600);
        let onto = json!({"kind": "ticket", "ticket": {"kind": "incident", "id": id}});
        // It began before the ticket did: the response is not before the ticket either.
        world.post("dan", "/api/v1/calls", call(&world, 3_000, 60, &onto)).await.ok();
        let after = world.incident(&id).await;
        assert_eq!((&after["state"], &after["responded_at"]), (&json!("in_progress"), &after["opened_at"]));
        world.step("eve", &id, "resolve", json!({"reason": "fixed"})).await.ok();
        world.post("dan", "/api/v1/calls", call(&world, 60, 1, &onto)).await.refused(409, "state_refused");
    })
    .await;
}

#[tokio::test]
async fn a_grievance_is_heard_on_the_telephone() {
    in_world(|world| async move {
        let logged =
            world.post("dan", "/api/v1/calls", call(&world, 60, 30, &json!({"kind": "grievance", "service_id": shop()}))).await.ok();
        assert_eq!((&logged["ticket"], logged["grievance_id"].is_string()), (&Value::Null, true));
        let heard = world.get("dan", &format!("/api/v1/grievances/{}", logged["grievance_id"].as_str().unwrap())).await.ok();
        assert_eq!(heard["touchpoint"], "phone", "{heard}");
    })
    .await;
}

#[tokio::test]
async fn who_calls_is_found_by_name_and_number_with_what_is_open() {
    in_world(|world| async move {
        has_number(&world, "cora", "+86 138-0013-8000").await;
        let id = world.open("slow").await;
        for words in ["cor", "CORA", "13800138000", "%2B8613800138000", "0013-8000", "cora@example"] {
            let found = world.get("dan", &format!("/api/v1/callers?q={words}")).await.ok();
            assert_eq!(found.as_array().unwrap().len(), 1, "{words}: {found}");
            assert_eq!((&found[0]["display"], &found[0]["tickets"][0]["ticket"]["id"]), (&json!("cora"), &json!(id)));
        }
        for words in ["800", "%25", "99999", "_"] {
            let found = world.get("dan", &format!("/api/v1/callers?q={words}")).await.ok();
            assert_eq!(found, json!([]), "{words}");
        }
        let carl = world.get("dan", "/api/v1/callers?q=carl").await.ok();
        assert_eq!(carl[0]["tickets"], json!([]), "another customer's");
        world.get("cora", "/api/v1/callers?q=cora").await.refused(403, "forbidden");
        world.get("dan", "/api/v1/callers?q=").await.refused(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn what_was_no_call_is_refused_and_leaves_nothing() {
    in_world(|world| async move {
        world.pass(2 * 86_400);
        let before = world.incidents().await.len();
        for (ago, secs) in [(-1, 0), (60, 61), (60, -1), (86_401, 1)] {
            world.post("dan", "/api/v1/calls", call(&world, ago, secs, &about_shop())).await.refused(422, "invalid");
        }
        let unsaid = json!({"kind": "incident", "service_id": shop(), "title": " "});
        world.post("dan", "/api/v1/calls", call(&world, 60, 1, &unsaid)).await.refused(422, "invalid");
        let nowhere = json!({"kind": "incident", "service_id": person("cora"), "title": "x"});
        world.post("dan", "/api/v1/calls", call(&world, 60, 1, &nowhere)).await.refused(404, "not_found");
        for name in ["cora", "vera", "aud"] {
            world.post(name, "/api/v1/calls", call(&world, 60, 1, &about_shop())).await.refused(403, "forbidden");
        }
        assert_eq!(world.incidents().await.len(), before);
        // Somebody we do not know: their name and number stand before what they said; the ticket is the service's customer's.
        let mut unknown = call(&world, 60, 1, &json!({"kind": "incident", "service_id": bank(), "title": "Locked out"}));
        unknown["person_id"] = Value::Null;
        unknown["caller"] = json!("Ann, 555 0100");
        let logged = world.post("dan", "/api/v1/calls", unknown).await.ok();
        let path = format!("/api/v1/incidents/{}/timeline", logged["ticket"]["id"].as_str().unwrap());
        let told = world.send(Some(world.caller("dan")), Method::GET, &path, None, None).await.ok();
        assert!(told.to_string().contains("Ann, 555 0100\\n\\nThe till"), "{told}");
    })
    .await;
}
