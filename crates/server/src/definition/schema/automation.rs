//! Canned replies, macros, rules, fields, statuses and templates of the desk.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::{bilingual, form};

fn names() -> Value {
    json!({ "type": "array", "items": { "type": "string" } })
}

fn scope() -> Value {
    json!({ "type": "object", "additionalProperties": false, "description": "For which tickets; what is left out is all.",
        "properties": { "customers": names(), "services": names(), "teams": names() } })
}

fn of() -> Value {
    json!({ "type": "string", "enum": ["incident", "request"], "description": "For which kind of tickets; incidents when left out." })
}

fn level() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": 3 })
}

fn states() -> Value {
    let incidents = evenkeel_core::state::IncidentState::ALL.iter().map(|state| state.as_str());
    let words: Vec<&str> = incidents.chain(evenkeel_core::state::RequestState::ALL.iter().map(|state| state.as_str())).collect();
    json!({ "type": "array", "items": { "type": "string", "enum": words } })
}

fn one_of(kinds: &[(&str, Value)]) -> Value {
    let each = kinds
        .iter()
        .map(|(word, body)| json!({ "type": "object", "additionalProperties": false, "required": [word], "properties": { *word: body } }));
    json!({ "oneOf": each.collect::<Vec<_>>() })
}

#[allow(clippy::needless_pass_by_value, reason = "it is written where it is passed")]
fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

fn actions(generator: &mut SchemaGenerator) -> Value {
    let both = bilingual(generator).to_value();
    let said = || object(&["text"], json!({ "text": both }));
    let empty = || object(&[], json!({}));
    let holds: Vec<&str> = evenkeel_core::state::HoldReason::ALL.iter().map(|hold| hold.as_str()).collect();
    let action = one_of(&[
        ("assign", object(&[], json!({ "team": { "type": "string" }, "person": { "type": "string" } }))),
        ("prioritise", object(&[], json!({ "impact": level(), "urgency": level() }))),
        ("set_field", object(&["field", "value"], json!({ "field": { "type": "string" }, "value": {} }))),
        ("set_status", object(&["status"], json!({ "status": { "type": ["string", "null"] } }))),
        ("start", empty()),
        ("hold", object(&["reason"], json!({ "reason": { "type": "string", "enum": holds }, "text": both }))),
        ("resume", empty()),
        (
            "resolve",
            object(
                &["reason"],
                json!({ "reason": { "type": "string",
            "enum": ["recovered", "fixed", "workaround", "no_fault_found", "customer_confirmed"] }, "text": both }),
            ),
        ),
        ("reply", said()),
        ("note", said()),
        ("mail_team", object(&["team", "text"], json!({ "team": { "type": "string" }, "text": both }))),
    ]);
    json!({ "type": "array", "minItems": 1, "maxItems": 10, "items": action })
}

fn whens() -> Value {
    let after = object(
        &["since", "secs"],
        json!({ "since": { "type": "string", "enum": ["opened", "state", "customer_reply", "our_reply"] },
            "secs": { "type": "integer", "minimum": 60 }, "calendar": { "type": "string" } }),
    );
    let words = json!({ "type": "string",
        "enum": ["opened", "replied", "answered", "reprioritised", "assigned", "at_risk", "breached", "overdue"] });
    let Value::Object(mut either) = one_of(&[("moved", states()), ("after", after)]) else { return Value::Null };
    if let Some(Value::Array(kinds)) = either.get_mut("oneOf") {
        kinds.push(words);
    }
    json!({ "type": "array", "minItems": 1, "maxItems": 10, "items": either })
}

fn condition() -> Value {
    let several = json!({ "type": "array", "items": { "type": "object" } });
    let numbers = |most: i64| json!({ "type": "array", "items": { "type": "integer", "minimum": 1, "maximum": most } });
    let field = object(
        &["name"],
        json!({ "name": { "type": "string" }, "is": { "type": "array" }, "at_least": { "type": "number" },
            "at_most": { "type": "number" }, "answered": { "type": "boolean" } }),
    );
    one_of(&[
        ("all", several.clone()),
        ("any", several),
        ("not", json!({ "type": "object" })),
        ("service", names()),
        ("customer", names()),
        ("team", names()),
        ("item", names()),
        ("assignee", names()),
        ("assigned", json!({ "type": "boolean" })),
        ("priority", numbers(5)),
        ("impact", numbers(3)),
        ("urgency", numbers(3)),
        ("state", states()),
        ("hold", names()),
        ("status", names()),
        ("origin", json!({ "type": "array", "items": { "type": "string", "enum": ["alert", "person", "import"] } })),
        ("title_contains", names()),
        ("text_contains", names()),
        ("field", field),
    ])
}

fn list(required: &[&str], properties: Value) -> Schema {
    let items = object(required, properties);
    json_schema!({ "type": "array", "items": items })
}

pub(in crate::definition) fn ticket_fields(generator: &mut SchemaGenerator) -> Schema {
    let both = bilingual(generator).to_value();
    // What a field may say is what a field of a catalogue form may.
    let mut answer = form(generator).to_value()["items"].clone();
    for own in ["key", "label", "hint", "required", "shown_when"] {
        if let Some(properties) = answer["properties"].as_object_mut() {
            properties.remove(own);
        }
    }
    answer["required"] = json!(["type"]);
    list(
        &["name", "title", "answer"],
        json!({ "name": { "type": "string", "pattern": "^[a-z0-9_]{1,40}$" }, "title": both, "hint": both, "answer": answer, "scope": scope(),
            "required_at": { "type": "string", "enum": ["resolve", "close"] }, "for_customers": { "type": "boolean" } }),
    )
}

pub(in crate::definition) fn ticket_statuses(generator: &mut SchemaGenerator) -> Schema {
    let both = bilingual(generator).to_value();
    let holds: Vec<&str> = evenkeel_core::state::HoldReason::ALL.iter().map(|hold| hold.as_str()).collect();
    let reason = json!({ "type": "string", "enum": holds });
    let Value::Object(mut under) = one_of(&[("on_hold", reason.clone()), ("waiting", reason)]) else { return Schema::default() };
    if let Some(Value::Array(kinds)) = under.get_mut("oneOf") {
        kinds.push(json!({ "type": "string", "enum": ["in_progress", "fulfilling"] }));
    }
    list(
        &["name", "title", "under"],
        json!({ "name": { "type": "string", "pattern": "^[a-z0-9_-]{1,60}$" }, "title": both, "under": under,
            "tone": { "type": "string", "enum": ["plain", "active", "good", "attention", "bad"] }, "order": { "type": "integer" },
            "default": { "type": "boolean" }, "scope": scope(), "staff_only": { "type": "boolean" } }),
    )
}

pub(in crate::definition) fn replies(generator: &mut SchemaGenerator) -> Schema {
    let both = bilingual(generator).to_value();
    list(&["name", "title", "text"], json!({ "name": { "type": "string" }, "title": both, "of": of(), "text": both, "scope": scope() }))
}

pub(in crate::definition) fn macros(generator: &mut SchemaGenerator) -> Schema {
    let both = bilingual(generator).to_value();
    let then = actions(generator);
    list(&["name", "title", "then"], json!({ "name": { "type": "string" }, "title": both, "of": of(), "scope": scope(), "then": then }))
}

pub(in crate::definition) fn ticket_rules(generator: &mut SchemaGenerator) -> Schema {
    let both = bilingual(generator).to_value();
    let then = actions(generator);
    list(
        &["name", "title", "when", "then"],
        json!({ "name": { "type": "string" }, "title": both, "of": of(), "order": { "type": "integer" }, "when": whens(), "if": condition(),
            "then": then, "stop": { "type": "boolean" }, "paused": { "type": "boolean" } }),
    )
}

pub(in crate::definition) fn ticket_templates(generator: &mut SchemaGenerator) -> Schema {
    let both = bilingual(generator).to_value();
    list(
        &["name", "title", "service", "subject", "impact", "urgency"],
        json!({ "name": { "type": "string" }, "title": both, "service": { "type": "string" }, "subject": both, "text": both,
            "impact": level(), "urgency": level(), "fields": { "type": "object" } }),
    )
}
