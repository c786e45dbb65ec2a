//! The practice shop: a small web shop in a process of its own, so that a newcomer, a drill or a test has something real
//! to break. Pages, an orders API, health, metrics with the business counter `orders_total`, and a page of fault switches.
//!
//! It holds nothing worth keeping: orders live in memory and end with the process. With `--respawn` a supervisor keeps the
//! shop as a child process and offers "kill" and "start again" on a port of its own; while the shop is down its port
//! refuses connections, exactly as a real outage does.

use std::{io::Read, net::SocketAddr, path::PathBuf, sync::Arc};

use evenkeel_core::{ErrorCode, Failure};
use tokio::net::TcpListener;

use crate::stop::Stop;

mod catalogue;
mod fault;
mod metrics;
mod page;
mod router;
mod shop;
mod style;
mod supervise;
#[cfg(test)]
mod tests;
mod traffic;

/// `evenkeel practice`: what it takes.
#[derive(Debug, Clone, clap::Args)]
pub struct PracticeArgs {
    /// Where the shop listens.
    #[arg(long, default_value = "127.0.0.1:7181", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Folder in which `practice.pid` is written, for scripts that want to kill the shop.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Orders a second that the shop gives itself, so that its counter moves; 0 = none, at most 1000.
    #[arg(long, default_value_t = 2.0, value_name = "PER_SECOND")]
    pub traffic: f64,
    /// Run the shop as a child process; a small page on `--control` kills it and starts it again.
    #[arg(long)]
    pub respawn: bool,
    /// Where the page of `--respawn` listens.
    #[arg(long, default_value = "127.0.0.1:7182", value_name = "ADDRESS")]
    pub control: SocketAddr,
    /// Exit when standard input ends: how a child of `--respawn` notices that its parent is gone.
    #[arg(long, hide = true)]
    pub exit_with_stdin: bool,
}

/// Runs the shop, or with `--respawn` its supervisor, until SIGINT or SIGTERM.
///
/// # Errors
/// When an address cannot be listened on or the pid file cannot be written; the message says what to do.
pub async fn run(args: PracticeArgs) -> Result<(), Failure> {
    let mut stop = Stop::listen()?;
    if args.respawn {
        return supervise::run(&args, stop).await;
    }
    let listener = listen(args.listen, "--listen").await?;
    if let Some(folder) = &args.data {
        write_pid(folder)?;
    }
    let shop = Arc::new(shop::Shop::default());
    let address = listener.local_addr().unwrap_or(args.listen);
    say!("practice shop: http://{address}/  (break it: http://{address}/faults)");
    let serve = axum::serve(listener, router::router(shop)).into_future();
    tokio::select! {
        outcome = serve => outcome.map_err(|error| internal(&error)),
        () = traffic::run(address, args.traffic) => Ok(()),
        () = stop.asked() => Ok(()),
        () = parent_gone(args.exit_with_stdin) => Ok(()),
    }
}

/// Listens, or says who may hold the port.
async fn listen(address: SocketAddr, option: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let advice = match error.kind() {
            std::io::ErrorKind::AddrInUse => format!("{address} is taken by another program; stop it, or give another port with {option}"),
            _ => format!("cannot listen on {address}: {error}; give another address with {option}"),
        };
        Failure::new(ErrorCode::Conflict, advice).at(option)
    })
}

fn write_pid(folder: &std::path::Path) -> Result<(), Failure> {
    let file = folder.join("practice.pid");
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&file, format!("{}\n", std::process::id())))
        .map_err(|error| Failure::new(ErrorCode::Invalid, format!("cannot write {}: {error}", file.display())).at("--data"))
}

fn internal(error: &std::io::Error) -> Failure {
    Failure::new(ErrorCode::Internal, error.to_string())
}

/// Ends when the parent's end of our standard input is closed, however the parent died.
async fn parent_gone(watch: bool) {
    if !watch {
        return std::future::pending().await;
    }
    let (gone, noticed) = tokio::sync::oneshot::channel();
    // A thread of its own: a blocking read of standard input must not keep the runtime from ending.
    std::thread::spawn(move || {
        let mut buffer = [0u8; 64];
        while matches!(std::io::stdin().read(&mut buffer), Ok(read) if read > 0) {}
        // The receiver may be gone already: then we are ending anyway.
        let _ = gone.send(());
    });
    let _ = noticed.await;
}
