#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::state::{
    HoldReason,
    IncidentState::{InProgress, New, OnHold, Resolved},
    Visibility::Public,
};
use serde_json::Value;

use super::house::{House, customer, in_house, manager};
use crate::history::{History, agreement_body, at, incident, with_agreement, with_definitions};

async fn clock(house: &House, number: i64, goal: &str) -> Value {
    let clocks = house.get(&manager(), &format!("/api/v1/clocks?incidents={}", incident(number))).await.ok();
    clocks.as_array().unwrap().iter().find(|clock| clock["goal"] == goal).cloned().unwrap_or_else(|| panic!("no {goal} in {clocks}"))
}

#[tokio::test]
async fn a_clock_counts_business_time_and_tells_of_the_breach_once() {
    in_house(vec![], |mut house| async move {
        let mut history = with_definitions();
        // Monday 16:00, office hours end at 17:00: four hours are over on Tuesday at 12:00.
        history.open("2026-03-02 16:00", 1, History::told_by_person(None));
        house.tell(&history).await;
        let restore = clock(&house, 1, "restore").await;
        assert_eq!((restore["state"].as_str(), restore["due_at"].as_str()), (Some("running"), Some("2026-03-03T12:00:00Z")));
        assert_eq!((restore["remaining_secs"].as_i64(), restore["open_now"].as_bool()), (Some(14_400), Some(true)));
        // The first response is due on the same day; it is the earliest.
        assert_eq!(house.dues.of(incident(1)), Some(at("2026-03-02 16:30")));

        house.at("2026-03-02 20:00").await;
        let restore = clock(&house, 1, "restore").await;
        assert_eq!((restore["elapsed_secs"].as_i64(), restore["open_now"].as_bool()), (Some(3600), Some(false)));
        assert_eq!(restore["next_change_at"].as_str(), Some("2026-03-03T09:00:00Z"));
        let told = house.events("clock.breached").await;
        assert_eq!(told.len(), 1, "only the response was missed");
        assert_eq!(told[0].occurred_at, at("2026-03-02 16:30"));

        house.at("2026-03-03 12:00").await;
        assert_eq!(house.events("clock.breached").await.len(), 1, "a stop in the second it is due in would be in time");
        house.at("2026-03-03 12:00:02").await;
        assert_eq!(house.events("clock.breached").await.len(), 2);
        assert_eq!(clock(&house, 1, "restore").await["state"], "breached");
        // What happens afterwards tells nothing again; P1 has no promise of a resolution, so that clock stops.
        history.reprioritised("2026-03-03 13:00", 1, 2, 1).restored("2026-03-03 13:30", 1);
        house.tell(&history).await;
        house.at("2026-03-05 00:00").await;
        let told = house.events("clock.breached").await;
        let goals: Vec<Value> = told.iter().map(|event| serde_json::from_str::<Value>(&event.payload).unwrap()["goal"].clone()).collect();
        assert_eq!(goals, ["response", "restore"]);
        assert_eq!(clock(&house, 1, "restore").await["state"], "breached");
    })
    .await;
}

#[tokio::test]
async fn a_hold_the_agreement_names_stops_the_clock_and_its_timer() {
    in_house(vec![], |mut house| async move {
        let mut history = with_definitions();
        history
            .open("2026-03-02 10:00", 1, History::told_by_person(None))
            .said("2026-03-02 10:05", 1, Public)
            .moved("2026-03-02 10:05", 1, New, InProgress)
            .moved_on_hold("2026-03-02 11:00", 1, InProgress, OnHold, Some(HoldReason::Customer));
        house.tell(&history).await;
        let restore = clock(&house, 1, "restore").await;
        assert_eq!(
            (restore["state"].as_str(), restore["paused_by"].as_str(), &restore["due_at"]),
            (Some("paused"), Some("customer"), &Value::Null)
        );
        house.at("2026-03-04 12:00").await;
        assert_eq!(clock(&house, 1, "restore").await["elapsed_secs"].as_i64(), Some(3600));
        assert!(house.events("clock.breached").await.is_empty());
        assert_eq!(house.dues.of(incident(1)), None);

        history.moved("2026-03-04 12:00", 1, OnHold, InProgress);
        house.tell(&history).await;
        assert_eq!(clock(&house, 1, "restore").await["due_at"], "2026-03-04T15:00:00Z");
        assert_eq!(house.dues.of(incident(1)), Some(at("2026-03-04 15:00")));
        history.restored("2026-03-04 14:00", 1).moved("2026-03-04 14:00", 1, InProgress, Resolved);
        house.tell(&history).await;
        assert_eq!(clock(&house, 1, "restore").await["state"], "met");
        assert_eq!(house.dues.of(incident(1)), None);
    })
    .await;
}

#[tokio::test]
async fn explain_accounts_for_every_second() {
    in_house(vec![], |mut house| async move {
        let mut history = with_definitions();
        history
            .open("2026-03-02 16:00", 1, History::told_by_person(None))
            .moved("2026-03-02 16:10", 1, New, InProgress)
            .moved_on_hold("2026-03-03 10:00", 1, InProgress, OnHold, Some(HoldReason::Customer))
            .moved("2026-03-03 11:00", 1, OnHold, InProgress)
            .restored("2026-03-03 12:00", 1);
        house.tell(&history).await;
        let path = format!("/api/v1/incidents/{}/clocks/restore/explain", incident(1));
        let explained = house.get(&manager(), &path).await.ok();
        assert_eq!(explained["calendar"]["name"], "office");
        assert_eq!((explained["target_secs"].as_i64(), explained["elapsed_secs"].as_i64()), (Some(14_400), Some(3600 * 3)));
        let intervals = explained["intervals"].as_array().unwrap();
        let sum = |kind: &str| intervals.iter().filter(|interval| interval["kind"] == kind).filter_map(|i| i["secs"].as_i64()).sum::<i64>();
        assert_eq!((sum("counted"), sum("paused"), sum("closed")), (3600 * 3, 3600, 3600 * 16));
        assert!(intervals.windows(2).all(|pair| pair[0]["to"] == pair[1]["from"]), "no gap");
        assert!(intervals.iter().any(|interval| interval["cause"]["code"] == "on_hold" && interval["cause"]["event_seq"].is_i64()));
        let owners: i64 = explained["owners"].as_array().unwrap().iter().filter_map(|owner| owner["secs"].as_i64()).sum();
        assert_eq!(owners, 3600 * 4);
        house.get(&manager(), &path.replace("restore/explain", "nonsense/explain")).await.refused(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_merged_incident_keeps_no_timer_and_the_survivor_its_earliest_opening() {
    in_house(vec![], |mut house| async move {
        let mut history = with_definitions();
        history
            .open("2026-03-02 10:00", 1, History::told_by_person(None))
            .open("2026-03-02 10:30", 2, History::told_by_person(None))
            .merged("2026-03-02 11:00", 1, 2);
        house.tell(&history).await;
        assert_eq!(clock(&house, 1, "restore").await["state"], "merged");
        assert_eq!(clock(&house, 2, "restore").await["due_at"], "2026-03-02T14:00:00Z");
        house.at("2026-03-06 00:00").await;
        let told = house.events("clock.breached").await;
        let of = |number: i64, goal: &str| {
            let is =
                |event: &&evenkeel_core::event::Event| event.subject.id == incident(number).to_string() && event.payload.contains(goal);
            told.iter().filter(is).count()
        };
        // The first was overdue for its answer before it was merged; its other clocks went on in the survivor.
        assert_eq!((of(1, "restore"), of(1, "resolve"), of(2, "restore"), of(2, "resolve")), (0, 0, 1, 1));
    })
    .await;
}

#[tokio::test]
async fn imported_history_is_folded_when_somebody_looks_and_tells_nothing() {
    in_house(vec![], |mut house| async move {
        let mut history = with_definitions();
        history.open("2026-03-02 10:00", 1, History::imported("T-1")).moved("2026-03-04 10:00", 1, New, Resolved);
        for event in &mut history.events {
            event.source = "import".to_owned();
        }
        house.tell(&history).await;
        assert!(house.events("clock.breached").await.is_empty());
        assert_eq!(clock(&house, 1, "resolve").await["state"], "breached");
        // What is still open has a live clock, which the next import's resolution stops.
        history.open("2026-03-05 10:00", 2, History::imported("T-2"));
        house.tell(&history).await;
        assert_eq!(house.dues.of(incident(2)), Some(at("2026-03-05 10:30")));
        history.moved("2026-03-05 11:00", 2, New, Resolved);
        if let Some(event) = history.events.last_mut() {
            event.source = "import".to_owned();
        }
        house.tell(&history).await;
        assert_eq!(clock(&house, 2, "resolve").await["state"], "met");
        assert_eq!(house.dues.of(incident(2)), None);
    })
    .await;
}

#[tokio::test]
async fn the_fault_timeline_comes_with_its_evidence_and_only_to_whom_it_concerns() {
    in_house(vec![], |mut house| async move {
        let mut history = with_definitions();
        history
            .open("2026-03-02 10:00", 1, History::seen_by_machine("2026-03-02 09:58", "2026-03-02 09:59"))
            .delivered("2026-03-02 10:00:05", 1)
            .moved("2026-03-02 10:10", 1, New, InProgress)
            .restored("2026-03-02 10:40", 1);
        house.tell(&history).await;
        let path = format!("/api/v1/incidents/{}/fault", incident(1));
        let fault = house.get(&manager(), &path).await.ok();
        let secs: Vec<i64> = fault["durations"].as_array().unwrap().iter().filter_map(|duration| duration["secs"].as_i64()).collect();
        assert_eq!(secs, [60, 660, 1800]);
        assert_eq!(fault["total_secs"].as_i64(), Some(2520));
        let done: Vec<bool> = fault["actions"].as_array().unwrap().iter().filter_map(|action| action["done"].as_bool()).collect();
        assert_eq!(done, [true, true, true, true, false]);
        house.get(&customer(), &path).await.refused(404, "not_found");
        let clocks = house.get(&customer(), &format!("/api/v1/clocks?incidents={}", incident(1))).await.ok();
        assert_eq!(clocks.as_array().map(Vec::len), Some(0));
        house.get(&manager(), &format!("/api/v1/incidents/{}/fault", incident(9))).await.refused(404, "not_found");
        house.get(&manager(), "/api/v1/clocks?incidents=nonsense").await.refused(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn an_agreement_says_when_its_clocks_warn_and_escalate() {
    in_house(vec![], |mut house| async move {
        let mut body = agreement_body(14_400);
        body["escalation"] = serde_json::json!({"at_risk_percent": 50, "overdue_percent": 0});
        let mut history = with_agreement(body);
        history.open("2026-03-06 15:00", 1, History::told_by_person(None)).said("2026-03-06 15:00", 1, Public).moved(
            "2026-03-06 15:00",
            1,
            New,
            InProgress,
        );
        house.tell(&history).await;
        house.at("2026-03-06 16:59:59").await;
        assert!(house.events("clock.escalated").await.is_empty());
        house.at("2026-03-13 17:00").await;
        let told: Vec<String> = house.events("clock.escalated").await.iter().map(|event| event.occurred_at.to_string()).collect();
        // Half of four hours and half of eight; overdue is never told.
        assert_eq!(told, ["2026-03-06T17:00:00Z", "2026-03-09T11:00:00Z"]);
    })
    .await;
}

#[tokio::test]
async fn each_level_of_escalation_is_told_once_in_business_time() {
    in_house(vec![], |mut house| async move {
        let mut history = with_definitions();
        // Answered at once, so that only restore (4 h) and resolve (8 h) run. Friday 15:00 to Monday.
        history.open("2026-03-06 15:00", 1, History::told_by_person(None)).said("2026-03-06 15:00", 1, Public).moved(
            "2026-03-06 15:00",
            1,
            New,
            InProgress,
        );
        house.tell(&history).await;
        let levels = async |house: &House| -> Vec<(String, String)> {
            let told = house.events("clock.escalated").await;
            let of = |event: &evenkeel_core::event::Event| {
                let body: Value = serde_json::from_str(&event.payload).unwrap();
                (format!("{} {}", body["goal"].as_str().unwrap(), body["level"].as_str().unwrap()), event.occurred_at.to_string())
            };
            told.iter().map(of).collect()
        };
        house.at("2026-03-08 12:00").await;
        assert!(levels(&house).await.is_empty(), "nothing falls due on a weekend");
        // Three of four hours: Monday 10:00.
        house.at("2026-03-09 10:00:01").await;
        house.at("2026-03-09 10:00:02").await;
        assert_eq!(levels(&house).await, [("restore at_risk".to_owned(), "2026-03-09T10:00:00Z".to_owned())]);
        history.reprioritised("2026-03-09 10:30", 1, 2, 2);
        house.tell(&history).await;
        // Six hours: Monday 13:00 is one and a half times four hours, and three quarters of eight.
        house.at("2026-03-09 13:00:01").await;
        let told: Vec<String> = levels(&house).await.into_iter().map(|(level, _)| level).collect();
        assert_eq!(told.len(), 3);
        assert!(told.contains(&"restore overdue".to_owned()) && told.contains(&"resolve at_risk".to_owned()), "{told:?}");
        history.moved("2026-03-09 13:30", 1, InProgress, Resolved);
        house.tell(&history).await;
        house.at("2026-03-12 00:00").await;
        assert_eq!(levels(&house).await.len(), 3, "a clock that stopped escalates no more");
    })
    .await;
}
