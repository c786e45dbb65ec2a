//! Rules, macros and canned replies for requests.

use evenkeel_core::event::{
    Event,
    automation::{RequestMacroRun, RequestRuled, RuleOutcome},
    request::RequestNoted,
};
use evenkeel_store::outbox;
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{
    request::kit::plain,
    world::{World, at, in_world, ops},
};

fn both(text: &str) -> Value {
    json!({"zh": text, "en": text})
}

#[allow(clippy::needless_pass_by_value, reason = "it is written where it is passed")]
fn rule(name: &str, rest: Value) -> Value {
    let mut rule = json!({"kind": "ticket_rule", "name": name, "title": both(name), "of": "request", "when": ["opened"]});
    rule.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    rule
}

impl World {
    async fn shapes(&self, definition: Value) -> crate::world::Answer {
        let path = format!("/api/v1/automation/{}/{}", definition["kind"].as_str().unwrap(), definition["name"].as_str().unwrap());
        self.put_at("mia", &path, definition).await
    }

    /// A request of cora's that is worked on; its id.
    async fn chair(&self) -> String {
        self.offer("chair", plain(json!([{"tasks": [{"title": {"zh": "送", "en": "Bring"}, "team": ops()}]}]))).await.unwrap();
        self.ask("cora", "chair", json!({"model": "light", "count": 1})).await
    }
}

fn ruled(events: &[Event]) -> Vec<(String, String, RuleOutcome)> {
    let read = events.iter().filter_map(Event::read::<RequestRuled>).map(|ruled| ruled.unwrap().0);
    read.map(|ruled| (ruled.rule, ruled.when, ruled.outcome)).collect()
}

#[tokio::test]
async fn a_rule_for_requests_meets_them_once_and_leaves_incidents_alone() {
    in_world(|world| async move {
        let wait = json!({"if": {"all": [{"item": ["chair"]}, {"state": ["fulfilling"]}, {"title_contains": ["laptop"]}]},
            "then": [{"reply": {"text": both("{{reporter.name}}: {{ticket.number}} {{ticket.title}}")}},
                     {"hold": {"reason": "vendor", "text": both("ordered")}}, {"mail_team": {"team": "ops", "text": both("{{ticket.number}}")}}]});
        world.offer("chair", plain(json!([{"tasks": [{"title": {"zh": "送", "en": "Bring"}, "team": ops()}]}]))).await.unwrap();
        world.shapes(rule("order", wait)).await.ok();
        let incidents = json!({"kind": "ticket_rule", "name": "other", "title": both("o"), "when": ["opened"], "then": [{"note": {"text": both("n")}}]});
        world.shapes(incidents).await.ok();
        world.consume().await;
        world.pass(1);
        let id = world.chair().await;
        let incident = world.open("a laptop").await;
        world.consume().await;
        let events = world.request_events(&id).await;
        assert_eq!(ruled(&events), [("order".to_owned(), "opened".to_owned(), RuleOutcome::Acted)]);
        let request = world.request("cora", &id).await;
        assert_eq!((&request["state"], &request["hold"]), (&json!("waiting"), &json!("vendor")));
        let timeline = world.get("cora", &format!("/api/v1/requests/{id}/timeline")).await.ok();
        let said: Vec<&Value> = timeline.as_array().unwrap().iter().filter(|entry| entry["kind"] == "request.noted").collect();
        assert_eq!((said.len(), &said[0]["text"]), (1, &json!(format!("cora: REQ-{} Laptop", request["number"]))));
        assert!(!timeline.to_string().contains("ruled"), "who asked for it sees no rule");
        assert_eq!(world.kinds(&incident).await, ["incident.opened", "incident.ruled", "incident.noted"]);
        // Its team is told, by a mail that names the request.
        let mut sql = world.test.db.read().await.unwrap();
        let queued = outbox::page(&mut sql, world.test.tenant, Some("queued"), None, 200).await.unwrap();
        drop(sql);
        let message = queued.into_iter().find(|message| message.subject_kind == "automation").unwrap();
        let letter = evenkeel_manage::automation::letter(&world.test.db, &message, "https://keel.example").await.unwrap().unwrap();
        assert!(letter.subject.starts_with("REQ-") && letter.text.contains(&format!("https://keel.example/requests/{id}")), "{letter:?}");
        // A crash before the cursor moved.
        let before = world.request_events(&id).await.len();
        for event in &events {
            world.replay(event).await;
        }
        assert_eq!(world.request_events(&id).await.len(), before);
        let runs = world.get("dan", "/api/v1/automation/ticket_rule/order/runs").await.ok();
        assert_eq!((runs.as_array().unwrap().len(), &runs[0]["of"], &runs[0]["id"]), (1, &json!("request"), &json!(id)));
    })
    .await;
}

#[tokio::test]
async fn a_rule_hears_what_who_asked_for_it_says_and_time_that_passes() {
    in_world(|world| async move {
        world
            .shapes(rule(
                "hurry",
                json!({"when": ["replied"], "if": {"text_contains": ["urgent"]}, "then": [{"note": {"text": both("hurry")}}]}),
            ))
            .await
            .ok();
        let long = json!({"when": [{"after": {"since": "state", "secs": 3600}}], "if": {"state": ["waiting"]}, "then": [{"resume": {}}]});
        world.shapes(rule("long", long)).await.ok();
        world.consume().await;
        world.pass(1);
        let id = world.chair().await;
        let path = format!("/api/v1/requests/{id}/notes");
        world.pass(1);
        world.post("cora", &path, json!({"visibility": "public", "text": "no hurry"})).await.ok();
        world.post("cora", &path, json!({"visibility": "public", "text": "it is URGENT now"})).await.ok();
        world.post("dan", &format!("/api/v1/requests/{id}/wait"), json!({"reason": "third_party"})).await.ok();
        world.consume().await;
        let notes = at::<RequestNoted>(&world.request_events(&id).await).len();
        assert_eq!((notes, ruled(&world.request_events(&id).await).len()), (3, 1), "one of the two said so");
        world.pass(3_599);
        world.ring().await;
        assert_eq!(world.state(&id).await, "waiting");
        world.pass(2);
        world.ring().await;
        assert_eq!(world.state(&id).await, "fulfilling");
        assert_eq!(ruled(&world.request_events(&id).await)[1].1, "after");
    })
    .await;
}

#[tokio::test]
async fn what_a_request_cannot_have_is_refused_and_what_it_met_in_the_past_is_told() {
    in_world(|world| async move {
        let refused = |rest: Value| {
            let world = world.clone();
            async move { world.shapes(rule("x", rest)).await.refused(422, "invalid")["at"].clone() }
        };
        world.offer("chair", plain(json!([{"tasks": [{"title": {"zh": "送", "en": "Bring"}, "team": ops()}]}]))).await.unwrap();
        assert_eq!(refused(json!({"then": [{"note": {"text": both("n")}}, {"resolve": {"reason": "fixed"}}]})).await, "/then/1");
        assert_eq!(refused(json!({"when": ["opened", "breached"], "then": [{"resume": {}}]})).await, "/when/1");
        assert_eq!(refused(json!({"when": [{"moved": ["resolved"]}], "then": [{"resume": {}}]})).await, "/when/0");
        assert_eq!(refused(json!({"if": {"priority": [1]}, "then": [{"resume": {}}]})).await, "/if");
        assert_eq!(refused(json!({"if": {"state": ["on_hold"]}, "then": [{"resume": {}}]})).await, "/if");
        assert_eq!(refused(json!({"if": {"item": ["sofa"]}, "then": [{"resume": {}}]})).await, "/if/item/0");
        let id = world.chair().await;
        let path = format!("/api/v1/requests/{id}");
        world.post("dan", &format!("{path}/wait"), json!({"reason": "customer", "text": "which colour?"})).await.ok();
        world.pass(60);
        world.post("cora", &format!("{path}/notes"), json!({"visibility": "public", "text": "blue"})).await.ok();
        world.pass(60);
        let before = world.request_events(&id).await.len();
        let tried = |rest: Value| {
            let world = world.clone();
            async move {
                let from = world.now() - SignedDuration::from_hours(1);
                let mut rule = rule("t", rest);
                rule.as_object_mut().unwrap().remove("kind");
                world.post("mia", "/api/v1/automation/try", json!({"rule": rule, "from": from, "to": world.now()})).await.ok()
            }
        };
        let met = tried(
            json!({"when": ["replied"], "if": {"all": [{"text_contains": ["blue"]}, {"item": ["chair"]}]}, "then": [{"resume": {}}]}),
        )
        .await;
        assert_eq!(
            (&met["looked_at"], &met["met"], &met["tickets"][0]["id"], &met["tickets"][0]["when"]),
            (&json!(1), &json!(1), &json!(id), &json!("replied"))
        );
        let waited = tried(json!({"when": [{"moved": ["waiting"]}], "if": {"hold": ["customer"]}, "then": [{"resume": {}}]})).await;
        assert_eq!(waited["met"], 1);
        assert_eq!(tried(json!({"when": [{"moved": ["rejected"]}], "then": [{"resume": {}}]})).await["met"], 0);
        assert_eq!(world.request_events(&id).await.len(), before, "nothing is written");
    })
    .await;
}

#[tokio::test]
async fn a_macro_and_a_canned_reply_for_requests() {
    in_world(|world| async move {
        let then = json!([{"reply": {"text": both("{{reporter.name}}, {{agent.name}} here")}}, {"hold": {"reason": "customer"}}]);
        world.shapes(json!({"kind": "macro", "name": "ask", "title": both("Ask"), "of": "request", "then": then})).await.ok();
        world.shapes(json!({"kind": "macro", "name": "of-incidents", "title": both("o"), "then": [{"start": {}}]})).await.ok();
        world.shapes(json!({"kind": "reply", "name": "thanks", "title": both("Thanks"), "of": "request", "text": both("{{ticket.number}}/{{priority}}/{{customer.name}}")})).await.ok();
        world.shapes(json!({"kind": "reply", "name": "of-incidents", "title": both("o"), "text": both("x")})).await.ok();
        let id = world.chair().await;
        let number = world.request("dan", &id).await["number"].clone();
        let replies = world.get("dan", &format!("/api/v1/requests/{id}/replies")).await.ok();
        assert_eq!((replies.as_array().unwrap().len(), &replies[0]["text"]["en"]), (1, &json!(format!("REQ-{number}/–/acme"))));
        let run = format!("/api/v1/requests/{id}/macros/ask");
        let before = world.request_events(&id).await.len();
        let preview = world.post("dan", &run, json!({"dry_run": true})).await.ok();
        assert_eq!((&preview["done"], &preview["request"]["state"]), (&json!(false), &json!("waiting")));
        assert_eq!(world.request_events(&id).await.len(), before, "a preview keeps nothing");
        world.post("dan", &run, json!({})).await.ok();
        let events = world.request_events(&id).await;
        assert_eq!(at::<RequestMacroRun>(&events).len(), 1);
        let timeline = world.get("cora", &format!("/api/v1/requests/{id}/timeline")).await.ok().to_string();
        assert!(timeline.contains("cora, dan here") && !timeline.contains("macro"), "{timeline}");
        world.post("dan", &run, json!({})).await.refused(409, "state_refused");
        assert_eq!(world.request_events(&id).await.len(), events.len(), "all or nothing");
        world.post("dan", &format!("/api/v1/requests/{id}/macros/of-incidents"), json!({})).await.refused(422, "invalid");
        let incident = world.open("x").await;
        world.post("dan", &format!("/api/v1/incidents/{incident}/macros/ask"), json!({})).await.refused(422, "invalid");
        world.post("cora", &run, json!({})).await.refused(403, "forbidden");
        world.send(Some(world.caller("dan")), Method::POST, &run, Some(json!({})), Some(1)).await.refused(412, "precondition_failed");
    })
    .await;
}
