//! The queue: filters, sorts, pages.

use evenkeel_manage::incident;
use serde_json::{Value, json};

use crate::world::{World, acme, bank, epoch, in_world, ops, person, shop};

async fn numbers(world: &World, name: &str, query: &str) -> Vec<i64> {
    let mut numbers = Vec::new();
    let mut after = String::new();
    loop {
        let page = world.get(name, &format!("/api/v1/incidents?limit=3&{query}&after={after}")).await.ok();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 3);
        numbers.extend(items.iter().map(|item| item["number"].as_i64().unwrap()));
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => return numbers,
        }
    }
}

/// Ten incidents, 1001 to 1010, a minute apart.
async fn ten(world: &World) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..10i64 {
        let service = if n % 2 == 0 { shop() } else { bank() };
        let body = json!({"service_id": service, "title": format!("Trouble 100%_{n}"), "impact": 1 + n % 3, "urgency": 1});
        let opened: Value = world.post("dan", "/api/v1/incidents", body).await.ok();
        ids.push(opened["id"].as_str().unwrap().to_owned());
        world.pass(60);
    }
    ids
}

#[tokio::test]
async fn pages_follow_every_sort_without_loss_or_twins() {
    in_world(|world| async move {
        let ids = ten(&world).await;
        let mut tx = world.test.db.write().await.unwrap();
        for (n, id) in ids.iter().enumerate().skip(4) {
            let due = epoch() + jiff::SignedDuration::from_secs(10_000 - i64::try_from(n).unwrap());
            assert!(incident::set_due(&mut tx, world.test.tenant, id.parse().unwrap(), Some(due)).await.unwrap());
        }
        tx.commit().await.unwrap();
        world.step("eve", &ids[9], "resolve", json!({"reason": "fixed"})).await.ok();
        world.step("eve", &ids[2], "start", json!({})).await.ok();

        assert_eq!(numbers(&world, "ada", "").await, (1001..=1010).rev().collect::<Vec<_>>());
        assert_eq!(numbers(&world, "ada", "sort=due").await, [1010, 1009, 1008, 1007, 1006, 1005, 1001, 1002, 1003, 1004]);
        assert_eq!(numbers(&world, "ada", "sort=priority").await, [1001, 1004, 1007, 1010, 1002, 1005, 1008, 1003, 1006, 1009]);
        assert_eq!(numbers(&world, "ada", "state=open&sort=due").await[0], 1009);
        assert_eq!(numbers(&world, "ada", "state=ended").await, [1010]);
        assert_eq!(numbers(&world, "ada", "state=resolved,in_progress").await, [1010, 1003]);
        // A due instant makes no version: nobody's If-Match breaks because a clock was folded.
        assert_eq!(world.incident(&ids[4]).await["version"], 1);
    })
    .await;
}

#[tokio::test]
async fn filters_meet() {
    in_world(|world| async move {
        let ids = ten(&world).await;
        world.step("eve", &ids[0], "start", json!({})).await.ok();
        world.step("dan", &ids[4], "assign", json!({"person_id": person("eve")})).await.ok();
        assert_eq!(numbers(&world, "ada", &format!("service={}", shop())).await, [1009, 1007, 1005, 1003, 1001]);
        assert_eq!(numbers(&world, "eve", "assignee=me").await, [1005, 1001]);
        assert_eq!(numbers(&world, "ada", &format!("assignee={}&state=assigned", person("eve"))).await, [1005]);
        assert_eq!(numbers(&world, "ada", &format!("assignee=none&service={}", shop())).await, [1009, 1007, 1003]);
        assert_eq!(numbers(&world, "ada", &format!("team={}&priority=1", ops())).await, [1010, 1007, 1004, 1001]);
        assert_eq!(numbers(&world, "cora", "priority=1").await, [1007, 1001], "of {} only", acme());
    })
    .await;
}

#[tokio::test]
async fn a_search_finds_numbers_and_parts_of_titles_taken_literally() {
    in_world(|world| async move {
        ten(&world).await;
        for q in ["1003", "INC-1003", "inc-1003", "%231003"] {
            assert_eq!(numbers(&world, "ada", &format!("q={q}")).await, [1003], "{q}");
        }
        assert_eq!(numbers(&world, "ada", "q=tROUBLE&sort=priority").await.len(), 10);
        assert_eq!(numbers(&world, "ada", "q=100%25_7").await, [1008]);
        assert_eq!(numbers(&world, "ada", "q=1%25%25%25").await, [0i64; 0]);
        assert_eq!(numbers(&world, "ada", "q=nothing").await, [0i64; 0]);
        let body = json!({"service_id": shop(), "title": "支付接口超时 ÄRGER", "impact": 1, "urgency": 1});
        world.post("dan", "/api/v1/incidents", body).await.ok();
        assert_eq!(numbers(&world, "ada", "q=%E6%8E%A5%E5%8F%A3").await, [1011]);
        assert_eq!(numbers(&world, "ada", "q=%C3%A4rger").await, [1011]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused() {
    in_world(|world| async move {
        for query in ["state=openish", "priority=9", "assignee=you", "sort=colour", "service=shop", "after=x!"] {
            world.get("ada", &format!("/api/v1/incidents?{query}")).await.refused(422, "invalid");
        }
        let mut token = world.caller("ada");
        token.person = None;
        world.send(Some(token), http::Method::GET, "/api/v1/incidents?assignee=me", None, None).await.refused(422, "invalid");
    })
    .await;
}
