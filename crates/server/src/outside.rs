//! Status pages on an address and a thread of their own: whatever the rest has in hand, nobody who reads a page waits for it, and who can
//! reach this address reaches nothing else.

use std::net::SocketAddr;

use evenkeel_core::{ErrorCode, Failure};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{app::App, http};

/// The thread; it ends when this is dropped.
pub(crate) struct Outside(CancellationToken);

impl Outside {
    /// Listens and answers.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub(crate) fn open(app: &App, address: SocketAddr) -> Result<Self, Failure> {
        let refuse = |error: std::io::Error| {
            Failure::new(ErrorCode::Conflict, format!("status pages cannot listen on {address}: {error}; give another address"))
                .at("--status-listen")
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(refuse)?;
        let socket =
            std::net::TcpListener::bind(address).and_then(|socket| socket.set_nonblocking(true).map(|()| socket)).map_err(refuse)?;
        let (routes, cancel) = (http::public(app), CancellationToken::new());
        let until = cancel.clone();
        let serve = async move {
            let listener = TcpListener::from_std(socket)?;
            axum::serve(listener, routes).with_graceful_shutdown(until.cancelled_owned()).await
        };
        std::thread::Builder::new()
            .name("status".to_owned())
            .spawn(move || {
                if let Err(error) = runtime.block_on(serve) {
                    tracing::error!(%error, "status pages are not served any more on their own address");
                }
            })
            .map_err(refuse)?;
        Ok(Self(cancel))
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
