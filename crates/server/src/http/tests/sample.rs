//! The smallest body that a schema of the document accepts, so that a refusal is for who asks and not for what is asked.

use serde_json::{Map, Value, json};

const ID: &str = "01a2018b-81f9-7d86-8ea3-4e8dfeda79eb";

/// A body for `schema` (a `$ref` or inline) of `document`.
pub fn body(document: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return body(document, &document["components"]["schemas"][name]);
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        if let Some(options) = schema[key].as_array() {
            let option = options.iter().find(|option| option["type"] != "null").unwrap_or(&options[0]);
            return body(document, option);
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        return words[0].clone();
    }
    let kind = schema["type"].as_array().map_or(&schema["type"], |kinds| kinds.iter().find(|kind| *kind != "null").unwrap());
    match kind.as_str().unwrap_or("object") {
        "string" => json!(match schema["format"].as_str() {
            Some("uuid") => ID,
            Some("date-time") => "2026-03-02T02:00:00Z",
            Some("date") => "2026-03-02",
            _ => "sample text",
        }),
        "integer" => schema["minimum"].as_i64().map_or(json!(1), |least| json!(least.max(1))),
        "number" => json!(1.0),
        "boolean" => json!(false),
        "array" => match &schema["items"] {
            Value::Null => json!([]),
            items => json!([body(document, items)]),
        },
        _ => {
            let mut fields = Map::new();
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                let value = body(document, &schema["properties"][name]);
                // Some ids are declared as bare text.
                let value = if name.ends_with("_id") && value.is_string() { json!(ID) } else { value };
                fields.insert(name.to_owned(), value);
            }
            Value::Object(fields)
        }
    }
}

/// A path with every parameter filled in.
pub fn path(template: &str, operation: &Value) -> String {
    let mut path = template.to_owned();
    let mut query = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        let value = match (name, parameter["schema"]["type"].as_str()) {
            ("goal", _) => "response".to_owned(),
            ("metric", _) => "node_load1".to_owned(),
            ("language", _) => "en".to_owned(),
            ("from", _) => "2026-03-01T00:00:00Z".to_owned(),
            ("to", _) => "2026-03-02T00:00:00Z".to_owned(),
            (_, Some("integer")) => "1".to_owned(),
            _ => ID.to_owned(),
        };
        if parameter["in"] == "path" {
            path = path.replace(&format!("{{{name}}}"), &value);
        } else if parameter["in"] == "query" && parameter["required"] == true {
            query.push(format!("{name}={value}"));
        }
    }
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}
