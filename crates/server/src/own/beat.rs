//! Heartbeat out: tells another house, again and again, that this one is well, or what is wrong. What is dead or hangs tells
//! nothing, and that is noticed there.

use std::{sync::PoisonError, time::Duration};

use evenkeel_core::{ErrorCode, Failure};
use jiff::Timestamp;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use url::Url;
use utoipa::ToSchema;

use super::{
    check::{State, Subject},
    watch,
};
use crate::{app::App, config::Secret};

/// How long the other side may take.
const SEND_LIMIT: Duration = Duration::from_secs(10);
/// Never more often than this, seconds.
const EVERY_SECS_MIN: u64 = 1;
/// Characters of the other side's refusal that are shown.
const CHARS_MAX: usize = 200;

/// Where it is told that this house is well.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct BeatArgs {
    /// Address of a heartbeat of another Evenkeel, or any address: it is asked while all is well, and `/fail` below it when
    /// something is wrong. It is a secret: better given by the environment, which no process list shows.
    #[arg(long = "heartbeat-to", env = "EVENKEEL_HEARTBEAT_TO", hide_env_values = true, value_name = "URL")]
    pub to: Option<Secret>,
    /// How often, seconds.
    #[arg(long = "heartbeat-every", env = "EVENKEEL_HEARTBEAT_EVERY", default_value_t = 60, value_name = "SECONDS")]
    pub every_secs: u64,
}

/// Where and how often, checked.
#[derive(Clone)]
pub(crate) struct Beats {
    well: Url,
    trouble: Url,
    every: Duration,
}

impl std::fmt::Debug for Beats {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Beats").field("every", &self.every).finish_non_exhaustive()
    }
}

impl BeatArgs {
    /// None when nobody is to be told.
    ///
    /// # Errors
    /// When the address is none.
    pub(crate) fn beats(&self) -> Result<Option<Beats>, Failure> {
        let Some(to) = self.to.as_ref().filter(|to| !to.is_empty()) else { return Ok(None) };
        let refused = || {
            let detail = "the address to tell that this house is well is no http:// or https:// address";
            Failure::new(ErrorCode::Invalid, detail).at("--heartbeat-to")
        };
        let well = Url::parse(to.reveal()).map_err(|_| refused())?;
        if !matches!(well.scheme(), "http" | "https") || !well.has_host() {
            return Err(refused());
        }
        let mut trouble = well.clone();
        trouble.set_path(&format!("{}/fail", well.path().trim_end_matches('/')));
        Ok(Some(Beats { well, trouble, every: Duration::from_secs(self.every_secs.max(EVERY_SECS_MIN)) }))
    }
}

/// How a beat went.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = OwnBeat)]
pub(crate) struct Beaten {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What it said is wrong; nothing when all is well.
    pub wrong: Vec<Subject>,
    /// Why the other side did not take it; null when it did.
    pub error: Option<String>,
    /// How often one is sent, seconds.
    pub every_secs: u64,
}

/// Sends beats until `cancel`.
pub(super) async fn run(app: &App, beats: &Beats, cancel: &CancellationToken) {
    // A provider set twice keeps the first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client =
        reqwest::Client::builder().no_proxy().timeout(SEND_LIMIT).redirect(reqwest::redirect::Policy::none()).user_agent("Evenkeel");
    let client = match client.build() {
        Ok(client) => client,
        Err(error) => return tracing::error!(%error, "no heartbeat can be sent"),
    };
    let mut tick = tokio::time::interval(beats.every);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            _ = tick.tick() => {}
        }
        tokio::select! {
            () = cancel.cancelled() => return,
            () = beat(app, beats, &client) => {}
        }
    }
}

/// Takes a fresh reading and tells what it says.
pub(super) async fn beat(app: &App, beats: &Beats, client: &reqwest::Client) {
    let checks = watch::look(app).await;
    let wrong: Vec<_> = checks.iter().filter(|check| check.state == State::Bad && check.subject.is_grave()).collect();
    let (address, body) = if wrong.is_empty() {
        (&beats.well, String::new())
    } else {
        (&beats.trouble, wrong.iter().map(|check| check.line() + "\n").collect())
    };
    let sent = client.post(address.clone()).header(http::header::CONTENT_TYPE, "text/plain").body(body).send().await;
    let error = match sent {
        Ok(answer) if answer.status().is_success() => None,
        Ok(answer) => Some(format!("HTTP {}", answer.status().as_u16())),
        // Without its address, which is a secret.
        Err(error) => Some(words(&error.without_url())),
    };
    let beaten =
        Beaten { at: app.kit.now(), wrong: wrong.iter().map(|check| check.subject).collect(), error, every_secs: beats.every.as_secs() };
    let before = app.own.beaten();
    if before.as_ref().map(|before| (&before.error, &before.wrong)) != Some((&beaten.error, &beaten.wrong)) {
        match &beaten.error {
            None if beaten.wrong.is_empty() => tracing::info!("another house is told that this one is well"),
            None => tracing::error!(wrong = ?beaten.wrong, "another house is told that something is wrong here"),
            Some(error) => tracing::error!(%error, "another house could not be told how this one is"),
        }
    }
    let taken = f64::from(u8::from(beaten.error.is_none()));
    watch::keep(app, beaten.at, vec![("evenkeel_heartbeat_out_taken", taken)]).await;
    *app.own.beaten.write().unwrap_or_else(PoisonError::into_inner) = Some(beaten);
}

/// The whole chain of what went wrong, in one line.
fn words(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text.chars().take(CHARS_MAX).collect()
}
