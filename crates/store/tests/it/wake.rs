use std::{
    future::Future as _,
    pin::pin,
    task::{Context, Poll, Waker},
};

use evenkeel_core::event::{Body as _, manage::Linked};
use evenkeel_store::{
    Dialect, NewMessage, NewTimer, ledger,
    testing::{TestDb, for_each_database},
    wake::{Ear, Interest},
};

use crate::kit;

/// Whether something was heard since it was asked last; waits for nothing.
fn heard(ear: &Ear) -> bool {
    pin!(ear.heard()).poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(())
}

struct Ears {
    linked: Ear,
    other: Ear,
    any: Ear,
    timers: Ear,
    mail: Ear,
    hook: Ear,
}

impl Ears {
    fn of(t: &TestDb) -> Self {
        let events = |kinds: &[&'static str]| t.db.listen(Interest::Events(kinds.to_vec()));
        let messages = |channel: &str| t.db.listen(Interest::Messages(channel.to_owned()));
        Self {
            linked: events(&[Linked::KIND]),
            other: events(&["page.queued"]),
            any: events(&[]),
            timers: t.db.listen(Interest::Timers),
            mail: messages("mail"),
            hook: messages("webhook"),
        }
    }

    /// Who heard something: in the order of the fields.
    fn heard(&self) -> [bool; 6] {
        [&self.linked, &self.other, &self.any, &self.timers, &self.mail, &self.hook].map(heard)
    }
}

#[tokio::test]
async fn a_commit_wakes_whom_it_concerns_and_once() {
    for_each_database(vec![], |t| async move {
        let ears = Ears::of(&t);
        kit::append(&t.db, t.tenant, 2).await;
        // On PostgreSQL an event that was held back by this one may be of any kind.
        let is_postgres = t.db.dialect() == Dialect::Postgres;
        assert_eq!(ears.heard(), [true, is_postgres, true, false, false, false]);
        assert_eq!(ears.heard(), [false; 6], "twice for one commit");

        let mut tx = t.db.write().await.unwrap();
        let timer = NewTimer { tenant: t.tenant, kind: "test", key: "k".to_owned(), due_at: tx.now(), payload: String::new() };
        tx.set_timer(&timer).await.unwrap();
        let message = NewMessage {
            tenant: t.tenant,
            channel: "mail",
            key: "k".to_owned(),
            subject_kind: "test".to_owned(),
            subject_id: "1".to_owned(),
            payload: String::new(),
            max_attempts: 1,
        };
        tx.send(&message).await.unwrap();
        assert_eq!(ears.heard(), [false; 6], "before it is there");
        tx.commit().await.unwrap();
        assert_eq!(ears.heard(), [false, false, false, true, true, false]);

        let mut tx = t.db.write().await.unwrap();
        kit::put(&mut tx, t.tenant, "gone").await;
        drop(tx);
        assert_eq!(ears.heard(), [false; 6], "what was rolled back");

        let mut tx = t.db.write().await.unwrap();
        tx.set_timer(&timer).await.unwrap();
        let part = tx.begin_part().await.unwrap();
        let seq = kit::put(&mut tx, t.tenant, "gone").await;
        tx.take_back_part(part).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(ears.heard(), [false, false, false, true, false, false], "a part that was taken back");
        let mut sql = t.db.read().await.unwrap();
        assert!(ledger::event(&mut sql, t.tenant, seq).await.unwrap().is_none());
        drop(sql);

        t.db.write().await.unwrap().commit().await.unwrap();
        assert_eq!(ears.heard(), [false; 6], "a commit of nothing");
        t.db.wake();
        assert_eq!(ears.heard(), [true; 6]);
    })
    .await;
}
