//! The published JSON schema of the configuration file: for editors, which then complete and check while one writes.

use schemars::{Schema, SchemaGenerator, json_schema};

use super::File;

mod automation;
mod catalogue;
mod cause;
mod probe;
mod voice;

pub(super) use automation::{macros, replies, ticket_fields, ticket_rules, ticket_statuses, ticket_templates};
pub(super) use catalogue::{condition, done_when, form, price};
pub(super) use cause::causes;
pub(super) use probe::probes;
pub(super) use voice::{phrases, survey_questions};

/// The schema (JSON Schema 2020-12).
pub fn schema() -> Schema {
    schemars::schema_for!(File)
}

macro_rules! words {
    ($($function:ident = $words:expr;)*) => {$(
        pub(super) fn $function(_: &mut SchemaGenerator) -> Schema { json_schema!({ "type": "string", "enum": $words }) }
    )*};
}
words! {
    organisation_kind = ["provider", "customer", "vendor"];
    change_mode = ["stable", "agile"];
    risk = ["low", "medium", "high"];
    holidays = ["none", "cn"];
    weekday = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    locale = ["zh", "en"];
    hook_format = ["alertmanager", "grafana", "zabbix", "uptime-kuma", "generic"];
    criticality = ["critical", "high", "medium", "low"];
    layer = ["sla", "ola", "uc"];
    holiday_rule = ["count", "skip", "only"];
    mailbox_tls = ["implicit", "starttls", "none"];
    unknown_senders = ["hold", "open"];
    existing_mail = ["leave", "take"];
    chat_provider = ["slack", "feishu", "dingtalk", "generic"];
    survey_scale = ["csat", "ces", "nps"];
    retarget = ["from_origin_keep_pauses", "from_change", "strictest"];
}

pub(super) fn level(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["integer", "null"], "minimum": 1, "maximum": 3 })
}

pub(super) fn locale_optional(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["string", "null"], "enum": ["zh", "en", null] })
}

pub(super) fn roles(_: &mut SchemaGenerator) -> Schema {
    let words: Vec<&str> = evenkeel_api::Role::ALL.iter().map(|role| role.as_str()).collect();
    json_schema!({ "type": "array", "items": { "type": "string", "enum": words } })
}

pub(super) fn status_channels(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": { "type": "string", "enum": ["mail", "webhook"] } })
}

pub(super) fn bilingual(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "description": "Shown name in both languages.", "additionalProperties": false, "required": ["zh", "en"],
        "properties": { "zh": { "type": "string" }, "en": { "type": "string" } } })
}

pub(super) fn hook_mapping(_: &mut SchemaGenerator) -> Schema {
    let place = || serde_json::json!({ "type": "string", "description": "A JSON pointer (RFC 6901)." });
    let each = || serde_json::json!({ "type": "object", "additionalProperties": { "type": "string" } });
    json_schema!({ "type": ["object", "null"], "additionalProperties": false, "properties": {
        "alerts": place(), "labels": each(), "constant": each(), "annotations": each(), "status": place(),
        "resolved": { "type": "array", "items": { "type": "string" } }, "starts_at": place() } })
}

fn time() -> serde_json::Value {
    serde_json::json!({ "type": "string", "description": "HH:MM or HH:MM:SS; up to 24:00", "pattern": "^\\d{2}:\\d{2}(:\\d{2})?$" })
}

pub(super) fn weekly(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": { "type": "object", "additionalProperties": false, "required": ["days", "from", "to"], "properties": {
        "days": { "type": "array", "items": { "type": "string", "enum": ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] } },
        "from": time(), "to": time() } } })
}

pub(super) fn dated(_: &mut SchemaGenerator) -> Schema {
    let moment = serde_json::json!({ "type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}" });
    json_schema!({ "type": "array", "items": { "type": "object", "additionalProperties": false, "required": ["from", "to"],
        "properties": { "from": moment, "to": moment } } })
}

pub(super) fn change_kinds(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": { "type": "string", "enum": ["standard", "normal", "emergency"] } })
}

pub(super) fn exceptions(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": { "type": "object", "additionalProperties": false, "required": ["date"], "properties": {
        "date": { "type": "string", "format": "date" }, "closed": { "type": "boolean" }, "name": { "type": "string" },
        "open": { "type": "array", "items": { "type": "object", "additionalProperties": false, "required": ["from", "to"], "properties": { "from": time(), "to": time() } } } } } })
}

pub(super) fn goals(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": { "type": "object", "additionalProperties": false, "required": ["priority", "goal", "target_secs"], "properties": {
        "priority": { "type": "integer", "minimum": 1, "maximum": 5 },
        "goal": { "type": "string", "enum": ["response", "restore", "resolve"] },
        "target_secs": { "type": "integer", "minimum": 1, "description": "Seconds of business time." } } } })
}

pub(super) fn matrix(_: &mut SchemaGenerator) -> Schema {
    let row =
        serde_json::json!({ "type": "array", "minItems": 3, "maxItems": 3, "items": { "type": "integer", "minimum": 1, "maximum": 5 } });
    json_schema!({ "type": "array", "minItems": 3, "maxItems": 3, "items": row })
}

pub(super) fn maintenance_terms(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "additionalProperties": false, "properties": {
        "notice_secs": { "type": "integer", "minimum": 0, "description": "The customer must have been told so many seconds ahead; 0 = telling is not asked for." },
        "monthly_quota_secs": { "type": "integer", "minimum": 0, "description": "At most so many seconds a calendar month; not given = no limit." } } })
}

pub(super) fn escalation_terms(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "additionalProperties": false, "properties": {
        "at_risk_percent": { "type": "integer", "minimum": 0, "maximum": 99, "description": "At risk from so much of the target before it is due; 0 = never." },
        "overdue_percent": { "type": "integer", "minimum": 0, "maximum": 1000, "description": "Overdue from so much of the target after it was due; 0 = never." } } })
}

pub(super) fn pauses(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": { "type": "object", "additionalProperties": false, "required": ["hold", "owner"], "properties": {
        "hold": { "type": "string", "enum": ["customer", "third_party", "vendor", "change", "internal"] },
        "owner": { "type": "string", "enum": ["us", "customer", "third_party", "vendor"] } } } })
}

pub(super) fn heartbeats(_: &mut SchemaGenerator) -> Schema {
    let secs = serde_json::json!({ "type": "integer", "minimum": 1 });
    json_schema!({ "type": "array", "items": { "type": "object", "additionalProperties": false, "required": ["name", "service"],
        "oneOf": [{ "required": ["every_secs"] }, { "required": ["cron"] }],
        "properties": {
            "name": { "type": "string" }, "service": { "type": "string" },
            "every_secs": secs,
            "cron": { "type": "string", "description": "Minute, hour, day of month, month, day of week." },
            "zone": { "type": "string", "description": "The time zone of cron; UTC when left out." },
            "grace_secs": secs, "run_limit_secs": secs,
            "severity": { "type": "string", "enum": ["critical", "warning", "info"] },
            "paused": { "type": "boolean" } } } })
}

pub(super) fn gateways(_: &mut SchemaGenerator) -> Schema {
    let text = serde_json::json!({ "type": "string" });
    let texts = serde_json::json!({ "type": "object", "additionalProperties": { "type": "string" } });
    let secret = serde_json::json!({ "description": "Where it lies: never the secret itself.", "oneOf": [
        { "type": "object", "additionalProperties": false, "required": ["env"], "properties": { "env": text } },
        { "type": "object", "additionalProperties": false, "required": ["file"], "properties": { "file": text } } ] });
    json_schema!({ "type": "array", "items": { "type": "object", "additionalProperties": false, "required": ["name", "shape"], "properties": {
        "name": { "type": "string", "pattern": "^[A-Za-z0-9_-]{1,40}$" },
        "shape": { "type": "string", "enum": ["dingtalk", "wecom", "feishu", "slack", "teams", "twilio_sms", "twilio_voice", "tencent_sms", "http"] },
        "url": text, "secret": secret, "settings": texts,
        "request": { "type": "object", "additionalProperties": false, "properties": {
            "method": { "type": "string", "enum": ["POST", "PUT", "GET"] }, "headers": texts, "json": {}, "form": texts } },
        "accept": { "type": "object", "additionalProperties": false, "properties": { "pointer": text, "equals": {} } },
        "receipt": { "type": "object", "additionalProperties": false, "required": ["field", "delivered", "failed"], "properties": {
            "field": text, "delivered": { "type": "array", "items": text }, "failed": { "type": "array", "items": text } } },
        "receipt_within_secs": { "type": "integer", "minimum": 10, "maximum": 3600 } } } })
}

pub(super) fn quorum(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "additionalProperties": false, "required": ["people", "priority"], "properties": {
        "people": { "type": "integer", "minimum": 2, "maximum": 10, "description": "So many different people must answer." },
        "priority": { "type": "integer", "minimum": 1, "maximum": 5, "description": "For this priority and graver ones." } } })
}
