//! Canned replies, macros, rules, fields and templates of the desk.

use evenkeel_core::event::{
    automation::{RuleOutcome, Ruled},
    manage::Noted,
};
use evenkeel_store::{Consumer as _, Sql as _, params};
use http::Method;
use serde_json::{Value, json};

use crate::world::{World, at, in_world, only, shop};

fn both(text: &str) -> Value {
    json!({"zh": text, "en": text})
}

#[allow(clippy::needless_pass_by_value, reason = "it is written where it is passed")]
fn rule(name: &str, rest: Value) -> Value {
    let mut rule = json!({"kind": "ticket_rule", "name": name, "title": both(name), "when": ["opened"]});
    rule.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    rule
}

fn path(definition: &Value) -> String {
    format!("/api/v1/automation/{}/{}", definition["kind"].as_str().unwrap(), definition["name"].as_str().unwrap())
}

impl World {
    async fn declares(&self, definition: Value) -> Value {
        self.put_at("mia", &path(&definition), definition).await.ok()
    }

    /// Lets consumers and what they set going come to an end; answers how many rounds that took.
    async fn settles(&self, id: &str) -> usize {
        for round in 0..50 {
            let before = self.events(id).await.len();
            self.consume().await;
            if self.events(id).await.len() == before {
                return round;
            }
        }
        panic!("rules did not come to an end");
    }
}

fn ruled(events: &[evenkeel_core::event::Event]) -> Vec<Ruled> {
    events.iter().filter_map(evenkeel_core::event::Event::read::<Ruled>).map(Result::unwrap).collect()
}

#[tokio::test]
async fn a_rule_acts_once_and_says_on_the_ticket_what_it_did_and_why() {
    in_world(|world| async move {
        world
            .declares(rule(
                "vpn",
                json!({"if": {"all": [{"service": ["shop"]}, {"title_contains": ["VPN"]}]},
                       "then": [{"assign": {"team": "repairs"}}, {"prioritise": {"impact": 2}},
                                {"note": {"text": both("{{ticket.number}}: look at {{service.name}}")}}]}),
            ))
            .await;
        world.consume().await;
        let id = world.open("no vpn since noon").await;
        let other = world.open("printer").await;
        world.settles(&id).await;
        let incident = world.incident(&id).await;
        assert_eq!(
            (&incident["team"]["display"]["en"], &incident["impact"], &incident["state"]),
            (&json!("repairs"), &json!(2), &json!("assigned"))
        );
        let events = world.events(&id).await;
        let said: Ruled = only(&events);
        assert_eq!((said.rule.as_str(), said.version, said.when.as_str(), said.outcome), ("vpn", 1, "opened", RuleOutcome::Acted));
        assert_eq!(said.acts, ["assign", "prioritise", "note"]);
        let tests: Vec<_> = said.because.iter().map(|reason| (reason.test.as_str(), reason.saw.as_deref())).collect();
        assert_eq!(tests, [("service", Some(shop().to_string().as_str())), ("title_contains", Some("VPN"))]);
        let assigned = at::<evenkeel_core::event::manage::Assigned>(&events)[0];
        assert_eq!((assigned.actor.id.as_str(), assigned.source.as_str()), ("rule", "rule"));
        assert_eq!(assigned.on_behalf_of.as_deref(), Some(crate::world::person("mia").to_string().as_str()));
        let timeline = world.get("dan", &format!("/api/v1/incidents/{id}/timeline")).await.ok();
        let note = timeline.as_array().unwrap().iter().find(|entry| entry["kind"] == "incident.noted").unwrap();
        assert_eq!(note["text"], format!("INC-{}: look at Shop", incident["number"]));
        assert_eq!(world.kinds(&other).await, ["incident.opened"]);
        // A crash before the cursor moved: the same event once more changes nothing.
        let before = world.events(&id).await.len();
        world.replay(&events[0]).await;
        assert_eq!(world.events(&id).await.len(), before);
        let runs = world.get("dan", "/api/v1/automation/ticket_rule/vpn/runs").await.ok();
        assert_eq!((runs.as_array().unwrap().len(), &runs[0]["outcome"]), (1, &json!("acted")));
    })
    .await;
}

#[tokio::test]
async fn an_edit_changes_nothing_that_happened_before_it_and_can_be_taken_back() {
    in_world(|world| async move {
        let first = rule("r", json!({"then": [{"assign": {"team": "repairs"}}]}));
        world.declares(first.clone()).await;
        world.consume().await;
        world.pass(1);
        let id = world.open("before").await;
        world.pass(1);
        assert_eq!(world.declares(rule("r", json!({"then": [{"prioritise": {"impact": 3}}]}))).await["version"], 2);
        world.settles(&id).await;
        assert_eq!(only::<Ruled>(&world.events(&id).await).version, 1, "the version of when it happened acts");
        let history = world.get("dan", "/api/v1/automation/ticket_rule/r").await.ok();
        assert_eq!(history["versions"].as_array().unwrap().len(), 2);
        assert_eq!(
            (&history["versions"][1]["by"], &history["versions"][1]["definition"]["then"][0]["assign"]["team"]),
            (&json!("mia"), &json!("repairs"))
        );
        world.declares(history["versions"][1]["definition"].clone()).await;
        let now = world.get("dan", "/api/v1/automation?kind=ticket_rule").await.ok();
        assert_eq!((&now[0]["version"], &now[0]["definition"]["then"]), (&json!(3), &json!([{"assign": {"team": "repairs"}}])));
        assert_eq!(world.declares(now[0]["definition"].clone()).await["changed"], false, "what is sent back as it is changes nothing");
        world.pass(1);
        world.send(Some(world.caller("mia")), Method::DELETE, "/api/v1/automation/ticket_rule/r", None, None).await.ok();
        let after = world.open("after").await;
        world.settles(&after).await;
        assert_eq!(world.kinds(&after).await, ["incident.opened"]);
    })
    .await;
}

#[tokio::test]
async fn rules_that_feed_each_other_end_and_the_cut_is_said() {
    in_world(|world| async move {
        let up = rule(
            "up",
            json!({"when": ["opened", "reprioritised"], "then": [{"prioritise": {"impact": 1, "urgency": 1}}],
            "if": {"not": {"priority": [1]}}}),
        );
        let down = rule(
            "down",
            json!({"when": ["reprioritised"], "then": [{"prioritise": {"impact": 3, "urgency": 3}}], "if": {"priority": [1]}}),
        );
        world.declares(up).await;
        world.declares(down).await;
        world.consume().await;
        let id = world.open("ping").await;
        world.settles(&id).await;
        let said: Vec<_> = ruled(&world.events(&id).await).into_iter().map(|ruled| (ruled.rule, ruled.outcome, ruled.after)).collect();
        assert_eq!(
            said,
            [
                ("up".to_owned(), RuleOutcome::Acted, vec![]),
                ("down".to_owned(), RuleOutcome::Acted, vec!["up".to_owned()]),
                ("up".to_owned(), RuleOutcome::Cut, vec!["up".to_owned(), "down".to_owned()]),
            ]
        );
        let mut read = world.test.db.read().await.unwrap();
        let cuts = evenkeel_manage::automation::rule::cuts(&mut read, world.test.tenant, world.now()).await.unwrap();
        assert_eq!((cuts.count, cuts.rules), (1, vec!["up".to_owned()]));
    })
    .await;
}

#[tokio::test]
async fn many_rules_that_feed_each_other_end_soon() {
    in_world(|world| async move {
        // Each is set going by what the others do: only that each acts once keeps them from thousands of acts.
        for place in 0..8 {
            let when = if place == 0 { json!(["opened"]) } else { json!(["assigned", "reprioritised"]) };
            let acts = if place % 2 == 0 {
                json!([{"assign": {"team": "ops"}}])
            } else {
                json!([{"prioritise": {"impact": place % 3 + 1, "urgency": 3}}])
            };
            world.declares(rule(&format!("r{place}"), json!({"when": when, "then": acts}))).await;
        }
        world.consume().await;
        let id = world.open("avalanche").await;
        world.settles(&id).await;
        let said = ruled(&world.events(&id).await);
        assert!(said.iter().all(|ruled| ruled.after.len() <= 5), "{said:?}");
        assert!(said.iter().all(|ruled| ruled.outcome == RuleOutcome::Acted));
        assert_eq!(said.len(), 8, "each acts once");
    })
    .await;
}

#[tokio::test]
async fn a_refused_act_undoes_the_others_and_is_said() {
    in_world(|world| async move {
        world
            .declares(json!({"kind": "ticket_field", "name": "floor", "title": both("Floor"), "answer": {"type": "number", "whole": true}}))
            .await;
        // An incident that nobody works on cannot wait.
        world
            .declares(rule(
                "r",
                json!({"then": [{"assign": {"team": "repairs"}}, {"set_field": {"field": "floor", "value": 3}},
                {"resume": {}}]}),
            ))
            .await;
        world.consume().await;
        let id = world.open("x").await;
        world.settles(&id).await;
        let events = world.events(&id).await;
        let said: Ruled = only(&events);
        assert_eq!((said.outcome, said.refused.as_deref()), (RuleOutcome::Refused, Some("state_refused")));
        assert_eq!(world.kinds(&id).await, ["incident.opened", "incident.ruled"]);
        assert_eq!(world.get("dan", &format!("/api/v1/incidents/{id}/fields")).await.ok()[0]["value"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn order_and_stop_are_kept() {
    in_world(|world| async move {
        world.declares(rule("late", json!({"order": 20, "then": [{"assign": {"team": "ops"}}]}))).await;
        world
            .declares(rule(
                "early",
                json!({"order": 10, "stop": true, "if": {"title_contains": ["stop"]}, "then": [{"assign": {"team": "repairs"}}]}),
            ))
            .await;
        world.declares(rule("never", json!({"paused": true, "then": [{"prioritise": {"impact": 3}}]}))).await;
        world.consume().await;
        let (stopped, through) = (world.open("stop here").await, world.open("go on").await);
        world.settles(&through).await;
        let rules = |events: Vec<evenkeel_core::event::Event>| ruled(&events).into_iter().map(|ruled| ruled.rule).collect::<Vec<_>>();
        assert_eq!(rules(world.events(&stopped).await), ["early"]);
        assert_eq!(rules(world.events(&through).await), ["late"]);
    })
    .await;
}

#[tokio::test]
async fn a_reply_without_an_answer_is_noticed_after_its_time_and_an_answer_ends_the_wait() {
    in_world(|world| async move {
        world
            .declares(rule(
                "waits",
                json!({"when": [{"after": {"since": "customer_reply", "secs": 3600, "calendar": "always"}}],
                "then": [{"assign": {"team": "repairs"}}]}),
            ))
            .await;
        world.consume().await;
        let (left, answered) = (world.open("left").await, world.open("answered").await);
        world.settles(&left).await;
        world.pass(600);
        world.step("dan", &answered, "notes", json!({"visibility": "public", "text": "we look"})).await.ok();
        world.step("cora", &left, "notes", json!({"visibility": "public", "text": "hello?"})).await.ok();
        world.settles(&left).await;
        world.pass(3_500);
        assert_eq!(world.ring().await, 0);
        world.pass(101);
        world.ring().await;
        assert_eq!(only::<Ruled>(&world.events(&left).await).when, "after");
        assert!(ruled(&world.events(&answered).await).is_empty());
        world.pass(100_000);
        world.ring().await;
        only::<Ruled>(&world.events(&left).await);
    })
    .await;
}

#[tokio::test]
async fn a_rule_is_tried_on_the_past_and_nothing_is_written() {
    in_world(|world| async move {
        let from = world.now();
        let grave = world.open("checkout is slow").await;
        let mild = world.open("typo").await;
        world.pass(60);
        world.step("cora", &grave, "notes", json!({"visibility": "public", "text": "now it is DOWN"})).await.ok();
        world.pass(60);
        world.step("dan", &grave, "priority", json!({"impact": 3, "urgency": 3})).await.ok();
        world.step("dan", &mild, "start", json!({})).await.ok();
        world.pass(7_200);
        let tried = |rule: Value| {
            let world = world.clone();
            async move {
                let mut rule = rule;
                rule.as_object_mut().unwrap().remove("kind");
                let body = json!({"rule": rule, "from": from, "to": world.now()});
                world.post("mia", "/api/v1/automation/try", body).await.ok()
            }
        };
        let before = world.events(&grave).await.len();
        // What the ticket was then counts, not what it is now: its priority was graver when the customer wrote.
        let answer = tried(rule(
            "t",
            json!({"when": ["replied"], "if": {"all": [{"priority": [2]}, {"text_contains": ["down"]}]},
            "then": [{"assign": {"team": "repairs"}}]}),
        ))
        .await;
        assert_eq!(
            (&answer["looked_at"], &answer["met"], &answer["complete"], &answer["acts"]),
            (&json!(2), &json!(1), &json!(true), &json!(["assign"]))
        );
        assert_eq!(
            (&answer["tickets"][0]["title"], &answer["tickets"][0]["because"][1]["saw"]),
            (&json!("checkout is slow"), &json!("down"))
        );
        let waited = tried(rule(
            "t",
            json!({"when": [{"after": {"since": "state", "secs": 3600}}], "if": {"state": ["in_progress"]},
            "then": [{"resolve": {"reason": "recovered"}}]}),
        ))
        .await;
        assert_eq!((&waited["met"], &waited["tickets"][0]["title"]), (&json!(1), &json!("typo")));
        assert_eq!(world.events(&grave).await.len(), before);
        let nothing: i64 = world
            .test
            .db
            .read()
            .await
            .unwrap()
            .row("SELECT COUNT(*) AS n FROM ticket_rule_run", params![])
            .await
            .unwrap()
            .unwrap()
            .int("n")
            .unwrap();
        assert_eq!(nothing, 0);
        let long = json!({"rule": rule("t", json!({"then": [{"resume": {}}]})), "from": "2000-01-01T00:00:00Z", "to": world.now()});
        world.post("mia", "/api/v1/automation/try", long).await.refused(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn a_macro_shows_what_it_would_do_and_does_all_or_nothing() {
    in_world(|world| async move {
        world
            .declares(json!({"kind": "macro", "name": "ask", "title": both("Ask"), "then": [{"start": {}},
                {"reply": {"text": {"zh": "您好", "en": "Dear {{reporter.name}}, about {{ticket.number}}: please tell us more. {{agent.name}}"}}},
                {"hold": {"reason": "customer"}}]}))
            .await;
        let body = json!({"service_id": shop(), "title": "t", "impact": 1, "urgency": 2});
        let opened = world.post("cora", "/api/v1/incidents", body).await.ok();
        let id = opened["id"].as_str().unwrap().to_owned();
        let run = format!("/api/v1/incidents/{id}/macros/ask");
        let preview = world.post("dan", &run, json!({"dry_run": true})).await.ok();
        assert_eq!((&preview["done"], &preview["incident"]["state"]), (&json!(false), &json!("on_hold")));
        let kinds: Vec<_> = preview["happened"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds[0], "incident.macro_run");
        assert_eq!(world.kinds(&id).await, ["incident.opened"], "a preview keeps nothing");
        assert_eq!(world.post("dan", &run, json!({})).await.ok()["done"], true);
        let events = world.events(&id).await;
        let noted: Noted = only(&events);
        assert!(noted.by_agent, "a person said it: it is a first response");
        let timeline = world.get("cora", &format!("/api/v1/incidents/{id}/timeline")).await.ok();
        let said = timeline.as_array().unwrap().iter().find(|entry| entry["kind"] == "incident.noted").unwrap();
        assert_eq!(said["text"], format!("Dear cora, about INC-{}: please tell us more. dan", opened["number"]));
        assert!(!timeline.to_string().contains("macro"), "customers see no macro");
        let before = world.events(&id).await.len();
        // It waits already: the last act is refused, so the first ones are not done either.
        world.post("dan", &run, json!({})).await.refused(409, "state_refused");
        assert_eq!(world.events(&id).await.len(), before);
        world.send(Some(world.caller("dan")), Method::POST, &run, Some(json!({})), Some(1)).await.refused(412, "precondition_failed");
    })
    .await;
}

#[tokio::test]
async fn canned_replies_are_filled_for_the_ticket_and_found_by_words() {
    in_world(|world| async move {
        let reply = |name: &str, text: &str, scope: Value| json!({"kind": "reply", "name": name, "title": both(name), "text": both(text), "scope": scope});
        world.declares(reply("thanks", "{{service.name}}/{{customer.name}}/{{priority}}/{{due}}/{{ticket.title}}", json!({}))).await;
        world.declares(reply("bankers", "only for the bank", json!({"services": ["bank"]}))).await;
        let id = world.open("{{due}} is no place").await;
        let list = world.get("dan", &format!("/api/v1/incidents/{id}/replies")).await.ok();
        assert_eq!(list.as_array().unwrap().len(), 1);
        assert_eq!(list[0]["text"]["zh"], "商店/acme/P2/–/{{due}} is no place");
        assert_eq!(world.get("dan", &format!("/api/v1/incidents/{id}/replies?q=zebra")).await.ok(), json!([]));
        let wrong = reply("typo", "{{ticket.nmber}}", json!({}));
        let refused = world.put_at("mia", &path(&wrong), wrong.clone()).await.refused(422, "invalid");
        assert!(refused["allowed"].as_array().unwrap().contains(&json!("ticket.number")), "{refused}");
        let nobody = reply("r", "x", json!({"teams": ["nobody"]}));
        let refused = world.put_at("mia", &path(&nobody), nobody.clone()).await.refused(422, "invalid");
        assert_eq!(refused["at"], "/scope/teams/0");
        assert!(refused["allowed"].as_array().unwrap().contains(&json!("ops")), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn fields_are_typed_required_at_their_step_found_in_the_queue_and_staffs_are_not_for_customers() {
    in_world(|world| async move {
        let field = |name: &str, rest: Value| {
            let mut field = json!({"kind": "ticket_field", "name": name, "title": both(name), "answer": {"type": "choice",
                "options": [{"key": "hq", "label": both("HQ")}, {"key": "lab", "label": both("Lab")}]}});
            field.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
            field
        };
        world.declares(field("site", json!({"for_customers": true}))).await;
        world.declares(field("cause", json!({"required_at": "resolve", "answer": {"type": "text"}}))).await;
        world.declares(field("bank_only", json!({"scope": {"services": ["bank"]}}))).await;
        let id = world.open("x").await;
        let path = format!("/api/v1/incidents/{id}/fields");
        let set = |name: &'static str, fields: Value| {
            let (world, path) = (world.clone(), path.clone());
            async move { world.put_at(name, &path, json!({ "fields": fields })).await }
        };
        assert_eq!(set("dan", json!({"site": "moon"})).await.refused(422, "invalid")["at"], "/fields/site");
        set("dan", json!({"bank_only": "hq"})).await.refused(422, "invalid");
        set("dan", json!({"site": "lab", "nothing": 1})).await.refused(422, "invalid");
        world.step("dan", &id, "resolve", json!({"reason": "fixed"})).await.refused(422, "invalid");
        set("dan", json!({"site": "lab", "cause": "Mr Li's cable"})).await.ok();
        let version = world.incident(&id).await["version"].clone();
        assert_eq!(set("dan", json!({"site": "lab"})).await.ok()["version"], version, "the same again changes nothing");
        let staff = world.get("dan", &path).await.ok();
        assert_eq!((staff.as_array().unwrap().len(), &staff[0]["value"], &staff[1]["value"]), (2, &json!("Mr Li's cable"), &json!("lab")));
        let theirs = world.get("cora", &path).await.ok();
        assert_eq!((theirs.as_array().unwrap().len(), &theirs[0]["name"]), (1, &json!("site")));
        let timeline = world.get("cora", &format!("/api/v1/incidents/{id}/timeline")).await.ok().to_string();
        assert!(timeline.contains("\"site\"") && !timeline.contains("cause") && !timeline.contains("cable"), "{timeline}");
        assert!(!world.events(&id).await.iter().any(|event| event.payload.contains("cable")), "words lie in the text table alone");
        world.open("y").await;
        let found = world.get("dan", "/api/v1/incidents?field=site:lab").await.ok();
        assert_eq!((found["items"].as_array().unwrap().len(), &found["items"][0]["id"]), (1, &json!(id)));
        assert_eq!(world.get("dan", "/api/v1/incidents?field=site:hq").await.ok()["items"], json!([]));
        world.get("cora", "/api/v1/incidents?field=site:lab").await.refused(403, "forbidden");
        world.get("dan", "/api/v1/incidents?field=nonsense").await.refused(422, "invalid");
        world.step("dan", &id, "resolve", json!({"reason": "fixed"})).await.ok();
        world.get("carl", &path).await.refused(404, "not_found");
        let user = rule("r", json!({"if": {"field": {"name": "site", "is": ["lab"]}}, "then": [{"assign": {"team": "ops"}}]}));
        world.declares(user).await;
        world
            .send(Some(world.caller("mia")), Method::DELETE, "/api/v1/automation/ticket_field/site", None, None)
            .await
            .refused(422, "invalid");
        let words = rule("w", json!({"if": {"field": {"name": "cause", "answered": true}}, "then": [{"assign": {"team": "ops"}}]}));
        world.put_at("mia", "/api/v1/automation/ticket_rule/w", words).await.refused(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn a_ticket_is_opened_with_fields_by_staff() {
    in_world(|world| async move {
        world.declares(json!({"kind": "ticket_field", "name": "floor", "title": both("Floor"), "answer": {"type": "number"}})).await;
        let template = json!({"kind": "ticket_template", "name": "printer", "title": both("Printer"), "service": "shop", "subject": both("Printer jams"),
            "text": both("Which one?"), "impact": 3, "urgency": 3, "fields": {"floor": 2}});
        world.declares(template).await;
        let shown = world.get("dan", "/api/v1/automation?kind=ticket_template").await.ok();
        assert_eq!(shown[0]["definition"]["service"], "shop");
        let wrong = json!({"kind": "ticket_template", "name": "w", "title": both("W"), "service": "shop", "subject": both("W"), "impact": 3, "urgency": 3, "fields": {"roof": 2}});
        world.put_at("mia", "/api/v1/automation/ticket_template/w", wrong).await.refused(422, "invalid");
        let body = json!({"service_id": shop(), "title": "Printer jams", "impact": 3, "urgency": 3, "fields": {"floor": 2}});
        let id = world.post("dan", "/api/v1/incidents", body.clone()).await.ok()["id"].as_str().unwrap().to_owned();
        assert_eq!(world.get("dan", &format!("/api/v1/incidents/{id}/fields")).await.ok()[0]["value"], 2);
        world.post("cora", "/api/v1/incidents", body).await.refused(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn a_team_is_written_to_once() {
    in_world(|world| async move {
        world.declares(rule("tell", json!({"then": [{"mail_team": {"team": "ops", "text": both("{{ticket.title}}!")}}]}))).await;
        world.consume().await;
        let id = world.open("fire").await;
        world.settles(&id).await;
        let mut read = world.test.db.read().await.unwrap();
        let rows =
            read.rows("SELECT payload FROM outbox WHERE subject_kind = $1", params![evenkeel_manage::automation::SUBJECT]).await.unwrap();
        assert_eq!(rows.len(), 2, "eve and eli");
        assert!(!rows[0].text("payload").unwrap().contains("fire"), "no word of it lies in the outbox");
    })
    .await;
}

#[tokio::test]
async fn what_is_too_much_too_deep_or_nonsense_is_refused() {
    in_world(|world| async move {
        let put = |definition: Value| {
            let world = world.clone();
            async move { world.put_at("mia", &path(&definition), definition).await }
        };
        let many: Vec<Value> = (0..10_000).map(|place| json!({"key": format!("k{place}"), "label": both("x")})).collect();
        put(json!({"kind": "ticket_field", "name": "f", "title": both("F"), "answer": {"type": "choice", "options": many}})).await.refused(422, "invalid");
        let deep = (0..100).fold(json!({"assigned": true}), |inner, _| json!({ "not": inner }));
        put(rule("deep", json!({"if": deep, "then": [{"resume": {}}]}))).await.refused(422, "invalid");
        let abyss = format!("{}{}{}", "{\"not\":".repeat(5_000), "{\"assigned\":true}", "}".repeat(5_000));
        let abyss = format!("{{\"kind\":\"ticket_rule\",\"name\":\"a\",\"title\":{{\"zh\":\"a\",\"en\":\"a\"}},\"when\":[\"opened\"],\"then\":[{{\"resume\":{{}}}}],\"if\":{abyss}}}");
        assert!(serde_json::from_str::<evenkeel_manage::automation::AutomationDefinition>(&abyss).is_err());
        let acts = vec![json!({"resume": {}}); 11];
        put(rule("acts", json!({"then": acts}))).await.refused(422, "invalid");
        put(rule("none", json!({"then": []}))).await.refused(422, "invalid");
        put(rule("soon", json!({"when": [{"after": {"since": "opened", "secs": 1}}], "then": [{"resume": {}}]}))).await.refused(422, "invalid");
        put(rule("gone", json!({"then": [{"assign": {"team": "nobody"}}]}))).await.refused(422, "invalid");
        put(rule("field", json!({"then": [{"set_field": {"field": "nope", "value": 1}}]}))).await.refused(422, "invalid");
        let mut other = rule("one", json!({"then": [{"resume": {}}]}));
        other["name"] = json!("another");
        world.put_at("mia", "/api/v1/automation/ticket_rule/one", other).await.refused(422, "invalid");
        let fields: serde_json::Map<String, Value> = (0..10_000).map(|place| (format!("f{place}"), json!(1))).collect();
        let id = world.open("x").await;
        world.put_at("dan", &format!("/api/v1/incidents/{id}/fields"), json!({ "fields": fields })).await.refused(422, "invalid");
        for place in 0..50 {
            put(json!({"kind": "ticket_field", "name": format!("f{place}"), "title": both("F"), "answer": {"type": "yes_no"}})).await.ok();
        }
        let refused = put(json!({"kind": "ticket_field", "name": "more", "title": both("F"), "answer": {"type": "yes_no"}})).await.refused(422, "invalid");
        assert_eq!(refused["at"], "/name");
    })
    .await;
}

#[tokio::test]
async fn each_operation_is_refused_to_whoever_may_not() {
    in_world(|world| async move {
        let id = world.open("x").await;
        let name = "/api/v1/automation/ticket_rule/r";
        let operations = [
            (Method::GET, "/api/v1/automation".to_owned(), vec!["cora", "vera"]),
            (Method::GET, name.to_owned(), vec!["cora", "vera"]),
            (Method::PUT, name.to_owned(), vec!["cora", "vera", "aud", "dan", "eve"]),
            (Method::DELETE, name.to_owned(), vec!["cora", "vera", "aud", "dan", "eve"]),
            (Method::POST, "/api/v1/automation/try".to_owned(), vec!["cora", "vera"]),
            (Method::GET, format!("{name}/runs"), vec!["cora", "vera"]),
            (Method::GET, format!("/api/v1/incidents/{id}/replies"), vec!["cora", "vera"]),
            (Method::POST, format!("/api/v1/incidents/{id}/macros/m"), vec!["cora", "vera", "aud"]),
            (Method::PUT, format!("/api/v1/incidents/{id}/fields"), vec!["cora", "vera", "aud"]),
        ];
        for (method, path, refused) in operations {
            let body = (method != Method::GET).then(|| json!({}));
            for who in refused {
                world.send(Some(world.caller(who)), method.clone(), &path, body.clone(), None).await.refused(403, "forbidden");
            }
            world.send(None, method, &path, body, None).await.refused(401, "unauthenticated");
        }
        let fields = format!("/api/v1/incidents/{id}/fields");
        world.get("carl", &fields).await.refused(404, "not_found");
        world.send(None, Method::GET, &fields, None, None).await.refused(401, "unauthenticated");
        let mut stranger = world.caller("ada");
        stranger.tenant = evenkeel_core::Id::named("another house");
        world.send(Some(stranger), Method::GET, &fields, None, None).await.refused(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn customers_learn_of_no_rule() {
    in_world(|world| async move {
        world
            .declares(rule("secret_rule", json!({"then": [{"assign": {"team": "repairs"}}, {"reply": {"text": both("We have it.")}}]})))
            .await;
        world.consume().await;
        let id = world.open("x").await;
        world.settles(&id).await;
        let timeline = world.get("cora", &format!("/api/v1/incidents/{id}/timeline")).await.ok().to_string();
        assert!(timeline.contains("We have it.") && !timeline.contains("secret_rule") && !timeline.contains("ruled"), "{timeline}");
        assert_eq!(world.incident(&id).await["responded_at"], Value::Null, "a machine's word is no first response");
        world.index().await;
        assert!(world.finds("cora", "secret_rule").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn another_tools_history_meets_no_rule() {
    in_world(|world| async move {
        world.declares(rule("r", json!({"then": [{"assign": {"team": "repairs"}}]}))).await;
        let id = world.open("x").await;
        let mut event = world.events(&id).await.remove(0);
        event.source = "import".to_owned();
        let mut tx = world.test.db.write().await.unwrap();
        evenkeel_manage::automation::rule::Rules.handle(&mut tx, &event).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.kinds(&id).await, ["incident.opened"]);
    })
    .await;
}
