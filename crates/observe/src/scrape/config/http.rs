//! Proofs and certificates of a file.

use std::{collections::BTreeMap, path::Path};

use super::{
    HttpOptions, Proof, Text, TlsOptions, beside, raw,
    source::{Found, Source},
};
use crate::scrape::secret::Secret;

/// Headers that we write ourselves or that other keys are for.
const RESERVED: &[&str] = &[
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-prometheus-scrape-timeout-seconds",
];

/// How to ask, as `raw` says; `at` is the place of the job.
pub fn options(source: &Source<'_>, found: &mut Found, file: &Path, raw: &raw::Http<'_>, at: serde_saphyr::Location) -> HttpOptions {
    let ways = [raw.basic_auth.is_some(), raw.authorization.is_some(), raw.bearer_token.is_some(), raw.bearer_token_file.is_some()];
    if ways.iter().filter(|given| **given).count() > 1 {
        source.wrong(found, at, "more than one of basic_auth, authorization, bearer_token and bearer_token_file", "keep one of them");
    }
    let bearer = text(source, found, file, at, "bearer_token", raw.bearer_token, raw.bearer_token_file);
    let proof = basic(source, found, file, raw)
        .or_else(|| authorization(source, found, file, raw))
        .or_else(|| Some(Proof::Other { scheme: "Bearer".to_owned(), credentials: bearer? }));
    let tls = raw.tls.map(|entry| tls(source, found, file, entry)).unwrap_or_default();
    HttpOptions { proof, tls, redirects: raw.follow_redirects.unwrap_or(true), headers: headers(source, found, file, raw.headers, at) }
}

fn text(
    source: &Source<'_>,
    found: &mut Found,
    file: &Path,
    at: serde_saphyr::Location,
    key: &str,
    given: Option<&Secret>,
    path: Option<&String>,
) -> Option<Text> {
    if given.is_some() && path.is_some() {
        source.wrong(found, at, format!("{key} and {key}_file stand side by side"), "keep one of them");
    }
    given.cloned().map(Text::Given).or_else(|| path.map(|path| Text::File(beside(file, path))))
}

fn basic(source: &Source<'_>, found: &mut Found, file: &Path, raw: &raw::Http<'_>) -> Option<Proof> {
    let entry = raw.basic_auth?;
    let (at, raw) = (entry.referenced, &entry.value);
    unused(source, found, &raw.unused());
    let user = raw.username.clone().map(Secret::from);
    let user = text(source, found, file, at, "username", user.as_ref(), raw.username_file.as_ref());
    let password = text(source, found, file, at, "password", raw.password.as_ref(), raw.password_file.as_ref());
    let nothing = || Text::Given(Secret::default());
    Some(Proof::Basic { user: user.unwrap_or_else(nothing), password: password.unwrap_or_else(nothing) })
}

fn authorization(source: &Source<'_>, found: &mut Found, file: &Path, raw: &raw::Http<'_>) -> Option<Proof> {
    let entry = raw.authorization?;
    let (at, raw) = (entry.referenced, &entry.value);
    unused(source, found, &raw.unused());
    let scheme = raw.r#type.clone().map_or_else(|| "Bearer".to_owned(), |scheme| scheme.trim().to_owned());
    if scheme.eq_ignore_ascii_case("basic") {
        source.wrong(found, at, "authorization is not for type Basic", "use basic_auth");
    }
    let credentials = text(source, found, file, at, "credentials", raw.credentials.as_ref(), raw.credentials_file.as_ref());
    Some(Proof::Other { scheme, credentials: credentials.unwrap_or_else(|| Text::Given(Secret::default())) })
}

fn tls(source: &Source<'_>, found: &mut Found, file: &Path, entry: &serde_saphyr::Spanned<raw::Tls>) -> TlsOptions {
    let (at, raw) = (entry.referenced, &entry.value);
    unused(source, found, &raw.unused());
    let plain = |text: &Option<String>| text.clone().filter(|text| !text.is_empty()).map(Secret::from);
    let path = |path: &Option<String>| path.clone().filter(|path| !path.is_empty());
    let roots = text(source, found, file, at, "ca", plain(&raw.ca).as_ref(), path(&raw.ca_file).as_ref());
    let certificate = text(source, found, file, at, "cert", plain(&raw.cert).as_ref(), path(&raw.cert_file).as_ref());
    let key = text(source, found, file, at, "key", raw.key.as_ref(), path(&raw.key_file).as_ref());
    let identity = match (certificate, key) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        (Some(_), None) => {
            source.wrong(found, at, "tls_config has a certificate without its key", "add key_file");
            None
        }
        (None, Some(_)) => {
            source.wrong(found, at, "tls_config has a key without its certificate", "add cert_file");
            None
        }
    };
    let mut version = |word: &Option<raw::Word>| {
        let word = word.as_ref()?;
        if !matches!(word.value.as_str(), "TLS10" | "TLS11" | "TLS12" | "TLS13") {
            source.wrong(found, word.referenced, format!("there is no TLS version {:?}", word.value), "write TLS12 or TLS13");
        }
        Some(word.value.clone())
    };
    let (least, most) = (version(&raw.min_version), version(&raw.max_version));
    if matches!(most.as_deref(), Some("TLS10" | "TLS11")) {
        source.wrong(found, at, "TLS older than 1.2 is not spoken", "raise max_version to TLS12 or TLS13");
    }
    TlsOptions {
        roots,
        identity,
        server_name: path(&raw.server_name),
        insecure: raw.insecure_skip_verify.unwrap_or(false),
        only_13: least.as_deref() == Some("TLS13"),
        only_12: most.as_deref() == Some("TLS12"),
    }
}

fn headers(
    source: &Source<'_>,
    found: &mut Found,
    file: &Path,
    raw: Option<&BTreeMap<String, raw::Header>>,
    at: serde_saphyr::Location,
) -> Vec<(String, Vec<Text>)> {
    let mut all = Vec::new();
    for (name, header) in raw.into_iter().flatten() {
        let lower = name.to_ascii_lowercase();
        if RESERVED.contains(&lower.as_str()) || http::HeaderName::from_bytes(lower.as_bytes()).is_err() {
            source.wrong(found, at, format!("header {name:?} cannot be set by http_headers"), "remove it, or use the key that is for it");
            continue;
        }
        let given = header.values.iter().cloned().map(Secret::from).chain(header.secrets.iter().cloned()).map(Text::Given);
        all.push((lower, given.chain(header.files.iter().map(|path| Text::File(beside(file, path)))).collect()));
    }
    all
}

/// Tells of keys of these sections that are not used.
pub fn unused(source: &Source<'_>, found: &mut Found, keys: &[(&'static str, serde_saphyr::Location)]) {
    for (key, at) in keys {
        source.idle(found, key, *at, format!("{key} is not used: there is no store of secrets to refer to"), "give the file instead");
    }
}
