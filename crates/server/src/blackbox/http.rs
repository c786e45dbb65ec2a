//! The HTTP prober's modules.

use serde_json::{Map, Value, json};

use evenkeel_observe::probe::secret::Secret;

use super::Module;
use crate::{fields::Fields, secret_from::SecretFrom};

/// Headers that carry credentials: their values become secrets.
const CREDENTIALS: &[&str] = &["authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token"];
/// What `blackbox_exporter` follows, as Go's client does.
const REDIRECTS: u8 = 10;
/// The most that a look reads of a body.
const BODY_BYTES_MAX: u64 = 16 << 20;
/// Options that looks have no like of, each with what to do.
const WITHOUT: &[(&str, &str)] = &[
    ("proxy_url", "looks go to their target without a proxy"),
    ("proxy_from_environment", "looks go to their target without a proxy"),
    ("proxy_connect_header", "looks go to their target without a proxy"),
    ("no_proxy", "looks go to their target without a proxy"),
    ("skip_resolve_phase_with_proxy", "looks go to their target without a proxy"),
    ("oauth2", "write a journey whose first step asks for the token"),
    ("fail_if_body_json_matches_cel", "write expect_json of the probe"),
    ("fail_if_body_json_not_matches_cel", "write expect_json of the probe"),
];

pub(super) fn convert(module: &mut Module, own: &mut Fields) -> Result<(), String> {
    let mut check = Map::new();
    if let Some(method) = own.text("method")?.filter(|method| method != "GET") {
        check.insert("method".to_owned(), method.into());
    }
    let statuses = own.list("valid_status_codes")?;
    if !statuses.is_empty() {
        check.insert("expect_status".to_owned(), statuses.into());
    }
    let versions = own.texts("valid_http_versions")?;
    if !versions.is_empty() && !versions.iter().any(|version| version == "HTTP/1.1") {
        module.left.push(format!("valid_http_versions {}: looks speak HTTP/1.1", versions.join(", ")));
    }
    if own.flag("enable_http3")? == Some(true) {
        module.left.push("enable_http3: looks speak HTTP/1.1".to_owned());
    }
    // What version it speaks does not change what it is told.
    own.take("enable_http2");
    headers(module, own, &mut check);
    proof(module, own, &mut check)?;
    match (own.text("body")?, own.text("body_file")?) {
        (Some(body), _) => drop(check.insert("body".to_owned(), body.into())),
        (None, Some(file)) => module.left.push(format!("body_file {file}: write the body itself into the probe")),
        (None, None) => {}
    }
    let follows = own.flag("follow_redirects")?.unwrap_or(true) && own.flag("no_follow_redirects")? != Some(true);
    check.insert("redirects".to_owned(), json!(if follows { REDIRECTS } else { 0 }));
    match (own.flag("fail_if_ssl")?, own.flag("fail_if_not_ssl")?) {
        (_, Some(true)) => drop(check.insert("secure".to_owned(), true.into())),
        (Some(true), _) => drop(check.insert("secure".to_owned(), false.into())),
        _ => {}
    }
    let matches = module.patterns(own, "fail_if_body_not_matches_regexp")?;
    let unlike = module.patterns(own, "fail_if_body_matches_regexp")?;
    let asks_body = [&matches, &unlike].iter().any(|list| list.as_array().is_some_and(|list| !list.is_empty()));
    for (field, list) in [("body_matches", matches), ("body_unlike", unlike)] {
        if list.as_array().is_some_and(|list| !list.is_empty()) {
            check.insert(field.to_owned(), list);
        }
    }
    let limit =
        own.text("body_size_limit")?.map(|text| bytes(&text).ok_or_else(|| format!("body_size_limit: {text:?} is no size"))).transpose()?;
    match limit.filter(|limit| *limit > 0) {
        Some(limit) => drop(check.insert("body_bytes_max".to_owned(), limit.min(BODY_BYTES_MAX).into())),
        // Without a limit it reads everything.
        None if asks_body => drop(check.insert("body_bytes_max".to_owned(), BODY_BYTES_MAX.into())),
        None => {}
    }
    for (theirs, ours) in [("fail_if_header_matches", "headers_unlike"), ("fail_if_header_not_matches", "headers_match")] {
        let rules = header_rules(module, own, theirs)?;
        if !rules.is_empty() {
            check.insert(ours.to_owned(), rules.into());
        }
    }
    match own.text("compression")?.as_deref() {
        Some(word @ ("gzip" | "deflate")) => drop(check.insert("compression".to_owned(), word.into())),
        Some(other) if other != "identity" => module.left.push(format!("compression {other}: looks read gzip and deflate")),
        _ => {}
    }
    let terms = own.fields("tls_config")?;
    let terms = module.tls(terms)?;
    if !terms.is_empty() {
        check.insert("tls".to_owned(), terms.into());
    }
    for (field, why) in WITHOUT {
        if own.take(field).is_some() {
            module.left.push(format!("{field}: {why}"));
        }
    }
    (module.kind, module.check) = (Some("http"), Value::Object(check));
    Ok(())
}

fn headers(module: &mut Module, own: &mut Fields, check: &mut Map<String, Value>) {
    let Some(Value::Object(mut headers)) = own.take("headers") else { return };
    for (name, value) in &mut headers {
        let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        *value = text.clone().into();
        if CREDENTIALS.contains(&name.to_ascii_lowercase().as_str()) {
            let secret = module.secret(&name.to_ascii_lowercase(), SecretFrom::Text(Secret::from(text)));
            *value = format!("{{{{secret.{secret}}}}}").into();
        }
    }
    check.insert("headers".to_owned(), headers.into());
}

/// Who we are: basic authentication, or a token.
fn proof(module: &mut Module, own: &mut Fields, check: &mut Map<String, Value>) -> Result<(), String> {
    let mut basic = own.fields("basic_auth")?;
    if !basic.is_empty() {
        let user = match (basic.text("username")?, basic.text("username_file")?) {
            (None, Some(file)) => {
                module.left.push(format!("basic_auth.username_file {file}: write the user into the probe"));
                String::new()
            }
            (user, _) => user.unwrap_or_default(),
        };
        let from = given(basic.text("password")?, basic.text("password_file")?);
        let mut login = json!({ "user": user });
        if let Some(from) = from {
            login["password"] = module.secret("password", from).into();
        }
        check.insert("basic".to_owned(), login);
    }
    let mut scheme = own.fields("authorization")?;
    let kind = scheme.text("type")?.unwrap_or_else(|| "Bearer".to_owned());
    let bearer = given(own.text("bearer_token")?, own.text("bearer_token_file")?);
    let from = given(scheme.text("credentials")?, scheme.text("credentials_file")?).or(bearer);
    if let Some(from) = from {
        let secret = module.secret("token", from);
        let header = Value::String(format!("{kind} {{{{secret.{secret}}}}}"));
        match check.entry("headers").or_insert_with(|| json!({})) {
            Value::Object(headers) => drop(headers.insert("Authorization".to_owned(), header)),
            _ => return Err("headers is no mapping".to_owned()),
        }
    }
    Ok(())
}

fn given(text: Option<String>, file: Option<String>) -> Option<SecretFrom> {
    text.map(|text| SecretFrom::Text(Secret::from(text))).or_else(|| file.map(|file| SecretFrom::File(file.into())))
}

fn header_rules(module: &mut Module, own: &mut Fields, field: &str) -> Result<Vec<Value>, String> {
    let mut rules = Vec::new();
    for entry in own.list(field)? {
        let mut entry = Fields::of(Some(entry))?;
        let name = entry.text("header")?.ok_or_else(|| format!("{field}: it names no header"))?;
        let may_miss = entry.flag("allow_missing")?.unwrap_or(false);
        let text = entry.text("regexp")?.unwrap_or_default();
        if let Some(pattern) = module.pattern(field, text) {
            let mut rule = json!({ "name": name, "pattern": pattern });
            if may_miss {
                rule["may_miss"] = true.into();
            }
            rules.push(rule);
        }
    }
    Ok(rules)
}

/// A size as `blackbox_exporter` writes it: `10MB`, `1MiB`, or bytes.
fn bytes(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().ok()?;
    let unit: u64 = match text[digits..].to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        // Its units are powers of 1,024 under either name.
        "KB" | "KIB" => 1 << 10,
        "MB" | "MIB" => 1 << 20,
        "GB" | "GIB" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(unit)
}
