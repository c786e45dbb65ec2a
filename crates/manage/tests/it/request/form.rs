//! What is refused when an item is put, and when a form is sent.

use evenkeel_core::id::{PersonId, TeamId};
use serde_json::{Value, json};

use super::kit::{item_id, laptop, of_person};
use crate::world::{in_world, person};

#[tokio::test]
async fn approvals_that_nobody_could_give_are_refused_with_their_place() {
    in_world(|world| async move {
        let ops = |quorum: i64| json!({ "team": { "team": TeamId::named("ops"), "quorum": quorum } });
        for (approvals, at) in [
            (json!([{ "by": of_person("nobody") }]), "/approvals/0/by/person"),
            (json!([{ "by": "service_owner" }, { "by": ops(3) }]), "/approvals/1/by/team/quorum"),
            (json!([{ "by": ops(1), "time_out": { "hours": 1, "escalate_to": [ops(2)] } }]), "/approvals/0/time_out/escalate_to/0"),
            (json!([{ "by": { "team": { "team": TeamId::named("ghosts"), "quorum": 1 } } }]), "/approvals/0/by/team/team"),
        ] {
            let mut item = laptop();
            item["approvals"] = approvals.clone();
            assert_eq!(world.refused_at(item).await, at, "{approvals}");
        }
        let mut item = laptop();
        item["stages"][1]["tasks"][0]["team"] = json!(TeamId::named("ghosts"));
        assert_eq!(world.refused_at(item).await, "/stages/1/tasks/0/team");
        let mut item = laptop();
        item["entitlement"]["organisations"] = json!([]);
        assert_eq!(world.refused_at(item).await, "/entitlement/organisations");
    })
    .await;
}

#[tokio::test]
async fn a_form_of_ten_thousand_fields_is_refused_and_so_are_ten_thousand_answers() {
    in_world(|world| async move {
        let mut item = laptop();
        let field = item["form"][0].clone();
        item["form"] = (0..10_000)
            .map(|n| {
                let mut field = field.clone();
                field["key"] = json!(format!("f{n}"));
                field
            })
            .collect();
        assert_eq!(world.refused_at(item).await, "/form");
        world.offer("laptop", laptop()).await.unwrap();
        let answers: Value = (0..10_000).map(|n| (format!("f{n}"), json!("x"))).collect::<serde_json::Map<_, _>>().into();
        let refused = world.post("cora", "/api/v1/requests", json!({ "item_id": item_id("laptop"), "answers": answers })).await;
        assert_eq!(refused.refused(422, "invalid")["at"], "/answers");
        let long = json!({ "item_id": item_id("laptop"), "answers": { "why": "x".repeat(300_000) } });
        assert_eq!(world.post("cora", "/api/v1/requests", long).await.refused(422, "invalid")["at"], "/answers");
        assert_eq!(world.get("cora", "/api/v1/requests").await.ok()["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_person_in_an_answer_is_a_colleague() {
    in_world(|world| async move {
        world.offer("laptop", laptop()).await.unwrap();
        let send = |who: PersonId| json!({ "item_id": item_id("laptop"), "answers": { "model": "light", "count": 1, "for": who }, "submit": true });
        for stranger in [person("carl"), person("eve"), PersonId::named("ghost")] {
            let refused = world.post("cora", "/api/v1/requests", send(stranger)).await;
            assert_eq!(refused.refused(422, "invalid")["at"], "/answers/for");
        }
        let made = world.post("cora", "/api/v1/requests", send(person("cass"))).await.ok();
        let detail = world.request("cora", made["id"].as_str().unwrap()).await;
        assert_eq!(detail["answers"][2]["person"]["display"], "cass");
        let colleagues = world.get("cora", "/api/v1/requests/colleagues?q=CA").await.ok();
        assert_eq!(colleagues, json!([{ "id": person("cass"), "display": "cass" }]));
    })
    .await;
}

#[tokio::test]
async fn what_items_use_is_not_retired_under_them() {
    in_world(|world| async move {
        world.offer("laptop", laptop()).await.unwrap();
        let mut tx = world.test.db.write().await.unwrap();
        let calendar = evenkeel_core::id::CalendarId::named("always");
        let refused = evenkeel_manage::calendar::retire(&mut tx, &crate::world::GRANT, &world.act(), calendar).await.unwrap_err();
        assert!(refused.to_string().contains("laptop"), "{refused}");
        let refused =
            evenkeel_manage::party::retire_team(&mut tx, &crate::world::GRANT, &world.act(), TeamId::named("ops")).await.unwrap_err();
        assert!(refused.to_string().contains("laptop"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn nobody_leads_themselves_by_way_of_others() {
    in_world(|world| async move {
        let mut tx = world.test.db.write().await.unwrap();
        let cass = evenkeel_manage::party::find_person(&mut tx, world.test.tenant, person("cass")).await.unwrap().unwrap();
        let circle = evenkeel_manage::party::PersonDefinition { manager: Some(person("cora")), ..cass.definition };
        let refused = evenkeel_manage::party::put_person(&mut tx, &crate::world::GRANT, &world.act(), "cass", &circle).await.unwrap_err();
        assert!(refused.to_string().contains("lead themselves"), "{refused}");
    })
    .await;
}
