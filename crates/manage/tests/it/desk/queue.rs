//! Everything that waits, whatever its kind, in the order in which it is due.

use evenkeel_manage::incident;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{
    request::kit::plain,
    world::{World, bank, both, in_world, ops, person, shop},
};

async fn tags(world: &World, name: &str, query: &str) -> Vec<String> {
    let (mut tags, mut after) = (Vec::new(), String::new());
    loop {
        let page = world.get(name, &format!("/api/v1/desk?limit=2&{query}&after={after}")).await.ok();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        tags.extend(items.iter().map(|item| format!("{}-{}", item["kind"].as_str().unwrap(), item["number"])));
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => return tags,
        }
    }
}

async fn due(world: &World, id: &str, secs: i64) {
    let mut tx = world.test.db.write().await.unwrap();
    let at = world.now() + SignedDuration::from_secs(secs);
    incident::set_due(&mut tx, world.test.tenant, id.parse().unwrap(), Some(at)).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn incidents_problems_changes_and_complaints_lie_on_one_desk_by_their_due_time() {
    in_world(|world| async move {
        let (late, soon, never) = (world.open("late").await, world.open("soon").await, world.open("never").await);
        due(&world, &late, 9_000).await;
        due(&world, &soon, 60).await;
        world.step("mia", &never, "assign", json!({"person_id": person("eve")})).await.ok();
        let problem = json!({"service_id": shop(), "title": "every night", "incidents": [late], "watch_days": 10});
        world.post("eve", "/api/v1/problems", problem).await.ok();
        let (from, to) = (world.now() + SignedDuration::from_hours(1), world.now() + SignedDuration::from_hours(2));
        let change = json!({"title": "a bigger pool", "kind": "normal", "services": [shop()], "window": {"from": from, "to": to},
            "implementation": "i", "back_out": "b", "test": "t"});
        let drafted = world.post("eve", "/api/v1/changes", change).await;
        assert!(drafted.status.is_success(), "{}", drafted.body);
        let complaint = json!({"text": "nobody answers", "service_id": shop(), "person_id": person("cora")});
        world.post("dan", "/api/v1/complaints", complaint).await.ok();

        let all = tags(&world, "eve", "whose=all").await;
        let of = |kind: &str| all.iter().position(|tag| tag.starts_with(kind)).unwrap_or_else(|| panic!("{kind}: {all:?}"));
        assert_eq!(all.len(), 6, "{all:?}");
        assert_eq!(all[0], "incident-1002", "{all:?}");
        assert!(of("change") < all.iter().position(|tag| tag == "incident-1001").unwrap(), "{all:?}");
        assert_eq!(all.last().unwrap(), "problem-1001", "what is never due is last, and an incident before a problem: {all:?}");
        assert!(of("complaint") < all.len());

        assert_eq!(tags(&world, "eve", "whose=me").await, ["change-1001", "incident-1003"]);
        assert_eq!(tags(&world, "mia", "whose=me&kind=problem").await, ["problem-1001"], "whoever answers for the service has it");
        assert_eq!(tags(&world, "eli", "whose=me").await, Vec::<String>::new());
        let team = tags(&world, "eli", "").await;
        assert!(team.contains(&"incident-1001".to_owned()) && team.contains(&"change-1001".to_owned()), "{team:?}");
        assert_eq!(tags(&world, "dan", "whose=team").await, Vec::<String>::new(), "the desk is in no team here");
        assert_eq!(tags(&world, "eve", "whose=nobody").await, ["incident-1002", "incident-1001"]);
        assert_eq!(tags(&world, "eve", "whose=all&priority=2").await.len(), 3, "incidents alone have a priority");
        assert_eq!(tags(&world, "eve", &format!("whose=all&service={}", bank())).await, Vec::<String>::new());
        assert_eq!(tags(&world, "eve", "whose=all&kind=problem").await, ["problem-1001"]);
        assert_eq!(tags(&world, "eve", &format!("whose=all&kind=incident&team={}", ops())).await.len(), 3);
        world.get("eve", "/api/v1/desk?priority=7").await.refused(422, "invalid");
        world.get("eve", "/api/v1/desk?after=none").await.refused(422, "invalid");
        let row = world.get("mia", "/api/v1/desk?whose=me&kind=problem").await.ok()["items"][0].clone();
        assert_eq!((&row["title"], &row["due_at"], &row["person"]["display"]), (&json!("every night"), &Value::Null, &json!("mia")));
    })
    .await;
}

#[tokio::test]
async fn a_request_lies_on_the_desk_while_its_work_waits_for_a_team() {
    in_world(|world| async move {
        world.offer("laptop", plain(json!([{"tasks": [{"title": both("Stock"), "team": ops()}]}]))).await.unwrap();
        let id = world.ask("cora", "laptop", json!({"model": "light", "count": 1})).await;
        assert_eq!(tags(&world, "eli", "kind=request").await, ["request-1001"], "of a team of theirs");
        assert_eq!(tags(&world, "dan", "kind=request").await, Vec::<String>::new());
        assert_eq!(tags(&world, "eve", "whose=me").await, Vec::<String>::new());
        let task = world.tasks(&id, &["open"]).await.remove(0);
        world.work("eve", &task, "start").await.ok();
        assert_eq!(tags(&world, "eve", "whose=me").await, ["request-1001"]);
        let row = world.get("eve", "/api/v1/desk").await.ok()["items"][0].clone();
        assert_eq!((&row["title"], &row["person"]["display"]), (&json!("Laptop"), &json!("eve")));
        world.work("eve", &task, "complete").await.ok();
        assert_eq!(tags(&world, "eve", "whose=all").await, Vec::<String>::new(), "it waits for whoever asked");
    })
    .await;
}

#[tokio::test]
async fn only_staff_has_a_desk() {
    in_world(|world| async move {
        for name in ["cora", "vera"] {
            world.get(name, "/api/v1/desk").await.refused(403, "forbidden");
        }
        world.get("aud", "/api/v1/desk").await.ok();
    })
    .await;
}
