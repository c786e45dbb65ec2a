//! Conversations over TCP, line by line: those of a definition, and those of protocols that are known here.

use std::borrow::Cow;

use tokio::time::Instant;

use super::{
    Prober, net,
    talk::{Talk, shown},
};
use crate::probe::{
    look::{Code, Fault, Trace},
    model::{Protocol, ScriptStep, TcpCheck, TlsTerms},
};

/// The metric of its phases.
pub(super) const PHASES: &str = "probe_tcp_duration_seconds";
/// Lines that one step waits past, at most.
const LINES_MAX: usize = 1000;
/// Bytes that one step sends, at most.
const SEND_BYTES_MAX: usize = 64 << 10;

/// A step as it is made.
struct Step {
    expect: Option<Cow<'static, str>>,
    /// Ends the look as failed; `.*` after `expect` = the first line decides.
    refuse: Option<Cow<'static, str>>,
    send: Option<Cow<'static, str>>,
    starttls: bool,
    /// What it is a failure of.
    failed: Code,
    /// The phase that its time belongs to.
    phase: &'static str,
}

const NOTHING: Step = Step { expect: None, refuse: None, send: None, starttls: false, failed: Code::Rejected, phase: "answer" };

/// Awaits a line; a line that matches `refuse` ends it.
fn awaits(expect: &'static str, refuse: &'static str) -> Step {
    Step { expect: Some(expect.into()), refuse: Some(refuse.into()), ..NOTHING }
}
/// The first line of all: whatever it is, it decides.
fn greets(expect: &'static str) -> Step {
    Step { failed: Code::Greeting, phase: "greeting", ..awaits(expect, "") }
}
fn says(text: &'static str) -> Step {
    Step { send: Some(text.into()), ..NOTHING }
}
fn secures() -> Step {
    Step { starttls: true, ..NOTHING }
}

/// The conversation of a protocol: greeting, what it can do, TLS where asked for, goodbye.
fn known(protocol: Protocol, starttls: bool) -> Vec<Step> {
    let mut steps = Vec::new();
    match protocol {
        Protocol::Smtp => {
            steps.extend([greets("^220[ -]"), says("EHLO evenkeel\r\n"), awaits("^250 ", "^[45][0-9][0-9]")]);
            if starttls {
                steps.extend([says("STARTTLS\r\n"), awaits("^220[ -]", "^[45][0-9][0-9]"), secures()]);
                steps.extend([says("EHLO evenkeel\r\n"), awaits("^250 ", "^[45][0-9][0-9]")]);
            }
            steps.extend([says("QUIT\r\n"), awaits("^221", "^[45][0-9][0-9]")]);
        }
        Protocol::Imap => {
            steps.extend([greets(r"^\* (OK|PREAUTH)"), says("a1 CAPABILITY\r\n"), awaits("^a1 OK", "^a1 |^\\* BYE")]);
            if starttls {
                steps.extend([says("a2 STARTTLS\r\n"), awaits("^a2 OK", "^a2 |^\\* BYE"), secures()]);
                steps.extend([says("a3 CAPABILITY\r\n"), awaits("^a3 OK", "^a3 |^\\* BYE")]);
            }
            steps.extend([says("a4 LOGOUT\r\n"), awaits("^a4 OK", "^a4 ")]);
        }
        Protocol::Pop3 => {
            steps.extend([greets(r"^\+OK")]);
            if starttls {
                steps.extend([says("STLS\r\n"), awaits(r"^\+OK", "^-ERR"), secures()]);
            }
            steps.extend([says("QUIT\r\n"), awaits(r"^\+OK", "^-ERR")]);
        }
        Protocol::Ftp => {
            steps.extend([greets("^220[ -]")]);
            if starttls {
                steps.extend([says("AUTH TLS\r\n"), awaits("^234", "^[45][0-9][0-9]"), secures()]);
            }
            steps.extend([says("QUIT\r\n"), awaits("^221", "^[45][0-9][0-9]")]);
        }
        // RFC 4253, 4.2: what it sends before its version is passed over.
        Protocol::Ssh => steps.extend([
            Step { failed: Code::Greeting, phase: "greeting", ..awaits("^SSH-(2\\.0|1\\.99)-", "^SSH-") },
            says("SSH-2.0-Evenkeel\r\n"),
        ]),
        Protocol::Irc => steps.extend([
            says("NICK evenkeel\r\nUSER evenkeel 0 * :evenkeel\r\n"),
            // Some servers want a PING answered before they welcome anyone.
            Step {
                expect: Some(r"^PING (\S+)|^:\S+ 001 ".into()),
                refuse: Some(r"^ERROR|^:\S+ (43[123]|46[345]) ".into()),
                send: Some("PONG ${1}\r\n".into()),
                failed: Code::Greeting,
                phase: "greeting",
                ..NOTHING
            },
            says("QUIT\r\n"),
        ]),
    }
    steps
}

fn written(step: &ScriptStep, begins: bool) -> Step {
    Step {
        expect: step.expect.clone().map(Cow::Owned),
        refuse: step.refuse.clone().map(Cow::Owned),
        send: step.send.clone().map(Cow::Owned),
        starttls: step.starttls,
        failed: if begins { Code::Greeting } else { Code::Body },
        phase: if begins { "greeting" } else { "answer" },
    }
}

/// Whether a look is a conversation line by line.
pub(super) const fn is_script(check: &TcpCheck) -> bool {
    check.protocol.is_some() || !check.steps.is_empty() || check.tls.is_some()
}

pub(super) async fn look(prober: &Prober, check: &TcpCheck, trace: &mut Trace) -> Result<Cow<'static, str>, Fault> {
    let port = check.protocol.map_or(0, |protocol| protocol.port(check.tls.is_some()));
    let host = net::split_or(&check.address, port).map_or("", |(host, _)| host);
    let steps = match check.protocol {
        Some(protocol) => known(protocol, check.starttls.is_some()),
        None => check.steps.iter().enumerate().map(|(place, step)| written(step, place == 0)).collect(),
    };
    let mut talk = Talk::open(prober, (&check.address, port), check.tls.as_ref(), PHASES, trace).await?;
    let mut first = None;
    for step in &steps {
        make(prober, &mut talk, step, (host, check.starttls.as_ref()), &mut first, trace).await?;
    }
    talk.done(first.map_or_else(|| format!("connected to {}", check.address), |line| shown(&line)))
}

/// Makes one step.
async fn make(
    prober: &Prober,
    talk: &mut Talk,
    step: &Step,
    (host, terms): (&str, Option<&TlsTerms>),
    first: &mut Option<Vec<u8>>,
    trace: &mut Trace,
) -> Result<(), Fault> {
    let mut send = step.send.as_ref().map(|text| text.as_bytes().to_vec());
    if let Some(expect) = &step.expect {
        let expect = prober.patterns.get(expect)?;
        let refuse = step.refuse.as_deref().map(|refuse| prober.patterns.get(refuse)).transpose()?;
        trace.step = step.phase;
        let begun = Instant::now();
        let mut found = None;
        let mut last = Vec::new();
        for _ in 0..LINES_MAX {
            let Some(line) = talk.line().await? else { break };
            first.get_or_insert_with(|| line.clone());
            if let Some(groups) = expect.captures(&line) {
                if let Some(text) = step.send.as_ref().filter(|text| text.contains('$')) {
                    let mut out = Vec::new();
                    groups.expand(text.as_bytes(), &mut out);
                    out.truncate(SEND_BYTES_MAX);
                    send = Some(out);
                }
                found = Some(());
                break;
            }
            let is_refused = refuse.as_ref().is_some_and(|refuse| refuse.is_match(&line));
            last = line;
            if is_refused {
                break;
            }
        }
        talk.took(step.phase, begun, trace);
        trace.set("probe_failed_due_to_regex", if found.is_some() { 0.0 } else { 1.0 });
        if found.is_none() {
            let wanted = step.expect.as_deref().unwrap_or_default();
            return Err(if last.is_empty() {
                Fault::new(Code::ConnectionClosed, format!("the server hung up before it said what matches {wanted:?}"))
            } else {
                Fault::new(step.failed, format!("the server says {:?}, expected {wanted:?}", shown(&last)))
            });
        }
    }
    if let Some(bytes) = send {
        trace.step = "send";
        talk.send(&bytes).await?;
    }
    if step.starttls {
        let own = TlsTerms::default();
        talk.secure(prober, host, terms.unwrap_or(&own), &[], trace).await?;
    }
    Ok(())
}
