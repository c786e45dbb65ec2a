#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! The worker against a real target and both real databases. Nothing here asserts how long something took: tests wait until
//! the ledger says what they expect, and give up after a minute.

mod certificate;
mod line;
mod story;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use evenkeel_api::{Grant, Kit, Permission};
use evenkeel_core::{
    Actor, Clock,
    event::{
        Body,
        observe::{AlertFired, AlertResolved, SliSealed, VerdictChanged},
    },
    id::{ProbeId, ServiceId},
    state::{SliState, Verdict},
};
use evenkeel_store::{
    ledger,
    testing::{TestDb, for_each_database},
};
use evenkeel_tsdb::{SampleStore, Selector, store::Store};
use jiff::{SignedDuration, Timestamp};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use super::{Hub, ProbeOptions};
use crate::{
    probe::{ProbeDefinition, put_probe, retire_probe},
    sli,
};

/// A clock that goes on by itself from the test's epoch.
pub(super) struct Going(Timestamp, Instant);

impl Clock for Going {
    fn now(&self) -> Timestamp {
        let gone = SignedDuration::try_from(self.1.elapsed()).unwrap();
        evenkeel_core::time::truncate(self.0.checked_add(gone).unwrap())
    }
}

/// A web server that can be broken.
pub(super) struct Target {
    pub address: SocketAddr,
    healthy: Arc<AtomicBool>,
}

impl Target {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let healthy = Arc::new(AtomicBool::new(true));
        let state = Arc::clone(&healthy);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let status = if state.load(Ordering::SeqCst) { "200 OK" } else { "503 Away" };
                tokio::spawn(async move {
                    let _ = stream.read(&mut [0_u8; 1024]).await;
                    let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                    let _ = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        Self { address, healthy }
    }
    fn set_healthy(&self, healthy: bool) {
        self.healthy.store(healthy, Ordering::SeqCst);
    }
}

pub(super) struct House {
    pub test: TestDb,
    pub kit: Kit,
    pub target: Target,
    pub samples: Arc<Store>,
    _folder: tempfile::TempDir,
    pub service: ServiceId,
}

pub(super) struct Running {
    pub hub: Arc<Hub>,
    pub cancel: CancellationToken,
    pub task: JoinHandle<()>,
}

impl Running {
    async fn stop(self) {
        self.cancel.cancel();
        self.task.await.unwrap();
    }
}

impl House {
    async fn new(test: TestDb) -> Self {
        let clock = Arc::new(Going(test.clock_now(), Instant::now()));
        let kit = Kit { db: test.db.clone(), clock, rng: test.db.rng().clone() };
        let (folder, samples) = crate::testing::store(Arc::clone(&kit.clock));
        Self { target: Target::new().await, samples, _folder: folder, service: ServiceId::named("shop"), test, kit }
    }

    fn definition(&self, name: &str) -> ProbeDefinition {
        serde_json::from_value(serde_json::json!({
            "name": name, "service": self.service, "interval_ms": 100, "retry_interval_ms": 50, "timeout_secs": 0.1,
            "http": { "url": format!("http://{}/", self.target.address) }
        }))
        .unwrap()
    }

    async fn put(&self, definition: &ProbeDefinition) -> ProbeId {
        let mut tx = self.kit.db.write().await.unwrap();
        let grant = Grant::system(Permission::DefinitionWrite);
        let put = put_probe(&mut tx, &grant, self.test.tenant, &Actor::system("test"), definition).await.unwrap();
        tx.commit().await.unwrap();
        put.id
    }

    async fn retire(&self, name: &str) -> bool {
        let mut tx = self.kit.db.write().await.unwrap();
        let grant = Grant::system(Permission::DefinitionWrite);
        let retired = retire_probe(&mut tx, &grant, self.test.tenant, &Actor::system("test"), name).await.unwrap();
        tx.commit().await.unwrap();
        retired
    }

    fn start(&self) -> Running {
        self.start_with(ProbeOptions::default())
    }

    fn start_with(&self, options: ProbeOptions) -> Running {
        let hub = Hub::new(self.kit.clone(), Arc::clone(&self.samples) as Arc<dyn SampleStore>, options);
        let cancel = CancellationToken::new();
        let task = tokio::spawn(Arc::clone(&hub).run(cancel.clone()));
        Running { hub, cancel, task }
    }

    async fn events<B: Body>(&self) -> Vec<B> {
        let mut read = self.kit.db.read().await.unwrap();
        let events = ledger::scan(&mut read, Some(self.test.tenant), 0, i64::MAX, 10_000, &[B::KIND]).await.unwrap();
        events.iter().map(|event| event.read::<B>().unwrap().unwrap()).collect()
    }

    /// Waits until the ledger holds so many events of this kind.
    async fn wait_for<B: Body>(&self, count: usize) -> Vec<B> {
        wait(B::KIND, async || {
            let events = self.events::<B>().await;
            (events.len() >= count).then_some(events)
        })
        .await
    }

    async fn wait_for_state(&self, state: SliState) {
        wait(state.as_str(), async || {
            let mut read = self.kit.db.read().await.unwrap();
            let states = sli::table::find_states(&mut read, self.test.tenant, &[self.service]).await.unwrap();
            states.first().is_some_and(|row| row.state == state).then_some(())
        })
        .await;
    }

    /// Sealed stretches, checked to lie end to end, as `state` words.
    async fn sealed(&self) -> Vec<SliSealed> {
        let events = self.events::<SliSealed>().await;
        for pair in events.windows(2) {
            assert_eq!(pair[0].to, pair[1].from, "sealed stretches lie end to end");
        }
        let mut read = self.kit.db.read().await.unwrap();
        let rows = sli::table::intervals(&mut read, self.test.tenant, self.service, Timestamp::UNIX_EPOCH, Timestamp::MAX).await.unwrap();
        assert!(rows.len() >= events.len());
        events
    }
}

/// Tries until there is an answer.
pub(super) async fn wait<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..3000 {
        if let Some(answer) = ask().await {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("waited a minute for {what}");
}

pub(super) async fn on_each(body: impl AsyncFn(House) + Clone) {
    for_each_database(crate::migrations(), |test| {
        let body = body.clone();
        async move { body(House::new(test).await).await }
    })
    .await;
}
