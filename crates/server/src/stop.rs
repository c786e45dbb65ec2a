//! SIGINT and SIGTERM: listened for from the first moment on, so that whoever reads "sign in" can also say "stop".

use evenkeel_core::{ErrorCode, Failure};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The two signals that ask a process to end. From the moment this exists neither of them kills.
#[derive(Debug)]
pub(crate) struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    /// Listens for them.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let listen = |kind| {
            signal(kind).map_err(|error| Failure::new(ErrorCode::Internal, format!("the process cannot listen for signals: {error}")))
        };
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    /// Ends at the first of them, also one that came before this was asked.
    pub(crate) async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
