//! The scrape configuration: read at the start, where a wrong file ends it, and again at SIGHUP, where it changes nothing.

use evenkeel_core::{ErrorCode, Failure};
use evenkeel_observe::scrape::{Scraper, config::Findings};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::task::AbortOnDropHandle;

/// Reads it for the first time.
///
/// # Errors
/// What is wrong with the file.
pub(crate) async fn first(scraper: &Scraper) -> Result<(), Failure> {
    load(scraper).await.map_err(|findings| Failure::new(ErrorCode::Invalid, findings.to_string()).at("--prometheus-config"))
}

async fn load(scraper: &Scraper) -> Result<(), Findings> {
    let reader = scraper.clone();
    match tokio::task::spawn_blocking(move || reader.load()).await {
        Ok(Ok(Some(config))) => {
            tracing::info!(file = %config.path.display(), jobs = config.jobs.len(), "scrape configuration in force");
            Ok(())
        }
        Ok(Ok(None)) => Ok(()),
        Ok(Err(findings)) => Err(findings),
        Err(error) => {
            tracing::error!(%error, "the scrape configuration could not be read");
            Ok(())
        }
    }
}

/// Reads it again at every SIGHUP, until the handle is dropped. Without a file the signal keeps its usual meaning.
///
/// # Errors
/// When the operating system refuses.
pub(crate) fn at_hangup(scraper: Scraper) -> Result<Option<AbortOnDropHandle<()>>, Failure> {
    if !scraper.has_file() {
        return Ok(None);
    }
    let mut hangup = signal(SignalKind::hangup())
        .map_err(|error| Failure::new(ErrorCode::Internal, format!("the process cannot listen for SIGHUP: {error}")))?;
    let task = tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            if let Err(findings) = load(&scraper).await {
                tracing::error!("the scrape configuration is wrong and what was in force stays so: {findings}");
            }
        }
    });
    Ok(Some(AbortOnDropHandle::new(task)))
}
