//! One look at a target: what was seen, under a code that keeps its meaning.

use std::{borrow::Cow, net::IpAddr, time::Duration};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{model::IpRule, secret::Used};

/// Characters of a look's detail that are kept: events hold it for years.
pub const DETAIL_CHARS_MAX: usize = 300;

/// What a look says about its target, before any verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It answered as it should.
    Pass,
    /// It did not.
    Fail,
    /// The look proves nothing about the target.
    Unsure,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $outcome:ident;)*) => {
        /// Why a look ended as it did. Once published a code keeps its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant),* }
        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The word kept in events and sent to clients.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),* } }
            /// What a look that ended so says about its target.
            pub const fn outcome(self) -> Outcome { match self { $(Self::$variant => Outcome::$outcome),* } }
            /// The code of a word.
            pub fn parse(text: &str) -> Option<Self> { match text { $($text => Some(Self::$variant),)* _ => None } }
        }
    };
}

codes! {
    /// As it should be.
    Ok = "ok", Pass;
    /// No answer in time.
    Timeout = "timeout", Fail;
    /// The port is closed.
    ConnectionRefused = "connection_refused", Fail;
    /// The other side hung up in the middle.
    ConnectionClosed = "connection_closed", Fail;
    /// No way there: a router or our own kernel said so.
    Unreachable = "unreachable", Fail;
    /// The name does not resolve, or no name server answers.
    Dns = "dns", Fail;
    /// The TLS handshake failed.
    Tls = "tls", Fail;
    /// The certificate is expired, not trusted, or for another name.
    Certificate = "certificate", Fail;
    /// The certificate ends sooner than asked for.
    CertificateExpiring = "certificate_expiring", Fail;
    /// The answer is not of the protocol.
    Protocol = "protocol", Fail;
    /// Another status (HTTP) or response code (DNS) than expected.
    Status = "status", Fail;
    /// More redirects than allowed, or one that leads nowhere.
    Redirects = "redirects", Fail;
    /// The answer does not hold what is expected, or holds what must not be there.
    Body = "body", Fail;
    /// A header is missing or says something else.
    Header = "header", Fail;
    /// The answer is no JSON, or a value in it is another one.
    Json = "json", Fail;
    /// It took longer than allowed.
    Slow = "slow", Fail;
    /// It greets otherwise than its protocol, or what was asked for, has it.
    Greeting = "greeting", Fail;
    /// It answers that it does not do what it was asked.
    Rejected = "rejected", Fail;
    /// It does not let the user of the probe in.
    Login = "login", Fail;
    /// It starts up, loads its data or shuts down.
    Starting = "starting", Fail;
    /// It has no connection left for us.
    Full = "full", Fail;
    /// It is a replica where a primary is expected, or the other way round.
    Role = "role", Fail;
    /// A replica that has lost its primary.
    CutOff = "cut_off", Fail;
    /// Its health service says that it does not serve.
    NotServing = "not_serving", Fail;
    /// Its health service does not know the service.
    UnknownService = "unknown_service", Fail;
    /// It has no such method.
    Unimplemented = "unimplemented", Fail;
    /// What a later step needs is not in the answer.
    Capture = "capture", Fail;
    /// A journey that goes round and round, or a value that grows without end.
    Loop = "loop", Fail;
    /// A secret that the probe names is not where it looks from.
    SecretMissing = "secret_missing", Unsure;
    /// This vantage point is older than the probe's kind.
    NotUnderstood = "not_understood", Unsure;
    /// The address is one that looks must not go to (cloud metadata, link-local).
    AddressRefused = "address_refused", Unsure;
    /// The operating system does not let us look (raw sockets).
    NotPermitted = "not_permitted", Unsure;
    /// We ran out of descriptors, ports or buffers: our fault, not the target's.
    LocalResources = "local_resources", Unsure;
    /// Our own uplink was lost while we looked.
    UplinkLost = "uplink_lost", Unsure;
    /// No look finished for three intervals.
    DataLate = "data_late", Unsure;
}

/// A measurement of a look. Names and labels are those of `blackbox_exporter`, so that its dashboards and rules work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// Metric name.
    pub metric: &'static str,
    /// The one label that tells parts of a metric apart, such as `phase`.
    pub label: Option<(&'static str, &'static str)>,
    /// Value, in the unit the name ends in.
    pub value: f64,
}

/// Characters of a body that evidence holds.
pub const BODY_CHARS_MAX: usize = 1024;

/// What one step of a look saw: evidence for people, kept in memory alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StepSeen {
    /// The step's name.
    pub name: String,
    /// Why it ended as it did.
    pub code: String,
    /// What was seen; when it failed, what was expected.
    pub detail: String,
    /// How long it took, milliseconds.
    pub duration_ms: f64,
    /// How often it was made.
    #[serde(default)]
    pub times: u32,
    /// The answer's status, of HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The beginning of the answer's body, without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

impl StepSeen {
    /// The same within its bounds, for what comes from elsewhere.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.name = clean(&self.name);
        self.code = clean(&self.code);
        self.detail = clean(&self.detail);
        self.body = self.body.map(|body| body.chars().take(BODY_CHARS_MAX).collect());
        self
    }
}

/// What one look brought home.
#[derive(Debug, Clone)]
pub struct LookResult {
    /// Whether the target answered as it should.
    pub success: bool,
    /// Why.
    pub code: Code,
    /// What was seen, in the tool's own words; at most [`DETAIL_CHARS_MAX`] characters.
    pub detail: String,
    /// From the first step to the last.
    pub duration: Duration,
    /// Whether the path rather than the target may be at fault, so that our own uplink is to be asked.
    pub network: bool,
    /// The address looked at, once it was known.
    pub ip: Option<IpAddr>,
    /// Measurements, `probe_success` and `probe_duration_seconds` included.
    pub samples: Vec<Measured>,
    /// What each step saw, of a look that has steps.
    pub steps: Vec<StepSeen>,
}

/// Why a look failed.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The code.
    pub code: Code,
    /// What was seen.
    pub detail: Cow<'static, str>,
    /// Whether the path may be at fault.
    pub network: bool,
}

impl Fault {
    /// The target is at fault.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into(), network: false }
    }

    /// The path may be at fault.
    pub fn network(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { network: true, ..Self::new(code, detail) }
    }

    /// What an I/O error says, during `what`.
    pub fn io(error: &std::io::Error, what: &str) -> Self {
        use std::io::ErrorKind;
        let detail = format!("{what}: {error}");
        // EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL (no local port left): see errno(3).
        if matches!(error.raw_os_error(), Some(24 | 23 | 105 | 12 | 99)) {
            return Self::new(Code::LocalResources, detail);
        }
        match error.kind() {
            ErrorKind::ConnectionRefused => Self::new(Code::ConnectionRefused, detail),
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof => {
                Self::new(Code::ConnectionClosed, detail)
            }
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => Self::network(Code::Unreachable, detail),
            ErrorKind::TimedOut => Self::network(Code::Timeout, detail),
            ErrorKind::PermissionDenied => Self::new(Code::NotPermitted, detail),
            ErrorKind::InvalidData => Self::new(Code::Protocol, detail),
            _ => Self::new(Code::ConnectionClosed, detail),
        }
    }
}

/// Cuts to [`DETAIL_CHARS_MAX`] characters and takes out what would break a line.
pub fn clean(detail: &str) -> String {
    detail.chars().map(|c| if c.is_control() { ' ' } else { c }).take(DETAIL_CHARS_MAX).collect()
}

/// What a look notes on its way, kept outside of it so that a look cut off by its timeout still tells how far it came.
#[derive(Debug)]
pub struct Trace {
    /// The step under way.
    pub step: &'static str,
    /// The address looked at, once it is known.
    pub ip: Option<IpAddr>,
    /// Measurements so far.
    pub samples: Vec<Measured>,
    /// What each step saw.
    pub steps: Vec<StepSeen>,
    /// Secrets that were used: none leaves with what was seen.
    pub secrets: Used,
    /// Which addresses of a name are looked at.
    pub ip_rule: IpRule,
}

impl Default for Trace {
    fn default() -> Self {
        Self {
            step: "start",
            ip: None,
            samples: Vec::with_capacity(20),
            steps: Vec::new(),
            secrets: Used::default(),
            ip_rule: IpRule::default(),
        }
    }
}

impl Trace {
    /// Notes a measurement.
    pub fn put(&mut self, metric: &'static str, value: f64) {
        self.samples.push(Measured { metric, label: None, value });
    }

    /// Notes a measurement with its label.
    pub fn put_with(&mut self, metric: &'static str, label: (&'static str, &'static str), value: f64) {
        self.samples.push(Measured { metric, label: Some(label), value });
    }

    /// Adds to a measurement, for phases that a redirect passes again.
    pub fn add_with(&mut self, metric: &'static str, label: (&'static str, &'static str), value: f64) {
        match self.samples.iter_mut().find(|sample| sample.metric == metric && sample.label == Some(label)) {
            Some(sample) => sample.value += value,
            None => self.put_with(metric, label, value),
        }
    }

    /// Notes a measurement, in place of an earlier one.
    pub fn set(&mut self, metric: &'static str, value: f64) {
        match self.samples.iter_mut().find(|sample| sample.metric == metric && sample.label.is_none()) {
            Some(sample) => sample.value = value,
            None => self.put(metric, value),
        }
    }

    /// How far a look came that is cut off by its timeout; the step that it was in ends here.
    pub fn cut_off(&mut self, timeout: Duration) -> String {
        let ms = timeout.as_millis();
        let done: f64 = self.steps.iter().map(|step| step.duration_ms).sum();
        match self.steps.last_mut().filter(|step| step.code == Code::Timeout.as_str()) {
            Some(step) => {
                step.duration_ms = (timeout.as_secs_f64() * 1000.0 - done).max(0.0);
                let is_again = step.times > 1 || self.step == "wait";
                let rest = if is_again { format!("; made {} × so far", step.times) } else { String::new() };
                format!("not done within {ms} ms (step {:?}, {}{rest})", step.name, self.step)
            }
            None => format!("no answer within {ms} ms ({})", self.step),
        }
    }

    /// Closes the look.
    pub fn finish(mut self, outcome: Result<Cow<'static, str>, Fault>, duration: Duration) -> LookResult {
        let (code, detail, network) = match outcome {
            Ok(detail) => (Code::Ok, detail, false),
            Err(fault) => (fault.code, fault.detail, fault.network),
        };
        let success = code == Code::Ok;
        self.put("probe_success", if success { 1.0 } else { 0.0 });
        self.put("probe_duration_seconds", duration.as_secs_f64());
        let detail = clean(&self.secrets.redact(detail));
        for step in &mut self.steps {
            let hidden = |text: &str| self.secrets.redact(Cow::Borrowed(text)).into_owned();
            step.name = clean(&step.name);
            step.detail = clean(&hidden(&step.detail));
            step.body = step.body.as_deref().map(|body| hidden(body).chars().take(BODY_CHARS_MAX).collect());
        }
        LookResult { success, code, detail, duration, network, ip: self.ip, samples: self.samples, steps: self.steps }
    }
}

#[cfg(test)]
mod tests;
