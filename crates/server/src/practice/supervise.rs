//! `--respawn`: the shop as a child process, killed and started again by hand. It is never restarted by itself: an outage
//! lasts until a person ends it.

use std::{net::SocketAddr, process::Stdio, sync::Arc};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    middleware::from_fn,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use evenkeel_core::{ErrorCode, Failure};
use serde::Serialize;
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    sync::Mutex,
    time::{Duration, sleep},
};

use super::{
    PracticeArgs, internal, listen,
    page::{Language, frame},
    router::refuse_other_sites,
};
use crate::stop::Stop;

/// How often, and how many times, a fresh child's port is tried before we answer.
const PORT_TRIES: u32 = 100;
const PORT_WAIT: Duration = Duration::from_millis(50);

/// The shop's process, or none.
struct Supervisor {
    args: PracticeArgs,
    child: Mutex<Option<Child>>,
}

/// What the page and the API say.
#[derive(Debug, Serialize)]
struct Process {
    running: bool,
    pid: Option<u32>,
    shop: SocketAddr,
}

/// Starts the shop and serves the page until SIGINT or SIGTERM, which end the shop too.
pub async fn run(args: &PracticeArgs, mut stop: Stop) -> Result<(), Failure> {
    let listener = listen(args.control, "--control").await?;
    // A clear message for a taken port is better from here than from the child.
    drop(listen(args.listen, "--listen").await?);
    let address = listener.local_addr().unwrap_or(args.control);
    let supervisor = Arc::new(Supervisor { args: args.clone(), child: Mutex::new(None) });
    supervisor.start().await?;
    say!("kill it and start it again: http://{address}/");
    let router = Router::new()
        .route("/", get(page))
        .route("/api/process", get(process))
        .route("/kill", post(kill))
        .route("/start", post(start))
        .layer(from_fn(refuse_other_sites))
        .with_state(supervisor.clone());
    let outcome = tokio::select! {
        outcome = axum::serve(listener, router).into_future() => outcome.map_err(|error| internal(&error)),
        () = stop.asked() => Ok(()),
    };
    supervisor.kill().await?;
    outcome
}

impl Supervisor {
    /// The child that runs, reaping one that ended by itself.
    async fn process(&self) -> Process {
        let mut child = self.child.lock().await;
        if let Some(running) = child.as_mut()
            && !matches!(running.try_wait(), Ok(None))
        {
            *child = None;
        }
        let pid = child.as_ref().and_then(Child::id);
        Process { running: pid.is_some(), pid, shop: self.args.listen }
    }

    /// Starts the shop unless it runs, and waits until its port answers.
    async fn start(&self) -> Result<(), Failure> {
        if self.process().await.running {
            return Ok(());
        }
        let spawned =
            self.spawn().map_err(|error| Failure::new(ErrorCode::Internal, format!("cannot start the shop's process: {error}")))?;
        *self.child.lock().await = Some(spawned);
        for _ in 0..PORT_TRIES {
            if TcpStream::connect(self.args.listen).await.is_ok() {
                return Ok(());
            }
            if !self.process().await.running {
                break;
            }
            sleep(PORT_WAIT).await;
        }
        Err(Failure::new(
            ErrorCode::Internal,
            format!("the shop's process does not answer on {}; its own message is above", self.args.listen),
        ))
    }

    #[allow(clippy::disallowed_methods, reason = "starting a process is what a supervisor is for")]
    fn spawn(&self) -> std::io::Result<Child> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg("practice")
            .arg("--exit-with-stdin")
            .arg("--listen")
            .arg(self.args.listen.to_string())
            .arg("--traffic")
            .arg(self.args.traffic.to_string());
        if let Some(folder) = &self.args.data {
            command.arg("--data").arg(folder);
        }
        // The pipe's other end closes when we die, even by SIGKILL: no orphan keeps the port.
        command.stdin(Stdio::piped()).kill_on_drop(true).spawn()
    }

    /// SIGKILL, as a machine that loses power would. Nothing happens when it is down already.
    async fn kill(&self) -> Result<(), Failure> {
        if let Some(mut child) = self.child.lock().await.take() {
            child.kill().await.map_err(|error| internal(&error))?;
        }
        Ok(())
    }
}

async fn process(State(supervisor): State<Arc<Supervisor>>) -> Json<Process> {
    Json(supervisor.process().await)
}

async fn kill(State(supervisor): State<Arc<Supervisor>>, headers: HeaderMap) -> Response {
    let outcome = supervisor.kill().await;
    answer(&supervisor, &headers, outcome).await
}

async fn start(State(supervisor): State<Arc<Supervisor>>, headers: HeaderMap) -> Response {
    let outcome = supervisor.start().await;
    answer(&supervisor, &headers, outcome).await
}

/// A browser goes back to the page, a program gets the state.
async fn answer(supervisor: &Supervisor, headers: &HeaderMap, outcome: Result<(), Failure>) -> Response {
    if let Err(failure) = outcome {
        return (StatusCode::INTERNAL_SERVER_ERROR, Json(failure)).into_response();
    }
    let browser = headers.get(header::ACCEPT).is_some_and(|kinds| kinds.as_bytes().starts_with(b"text/html"));
    if browser { Redirect::to("/").into_response() } else { Json(supervisor.process().await).into_response() }
}

async fn page(State(supervisor): State<Arc<Supervisor>>, headers: HeaderMap) -> Html<String> {
    let language = Language::of(&headers);
    let process = supervisor.process().await;
    let zh = language == Language::Zh;
    let (title, lead) = if zh {
        ("练习商店的开关", "杀掉它，看稳舵怎样发现；再启动，看事件自己了结。")
    } else {
        ("The practice shop's power switch", "Kill it and watch Evenkeel notice; start it and watch the incident close.")
    };
    let state = match (process.pid, zh) {
        (Some(pid), true) => format!("<span class=\"dot\"></span> 运行中，进程 {pid}"),
        (Some(pid), false) => format!("<span class=\"dot\"></span> Running, process {pid}"),
        (None, true) => "<span class=\"dot down\"></span> 已停止，端口拒绝连接".to_owned(),
        (None, false) => "<span class=\"dot down\"></span> Down, the port refuses connections".to_owned(),
    };
    let button = match (process.running, zh) {
        (true, true) => ("/kill", "danger", "立即杀掉（SIGKILL）"),
        (true, false) => ("/kill", "danger", "Kill it now (SIGKILL)"),
        (false, true) => ("/start", "", "重新启动"),
        (false, false) => ("/start", "", "Start again"),
    };
    let link = if process.running {
        format!("<a href=\"http://{0}/\">http://{0}/</a>", process.shop)
    } else {
        format!("http://{}/", process.shop)
    };
    let body = format!(
        "<h1>{title}</h1><p class=\"soft\">{lead}</p><div class=\"card\"><p class=\"row\">{state} · {link}</p>\
         <form method=\"post\" action=\"{}\"><button class=\"{}\">{}</button></form></div>",
        button.0, button.1, button.2
    );
    Html(frame(language, title, "", &body))
}
