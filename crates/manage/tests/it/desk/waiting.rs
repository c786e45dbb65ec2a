//! What waits for one person and is no ticket of theirs; how much the built-in views show; a list that is taken along.

use evenkeel_api::{Caller, Permission};
use evenkeel_core::event::desk::DeskExported;
use evenkeel_store::{Sql as _, params};
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{
    request::kit::laptop,
    world::{World, in_world, person, shop},
};

async fn waiting(world: &World, name: &str) -> Vec<(String, u64)> {
    let groups = world.get(name, "/api/v1/desk/waiting").await.ok();
    let groups = groups.as_array().unwrap().iter();
    groups.map(|group| (group["kind"].as_str().unwrap().to_owned(), group["count"].as_u64().unwrap())).collect()
}

#[tokio::test]
async fn an_approval_a_vote_a_review_and_a_follow_up_wait_for_whoever_owes_them() {
    in_world(|world| async move {
        assert_eq!(waiting(&world, "mia").await, []);
        world.offer("laptop", laptop()).await.unwrap();
        let id = world.ask("cora", "laptop", json!({"model": "light", "count": 2})).await;
        world.decide("cass", true).await;
        let asked = "mia";
        assert_eq!(waiting(&world, asked).await, [("approval".to_owned(), 1)], "whoever answers for the service is asked next");
        let groups = world.get(asked, "/api/v1/desk/waiting").await.ok();
        assert_eq!(
            (&groups[0]["items"][0]["at"], &groups[0]["items"][0]["id"], &groups[0]["items"][0]["title"]),
            (&json!("request"), &json!(id), &json!("Laptop"))
        );
        world.decide(asked, true).await;
        assert!(!waiting(&world, asked).await.iter().any(|(kind, _)| kind == "approval"), "answered is done");

        let (from, to) = (world.now() + SignedDuration::from_hours(40), world.now() + SignedDuration::from_hours(42));
        let change = json!({"title": "a bigger pool", "kind": "normal", "services": [shop()], "window": {"from": from, "to": to},
            "implementation": "i", "back_out": "b", "test": "t"});
        let drafted = world.post("eve", "/api/v1/changes", change).await;
        assert!(drafted.status.is_success(), "{}", drafted.body);
        let path = format!("/api/v1/changes/{}", drafted.body["id"].as_str().unwrap());
        world.post("eve", &format!("{path}/assess"), json!({})).await.ok();
        assert_eq!(world.post("eve", &format!("{path}/submit"), json!({})).await.ok()["state"], "authorise");
        assert!(waiting(&world, "mia").await.contains(&("vote".to_owned(), 1)));
        assert!(!waiting(&world, "eve").await.iter().any(|(kind, _)| kind == "vote"), "nobody votes on their own");
        world.post("mia", &format!("{path}/vote"), json!({"yes": true, "text": "go"})).await.ok();
        assert!(!waiting(&world, "mia").await.iter().any(|(kind, _)| kind == "vote"), "voted is done");

        let problem = json!({"service_id": shop(), "title": "every night"});
        let problem = world.post("eve", "/api/v1/problems", problem).await;
        assert!(problem.status.is_success(), "{}", problem.body);
        let due = |days: i64| (world.now() + SignedDuration::from_hours(24 * days)).to_zoned(jiff::tz::TimeZone::UTC).date();
        for (text, days) in [("soon", 3), ("late", 60)] {
            let follow = json!({"of": {"kind": "problem", "id": problem.body["id"]}, "text": text, "owner_id": person("eve"),
                "verifier_id": person("mia"), "due_on": due(days)});
            let added = world.post("mia", "/api/v1/follow-ups", follow).await;
            assert!(added.status.is_success(), "{}", added.body);
        }
        let groups = world.get("eve", "/api/v1/desk/waiting").await.ok();
        let follow = groups.as_array().unwrap().iter().find(|group| group["kind"] == "follow_up").unwrap();
        assert_eq!(
            (&follow["count"], &follow["items"][0]["title"], &follow["items"][0]["at"]),
            (&json!(1), &json!("soon"), &json!("problem"))
        );
        world.get("cora", "/api/v1/desk/waiting").await.refused(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn the_built_in_views_are_counted() {
    in_world(|world| async move {
        for title in ["a", "b", "c"] {
            world.open(title).await;
        }
        let id = world.open("mine").await;
        world.step("mia", &id, "assign", json!({"person_id": person("dan")})).await.ok();
        let counts = world.get("dan", "/api/v1/desk/counts").await.ok();
        let of = |whose: &str| counts.as_array().unwrap().iter().find(|count| count["whose"] == whose).unwrap()["count"].clone();
        assert_eq!((of("me"), of("nobody"), of("all")), (json!(1), json!(3), json!(4)));
        world.get("cora", "/api/v1/desk/counts").await.refused(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn a_list_is_taken_along_with_own_fields_and_the_ledger_knows_who_took_it() {
    in_world(|world| async move {
        let field = |name: &str, answer: Value| json!({"kind": "ticket_field", "name": name, "title": {"zh": "门店", "en": name}, "answer": answer});
        for (name, answer) in [("branch", json!({"type": "choice", "options": [{"key": "hq", "label": {"zh": "总部", "en": "HQ"}}]})), ("why", json!({"type": "text"})), ("who", json!({"type": "person"}))] {
            world.put_at("mia", &format!("/api/v1/automation/ticket_field/{name}"), field(name, answer)).await.ok();
        }
        let id = world.open("till").await;
        world.open("other").await;
        let fields = json!({"branch": "hq", "why": "=cmd", "who": person("eve")});
        world.put_at("dan", &format!("/api/v1/incidents/{id}/fields"), json!({ "fields": fields })).await.ok();
        let list = world.post("dan", "/api/v1/desk/export", json!({"whose": "all", "field": "branch:hq", "q": "till"})).await.ok();
        assert_eq!((list["rows"].as_array().unwrap().len(), &list["complete"]), (1, &json!(true)));
        assert_eq!(list["rows"][0]["fields"], json!({"branch": "hq", "why": "=cmd", "who": "eve"}));
        assert_eq!(list["columns"].as_array().unwrap().len(), 3);
        assert_eq!(world.post("dan", "/api/v1/desk/export", json!({"whose": "all"})).await.ok()["rows"].as_array().unwrap().len(), 2);
        world.post("dan", "/api/v1/desk/export", json!({"priority": 9})).await.refused(422, "invalid");
        world.post("cora", "/api/v1/desk/export", json!({})).await.refused(403, "forbidden");
        // Who may read tickets and not the house's own fields takes none along, and does not learn what they say by asking.
        let narrow = || Caller {
            scopes: Some([Permission::IncidentNoteInternal, Permission::IncidentRead].into()),
            ..world.caller("dan")
        };
        let take = async |filter: Value| world.send(Some(narrow()), Method::POST, "/api/v1/desk/export", Some(filter), None).await;
        take(json!({"whose": "all", "field": "branch:hq"})).await.refused(403, "forbidden");
        take(json!({"whose": "all", "status": "triage"})).await.refused(403, "forbidden");
        let list = take(json!({"whose": "all"})).await.ok();
        assert_eq!((list["rows"].as_array().unwrap().len(), &list["columns"], &list["rows"][0]["fields"]), (2, &json!([]), &json!({})));
        let row = world.test.db.read().await.unwrap().row("SELECT payload, subject_id FROM ledger_event WHERE kind = $1 ORDER BY seq LIMIT 1", params!["desk.exported"]).await.unwrap().unwrap();
        let told: DeskExported = serde_json::from_str(&row.text("payload").unwrap()).unwrap();
        assert_eq!((told.rows, told.searched, row.text("subject_id").unwrap()), (1, true, person("dan").to_string()));
        assert!(!row.text("payload").unwrap().contains("till"), "what was searched is not in the ledger");
    })
    .await;
}

#[tokio::test]
async fn a_field_of_many_says_the_same_and_is_taken_back() {
    in_world(|world| async move {
        let field = |name: &str, answer: Value| json!({"kind": "ticket_field", "name": name, "title": {"zh": "x", "en": name}, "answer": answer});
        world.put_at("mia", "/api/v1/automation/ticket_field/vip", field("vip", json!({"type": "yes_no"}))).await.ok();
        world.put_at("mia", "/api/v1/automation/ticket_field/why", field("why", json!({"type": "text"}))).await.ok();
        let (one, two) = (world.open("one").await, world.open("two").await);
        world.put_at("dan", &format!("/api/v1/incidents/{one}/fields"), json!({"fields": {"vip": false}})).await.ok();
        let ask = |name: &str, value: Value| json!({"doing": {"kind": "field", "name": name, "value": value}, "incidents": [{"id": one}, {"id": two}]});
        let refused = world.post("dan", "/api/v1/incidents/bulk", ask("why", json!("x"))).await.ok();
        assert_eq!((&refused["done"], &refused["results"][0]["code"]), (&json!(0), &json!("invalid")), "words are filled in one by one");
        let done = world.post("dan", "/api/v1/incidents/bulk", ask("vip", json!(true))).await.ok();
        assert_eq!(done["done"], 2);
        let says = |id: String| {
            let world = world.clone();
            async move { world.get("dan", &format!("/api/v1/incidents/{id}/fields")).await.ok()[0]["value"].clone() }
        };
        assert_eq!((says(one.clone()).await, says(two.clone()).await), (json!(true), json!(true)));
        world.post("dan", &format!("/api/v1/bulk-acts/{}/undo", done["id"].as_str().unwrap()), json!({})).await.ok();
        assert_eq!((says(one.clone()).await, says(two.clone()).await), (json!(false), json!(null)));
    })
    .await;
}
