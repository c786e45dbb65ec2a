//! Questions of surveys, and phrases.

use schemars::{Schema, SchemaGenerator, json_schema};

use super::bilingual;

pub(in crate::definition) fn survey_questions(generator: &mut SchemaGenerator) -> Schema {
    let both = bilingual(generator).to_value();
    json_schema!({ "type": "array", "maxItems": 20, "items": { "type": "object", "required": ["key", "text", "type"], "properties": {
        "key": { "type": "string", "pattern": "^[a-z0-9_]{1,40}$" }, "text": both,
        "type": { "type": "string", "enum": ["text", "yes_no", "score", "choice"] },
        "options": { "type": "array", "minItems": 2, "maxItems": 20, "items": both } } } })
}

pub(in crate::definition) fn phrases(generator: &mut SchemaGenerator) -> Schema {
    let both = bilingual(generator).to_value();
    json_schema!({ "type": "array", "minItems": 1, "maxItems": 500, "items": { "type": "object", "additionalProperties": false,
        "required": ["avoid", "better"], "properties": {
            "avoid": { "type": "array", "minItems": 1, "items": { "type": "string", "minLength": 1, "maxLength": 200 },
                "description": "Chinese or English words; case does not matter." },
            "better": both } } })
}
