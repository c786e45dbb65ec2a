//! `evenkeel probe`: looks at services from another site.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use evenkeel_core::{ErrorCode, Failure};
use evenkeel_observe::probe::{
    address::AddressPolicy,
    network::Network,
    uplink::UplinkOptions,
    vantage::{
        HERE,
        agent::{Agent, AgentOptions},
        is_name,
    },
};
use reqwest::Url;
use tokio_util::sync::CancellationToken;

use crate::{
    ambient::{OsRng, SystemClock},
    config::{LogFormat, Secret},
    log,
    port::secrets::Secrets,
    stop::Stop,
};

/// How long one message may take.
const SEND_LIMIT: Duration = Duration::from_secs(15);

/// Looks at services from another site, and sends what it saw to the server.
///
/// Everything goes out from here; nothing listens. While the server is away looks are kept and sent afterwards, also over a restart.
#[derive(Debug, Clone, clap::Args)]
pub struct ProbeArgs {
    /// The server.
    #[arg(long, env = "EVENKEEL_SERVER", value_name = "URL")]
    server: Url,
    /// API token with the permission vantage.report: from the environment.
    #[arg(long, env = "EVENKEEL_TOKEN", hide_env_values = true)]
    token: Secret,
    /// The name of this vantage point, as probes write it in `vantages`.
    #[arg(long, env = "EVENKEEL_VANTAGE", value_name = "NAME")]
    name: String,
    /// Where looks are kept until the server holds them.
    #[arg(long, env = "EVENKEEL_DATA", default_value = "evenkeel-probe", value_name = "FOLDER")]
    data: PathBuf,
    /// Looks that are kept while the server is away; the oldest are given up.
    #[arg(long, default_value_t = 1_000_000, value_name = "COUNT")]
    spool_max: usize,
    /// Looks at once, at most.
    #[arg(long, default_value_t = 256, value_name = "COUNT")]
    concurrency: usize,
    /// A machine outside that answers TCP while the line of this site stands; may be given several times.
    #[arg(long = "canary", value_name = "ADDRESS:PORT")]
    canaries: Vec<SocketAddr>,
    /// The default gateway says nothing about the line.
    #[arg(long)]
    no_gateway: bool,
    /// A network that looks may go to although it would be refused; may be given several times.
    #[arg(long = "allow", value_name = "NETWORK")]
    allow: Vec<Network>,
    /// A network that looks must not go to; may be given several times.
    #[arg(long = "deny", value_name = "NETWORK")]
    deny: Vec<Network>,
    /// A folder of files, each a secret that probes may name by its file's name.
    #[arg(long, env = "EVENKEEL_SECRETS", value_name = "DIR")]
    secrets: Option<PathBuf>,
    /// What is logged.
    #[arg(long, env = "EVENKEEL_LOG", default_value = "info,hyper=warn", value_name = "FILTER")]
    log: String,
    /// How it is logged.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

/// Looks until SIGINT or SIGTERM.
pub async fn run(args: ProbeArgs) -> Result<(), Failure> {
    let mut stop = Stop::listen()?;
    log::start(&args.log, args.log_format)?;
    if !is_name(&args.name) || args.name == HERE {
        let detail = format!(
            "{:?} is no name for a vantage point: write 1 to 60 lower-case letters, digits, '-', '_' or '.', and not `here`, which is the server",
            args.name
        );
        return Err(Failure::new(ErrorCode::Invalid, detail).at("--name"));
    }
    if args.token.is_empty() {
        let detail = "an API token with the permission vantage.report is needed: set EVENKEEL_TOKEN";
        return Err(Failure::new(ErrorCode::Unauthenticated, detail).at("EVENKEEL_TOKEN"));
    }
    let options = AgentOptions {
        server: args.server.clone(),
        token: args.token.reveal().to_owned(),
        name: args.name.clone(),
        folder: args.data.clone(),
        room: args.spool_max,
        concurrency: args.concurrency.max(1),
        addresses: AddressPolicy { allow: args.allow, deny: args.deny, ..AddressPolicy::default() },
        uplink: UplinkOptions { canaries: args.canaries, gateway: !args.no_gateway, ..UplinkOptions::default() },
        version: env!("CARGO_PKG_VERSION").to_owned(),
        secrets: Arc::new(Secrets::in_folder(args.secrets)),
    };
    // Nothing else of this process uses reqwest's TLS; a provider set twice keeps the first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().connect_timeout(Duration::from_secs(5)).timeout(SEND_LIMIT).user_agent("Evenkeel");
    let client = client.build().map_err(|error| Failure::new(ErrorCode::Internal, format!("no connection can be set up: {error}")))?;
    let agent = Agent::new(options, client, Arc::new(SystemClock), Arc::new(OsRng)).map_err(|error| {
        let detail = format!("{} cannot be used: {error}; name a folder that may be written with --data", args.data.display());
        Failure::new(ErrorCode::Invalid, detail).at("--data")
    })?;
    note!("looking as {} for {}", args.name, args.server);
    let cancel = CancellationToken::new();
    let working = tokio::spawn(Arc::new(agent).run(cancel.clone()));
    stop.asked().await;
    cancel.cancel();
    working.await.map_err(|error| Failure::new(ErrorCode::Internal, format!("the agent broke: {error}")))
}
