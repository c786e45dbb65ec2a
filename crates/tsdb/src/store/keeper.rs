//! The store's own thread: brings the log to the disk at its interval and does maintenance.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

use super::{Store, StoreError};

/// Rounds of syncing between two of maintenance, at the least.
const MAINTAIN_EVERY: Duration = Duration::from_secs(30);
/// The same after maintenance that failed.
const RETRY_EVERY: Duration = Duration::from_secs(10);
/// Interval of rounds when every append is synced anyway.
const IDLE: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
struct Signal {
    stop: Mutex<bool>,
    changed: Condvar,
}

/// The thread; it ends, after a last sync, when this is dropped.
#[derive(Debug)]
pub struct Keeper {
    signal: Arc<Signal>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts it. How each round ended is handed to `report`, also when all is well, so that it can tell when trouble is over.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(store: Arc<Store>, mut report: impl FnMut(Result<(), StoreError>) + Send + 'static) -> std::io::Result<Self> {
        let signal = Arc::new(Signal::default());
        let theirs = Arc::clone(&signal);
        let every = if store.config.sync_every.is_zero() { IDLE } else { store.config.sync_every };
        let thread = std::thread::Builder::new().name("tsdb-keeper".to_owned()).spawn(move || {
            let mut since = Duration::ZERO;
            // Trouble with maintenance lasts until maintenance goes well.
            let mut maintained = Ok(());
            while !theirs.wait(every) {
                since += every;
                let synced = store.sync();
                if since >= MAINTAIN_EVERY || maintained.is_err() && since >= RETRY_EVERY {
                    since = Duration::ZERO;
                    maintained = store.maintain().map(drop);
                }
                match (synced, &maintained) {
                    (Ok(()), Err(error)) => report(Err(StoreError::again(error))),
                    (synced, _) => report(synced),
                }
            }
            report(store.sync());
        })?;
        Ok(Self { signal, thread: Some(thread) })
    }
}

impl Signal {
    /// Waits; whether to stop.
    fn wait(&self, every: Duration) -> bool {
        let stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        let (stop, _) = self.changed.wait_timeout_while(stop, every, |stop| !*stop).unwrap_or_else(PoisonError::into_inner);
        *stop
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        *self.signal.stop.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.signal.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // It panicked or it ended: there is nothing left to do either way.
            let _ = thread.join();
        }
    }
}
