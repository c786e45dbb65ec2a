use std::collections::HashSet;

use evenkeel_store::{
    Dialect, Sql as _,
    ledger::{self, seal, verify},
    params,
    testing::for_each_database,
};
use jiff::ToSpan as _;

use crate::kit;

#[tokio::test]
async fn an_event_reads_back_as_it_was_written() {
    for_each_database(vec![], |t| async move {
        let at = t.clock_now().checked_sub(72.hours()).unwrap();
        let mut tx = t.db.write().await.unwrap();
        let new = kit::event(t.tenant, at, "s").evidence("row 7");
        let written = tx.append(&new).await.unwrap();
        tx.commit().await.unwrap();
        let mut sql = t.db.read().await.unwrap();
        let read = ledger::events_of(&mut sql, t.tenant, "incident", "s").await.unwrap();
        assert_eq!(read, vec![written.clone()]);
        assert_eq!(written.occurred_at, at);
        assert_eq!(written.recorded_at, t.clock_now(), "learned now, happened then");
        assert_eq!(ledger::events_by_evidence(&mut sql, t.tenant, "row 7").await.unwrap(), vec![written]);
        assert!(ledger::events_of(&mut sql, evenkeel_core::Id::named("another tenant"), "incident", "s").await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_rolled_back_was_never_there() {
    for_each_database(vec![], |t| async move {
        let mut tx = t.db.write().await.unwrap();
        kit::put(&mut tx, t.tenant, "gone").await;
        drop(tx);
        kit::append(&t.db, t.tenant, 1).await;
        let mut sql = t.db.read().await.unwrap();
        assert!(ledger::events_of(&mut sql, t.tenant, "incident", "gone").await.unwrap().is_empty());
        drop(sql);
        seal::seal_all(&t.db).await.unwrap();
        assert!(matches!(verify::verify(&t.db).await.unwrap(), verify::Outcome::Holds { events: 1, unsealed: 0, .. }));
    })
    .await;
}

#[tokio::test]
async fn the_horizon_never_passes_an_appender_in_flight() {
    for_each_database(vec![], |t| async move {
        if t.db.dialect() == Dialect::Sqlite {
            return; // one writer: nothing is ever in flight beside another
        }
        let mut slow = t.db.write().await.unwrap();
        let early = kit::put(&mut slow, t.tenant, "early").await;
        let late = kit::append(&t.db, t.tenant, 1).await[0];
        assert!(late > early);
        let mut sql = t.db.read().await.unwrap();
        let horizon = ledger::horizon(&mut sql).await.unwrap();
        assert!(horizon < early, "the horizon {horizon} must stay below {early}, which is not decided");
        slow.commit().await.unwrap();
        assert_eq!(ledger::horizon(&mut sql).await.unwrap(), late);
    })
    .await;
}

#[tokio::test]
async fn concurrent_writers_lose_nothing_and_a_tailing_reader_sees_each_event_once_in_order() {
    for_each_database(vec![], |t| async move {
        let writers: Vec<_> = (0..6)
            .map(|_| {
                let t = t.clone();
                tokio::spawn(async move { kit::append(&t.db, t.tenant, 25).await })
            })
            .collect();
        let reader = {
            let t = t.clone();
            tokio::spawn(async move {
                let (mut cursor, mut seen) = (0, Vec::new());
                while seen.len() < 150 {
                    let mut sql = t.db.read().await.unwrap();
                    let up_to = ledger::horizon(&mut sql).await.unwrap();
                    let events = ledger::scan(&mut sql, Some(t.tenant), cursor, up_to, 40, &[]).await.unwrap();
                    cursor = if events.len() == 40 { events.last().unwrap().seq } else { up_to.max(cursor) };
                    seen.extend(events.into_iter().map(|event| event.seq));
                    drop(sql);
                    tokio::task::yield_now().await;
                }
                seen
            })
        };
        let mut written = HashSet::new();
        for writer in writers {
            written.extend(writer.await.unwrap());
        }
        let seen = reader.await.unwrap();
        assert!(seen.is_sorted());
        assert_eq!(seen.len(), 150);
        assert_eq!(seen.into_iter().collect::<HashSet<_>>(), written);
    })
    .await;
}

#[tokio::test]
async fn many_who_follow_the_end_of_the_ledger_together_see_each_event_once_in_order() {
    for_each_database(vec![], |t| async move {
        kit::append(&t.db, t.tenant, 3).await;
        let followers: Vec<_> = (0..8)
            .map(|_| {
                let t = t.clone();
                tokio::spawn(async move {
                    let (mut cursor, mut seen, mut on_its_own) = (0, Vec::new(), 0);
                    while seen.len() < 153 {
                        let new = ledger::tail(&t.db, cursor, &[]).await.unwrap();
                        match new.events {
                            Some(events) => seen.extend(events.iter().map(|event| event.seq)),
                            None => {
                                on_its_own += 1;
                                let mut sql = t.db.read().await.unwrap();
                                let events = ledger::scan(&mut sql, None, cursor, new.up_to, 1_000, &[]).await.unwrap();
                                seen.extend(events.into_iter().map(|event| event.seq));
                            }
                        }
                        cursor = new.up_to.max(cursor);
                        tokio::task::yield_now().await;
                    }
                    (seen, on_its_own)
                })
            })
            .collect();
        let writers: Vec<_> = (0..6)
            .map(|_| {
                let t = t.clone();
                tokio::spawn(async move {
                    let mut seqs = Vec::new();
                    for _ in 0..25 {
                        let seq = kit::append(&t.db, t.tenant, 1).await[0];
                        // Where one writes at a time, who asks after a commit sees it, whoever asks besides.
                        if t.db.dialect() == Dialect::Sqlite {
                            assert!(ledger::reached(&t.db).await.unwrap() >= seq);
                        }
                        seqs.push(seq);
                    }
                    seqs
                })
            })
            .collect();
        let mut written = HashSet::new();
        for writer in writers {
            written.extend(writer.await.unwrap());
        }
        for follower in followers {
            let (seen, on_its_own) = follower.await.unwrap();
            assert!(seen.is_sorted() && seen.len() == 153, "{seen:?}");
            assert!(written.is_subset(&seen.into_iter().collect()));
            assert_eq!(on_its_own, 0, "everything is among the newest");
        }
        let last = kit::append(&t.db, t.tenant, 1).await[0];
        assert_eq!(ledger::reached(&t.db).await.unwrap(), last, "who asks after a commit sees it");
        let odd = ledger::tail(&t.db, last - 1, &["page.queued"]).await.unwrap();
        assert_eq!((odd.up_to, odd.events.map(|events| events.len())), (last, Some(0)));
    })
    .await;
}

#[tokio::test]
async fn what_was_said_of_several_things_is_read_together() {
    for_each_database(vec![], |t| async move {
        kit::append(&t.db, t.tenant, 3).await;
        kit::append(&t.db, t.tenant, 2).await;
        let mut sql = t.db.read().await.unwrap();
        let kind = <evenkeel_core::event::manage::Linked as evenkeel_core::event::Body>::KIND;
        let found = ledger::events_of_all(&mut sql, t.tenant, "incident", &["subject-0", "subject-2", "nothing"], &[kind]).await.unwrap();
        let subjects: Vec<&str> = found.iter().map(|event| event.subject.id.as_str()).collect();
        assert_eq!(subjects, ["subject-0", "subject-2", "subject-0"]);
        assert!(ledger::events_of_all(&mut sql, t.tenant, "incident", &["subject-0"], &["page.queued"]).await.unwrap().is_empty());
        let another = evenkeel_core::Id::named("another");
        assert!(ledger::events_of_all(&mut sql, another, "incident", &["subject-0"], &[kind]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_changed_event_is_named_by_its_seal() {
    for_each_database(vec![], |t| async move {
        kit::append(&t.db, t.tenant, 3).await;
        seal::seal_all(&t.db).await.unwrap();
        let victim = kit::append(&t.db, t.tenant, 3).await[1];
        seal::seal_all(&t.db).await.unwrap();
        kit::append(&t.db, t.tenant, 2).await;
        assert!(matches!(verify::verify(&t.db).await.unwrap(), verify::Outcome::Holds { events: 6, seals: 2, unsealed: 2, head: Some(_) }));
        let mut tx = t.db.write().await.unwrap();
        tx.execute("UPDATE ledger_event SET payload = replace(payload, 'related', 'relateD') WHERE seq = $1", params![victim])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        match verify::verify(&t.db).await.unwrap() {
            verify::Outcome::Broken { seal, why, .. } => {
                assert_eq!(seal, 2);
                assert_eq!(why, "an event in it was changed");
            }
            other => panic!("{other:?}"),
        }
    })
    .await;
}

#[tokio::test]
async fn a_deleted_event_a_forged_event_and_a_rewritten_seal_are_each_named() {
    for_each_database(vec![], |t| async move {
        let broken = |outcome: verify::Outcome| match outcome {
            verify::Outcome::Broken { seal, why, .. } => (seal, why),
            other => panic!("{other:?}"),
        };
        let seqs = kit::append(&t.db, t.tenant, 4).await;
        seal::seal_all(&t.db).await.unwrap();
        for (change, why) in [
            (format!("DELETE FROM ledger_event WHERE seq = {}", seqs[1]), "it covers 4 events, but 3 are there"),
            (format!("UPDATE ledger_event SET recorded_at = recorded_at + 1 WHERE seq = {}", seqs[2]), "an event in it was changed"),
            ("UPDATE ledger_seal SET sealed_at = sealed_at + 1".to_owned(), "the seal itself was changed"),
            ("UPDATE ledger_seal SET number = 2".to_owned(), "seal 1 is missing"),
        ] {
            let mut tx = t.db.write().await.unwrap();
            tx.execute(&change, params![]).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(broken(verify::verify(&t.db).await.unwrap()).1, why, "after {change}");
            if change.starts_with("DELETE") {
                let mut tx = t.db.write().await.unwrap();
                let at = t.clock_now();
                let mut copy = tx.append(&kit::event(t.tenant, at, "forged")).await.unwrap();
                tx.execute("DELETE FROM ledger_event WHERE seq = $1", params![copy.seq]).await.unwrap();
                copy.seq = seqs[1];
                tx.replay(&copy).await.unwrap();
                tx.commit().await.unwrap();
                assert_eq!(broken(verify::verify(&t.db).await.unwrap()).1, "an event in it was changed");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_erased_text_leaves_every_seal_whole_and_a_changed_one_is_found() {
    for_each_database(vec![], |t| async move {
        let mut tx = t.db.write().await.unwrap();
        let kept = tx.put_text(t.tenant, "王工说:已恢复").await.unwrap();
        let erased = tx.put_text(t.tenant, "13800000000").await.unwrap();
        let again = tx.put_text(t.tenant, "13800000000").await.unwrap();
        assert_ne!(erased, again, "a salt keeps equal texts from having equal digests");
        assert!(tx.erase_text(t.tenant, &erased).await.unwrap());
        tx.commit().await.unwrap();
        let mut sql = t.db.read().await.unwrap();
        let texts = ledger::texts(&mut sql, &[kept.clone(), erased.clone()]).await.unwrap();
        assert_eq!(texts[&kept].as_deref(), Some("王工说:已恢复"));
        assert_eq!(texts[&erased], None);
        drop(sql);
        assert!(matches!(verify::verify(&t.db).await.unwrap(), verify::Outcome::Holds { .. }));
        let mut tx = t.db.write().await.unwrap();
        tx.execute("UPDATE ledger_text SET body = 'x' WHERE digest = $1", params![&kept]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(verify::verify(&t.db).await.unwrap(), verify::Outcome::TextChanged { digest: kept });
    })
    .await;
}

#[tokio::test]
async fn a_long_ledger_is_sealed_in_bounded_batches() {
    for_each_database(vec![], |t| async move {
        let mut tx = t.db.write().await.unwrap();
        for i in 0..seal::EVENTS_MAX + 10 {
            kit::put(&mut tx, t.tenant, &i.to_string()).await;
        }
        tx.commit().await.unwrap();
        assert_eq!(seal::seal_all(&t.db).await.unwrap(), 2);
        let mut sql = t.db.read().await.unwrap();
        let (first, _) = seal::of(&mut sql, 5).await.unwrap().unwrap();
        assert_eq!((first.number, first.events), (1, seal::EVENTS_MAX));
        assert_eq!(sql.rows("SELECT number FROM ledger_seal", params![]).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_payload_over_the_limit_is_refused() {
    for_each_database(vec![], |t| async move {
        let mut tx = t.db.write().await.unwrap();
        let mut event = kit::event(t.tenant, t.clock_now(), "s");
        event.payload = "x".repeat(ledger::PAYLOAD_BYTES_MAX + 1);
        assert!(tx.append(&event).await.unwrap_err().to_string().contains("limit"));
    })
    .await;
}
