//! From what was discovered to what is asked: labels of targets, by the rules of Prometheus.

use std::{collections::BTreeMap, time::Duration};

use url::Url;

use super::{
    config::{Group, Job, units},
    labels::LabelSet,
    relabel,
    secret::{HIDDEN, is_secret_name},
};

/// Labels that say how a target is asked.
const ADDRESS: &str = "__address__";
const SCHEME: &str = "__scheme__";
const PATH: &str = "__metrics_path__";
const INTERVAL: &str = "__scrape_interval__";
const TIMEOUT: &str = "__scrape_timeout__";
/// Before the name of a query's parameter.
const PARAM: &str = "__param_";

/// A target as it is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Labels of its series.
    pub labels: LabelSet,
    /// Where it is asked.
    pub url: Url,
    /// Between two scrapes.
    pub interval: Duration,
    /// A scrape that takes longer has failed.
    pub timeout: Duration,
}

/// What became of a discovered target.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// It is asked.
    Asked(Box<Spec>),
    /// A rule dropped it.
    Dropped,
    /// It cannot be asked.
    Wrong(String),
}

/// A discovered target.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its labels before the rules.
    pub discovered: LabelSet,
    /// What became of it.
    pub fate: Fate,
}

/// The targets of groups.
pub fn targets<'a>(job: &'a Job, groups: impl IntoIterator<Item = &'a Group>) -> impl Iterator<Item = Found> {
    groups.into_iter().flat_map(|group| {
        group.targets.iter().map(|own| {
            let mut labels = group.labels.clone();
            for (name, value) in own.iter() {
                labels.set(name, value);
            }
            target(job, labels)
        })
    })
}

fn target(job: &Job, mut labels: LabelSet) -> Found {
    let (interval, timeout) = (units::duration_text(job.ask.interval), units::duration_text(job.ask.timeout));
    let usual = [("job", &job.name), (INTERVAL, &interval), (TIMEOUT, &timeout), (PATH, &job.ask.path), (SCHEME, &job.ask.scheme)];
    for (name, value) in usual {
        if labels.get(name).is_empty() {
            labels.set(name, value.as_str());
        }
    }
    for (name, values) in &job.ask.params {
        if let Some(first) = values.first() {
            labels.set(format!("{PARAM}{name}"), first.as_str());
        }
    }
    let discovered = labels.clone();
    let fate = if relabel::apply(&job.relabel, &mut labels) {
        spec(job, labels).map_or_else(Fate::Wrong, |spec| Fate::Asked(Box::new(spec)))
    } else {
        Fate::Dropped
    };
    Found { discovered, fate }
}

fn spec(job: &Job, mut labels: LabelSet) -> Result<Spec, String> {
    let address = labels.get(ADDRESS).to_owned();
    if address.is_empty() {
        return Err("it has no address: a rule took __address__ away".to_owned());
    }
    if address.contains('/') || address.contains(['?', '#', '@', ' ']) {
        return Err(format!("{address:?} is no address: host or host:port"));
    }
    let span = |name: &str| {
        let text = labels.get(name);
        units::duration(text).filter(|span| !span.is_zero()).ok_or_else(|| format!("{name} {text:?} is no duration"))
    };
    let (interval, timeout) = (span(INTERVAL)?, span(TIMEOUT)?);
    if timeout > interval {
        return Err(format!("its timeout {} is longer than its interval {}", labels.get(TIMEOUT), labels.get(INTERVAL)));
    }
    let url = url(job, &labels)?;
    if labels.get("instance").is_empty() {
        labels.set("instance", address);
    }
    labels.retain(|name| !name.starts_with("__"));
    Ok(Spec { labels, url, interval, timeout })
}

fn url(job: &Job, labels: &LabelSet) -> Result<Url, String> {
    let scheme = match labels.get(SCHEME) {
        "" => "http",
        scheme @ ("http" | "https") => scheme,
        other => return Err(format!("__scheme__ {other:?} is neither http nor https")),
    };
    let address = labels.get(ADDRESS);
    let mut url = Url::parse(&format!("{scheme}://{address}/")).map_err(|error| format!("{address:?} is no address: {error}"))?;
    let path = labels.get(PATH);
    // A path may bring its own query, as Prometheus lets it.
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    url.set_path(path);
    let mut params: BTreeMap<&str, Vec<&str>> =
        job.ask.params.iter().map(|(name, values)| (name.as_str(), values.iter().map(String::as_str).collect())).collect();
    // Rules may have changed the first value of a parameter, or taken it away.
    for (name, values) in &mut params {
        if labels.get(&format!("{PARAM}{name}")).is_empty() && !values.is_empty() {
            values.remove(0);
        }
    }
    for (name, value) in labels.iter() {
        if let Some(name) = name.strip_prefix(PARAM) {
            let values = params.entry(name).or_default();
            match values.first_mut() {
                Some(first) => *first = value,
                None => values.push(value),
            }
        }
    }
    url.set_query(query);
    for (name, values) in params {
        for value in values {
            url.query_pairs_mut().append_pair(name, value);
        }
    }
    Ok(url)
}

/// A target's address as it may be shown: parameters whose name says that they hold a secret are hidden.
pub fn shown_url(url: &Url) -> String {
    if !url.query_pairs().any(|(name, _)| is_secret_name(&name)) {
        return url.to_string();
    }
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let mut shown = url.clone();
    shown
        .query_pairs_mut()
        .clear()
        .extend_pairs(pairs.iter().map(|(name, value)| (name.as_str(), if is_secret_name(name) { HIDDEN } else { value.as_str() })));
    shown.to_string()
}

/// Labels as they may be shown, by the same rule.
pub fn shown_labels(labels: &LabelSet) -> BTreeMap<String, String> {
    let hidden = |name: &str| name.strip_prefix(PARAM).is_some_and(is_secret_name);
    labels.iter().map(|(name, value)| (name.to_owned(), if hidden(name) { HIDDEN.to_owned() } else { value.to_owned() })).collect()
}

#[cfg(test)]
mod tests;
