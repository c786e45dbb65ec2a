//! What is answered has the shape that the document promises: utoipa does not check that itself.

use evenkeel_core::Actor;
use evenkeel_store::testing::for_each_database;
use serde_json::{Value, json};

use crate::{
    app::migrations,
    definition::{self, Source},
    testing::{Browser, Server},
};

/// Checks `value` against `schema`; answers where and how it differs.
fn check(document: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    check_part(document, schema, value, at, true)
}

/// The same; a part of a whole (`allOf`) knows not all fields and is not `whole`.
fn check_part(document: &Value, schema: &Value, value: &Value, at: &str, whole: bool) -> Result<(), String> {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return check_part(document, &document["components"]["schemas"][name], value, at, whole);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        check_part(document, part, value, at, false)?;
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(options) = schema[key].as_array() {
            let misses: Vec<String> = options.iter().filter_map(|option| check(document, option, value, at).err()).collect();
            return if misses.len() < options.len() { Ok(()) } else { Err(misses.join(" or ")) };
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        return if words.contains(value) { Ok(()) } else { Err(format!("{at}: {value} is not one of {words:?}")) };
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return Ok(()),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !(kinds.contains(&kind) || kind == "integer" && kinds.contains(&"number")) {
        return Err(format!("{at}: {value} is {kind}, promised is {kinds:?}"));
    }
    if let (Some(text), Some("date-time")) = (value.as_str(), schema["format"].as_str()) {
        text.parse::<jiff::Timestamp>().map_err(|error| format!("{at}: {error}"))?;
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        check(document, &schema["items"], item, &format!("{at}/{index}"))?;
    }
    if let Some(fields) = value.as_object() {
        let properties = &schema["properties"];
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                return Err(format!("{at}: {name} is promised and missing"));
            }
        }
        for (name, field) in fields {
            match (&properties[name], &schema["additionalProperties"]) {
                (Value::Null, Value::Null) if properties.is_object() && whole => {
                    return Err(format!("{at}: {name} is not in the document"));
                }
                (Value::Null, Value::Object(_)) => check(document, &schema["additionalProperties"], field, &format!("{at}/{name}"))?,
                (property, _) => check(document, property, field, &format!("{at}/{name}"))?,
            }
        }
    }
    Ok(())
}

struct Checked<'a> {
    document: &'a Value,
    browser: Browser,
    seen: Vec<String>,
    wrong: Vec<String>,
}

impl Checked<'_> {
    /// Asks, and checks the answer against what the document says of this operation.
    async fn get(&mut self, template: &str, path: &str) -> Value {
        let answer = self.browser.get(path).await;
        let operation = &self.document["paths"][template]["get"];
        let schema = &operation["responses"][answer.status.to_string()]["content"]["application/json"]["schema"];
        if answer.status != 200 {
            self.wrong.push(format!("{path} answered {}: {}", answer.status, answer.text));
        } else if let Err(difference) = check(self.document, schema, &answer.body, "") {
            self.wrong.push(format!("{path}: {difference}"));
        }
        self.seen.push(operation["operationId"].as_str().unwrap_or(template).to_owned());
        answer.body
    }

    /// The same for a list; answers the ids of its first rows.
    async fn list(&mut self, path: &str) -> Vec<String> {
        let body = self.get(path, path).await;
        let rows = body["items"].as_array().or_else(|| body.as_array()).cloned().unwrap_or_default();
        rows.iter().filter_map(|row| row["id"].as_str()).map(ToOwned::to_owned).collect()
    }
}

#[tokio::test]
async fn what_is_read_has_the_shape_that_the_document_promises() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let practice = Source { name: "practice.yaml".into(), text: include_str!("../../../../../examples/practice.yaml").into() };
        definition::apply(&test.db, server.app.tenant, Actor::system("test"), &[practice], false).await.unwrap();
        let document = serde_json::to_value(crate::http::document(&server.app)).unwrap();
        let mut browser = server.admin().await;
        let services = browser.get("/api/v1/services").await.body;
        let service = services["items"][0]["id"].as_str().unwrap().to_owned();
        let opened = json!({ "service_id": service, "title": "slow", "impact": 2, "urgency": 1, "text": "since lunch" });
        let incident = browser.post("/api/v1/incidents", opened).await;
        assert!(incident.status < 300, "{incident:?}");
        let id = incident.body["id"].as_str().unwrap().to_owned();
        browser.post(&format!("/api/v1/incidents/{id}/start"), json!({})).await;

        let mut checked = Checked { document: &document, browser, seen: Vec::new(), wrong: Vec::new() };
        for path in [
            "session",
            "health",
            "organisations",
            "people",
            "teams",
            "duties",
            "agreements",
            "calendars",
            "services",
            "probes",
            "incidents",
            "on-call",
            "outbox",
            "reports",
            "tokens",
            "events",
            "home",
        ] {
            checked.list(&format!("/api/v1/{path}")).await;
        }
        for noun in ["services", "agreements", "probes", "incidents"] {
            let path = format!("/api/v1/{noun}");
            for id in checked.list(&path).await {
                checked.get(&format!("{path}/{{id}}"), &format!("{path}/{id}")).await;
            }
        }
        checked.get("/api/v1/events/{seq}", "/api/v1/events/1").await;
        checked.get("/api/v1/sli", &format!("/api/v1/sli?services={service}")).await;
        checked
            .get("/api/v1/services/{id}/sli", &format!("/api/v1/services/{service}/sli?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z"))
            .await;
        checked.get("/api/v1/clocks", &format!("/api/v1/clocks?incidents={id}")).await;
        for part in ["timeline", "pages", "fault"] {
            checked.get(&format!("/api/v1/incidents/{{id}}/{part}"), &format!("/api/v1/incidents/{id}/{part}")).await;
        }
        assert!(checked.wrong.is_empty(), "{:#?}", checked.wrong);
        assert!(checked.seen.len() > 30);
    })
    .await;
}
