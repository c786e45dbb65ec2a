//! Silences: what they keep back, how they end, what they show, who may.

use evenkeel_core::event::manage::{AlertHeld, AlertReleased, ReleaseOutcome, SilenceEnded, SilenceSet, Suppressor};
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{World, bank, in_world, only, shop};

/// A silence of these matchers for so many seconds from now; answers it.
async fn silence(world: &World, matchers: Value, secs: i64) -> Value {
    let body = json!({"matchers": matchers, "to": world.now() + SignedDuration::from_secs(secs), "comment": "cable work"});
    world.post("eve", "/api/v1/silences", body).await.ok()
}

fn of_shop() -> Value {
    json!([{"name": "service", "op": "=", "value": "shop"}])
}

#[tokio::test]
async fn a_silenced_alert_opens_nothing_and_its_end_is_a_page_avoided() {
    in_world(|world| async move {
        let made = silence(&world, of_shop(), 3600).await;
        assert_eq!((&made["state"], &made["author"]["display"], &made["comment"]), (&json!("active"), &json!("eve"), &json!("cable work")));
        world.pass(60);
        let (alert, event) = world.fires(shop(), "shop-web", 5).await;
        world.replay(&event).await;
        let (second, _) = world.fires(shop(), "shop-api", 5).await;
        world.fires(bank(), "bank-web", 5).await;
        assert_eq!(world.incidents().await.len(), 1, "the bank's alone");
        let held: AlertHeld = only(&world.alert(alert).await);
        assert!(matches!(held.by, Suppressor::Silence { id } if json!(id) == made["id"]));
        let open = world.get("aud", "/api/v1/suppressions?by=silence&open=true").await.ok();
        assert_eq!(open["items"].as_array().unwrap().len(), 2);
        world.pass(60);
        world.clears(alert, shop(), "shop-web", 5, "recovered").await;
        world.clears(second, shop(), "shop-api", 5, "recovered").await;
        let released: AlertReleased = only(&world.alert(second).await);
        assert_eq!((released.outcome, released.pages_avoided), (ReleaseOutcome::Avoided, 1));
        let first: AlertReleased = only(&world.alert(alert).await);
        assert_eq!(first.pages_avoided, 0, "one trouble is one page, however many alerts it has");
        let summary = world.get("aud", "/api/v1/suppressions/summary").await.ok();
        let of_silences = summary.as_array().unwrap().iter().find(|count| count["by"] == "silence").unwrap();
        assert_eq!(of_silences, &json!({"by": "silence", "holding": 0, "avoided": 2, "let_go": 0, "pages_avoided": 1}));
        let shown = world.get("eve", &format!("/api/v1/silences/{}", made["id"].as_str().unwrap())).await.ok();
        assert_eq!((&shown["holding"], &shown["pages_avoided"]), (&json!(0), &json!(1)));
        world.pass(7200);
        world.ring().await;
        assert_eq!(world.incidents().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_still_fires_when_a_silence_runs_out_or_is_ended_is_told_then() {
    in_world(|world| async move {
        let made = silence(&world, of_shop(), 600).await;
        let ended = silence(&world, json!([{"name": "service", "op": "=~", "value": "ban."}]), 86_400).await;
        let (alert, _) = world.fires(shop(), "shop-web", 5).await;
        world.fires(bank(), "bank-web", 5).await;
        world.ring().await;
        assert!(world.incidents().await.is_empty());
        world.pass(600);
        world.ring().await;
        let told = world.incidents().await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0]["opened_at"], made["to"]);
        assert_ne!(told[0]["started_at"], made["to"], "the trouble began before: nothing was planned about it");
        let released: AlertReleased = only(&world.alert(alert).await);
        assert_eq!((released.outcome, released.pages_avoided), (ReleaseOutcome::LetGo, 0));
        let listed = world.get("eve", "/api/v1/suppressions?open=false").await.ok();
        assert_eq!(listed["items"][0]["incident"]["id"], told[0]["id"]);

        let path = format!("/api/v1/silences/{}", ended["id"].as_str().unwrap());
        world.send(Some(world.caller("eli")), Method::DELETE, &path, None, None).await.ok();
        world.send(Some(world.caller("eli")), Method::DELETE, &path, None, None).await.ok();
        world.ring().await;
        assert_eq!(world.incidents().await.len(), 2);
        assert_eq!(world.get("eve", &path).await.ok()["state"], "expired");
        assert_eq!(world.get("eve", "/api/v1/silences?state=active").await.ok()["items"], json!([]));
        let mut read = world.test.db.read().await.unwrap();
        let told = evenkeel_store::ledger::events_of(&mut read, world.test.tenant, "silence", ended["id"].as_str().unwrap()).await.unwrap();
        only::<SilenceSet>(&told);
        only::<SilenceEnded>(&told);
        assert!(!told[0].payload.contains("cable"), "a comment is personal text and not part of the event");
        // Undone: it holds again, for what begins from then on.
        let body = json!({"matchers": ended["matchers"], "from": ended["from"], "to": ended["to"], "comment": "cable work"});
        let again = world.send(Some(world.caller("eli")), Method::PUT, &path, Some(body), None).await.ok();
        assert_eq!(again["state"], "active");
    })
    .await;
}

#[tokio::test]
async fn an_alert_that_finds_an_open_incident_joins_it_and_its_end_always_passes() {
    in_world(|world| async move {
        let (first, _) = world.fires(shop(), "shop-web", 5).await;
        silence(&world, of_shop(), 3600).await;
        let (second, _) = world.fires(shop(), "shop-api", 5).await;
        let incidents = world.incidents().await;
        assert_eq!(incidents.len(), 1, "what is open stays open");
        let id = incidents[0]["id"].as_str().unwrap().to_owned();
        assert_eq!(world.incident(&id).await["firing"], 2);
        world.clears(first, shop(), "shop-web", 1, "recovered").await;
        world.clears(second, shop(), "shop-api", 1, "recovered").await;
        world.pass(60);
        world.ring().await;
        assert_eq!(world.incident(&id).await["state"], "resolved");
    })
    .await;
}

#[tokio::test]
async fn a_silence_that_recurs_holds_in_its_windows_only() {
    in_world(|world| async move {
        // 2026-03-02 is a Monday; the world begins at 10:00 in Shanghai.
        let weekly = json!([{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "12:00", "to": "13:00"}]);
        let body = json!({"matchers": of_shop(), "to": world.now() + SignedDuration::from_hours(240),
            "recurring": {"weekly": weekly, "zone": "UTC"}});
        let made = world.post("eve", "/api/v1/silences", body).await.ok();
        let window = made["window"]["from"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        assert!(window > world.now() && made["state"] == "pending");
        world.pass(window.duration_since(world.now()).as_secs() + 60);
        let (alert, _) = world.fires(shop(), "shop-web", 5).await;
        assert!(world.incidents().await.is_empty());
        let held: AlertHeld = only(&world.alert(alert).await);
        assert_eq!(held.until, Some(window + SignedDuration::from_hours(1)));
        world.pass(3600);
        world.ring().await;
        assert_eq!(world.incidents().await.len(), 1, "the window is over, and it still fires");
    })
    .await;
}

#[tokio::test]
async fn a_preview_says_what_would_match_and_bad_words_are_refused_where_they_are() {
    in_world(|world| async move {
        world.fires(shop(), "shop-web", 5).await;
        world.fires(bank(), "bank-web", 5).await;
        let shown = world.post("aud", "/api/v1/silences/preview", json!({"matchers": of_shop()})).await.ok();
        assert_eq!((&shown["matching"], &shown["firing"]), (&json!(1), &json!(2)));
        let labels =
            json!({"alertname": "unavailable", "cause": "unavailable", "probe": "shop-web", "service": "shop", "severity": "critical"});
        assert_eq!(shown["alerts"][0]["labels"], labels);
        let to = world.now() + SignedDuration::from_hours(1);
        let set = async |matchers: Value, to: jiff::Timestamp, recurring: Value| {
            world.post("eve", "/api/v1/silences", json!({"matchers": matchers, "to": to, "recurring": recurring})).await
        };
        let pattern = json!([{"name": "service", "op": "=~", "value": "("}]);
        assert_eq!(set(pattern, to, Value::Null).await.refused(422, "invalid")["at"], "/matchers/0");
        let all = json!([{"name": "service", "op": "!=", "value": "shop"}]);
        set(all, to, Value::Null).await.refused(422, "invalid");
        set(json!([]), to, Value::Null).await.refused(422, "invalid");
        assert_eq!(set(of_shop(), world.now(), Value::Null).await.refused(422, "invalid")["at"], "/to");
        let mars = json!({"weekly": [{"days": ["mon"], "from": "01:00", "to": "02:00"}], "zone": "Mars/Phobos"});
        assert_eq!(set(of_shop(), to, mars).await.refused(422, "invalid")["at"], "/recurring");
        for name in ["aud", "dan", "cora"] {
            world.post(name, "/api/v1/silences", json!({"matchers": of_shop(), "to": to})).await.refused(403, "forbidden");
        }
        world.get("cora", "/api/v1/suppressions").await.refused(403, "forbidden");
    })
    .await;
}
