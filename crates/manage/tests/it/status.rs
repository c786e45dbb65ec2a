//! Statuses of the house's own under the states of the fixed machine.

use evenkeel_core::event::{automation::StatusSet, manage::Transitioned, request::RequestTransitioned};
use evenkeel_store::outbox;
use http::Method;
use serde_json::{Value, json};

use crate::{
    request::kit::plain,
    world::{World, at, in_world, ops},
};

const PATH: &str = "/api/v1/automation/ticket_status/";

#[allow(clippy::needless_pass_by_value, reason = "it is written where it is passed")]
fn status(name: &str, zh: &str, under: Value, rest: Value) -> Value {
    let mut status = json!({"kind": "ticket_status", "name": name, "title": {"zh": zh, "en": name}, "under": under});
    status.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    status
}

impl World {
    async fn declares_status(&self, status: Value) {
        let path = format!("{PATH}{}", status["name"].as_str().unwrap());
        self.put_at("mia", &path, status).await.ok();
    }

    async fn stands(&self, name: &str, id: &str, status: Value) -> crate::world::Answer {
        self.post(name, &format!("/api/v1/incidents/{id}/status"), json!({ "status": status })).await
    }
}

async fn two_that_wait(world: &World) {
    world.declares_status(status("parts", "等待备件", json!({"on_hold": "vendor"}), json!({"tone": "attention", "order": 1}))).await;
    world.declares_status(status("window", "等待窗口", json!({"on_hold": "change"}), json!({"order": 2, "staff_only": true}))).await;
}

#[tokio::test]
async fn one_act_gives_a_status_and_takes_the_incident_into_the_state_it_lies_under() {
    in_world(|world| async move {
        two_that_wait(&world).await;
        world.declares_status(status("looking", "排查中", json!("in_progress"), json!({}))).await;
        world.declares_status(status("bankers", "仅银行", json!("in_progress"), json!({"scope": {"services": ["bank"]}}))).await;
        let id = world.open("disk").await;
        // Nobody waits before somebody works on it.
        world.stands("dan", &id, json!("parts")).await.refused(409, "state_refused");
        let refused = world.stands("dan", &id, json!("bankers")).await.refused(422, "invalid");
        assert_eq!((&refused["at"], &refused["allowed"]), (&json!("/status"), &json!(["parts", "window", "looking"])));
        let looked = world.stands("dan", &id, json!("looking")).await.ok();
        assert_eq!(
            (&looked["state"], &looked["status"]["title"]["zh"], &looked["assignee"]["display"]),
            (&json!("in_progress"), &json!("排查中"), &json!("dan"))
        );
        let waits = world.stands("dan", &id, json!("parts")).await.ok();
        assert_eq!((&waits["state"], &waits["hold"], &waits["status"]["tone"]), (&json!("on_hold"), &json!("vendor"), &json!("attention")));
        let version = waits["version"].clone();
        assert_eq!(world.stands("dan", &id, json!("parts")).await.ok()["version"], version, "the same again changes nothing");
        // Another reason: the machine has no way between two, so it goes through work.
        let other = world.stands("dan", &id, json!("window")).await.ok();
        assert_eq!((&other["hold"], &other["status"]["name"]), (&json!("change"), &json!("window")));
        let events = world.events(&id).await;
        let moves: Vec<_> = at::<Transitioned>(&events)
            .iter()
            .map(|event| event.read::<Transitioned>().unwrap().unwrap())
            .map(|moved| (moved.to.to_string(), moved.hold.map(|hold| hold.to_string())))
            .collect();
        assert_eq!(
            moves[2..],
            [
                ("on_hold".to_owned(), Some("vendor".to_owned())),
                ("in_progress".to_owned(), None),
                ("on_hold".to_owned(), Some("change".to_owned()))
            ]
        );
        assert_eq!(at::<StatusSet>(&events).len(), 3);
        // Customers read the state of what is for staff alone, and the timeline says nothing of it.
        let theirs = world.get("cora", &format!("/api/v1/incidents/{id}")).await.ok();
        assert_eq!((&theirs["state"], &theirs["status"]), (&json!("on_hold"), &json!(null)));
        let told = world.get("cora", &format!("/api/v1/incidents/{id}/timeline")).await.ok().to_string();
        assert!(told.contains("等待备件") && !told.contains("window") && !told.contains("等待窗口"), "{told}");
        // A step of the state ends the status.
        let resumed = world.step("dan", &id, "resume", json!({})).await.ok();
        assert_eq!(resumed["status"], json!(null));
        world.stands("cora", &id, json!("looking")).await.refused(403, "forbidden");
        world
            .send(
                Some(world.caller("dan")),
                Method::POST,
                &format!("/api/v1/incidents/{id}/status"),
                Some(json!({"status": "looking"})),
                Some(1),
            )
            .await
            .refused(412, "precondition_failed");
        let options = world.get("dan", &format!("/api/v1/incidents/{id}/statuses")).await.ok();
        let names: Vec<&str> = options.as_array().unwrap().iter().map(|option| option["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["parts", "window", "looking"], "those of other services are not offered");
    })
    .await;
}

#[tokio::test]
async fn the_default_of_a_state_comes_with_it_and_can_be_taken_away() {
    in_world(|world| async move {
        world.declares_status(status("late", "后备默认", json!({"on_hold": "customer"}), json!({"default": true, "order": 9}))).await;
        world.declares_status(status("asked", "已询问客户", json!({"on_hold": "customer"}), json!({"default": true, "order": 1}))).await;
        let id = world.open("printer").await;
        world.step("dan", &id, "start", json!({})).await.ok();
        let held = world.step("dan", &id, "hold", json!({"reason": "customer"})).await.ok();
        assert_eq!(held["status"]["name"], "asked", "the first of two defaults counts");
        assert_eq!(world.stands("dan", &id, json!(null)).await.ok()["status"], json!(null));
        world.step("dan", &id, "resume", json!({})).await.ok();
        let other = world.step("dan", &id, "hold", json!({"reason": "vendor"})).await.ok();
        assert_eq!(other["status"], json!(null), "another reason, another default: there is none");
    })
    .await;
}

#[tokio::test]
async fn lists_and_the_desk_are_narrowed_by_it_and_one_that_is_removed_is_still_read() {
    in_world(|world| async move {
        two_that_wait(&world).await;
        let mut ids = Vec::new();
        for (title, name) in [("one", "parts"), ("two", "window"), ("three", "parts")] {
            let id = world.open(title).await;
            world.step("dan", &id, "start", json!({})).await.ok();
            world.stands("dan", &id, json!(name)).await.ok();
            ids.push(id);
        }
        world.open("none").await;
        let titles = |path: &'static str| {
            let world = world.clone();
            async move {
                let page = world.get("dan", path).await.ok();
                let mut titles: Vec<String> =
                    page["items"].as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap().to_owned()).collect();
                titles.sort();
                titles
            }
        };
        assert_eq!(titles("/api/v1/incidents?status=parts&sort=due").await, ["one", "three"]);
        assert_eq!(titles("/api/v1/incidents?status=parts&sort=opened&assignee=me").await, ["one", "three"]);
        assert_eq!(titles("/api/v1/incidents?status=parts,window&state=open").await, ["one", "three", "two"]);
        assert_eq!(titles("/api/v1/desk?whose=all&status=window").await, ["two"]);
        world.get("cora", "/api/v1/incidents?status=window").await.refused(403, "forbidden");
        let rule = json!({"kind": "ticket_rule", "name": "r", "title": {"zh": "r", "en": "r"}, "when": ["answered"],
            "if": {"status": ["parts"]}, "then": [{"set_status": {"status": null}}]});
        world.put_at("mia", "/api/v1/automation/ticket_rule/r", rule).await.ok();
        let path = format!("{PATH}parts");
        // A rule looks at it.
        world.send(Some(world.caller("mia")), Method::DELETE, &path, None, None).await.refused(422, "invalid");
        world.send(Some(world.caller("mia")), Method::DELETE, "/api/v1/automation/ticket_rule/r", None, None).await.ok();
        world.send(Some(world.caller("mia")), Method::DELETE, &path, None, None).await.ok();
        assert_eq!(world.incident(&ids[0]).await["status"]["title"]["zh"], "等待备件", "its words are still read");
        world.stands("dan", &ids[1], json!("parts")).await.refused(422, "invalid");
        let unknown = json!({"kind": "macro", "name": "m", "title": {"zh": "m", "en": "m"}, "then": [{"set_status": {"status": "parts"}}]});
        world.put_at("mia", "/api/v1/automation/macro/m", unknown).await.refused(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn macros_and_rules_give_it_and_many_at_once_with_the_way_back() {
    in_world(|world| async move {
        two_that_wait(&world).await;
        world.declares_status(status("looking", "排查中", json!("in_progress"), json!({}))).await;
        let then = json!([{"set_status": {"status": "looking"}}, {"set_status": {"status": "parts"}}]);
        let one = json!({"kind": "macro", "name": "order", "title": {"zh": "订备件", "en": "Order"}, "then": then});
        world.put_at("mia", "/api/v1/automation/macro/order", one).await.ok();
        let id = world.open("fan").await;
        world.post("dan", &format!("/api/v1/incidents/{id}/macros/order"), json!({})).await.ok();
        assert_eq!(world.incident(&id).await["status"]["name"], "parts");
        let rule = json!({"kind": "ticket_rule", "name": "back", "title": {"zh": "r", "en": "r"}, "when": ["replied"],
            "if": {"status": ["parts"]}, "then": [{"set_status": {"status": "looking"}}]});
        world.put_at("mia", "/api/v1/automation/ticket_rule/back", rule).await.ok();
        world.consume().await;
        world.pass(1);
        world.post("cora", &format!("/api/v1/incidents/{id}/notes"), json!({"visibility": "public", "text": "news?"})).await.ok();
        world.consume().await;
        let ruled = world.incident(&id).await;
        assert_eq!((&ruled["state"], &ruled["status"]["name"]), (&json!("in_progress"), &json!("looking")));
        // Many at once, and back.
        let chosen = json!([{"id": id}]);
        let done = world
            .post("dan", "/api/v1/incidents/bulk", json!({"doing": {"kind": "status", "status": "window"}, "incidents": chosen}))
            .await
            .ok();
        assert_eq!((&done["done"], &world.incident(&id).await["status"]["name"]), (&json!(1), &json!("window")));
        world.post("dan", &format!("/api/v1/bulk-acts/{}/undo", done["id"].as_str().unwrap()), json!({})).await.ok();
        let undone = world.incident(&id).await;
        assert_eq!((&undone["state"], &undone["status"]["name"]), (&json!("in_progress"), &json!("looking")));
    })
    .await;
}

#[tokio::test]
async fn a_request_has_its_own_and_waiting_for_the_requester_is_told() {
    in_world(|world| async move {
        world.declares_status(status("ordered", "已下单", json!("fulfilling"), json!({"default": true}))).await;
        world.declares_status(status("stock", "等待到货", json!({"waiting": "vendor"}), json!({}))).await;
        world.declares_status(status("ask", "待补充", json!({"waiting": "customer"}), json!({}))).await;
        world.offer("chair", plain(json!([{"tasks": [{"title": {"zh": "送", "en": "Bring"}, "team": ops()}]}]))).await.unwrap();
        let id = world.ask("cora", "chair", json!({"model": "light", "count": 1})).await;
        let path = format!("/api/v1/requests/{id}/status");
        assert_eq!(world.request("dan", &id).await["status"]["name"], "ordered", "the default came with the work");
        let stock = world.post("dan", &path, json!({"status": "stock"})).await.ok();
        assert_eq!(
            (&stock["state"], &stock["hold"], &stock["status"]["title"]["zh"]),
            (&json!("waiting"), &json!("vendor"), &json!("等待到货"))
        );
        assert_eq!(world.request("cora", &id).await["status"]["title"]["zh"], "等待到货", "who asked for it reads it");
        let mails = || async {
            let mut sql = world.test.db.read().await.unwrap();
            let queued = outbox::page(&mut sql, world.test.tenant, Some("queued"), None, 200).await.unwrap();
            queued.iter().filter(|message| message.key.contains("waiting")).count()
        };
        assert_eq!(mails().await, 0);
        world.post("dan", &path, json!({"status": "ask"})).await.ok();
        assert_eq!(mails().await, 1, "they are told that they are asked");
        let moves = at::<RequestTransitioned>(&world.request_events(&id).await).len();
        world.post("dan", &path, json!({"status": "ask"})).await.ok();
        assert_eq!(at::<RequestTransitioned>(&world.request_events(&id).await).len(), moves);
        world.post("dan", &path, json!({"status": "parts"})).await.refused(422, "invalid");
        world.post("cora", &path, json!({"status": "stock"})).await.refused(403, "forbidden");
        let found = world.get("dan", "/api/v1/requests?status=ask").await.ok();
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
        assert_eq!(world.get("dan", "/api/v1/desk?whose=all&kind=request&status=ask").await.ok()["items"][0]["status"]["name"], "ask");
        // An answer of who asked for it ends the waiting, and the default of the work is there again.
        world.post("cora", &format!("/api/v1/requests/{id}/notes"), json!({"visibility": "public", "text": "blue"})).await.ok();
        assert_eq!(world.request("dan", &id).await["status"]["name"], "ordered");
    })
    .await;
}
