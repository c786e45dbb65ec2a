//! Questions that people keep under a name.

use http::Method;
use serde_json::{Value, json};

use crate::world::{World, in_world, ops, person, repairs};

async fn names(world: &World, name: &str) -> Vec<String> {
    let views = world.get(name, "/api/v1/views").await.ok();
    views.as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect()
}

async fn make(world: &World, name: &str, body: Value) -> Value {
    world.post(name, "/api/v1/views", body).await.ok()
}

#[tokio::test]
async fn a_view_is_of_its_maker_or_of_a_team_and_counts_what_it_shows() {
    in_world(|world| async move {
        world.open("one").await;
        world.open("two").await;
        let asks = json!({"filter": {"kind": "incident", "whose": "all", "priority": 2}, "sort": "priority"});
        let own = make(&world, "eve", json!({"name": " P2 ", "asks": asks})).await;
        assert_eq!((&own["name"], &own["count"], &own["pinned"]), (&json!("P2"), &json!(2), &json!(false)));
        let shared = make(&world, "eve", json!({"name": "ours", "team_id": ops(), "asks": {"filter": {"whose": "team"}}})).await;
        assert_eq!(shared["team"]["id"], json!(ops()));
        assert_eq!(names(&world, "eve").await, ["P2", "ours"]);
        assert_eq!(names(&world, "eli").await, ["ours"], "of the same team");
        assert_eq!(names(&world, "dan").await, Vec::<String>::new());

        let path = |view: &Value| format!("/api/v1/views/{}", view["id"].as_str().unwrap());
        let renamed = json!({"name": "all of ours", "team_id": ops(), "asks": {"filter": {}}});
        assert_eq!(world.put_at("eli", &path(&shared), renamed.clone()).await.ok()["name"], "all of ours");
        world.put_at("eli", &path(&own), renamed.clone()).await.refused(404, "not_found");
        world.send(Some(world.caller("dan")), Method::DELETE, &path(&shared), None, None).await.refused(404, "not_found");
        let others = json!({"name": "theirs", "team_id": repairs(), "asks": {"filter": {}}});
        world.post("eve", "/api/v1/views", others).await.refused(422, "invalid");
        world.post("eve", "/api/v1/views", json!({"name": "", "asks": {"filter": {}}})).await.refused(422, "invalid");
        let odd = json!({"name": "x", "asks": {"filter": {"priority": 9}}});
        world.post("eve", "/api/v1/views", odd).await.refused(422, "invalid");

        let pin = |view: &Value| json!({"view_id": view["id"]});
        world.put_at("eli", "/api/v1/views/pinned", pin(&own)).await.refused(404, "not_found");
        world.put_at("eve", "/api/v1/views/pinned", pin(&own)).await.ok();
        world.put_at("eve", "/api/v1/views/pinned", pin(&shared)).await.ok();
        let views = world.get("eve", "/api/v1/views").await.ok();
        assert_eq!((&views[0]["pinned"], &views[1]["pinned"]), (&json!(false), &json!(true)), "one at a time");
        let gone = world.send(Some(world.caller("eve")), Method::DELETE, &path(&shared), None, None).await;
        assert_eq!(gone.status, 204);
        assert_eq!(names(&world, "eli").await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn views_are_bounded_and_staff_alone_has_any() {
    in_world(|world| async move {
        for n in 0..30 {
            make(&world, "eve", json!({"name": format!("v{n}"), "asks": {"filter": {"assignee": person("eve")}}})).await;
        }
        world.post("eve", "/api/v1/views", json!({"name": "one more", "asks": {"filter": {}}})).await.refused(409, "conflict");
        make(&world, "eve", json!({"name": "the team's own", "team_id": ops(), "asks": {"filter": {}}})).await;
        for name in ["cora", "vera"] {
            world.get(name, "/api/v1/views").await.refused(403, "forbidden");
            world.post(name, "/api/v1/views", json!({})).await.refused(403, "forbidden");
        }
    })
    .await;
}
