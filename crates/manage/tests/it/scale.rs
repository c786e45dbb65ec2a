//! Measurements at size, printed and not judged: `cargo test --release -p evenkeel-manage -- --ignored --nocapture scale`.

use std::time::Duration;

use evenkeel_api::{Grant, Permission};
use evenkeel_core::{
    id::{IncidentId, PersonId},
    priority::{Level, Priority},
    state::IncidentState,
};
use evenkeel_manage::incident::{
    import::{ImportedEvent, ImportedKind, ImportedTicket, import_batch},
    queue::{self, Assignee, Filter, Sort},
};
use evenkeel_store::params;
use jiff::SignedDuration;
use tokio::time::Instant;

use crate::world::{World, acme, epoch, in_world, ops, shop};

const INCIDENTS: i64 = 200_000;

/// 200,000 incidents, every third one open, over 40 people, 4 teams, 25 services, 3 customers.
async fn fill(world: &World) {
    let mut tx = world.test.db.write().await.unwrap();
    for n in 0..INCIDENTS {
        let state = match n % 15 {
            0 => IncidentState::New,
            1 | 2 => IncidentState::Assigned,
            3 => IncidentState::InProgress,
            4 => IncidentState::OnHold,
            5 | 6 => IncidentState::Resolved,
            7 => IncidentState::Cancelled,
            _ => IncidentState::Closed,
        };
        let opened_at = epoch() - SignedDuration::from_secs((INCIDENTS - n) * 60);
        let due = state.is_open().then(|| opened_at + SignedDuration::from_secs(n * 7919 % 1_000_000));
        let title = format!("支付接口超时 checkout of order {} fails at step {}", n * 31 % 99_991, n % 17);
        tx.execute(
            "INSERT INTO incident (tenant_id, id, number, version, title, title_key, title_digest, service_id, organisation_id, team_id,
                team_organisation_id, assignee_id, owner_id, impact, urgency, priority, matrix_version, state, origin, opened_at, firing, due_at, due_key)
             VALUES ($1, $2, $3, 1, $4, $4, '', $5, $6, $7, $8, $9, $9, 1, 1, $10, 1, $11, 'alert', $12, 0, $13, $14)",
            params![
                world.test.tenant,
                IncidentId::at(opened_at, world.test.rng.as_ref()),
                1001 + n,
                title,
                evenkeel_core::id::ServiceId::named(&format!("s{}", n % 25)),
                evenkeel_core::id::OrganisationId::named(&format!("o{}", n % 3)),
                evenkeel_core::id::TeamId::named(&format!("t{}", n % 4)),
                crate::world::provider(),
                (state != IncidentState::New).then(|| PersonId::named(&format!("p{}", n % 40))),
                1 + n * 7 % 5,
                state,
                opened_at,
                due,
                due.map_or(i64::MAX, jiff::Timestamp::as_microsecond),
            ],
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
}

fn open() -> Vec<IncidentState> {
    IncidentState::ALL.iter().copied().filter(|state| state.is_open()).collect()
}

#[tokio::test]
#[ignore = "a measurement"]
async fn scale_of_the_queue() {
    in_world(|world| async move {
        let began = Instant::now();
        fill(&world).await;
        println!("filled in {:?}", began.elapsed());
        let all = Filter::default;
        let filters: Vec<(&str, Filter)> = vec![
            ("all", all()),
            ("open", Filter { states: open(), ..all() }),
            ("closed", Filter { states: vec![IncidentState::Closed], ..all() }),
            ("team open", Filter { states: open(), team: Some(evenkeel_core::id::TeamId::named("t1")), ..all() }),
            ("team all", Filter { team: Some(evenkeel_core::id::TeamId::named("t1")), ..all() }),
            ("service", Filter { service: Some(evenkeel_core::id::ServiceId::named("s1")), ..all() }),
            ("mine", Filter { states: open(), assignee: Some(Assignee::Person(PersonId::named("p2"))), ..all() }),
            ("nobody's", Filter { states: open(), assignee: Some(Assignee::None), ..all() }),
            ("customer", Filter { reach: queue::Reach::Customer(evenkeel_core::id::OrganisationId::named("o1")), ..all() }),
            ("vendor", Filter { reach: queue::Reach::Vendor(crate::world::provider()), ..all() }),
            ("priority 1", Filter { states: open(), priority: Some(Priority::ALL[0]), ..all() }),
            ("team, priority 1", Filter { team: Some(evenkeel_core::id::TeamId::named("t1")), priority: Some(Priority::ALL[0]), ..all() }),
            ("search rare", Filter { search: Some("order 77777 ".to_owned()), ..all() }),
            ("search none", Filter { search: Some("zzz".to_owned()), ..all() }),
            ("search some", Filter { states: open(), search: Some("order 777".to_owned()), ..all() }),
            ("search common", Filter { states: open(), search: Some("接口".to_owned()), ..all() }),
            ("search number", Filter { search: Some("INC-150000".to_owned()), ..all() }),
        ];
        for (name, filter) in &filters {
            for sort in [Sort::Due, Sort::Opened, Sort::Priority] {
                let mut times: Vec<Duration> = Vec::new();
                let mut after = None;
                for _ in 0..30 {
                    let began = Instant::now();
                    let mut sql = world.test.db.read().await.unwrap();
                    let page = queue::page(&mut sql, world.test.tenant, filter, sort, after, 51).await.unwrap();
                    times.push(began.elapsed());
                    after = page.last().map(|last| sort.key(last));
                    if page.len() < 51 {
                        after = None;
                    }
                }
                times.sort_unstable();
                println!("{name:18} {sort:?}: median {:?} worst {:?}", times[times.len() / 2], times[times.len() - 1]);
            }
        }
    })
    .await;
}

#[tokio::test]
#[ignore = "a measurement"]
async fn scale_of_an_import() {
    in_world(|world| async move {
        let grant = Grant::system(Permission::ImportWrite);
        let began = Instant::now();
        let mut events = 0;
        for batch in 0..60i64 {
            let tickets: Vec<ImportedTicket> = (0..500)
                .map(|n| {
                    let opened = epoch() - SignedDuration::from_mins(100_000 - (batch * 500 + n));
                    let event = |minutes, kind| ImportedEvent { at: opened + SignedDuration::from_mins(minutes), kind };
                    ImportedTicket {
                        external_id: format!("T-{batch}-{n}"),
                        title: "a ticket of another tool".to_owned(),
                        service_id: shop(),
                        organisation_id: Some(acme()),
                        impact: Level::MEDIUM,
                        urgency: Level::MEDIUM,
                        priority: Priority::ALL[2],
                        team_id: Some(ops()),
                        events: vec![
                            event(0, ImportedKind::Opened),
                            event(1, ImportedKind::InProgress),
                            event(2, ImportedKind::PublicReply { text: "we are on it".to_owned() }),
                            event(30, ImportedKind::Resolved),
                            event(60, ImportedKind::Closed),
                        ],
                    }
                })
                .collect();
            let mut tx = world.test.db.write().await.unwrap();
            events += import_batch(&mut tx, &grant, world.test.tenant, &tickets).await.unwrap().events;
            tx.commit().await.unwrap();
        }
        println!("30,000 tickets, 150,000 events of theirs, {events} of ours in {:?}", began.elapsed());
    })
    .await;
}
