//! The real binary in processes of its own.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use crate::{client::Client, until};

/// The binary under test: `EVENKEEL_BIN`, or the debug build of this workspace.
pub fn binary() -> PathBuf {
    if let Ok(path) = std::env::var("EVENKEEL_BIN") {
        return path.into();
    }
    // target/debug/deps/<test> → target/debug/evenkeel
    let path = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("evenkeel");
    assert!(path.exists(), "build it first: cargo build --bin evenkeel ({} is missing)", path.display());
    path
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Runs `evenkeel …` to its end.
pub fn run(args: &[&str], env: &[(&str, &str)]) -> Output {
    Command::new(binary()).args(args).env_remove("EVENKEEL_DATA").envs(env.iter().copied()).output().unwrap()
}

/// Both streams of a finished command as text.
pub fn said(out: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

/// A running process whose output is kept; killed when dropped.
pub struct Process {
    child: Child,
    output: Arc<Mutex<String>>,
}

impl Process {
    /// Starts `evenkeel …`.
    pub fn start(args: &[&str], env: &[(&str, &str)]) -> Self {
        Self::launch(Command::new(binary()), args, env)
    }

    /// The same in the network namespace of the process `pid`.
    pub fn start_within(pid: u32, args: &[&str], env: &[(&str, &str)]) -> Self {
        let mut command = Command::new("nsenter");
        command.args(["-t", &pid.to_string(), "-n"]).arg(binary());
        Self::launch(command, args, env)
    }

    fn launch(mut command: Command, args: &[&str], env: &[(&str, &str)]) -> Self {
        let mut child = command
            .args(args)
            .env_remove("EVENKEEL_DATA")
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = Arc::new(Mutex::new(String::new()));
        let streams: [Box<dyn std::io::Read + Send>; 2] = [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for stream in streams {
            let output = Arc::clone(&output);
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    let mut output = output.lock().unwrap();
                    output.push_str(&line);
                    output.push('\n');
                }
            });
        }
        Self { child, output }
    }

    /// What it has printed so far.
    pub fn output(&self) -> String {
        self.output.lock().unwrap().clone()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: no chance to tidy up.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM, and waits for an orderly end; whether it ended well.
    pub fn stop(&mut self) -> bool {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        self.child.wait().is_ok_and(|status| status.success())
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let output = self.output();
            let tail: Vec<&str> = output.lines().rev().take(40).collect();
            eprintln!("--- the process said last:");
            for line in tail.into_iter().rev() {
                eprintln!("    {line}");
            }
        }
    }
}

/// Where data folders lie: in memory where there is enough. Stories break processes, and a disk that the whole suite keeps busy
/// holds one up for longer than the graces that some of them are about. Those of a full disk mount their own.
fn roomy() -> &'static Path {
    static ROOMY: LazyLock<PathBuf> = LazyLock::new(|| {
        let free = Command::new("df").args(["--output=avail", "/dev/shm"]).output();
        let kib = free.ok().and_then(|out| String::from_utf8_lossy(&out.stdout).lines().nth(1)?.trim().parse::<u64>().ok());
        if kib.is_some_and(|kib| kib > 4_000_000) { PathBuf::from("/dev/shm") } else { std::env::temp_dir() }
    });
    &ROOMY
}

/// How a server under test is set up.
pub struct Setup {
    pub folder: tempfile::TempDir,
    pub port: u16,
    pub database_url: Option<String>,
    pub smtp_port: Option<u16>,
    pub config: Option<PathBuf>,
    /// By how many seconds the clock of this server's machine is ahead, as it believes.
    pub ahead_secs: i64,
}

impl Setup {
    /// A fresh data folder and port.
    pub fn new(database_url: Option<String>) -> Self {
        Self {
            folder: tempfile::tempdir_in(roomy()).unwrap(),
            port: free_port(),
            database_url,
            smtp_port: None,
            config: None,
            ahead_secs: 0,
        }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Writes `yaml` and applies it at each start.
    pub fn config(&mut self, yaml: &str) -> &Path {
        let path = self.folder.path().join("config.yaml");
        std::fs::write(&path, yaml).unwrap();
        self.config = Some(path);
        self.config.as_ref().unwrap()
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The environment that names this server's database and data folder.
    pub fn env(&self) -> Vec<(String, String)> {
        let mut env = vec![("EVENKEEL_DATA".to_owned(), self.data().display().to_string())];
        if let Some(url) = &self.database_url {
            env.push(("EVENKEEL_DATABASE_URL".to_owned(), url.clone()));
        }
        env
    }

    /// Runs a command of the binary against this server's data.
    pub fn run(&self, args: &[&str]) -> Output {
        let env = self.env();
        Command::new(binary()).args(args).envs(env).output().unwrap()
    }

    /// Builds what makes a process believe that it is later.
    fn clock_ahead(&self) -> PathBuf {
        let library = self.folder.path().join("ahead.so");
        let source = "src/ahead.c";
        let ahead = format!("-DAHEAD_SECS={}", self.ahead_secs);
        let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", &ahead, "-o"]).arg(&library).arg(source).status();
        assert!(built.unwrap().success(), "cc builds {source}");
        library
    }

    /// Starts the server and waits until it answers.
    pub async fn serve(&self) -> Process {
        self.serve_with(&[]).await
    }

    /// The same, with more arguments.
    pub async fn serve_with(&self, more: &[&str]) -> Process {
        let mut args = vec!["serve".to_owned(), "--listen".to_owned(), format!("127.0.0.1:{}", self.port)];
        if let Some(config) = &self.config {
            args.extend(["--config".to_owned(), config.display().to_string()]);
        }
        args.extend(more.iter().map(|argument| (*argument).to_owned()));
        let mut env = self.env();
        if let Some(port) = self.smtp_port {
            env.extend([
                ("EVENKEEL_SMTP_HOST".to_owned(), "127.0.0.1".to_owned()),
                ("EVENKEEL_SMTP_PORT".to_owned(), port.to_string()),
                ("EVENKEEL_SMTP_TLS".to_owned(), "none".to_owned()),
                ("EVENKEEL_SMTP_FROM".to_owned(), "evenkeel@practice.example".to_owned()),
            ]);
        }
        if self.ahead_secs != 0 {
            env.push(("LD_PRELOAD".to_owned(), self.clock_ahead().display().to_string()));
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let env: Vec<(&str, &str)> = env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut process = Process::start(&args, &env);
        let ready = format!("{}/readyz", self.url());
        let http = crate::client::http();
        let mut over = None;
        for _ in 0..600 {
            if !process.runs() {
                over = Some(process.output());
                break;
            }
            if http.get(&ready).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return process;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server did not come up: {}", over.unwrap_or_else(|| process.output()));
    }

    /// The one-time link that the first start printed.
    pub async fn first_link(&self, process: &Process) -> String {
        until("the one-time sign-in link", Duration::from_secs(20), || async {
            let output = process.output();
            let start = output.find("/sign-in?token=")?;
            Some(output[start..].split_whitespace().next()?.to_owned())
        })
        .await
    }

    /// Signs in as `person` with a link made by `evenkeel sign-in-link`.
    pub async fn sign_in_as(&self, person: &str) -> Client {
        let out = self.run(&["sign-in-link", "--person", person, "--public-url", &self.url()]);
        let text = said(&out);
        let token = text.split("token=").nth(1).unwrap_or_else(|| panic!("{text}")).split_whitespace().next().unwrap().to_owned();
        let client = Client::new(&self.url());
        client.post("/api/v1/session/link", &serde_json::json!({ "token": token })).await;
        client
    }

    /// Signs in with the one-time link of the first start.
    pub async fn sign_in(&self, process: &Process) -> Client {
        let link = self.first_link(process).await;
        let token = link.split("token=").nth(1).unwrap().to_owned();
        let client = Client::new(&self.url());
        client.post("/api/v1/session/link", &serde_json::json!({ "token": token })).await;
        client
    }
}
