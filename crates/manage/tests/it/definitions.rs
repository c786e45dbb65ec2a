//! Definitions: versioned, recorded, and never pointing at nothing. Duties whose owner left are listed.

use evenkeel_core::{
    definition::{OrganisationDefinition, TeamDefinition},
    event::definition::{DefinitionPut, DefinitionRetired},
    id::{CalendarId, OrganisationId, PersonId, TeamId},
    priority::{Priority, PriorityMatrix},
    state::OrganisationKind,
};
use evenkeel_manage::{agreement, calendar, definition, matrix, party, service};
use evenkeel_store::{StoreError, ledger, params};
use serde_json::json;

use crate::world::{GRANT, World, acme, agreement_definition, both, in_world, person, provider, service_definition, shop};

async fn recorded(world: &World, id: &str) -> Vec<DefinitionPut> {
    let mut read = world.test.db.read().await.unwrap();
    let events = ledger::events_of(&mut read, world.test.tenant, "definition", id).await.unwrap();
    events.iter().filter_map(evenkeel_core::event::Event::read).map(Result::unwrap).collect()
}

#[track_caller]
fn refused<T>(result: Result<T, StoreError>, at: &str, words: &str) {
    match result {
        Err(StoreError::Failure(failure)) => {
            assert_eq!(failure.at.as_deref(), Some(at));
            assert!(failure.detail.contains(words), "{}", failure.detail);
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was not refused"),
    }
}

#[tokio::test]
async fn the_same_definition_makes_no_version_and_a_change_makes_one() {
    in_world(|world| async move {
        let mut tx = world.test.db.write().await.unwrap();
        let mut definition = service_definition(acme(), 60, true);
        let act = world.act();
        let same = service::put_service(&mut tx, &GRANT, &act, "shop", &definition).await.unwrap().1;
        assert_eq!((same.version, same.changed), (1, false));
        definition.rto_secs = Some(60);
        let changed = service::put_service(&mut tx, &GRANT, &act, "shop", &definition).await.unwrap().1;
        assert_eq!((changed.version, changed.changed), (2, true));
        tx.commit().await.unwrap();
        let puts = recorded(&world, &shop().to_string()).await;
        assert_eq!(puts.iter().map(|put| put.version).collect::<Vec<_>>(), [1, 2]);
        assert_eq!((puts[1].kind.as_str(), &puts[1].body["rto_secs"]), ("service", &json!(60)));
        let shown = world.get("ada", &format!("/api/v1/services/{}", shop())).await.ok();
        assert_eq!((&shown["rto_secs"], &shown["version"]), (&json!(60), &json!(2)));
    })
    .await;
}

#[tokio::test]
async fn a_definition_points_at_nothing_that_does_not_exist() {
    in_world(|world| async move {
        let act = world.act();
        let mut tx = world.test.db.write().await.unwrap();
        let good = service_definition(acme(), 60, true);
        let mut bad = good.clone();
        bad.owner = PersonId::named("nobody");
        refused(service::put_service(&mut tx, &GRANT, &act, "x", &bad).await, "/owner", "person");
        let mut bad = good.clone();
        bad.team = TeamId::named("nobody");
        refused(service::put_service(&mut tx, &GRANT, &act, "x", &bad).await, "/team", "team");
        let mut bad = good.clone();
        bad.hours = Some(CalendarId::named("never"));
        refused(service::put_service(&mut tx, &GRANT, &act, "x", &bad).await, "/hours", "calendar");
        let mut bad = agreement_definition(vec![shop()]);
        bad.calendar = CalendarId::named("never");
        refused(agreement::put_agreement(&mut tx, &GRANT, &act, "x", &bad).await, "/calendar", "calendar");
        let mut bad = agreement_definition(vec![shop()]);
        bad.goals[0].target_secs = 0;
        refused(agreement::put_agreement(&mut tx, &GRANT, &act, "x", &bad).await, "/goals/0/target_secs", "more than 0");
        let team = TeamDefinition { display: both("t"), organisation: provider(), members: vec![person("eve"), PersonId::named("x")] };
        refused(party::put_team(&mut tx, &GRANT, &act, "t", &team).await, "/members/1", "person");
    })
    .await;
}

#[tokio::test]
async fn the_version_in_force_then_is_found_now() {
    in_world(|world| async move {
        let then = world.now();
        world.pass(60);
        let mut tx = world.test.db.write().await.unwrap();
        calendar::put(&mut tx, &GRANT, &world.act(), "always", &json!({"zone": "Asia/Shanghai"})).await.unwrap();
        let id = CalendarId::named("always");
        let old = definition::in_force::<serde_json::Value>(&mut tx, world.test.tenant, "calendar", id, then).await.unwrap().unwrap();
        assert_eq!((old.version, &old.body["zone"]), (1, &json!("UTC")));
        let before = then - jiff::SignedDuration::from_secs(1);
        assert!(definition::in_force::<serde_json::Value>(&mut tx, world.test.tenant, "calendar", id, before).await.unwrap().is_none());
        let now = calendar::find(&mut tx, world.test.tenant, id).await.unwrap().unwrap();
        assert_eq!((now.version, &now.body["zone"]), (2, &json!("Asia/Shanghai")));
    })
    .await;
}

#[tokio::test]
async fn what_is_retired_is_out_of_force_and_can_return() {
    in_world(|world| async move {
        let act = world.act();
        let mut tx = world.test.db.write().await.unwrap();
        assert!(service::retire_service(&mut tx, &GRANT, &act, shop()).await.unwrap());
        assert!(!service::retire_service(&mut tx, &GRANT, &act, shop()).await.unwrap());
        tx.commit().await.unwrap();
        let listed = world.get("ada", "/api/v1/services").await.ok();
        assert!(!listed.to_string().contains(&shop().to_string()));
        let body = json!({"service_id": shop(), "title": "t", "impact": 1, "urgency": 1});
        world.post("dan", "/api/v1/incidents", body).await.refused(404, "not_found");
        let mut read = world.test.db.read().await.unwrap();
        let events = ledger::events_of(&mut read, world.test.tenant, "definition", &shop().to_string()).await.unwrap();
        let retired: DefinitionRetired = events.last().unwrap().read().unwrap().unwrap();
        assert_eq!((retired.name.as_str(), retired.version), ("shop", 1));
        drop(read);
        let mut tx = world.test.db.write().await.unwrap();
        let back = service::put_service(&mut tx, &GRANT, &act, "shop", &service_definition(acme(), 60, true)).await.unwrap().1;
        assert_eq!((back.version, back.changed), (2, true));
    })
    .await;
}

#[tokio::test]
async fn a_priority_carries_the_matrix_that_judged_it() {
    in_world(|world| async move {
        world.open("by the default").await;
        let p5 = Priority::ALL[4];
        let mut tx = world.test.db.write().await.unwrap();
        let put = matrix::put(&mut tx, &GRANT, &world.act(), &PriorityMatrix { cells: [[p5; 3]; 3] }).await.unwrap();
        assert_eq!(put.version, 2, "the default was recorded at first use");
        tx.commit().await.unwrap();
        world.open("by ours").await;
        let all = world.incidents().await;
        assert_eq!((&all[0]["priority"], &all[1]["priority"]), (&json!(5), &json!(2)));
    })
    .await;
}

#[tokio::test]
async fn an_owner_who_leaves_makes_orphans() {
    in_world(|world| async move {
        world.open("slow").await;
        assert_eq!(world.get("ada", "/api/v1/duties").await.ok()["items"], json!([]));
        let mut tx = world.test.db.write().await.unwrap();
        let mut mia = party::find_person(&mut tx, world.test.tenant, person("mia")).await.unwrap().unwrap();
        mia.definition.active = false;
        party::put_person(&mut tx, &GRANT, &world.act(), "mia", &mia.definition).await.unwrap();
        tx.commit().await.unwrap();
        let first = world.get("ada", "/api/v1/duties?limit=2").await.ok();
        let next = first["next"].as_str().unwrap();
        let second = world.get("ada", &format!("/api/v1/duties?limit=2&after={next}")).await.ok();
        let kinds = |page: &serde_json::Value| -> Vec<String> {
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| format!("{}:{}", item["kind"].as_str().unwrap(), item["why"].as_str().unwrap()))
                .collect()
        };
        assert_eq!(kinds(&first), ["service:owner_inactive", "service:owner_inactive"]);
        assert_eq!(kinds(&second), ["incident:owner_inactive"]);
        assert_eq!(second["next"], serde_json::Value::Null);
    })
    .await;
}

#[tokio::test]
async fn open_incidents_without_an_owner_with_one_who_left_and_with_an_unknown_one_are_listed_page_by_page() {
    in_world(|world| async move {
        let mut ids = Vec::new();
        for title in ["mine", "nobody's", "nobody's too", "a leaver's", "a stranger's", "closed"] {
            ids.push(world.open(title).await);
            world.pass(1);
        }
        world.step("ada", &ids[5], "cancel", json!({"reason": "not_an_incident"})).await.ok();
        let mut tx = world.test.db.write().await.unwrap();
        let mut eve = party::find_person(&mut tx, world.test.tenant, person("eve")).await.unwrap().unwrap();
        eve.definition.active = false;
        party::put_person(&mut tx, &GRANT, &world.act(), "eve", &eve.definition).await.unwrap();
        let owners = [Some(person("mia")), None, None, Some(person("eve")), Some(person("stranger")), None];
        for (id, owner) in ids.iter().zip(owners) {
            tx.execute("UPDATE incident SET owner_id = $1 WHERE id = $2", params![owner, id]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let (mut told, mut after) = (Vec::new(), String::new());
        loop {
            let page = world.get("ada", &format!("/api/v1/duties?limit=1{after}")).await.ok();
            let item = page["items"][0].clone();
            told.push((item["id"].as_str().unwrap().to_owned(), item["why"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        let mut gone = [(person("eve").to_string(), &ids[3], "owner_inactive"), (person("stranger").to_string(), &ids[4], "owner_absent")];
        gone.sort();
        let expected = [(&ids[1], "owner_absent"), (&ids[2], "owner_absent"), (gone[0].1, gone[0].2), (gone[1].1, gone[1].2)];
        assert_eq!(told, expected.map(|(id, why)| (id.clone(), why.to_owned())));
    })
    .await;
}

#[tokio::test]
async fn the_ledger_learns_of_rights_but_not_of_names() {
    in_world(|world| async move {
        let puts = recorded(&world, &person("eve").to_string()).await;
        assert_eq!(puts[0].body["roles"], json!(["engineer"]));
        assert_eq!(puts[0].name, person("eve").to_string());
        assert!(!serde_json::to_string(&puts).unwrap().contains("example.org"));
    })
    .await;
}

#[tokio::test]
async fn a_password_hash_is_kept_beside_the_person() {
    in_world(|world| async move {
        let mut tx = world.test.db.write().await.unwrap();
        let eve = person("eve");
        assert_eq!(party::get_password_hash(&mut tx, world.test.tenant, eve).await.unwrap(), None);
        assert!(party::put_password_hash(&mut tx, world.test.tenant, eve, Some("$argon2id$x")).await.unwrap());
        let known = party::find_person_by_name(&mut tx, world.test.tenant, "eve").await.unwrap().unwrap();
        party::put_person(&mut tx, &GRANT, &world.act(), "eve", &known.definition).await.unwrap();
        assert_eq!(party::get_password_hash(&mut tx, world.test.tenant, eve).await.unwrap().as_deref(), Some("$argon2id$x"));
        assert!(!party::put_password_hash(&mut tx, world.test.tenant, PersonId::named("x"), None).await.unwrap());
        assert_eq!(party::count_people(&mut tx, world.test.tenant).await.unwrap(), 10);
    })
    .await;
}

#[tokio::test]
async fn lists_are_paged_by_name() {
    in_world(|world| async move {
        let mut tx = world.test.db.write().await.unwrap();
        let definition = OrganisationDefinition { display: both("z"), kind: OrganisationKind::Customer };
        party::put_organisation(&mut tx, &GRANT, &world.act(), "zeta", &definition).await.unwrap();
        tx.commit().await.unwrap();
        let mut names = Vec::new();
        let mut after = String::new();
        loop {
            let page = world.get("ada", &format!("/api/v1/organisations?limit=2&after={after}")).await.ok();
            names.extend(page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut after),
                None => break,
            }
        }
        assert_eq!(names, ["acme", "fixit", "globex", "provider", "zeta"]);
        assert_eq!(OrganisationId::named("acme"), acme());
        let agreements = world.get("ada", "/api/v1/agreements").await.ok();
        assert_eq!(agreements["items"][0]["goals"][0]["target_secs"], 900);
        let calendars = world.get("ada", "/api/v1/calendars").await.ok();
        assert_eq!(calendars["items"][0]["body"]["zone"], "UTC");
    })
    .await;
}
