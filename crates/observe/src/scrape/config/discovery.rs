//! Where the targets of a job come from, as the file says.

use std::{path::Path, time::Duration};

use serde_saphyr::{Location, Spanned};

use super::{
    ADDRESS, Discovery, DnsRecord, Group, beside, http, raw,
    source::{Found, Source},
    word::span,
};
use crate::scrape::labels::LabelSet;

/// All of them; paths are seen from the folder of `file`.
pub(super) fn discovery(file: &Path, source: &Source<'_>, found: &mut Found, raw: &raw::Job, at: Location) -> Vec<Discovery> {
    let mut all = Vec::new();
    if let Some(groups) = &raw.static_configs {
        let mut read = Vec::new();
        for group in groups {
            match read_group(group) {
                Ok(group) => read.push(group),
                Err(what) => source.wrong(found, at, what, "write host or host:port, without scheme and path"),
            }
        }
        all.push(Discovery::Static(read));
    }
    for entry in raw.file_sd_configs.iter().flatten() {
        let mut patterns = Vec::new();
        for pattern in entry.value.files.iter().flatten() {
            let path = beside(file, &pattern.value);
            let known = path.extension().and_then(|end| end.to_str()).is_some_and(|end| matches!(end, "json" | "yml" | "yaml"));
            if !known {
                source.wrong(
                    found,
                    pattern.referenced,
                    format!("{:?} is neither JSON nor YAML", pattern.value),
                    "name files that end in .json, .yml or .yaml",
                );
            }
            patterns.push(path);
        }
        if patterns.is_empty() {
            source.wrong(found, entry.referenced, "file_sd_configs without files", "add files");
        }
        all.push(Discovery::Files(patterns));
    }
    for entry in raw.dns_sd_configs.iter().flatten() {
        all.extend(dns(source, found, entry));
    }
    for entry in raw.http_sd_configs.iter().flatten() {
        let raw = &entry.value;
        for (key, at) in raw.unused() {
            source.idle(found, key, at, format!("{key} is not used"), "the address is asked directly");
        }
        let Some(address) = &raw.url else {
            source.wrong(found, entry.referenced, "http_sd_configs without url", "add url");
            continue;
        };
        let good = url::Url::parse(&address.value).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !good {
            source.wrong(found, address.referenced, "this url is not one of http or https", "write https://host/path");
        }
        all.push(Discovery::Http {
            url: address.value.clone(),
            every: span(source, found, raw.refresh_interval.as_ref(), true).unwrap_or(Duration::from_mins(1)),
            http: Box::new(http::options(source, found, file, &raw.http(), entry.referenced)),
        });
    }
    all
}

/// A list's group as targets.
///
/// # Errors
/// Which target or label is none.
fn read_group(raw: &raw::StaticGroup) -> Result<Group, String> {
    let labels = LabelSet::new(raw.labels.clone().unwrap_or_default());
    if let Some((name, _)) = labels.iter().find(|(name, _)| name.is_empty()) {
        return Err(format!("{name:?} is no name of a label"));
    }
    let mut targets = Vec::new();
    for target in raw.targets.iter().flatten() {
        if target.contains('/') {
            return Err(format!("{target:?} is no address of a target"));
        }
        targets.push(LabelSet::new([(ADDRESS, target.as_str())]));
    }
    Ok(Group { targets, labels })
}

fn dns(source: &Source<'_>, found: &mut Found, entry: &Spanned<raw::DnsSd>) -> Option<Discovery> {
    let raw = &entry.value;
    let names = raw.names.clone().unwrap_or_default();
    if names.is_empty() {
        source.wrong(found, entry.referenced, "dns_sd_configs without names", "add names");
    }
    let record = match raw.r#type.as_ref().map(|word| (word, word.value.to_ascii_uppercase())) {
        None => DnsRecord::Srv,
        Some((_, word)) if word == "SRV" => DnsRecord::Srv,
        Some((_, word)) if word == "A" => DnsRecord::A,
        Some((_, word)) if word == "AAAA" => DnsRecord::Aaaa,
        Some((word, text)) if matches!(text.as_str(), "MX" | "NS") => {
            source.idle(
                found,
                "type",
                word.referenced,
                format!("records of type {text} are not looked up: no targets come from here"),
                "use A, AAAA or SRV",
            );
            return None;
        }
        Some((word, _)) => {
            source.wrong(found, word.referenced, format!("there is no record type {:?} here", word.value), "write A, AAAA or SRV");
            return None;
        }
    };
    if record != DnsRecord::Srv && raw.port.unwrap_or(0) == 0 {
        source.wrong(found, entry.referenced, "records of type A and AAAA do not say the port", "add port");
    }
    let every = span(source, found, raw.refresh_interval.as_ref(), true).unwrap_or(Duration::from_secs(30));
    Some(Discovery::Dns { names, record, port: raw.port.unwrap_or(0), every })
}
