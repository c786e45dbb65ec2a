//! Paths and bodies that the document accepts, so that a refusal is for who asks and not for how it is asked.

use serde_json::{Map, Value, json};

/// What is asked about.
pub trait Ids {
    /// The id of a `noun`: `incident`, `service`.
    fn of(&self, noun: &str) -> String;
    /// A word to look for.
    fn word(&self) -> String {
        "sample".to_owned()
    }
}

/// One id, whatever it is of.
impl Ids for &str {
    fn of(&self, _: &str) -> String {
        (*self).to_owned()
    }
}

/// Nothing has this id.
pub const NOTHING: &str = "01a2018b-81f9-7d86-8ea3-4e8dfeda79eb";

/// The smallest body for `schema` (a `$ref` or inline) of `document`.
pub fn body(document: &Value, schema: &Value) -> Value {
    Body { document, ids: &NOTHING, all_ids: false }.of("", schema, 0)
}

/// The same about `ids`, with every optional field that names something.
pub fn body_about(document: &Value, schema: &Value, ids: &dyn Ids) -> Value {
    Body { document, ids, all_ids: true }.of("", schema, 0)
}

/// Of what lies in itself, so many levels are asked about.
const DEEPEST: usize = 8;

struct Body<'a> {
    document: &'a Value,
    ids: &'a dyn Ids,
    all_ids: bool,
}

impl Body<'_> {
    fn of(&self, name: &str, schema: &Value, depth: usize) -> Value {
        if let Some(schema) = self.target(schema) {
            return self.of(name, schema, depth);
        }
        if let Some(option) = option(schema) {
            return self.of(name, option, depth);
        }
        if let Some(words) = schema["enum"].as_array() {
            return words[0].clone();
        }
        match kind(schema) {
            "string" => json!(match schema["format"].as_str() {
                Some("uuid") => self.ids.of(&noun(name)),
                Some("date-time") => "2026-03-02T02:00:00Z".to_owned(),
                Some("date") => "2026-03-02".to_owned(),
                // Some ids are declared as bare text.
                _ if name.ends_with("_id") => self.ids.of(&noun(name)),
                _ => "sample text".to_owned(),
            }),
            "integer" => schema["minimum"].as_i64().map_or(json!(1), |least| json!(least.max(1))),
            "number" => json!(1.0),
            "boolean" => json!(false),
            "array" => match &schema["items"] {
                // What may lie in itself ends somewhere.
                items if items.is_null() || depth > DEEPEST => json!([]),
                items => json!([self.of(name, items, depth + 1)]),
            },
            _ => {
                let required: Vec<_> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let mut fields = Map::new();
                for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
                    if required.contains(&field.as_str()) || self.all_ids && self.names(schema, depth) {
                        // The id of a `ticket` is that of the ticket.
                        let whole = if field == "id" { name } else { field };
                        fields.insert(field.clone(), self.of(whole, schema, depth + 1));
                    }
                }
                Value::Object(fields)
            }
        }
    }

    fn target(&self, schema: &Value) -> Option<&Value> {
        let name = schema["$ref"].as_str()?.rsplit('/').next()?;
        Some(&self.document["components"]["schemas"][name])
    }

    /// Whether what it describes names something by its id.
    fn names(&self, schema: &Value, depth: usize) -> bool {
        if depth > DEEPEST {
            return false;
        }
        match self.target(schema).or_else(|| option(schema)) {
            Some(schema) => self.names(schema, depth + 1),
            None => {
                schema["format"] == "uuid"
                    || schema["items"].is_object() && self.names(&schema["items"], depth + 1)
                    || schema["properties"].as_object().is_some_and(|fields| fields.values().any(|field| self.names(field, depth + 1)))
            }
        }
    }
}

fn kind(schema: &Value) -> &str {
    let kind = schema["type"].as_array().map_or(&schema["type"], |kinds| kinds.iter().find(|kind| *kind != "null").unwrap());
    kind.as_str().unwrap_or("object")
}

/// The first of several that it may be, none if there is no choice.
fn option(schema: &Value) -> Option<&Value> {
    let options = ["allOf", "oneOf", "anyOf"].iter().find_map(|key| schema[*key].as_array())?;
    options.iter().find(|option| option["type"] != "null").or_else(|| options.first())
}

/// `service_ids`, `services` and `service_id` name a `service`.
fn noun(field: &str) -> String {
    let field = field.strip_suffix("_ids").or_else(|| field.strip_suffix("_id")).unwrap_or(field);
    let field = field.strip_suffix('s').unwrap_or(field);
    match field {
        "requester" | "owner" | "assignee" | "mention" | "verifier" | "commander" | "to" | "people" => "person".to_owned(),
        "other" | "into" | "ticket" => "incident".to_owned(),
        "customer" => "organisation".to_owned(),
        "history" => "agreement".to_owned(),
        "other_service" => "service".to_owned(),
        field => field.to_owned(),
    }
}

/// A path with every parameter filled in, required ones of the query too.
pub fn path(template: &str, operation: &Value) -> String {
    format!("{}{}", path_about(template, operation, &NOTHING), queries(operation, &NOTHING)[0])
}

/// A path about `ids`: `/incidents/{id}` is one of an `incident`.
pub fn path_about(template: &str, operation: &Value, ids: &dyn Ids) -> String {
    let mut path = String::new();
    let mut before = "";
    for segment in template.split('/').skip(1) {
        path.push('/');
        match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            None => path.push_str(segment),
            Some(name) => {
                // Of several kinds it is the first.
                let before = if before == "{kind}" { "incidents" } else { before };
                let noun = if ["id", "name"].contains(&name) { noun(before) } else { noun(name) };
                let parameter = parameters(operation, "path").find(|parameter| parameter["name"] == name).unwrap();
                path.push_str(&value(parameter, &noun, ids));
            }
        }
        before = segment;
    }
    path
}

/// Parameters that narrow by something.
const NARROWING: [&str; 9] = ["service", "services", "incidents", "team", "item", "ticket", "organisation", "agreement", "q"];

/// The queries to ask with: what is required, and that with each other parameter that narrows by something.
pub fn queries(operation: &Value, ids: &dyn Ids) -> Vec<String> {
    let asked = |parameter: &Value| {
        let name = parameter["name"].as_str().unwrap();
        format!("{name}={}", value(parameter, &noun(name), ids))
    };
    let required: Vec<String> = parameters(operation, "query").filter(|parameter| parameter["required"] == true).map(asked).collect();
    let narrowed = parameters(operation, "query")
        .filter(|parameter| parameter["required"] != true && NARROWING.iter().any(|name| parameter["name"] == *name))
        .map(|parameter| [required.clone(), vec![asked(parameter)]].concat());
    std::iter::once(required.clone())
        .chain(narrowed)
        .map(|all| if all.is_empty() { String::new() } else { format!("?{}", all.join("&")) })
        .collect()
}

fn parameters<'a>(operation: &'a Value, place: &'a str) -> impl Iterator<Item = &'a Value> {
    operation["parameters"].as_array().into_iter().flatten().filter(move |parameter| parameter["in"] == place)
}

fn value(parameter: &Value, noun: &str, ids: &dyn Ids) -> String {
    match (parameter["name"].as_str().unwrap(), parameter["schema"]["type"].as_str()) {
        ("kind", _) => "incident".to_owned(),
        ("goal", _) => "response".to_owned(),
        ("metric", _) => "node_load1".to_owned(),
        ("language", _) => "en".to_owned(),
        ("from", _) => "2026-03-01T00:00:00Z".to_owned(),
        ("to", _) => "2026-03-09T00:00:00Z".to_owned(),
        ("q", _) => ids.word(),
        (_, Some("integer")) => "1".to_owned(),
        _ => ids.of(noun),
    }
}
