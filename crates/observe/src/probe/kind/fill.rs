//! Filling in what a request refers to: secrets, and in a journey variables. Bounded, whatever the values are.

use std::{borrow::Cow, collections::BTreeMap};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::HeaderValue;

use super::{Prober, http::Ask};
use crate::probe::{
    look::{Code, Fault, Trace},
    model::{HttpCheck, SECRET_HEADERS},
    template::{self, Escape, Part},
};

/// Bytes of a filled-in URL or header, and of a body, at most.
const LINE_BYTES_MAX: usize = 16 << 10;
const BODY_BYTES_MAX: usize = 256 << 10;

/// What references stand for.
pub(super) struct Values<'a> {
    pub prober: &'a Prober,
    /// By their names; none in a request that is no journey, where `{{name}}` is text.
    pub variables: Option<&'a BTreeMap<String, String>>,
}

impl Values<'_> {
    fn text(&self, text: &str, escape: Escape, bytes_max: usize, trace: &mut Trace) -> Result<String, Fault> {
        let mut out = String::with_capacity(text.len());
        for part in template::parts(text) {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Secret(name) => {
                    let name = name.map_err(|error| Fault::new(Code::SecretMissing, error))?;
                    let secret = trace.secrets.take(&self.prober.secrets, &name)?;
                    escape.write(secret.reveal(), &mut out);
                }
                Part::Variable(name) => match self.variables {
                    None => out.extend(["{{", name, "}}"]),
                    Some(variables) => {
                        let value = variables.get(name).ok_or_else(|| Fault::new(Code::Capture, format!("{{{{{name}}}}} has no value")))?;
                        escape.write(value, &mut out);
                    }
                },
            }
            if out.len() > bytes_max {
                return Err(Fault::new(Code::Loop, format!("filled in, a part of the request is longer than {bytes_max} bytes")));
            }
        }
        Ok(out)
    }

    /// A URL: as it stands in the path, encoded in the query.
    fn url(&self, text: &str, trace: &mut Trace) -> Result<String, Fault> {
        let (path, query) = text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)));
        let mut out = self.text(path, Escape::None, LINE_BYTES_MAX, trace)?;
        if let Some(query) = query {
            out.push('?');
            out.push_str(&self.text(query, Escape::Form, LINE_BYTES_MAX, trace)?);
        }
        Ok(out)
    }

    /// The request with everything filled in.
    pub fn ask<'a>(&self, check: &HttpCheck, trace: &mut Trace) -> Result<Ask<'a>, Fault> {
        let mut filled = check.clone();
        filled.url = self.url(&check.url, trace)?;
        let mut bound = Vec::new();
        for (name, value) in &mut filled.headers {
            let written = self.text(value, Escape::None, LINE_BYTES_MAX, trace)?;
            if written != *value || SECRET_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
                bound.push(name.clone());
            }
            *value = written;
        }
        let escape = body_escape(&filled);
        let body = filled.body.as_deref().map(|body| self.text(body, escape, BODY_BYTES_MAX, trace)).transpose()?;
        let is_body_bound = body != filled.body;
        filled.body = body;
        if self.variables.is_some() {
            let mut said = |text: &str| self.text(text, Escape::None, LINE_BYTES_MAX, trace);
            filled.body_contains = filled.body_contains.as_deref().map(&mut said).transpose()?;
            filled.body_lacks = filled.body_lacks.as_deref().map(&mut said).transpose()?;
            for value in filled.expect_headers.values_mut() {
                *value = said(value)?;
            }
            for value in filled.expect_json.values_mut() {
                if let serde_json::Value::String(text) = value {
                    *text = said(text)?;
                }
            }
        }
        let basic = basic(self.prober, check, trace)?;
        Ok(Ask { check: Cow::Owned(filled), bound, is_body_bound, basic, jar: None, keeps_body: false })
    }
}

/// A request that is no journey. One without secrets is sent as it stands.
pub(super) fn plain<'a>(prober: &Prober, check: &'a HttpCheck, trace: &mut Trace) -> Result<Ask<'a>, Fault> {
    let mut texts = check.headers.values().chain(&check.body).chain([&check.url]);
    if texts.any(|text| text.contains("{{secret.") || text.contains("{{ secret.")) {
        return Values { prober, variables: None }.ask(check, trace);
    }
    let basic = basic(prober, check, trace)?;
    Ok(Ask { check: Cow::Borrowed(check), bound: Vec::new(), is_body_bound: false, basic, jar: None, keeps_body: false })
}

fn basic(prober: &Prober, check: &HttpCheck, trace: &mut Trace) -> Result<Option<HeaderValue>, Fault> {
    let Some(login) = &check.basic else { return Ok(None) };
    let secret = login.password.as_ref().map(|name| trace.secrets.take(&prober.secrets, name)).transpose()?;
    let both = format!("{}:{}", login.user, secret.as_ref().map_or("", |secret| secret.reveal()));
    trace.secrets.note(&both);
    let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(both)))
        .map_err(|error| Fault::new(Code::SecretMissing, format!("the login cannot be sent: {error}")))?;
    value.set_sensitive(true);
    Ok(Some(value))
}

fn body_escape(check: &HttpCheck) -> Escape {
    let kind =
        check.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| value.to_ascii_lowercase());
    let begins = check.body.as_deref().unwrap_or_default().trim_start();
    match kind {
        Some(kind) if kind.contains("json") => Escape::Json,
        Some(kind) if kind.contains("x-www-form-urlencoded") => Escape::Form,
        None if begins.starts_with('{') && !begins.starts_with("{{") || begins.starts_with('[') => Escape::Json,
        _ => Escape::None,
    }
}
