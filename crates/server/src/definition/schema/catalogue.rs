//! Forms, prices and conditions of the catalogue.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::bilingual;

fn key() -> Value {
    json!({ "type": "string", "pattern": "^[a-z0-9_]{1,40}$" })
}

fn when() -> Value {
    json!({ "type": "object", "additionalProperties": false, "required": ["field", "is"], "properties": {
        "field": { "type": "string", "description": "The key of a field above." },
        "is": { "type": "array", "minItems": 1, "items": { "type": ["string", "number", "boolean"] } } } })
}

pub(in crate::definition) fn form(generator: &mut SchemaGenerator) -> Schema {
    let both = bilingual(generator).to_value();
    let chars = json!({ "type": "integer", "minimum": 1 });
    json_schema!({ "type": "array", "maxItems": 100, "items": { "type": "object", "required": ["key", "label", "type"], "properties": {
        "key": key(), "label": both, "hint": both,
        "required": { "type": "boolean" }, "shown_when": when(),
        "type": { "type": "string", "enum": ["text", "long_text", "number", "choice", "yes_no", "date", "person"] },
        "max_chars": chars, "min": { "type": "number" }, "max": { "type": "number" }, "whole": { "type": "boolean" },
        "options": { "type": "array", "minItems": 1, "maxItems": 200, "items": { "type": "object", "additionalProperties": false,
            "required": ["key", "label"], "properties": { "key": key(), "label": both } } },
        "several": { "type": "boolean" },
        "from": { "type": "string", "format": "date" }, "to": { "type": "string", "format": "date" } } } })
}

pub(in crate::definition) fn price(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["object", "null"], "additionalProperties": false, "required": ["amount_minor", "currency"], "properties": {
        "amount_minor": { "type": "integer", "minimum": 0, "description": "In minor units: 599900 is 5999 yuan." },
        "currency": { "type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217." },
        "per": { "type": "string", "description": "Times the whole number that is answered to this field." } } })
}

pub(in crate::definition) fn condition(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["object", "null"], "additionalProperties": false, "minProperties": 1, "maxProperties": 1, "properties": {
        "answer": when(),
        "number": { "type": "object", "additionalProperties": false, "required": ["field", "at_least"], "properties": {
            "field": { "type": "string" }, "at_least": { "type": "number" } } },
        "price": { "type": "object", "additionalProperties": false, "required": ["at_least_minor"], "properties": {
            "at_least_minor": { "type": "integer" } } } } })
}

pub(in crate::definition) fn done_when(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["answered", "called_back"] })
}
