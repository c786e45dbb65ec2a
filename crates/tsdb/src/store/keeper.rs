//! The store's own thread: brings the log to the disk at its interval and does maintenance.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

use super::{Store, StoreError};

/// Rounds of syncing between two of maintenance, at the least.
const MAINTAIN_EVERY: Duration = Duration::from_secs(30);
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
    /// Starts it. Errors are handed to `report`, again with every round that has one.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(store: Arc<Store>, report: impl Fn(StoreError) + Send + 'static) -> std::io::Result<Self> {
        let signal = Arc::new(Signal::default());
        let theirs = Arc::clone(&signal);
        let every = if store.config.sync_every.is_zero() { IDLE } else { store.config.sync_every };
        let thread = std::thread::Builder::new().name("tsdb-keeper".to_owned()).spawn(move || {
            let mut since = Duration::ZERO;
            while !theirs.wait(every) {
                since += every;
                if let Err(error) = store.sync() {
                    report(error);
                }
                if since >= MAINTAIN_EVERY {
                    since = Duration::ZERO;
                    if let Err(error) = store.maintain() {
                        report(error);
                    }
                }
            }
            if let Err(error) = store.sync() {
                report(error);
            }
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
