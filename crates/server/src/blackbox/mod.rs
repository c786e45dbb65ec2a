//! Modules of `blackbox_exporter`, each as a check of ours. Pure.

mod http;

use std::collections::BTreeMap;

use evenkeel_observe::{
    probe::{kind::pattern, secret::Secret},
    scrape::config::units,
};
use serde_json::{Map, Value, json};

use crate::{fields::Fields, secret_from::SecretFrom};

/// What came of a module.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// Our kind; none when nothing came of it.
    pub kind: Option<&'static str>,
    /// The check, without its target.
    pub check: Value,
    pub timeout_secs: Option<f64>,
    /// Which addresses, when it is not our own way.
    pub ip: Option<&'static str>,
    /// By the name that they have with us.
    pub secrets: BTreeMap<String, SecretFrom>,
    /// What was not taken, and why.
    pub left: Vec<String>,
    /// The name, as a part of a secret's.
    name: String,
}

/// Reads a file of modules.
///
/// # Errors
/// In words, when it is none: `blackbox_exporter` would not start with it either.
pub(crate) fn modules(text: &str) -> Result<BTreeMap<String, Module>, String> {
    let file: Value = serde_saphyr::from_str(text).map_err(|error| error.to_string())?;
    let mut file = Fields::of(Some(file))?;
    let Some(Value::Object(modules)) = file.take("modules") else { return Err("there are no modules in it".to_owned()) };
    if let Some(other) = file.rest().next() {
        return Err(format!("{other:?} is not known beside modules"));
    }
    modules
        .into_iter()
        .map(|(name, body)| module(&name, body).map(|module| (name.clone(), module)).map_err(|error| format!("module {name}: {error}")))
        .collect()
}

fn module(name: &str, body: Value) -> Result<Module, String> {
    let mut fields = Fields::of(Some(body))?;
    let plain: String = name.to_ascii_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(40).collect();
    let mut module = Module { name: plain, ..Module::default() };
    let timeout = fields.text("timeout")?;
    module.timeout_secs = match timeout {
        None => None,
        Some(text) => Some(units::duration(&text).ok_or_else(|| format!("timeout: {text:?} is no duration"))?.as_secs_f64())
            .filter(|secs| *secs > 0.0),
    };
    let prober = fields.text("prober")?.ok_or("it names no prober")?;
    let mut parts: BTreeMap<&str, Fields> = BTreeMap::new();
    for part in ["http", "tcp", "dns", "icmp", "grpc", "unix"] {
        parts.insert(part, fields.fields(part)?);
    }
    let mut own = parts.remove(prober.as_str()).ok_or_else(|| format!("prober {prober:?} is not known"))?;
    for (part, fields) in parts {
        if !fields.is_empty() {
            module.left.push(format!("{part}: its prober is {prober}, which does not use it"));
        }
    }
    if own.take("source_ip_address").is_some() {
        module.left.push("source_ip_address: the system chooses the address that looks come from".to_owned());
    }
    module.ip = ip(&mut own)?;
    match prober.as_str() {
        "http" => http::convert(&mut module, &mut own)?,
        "tcp" => tcp(&mut module, &mut own)?,
        "dns" => dns(&mut module, &mut own)?,
        "icmp" => icmp(&mut module, &mut own)?,
        "grpc" => grpc(&mut module, &mut own)?,
        _ => module.left.push("prober unix: a socket of one machine is not looked at from outside".to_owned()),
    }
    for field in own.rest() {
        module.left.push(format!("{prober}.{field}: not known here"));
    }
    for field in fields.rest() {
        module.left.push(format!("{field}: not known here"));
    }
    Ok(module)
}

/// `blackbox_exporter` takes IPv6 first, as it comes; we take IPv4 first.
fn ip(fields: &mut Fields) -> Result<Option<&'static str>, String> {
    let prefers = fields.text("preferred_ip_protocol")?;
    let falls_back = fields.flag("ip_protocol_fallback")?.unwrap_or(true);
    match (prefers.as_deref().unwrap_or("ip6"), falls_back) {
        ("ip4", true) => Ok(None),
        ("ip4", false) => Ok(Some("v4")),
        ("ip6", true) => Ok(Some("v6_first")),
        ("ip6", false) => Ok(Some("v6")),
        (other, _) => Err(format!("preferred_ip_protocol: {other:?} is neither ip4 nor ip6")),
    }
}

impl Module {
    /// The check of one target.
    pub fn at(&self, target: &str) -> Option<(&'static str, Value)> {
        let kind = self.kind?;
        let mut check = self.check.clone();
        let (field, value) = match kind {
            "http" if target.starts_with("http://") || target.starts_with("https://") => ("url", target.to_owned()),
            "http" => ("url", format!("http://{target}")),
            "dns" => ("server", target.to_owned()),
            "icmp" => ("host", target.to_owned()),
            _ => ("address", target.to_owned()),
        };
        check[field] = Value::String(value);
        Some((kind, check))
    }

    /// The probe's interval: as the job has it, and no shorter than a look may take.
    pub fn interval_secs(&self, of_job: Option<u64>) -> u64 {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a timeout is seconds to minutes")]
        let least = self.timeout_secs.map_or(1, |secs| secs.ceil().clamp(1.0, 86_400.0) as u64);
        of_job.unwrap_or(30).max(least)
    }

    /// Sets a secret aside, and answers the name that it has from now on.
    fn secret(&mut self, what: &str, from: SecretFrom) -> String {
        let name = format!("blackbox-{}-{what}", self.name);
        self.secrets.insert(name.clone(), from);
        name
    }

    /// A pattern that can be used here; one that cannot is said.
    fn pattern(&mut self, field: &str, text: String) -> Option<String> {
        match pattern::compile(&text) {
            Ok(_) => Some(text),
            Err(error) => {
                self.left.push(format!("{field}: {error}"));
                None
            }
        }
    }

    /// All patterns of a list that can be used.
    fn patterns(&mut self, fields: &mut Fields, field: &str) -> Result<Value, String> {
        let texts = fields.texts(field)?;
        Ok(texts.into_iter().filter_map(|text| self.pattern(field, text)).collect::<Vec<_>>().into())
    }

    /// Terms of TLS.
    fn tls(&mut self, mut fields: Fields) -> Result<Map<String, Value>, String> {
        let mut terms = Map::new();
        if fields.flag("insecure_skip_verify")? == Some(true) {
            terms.insert("insecure".to_owned(), true.into());
        }
        if let Some(name) = fields.text("server_name")? {
            terms.insert("server_name".to_owned(), name.into());
        }
        for (inline, file, what, ours) in
            [("ca", "ca_file", "ca", "authority"), ("cert", "cert_file", "certificate", "certificate"), ("key", "key_file", "key", "key")]
        {
            let from = match (fields.text(inline)?, fields.text(file)?) {
                (Some(text), _) => SecretFrom::Text(Secret::from(text)),
                (None, Some(file)) => SecretFrom::File(file.into()),
                (None, None) => continue,
            };
            terms.insert(ours.to_owned(), self.secret(what, from).into());
        }
        match fields.text("min_version")?.as_deref() {
            Some("TLS13") => drop(terms.insert("min_version".to_owned(), "1.3".into())),
            Some("TLS10" | "TLS11") => self.left.push("tls_config.min_version: looks speak TLS 1.2 and 1.3 alone".to_owned()),
            _ => {}
        }
        for field in fields.rest() {
            self.left.push(format!("tls_config.{field}: not known here"));
        }
        Ok(terms)
    }
}

fn put(check: &mut Map<String, Value>, field: &str, value: Value) {
    let is_nothing = match &value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    };
    if !is_nothing {
        check.insert(field.to_owned(), value);
    }
}

fn tcp(module: &mut Module, own: &mut Fields) -> Result<(), String> {
    let mut check = Map::new();
    let mut steps = Vec::new();
    let mut upgrades = false;
    for entry in own.list("query_response")? {
        let mut entry = Fields::of(Some(entry))?;
        let mut step = Map::new();
        if let Some(text) = entry.text("expect")? {
            put(&mut step, "expect", module.pattern("query_response.expect", text).into());
        }
        if let Some(text) = entry.text("send")? {
            // It ends each line itself.
            step.insert("send".to_owned(), format!("{text}\n").into());
        }
        if entry.flag("starttls")? == Some(true) {
            upgrades = true;
            step.insert("starttls".to_owned(), true.into());
        }
        for field in entry.rest() {
            module.left.push(format!("query_response.{field}: not known here"));
        }
        if !step.is_empty() {
            steps.push(Value::Object(step));
        }
    }
    let first = own.flag("tls")?.unwrap_or(false);
    let terms = own.fields("tls_config")?;
    let terms = module.tls(terms)?;
    put(&mut check, "steps", steps.into());
    if first {
        check.insert("tls".to_owned(), terms.into());
    } else if upgrades {
        check.insert("starttls".to_owned(), terms.into());
    }
    (module.kind, module.check) = (Some("tcp"), check.into());
    Ok(())
}

fn dns(module: &mut Module, own: &mut Fields) -> Result<(), String> {
    let mut check = Map::new();
    let name = own.text("query_name")?.ok_or("dns: it names no query_name")?;
    check.insert("name".to_owned(), name.into());
    let record = own.text("query_type")?.unwrap_or_else(|| "ANY".to_owned()).to_ascii_uppercase();
    check.insert("record".to_owned(), record.into());
    // It is content with an answer; what must be in it the rules say.
    check.insert("may_be_empty".to_owned(), true.into());
    if let Some(class) = own.text("query_class")?.filter(|class| class != "IN") {
        module.left.push(format!("query_class {class}: looks ask in class IN alone"));
    }
    let over_tls = own.flag("dns_over_tls")? == Some(true);
    let terms = own.fields("tls_config")?;
    let terms = module.tls(terms)?;
    match (own.text("transport_protocol")?.as_deref(), over_tls) {
        (Some("tcp"), true) => {
            check.insert("transport".to_owned(), "tls".into());
            put(&mut check, "tls", terms.into());
        }
        (Some("tcp"), false) => drop(check.insert("transport".to_owned(), "tcp".into())),
        (None | Some("udp"), false) => {}
        (_, true) => return Err("dns: dns_over_tls goes with transport_protocol tcp".to_owned()),
        (Some(other), false) => return Err(format!("dns: transport_protocol {other:?} is neither udp nor tcp")),
    }
    if own.flag("recursion_desired")? == Some(false) {
        check.insert("no_recursion".to_owned(), true.into());
    }
    put(&mut check, "rcodes", own.texts("valid_rcodes")?.into());
    for (field, ours) in
        [("validate_answer_rrs", "answer"), ("validate_authority_rrs", "authority"), ("validate_additional_rrs", "additional")]
    {
        let mut rules = own.fields(field)?;
        let mut taken = Map::new();
        for (theirs, ours) in [
            ("fail_if_matches_regexp", "none_match"),
            ("fail_if_all_match_regexp", "not_all_match"),
            ("fail_if_not_matches_regexp", "all_match"),
            ("fail_if_none_matches_regexp", "any_match"),
        ] {
            put(&mut taken, ours, module.patterns(&mut rules, theirs)?);
        }
        for rest in rules.rest() {
            module.left.push(format!("{field}.{rest}: not known here"));
        }
        put(&mut check, ours, taken.into());
    }
    (module.kind, module.check) = (Some("dns"), check.into());
    Ok(())
}

fn icmp(module: &mut Module, own: &mut Fields) -> Result<(), String> {
    let mut check = Map::new();
    if let Some(ttl) = own.number("ttl")?.filter(|ttl| *ttl > 0) {
        check.insert("ttl".to_owned(), ttl.into());
    }
    match own.number("payload_size")? {
        Some(bytes) if bytes > 1472 => {
            module.left.push(format!("payload_size {bytes}: a look sends at most 1472 bytes, what one packet holds"));
        }
        Some(bytes) => drop(check.insert("payload_bytes".to_owned(), bytes.into())),
        None => {}
    }
    if own.flag("dont_fragment")? == Some(true) {
        module.left.push("dont_fragment: needs raw sockets, which looks do without".to_owned());
    }
    (module.kind, module.check) = (Some("icmp"), check.into());
    Ok(())
}

fn grpc(module: &mut Module, own: &mut Fields) -> Result<(), String> {
    let mut check = Map::new();
    if let Some(service) = own.text("service")? {
        check.insert("service".to_owned(), service.into());
    }
    let terms = own.fields("tls_config")?;
    let terms = module.tls(terms)?;
    if own.flag("tls")? == Some(true) {
        check.insert("tls".to_owned(), json!(terms));
    }
    (module.kind, module.check) = (Some("grpc"), check.into());
    Ok(())
}
