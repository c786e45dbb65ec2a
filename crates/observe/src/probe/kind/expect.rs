//! What an HTTP answer must be beyond its status. Pure.
//!
//! Judged in the order in which people read an answer: status, headers, body, then how long it took and how long the
//! certificate is good for.

use std::{borrow::Cow, collections::BTreeMap};

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::probe::{
    look::{Code, Fault, Trace},
    model::{HttpCheck, Part},
};

use super::{
    http::{PHASES, holds},
    pattern::Patterns,
};

/// What one request brought.
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// Where to go on, when it is a redirect to follow.
    pub location: Option<String>,
    /// Bytes of the body that were read.
    pub bytes: usize,
    /// They themselves, when something is asked about them.
    pub body: Option<Vec<u8>>,
    /// Whether the body went on.
    pub is_cut: bool,
    /// Whether it came over TLS.
    pub is_secure: bool,
}

/// Whether the answer is as it should be. `left_days` is how long the certificate is good for, when there is one.
pub(super) fn judge(
    check: &HttpCheck,
    answer: &Answer,
    trace: &mut Trace,
    left_days: Option<i64>,
    patterns: &Patterns,
) -> Result<Cow<'static, str>, Fault> {
    let status = answer.status;
    let expected = if check.expect_status.is_empty() { status.is_success() } else { check.expect_status.contains(&status.as_u16()) };
    if !expected {
        return Err(Fault::new(Code::Status, format!("HTTP {}", status.as_u16())));
    }
    if check.secure.is_some_and(|secure| secure != answer.is_secure) {
        let how = if answer.is_secure { "over TLS, which must not be" } else { "without TLS" };
        return Err(Fault::new(Code::Tls, format!("HTTP {}, {how}", status.as_u16())));
    }
    headers(check, answer)?;
    header_rules(check, answer, patterns)?;
    let right = text(check, answer).and_then(|()| matches(check, answer, patterns)).and_then(|()| json(check, answer));
    if check.asks_body() {
        trace.set("probe_failed_due_to_regex", if right.is_ok() { 0.0 } else { 1.0 });
    }
    right?;
    took(&check.max_ms, trace)?;
    if let (Some(asked), Some(left)) = (check.min_days.or(check.tls.as_ref().and_then(|tls| tls.min_days)), left_days)
        && left < i64::from(asked)
    {
        return Err(Fault::new(Code::CertificateExpiring, format!("certificate ends in {left} days, {asked} are asked for")));
    }
    Ok(format!("HTTP {}, {} bytes", status.as_u16(), answer.bytes).into())
}

fn headers(check: &HttpCheck, answer: &Answer) -> Result<(), Fault> {
    for (name, wanted) in &check.expect_headers {
        let mut shown = answer.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).peekable();
        if shown.peek().is_none() {
            return Err(Fault::new(Code::Header, format!("there is no header {name}")));
        }
        let shown: Vec<Cow<'_, str>> = shown.collect();
        if !shown.iter().any(|value| value.contains(wanted.as_str())) {
            return Err(Fault::new(Code::Header, format!("header {name} is {:?}, expected {wanted:?} in it", shown.join(", "))));
        }
    }
    Ok(())
}

fn text(check: &HttpCheck, answer: &Answer) -> Result<(), Fault> {
    let Some(body) = &answer.body else { return Ok(()) };
    let (status, bytes) = (answer.status.as_u16(), answer.bytes);
    if check.body_contains.as_ref().is_some_and(|wanted| !holds(body, wanted.as_bytes())) {
        return Err(Fault::new(Code::Body, format!("HTTP {status}, the expected text is not in the first {bytes} bytes")));
    }
    if check.body_lacks.as_ref().is_some_and(|unwanted| holds(body, unwanted.as_bytes())) {
        return Err(Fault::new(Code::Body, format!("HTTP {status}, the answer holds the text that must not be there")));
    }
    Ok(())
}

fn matches(check: &HttpCheck, answer: &Answer, patterns: &Patterns) -> Result<(), Fault> {
    let Some(body) = &answer.body else { return Ok(()) };
    let status = answer.status.as_u16();
    for wanted in &check.body_matches {
        if !patterns.get(wanted)?.is_match(body) {
            return Err(Fault::new(Code::Body, format!("HTTP {status}, nothing in the first {} bytes matches {wanted:?}", answer.bytes)));
        }
    }
    for unwanted in &check.body_unlike {
        if patterns.get(unwanted)?.is_match(body) {
            return Err(Fault::new(Code::Body, format!("HTTP {status}, the answer matches {unwanted:?}, which must not be")));
        }
    }
    Ok(())
}

fn header_rules(check: &HttpCheck, answer: &Answer, patterns: &Patterns) -> Result<(), Fault> {
    let rules = [(true, &check.headers_match), (false, &check.headers_unlike)];
    for (wanted, rule) in rules.into_iter().flat_map(|(wanted, rules)| rules.iter().map(move |rule| (wanted, rule))) {
        let pattern = patterns.get(&rule.pattern)?;
        let mut shown = answer.headers.get_all(&rule.name).iter().peekable();
        if shown.peek().is_none() && !rule.may_miss {
            return Err(Fault::new(Code::Header, format!("there is no header {}", rule.name)));
        }
        if shown.peek().is_some() && shown.any(|value| pattern.is_match(value.as_bytes())) != wanted {
            let how = if wanted { "does not match" } else { "matches" };
            return Err(Fault::new(Code::Header, format!("header {} {how} {:?}", rule.name, rule.pattern)));
        }
    }
    Ok(())
}

fn json(check: &HttpCheck, answer: &Answer) -> Result<(), Fault> {
    let Some(body) = answer.body.as_ref().filter(|_| !check.expect_json.is_empty()) else { return Ok(()) };
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        let why = if answer.is_cut { format!("it is longer than body_bytes_max, {} bytes", answer.bytes) } else { error.to_string() };
        Fault::new(Code::Json, format!("the answer is not JSON that can be read: {why}"))
    })?;
    for (pointer, wanted) in &check.expect_json {
        match value.pointer(pointer) {
            Some(found) if alike(found, wanted) => {}
            Some(found) => return Err(Fault::new(Code::Json, format!("{pointer} is {found}, expected {wanted}"))),
            None => return Err(Fault::new(Code::Json, format!("there is no {pointer}, expected {wanted}"))),
        }
    }
    Ok(())
}

/// 1 and 1.0 are one number.
fn alike(found: &Value, wanted: &Value) -> bool {
    match (found.as_f64(), wanted.as_f64()) {
        (Some(found), Some(wanted)) => found.to_bits() == wanted.to_bits(),
        _ => found == wanted,
    }
}

fn took(limits: &BTreeMap<Part, u64>, trace: &Trace) -> Result<(), Fault> {
    for (part, limit_ms) in limits {
        let phases = trace.samples.iter().filter(|sample| sample.metric == PHASES);
        let of_part = phases.filter(|sample| *part == Part::Total || sample.label == Some(("phase", part.as_str())));
        let took_ms = of_part.map(|sample| sample.value).sum::<f64>() * 1000.0;
        #[allow(clippy::cast_precision_loss, reason = "a day has fewer milliseconds than 2^53")]
        if took_ms > *limit_ms as f64 {
            return Err(Fault::new(Code::Slow, format!("{} took {took_ms:.0} ms, {limit_ms} are allowed", part.as_str())));
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(asked: &Value) -> HttpCheck {
        let mut whole = json!({ "url": "http://shop.example/" });
        let fields = asked.as_object().cloned().unwrap_or_default();
        if let Some(object) = whole.as_object_mut() {
            object.extend(fields);
        }
        serde_json::from_value(whole).unwrap_or_else(|error| panic!("{error}"))
    }

    fn judged(asked: &Value, body: &str) -> Result<String, (Code, String)> {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", http::HeaderValue::from_static("application/json; charset=utf-8"));
        let body = Some(body.as_bytes().to_vec());
        let answer = Answer { status: StatusCode::OK, headers, location: None, bytes: 20, body, is_cut: false, is_secure: true };
        let mut trace = Trace::default();
        trace.add_with(PHASES, ("phase", "connect"), 0.02);
        trace.add_with(PHASES, ("phase", "processing"), 0.3);
        judge(&check(asked), &answer, &mut trace, Some(10), &Patterns::default())
            .map(Cow::into_owned)
            .map_err(|fault| (fault.code, fault.detail.into_owned()))
    }

    #[test]
    fn each_expectation_passes_or_says_what_it_found() {
        let body = r#"{"status":"ok","queue":{"depth":3},"nodes":[{"up":true}]}"#;
        for (asked, wanted) in [
            (json!({ "expect_json": { "/status": "ok", "/queue/depth": 3.0, "/nodes/0/up": true } }), Ok(())),
            (json!({ "expect_json": { "/queue/depth": 0 } }), Err((Code::Json, "/queue/depth is 3, expected 0"))),
            (json!({ "expect_json": { "/version": "2" } }), Err((Code::Json, "there is no /version, expected \"2\""))),
            (json!({ "expect_headers": { "Content-Type": "application/json" } }), Ok(())),
            (json!({ "expect_headers": { "X-Cache": "" } }), Err((Code::Header, "there is no header X-Cache"))),
            (json!({ "body_lacks": "error" }), Ok(())),
            (json!({ "body_lacks": "queue" }), Err((Code::Body, "HTTP 200, the answer holds the text that must not be there"))),
            (json!({ "max_ms": { "connect": 20, "total": 320 } }), Ok(())),
            (json!({ "max_ms": { "processing": 250 } }), Err((Code::Slow, "processing took 300 ms, 250 are allowed"))),
            (json!({ "max_ms": { "total": 300 } }), Err((Code::Slow, "total took 320 ms, 300 are allowed"))),
            (json!({ "body_matches": ["\"depth\":\\s*\\d+"], "body_unlike": ["Exception"], "secure": true }), Ok(())),
            (json!({ "body_unlike": ["dep.h"] }), Err((Code::Body, "HTTP 200, the answer matches \"dep.h\", which must not be"))),
            (json!({ "secure": false }), Err((Code::Tls, "HTTP 200, over TLS, which must not be"))),
            (json!({ "headers_match": [{ "name": "Content-Type", "pattern": "utf-?8$" }] }), Ok(())),
            (
                json!({ "headers_unlike": [{ "name": "Content-Type", "pattern": "json" }] }),
                Err((Code::Header, "header Content-Type matches \"json\"")),
            ),
            (json!({ "headers_unlike": [{ "name": "Set-Cookie", "pattern": ".*", "may_miss": true }] }), Ok(())),
            (json!({ "headers_match": [{ "name": "X-Cache", "pattern": "." }] }), Err((Code::Header, "there is no header X-Cache"))),
            (json!({ "min_days": 10 }), Ok(())),
            (json!({ "min_days": 11 }), Err((Code::CertificateExpiring, "certificate ends in 10 days, 11 are asked for"))),
        ] {
            let found = judged(&asked, body);
            assert_eq!(found.as_ref().map(|_| ()).map_err(|(code, detail)| (*code, detail.as_str())), wanted, "{asked}");
        }
        assert_eq!(judged(&json!({ "expect_json": { "/a": 1 } }), "<html>").map_err(|(code, _)| code), Err(Code::Json));
    }
}
