use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use evenkeel_store::{
    NewTimer, Result, Sql as _, StoreError, Timer, TimerHandler, Tx, params,
    testing::{TestDb, for_each_database},
    timer,
};
use jiff::{SignedDuration, ToSpan as _};

#[derive(Default)]
struct Bell(Mutex<Vec<String>>);

#[async_trait]
impl TimerHandler for Bell {
    fn kind(&self) -> &'static str {
        "test.bell"
    }
    async fn fire(&self, _: &mut Tx, timer: &Timer) -> Result<()> {
        if timer.payload == "fail" && self.0.lock().unwrap().len() < 2 {
            self.0.lock().unwrap().push("failed".to_owned());
            return Err(StoreError::Defect("no".to_owned()));
        }
        self.0.lock().unwrap().push(timer.payload.clone());
        Ok(())
    }
}

async fn set(t: &TestDb, key: &str, secs: i64, payload: &str) {
    let mut tx = t.db.write().await.unwrap();
    let due_at = t.clock_now().checked_add(secs.seconds()).unwrap();
    tx.set_timer(&NewTimer { tenant: t.tenant, kind: "test.bell", key: key.to_owned(), due_at, payload: payload.to_owned() })
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_timer_fires_once_when_due_and_says_when_the_next_is() {
    for_each_database(vec![], |t| async move {
        let bell = Arc::new(Bell::default());
        let handlers: Vec<Arc<dyn TimerHandler>> = vec![bell.clone()];
        set(&t, "a", 10, "a").await;
        set(&t, "b", 20, "b").await;
        let (fired, next) = timer::run_due(&t.db, &handlers).await.unwrap();
        assert_eq!((fired, next), (0, Some(t.clock_now().checked_add(10.seconds()).unwrap())));
        t.clock.advance(SignedDuration::from_secs(10));
        assert_eq!(timer::run_due(&t.db, &handlers).await.unwrap().0, 1);
        assert_eq!(timer::run_due(&t.db, &handlers).await.unwrap().0, 0);
        assert_eq!(*bell.0.lock().unwrap(), ["a"]);
    })
    .await;
}

#[tokio::test]
async fn a_moved_timer_fires_at_its_new_time_and_a_cancelled_one_never() {
    for_each_database(vec![], |t| async move {
        let bell = Arc::new(Bell::default());
        let handlers: Vec<Arc<dyn TimerHandler>> = vec![bell.clone()];
        set(&t, "moved", 10, "old").await;
        set(&t, "moved", 30, "new").await;
        set(&t, "gone", 10, "gone").await;
        let mut tx = t.db.write().await.unwrap();
        assert!(tx.cancel_timer("test.bell", "gone").await.unwrap());
        assert!(!tx.cancel_timer("test.bell", "gone").await.unwrap());
        tx.commit().await.unwrap();
        t.clock.advance(SignedDuration::from_secs(20));
        assert_eq!(timer::run_due(&t.db, &handlers).await.unwrap().0, 0);
        t.clock.advance(SignedDuration::from_secs(20));
        assert_eq!(timer::run_due(&t.db, &handlers).await.unwrap().0, 1);
        assert_eq!(*bell.0.lock().unwrap(), ["new"]);
    })
    .await;
}

#[tokio::test]
async fn a_handler_that_fails_is_tried_again_later_and_later() {
    for_each_database(vec![], |t| async move {
        let bell = Arc::new(Bell::default());
        let handlers: Vec<Arc<dyn TimerHandler>> = vec![bell.clone()];
        set(&t, "f", 0, "fail").await;
        for wait in [0, 1, 2] {
            t.clock.advance(SignedDuration::from_secs(wait));
            timer::run_due(&t.db, &handlers).await.unwrap();
        }
        assert_eq!(*bell.0.lock().unwrap(), ["failed", "failed", "fail"]);
        let mut sql = t.db.read().await.unwrap();
        assert!(sql.rows("SELECT id FROM timer", params![]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn two_replicas_fire_a_timer_once() {
    for_each_database(vec![], |t| async move {
        let bell = Arc::new(Bell::default());
        for i in 0..20 {
            set(&t, &i.to_string(), 0, &i.to_string()).await;
        }
        let run = |t: TestDb, bell: Arc<Bell>| {
            tokio::spawn(async move { timer::run_due(&t.db, &[bell as Arc<dyn TimerHandler>]).await.unwrap().0 })
        };
        let (one, two) = (run(t.clone(), bell.clone()), run(t.clone(), bell.clone()));
        assert_eq!(one.await.unwrap() + two.await.unwrap(), 20);
        assert_eq!(bell.0.lock().unwrap().len(), 20);
    })
    .await;
}
