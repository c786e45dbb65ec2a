//! Files of Prometheus (whom to scrape, rules) and of objectives: read at the start, where a wrong file ends it, and again at SIGHUP, where it
//! changes nothing.

use std::sync::Arc;

use evenkeel_core::{ErrorCode, Failure};
use evenkeel_observe::{
    rule::{RuleSet, Rules},
    scrape::{
        Scraper,
        config::{Findings, PrometheusConfig},
    },
    slo::{Slo, Slos},
};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    app::{App, Settings},
    rules, slos,
};

/// Reads them for the first time.
///
/// # Errors
/// What is wrong with them.
pub(crate) async fn first(app: &App) -> Result<(), Failure> {
    let scraper = app.scraper();
    load(scraper).await.map_err(|findings| Failure::new(ErrorCode::Invalid, findings.to_string()).at("--prometheus-config"))?;
    app.rules().set(read_rules(&app.settings, scraper.config()).await?);
    app.slos().set(read_slos(&app.settings).await?);
    Ok(())
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

async fn read_rules(settings: &Arc<Settings>, config: Option<Arc<PrometheusConfig>>) -> Result<RuleSet, Failure> {
    let settings = Arc::clone(settings);
    let read = tokio::task::spawn_blocking(move || rules::load(&settings.rule_files, &settings.public_url, config.as_deref())).await;
    read.map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()))?
}

async fn read_slos(settings: &Arc<Settings>) -> Result<Vec<Slo>, Failure> {
    let settings = Arc::clone(settings);
    let read = tokio::task::spawn_blocking(move || slos::load(&settings.slo_files)).await;
    read.map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()))?
}

/// Reads them again at every SIGHUP, until the handle is dropped. Without a file the signal keeps its usual meaning.
///
/// # Errors
/// When the operating system refuses.
pub(crate) fn at_hangup(app: &App) -> Result<Option<AbortOnDropHandle<()>>, Failure> {
    let (scraper, rules, slos, settings) = (app.scraper().clone(), app.rules().clone(), app.slos().clone(), Arc::clone(&app.settings));
    if !scraper.has_file() && settings.rule_files.is_empty() && settings.slo_files.is_empty() {
        return Ok(None);
    }
    let mut hangup = signal(SignalKind::hangup())
        .map_err(|error| Failure::new(ErrorCode::Internal, format!("the process cannot listen for SIGHUP: {error}")))?;
    let task = tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            reload(&scraper, &rules, &settings).await;
            reload_slos(&slos, &settings).await;
        }
    });
    Ok(Some(AbortOnDropHandle::new(task)))
}

async fn reload(scraper: &Scraper, rules: &Rules, settings: &Arc<Settings>) {
    if let Err(findings) = load(scraper).await {
        tracing::error!("the scrape configuration is wrong and what was in force stays so: {findings}");
        return;
    }
    match read_rules(settings, scraper.config()).await {
        Ok(set) => {
            tracing::info!(groups = set.groups.len(), "rules in force");
            rules.set(set);
        }
        Err(failure) => {
            tracing::error!("the rules are wrong and those in force stay so: {}", failure.detail);
            rules.keep(failure.detail);
        }
    }
}

async fn reload_slos(slos: &Slos, settings: &Arc<Settings>) {
    match read_slos(settings).await {
        Ok(read) => {
            tracing::info!(objectives = read.len(), "objectives in force");
            slos.set(read);
        }
        Err(failure) => {
            tracing::error!("the objectives are wrong and those in force stay so: {}", failure.detail);
            slos.keep(failure.detail);
        }
    }
}
