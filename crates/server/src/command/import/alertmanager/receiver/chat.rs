//! Receivers over gateways: what each kind is here, and which have no like. The requests are those that Alertmanager makes, with our
//! words; sources: its configuration's manual, and the manuals of the providers' bots and webhooks that it names.

use std::collections::BTreeMap;

use evenkeel_observe::page::gateway::{Accept, GatewayDefinition, RequestTemplate, SecretRef, Shape};
use serde_json::{Value, json};

use super::{SecretFrom, Work};
use crate::fields::Fields;

/// The gateway of a receiver's configuration, and the address over it.
///
/// # Errors
/// Why there is none, in words.
pub(super) fn chat(work: &mut Work<'_>, kind: &str, fields: &mut Fields, whose: &str) -> Result<(GatewayDefinition, SecretFrom), String> {
    match kind {
        "webhook" => webhook(work, fields, whose),
        "slack" => slack(work, fields, whose),
        "msteamsv2" => Ok((gateway(kind, Shape::Teams), address(work, fields, "webhook_url", "")?)),
        "discord" => {
            let body = json!({ "content": "**{{subject}}**\n{{text}}" });
            Ok((http(kind, "{{to}}", json_body(body)), address(work, fields, "webhook_url", "")?))
        }
        "telegram" => telegram(work, fields),
        "pushover" => pushover(work, fields),
        other => Err(no_like(other).to_owned()),
    }
}

/// Why a kind is not taken.
fn no_like(kind: &str) -> &'static str {
    match kind {
        "pagerduty" | "opsgenie" | "victorops" | "incidentio" => {
            "it pages from its own on-call plan; here a rota and an escalation policy do that (declare them for its people)"
        }
        "wechat" => {
            "an application's messages need a token that is fetched before each; make a robot in the group and a gateway of shape wecom"
        }
        "msteams" => "its connectors are withdrawn by Microsoft; make a workflow in the channel and a gateway of shape teams",
        "sns" => "requests are signed in AWS' own way, which no gateway does",
        "jira" => "it opens tickets; here the incident is the ticket",
        _ => "no gateway is like it; declare one of shape http if it takes an HTTP request",
    }
}

fn gateway(kind: &str, shape: Shape) -> GatewayDefinition {
    let name = format!("alertmanager-{kind}");
    let (settings, url, secret, request) = (BTreeMap::new(), None, None, None);
    GatewayDefinition { name, shape, url, secret, settings, request, accept: None, receipt: None, receipt_within_secs: None }
}

fn http(kind: &str, url: &str, request: RequestTemplate) -> GatewayDefinition {
    GatewayDefinition { url: Some(url.to_owned()), request: Some(request), ..gateway(kind, Shape::Http) }
}

fn json_body(body: Value) -> RequestTemplate {
    RequestTemplate { method: "POST".to_owned(), headers: BTreeMap::new(), json: Some(body), form: BTreeMap::new() }
}

/// An address that is a URL.
fn address(work: &Work<'_>, fields: &mut Fields, name: &str, prefix: &str) -> Result<SecretFrom, String> {
    let from = work.from(fields, name, prefix)?.ok_or_else(|| format!("there is no {name}"))?;
    match &from {
        SecretFrom::Text(text) if !url::Url::parse(text.reveal()).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) => {
            Err(format!("{name} does not begin with http:// or https://"))
        }
        _ => Ok(from),
    }
}

/// A webhook is told in the form that it knows, version 4, of an incident instead of a group.
fn webhook(work: &mut Work<'_>, fields: &mut Fields, whose: &str) -> Result<(GatewayDefinition, SecretFrom), String> {
    let address = address(work, fields, "url", "")?;
    let labels = json!({ "alertname": "{{title}}", "service": "{{service}}", "priority": "{{priority}}", "incident": "{{number}}" });
    let annotations = json!({ "summary": "{{subject}}", "description": "{{text}}", "acknowledge_url": "{{ack_url}}" });
    let request = json_body(json!({
        "version": "4",
        "groupKey": "{{number}}",
        "truncatedAlerts": 0,
        "status": "{{status}}",
        "receiver": "{{team}}",
        "groupLabels": labels,
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": "{{url}}",
        "alerts": [{
            "status": "{{status}}",
            "labels": labels,
            "annotations": annotations,
            "startsAt": "{{at}}",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "{{url}}",
            "fingerprint": "{{number}}",
        }],
    }));
    let mut gateway = http("webhook", "{{to}}", request);
    if let Some((scheme, user, secret)) = authorization(work, fields, whose)? {
        let value = if user.is_some() { "Basic {{basic}}".to_owned() } else { format!("{scheme} {{{{secret}}}}") };
        gateway.secret = Some(work.secret("alertmanager-webhook", secret)?);
        gateway.settings.extend(user.map(|user| ("account".to_owned(), user)));
        if let Some(request) = &mut gateway.request {
            request.headers.insert("Authorization".to_owned(), value);
        }
    }
    work.said.left.push(format!(
        "{whose}: it is told of an incident in Alertmanager's form, with labels alertname (the title), service, priority and incident; \
         the alert's own labels are in the incident"
    ));
    Ok((gateway, address))
}

/// Scheme, user and secret of an HTTP client's authorization.
fn authorization(work: &mut Work<'_>, fields: &mut Fields, whose: &str) -> Result<Option<(String, Option<String>, SecretFrom)>, String> {
    let mut client = fields.fields("http_config")?;
    let (mut basic, mut other) = (client.fields("basic_auth")?, client.fields("authorization")?);
    let bearer = work.from(&mut client, "bearer_token", "http_config_")?;
    let (user, password) = (basic.text("username")?, work.from(&mut basic, "password", "http_config_")?);
    let (scheme, credentials) = (other.text("type")?, work.from(&mut other, "credentials", "http_config_")?);
    let rest: Vec<String> = client.rest().chain(basic.rest()).chain(other.rest()).filter(|name| name != "follow_redirects").collect();
    if !rest.is_empty() {
        work.said.left.push(format!("{whose}: http_config {}: a gateway has nothing like it", rest.join(", ")));
    }
    let scheme = scheme.unwrap_or_else(|| "Bearer".to_owned());
    Ok(match (user, password) {
        (Some(user), Some(password)) => Some((scheme, Some(user), password)),
        (Some(_), None) => return Err("http_config.basic_auth has no password".to_owned()),
        (None, _) => credentials.or(bearer).map(|secret| (scheme, None, secret)),
    })
}

fn slack(work: &mut Work<'_>, fields: &mut Fields, whose: &str) -> Result<(GatewayDefinition, SecretFrom), String> {
    let address = address(work, fields, "api_url", "slack_")?;
    if matches!(&address, SecretFrom::Text(text) if text.reveal().contains("://slack.com/api/")) {
        return Err("it posts with a bot's token; make an incoming webhook for the channel".to_owned());
    }
    if let Some(channel) = fields.text("channel")? {
        work.said.left.push(format!("{whose}: channel {channel}: a message goes to the channel that the webhook was made for"));
    }
    Ok((gateway("slack", Shape::Slack), address))
}

fn telegram(work: &mut Work<'_>, fields: &mut Fields) -> Result<(GatewayDefinition, SecretFrom), String> {
    let chat = work.from(fields, "chat_id", "telegram_")?.ok_or("there is no chat_id")?;
    let token = work.from(fields, "bot_token", "telegram_")?.ok_or("there is no bot_token")?;
    let api = match fields.text("api_url")? {
        Some(api) => api,
        None => work.global.get("telegram_api_url").and_then(Value::as_str).unwrap_or("https://api.telegram.org").to_owned(),
    };
    let body = json!({ "chat_id": "{{to}}", "text": "{{subject}}\n{{text}}" });
    let url = format!("{}/bot{{{{secret}}}}/sendMessage", api.trim_end_matches('/'));
    let accept = Some(Accept { pointer: Some("/ok".to_owned()), equals: Some(json!(true)) });
    let secret = Some(work.secret("alertmanager-telegram", token)?);
    Ok((GatewayDefinition { secret, accept, ..http("telegram", &url, json_body(body)) }, chat))
}

fn pushover(work: &mut Work<'_>, fields: &mut Fields) -> Result<(GatewayDefinition, SecretFrom), String> {
    let user = work.from(fields, "user_key", "pushover_")?.ok_or("there is no user_key")?;
    let token = work.from(fields, "token", "pushover_")?.ok_or("there is no token")?;
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let form = [
        field("token", "{{secret}}"),
        field("user", "{{to}}"),
        field("title", "{{subject}}"),
        field("message", "{{text}}"),
        field("url", "{{link}}"),
    ];
    let request = RequestTemplate { json: None, form: form.into(), ..json_body(Value::Null) };
    let accept = Some(Accept { pointer: Some("/status".to_owned()), equals: Some(json!(1)) });
    let secret: Option<SecretRef> = Some(work.secret("alertmanager-pushover", token)?);
    Ok((GatewayDefinition { secret, accept, ..http("pushover", "https://api.pushover.net/1/messages.json", request) }, user))
}
