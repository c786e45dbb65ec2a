//! From text to [`PrometheusConfig`]: every error of a file at once, as far as YAML lets it be read.

use std::{
    collections::BTreeMap,
    io::Read as _,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_saphyr::Spanned;

use super::{
    Ask, Finding, Findings, Job, PrometheusConfig, Protocol, Take, beside,
    discovery::discovery,
    expand, http, raw, relabel,
    source::{Found, Source},
    units,
    word::{bytes, protocol, protocols, scheme, span, utf8},
};

/// Reads a file.
///
/// # Errors
/// Everything that is wrong with it, or that it cannot be read.
pub fn read(path: &Path) -> Result<PrometheusConfig, Findings> {
    read_text(path, &load(path).map_err(|finding| Findings(vec![finding]))?)
}

/// The text of a file of the configuration.
pub(crate) fn load(path: &Path) -> Result<String, Finding> {
    let name = path.display().to_string();
    let fail = |what: String, fix: &str| Finding { file: name.clone(), line: 0, column: 0, what, fix: fix.to_owned() };
    let file = std::fs::File::open(path)
        .map_err(|error| fail(format!("the file cannot be read: {error}"), "correct the path or the file's rights"))?;
    let mut text = String::new();
    let read = file.take(super::FILE_BYTES_MAX + 1).read_to_string(&mut text);
    read.map_err(|error| fail(format!("the file cannot be read: {error}"), "save it as UTF-8 text"))?;
    if text.len() as u64 > super::FILE_BYTES_MAX {
        return Err(fail(format!("the file has more than {} bytes", super::FILE_BYTES_MAX), "split it with scrape_config_files"));
    }
    Ok(text)
}

/// Reads a text as the file at `path`; files that it names are read.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read_text(path: &Path, text: &str) -> Result<PrometheusConfig, Findings> {
    let source = Source { name: path.display().to_string(), text };
    let mut found = Found::default();
    let file = match serde_saphyr::from_str::<Option<raw::File>>(text) {
        Ok(file) => file.unwrap_or_default(),
        Err(error) => return Err(Findings(vec![source.unreadable(&error)])),
    };
    for (key, at) in file.unused().into_iter().chain(file.global.unused()) {
        let fix = match key {
            "alerting" => "alerts go to incidents here; a route of Evenkeel says who is paged",
            "remote_write" | "remote_read" | "storage" => "samples are kept in Evenkeel's own store",
            _ => "",
        };
        source.idle(&mut found, key, at, format!("{key} is not used"), fix);
    }
    let defaults = Defaults::of(&source, &mut found, path, &file.global);
    let mut jobs: Vec<Job> = Vec::new();
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    add_jobs(&source, &mut found, &defaults, file.scrape_configs.as_deref(), &mut places, &mut jobs);
    for pattern in file.scrape_config_files.iter().flatten() {
        for more in expand(&beside(path, &pattern.value)) {
            add_file(&more, &mut found, &defaults, &mut places, &mut jobs);
        }
    }
    if !found.errors.is_empty() {
        return Err(Findings(found.errors));
    }
    Ok(PrometheusConfig {
        path: path.to_owned(),
        rule_files: file.rule_files.iter().flatten().map(|pattern| beside(path, &pattern.value)).collect(),
        evaluation_interval: defaults.evaluation_interval,
        rule_query_offset: defaults.rule_query_offset,
        external_labels: file.global.external_labels.unwrap_or_default(),
        jobs,
        warnings: found.warnings,
    })
}

fn add_file(path: &Path, found: &mut Found, defaults: &Defaults, places: &mut BTreeMap<String, String>, jobs: &mut Vec<Job>) {
    let text = match load(path) {
        Ok(text) => text,
        Err(finding) => return found.errors.push(finding),
    };
    let source = Source { name: path.display().to_string(), text: &text };
    match serde_saphyr::from_str::<Option<raw::JobFile>>(&text) {
        // Relative paths in it are seen from its own folder.
        Ok(file) => {
            let defaults = Defaults { path: path.to_owned(), ..defaults.clone() };
            add_jobs(&source, found, &defaults, file.unwrap_or_default().scrape_configs.as_deref(), places, jobs);
        }
        Err(error) => found.errors.push(source.unreadable(&error)),
    }
}

fn add_jobs(
    source: &Source<'_>,
    found: &mut Found,
    defaults: &Defaults,
    list: Option<&[Spanned<raw::Job>]>,
    places: &mut BTreeMap<String, String>,
    jobs: &mut Vec<Job>,
) {
    for entry in list.into_iter().flatten() {
        let Some(job) = defaults.job(source, found, entry) else { continue };
        let place = format!("{}:{}", source.name, entry.referenced.line());
        if let Some(first) = places.insert(job.name.clone(), place) {
            source.wrong(
                found,
                entry.referenced,
                format!("job_name {:?} stands at {first} already", job.name),
                "give one of them another name",
            );
        }
        jobs.push(job);
    }
}

/// What `global` says for jobs that do not say it themselves.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "the switches of the file's section")]
struct Defaults {
    path: PathBuf,
    interval: Duration,
    timeout: Duration,
    evaluation_interval: Duration,
    rule_query_offset: Duration,
    protocols: Option<Vec<Protocol>>,
    body_bytes_max: u64,
    /// Samples, labels, bytes of names, bytes of values, targets, dropped targets.
    limits: [u64; 6],
    utf8_names: bool,
    native_histograms: bool,
    classic_too: bool,
    extra_metrics: bool,
}

impl Defaults {
    fn of(source: &Source<'_>, found: &mut Found, path: &Path, global: &raw::Global) -> Self {
        let interval = span(source, found, global.scrape_interval.as_ref(), true).unwrap_or(Duration::from_mins(1));
        let timeout = span(source, found, global.scrape_timeout.as_ref(), true);
        if let (Some(timeout), Some(word)) = (timeout.filter(|timeout| *timeout > interval), &global.scrape_timeout) {
            source.wrong(
                found,
                word.referenced,
                format!("scrape_timeout {} is longer than scrape_interval {}", text(timeout), text(interval)),
                "make it shorter",
            );
        }
        Self {
            path: path.to_owned(),
            interval,
            timeout: timeout.unwrap_or(Duration::from_secs(10).min(interval)),
            evaluation_interval: span(source, found, global.evaluation_interval.as_ref(), true).unwrap_or(Duration::from_mins(1)),
            rule_query_offset: span(source, found, global.rule_query_offset.as_ref(), false).unwrap_or_default(),
            protocols: protocols(source, found, global.scrape_protocols.as_ref()),
            body_bytes_max: bytes(source, found, global.body_size_limit.as_ref()).unwrap_or(0),
            limits: [
                global.sample_limit,
                global.label_limit,
                global.label_name_length_limit,
                global.label_value_length_limit,
                global.target_limit,
                global.keep_dropped_targets,
            ]
            .map(Option::unwrap_or_default),
            utf8_names: utf8(source, found, global.metric_name_validation_scheme.as_ref()).unwrap_or(true),
            native_histograms: global.scrape_native_histograms.unwrap_or(false),
            classic_too: global.always_scrape_classic_histograms.unwrap_or(false),
            extra_metrics: global.extra_scrape_metrics.unwrap_or(false),
        }
    }

    fn job(&self, source: &Source<'_>, found: &mut Found, entry: &Spanned<raw::Job>) -> Option<Job> {
        let (at, raw) = (entry.referenced, &entry.value);
        let Some(name) = raw.job_name.as_ref().filter(|name| !name.value.is_empty()) else {
            source.wrong(found, at, "a job has no job_name", "add job_name");
            return None;
        };
        let name = &name.value;
        for (key, at) in raw.unused() {
            let (what, fix) = idle(key, name);
            source.idle(found, key, at, what, fix);
        }
        let interval = span(source, found, raw.scrape_interval.as_ref(), true).unwrap_or(self.interval);
        let given = span(source, found, raw.scrape_timeout.as_ref(), true);
        let timeout = given.unwrap_or(self.timeout.min(interval));
        if timeout > interval {
            let at = raw.scrape_timeout.as_ref().map_or(at, |word| word.referenced);
            let what = format!("scrape_timeout {} is longer than scrape_interval {} of job {name:?}", text(timeout), text(interval));
            source.wrong(found, at, what, "make it shorter");
        }
        let utf8_names = utf8(source, found, raw.metric_name_validation_scheme.as_ref()).unwrap_or(self.utf8_names);
        let native_histograms = raw.scrape_native_histograms.unwrap_or(self.native_histograms);
        let number = |own: Option<u64>, which: usize| usize::try_from(own.unwrap_or(self.limits[which])).unwrap_or(usize::MAX);
        let scheme = scheme(source, found, raw.scheme.as_ref());
        Some(Job {
            name: name.clone(),
            ask: Ask {
                interval,
                timeout,
                path: raw.metrics_path.clone().unwrap_or_else(|| "/metrics".to_owned()),
                scheme,
                params: raw.params.clone().unwrap_or_default(),
                protocols: protocols(source, found, raw.scrape_protocols.as_ref())
                    .or_else(|| self.protocols.clone())
                    .unwrap_or_else(|| usual_protocols(native_histograms)),
                compression: raw.enable_compression.unwrap_or(true),
                body_bytes_max: bytes(source, found, raw.body_size_limit.as_ref()).unwrap_or(self.body_bytes_max),
                http: http::options(source, found, &self.path, &raw.http(), at),
            },
            discovery: discovery(&self.path, source, found, raw, at),
            relabel: relabel::rules(source, found, raw.relabel_configs.as_ref(), utf8_names),
            take: Take {
                honor_labels: raw.honor_labels.unwrap_or(false),
                honor_timestamps: raw.honor_timestamps.unwrap_or(true),
                track_timestamps: raw.track_timestamps_staleness.unwrap_or(false),
                fallback: raw.fallback_scrape_protocol.as_ref().and_then(|word| protocol(source, found, word)),
                native_histograms,
                classic_too: raw.always_scrape_classic_histograms.or(raw.scrape_classic_histograms).unwrap_or(self.classic_too),
                utf8_names,
                extra_metrics: raw.extra_scrape_metrics.unwrap_or(self.extra_metrics),
                sample_limit: number(raw.sample_limit, 0),
                label_limit: number(raw.label_limit, 1),
                label_name_limit: number(raw.label_name_length_limit, 2),
                label_value_limit: number(raw.label_value_length_limit, 3),
                relabel: relabel::rules(source, found, raw.metric_relabel_configs.as_ref(), utf8_names),
            },
            target_limit: number(raw.target_limit, 4),
            keep_dropped: number(raw.keep_dropped_targets, 5),
        })
    }
}

fn idle(key: &str, job: &str) -> (String, &'static str) {
    match key {
        "oauth2" => (format!("oauth2 is not supported: job {job:?} is asked without a token"), "use authorization with credentials_file"),
        "proxy_url" | "no_proxy" | "proxy_from_environment" | "proxy_connect_header" => {
            (format!("{key} is not supported: the targets of job {job:?} are asked directly"), "")
        }
        key if key.ends_with("_sd_configs") => (
            format!("{key} is not supported: job {job:?} gets no targets from it"),
            "write them to a file for file_sd_configs, or serve them for http_sd_configs",
        ),
        "enable_http2" => ("enable_http2 is not used: targets are asked over HTTP/1.1".to_owned(), ""),
        _ => (format!("{key} is not used"), ""),
    }
}

fn usual_protocols(native_histograms: bool) -> Vec<Protocol> {
    use Protocol::{OpenMetrics0, OpenMetrics1, Protobuf, Text0, Text1};
    if native_histograms {
        vec![Protobuf, OpenMetrics1, OpenMetrics0, Text1, Text0]
    } else {
        vec![OpenMetrics1, OpenMetrics0, Text1, Text0]
    }
}

fn text(duration: Duration) -> String {
    units::duration_text(duration)
}
