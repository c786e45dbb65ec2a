//! The vocabulary of causes.

use schemars::{Schema, SchemaGenerator, json_schema};

use super::bilingual;

pub(in crate::definition) fn causes(generator: &mut SchemaGenerator) -> Schema {
    let both = bilingual(generator).to_value();
    let terms = |what: &str| {
        serde_json::json!({ "type": "array", "minItems": 1, "maxItems": 200, "description": what, "items": {
            "type": "object", "additionalProperties": false, "required": ["name", "display"], "properties": {
                "name": { "type": "string", "pattern": "^[a-z0-9_]{1,100}$" }, "display": both,
                "aliases": { "type": "array", "maxItems": 50, "items": { "type": "string", "minLength": 1, "maxLength": 100 },
                    "description": "Other words for the same." } } } })
    };
    json_schema!({ "type": ["object", "null"], "additionalProperties": false, "required": ["bones", "causes"], "properties": {
        "bones": terms("The bones of the fishbone: where to look."), "causes": terms("What it was.") } })
}
