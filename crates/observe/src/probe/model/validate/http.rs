//! Which HTTP checks and journeys are acceptable.

use std::collections::BTreeSet;

use evenkeel_core::Failure;

use super::{
    super::{CAPTURES_MAX, Capture, HttpCheck, JourneyCheck, STEPS_MAX, TIMES_MAX, VALUE_BYTES_MAX},
    invalid, pattern, wire,
};
use crate::probe::template::{self, Part};

/// Request headers that carry credentials: a definition is kept in the ledger for good, so they may not be in it.
pub(crate) const SECRET_HEADERS: &[&str] = &["authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token"];

/// Headers that the prober writes itself.
const OWN_HEADERS: &[&str] = &["content-length", "transfer-encoding", "connection", "upgrade"];

/// Rules of one kind, at most.
const RULES_MAX: usize = 50;

/// What `{{…}}` may name.
pub(super) enum Known<'a> {
    /// Secrets alone; other braces are text.
    Secrets,
    /// Secrets, values of the definition, and what earlier steps have taken from answers.
    Variables { fixed: &'a std::collections::BTreeMap<String, String>, taken: &'a BTreeSet<&'a str> },
}

fn template(at: &str, text: &str, known: &Known<'_>) -> Result<(), Failure> {
    for part in template::parts(text) {
        match (part, known) {
            (Part::Secret(Err(error)), _) => return Err(invalid(at, error)),
            (Part::Variable(name), Known::Variables { fixed, taken }) if !fixed.contains_key(name) && !taken.contains(name) => {
                return Err(invalid(at, format!("{{{{{name}}}}} is neither a variable nor taken from the answer of an earlier step")));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a value is not the credential itself.
fn holds_reference(text: &str, known: &Known<'_>) -> bool {
    template::parts(text).any(|part| match (part, known) {
        (Part::Secret(_), _) => true,
        (Part::Variable(name), Known::Variables { fixed, taken }) => taken.contains(name) && !fixed.contains_key(name),
        _ => false,
    })
}

/// The URL with something in place of what is not known yet. What an answer or a secret says may stand in path and query
/// alone: it does not decide to whom secrets go.
fn sample_url(at: &str, text: &str, known: &Known<'_>) -> Result<String, Failure> {
    let mut out = String::new();
    for part in template::parts(text) {
        match (part, known) {
            (Part::Text(text), _) => out.push_str(text),
            (Part::Variable(name), Known::Variables { fixed, .. }) if fixed.contains_key(name) => out.push_str(&fixed[name]),
            // Braces are text, here as in all requests that are no journey.
            (Part::Variable(name), Known::Secrets) => out.extend(["{{", name, "}}"]),
            (Part::Variable(_) | Part::Secret(_), _) => {
                let begins = out.find("://").map_or(out.len(), |at| at + 3);
                if !out[begins..].contains(['/', '?', '#']) {
                    return Err(invalid(at, "what answers and secrets say may stand in path and query alone, not in the host"));
                }
                out.push('x');
            }
        }
    }
    Ok(out)
}

/// `prefix` is where the check stands in the definition.
pub(super) fn check(prefix: &str, check: &HttpCheck, known: &Known<'_>) -> Result<(), Failure> {
    let at = |field: &str| format!("{prefix}/{field}");
    template(&at("url"), &check.url, known)?;
    let url = url::Url::parse(&sample_url(&at("url"), &check.url, known)?)
        .map_err(|error| invalid(&at("url"), format!("{:?} is not a URL: {error}", check.url)))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid(&at("url"), format!("scheme {:?} cannot be probed", url.scheme())).allowed(["http", "https"]));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(invalid(&at("url"), "the URL names no host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid(&at("url"), "a URL with a user or password would be kept in the ledger for good: leave it out"));
    }
    if http::Method::from_bytes(check.method.as_bytes()).is_err() || check.method == "CONNECT" {
        return Err(invalid(&at("method"), format!("{:?} is not a method", check.method)).allowed(["GET", "HEAD", "POST"]));
    }
    for (name, value) in &check.headers {
        let at = at(&format!("headers/{name}"));
        let lower = name.to_ascii_lowercase();
        template(&at, value, known)?;
        if SECRET_HEADERS.contains(&lower.as_str()) && !holds_reference(value, known) {
            return Err(invalid(
                &at,
                "this header carries a credential, and definitions are kept in the ledger for good: name it, such as `Bearer {{secret.shop}}`",
            ));
        }
        let known = http::HeaderName::from_bytes(name.as_bytes()).is_ok() && http::HeaderValue::from_str(value).is_ok();
        if !known || OWN_HEADERS.contains(&lower.as_str()) {
            return Err(invalid(&at, "not a header that can be sent"));
        }
    }
    if let Some(status) = check.expect_status.iter().find(|status| !(100..=599).contains(*status)) {
        return Err(invalid(&at("expect_status"), format!("{status} is not a status: 100 to 599")));
    }
    if check.body_contains.as_ref().is_some_and(String::is_empty) {
        return Err(invalid(&at("body_contains"), "an empty text is always found: leave it out"));
    }
    if check.body_lacks.as_ref().is_some_and(String::is_empty) {
        return Err(invalid(&at("body_lacks"), "an empty text is always found: leave it out"));
    }
    if let Some(name) = check.expect_headers.keys().find(|name| http::HeaderName::from_bytes(name.as_bytes()).is_err()) {
        return Err(invalid(&at(&format!("expect_headers/{name}")), "not the name of a header"));
    }
    if let Some(pointer) = check.expect_json.keys().find(|pointer| !pointer.is_empty() && !pointer.starts_with('/')) {
        let detail = format!("{pointer:?} is no JSON Pointer: write /status, or /nodes/0/up");
        return Err(invalid(&at("expect_json"), detail));
    }
    if check.min_days.is_some() && url.scheme() == "http" {
        return Err(invalid(&at("min_days"), "http:// shows no certificate: write https://, or leave it out"));
    }
    if check.body.as_ref().is_some_and(|body| body.len() > 64 << 10) {
        return Err(invalid(&at("body"), "a request body holds at most 64 KiB"));
    }
    if !(1..=16 << 20).contains(&check.body_bytes_max) {
        return Err(invalid(&at("body_bytes_max"), "write 1 to 16777216 bytes"));
    }
    if let Some(body) = &check.body {
        template(&at("body"), body, known)?;
    }
    if matches!(known, Known::Variables { .. }) {
        let texts = [&check.body_contains, &check.body_lacks].into_iter().flatten().map(String::as_str);
        let json = check.expect_json.values().filter_map(serde_json::Value::as_str);
        texts.chain(json).chain(check.expect_headers.values().map(String::as_str)).try_for_each(|text| template(prefix, text, known))?;
    }
    if let Some(terms) = &check.tls {
        wire::terms(&at("tls"), terms)?;
        if check.insecure || check.min_days.is_some() {
            return Err(invalid(&at("tls"), "write insecure and min_days within tls, not beside it"));
        }
    }
    if check.basic.as_ref().is_some_and(|basic| basic.user.contains(':') || basic.user.len() > 256) {
        return Err(invalid(&at("basic/user"), "a user of basic authentication has no colon, and 256 characters at most"));
    }
    for (field, patterns) in [("body_matches", &check.body_matches), ("body_unlike", &check.body_unlike)] {
        patterns.iter().try_for_each(|text| pattern(&at(field), text))?;
    }
    for (field, rules) in [("headers_match", &check.headers_match), ("headers_unlike", &check.headers_unlike)] {
        for rule in rules {
            pattern(&at(field), &rule.pattern)?;
            if http::HeaderName::from_bytes(rule.name.as_bytes()).is_err() {
                return Err(invalid(&at(field), format!("{:?} is not the name of a header", rule.name)));
            }
        }
    }
    let many = [check.body_matches.len(), check.body_unlike.len(), check.headers_match.len(), check.headers_unlike.len()];
    if many.iter().any(|count| *count > RULES_MAX) || check.headers.len() > RULES_MAX || check.expect_json.len() > RULES_MAX {
        return Err(invalid(prefix, format!("at most {RULES_MAX} rules or headers of one kind")));
    }
    if check.redirects > 20 {
        return Err(invalid(&at("redirects"), "follow at most 20 redirects"));
    }
    Ok(())
}

/// Whether a journey can be made, and ends.
pub(super) fn journey(check: &JourneyCheck) -> Result<(), Failure> {
    if !(1..=STEPS_MAX).contains(&check.steps.len()) {
        return Err(invalid("/journey/steps", format!("{} steps: write 1 to {STEPS_MAX}", check.steps.len())));
    }
    if check.variables.len() > CAPTURES_MAX {
        return Err(invalid("/journey/variables", format!("at most {CAPTURES_MAX} variables")));
    }
    for (name, value) in &check.variables {
        let at = format!("/journey/variables/{name}");
        variable(&at, name)?;
        if value.len() > VALUE_BYTES_MAX {
            return Err(invalid(&at, format!("a value has at most {VALUE_BYTES_MAX} bytes")));
        }
    }
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    for (place, step) in check.steps.iter().enumerate() {
        let at = format!("/journey/steps/{place}");
        if step.name.trim().is_empty() || step.name.chars().count() > 100 {
            return Err(invalid(&format!("{at}/name"), "a step has a name of 1 to 100 characters"));
        }
        if check.steps[..place].iter().any(|other| other.name == step.name) {
            return Err(invalid(&format!("{at}/name"), format!("there are two steps {:?}", step.name)));
        }
        // What an answer says is not fixed, whatever it was before.
        let fixed: std::collections::BTreeMap<String, String> = check
            .variables
            .iter()
            .filter(|(name, _)| check.steps.iter().all(|step| !step.capture.contains_key(*name)))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let begun: BTreeSet<&str> = taken.iter().copied().chain(check.variables.keys().map(String::as_str)).collect();
        self::check(&format!("{at}/http"), &step.http, &Known::Variables { fixed: &fixed, taken: &begun })?;
        if step.capture.len() > CAPTURES_MAX {
            return Err(invalid(&format!("{at}/capture"), format!("at most {CAPTURES_MAX} values are taken from one answer")));
        }
        for (name, capture) in &step.capture {
            let at = format!("{at}/capture/{name}");
            variable(&at, name)?;
            match capture {
                Capture::Json(pointer) if !pointer.is_empty() && !pointer.starts_with('/') => {
                    return Err(invalid(&at, format!("{pointer:?} is no JSON Pointer: write /token")));
                }
                Capture::Header(header) if http::HeaderName::from_bytes(header.as_bytes()).is_err() => {
                    return Err(invalid(&at, format!("{header:?} is not the name of a header")));
                }
                Capture::Regex(text) => pattern(&at, text)?,
                _ => {}
            }
            taken.insert(name);
        }
        match step.until {
            Some(until) if !(2..=TIMES_MAX).contains(&until.times) || until.wait_ms > 60_000 => {
                return Err(invalid(&format!("{at}/until"), format!("write 2 to {TIMES_MAX} times, and 60000 ms between two at most")));
            }
            _ => {}
        }
    }
    Ok(())
}

fn variable(at: &str, name: &str) -> Result<(), Failure> {
    if template::is_variable(name) {
        Ok(())
    } else {
        Err(invalid(at, format!("{name:?} is no name of a variable: a letter, then up to 59 letters, digits, '-' or '_'")))
    }
}
