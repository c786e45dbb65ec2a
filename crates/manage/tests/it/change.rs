//! Changes: drafted, judged, authorised by others, carried out in their window as maintenance, and reviewed.

use evenkeel_core::{
    definition::{ServiceDefinition, TeamDefinition},
    event::{
        Event,
        change::{ChangeDecided, ChangeOverdue, ChangeVoted},
    },
    id::{ServiceId, TeamId},
    state::{ChangeKind, ChangeMode, RiskLevel},
};
use evenkeel_manage::{
    change::{self, Board, ChangeRules, ChangeTemplateDefinition, Dated, FreezeDefinition},
    party, service,
};
use evenkeel_store::ledger;
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{GRANT, World, acme, bank, both, in_world, only, person, provider, service_definition, shop};

const HOUR: i64 = 3_600;

/// A board of three, of whom two must say yes.
async fn board(world: &World) {
    let mut tx = world.test.db.write().await.unwrap();
    let members = ["mia", "eve", "eli"].map(person).to_vec();
    let team = TeamDefinition { display: both("cab"), organisation: provider(), members };
    party::put_team(&mut tx, &GRANT, &world.act(), "cab", &team).await.unwrap();
    let rules = ChangeRules { board: Some(Board { team: TeamId::named("cab"), quorum: 2 }), ..ChangeRules::default() };
    change::put_rules(&mut tx, &GRANT, &world.act(), &rules).await.unwrap();
    tx.commit().await.unwrap();
}

/// From `from` to `to` seconds after now.
fn window(world: &World, from: i64, to: i64) -> Value {
    json!({ "from": world.now() + SignedDuration::from_secs(from), "to": world.now() + SignedDuration::from_secs(to) })
}

fn normal(world: &World, kind: &str, services: &[ServiceId], from: i64, to: i64) -> Value {
    json!({ "kind": kind, "title": "A new version of the shop", "services": services, "window": window(world, from, to),
        "implementation": "roll it out", "back_out": "roll it back", "test": "buy something" })
}

async fn draft(world: &World, body: Value) -> String {
    world.post("eve", "/api/v1/changes", body).await.ok()["id"].as_str().unwrap().to_owned()
}

async fn step(world: &World, name: &str, id: &str, step: &str, body: Value) -> Value {
    world.post(name, &format!("/api/v1/changes/{id}/{step}"), body).await.ok()
}

async fn refused(world: &World, name: &str, id: &str, step: &str, body: Value, status: u16, code: &str) -> Value {
    world.post(name, &format!("/api/v1/changes/{id}/{step}"), body).await.refused(status, code)
}

async fn show(world: &World, id: &str) -> Value {
    world.get("aud", &format!("/api/v1/changes/{id}")).await.ok()
}

async fn asked(world: &World, body: Value) -> String {
    let id = draft(world, body).await;
    step(world, "eve", &id, "assess", json!({})).await;
    step(world, "eve", &id, "submit", json!({})).await;
    id
}

fn yes() -> Value {
    json!({ "yes": true, "text": "well prepared" })
}

async fn scheduled(world: &World, from: i64, to: i64) -> String {
    let id = asked(world, normal(world, "normal", &[shop()], from, to)).await;
    step(world, "mia", &id, "vote", yes()).await;
    let scheduled = step(world, "eli", &id, "vote", yes()).await;
    assert_eq!(scheduled["state"], "scheduled");
    id
}

async fn events(world: &World, id: &str) -> Vec<Event> {
    let mut read = world.test.db.read().await.unwrap();
    ledger::events_of(&mut read, world.test.tenant, "change", id).await.unwrap()
}

async fn maintenance(world: &World) -> Value {
    world.get("aud", "/api/v1/maintenance").await.ok()
}

#[tokio::test]
async fn a_normal_change_goes_from_its_draft_through_the_board_to_its_review() {
    in_world(|world| async move {
        board(&world).await;
        let id = draft(&world, normal(&world, "normal", &[shop()], HOUR, 3 * HOUR)).await;
        let assessed = step(&world, "eve", &id, "assess", json!({})).await;
        assert_eq!((&assessed["state"], &assessed["number"]), (&json!("assess"), &json!(1001)));
        let reasons = assessed["risk"]["reasons"].as_array().unwrap();
        let sum: i64 = reasons.iter().map(|reason| reason["points"].as_i64().unwrap()).sum();
        assert_eq!(assessed["risk"]["points"], json!(sum), "never a bare number: {reasons:?}");
        let submitted = step(&world, "eve", &id, "submit", json!({})).await;
        assert_eq!((&submitted["state"], &submitted["authority"]), (&json!("authorise"), &json!("board")));
        refused(&world, "eve", &id, "vote", yes(), 422, "invalid").await;
        refused(&world, "ada", &id, "vote", yes(), 422, "invalid").await;
        refused(&world, "eve", &id, "start", json!({}), 409, "state_refused").await;
        assert_eq!(step(&world, "mia", &id, "vote", yes()).await["state"], "authorise", "one of two");
        assert_eq!(step(&world, "eli", &id, "vote", yes()).await["state"], "scheduled");

        let planned = maintenance(&world).await;
        assert_eq!((&planned[0]["name"], &planned[0]["approved_by"]["id"]), (&json!("CHG-1001"), &json!(person("eli"))));
        refused(&world, "eve", &id, "start", json!({}), 409, "state_refused").await;
        world.pass(HOUR);
        step(&world, "eve", &id, "start", json!({})).await;
        let (alert, _) = world.fires(shop(), "shop-web", 5).await;
        assert!(world.incidents().await.is_empty(), "its window is maintenance");
        world.clears(alert, shop(), "shop-web", 0, "recovered").await;
        refused(&world, "eve", &id, "review", json!({ "outcome": "successful", "text": "fine" }), 409, "state_refused").await;
        step(&world, "eve", &id, "finish", json!({ "text": "all nodes" })).await;
        let reviewed = step(&world, "eve", &id, "review", json!({ "outcome": "successful", "text": "as meant" })).await;
        assert_eq!((&reviewed["state"], &reviewed["outcome"]), (&json!("review"), &json!("successful")));
        assert_eq!(maintenance(&world).await, json!([]), "what is left of the window is none any more");
        assert_eq!(step(&world, "eve", &id, "close", json!({})).await["state"], "closed");

        let shown = show(&world, &id).await;
        assert_eq!((&shown["back_out"], &shown["votes"][0]["text"]), (&json!("roll it back"), &json!("well prepared")));
        let said: Vec<&Value> = shown["history"].as_array().unwrap().iter().map(|entry| &entry["kind"]).collect();
        assert!(said.contains(&&json!("change.decided")), "{said:?}");
    })
    .await;
}

#[tokio::test]
async fn a_conflict_is_taken_on_by_one_who_may_authorise_or_the_window_moves() {
    in_world(|world| async move {
        board(&world).await;
        let other = scheduled(&world, HOUR, 2 * HOUR).await;
        let behind = world.declare("checkout", &[shop()]).await.unwrap();
        let id = draft(&world, normal(&world, "normal", &[behind], HOUR, 3 * HOUR)).await;
        let assessed = step(&world, "eve", &id, "assess", json!({})).await;
        let conflict = assessed["conflicts"][0]["conflict"].clone();
        assert_eq!((&conflict["what"], &conflict["change_id"]), (&json!("overlap"), &json!(other)));
        step(&world, "eve", &id, "submit", json!({})).await;
        let named = refused(&world, "mia", &id, "vote", yes(), 409, "state_refused").await;
        assert_eq!(named["allowed"], json!(["acknowledge", "move"]));
        let take = json!({ "conflict": conflict, "text": "the two do not touch the same tables" });
        refused(&world, "eve", &id, "acknowledge", take.clone(), 422, "invalid").await;
        let taken = step(&world, "mia", &id, "acknowledge", take.clone()).await;
        assert_eq!(taken["conflicts"][0]["taken"]["by"]["id"], json!(person("mia")));
        refused(&world, "eli", &id, "acknowledge", take, 422, "invalid").await;
        step(&world, "mia", &id, "vote", yes()).await;
        let moved =
            step(&world, "eve", &id, "move", json!({ "window": window(&world, 3 * HOUR, 4 * HOUR), "text": "after the other" })).await;
        assert_eq!((&moved["conflicts"], &moved["state"]), (&json!([]), &json!("authorise")));
        assert_eq!(show(&world, &id).await["votes"], json!([]), "whoever voted had another window before them");
        step(&world, "mia", &id, "vote", yes()).await;
        assert_eq!(step(&world, "eli", &id, "vote", yes()).await["state"], "scheduled");
    })
    .await;
}

#[tokio::test]
async fn a_freeze_is_a_conflict_unless_it_exempts_the_kind() {
    in_world(|world| async move {
        let mut tx = world.test.db.write().await.unwrap();
        let day = |days: i64| (world.now() + SignedDuration::from_hours(24 * days)).to_zoned(jiff::tz::TimeZone::UTC).datetime();
        let freeze = FreezeDefinition {
            display: both("year's end"),
            services: Vec::new(),
            zone: "UTC".to_owned(),
            weekly: Vec::new(),
            dated: vec![Dated { from: day(1), to: day(3) }],
            exempt: vec![ChangeKind::Emergency],
        };
        change::put_freeze(&mut tx, &GRANT, &world.act(), "year-end", &freeze).await.unwrap();
        tx.commit().await.unwrap();
        let span = (48 * HOUR, 49 * HOUR);
        let id = draft(&world, normal(&world, "normal", &[shop()], span.0, span.1)).await;
        let assessed = step(&world, "eve", &id, "assess", json!({})).await;
        assert_eq!(assessed["conflicts"][0]["conflict"]["name"], "year-end");
        let emergency = draft(&world, normal(&world, "emergency", &[bank()], span.0, span.1)).await;
        assert_eq!(step(&world, "eve", &emergency, "assess", json!({})).await["conflicts"], json!([]));
        let at = |secs: i64| world.now() + SignedDuration::from_secs(secs);
        let path = format!("/api/v1/changes/calendar?from={}&to={}", at(0), at(96 * HOUR));
        let calendar = world.get("aud", &path).await.ok();
        assert_eq!((calendar["changes"].as_array().unwrap().len(), &calendar["freezes"][0]["name"]), (2, &json!("year-end")));
        let theirs = world.get("cora", &path).await.ok();
        assert_eq!((&theirs["changes"], &theirs["freezes"]), (&json!([]), &json!([])));
    })
    .await;
}

#[tokio::test]
async fn two_who_vote_at_once_both_count() {
    in_world(|world| async move {
        board(&world).await;
        let id = asked(&world, normal(&world, "normal", &[shop()], HOUR, 2 * HOUR)).await;
        let version = show(&world, &id).await["version"].as_i64();
        let path = format!("/api/v1/changes/{id}/vote");
        let vote = |name: &'static str| world.send(Some(world.caller(name)), Method::POST, &path, Some(yes()), version);
        let (mia, eli) = tokio::join!(vote("mia"), vote("eli"));
        mia.ok();
        eli.ok();
        let shown = show(&world, &id).await;
        assert_eq!((&shown["state"], shown["votes"].as_array().unwrap().len()), (&json!("scheduled"), 2));
        let told = events(&world, &id).await;
        assert_eq!(told.iter().filter_map(Event::read::<ChangeVoted>).count(), 2);
        assert!(only::<ChangeDecided>(&told).authorised, "decided once");
    })
    .await;
}

#[tokio::test]
async fn what_the_board_rejects_is_a_draft_again() {
    in_world(|world| async move {
        board(&world).await;
        let id = asked(&world, normal(&world, "normal", &[shop()], HOUR, 2 * HOUR)).await;
        let no = json!({ "yes": false, "text": "no way back for the data" });
        assert_eq!(step(&world, "mia", &id, "vote", no).await["state"], "draft", "two of the one that is left cannot be");
        let edit = json!({ "title": "A new version, with its data", "services": [shop()], "implementation": "copy first", "back_out": "restore",
            "test": "buy something" });
        let edited = world.put_at("eve", &format!("/api/v1/changes/{id}"), edit).await.ok();
        assert_eq!((&edited["title"], &edited["risk"]), (&json!("A new version, with its data"), &Value::Null));
    })
    .await;
}

#[tokio::test]
async fn an_authorised_change_that_moves_or_is_cancelled_takes_its_maintenance_along() {
    in_world(|world| async move {
        board(&world).await;
        let id = scheduled(&world, HOUR, 2 * HOUR).await;
        let body = json!({ "window": window(&world, 5 * HOUR, 6 * HOUR) });
        refused(&world, "eve", &id, "move", body.clone(), 409, "state_refused").await;
        let mut confirmed = body;
        confirmed["reopen"] = json!(true);
        let moved = step(&world, "eve", &id, "move", confirmed).await;
        assert_eq!((&moved["state"], &moved["authorised"]), (&json!("authorise"), &Value::Null));
        assert_eq!(maintenance(&world).await, json!([]));
        step(&world, "mia", &id, "vote", yes()).await;
        step(&world, "eli", &id, "vote", yes()).await;
        assert_eq!(maintenance(&world).await.as_array().unwrap().len(), 1);
        step(&world, "eve", &id, "cancel", json!({ "text": "not needed" })).await;
        assert_eq!(maintenance(&world).await, json!([]));
        world.pass(5 * HOUR);
        world.fires(shop(), "shop-web", 5).await;
        assert_eq!(world.incidents().await.len(), 1, "what does not take place excuses nothing");
        refused(&world, "eve", &id, "start", json!({}), 409, "state_refused").await;
    })
    .await;
}

#[tokio::test]
async fn an_emergency_begins_before_it_is_authorised_and_a_missed_deadline_is_said_once() {
    in_world(|world| async move {
        board(&world).await;
        let id = draft(&world, normal(&world, "emergency", &[shop()], 0, 2 * HOUR)).await;
        step(&world, "eve", &id, "assess", json!({})).await;
        let begun = step(&world, "eve", &id, "start", json!({ "text": "the shop is down" })).await;
        assert_eq!((&begun["state"], &begun["authorised"]), (&json!("implementing"), &Value::Null));
        assert_eq!(maintenance(&world).await[0]["approved_by"], Value::Null, "it keeps people from being paged and excuses nothing");
        step(&world, "eve", &id, "finish", json!({})).await;
        step(&world, "eve", &id, "review", json!({ "outcome": "with_issues", "text": "a node had to be restarted" })).await;
        refused(&world, "eve", &id, "close", json!({}), 409, "state_refused").await;
        world.pass(24 * HOUR - 1);
        world.ring().await;
        assert_eq!(show(&world, &id).await["overdue"], json!(false));
        world.pass(1);
        world.ring().await;
        world.ring().await;
        assert_eq!(show(&world, &id).await["overdue"], json!(true));
        only::<ChangeOverdue>(&events(&world, &id).await);
        let agenda = world.get("mia", "/api/v1/changes/agenda").await.ok();
        assert_eq!((&agenda["open"][0]["change"]["id"], &agenda["open"][0]["may_vote"]), (&json!(id), &json!(true)));
        step(&world, "mia", &id, "vote", yes()).await;
        let decided = step(&world, "eli", &id, "vote", yes()).await;
        assert_eq!((&decided["authorised"], &decided["state"]), (&json!(true), &json!("review")));
        assert_eq!(step(&world, "eve", &id, "close", json!({})).await["state"], "closed");
    })
    .await;
}

#[tokio::test]
async fn a_standard_change_is_authorised_by_its_template_which_may_lose_its_standing() {
    in_world(|world| async move {
        let mut tx = world.test.db.write().await.unwrap();
        let template = ChangeTemplateDefinition {
            display: both("Renew the certificate"),
            services: vec![shop()],
            risk: RiskLevel::Low,
            implementation: "renew, reload".to_owned(),
            back_out: "the old one back".to_owned(),
            test: "look at its date".to_owned(),
            approved_by: person("mia"),
        };
        change::put_template(&mut tx, &GRANT, &world.act(), "certificate", &template).await.unwrap();
        tx.commit().await.unwrap();
        for n in 0..3 {
            let body = json!({ "kind": "standard", "template": "certificate", "services": [shop()], "window": window(&world, 0, HOUR) });
            let id = draft(&world, body).await;
            step(&world, "eve", &id, "assess", json!({})).await;
            let planned = step(&world, "eve", &id, "submit", json!({})).await;
            assert_eq!(
                (&planned["state"], &planned["title"], &planned["risk"]["level"]),
                (&json!("scheduled"), &json!("Renew the certificate"), &json!("low"))
            );
            assert_eq!(maintenance(&world).await[0]["approved_by"]["id"], json!(person("mia")));
            step(&world, "eve", &id, "start", json!({})).await;
            step(&world, "eve", &id, "review", json!({ "outcome": "rolled_back", "text": "expired already" })).await;
            let said = &world.get("aud", "/api/v1/change-templates").await.ok()[0];
            assert_eq!((&said["reviewed"], &said["successful"], &said["lost_standing"]), (&json!(n + 1), &json!(0), &json!(n == 2)));
        }
        let body = json!({ "kind": "standard", "template": "certificate", "services": [bank()], "window": window(&world, 0, HOUR) });
        world.post("eve", "/api/v1/changes", body).await.refused(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn a_peer_suffices_for_an_agile_service() {
    in_world(|world| async move {
        board(&world).await;
        let mut tx = world.test.db.write().await.unwrap();
        let agile = ServiceDefinition { mode: ChangeMode::Agile, ..service_definition(acme(), 0, true) };
        let (id, _) = service::put_service(&mut tx, &GRANT, &world.act(), "blog", &agile).await.unwrap();
        tx.commit().await.unwrap();
        let change = asked(&world, normal(&world, "normal", &[id], HOUR, 2 * HOUR)).await;
        let shown = show(&world, &change).await;
        let risky = shown["risk"]["level"] == "high";
        assert_eq!(shown["authority"], if risky { json!("board") } else { json!("peer") });
        assert!(!risky, "{}", shown["risk"]);
        assert_eq!(step(&world, "ada", &change, "vote", yes()).await["state"], "scheduled", "any other who may");
    })
    .await;
}

#[tokio::test]
async fn a_customer_sees_what_is_decided_on_their_services_and_nothing_of_others() {
    in_world(|world| async move {
        board(&world).await;
        let id = asked(&world, normal(&world, "normal", &[shop()], HOUR, 2 * HOUR)).await;
        let path = format!("/api/v1/changes/{id}");
        world.get("cora", &path).await.refused(404, "not_found");
        step(&world, "mia", &id, "vote", yes()).await;
        step(&world, "eli", &id, "vote", yes()).await;
        let seen = world.get("cora", &path).await.ok();
        assert_eq!(
            (&seen["title"], &seen["implementation"], &seen["risk"]),
            (&json!("A new version of the shop"), &Value::Null, &Value::Null)
        );
        assert_eq!((&seen["votes"], &seen["author"]), (&json!([]), &Value::Null));
        world.get("carl", &path).await.refused(404, "not_found");
        assert_eq!(world.get("carl", "/api/v1/changes").await.ok()["items"], json!([]));
        assert_eq!(world.get("cora", "/api/v1/changes").await.ok()["items"].as_array().unwrap().len(), 1);
        world.get("cora", "/api/v1/changes/agenda").await.refused(403, "forbidden");
        let at = |secs: i64| world.now() + SignedDuration::from_secs(secs);
        world.get("cora", &format!("/api/v1/change-statistics?from={}&to={}", at(0), at(HOUR))).await.refused(403, "forbidden");
        world.post("cora", "/api/v1/changes", normal(&world, "normal", &[shop()], HOUR, 2 * HOUR)).await.refused(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn an_incident_shows_what_was_changed_before_it_and_the_statistics_open_to_their_changes() {
    in_world(|world| async move {
        board(&world).await;
        let began = world.now();
        let good = scheduled(&world, 0, HOUR).await;
        step(&world, "eve", &good, "start", json!({})).await;
        step(&world, "eve", &good, "finish", json!({})).await;
        step(&world, "eve", &good, "review", json!({ "outcome": "successful", "text": "fine" })).await;
        let dropped = draft(&world, normal(&world, "normal", &[bank()], HOUR, 2 * HOUR)).await;
        step(&world, "eve", &dropped, "cancel", json!({ "text": "no need" })).await;
        world.pass(2 * HOUR);
        let incident = world.open("the shop is slow").await;
        let beside = world.get("dan", &format!("/api/v1/incidents/{incident}/changes")).await.ok();
        assert_eq!((&beside["recent"][0]["id"], &beside["caused_by"]), (&json!(good), &json!([])));
        step(&world, "eve", &good, "incidents", json!({ "incident_id": incident })).await;
        let beside = world.get("dan", &format!("/api/v1/incidents/{incident}/changes")).await.ok();
        assert_eq!((&beside["caused_by"][0]["id"], &beside["recent"]), (&json!(good), &json!([])));
        world.pass(HOUR);
        let path = format!("/api/v1/change-statistics?from={began}&to={}", world.now());
        let figures = world.get("aud", &path).await.ok();
        assert_eq!(
            (&figures["completed"]["count"], &figures["cancelled"]["count"], &figures["cancelled"]["n"]),
            (&json!(1), &json!(1), &json!(2))
        );
        assert_eq!(figures["cancelled"]["changes"], json!([{ "id": dropped, "number": 1002 }]));
        let failure = &figures["dora"]["change_failure_rate"];
        assert_eq!(
            (&failure["count"], &failure["share"], &failure["changes"][0]["id"]),
            (&json!(1), &json!(1.0), &json!(good)),
            "it caused an incident"
        );
        assert_eq!((&figures["dora"]["time_to_restore"]["n"], &figures["dora"]["time_to_restore"]["unknown"]), (&json!(0), &json!(1)));
        assert_eq!(figures["unsuccessful"]["count"], json!(0));
        assert_eq!(figures["services"][0]["service"]["id"], json!(shop()));
        world.pass(80 * HOUR);
        let later = world.open("the shop is slow again").await;
        assert_eq!(world.get("dan", &format!("/api/v1/incidents/{later}/changes")).await.ok()["recent"], json!([]), "long ago");
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_says_why() {
    in_world(|world| async move {
        let mut bare = normal(&world, "normal", &[shop()], HOUR, 2 * HOUR);
        bare["back_out"] = json!(" ");
        let answer = world.post("eve", "/api/v1/changes", bare).await.refused(422, "invalid");
        assert_eq!(answer["at"], "/back_out", "there is none without a way back");
        let over = normal(&world, "normal", &[shop()], -2 * HOUR, -HOUR);
        world.post("eve", "/api/v1/changes", over).await.refused(422, "invalid");
        world.post("eve", "/api/v1/changes", normal(&world, "normal", &[], HOUR, 2 * HOUR)).await.refused(422, "invalid");
        world.post("eve", "/api/v1/changes", normal(&world, "standard", &[shop()], HOUR, 2 * HOUR)).await.refused(422, "invalid");
        let id = draft(&world, normal(&world, "normal", &[shop()], HOUR, 2 * HOUR)).await;
        let named = refused(&world, "eve", &id, "submit", json!({}), 409, "state_refused").await;
        assert_eq!(named["allowed"], json!(["assess", "cancel"]));
        refused(&world, "aud", &id, "assess", json!({}), 403, "forbidden").await;
        refused(&world, "dan", &id, "vote", yes(), 403, "forbidden").await;
        let stale = world.send(Some(world.caller("eve")), Method::POST, &format!("/api/v1/changes/{id}/assess"), None, Some(7)).await;
        stale.refused(412, "precondition_failed");
    })
    .await;
}
