//! `evenkeel serve`.

use std::{
    future::IntoFuture as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::serve::ListenerExt as _;
use evenkeel_core::{Actor, Clock as _, ErrorCode, Failure};
use evenkeel_store::lease;
use tokio::net::TcpListener;

use super::store;
use crate::{
    ambient::{OsRng, SharedClock},
    app::{self, App, Settings},
    config::ServeArgs,
    definition::{self, Action, Source},
    folder::{Folder, Holder},
    http, log,
    metric_store::{MetricStore, Upkeep},
    outside::Outside,
    reload, sign_in,
    stop::Stop,
    work,
};

/// Requests under way get so long to finish when the process is told to end.
const FAREWELL: Duration = Duration::from_secs(10);

/// Runs the server until SIGINT or SIGTERM.
pub async fn run(args: ServeArgs) -> Result<(), Failure> {
    let mut stop = Stop::listen()?;
    log::start(&args.log, args.log_format)?;
    tokio::select! {
        started = start(args) => started?.serve(stop).await,
        // Nothing is acknowledged yet: what was begun is rolled back.
        () = stop.asked() => Ok(()),
    }
}

/// A server that has its folder, database and port and has said so.
struct Started {
    app: App,
    folder: Folder,
    listener: TcpListener,
    workers: work::Workers,
    upkeep: Upkeep,
    _outside: Option<Outside>,
}

async fn start(args: ServeArgs) -> Result<Started, Failure> {
    let clock = Arc::new(SharedClock::default());
    let mut holder = Holder { pid: std::process::id(), command: "serve".to_owned(), listen: None, since: clock.now() };
    let mut folder = Folder::take(&args.data.data, &holder)?;
    let db = app::open(&args.data.url()?, clock.clone(), Arc::new(OsRng)).await.map_err(store)?;
    // Before anything is found due.
    clock.follow(lease::clock_skew(&db).await.map_err(store)?);
    app::accelerate(&db).await.map_err(store)?;
    let metrics = open_metrics(&args, clock.clone()).await?;
    let upkeep = metrics.keep()?;
    let listener = listen(args.listen).await?;
    let address = listener.local_addr().unwrap_or(args.listen);
    holder.listen = Some(address.to_string());
    folder.announce(&holder)?;
    let args = ServeArgs { listen: address, ..args };

    let app = App { clock: Some(clock), ..App::new(db, metrics, Settings::of(&args)?) };
    configure(&app, &args.config).await?;
    reload::first(&app).await?;
    let first = sign_in::first_start(&app).await.map_err(store)?;
    app.draw_pages().await.map_err(store)?;
    let outside = args.status_listen.map(|address| Outside::open(&app, address)).transpose()?;
    let workers = work::start(&app);
    hello(&app, &args, first);
    Ok(Started { app, folder, listener, workers, upkeep, _outside: outside })
}

/// Opens the metric store; its log is read, which takes a moment after a kill.
async fn open_metrics(args: &ServeArgs, clock: Arc<SharedClock>) -> Result<MetricStore, Failure> {
    let (data, metric) = (args.data.data.clone(), args.metric.clone());
    tokio::task::spawn_blocking(move || MetricStore::open(&data, &metric, clock)).await.map_err(|error| internal(&error))?
}

impl Started {
    async fn serve(self, mut stop: Stop) -> Result<(), Failure> {
        let Self { app, folder, listener, workers, upkeep, _outside } = self;
        let stopping = app.stopping.clone();
        let routes = http::router(&app);
        let listener = listener.tap_io(|stream| {
            // Small answers leave at once.
            let _ = stream.set_nodelay(true);
        });
        let serve = axum::serve(listener, routes).with_graceful_shutdown(stopping.clone().cancelled_owned()).into_future();
        let mut serving = tokio::spawn(serve);
        let _reloads = reload::at_hangup(&app)?;
        tokio::select! {
            () = stop.asked() => tracing::info!("stopping: no new requests, work under way is finished"),
            ended = &mut serving => {
                stopping.cancel();
                workers.end().await;
                upkeep.end().await;
                return ended.map_err(|error| internal(&error)).and_then(|served| served.map_err(|error| internal(&error)));
            }
        }
        stopping.cancel();
        if tokio::time::timeout(FAREWELL, serving).await.is_err() {
            tracing::warn!("some requests did not end in time and were cut off");
        }
        workers.end().await;
        // After the workers: what they measured last is brought to the disk too.
        upkeep.end().await;
        app.kit.db.close().await;
        tracing::info!("stopped");
        drop(folder);
        Ok(())
    }
}

fn internal(error: &dyn std::error::Error) -> Failure {
    Failure::new(ErrorCode::Internal, error.to_string())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let advice = match error.kind() {
            std::io::ErrorKind::AddrInUse => format!("{address} is taken by another program; stop it, or listen elsewhere with --listen"),
            _ => format!("cannot listen on {address}: {error}; give another address with --listen"),
        };
        Failure::new(ErrorCode::Conflict, advice).at("--listen")
    })
}

/// Applies the files of `--config`, all together.
async fn configure(app: &App, files: &[PathBuf]) -> Result<(), Failure> {
    // An empty variable names no file.
    let files: Vec<&PathBuf> = files.iter().filter(|file| !file.as_os_str().is_empty()).collect();
    if files.is_empty() {
        return Ok(());
    }
    let sources = read_files(&files)?;
    let changes = definition::apply(&app.kit.db, app.tenant, Actor::system("config"), &sources, false).await?;
    let changed = changes.iter().filter(|change| change.action != Action::None).count();
    tracing::info!(definitions = changes.len(), changed, "configuration applied");
    Ok(())
}

/// Reads configuration files.
pub(super) fn read_files(files: &[impl AsRef<Path>]) -> Result<Vec<Source>, Failure> {
    files
        .iter()
        .map(|file| {
            let name = file.as_ref().display().to_string();
            let bytes = std::fs::read(file)
                .map_err(|error| Failure::new(ErrorCode::NotFound, format!("{name} cannot be read: {error}")).at(name.clone()))?;
            let text = String::from_utf8(bytes).map_err(|error| {
                let good = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
                let line = good.split('\n').count();
                Failure::new(ErrorCode::Invalid, format!("{name}:{line}: the file is not UTF-8 text; save it as UTF-8"))
                    .at(format!("{name}:{line}"))
            })?;
            Ok(Source { name, text })
        })
        .collect()
}

fn hello(app: &App, args: &ServeArgs, first: Option<(String, String)>) {
    let data = std::fs::canonicalize(&args.data.data).unwrap_or_else(|_| args.data.data.clone());
    say!("Evenkeel 稳舵 {}", env!("CARGO_PKG_VERSION"));
    say!("  console  {}", app.settings.public_url);
    if let Some(address) = args.status_listen {
        say!("  status   http://{address}");
    }
    say!("  data     {} ({})", data.display(), app.kit.db.dialect().as_str());
    if let Some((name, link)) = first {
        say!("  sign in  {link}");
        say!("           for {name}; works once, within {} hours", sign_in::LINK_FIRST_SECS / 3600);
    }
    tracing::info!(listen = %args.listen, database = app.kit.db.dialect().as_str(), "serving");
}
