//! Another tool's history: walked along our edges, idempotent, and never from the future.

use evenkeel_api::{Grant, Permission};
use evenkeel_core::{
    event::Event,
    event::manage::{AlertJoined, IncidentOpened, Noted, Restored, Transitioned},
    id::ServiceId,
    priority::{Level, Priority},
    state::{HoldReason, IncidentState, IncidentState as S},
};
use evenkeel_manage::incident::{
    import::{ImportOutcome, ImportedEvent, ImportedKind, ImportedTicket, import_batch},
    rules::{self, IncidentRules},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::world::{GRANT, World, acme, at, epoch, in_world, only, ops, person, shop};

const IMPORT: Grant = Grant::system(Permission::ImportWrite);

fn minute(n: i64) -> Timestamp {
    epoch() - SignedDuration::from_hours(24) + SignedDuration::from_mins(n)
}

fn ticket(key: &str, events: &[(i64, ImportedKind)]) -> ImportedTicket {
    ImportedTicket {
        external_id: key.to_owned(),
        title: format!("ticket {key}"),
        service_id: shop(),
        organisation_id: Some(acme()),
        impact: Level::MEDIUM,
        urgency: Level::MEDIUM,
        priority: Priority::ALL[2],
        team_id: Some(ops()),
        events: events.iter().map(|(n, kind)| ImportedEvent { at: minute(*n), kind: kind.clone() }).collect(),
    }
}

fn history() -> Vec<(i64, ImportedKind)> {
    vec![
        (0, ImportedKind::Opened),
        (1, ImportedKind::Assigned { team_id: None, person_id: Some(person("eve")) }),
        (2, ImportedKind::InProgress),
        (3, ImportedKind::PublicReply { text: "we are on it".to_owned() }),
        (4, ImportedKind::OnHold { reason: HoldReason::Customer }),
        (5, ImportedKind::OnHold { reason: HoldReason::Vendor }),
        (6, ImportedKind::InProgress),
        (7, ImportedKind::Resolved),
        (8, ImportedKind::Closed),
    ]
}

async fn import(world: &World, tickets: &[ImportedTicket]) -> ImportOutcome {
    let mut tx = world.test.db.write().await.unwrap();
    let outcome = import_batch(&mut tx, &IMPORT, world.test.tenant, tickets).await.unwrap();
    tx.commit().await.unwrap();
    outcome
}

async fn the_incident(world: &World) -> (String, serde_json::Value) {
    let mut all = world.incidents().await;
    assert_eq!(all.len(), 1);
    let one = all.pop().unwrap();
    (one["id"].as_str().unwrap().to_owned(), one)
}

fn edges(events: &[Event]) -> Vec<(IncidentState, IncidentState)> {
    events.iter().filter_map(Event::read::<Transitioned>).map(Result::unwrap).map(|edge| (edge.from, edge.to)).collect()
}

#[tokio::test]
async fn a_history_arrives_with_its_own_instants() {
    in_world(|world| async move {
        let outcome = import(&world, &[ticket("T-1", &history())]).await;
        assert_eq!((outcome.opened, outcome.rejected.len()), (1, 0));
        let (id, incident) = the_incident(&world).await;
        assert_eq!((incident["state"].as_str(), incident["origin"].as_str()), (Some("closed"), Some("import")));
        assert_eq!(incident["opened_at"], json!(minute(0)));
        assert_eq!(incident["responded_at"], json!(minute(3)));
        assert_eq!(incident["resolved_at"], json!(minute(7)));
        assert_eq!(incident["restored_at"], json!(minute(7)));
        assert_eq!(incident["priority"], 3);
        let events = world.events(&id).await;
        assert_eq!(u64::try_from(events.len()).unwrap(), outcome.events);
        let opened: IncidentOpened = only(&events);
        assert_eq!(opened.agreements.len(), 1);
        assert!(only::<Noted>(&events).by_agent);
        assert_eq!(only::<Restored>(&events).basis, "declared");
        let holds: Vec<_> = events.iter().filter_map(Event::read::<Transitioned>).filter_map(|edge| edge.unwrap().hold).collect();
        assert_eq!(holds, [HoldReason::Customer, HoldReason::Vendor]);
        for pair in edges(&events).windows(2) {
            assert_eq!(pair[0].1, pair[1].0, "edges join");
        }
    })
    .await;
}

#[tokio::test]
async fn what_the_other_tool_resolved_is_not_closed_by_our_rule() {
    in_world(|world| async move {
        let rule = async |days| {
            let mut tx = world.test.db.write().await.unwrap();
            rules::put(&mut tx, &GRANT, &world.act(), IncidentRules { close_after_days: Some(days) }).await.unwrap();
            tx.commit().await.unwrap();
        };
        rule(1).await;
        import(&world, &[ticket("T-1", &history()[..4])]).await;
        // Known, and resolved by a later import.
        import(&world, &[ticket("T-1", &history()[..8])]).await;
        rule(2).await;
        world.pass(10 * 86_400);
        world.ring().await;
        assert_eq!(the_incident(&world).await.1["state"], "resolved");
        import(&world, &[ticket("T-1", &history())]).await;
        assert_eq!(the_incident(&world).await.1["state"], "closed", "the other tool's own word closes it");
    })
    .await;
}

#[tokio::test]
async fn importing_again_changes_nothing_and_more_events_go_on() {
    in_world(|world| async move {
        import(&world, &[ticket("T-1", &history()[..4])]).await;
        let (id, before) = the_incident(&world).await;
        let again = import(&world, &[ticket("T-1", &history()[..4])]).await;
        assert_eq!((again.unchanged, again.events), (1, 0));
        assert_eq!(the_incident(&world).await.1, before);
        let more = import(&world, &[ticket("T-1", &history())]).await;
        assert_eq!((more.continued, more.opened), (1, 0));
        assert_eq!(the_incident(&world).await.1["state"], "closed");
        let once = world.kinds(&id).await;

        let other = import(&world, &[ticket("T-2", &history())]).await;
        assert_eq!(other.opened, 1);
        let second = world.incidents().await.into_iter().find(|incident| incident["id"] != json!(id)).unwrap();
        let mut twice = world.kinds(second["id"].as_str().unwrap()).await;
        twice.sort();
        let mut once = once;
        once.sort();
        assert_eq!(once, twice, "in parts or at once is the same");
    })
    .await;
}

#[tokio::test]
async fn an_event_that_comes_late_keeps_its_instant_and_leaves_the_state() {
    in_world(|world| async move {
        let mut early = history();
        let reply = early.remove(3);
        import(&world, &[ticket("T-1", &early)]).await;
        assert_eq!(the_incident(&world).await.1["responded_at"], json!(null));
        import(&world, &[ticket("T-1", &[reply])]).await;
        let (_, incident) = the_incident(&world).await;
        assert_eq!((incident["state"].as_str(), &incident["responded_at"]), (Some("closed"), &json!(minute(3))));
    })
    .await;
}

#[tokio::test]
async fn skipped_states_are_filled_in() {
    in_world(|world| async move {
        let short = [(0, ImportedKind::Opened), (5, ImportedKind::OnHold { reason: HoldReason::Customer }), (9, ImportedKind::Closed)];
        import(&world, &[ticket("T-1", &short)]).await;
        let (id, incident) = the_incident(&world).await;
        assert_eq!(incident["state"], "closed");
        assert_eq!(
            edges(&world.events(&id).await),
            [
                (S::New, S::Assigned),
                (S::Assigned, S::InProgress),
                (S::InProgress, S::OnHold),
                (S::OnHold, S::Resolved),
                (S::Resolved, S::Closed)
            ]
        );
        assert!(at::<AlertJoined>(&world.events(&id).await).is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_taken_is_told_and_holds_up_nothing() {
    in_world(|world| async move {
        let mut unknown = ticket("T-1", &history());
        unknown.service_id = ServiceId::named("unknown");
        let future = ticket("T-2", &[(0, ImportedKind::Opened), (60 * 48, ImportedKind::Resolved)]);
        let wrong = ticket("T-3", &[(0, ImportedKind::Opened), (1, ImportedKind::Cancelled), (2, ImportedKind::InProgress)]);
        let outcome = import(&world, &[unknown, future, wrong, ticket("T-4", &history())]).await;
        assert_eq!(outcome.opened, 3);
        let told: Vec<_> = outcome.rejected.iter().map(|rejected| (rejected.external_id.as_str(), rejected.at.is_some())).collect();
        assert_eq!(told, [("T-1", false), ("T-2", true), ("T-3", true)]);
        assert!(outcome.rejected[2].reason.contains("cancelled") && outcome.rejected[2].reason.contains("in_progress"));
    })
    .await;
}
