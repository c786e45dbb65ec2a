//! One act on many, each with a result of its own, and its undoing.

use evenkeel_core::event::manage::{Assigned, Noted, Reprioritised, Transitioned};
use serde_json::{Value, json};

use crate::world::{World, at, in_world, person};

async fn some(world: &World, n: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for at in 0..n {
        ids.push(world.open(&format!("trouble {at}")).await);
    }
    ids
}

fn chosen(ids: &[String]) -> Value {
    json!(ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>())
}

async fn run(world: &World, name: &str, ids: &[String], doing: Value) -> Value {
    world.post(name, "/api/v1/incidents/bulk", json!({"doing": doing, "incidents": chosen(ids)})).await.ok()
}

async fn undo(world: &World, name: &str, outcome: &Value) -> crate::world::Answer {
    world.post(name, &format!("/api/v1/bulk-acts/{}/undo", outcome["id"].as_str().unwrap()), json!({})).await
}

#[tokio::test]
async fn each_ends_for_itself_and_a_dry_run_says_so_before() {
    in_world(|world| async move {
        let ids = some(&world, 4).await;
        world.step("eve", &ids[1], "cancel", json!({"reason": "duplicate"})).await.ok();
        let doing = json!({"kind": "resolve", "reason": "fixed", "text": "the cable was loose"});
        let mut asked = chosen(&ids);
        asked[2]["version"] = json!(77);
        asked.as_array_mut().unwrap().push(json!({"id": "01a2018b-81f9-7d86-8ea3-4e8dfeda79eb"}));
        let body = json!({"doing": doing, "incidents": asked, "dry_run": true});
        let before = world.events(&ids[0]).await.len();
        let dry = world.post("dan", "/api/v1/incidents/bulk", body.clone()).await.ok();
        assert_eq!((&dry["done"], &dry["refused"], &dry["id"]), (&json!(2), &json!(3), &Value::Null));
        assert_eq!(world.events(&ids[0]).await.len(), before, "a dry run writes nothing");
        assert_eq!(dry["stays"], json!(["words", "reopened"]));

        let mut body = body;
        body["dry_run"] = json!(false);
        let done = world.post("dan", "/api/v1/incidents/bulk", body).await.ok();
        assert_eq!((&done["done"], &done["refused"]), (&json!(2), &json!(3)));
        let codes: Vec<&Value> = done["results"].as_array().unwrap().iter().map(|result| &result["code"]).collect();
        assert_eq!(codes, [&Value::Null, &json!("state_refused"), &json!("precondition_failed"), &Value::Null, &json!("not_found")]);
        assert_eq!(done["results"][1]["number"], 1002, "who refused is named");
        for (id, state) in [(&ids[0], "resolved"), (&ids[1], "cancelled"), (&ids[2], "new"), (&ids[3], "resolved")] {
            assert_eq!(world.incident(id).await["state"], state);
        }
        assert_eq!(at::<Noted>(&world.events(&ids[3]).await).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn undoing_does_the_opposite_in_further_events_where_nobody_did_anything_since() {
    in_world(|world| async move {
        let ids = some(&world, 3).await;
        let given = run(&world, "dan", &ids, json!({"kind": "assign", "person_id": person("eli")})).await;
        assert_eq!(given["done"], 3);
        world.step("eve", &ids[2], "acknowledge", json!({})).await.ok();
        undo(&world, "eve", &given).await.refused(404, "not_found");
        let undone = undo(&world, "dan", &given).await.ok();
        assert_eq!((&undone["done"], &undone["refused"]), (&json!(2), &json!(1)));
        assert_eq!(undone["results"][2]["code"], "precondition_failed");
        let first = world.incident(&ids[0]).await;
        assert_eq!((&first["assignee"], &first["state"]), (&Value::Null, &json!("assigned")), "what was new stays assigned");
        let events = world.events(&ids[0]).await;
        let given_twice = at::<Assigned>(&events);
        assert_eq!((given_twice.len(), given_twice[1].source.as_str()), (2, "undo"), "nothing is deleted");
        assert_eq!(world.incident(&ids[2]).await["assignee"]["id"], json!(person("eli")), "somebody works on it");
        undo(&world, "dan", &given).await.refused(409, "state_refused");

        let judged = run(&world, "dan", &ids[..2], json!({"kind": "priority", "impact": 3, "urgency": 3})).await;
        assert_eq!(world.incident(&ids[0]).await["priority"], 5);
        undo(&world, "dan", &judged).await.ok();
        assert_eq!(world.incident(&ids[0]).await["priority"], 2);
        assert_eq!(at::<Reprioritised>(&world.events(&ids[0]).await).len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_resolution_and_a_hold_are_undone_to_where_it_stood() {
    in_world(|world| async move {
        let ids = some(&world, 2).await;
        world.step("eve", &ids[0], "acknowledge", json!({})).await.ok();
        let held = run(&world, "eve", &ids[..1], json!({"kind": "hold", "reason": "vendor"})).await;
        assert_eq!((&held["done"], &held["stays"]), (&json!(1), &json!([])));
        let resolved = run(&world, "eve", &ids, json!({"kind": "resolve", "reason": "fixed"})).await;
        assert_eq!(resolved["done"], 2);
        undo(&world, "eve", &resolved).await.ok();
        let back = world.incident(&ids[0]).await;
        assert_eq!((&back["state"], &back["hold"], &back["restored_at"]), (&json!("on_hold"), &json!("vendor"), &Value::Null));
        assert_eq!(world.incident(&ids[1]).await["state"], "reopened");
        let ways: Vec<String> = at::<Transitioned>(&world.events(&ids[1]).await)
            .into_iter()
            .map(|event| serde_json::from_str::<Value>(&event.payload).unwrap()["to"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ways, ["resolved", "reopened"]);

        let late = run(&world, "eve", &ids[1..], json!({"kind": "resolve", "reason": "fixed"})).await;
        world.pass(601);
        undo(&world, "eve", &late).await.refused(409, "state_refused");
    })
    .await;
}

#[tokio::test]
async fn the_number_is_bounded_and_the_same_twice_is_once() {
    in_world(|world| async move {
        let ids = some(&world, 1).await;
        let twice = [ids[0].clone(), ids[0].clone()];
        let outcome = run(&world, "dan", &twice, json!({"kind": "priority", "impact": 1, "urgency": 1})).await;
        assert_eq!(outcome["results"].as_array().unwrap().len(), 1);
        let many = vec![ids[0].clone(); 201];
        let body = json!({"doing": {"kind": "priority", "impact": 1, "urgency": 1}, "incidents": chosen(&many)});
        world.post("dan", "/api/v1/incidents/bulk", body.clone()).await.refused(422, "invalid");
        for name in ["cora", "vera", "aud"] {
            world.post(name, "/api/v1/incidents/bulk", body.clone()).await.refused(403, "forbidden");
            undo(&world, name, &outcome).await.refused(403, "forbidden");
        }
    })
    .await;
}
