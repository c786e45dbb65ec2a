//! Releases: built, approved by another, rolled out stage by stage, verified or taken back with the changes they carry.

use evenkeel_core::{
    definition::ServiceDefinition,
    event::{
        Event,
        release::{ReleaseStageMoved, ReleaseTransitioned},
    },
    id::ServiceId,
    state::{ChangeMode, StageState},
};
use evenkeel_manage::{release, service};
use evenkeel_store::{ledger, outbox};
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{GRANT, World, acme, bank, in_world, person, service_definition, shop};

const HOUR: i64 = 3_600;

fn window(world: &World, from: i64, to: i64) -> Value {
    json!({ "from": world.now() + SignedDuration::from_secs(from), "to": world.now() + SignedDuration::from_secs(to) })
}

/// A change that waits for who must authorise it.
async fn asked(world: &World, service: ServiceId, at: i64) -> String {
    let body = json!({ "kind": "normal", "title": format!("A change at {at}"), "services": [service], "window": window(world, at, at + HOUR),
        "implementation": "roll it out", "back_out": "roll it back", "test": "buy something" });
    let id = world.post("eve", "/api/v1/changes", body).await.ok()["id"].as_str().unwrap().to_owned();
    for step in ["assess", "submit"] {
        world.post("eve", &format!("/api/v1/changes/{id}/{step}"), json!({})).await.ok();
    }
    id
}

async fn vote(world: &World, name: &str, change: &str) -> Value {
    world.post(name, &format!("/api/v1/changes/{change}/vote"), json!({ "yes": true, "text": "well prepared" })).await.ok()
}

async fn change(world: &World, id: &str) -> Value {
    world.get("aud", &format!("/api/v1/changes/{id}")).await.ok()
}

fn content(services: &[ServiceId], changes: &[&str]) -> Value {
    json!({ "title": "The shop learns to pay", "name": "4.2.0", "services": services, "changes": changes,
        "artefacts": [{ "name": "shop", "version": "4.2.0", "digest": format!("sha256:{}", "0a".repeat(32)), "place": "oci://shop:4.2.0" }],
        "stages": [{ "name": "canary", "target": "5 %", "gate": "no new incident", "watch_mins": 30 }, { "name": "everybody" }],
        "roll_back": "the old image back", "evidence": "run 811 is green", "notes_zh": "可以付款了", "notes_en": "You can pay now" })
}

async fn plan(world: &World, body: Value) -> String {
    world.post("eve", "/api/v1/releases", body).await.ok()["id"].as_str().unwrap().to_owned()
}

async fn step(world: &World, name: &str, id: &str, step: &str) -> Value {
    world.post(name, &format!("/api/v1/releases/{id}/step"), json!({ "step": step, "text": "because" })).await.ok()
}

async fn refused(world: &World, name: &str, id: &str, path: &str, body: Value, status: u16, at: &str) {
    let answer = world.post(name, &format!("/api/v1/releases/{id}/{path}"), body).await;
    assert_eq!((answer.status.as_u16(), answer.body["at"].as_str()), (status, Some(at)), "{}", answer.body);
}

async fn approve(world: &World, name: &str, id: &str) -> Value {
    world.post(name, &format!("/api/v1/releases/{id}/approve"), json!({ "yes": true, "text": "looked at" })).await.ok()
}

async fn stage(world: &World, id: &str, stage: u32, act: &str, text: Option<&str>) -> Value {
    world.post("eve", &format!("/api/v1/releases/{id}/stages/{stage}"), json!({ "act": act, "text": text })).await.ok()
}

async fn show(world: &World, id: &str) -> Value {
    world.get("aud", &format!("/api/v1/releases/{id}")).await.ok()
}

async fn events(world: &World, id: &str) -> Vec<Event> {
    let mut read = world.test.db.read().await.unwrap();
    ledger::events_of(&mut read, world.test.tenant, "release", id).await.unwrap()
}

async fn agile(world: &World, name: &str) -> ServiceId {
    let mut tx = world.test.db.write().await.unwrap();
    let definition = ServiceDefinition { mode: ChangeMode::Agile, ..service_definition(acme(), 0, true) };
    let (id, _) = service::put_service(&mut tx, &GRANT, &world.act(), name, &definition).await.unwrap();
    tx.commit().await.unwrap();
    id
}

#[tokio::test]
async fn a_release_is_approved_by_another_and_never_without_a_way_back() {
    in_world(|world| async move {
        let mut body = content(&[shop()], &[]);
        body["roll_back"] = Value::Null;
        body["artefacts"] = json!([]);
        let id = plan(&world, body).await;
        refused(&world, "eve", &id, "step", json!({ "step": "build" }), 409, "/artefacts").await;
        let mut edit = content(&[shop()], &[]);
        edit["roll_back"] = Value::Null;
        world.put_at("eve", &format!("/api/v1/releases/{id}"), edit).await.ok();
        let built = step(&world, "eve", &id, "build").await;
        assert_eq!((&built["state"], &built["builder"]["id"]), (&json!("built"), &json!(person("eve"))));
        assert!(!built["allowed"].as_array().unwrap().contains(&json!("approve")), "not by who built it");
        let yes = json!({ "yes": true, "text": "looked at" });
        refused(&world, "mia", &id, "approve", yes.clone(), 409, "/roll_back").await;
        let no = json!({ "yes": false, "text": "there is no way back" });
        let back = world.post("mia", &format!("/api/v1/releases/{id}/approve"), no).await.ok();
        assert_eq!((&back["state"], &back["builder"]), (&json!("planned"), &Value::Null));
        world.put_at("eve", &format!("/api/v1/releases/{id}"), content(&[shop()], &[])).await.ok();
        step(&world, "eve", &id, "build").await;
        world.post("eve", &format!("/api/v1/releases/{id}/approve"), yes.clone()).await.refused(422, "invalid");
        world.post("dan", &format!("/api/v1/releases/{id}/approve"), yes).await.refused(403, "forbidden");
        let approved = approve(&world, "mia", &id).await;
        assert_eq!((&approved["state"], &approved["approver"]["id"]), (&json!("approved"), &json!(person("mia"))));
        let path = format!("/api/v1/releases/{id}");
        world.put_at("eve", &path, content(&[bank()], &[])).await.refused(409, "state_refused");
        let path = format!("{path}/step");
        let stale = world.send(Some(world.caller("eve")), Method::POST, &path, Some(json!({ "step": "start" })), Some(1));
        stale.await.refused(412, "precondition_failed");
        assert_eq!(step(&world, "eve", &id, "cancel").await["state"], "cancelled");
        refused(&world, "eve", &id, "step", json!({ "step": "start" }), 409, "/state").await;
    })
    .await;
}

/// To whom a mail about a release would leave now, with its subject.
async fn letters(world: &World) -> Vec<(String, String)> {
    let mut sql = world.test.db.read().await.unwrap();
    let queued = outbox::page(&mut sql, world.test.tenant, Some("queued"), None, 200).await.unwrap();
    drop(sql);
    let mut letters = Vec::new();
    for message in queued.into_iter().filter(|message| message.subject_kind == release::SUBJECT) {
        assert!(!message.payload.contains("example.org") && !message.payload.contains("pay"), "{}", message.payload);
        let letter = release::letter(&world.test.db, &message, "https://keel.example").await.unwrap();
        letters.extend(letter.map(|letter| {
            assert!(letter.text.contains("https://keel.example/releases/"), "{}", letter.text);
            (letter.address, letter.subject)
        }));
    }
    letters.sort();
    letters
}

#[tokio::test]
async fn who_may_approve_a_release_is_asked_by_mail_and_once_for_each_build() {
    in_world(|world| async move {
        let id = plan(&world, content(&[shop()], &[])).await;
        assert_eq!(letters(&world).await, []);
        step(&world, "eve", &id, "build").await;
        let asked = letters(&world).await;
        let mia = ("mia@example.org".to_owned(), "[REL-1001] Please approve: The shop learns to pay".to_owned());
        assert!(asked.contains(&mia), "the service's owner: {asked:?}");
        let of = |name: &str| asked.iter().any(|(address, _)| address == &format!("{name}@example.org"));
        assert!(!of("eve"), "not who built it: {asked:?}");
        assert!(!of("dan"), "nor the desk, who may not approve: {asked:?}");
        let no = json!({ "yes": false, "text": "not yet" });
        world.post("mia", &format!("/api/v1/releases/{id}/approve"), no).await.ok();
        assert_eq!(letters(&world).await, [], "sent back: nothing is wanted any more");
        world.pass(60);
        step(&world, "eve", &id, "build").await;
        assert_eq!(letters(&world).await, asked, "that of the first build is not wanted any more");
        approve(&world, "mia", &id).await;
        assert_eq!(letters(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn of_a_stable_service_nothing_is_rolled_out_before_its_changes_are_authorised() {
    in_world(|world| async move {
        let (one, two) = (asked(&world, shop(), 0).await, asked(&world, bank(), 0).await);
        let id = plan(&world, content(&[shop()], &[&one, &two])).await;
        let shown = show(&world, &id).await;
        assert_eq!((&shown["mode"], shown["services"].as_array().unwrap().len()), (&json!("stable"), 2), "those of its changes with it");
        let other = world.post("eve", "/api/v1/releases", content(&[shop()], &[&one])).await;
        assert_eq!(other.refused(422, "invalid")["at"], "/changes", "another carries it");
        step(&world, "eve", &id, "build").await;
        approve(&world, "mia", &id).await;
        assert_eq!(change(&world, &one).await["state"], "authorise", "a stable service's change has its own board");
        vote(&world, "mia", &one).await;
        refused(&world, "eve", &id, "step", json!({ "step": "start" }), 409, "/changes").await;
        vote(&world, "mia", &two).await;
        assert_eq!(step(&world, "eve", &id, "start").await["state"], "rolling_out");
        let back = &world.get("aud", &format!("/api/v1/changes/{one}/releases")).await.ok()[0];
        assert_eq!((&back["number"], &back["id"]), (&json!(1001), &json!(id)));
    })
    .await;
}

#[tokio::test]
async fn of_an_agile_service_the_approval_is_the_vote_of_a_peer() {
    in_world(|world| async move {
        let blog = agile(&world, "blog").await;
        let one = asked(&world, blog, HOUR).await;
        assert_eq!(change(&world, &one).await["authority"], "peer");
        let clash = asked(&world, blog, 2 * HOUR - 60).await;
        let id = plan(&world, content(&[blog], &[&one, &clash])).await;
        step(&world, "eli", &id, "build").await;
        // Who wrote the changes may approve the release, and votes on none of them by it.
        world.post("eve", &format!("/api/v1/releases/{id}/approve"), json!({ "yes": true, "text": "mine" })).await.ok();
        assert_eq!(change(&world, &one).await["state"], "authorise");
        step(&world, "eli", &id, "rework").await;
        step(&world, "eli", &id, "build").await;
        approve(&world, "mia", &id).await;
        let states = [change(&world, &one).await["state"].clone(), change(&world, &clash).await["state"].clone()];
        assert_eq!(states, [json!("authorise"), json!("authorise")], "over a conflict nobody authorises");
        assert_eq!(step(&world, "eve", &id, "start").await["state"], "rolling_out", "its own approval is enough to begin");

        let alone = agile(&world, "wiki").await;
        let free = asked(&world, alone, HOUR).await;
        let id = plan(&world, content(&[alone], &[&free])).await;
        step(&world, "eli", &id, "build").await;
        approve(&world, "mia", &id).await;
        let voted = change(&world, &free).await;
        assert_eq!((&voted["state"], &voted["votes"][0]["text"]), (&json!("scheduled"), &json!("looked at")));
    })
    .await;
}

#[tokio::test]
async fn stages_go_one_after_the_other_watched_and_halted_with_what_was_measured_beside() {
    in_world(|world| async move {
        let id = plan(&world, content(&[shop()], &[])).await;
        step(&world, "eve", &id, "build").await;
        approve(&world, "mia", &id).await;
        refused(&world, "eve", &id, "stages/1", json!({ "act": "begin" }), 409, "/state").await;
        step(&world, "eve", &id, "start").await;
        refused(&world, "eve", &id, "stages/2", json!({ "act": "begin" }), 409, "/stages").await;
        world.post("eve", &format!("/api/v1/releases/{id}/stages/3"), json!({ "act": "begin" })).await.refused(404, "not_found");
        world.open("It was so before").await;
        world.pass(1);
        let begun = stage(&world, &id, 1, "begin", None).await;
        assert_eq!((&begun["stages"][0]["state"], &begun["stages"][0]["incidents"]), (&json!("running"), &json!([])));
        refused(&world, "eve", &id, "stages/1", json!({ "act": "end" }), 409, "/stages").await;
        world.pass(60);
        let incident = world.open("Nobody can pay").await;
        let seen = show(&world, &id).await;
        assert_eq!(seen["stages"][0]["incidents"][0]["id"], json!(incident), "opened since it began");
        refused(&world, "eve", &id, "stages/1", json!({ "act": "halt" }), 409, "/text").await;
        let halted = stage(&world, &id, 1, "halt", Some("nobody can pay")).await;
        assert_eq!(halted["stages"][0]["allowed"], json!(["resume"]));
        stage(&world, &id, 1, "resume", Some("it was something else")).await;
        world.pass(30 * 60);
        refused(&world, "eve", &id, "stages/1", json!({ "act": "end" }), 409, "/text").await;
        stage(&world, &id, 1, "end", Some("it is not ours")).await;
        refused(&world, "eve", &id, "step", json!({ "step": "verify" }), 409, "/stages").await;
        stage(&world, &id, 2, "begin", None).await;
        stage(&world, &id, 2, "end", Some("still not ours")).await;
        let verified = step(&world, "eve", &id, "verify").await;
        assert_eq!((&verified["state"], &verified["stages_done"]), (&json!("verified"), &json!(2)));
        assert_eq!(step(&world, "eve", &id, "close").await["state"], "closed");
        let moved: Vec<ReleaseStageMoved> =
            events(&world, &id).await.iter().filter_map(Event::read::<ReleaseStageMoved>).collect::<Result<_, _>>().unwrap();
        let told: Vec<(u32, StageState, i64)> = moved.iter().map(|one| (one.stage, one.to, one.open_incidents)).collect();
        assert_eq!(
            told,
            [
                (1, StageState::Running, 0),
                (1, StageState::Halted, 1),
                (1, StageState::Running, 1),
                (1, StageState::Done, 1),
                (2, StageState::Running, 0),
                (2, StageState::Done, 0)
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn a_release_that_is_taken_back_takes_what_is_under_way_with_it() {
    in_world(|world| async move {
        let (begun, planned) = (asked(&world, shop(), 0).await, asked(&world, bank(), 5 * HOUR).await);
        let id = plan(&world, content(&[shop()], &[&begun, &planned])).await;
        step(&world, "eve", &id, "build").await;
        approve(&world, "mia", &id).await;
        vote(&world, "mia", &begun).await;
        vote(&world, "mia", &planned).await;
        step(&world, "eve", &id, "start").await;
        world.post("eve", &format!("/api/v1/changes/{begun}/start"), json!({})).await.ok();
        assert_eq!(world.get("aud", "/api/v1/maintenance").await.ok().as_array().unwrap().len(), 2);
        stage(&world, &id, 1, "begin", None).await;
        world.pass(60);
        refused(&world, "eve", &id, "roll-back", json!({ "text": "it loses orders", "outcome": " " }), 422, "/outcome").await;
        let body = json!({ "text": "it loses orders", "outcome": "the old version serves" });
        let back = world.post("eve", &format!("/api/v1/releases/{id}/roll-back"), body).await.ok();
        assert_eq!(
            (&back["state"], &back["rolled_back"], &back["outcome"]),
            (&json!("rolled_back"), &json!(true), &json!("the old version serves"))
        );
        let taken = change(&world, &begun).await;
        assert_eq!((&taken["state"], &taken["outcome"]), (&json!("review"), &json!("rolled_back")));
        assert_eq!(change(&world, &planned).await["state"], "scheduled", "what was never begun stays where it is");
        assert_eq!(world.get("aud", "/api/v1/maintenance").await.ok().as_array().unwrap().len(), 1, "its window is none any more");
        let next = plan(&world, content(&[bank()], &[&planned])).await;
        assert_eq!(show(&world, &next).await["changes"][0]["id"], json!(planned), "the next release carries it");
        assert_eq!(step(&world, "eve", &id, "close").await["state"], "closed");
        let said: Vec<ReleaseTransitioned> =
            events(&world, &id).await.iter().filter_map(Event::read::<ReleaseTransitioned>).collect::<Result<_, _>>().unwrap();
        assert_eq!(said.iter().filter(|one| one.outcome.is_some()).count(), 1);
        let at = |secs: i64| world.now() + SignedDuration::from_secs(secs);
        let figures = world.get("aud", &format!("/api/v1/release-statistics?from={}&to={}", at(-24 * HOUR), at(1))).await.ok();
        assert_eq!((&figures["rolled_back"]["count"], &figures["rolled_back"]["releases"][0]["id"]), (&json!(1), &json!(id)));
        assert_eq!((&figures["deployments"]["count"], &figures["time_to_roll_back"]["median_secs"]), (&json!(0), &json!(60)));
        world.get("cora", &format!("/api/v1/release-statistics?from={}&to={}", at(-24 * HOUR), at(1))).await.refused(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn it_is_verified_only_when_its_changes_were_carried_out_and_closed_when_they_were_reviewed() {
    in_world(|world| async move {
        let one = asked(&world, shop(), 0).await;
        vote(&world, "mia", &one).await;
        let mut body = content(&[shop()], &[&one]);
        body["stages"] = json!([{ "name": "everybody" }]);
        let id = plan(&world, body).await;
        step(&world, "eve", &id, "build").await;
        approve(&world, "mia", &id).await;
        step(&world, "eve", &id, "start").await;
        stage(&world, &id, 1, "begin", None).await;
        stage(&world, &id, 1, "end", None).await;
        refused(&world, "eve", &id, "step", json!({ "step": "verify" }), 409, "/changes").await;
        for act in ["start", "finish"] {
            world.post("eve", &format!("/api/v1/changes/{one}/{act}"), json!({})).await.ok();
        }
        step(&world, "eve", &id, "verify").await;
        refused(&world, "eve", &id, "step", json!({ "step": "close" }), 409, "/changes").await;
        let review = json!({ "outcome": "successful", "text": "as meant" });
        world.post("eve", &format!("/api/v1/changes/{one}/review"), review).await.ok();
        assert_eq!(step(&world, "eve", &id, "close").await["state"], "closed");
    })
    .await;
}

#[tokio::test]
async fn customers_see_what_their_users_are_told_once_it_is_approved() {
    in_world(|world| async move {
        let id = plan(&world, content(&[shop(), bank()], &[])).await;
        step(&world, "eve", &id, "build").await;
        let path = format!("/api/v1/releases/{id}");
        world.get("cora", &path).await.refused(404, "not_found");
        approve(&world, "mia", &id).await;
        let theirs = world.get("cora", &path).await.ok();
        assert_eq!((&theirs["notes_en"], &theirs["roll_back"], &theirs["stages"]), (&json!("You can pay now"), &Value::Null, &json!([])));
        assert_eq!((theirs["services"].as_array().unwrap().len(), &theirs["author"]), (1, &Value::Null), "of others not even that");
        assert_eq!(world.get("cora", "/api/v1/releases").await.ok()["items"].as_array().unwrap().len(), 1);
        world.index().await;
        assert_eq!(world.finds("cora", "pay").await, ["rel-1001"]);
        assert_eq!(world.finds("cora", "green").await, Vec::<String>::new(), "evidence is the provider's own");
        assert_eq!(world.finds("aud", "green").await, ["rel-1001"]);
        let only = plan(&world, content(&[bank()], &[])).await;
        step(&world, "eve", &only, "build").await;
        approve(&world, "mia", &only).await;
        world.get("cora", &format!("/api/v1/releases/{only}")).await.refused(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_calendar_feed_shows_windows_and_stages_to_whom_they_are_for() {
    in_world(|world| async move {
        let one = asked(&world, bank(), HOUR).await;
        let mut body = content(&[shop()], &[]);
        let time = window(&world, 2 * HOUR, 3 * HOUR);
        body["stages"] = json!([{ "name": "canary", "from": time["from"], "to": time["to"] }, { "name": "everybody" }]);
        let id = plan(&world, body).await;
        let feed = |name: &'static str| {
            let world = world.clone();
            async move {
                let url = world.post(name, "/api/v1/calendar-feeds", json!({})).await.ok()["url"].as_str().unwrap().to_owned();
                url[url.find("/api/").unwrap()..].to_owned()
            }
        };
        let read = |path: String| {
            let world = world.clone();
            async move { world.text(&path).await }
        };
        let (eve, cora) = (feed("eve").await, feed("cora").await);
        let (status, text) = read(eve.clone()).await;
        assert_eq!(status, 200);
        let lines = text.replace("\r\n ", "");
        assert!(lines.contains("SUMMARY:CHG-1001 A change at 3600") && lines.contains("STATUS:TENTATIVE"), "{lines}");
        assert!(lines.contains("SUMMARY:REL-1001 4.2.0 The shop learns to pay · canary (1/2)"), "{lines}");
        assert_eq!(lines.matches("BEGIN:VEVENT").count(), 2, "a stage without a time is none of a calendar");
        let (_, theirs) = read(cora.clone()).await;
        assert_eq!(theirs.matches("BEGIN:VEVENT").count(), 0, "another's change, and a release that is not approved");
        step(&world, "eve", &id, "build").await;
        approve(&world, "mia", &id).await;
        let (_, theirs) = read(cora.clone()).await;
        assert!(theirs.contains("REL-1001") && !theirs.contains("canary") && !theirs.contains(&one), "{theirs}");
        let again = feed("cora").await;
        assert_eq!((read(cora).await.0, read(again).await.0), (404, 200), "a new address ends the one before");
        let mut read = world.test.db.read().await.unwrap();
        let token = eve.rsplit('/').next().unwrap().strip_suffix(".ics").unwrap();
        let row = evenkeel_store::Sql::row(&mut read, "SELECT digest FROM calendar_feed WHERE digest = $1", evenkeel_store::params![token]);
        assert!(row.await.unwrap().is_none(), "the address itself is nowhere");
    })
    .await;
}
