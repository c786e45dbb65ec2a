//! The schema of probes.

use evenkeel_observe::probe::model::KINDS;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

#[allow(clippy::needless_pass_by_value, reason = "what is given is made for the call")]
fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}
fn text() -> Value {
    json!({ "type": "string" })
}
fn texts() -> Value {
    json!({ "type": "object", "additionalProperties": { "type": "string" } })
}
fn count(minimum: u32) -> Value {
    json!({ "type": "integer", "minimum": minimum })
}
fn flag() -> Value {
    json!({ "type": "boolean" })
}
fn patterns() -> Value {
    json!({ "type": "array", "items": { "type": "string", "format": "regex" } })
}
fn one_of(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}
fn secret() -> Value {
    json!({ "type": "string", "pattern": "^[a-z0-9_-]{1,60}$", "description": "The name of a secret, never the secret itself." })
}

fn tls() -> Value {
    object(
        &[],
        json!({ "server_name": text(), "insecure": flag(), "min_days": count(0), "authority": secret(), "certificate": secret(),
        "key": secret(), "min_version": one_of(&["1.2", "1.3"]) }),
    )
}

fn http() -> Value {
    let rules = || json!({ "type": "array", "items": object(&["name", "pattern"], json!({ "name": text(), "pattern": text(), "may_miss": flag() })) });
    object(
        &["url"],
        json!({ "url": text(), "method": text(), "headers": texts(), "body": text(),
        "expect_status": { "type": "array", "items": { "type": "integer", "minimum": 100, "maximum": 599 } },
        "body_contains": text(), "body_lacks": text(), "expect_headers": texts(),
        "expect_json": { "type": "object", "description": "JSON Pointers (RFC 6901) and what must be there." },
        "max_ms": { "type": "object", "propertyNames": { "enum": ["resolve", "connect", "tls", "processing", "transfer", "total"] },
            "additionalProperties": { "type": "integer", "minimum": 1 } },
        "min_days": count(0), "body_bytes_max": count(0), "redirects": count(0), "insecure": flag(), "tls": tls(),
        "basic": object(&["user"], json!({ "user": text(), "password": secret() })),
        "body_matches": patterns(), "body_unlike": patterns(), "headers_match": rules(), "headers_unlike": rules(),
        "secure": flag(), "compression": one_of(&["gzip", "deflate"]) }),
    )
}

fn journey() -> Value {
    let capture = json!({ "oneOf": [
        object(&["json"], json!({ "json": text() })), object(&["header"], json!({ "header": text() })),
        object(&["cookie"], json!({ "cookie": text() })), object(&["regex"], json!({ "regex": text() })) ] });
    let until = object(&["times"], json!({ "times": { "type": "integer", "minimum": 2, "maximum": 50 }, "wait_ms": count(0) }));
    let step = object(
        &["name", "http"],
        json!({ "name": text(), "http": http(), "until": until,
        "capture": { "type": "object", "additionalProperties": capture } }),
    );
    object(&["steps"], json!({ "variables": texts(), "steps": { "type": "array", "minItems": 1, "maxItems": 20, "items": step } }))
}

fn tcp() -> Value {
    let step = object(&[], json!({ "expect": text(), "refuse": text(), "send": text(), "starttls": flag() }));
    object(
        &["address"],
        json!({ "address": text(), "send": text(), "expect": text(), "steps": { "type": "array", "items": step },
        "protocol": one_of(&["smtp", "imap", "pop3", "ftp", "ssh", "irc"]), "tls": tls(), "starttls": tls() }),
    )
}

fn dns() -> Value {
    let rules =
        || object(&[], json!({ "none_match": patterns(), "not_all_match": patterns(), "all_match": patterns(), "any_match": patterns() }));
    object(
        &["name"],
        json!({ "name": text(), "server": text(), "record": text(), "expect": { "type": "array", "items": text() },
        "transport": one_of(&["udp", "tcp", "tls"]), "tls": tls(), "rcodes": { "type": "array", "items": text() },
        "no_recursion": flag(), "may_be_empty": flag(), "answer": rules(), "authority": rules(), "additional": rules() }),
    )
}

pub(in crate::definition) fn probes(_: &mut SchemaGenerator) -> Schema {
    let one: Vec<Value> = KINDS.iter().map(|kind| json!({ "required": [kind] })).collect();
    let role = || one_of(&["primary", "replica"]);
    let database = || {
        object(
            &["address"],
            json!({ "address": text(), "user": text(), "password": secret(), "database": text(), "tls": tls(), "role": role() }),
        )
    };
    json_schema!({ "type": "array", "items": { "type": "object", "additionalProperties": false, "required": ["name", "service"], "oneOf": one,
        "properties": {
            "name": text(), "service": text(),
            "http": http(), "journey": journey(), "tcp": tcp(), "dns": dns(),
            "tls": object(&["address"], json!({ "address": text(), "server_name": text(), "min_days": count(0), "insecure": flag() })),
            "icmp": object(&["host"], json!({ "host": text(), "ttl": { "type": "integer", "minimum": 1, "maximum": 255 }, "payload_bytes": count(0) })),
            "grpc": object(&["address"], json!({ "address": text(), "service": text(), "tls": tls() })),
            "postgres": database(), "mysql": database(),
            "redis": object(&["address"], json!({ "address": text(), "user": text(), "password": secret(), "tls": tls(), "role": role() })),
            "ip": one_of(&["v4_first", "v6_first", "v4", "v6"]),
            "interval_secs": count(1),
            "interval_ms": { "type": "integer", "minimum": 50, "description": "In place of interval_secs: for drills and tests." },
            "timeout_secs": { "type": "number", "exclusiveMinimum": 0 },
            "failures": { "type": "integer", "minimum": 1, "maximum": 20 },
            "successes": { "type": "integer", "minimum": 1, "maximum": 20 },
            "retry_interval_ms": count(0),
            "vantages": { "type": "array", "items": { "type": "string" } },
            "quorum": count(1),
            "severity": one_of(&["critical", "warning", "info"]),
            "paused": flag() } } })
}
