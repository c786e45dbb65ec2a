//! Journeys: HTTP requests one after the other, each with what the ones before it brought.
//!
//! Every way of going on for ever has an end: redirects are counted, a step is made `until.times` at most, values have a
//! size, and the probe's timeout is over all of it.

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use tokio::time::Instant;

use super::{Prober, cookie::Jar, expect::Answer, fill::Values, http};
use crate::{
    probe::{
        look::{BODY_CHARS_MAX, Code, Fault, StepSeen, Trace},
        model::{Capture, JourneyCheck, JourneyStep, SECRET_HEADERS, VALUE_BYTES_MAX},
        template::{self, Part},
    },
    scrape::secret::is_secret_name,
};

/// Of each step how long it took, by its place.
const STEP_SECONDS: &str = "probe_journey_step_duration_seconds";
const PLACES: [&str; 20] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20"];

/// What a journey carries from step to step.
struct Run<'a> {
    prober: &'a Prober,
    values: BTreeMap<String, String>,
    jar: Jar,
    /// Variables that are sent as credentials: what they hold is shown to nobody.
    hidden: Vec<&'a str>,
}

pub(super) async fn look(prober: &Prober, check: &JourneyCheck, trace: &mut Trace) -> Result<Cow<'static, str>, Fault> {
    let mut run = Run { prober, values: check.variables.clone(), jar: Jar::default(), hidden: hidden(check) };
    for (place, step) in check.steps.iter().enumerate() {
        let begun = Instant::now();
        // A look that is cut off leaves it as it stands here.
        trace.steps.push(StepSeen {
            name: step.name.clone(),
            code: Code::Timeout.as_str().to_owned(),
            detail: String::new(),
            duration_ms: 0.0,
            times: 0,
            status: None,
            body: None,
        });
        let outcome = run.step(step, trace).await;
        let took = begun.elapsed();
        trace.add_with(STEP_SECONDS, ("step", PLACES[place.min(PLACES.len() - 1)]), took.as_secs_f64());
        let Some(seen) = trace.steps.last_mut() else { continue };
        seen.duration_ms = took.as_secs_f64() * 1000.0;
        match outcome {
            Ok(detail) => {
                Code::Ok.as_str().clone_into(&mut seen.code);
                seen.detail = detail.into_owned();
            }
            Err(fault) => {
                fault.code.as_str().clone_into(&mut seen.code);
                seen.detail.clone_from(&fault.detail.clone().into_owned());
                let detail = format!("step {}, {}: {}", place + 1, step.name, fault.detail);
                return Err(Fault { detail: detail.into(), ..fault });
            }
        }
    }
    Ok(format!("{} steps", check.steps.len()).into())
}

/// Variables that stand in headers that carry credentials, and those whose names say so.
fn hidden(check: &JourneyCheck) -> Vec<&str> {
    let headers = check.steps.iter().flat_map(|step| &step.http.headers);
    let credentials = headers.filter(|(name, _)| SECRET_HEADERS.contains(&name.to_ascii_lowercase().as_str()));
    let named = credentials.flat_map(|(_, value)| template::parts(value)).filter_map(|part| match part {
        Part::Variable(name) => Some(name),
        _ => None,
    });
    let taken = check.steps.iter().flat_map(|step| step.capture.keys()).map(String::as_str).filter(|name| is_secret_name(name));
    named.chain(taken).collect()
}

impl Run<'_> {
    /// Makes a step, as often as it is to be made.
    async fn step(&mut self, step: &JourneyStep, trace: &mut Trace) -> Result<Cow<'static, str>, Fault> {
        let times = step.until.map_or(1, |until| until.times);
        let mut time = 1;
        loop {
            if let Some(seen) = trace.steps.last_mut() {
                seen.times = time;
            }
            let failed = match self.once(step, trace).await {
                Ok(detail) => return Ok(detail),
                Err(failed) => failed,
            };
            // What will not be otherwise next time is not tried again.
            let is_for_good =
                matches!(failed.code, Code::Loop | Code::SecretMissing | Code::AddressRefused | Code::Redirects | Code::LocalResources);
            if times == 1 || is_for_good {
                return Err(failed);
            }
            if time == times {
                return Err(Fault {
                    code: Code::Loop,
                    detail: format!("not as expected after {times} times, last: {}", failed.detail).into(),
                    ..failed
                });
            }
            time += 1;
            trace.step = "wait";
            tokio::time::sleep(Duration::from_millis(step.until.map_or(0, |until| until.wait_ms))).await;
        }
    }

    async fn once(&mut self, step: &JourneyStep, trace: &mut Trace) -> Result<Cow<'static, str>, Fault> {
        trace.step = "fill in";
        let mut ask = Values { prober: self.prober, variables: Some(&self.values) }.ask(&step.http, trace)?;
        ask.jar = Some(std::mem::take(&mut self.jar));
        ask.keeps_body = true;
        let answer = http::fetch(self.prober, &mut ask, trace).await;
        self.jar = ask.jar.unwrap_or_default();
        let check = ask.check;
        // A session is a credential, too.
        self.jar.values().filter(|value| value.len() >= 8).for_each(|value| trace.secrets.note(value));
        let answer = answer?;
        let taken = self.capture(step, &answer);
        // Before anything is shown: what is taken may be what must not be.
        for (name, value) in taken.iter().flatten() {
            if self.hidden.contains(&name.as_str()) {
                trace.secrets.note(value);
            }
        }
        if let Some(seen) = trace.steps.last_mut() {
            seen.status = Some(answer.status.as_u16());
            seen.body = answer.body.as_deref().map(|body| beginning(body, &trace.secrets));
        }
        let detail = http::judge(self.prober, &check, &answer, trace)?;
        for (name, value) in taken? {
            self.values.insert(name, value);
        }
        Ok(detail)
    }

    /// What the step takes from its answer.
    fn capture(&self, step: &JourneyStep, answer: &Answer) -> Result<Vec<(String, String)>, Fault> {
        let body = answer.body.as_deref().unwrap_or_default();
        let mut json = None;
        let mut taken = Vec::with_capacity(step.capture.len());
        for (name, from) in &step.capture {
            let (value, place) = match from {
                Capture::Json(pointer) => {
                    let json = json.get_or_insert_with(|| serde_json::from_slice::<serde_json::Value>(body).ok());
                    let value = json.as_ref().and_then(|json| json.pointer(pointer)).filter(|value| !value.is_null());
                    let value = value.map(|value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned));
                    (value, format!("JSON at {pointer:?}"))
                }
                Capture::Header(header) => (
                    answer.headers.get(header).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
                    format!("a header {header}"),
                ),
                Capture::Cookie(cookie) => (self.jar.value(cookie).map(ToOwned::to_owned), format!("a cookie {cookie}")),
                Capture::Regex(text) => {
                    let found = self.prober.patterns.get(text)?.captures(body);
                    let value = found.and_then(|groups| groups.get(1).or_else(|| groups.get(0)).map(|group| group.as_bytes().to_vec()));
                    (value.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()), format!("what matches {text:?}"))
                }
            };
            let value = value.ok_or_else(|| {
                Fault::new(
                    Code::Capture,
                    format!("HTTP {}, {{{{{name}}}}} is not there: the answer has not {place}", answer.status.as_u16()),
                )
            })?;
            if value.len() > VALUE_BYTES_MAX {
                let detail =
                    format!("{{{{{name}}}}} is {} bytes long, {VALUE_BYTES_MAX} are kept at most: does it grow by itself?", value.len());
                return Err(Fault::new(Code::Loop, detail));
            }
            taken.push((name.clone(), value));
        }
        Ok(taken)
    }
}

/// The beginning of a body. Secrets are taken out before it is cut, so that none is left in half.
fn beginning(body: &[u8], secrets: &crate::probe::secret::Used) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(64 << 10)]);
    secrets.redact(text).chars().take(BODY_CHARS_MAX).collect()
}
