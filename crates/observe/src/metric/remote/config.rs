//! The file that says where the other engine is: addresses, whose samples, proofs, limits.

use std::{path::Path, time::Duration};

use url::Url;

use crate::scrape::{
    config::{
        Finding, Findings, HttpOptions, Text, http, load,
        raw::{self, Word},
        source::{Found, Source},
        word,
    },
    secret::Secret,
};

/// Which engine it is: they differ in small ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineKind {
    /// VictoriaMetrics, one process or a cluster.
    VictoriaMetrics,
    /// Grafana Mimir.
    Mimir,
    /// Thanos.
    Thanos,
    /// GreptimeDB.
    GreptimeDb,
    /// Prometheus.
    Prometheus,
}

impl EngineKind {
    /// Every one with the word of the file.
    const ALL: [(&'static str, Self); 5] = [
        ("victoriametrics", Self::VictoriaMetrics),
        ("mimir", Self::Mimir),
        ("thanos", Self::Thanos),
        ("greptimedb", Self::GreptimeDb),
        ("prometheus", Self::Prometheus),
    ];

    /// Its word in the file.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// Its name, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::VictoriaMetrics => "VictoriaMetrics",
            Self::Mimir => "Mimir",
            Self::Thanos => "Thanos",
            Self::GreptimeDb => "GreptimeDB",
            Self::Prometheus => "Prometheus",
        }
    }
}

/// Another engine: where it is and how it is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteOptions {
    /// Which.
    pub engine: EngineKind,
    /// Where it is asked: `/api/v1/query` and the like are below it. Without proofs and without a slash at its end.
    pub query_url: Url,
    /// Where samples are sent by remote-write 1.0.
    pub write_url: Url,
    /// Proofs, certificates, headers: that of the tenant among them.
    pub http: HttpOptions,
    /// A question that takes longer is given up.
    pub query_timeout: Duration,
    /// A request with samples that takes longer is sent again.
    pub write_timeout: Duration,
    /// Bytes of an answer, unpacked, at most.
    pub answer_bytes_max: u64,
    /// Bytes of our log that wait for the engine at most; beyond it the oldest are dropped, counted and told.
    pub queue_bytes_max: u64,
}

impl RemoteOptions {
    /// With defaults, over plain HTTP or TLS with the system's roots and without proofs.
    pub fn new(engine: EngineKind, query_url: Url, write_url: Url) -> Self {
        Self {
            engine,
            query_url,
            write_url,
            http: HttpOptions::default(),
            query_timeout: Duration::from_secs(25),
            write_timeout: Duration::from_secs(30),
            answer_bytes_max: 64 << 20,
            queue_bytes_max: 4 << 30,
        }
    }
}

/// Reads a file.
///
/// # Errors
/// Everything that is wrong with it, with line and fix.
pub fn read(path: &Path) -> Result<RemoteOptions, Findings> {
    read_text(path, &load(path).map_err(|finding| Findings(vec![finding]))?)
}

/// Reads a text as the file at `path`.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read_text(path: &Path, text: &str) -> Result<RemoteOptions, Findings> {
    let source = Source { name: path.display().to_string(), text };
    let mut found = Found::default();
    let file = match serde_saphyr::from_str::<Option<raw::Remote>>(text) {
        Ok(file) => file.unwrap_or_default(),
        Err(error) => return Err(Findings(vec![source.unreadable(&error)])),
    };
    let here = serde_saphyr::Location::UNKNOWN;
    if file.follow_redirects == Some(true) {
        source.wrong(&mut found, here, "redirects of the engine are not followed", "write the address that it redirects to");
    }
    let engine = engine(&source, &mut found, file.engine.as_ref());
    let query_url = address(&source, &mut found, "query_url", file.query_url.as_ref());
    let write_url = address(&source, &mut found, "write_url", file.write_url.as_ref());
    let mut http = http::options(&source, &mut found, path, &file.http(), here);
    if let Some(tenant) = &file.tenant {
        let (name, value) = (tenant.value.header.to_ascii_lowercase(), &tenant.value.value);
        if ::http::HeaderName::from_bytes(name.as_bytes()).is_err() || value.is_empty() {
            let fix = "write it as { header: X-Scope-OrgID, value: the tenant's name }";
            source.wrong(&mut found, tenant.referenced, "tenant needs the header's name and its value", fix);
        } else if http.headers.iter().any(|(known, _)| *known == name) {
            source.wrong(&mut found, tenant.referenced, format!("{name} stands in http_headers too"), "keep one of them");
        } else {
            http.headers.push((name, vec![Text::Given(Secret::from(value.clone()))]));
        }
    }
    let query_timeout = word::span(&source, &mut found, file.query_timeout.as_ref(), true);
    let write_timeout = word::span(&source, &mut found, file.write_timeout.as_ref(), true);
    let answer = word::bytes(&source, &mut found, file.answer_size_limit.as_ref());
    let queue = word::bytes(&source, &mut found, file.queue_size_limit.as_ref());
    found.errors.extend(found.warnings);
    match (engine, query_url, write_url) {
        (Some(engine), Some(query_url), Some(write_url)) if found.errors.is_empty() => {
            let default = RemoteOptions::new(engine, query_url, write_url);
            Ok(RemoteOptions {
                http,
                query_timeout: query_timeout.unwrap_or(default.query_timeout),
                write_timeout: write_timeout.unwrap_or(default.write_timeout),
                answer_bytes_max: answer.filter(|bytes| *bytes > 0).unwrap_or(default.answer_bytes_max),
                queue_bytes_max: queue.filter(|bytes| *bytes > 0).unwrap_or(default.queue_bytes_max),
                ..default
            })
        }
        _ => Err(Findings(found.errors)),
    }
}

fn missing(source: &Source<'_>, found: &mut Found, key: &str, fix: &str) {
    let what = format!("{key} is missing");
    found.errors.push(Finding { file: source.name.clone(), line: 0, column: 0, what, fix: fix.to_owned() });
}

fn engine(source: &Source<'_>, found: &mut Found, word: Option<&Word>) -> Option<EngineKind> {
    let words: Vec<&str> = EngineKind::ALL.iter().map(|(word, _)| *word).collect();
    let known = format!("known: {}", words.join(", "));
    let Some(word) = word else {
        missing(source, found, "engine", &known);
        return None;
    };
    let kind = EngineKind::ALL.iter().find(|(name, _)| *name == word.value).map(|(_, kind)| *kind);
    if kind.is_none() {
        source.wrong(found, word.referenced, format!("there is no engine {:?}", word.value), known);
    }
    kind
}

fn address(source: &Source<'_>, found: &mut Found, key: &str, word: Option<&Word>) -> Option<Url> {
    let Some(word) = word else {
        missing(source, found, key, "write it as http://host:port/path");
        return None;
    };
    let mut wrong = |what: String, fix: &str| source.wrong(found, word.referenced, what, fix);
    match Url::parse(word.value.trim_end_matches('/')) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") || !url.has_host() => {
            wrong(format!("{key} is no address of HTTP"), "write it as http://host:port/path");
            None
        }
        // It is shown in errors.
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            wrong(format!("{key} holds a name or password"), "write basic_auth instead");
            None
        }
        Ok(url) if key == "query_url" && url.query().is_some() => {
            wrong(format!("{key} has parameters"), "write the address up to and without /api/v1");
            None
        }
        Ok(url) => Some(url),
        Err(error) => {
            wrong(format!("{key} is no address: {error}"), "write it as http://host:port/path");
            None
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_where_the_engine_is_and_whose_the_samples_are() {
        let text = "engine: mimir\nquery_url: http://m:8080/prometheus/\nwrite_url: http://m:8080/api/v1/push\ntenant: { header: X-Scope-OrgID, value: acme }\nbasic_auth: { username: u, password_file: secret }\nqueue_size_limit: 1GB\n";
        let options = read_text(Path::new("/etc/remote.yml"), text).unwrap();
        assert_eq!((options.engine, options.query_url.as_str()), (EngineKind::Mimir, "http://m:8080/prometheus"));
        assert_eq!(options.http.headers[0].0, "x-scope-orgid");
        assert_eq!(options.queue_bytes_max, 1 << 30);
        assert!(!format!("{options:?}").contains("acme"), "a tenant's name is not printed");
    }

    #[test]
    fn everything_wrong_is_told_at_once_with_line_and_fix() {
        let text = "engine: influx\nquery_url: http://u:hunter2@vm:8428\ntenant: { header: 'a b', value: x }\nquery_timeout: soon\n";
        let told = read_text(Path::new("remote.yml"), text).unwrap_err().to_string();
        for wanted in [
            "remote.yml:1:9: there is no engine",
            "remote.yml:2:12: query_url holds a name",
            "write_url is missing",
            "tenant needs",
            "\"soon\" is no duration",
        ] {
            assert!(told.contains(wanted), "{wanted}: {told}");
        }
        assert!(!told.contains("hunter2"), "{told}");
        let told = read_text(Path::new("remote.yml"), "enigne: mimir\n").unwrap_err().to_string();
        assert!(told.contains("did you mean \"engine\""), "{told}");
    }
}
