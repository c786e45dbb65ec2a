//! PostgreSQL looks (frontend/backend protocol 3.0): up to the server's question who we are, or, with a user, a query.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use md5::{Digest as _, Md5};
use tokio::time::Instant;

use super::{
    Prober, net, scram,
    talk::{Talk, shown},
};
use crate::probe::{
    look::{Code, Fault, Trace},
    model::{DatabaseCheck, Role},
    secret::Secret,
};

/// The port that is its own.
pub(super) const PORT: u16 = 5432;
const PHASES: &str = "probe_postgres_duration_seconds";
/// Messages before the server is ready, at most.
const MESSAGES_MAX: usize = 200;
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// What the server says of an error.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ErrorSaid {
    /// SQLSTATE.
    pub state: String,
    /// For people.
    pub message: String,
}

/// Reads the body of an `ErrorResponse`.
pub fn error_said(body: &[u8]) -> ErrorSaid {
    let mut said = ErrorSaid::default();
    for field in body.split(|byte| *byte == 0) {
        let Some((kind, text)) = field.split_first() else { continue };
        match kind {
            b'C' => said.state = shown(text),
            b'M' => said.message = shown(text),
            _ => {}
        }
    }
    said
}

/// How the server wants to know who we are.
#[derive(Debug, PartialEq, Eq)]
pub enum Auth<'a> {
    /// It does.
    Ok,
    /// The password.
    Cleartext,
    /// Hashed with this salt.
    Md5([u8; 4]),
    /// One of these mechanisms.
    Sasl(Vec<&'a [u8]>),
    /// The next message of the mechanism.
    SaslNext(&'a [u8]),
    /// The last one.
    SaslLast(&'a [u8]),
    /// A way that is not known here.
    Other(u32),
}

/// Reads the body of an `Authentication…` message; `None` when it is too short.
pub fn auth(body: &[u8]) -> Option<Auth<'_>> {
    let (kind, rest) = body.split_first_chunk::<4>()?;
    Some(match u32::from_be_bytes(*kind) {
        0 => Auth::Ok,
        3 => Auth::Cleartext,
        5 => Auth::Md5(*rest.first_chunk()?),
        10 => Auth::Sasl(rest.split(|byte| *byte == 0).filter(|name| !name.is_empty()).collect()),
        11 => Auth::SaslNext(rest),
        12 => Auth::SaslLast(rest),
        other => Auth::Other(other),
    })
}

/// What an error says of the server. Codes: PostgreSQL's Appendix A.
fn fault(said: &ErrorSaid) -> Fault {
    let code = match said.state.as_str() {
        "57P03" | "57P01" | "57P02" => Code::Starting,
        "53300" => Code::Full,
        state if state.starts_with("28") => Code::Login,
        _ => Code::Rejected,
    };
    Fault::new(code, format!("{} ({})", said.message, said.state))
}

fn protocol(detail: impl Into<Cow<'static, str>>) -> Fault {
    Fault::new(Code::Protocol, detail)
}

async fn message(talk: &mut Talk) -> Result<(u8, Vec<u8>), Fault> {
    let head = talk.exactly(5).await?;
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
    let length = usize::try_from(length).ok().and_then(|length| length.checked_sub(4));
    let length = length.filter(|_| head[0].is_ascii_alphanumeric());
    let length = length.ok_or_else(|| protocol(format!("{:?} is no message of PostgreSQL", shown(&head))))?;
    Ok((head[0], talk.exactly(length).await?))
}

fn framed(kind: Option<u8>, body: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = kind.into_iter().collect();
    out.extend_from_slice(&u32::try_from(body.len() + 4).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(body);
    out
}

fn startup(user: &str, database: Option<&str>) -> Vec<u8> {
    let mut body = 196_608_u32.to_be_bytes().to_vec();
    for (name, value) in [("user", Some(user)), ("database", database), ("application_name", Some("evenkeel"))] {
        if let Some(value) = value {
            for word in [name, value] {
                body.extend_from_slice(word.as_bytes());
                body.push(0);
            }
        }
    }
    body.push(0);
    framed(None, &body)
}

pub(super) async fn look(prober: &Prober, check: &DatabaseCheck, trace: &mut Trace) -> Result<Cow<'static, str>, Fault> {
    let mut talk = Talk::open(prober, (&check.address, PORT), None, PHASES, trace).await?;
    if let Some(terms) = &check.tls {
        trace.step = "greeting";
        talk.send(&SSL_REQUEST).await?;
        match talk.exactly(1).await?[0] {
            b'S' => {}
            b'N' => return Err(Fault::new(Code::Tls, "the server does not speak TLS")),
            _ => return Err(protocol("the request for TLS is not answered as PostgreSQL does")),
        }
        let host = net::split_or(&check.address, PORT).map_or("", |(host, _)| host);
        talk.secure(prober, host, terms, &[b"postgresql"], trace).await?;
    }
    let secret = check.password.as_ref().map(|name| trace.secrets.take(&prober.secrets, name)).transpose()?;
    trace.step = "greeting";
    let begun = Instant::now();
    talk.send(&startup(check.user.as_deref().unwrap_or("evenkeel"), check.database.as_deref())).await?;
    let (kind, body) = message(&mut talk).await?;
    talk.took("greeting", begun, trace);
    match kind {
        // Whom it does not know it has at least looked at; so it lives.
        b'E' => {
            let failed = fault(&error_said(&body));
            return if check.user.is_none() && failed.code == Code::Login { talk.done("the server asks who we are") } else { Err(failed) };
        }
        b'R' if check.user.is_none() => {
            let way = auth(&body).ok_or_else(|| protocol("a broken question for the password"))?;
            talk.bye(&framed(Some(b'X'), &[])).await;
            return talk.done(if way == Auth::Ok { "the server lets us in" } else { "the server asks for a password" });
        }
        b'R' => {}
        other => return Err(protocol(format!("message {:?} in place of a question for the password", char::from(other)))),
    }
    trace.step = "auth";
    let begun = Instant::now();
    let signed_in = sign_in(prober, &mut talk, check, secret.as_ref(), body).await;
    talk.took("auth", begun, trace);
    signed_in?;
    trace.step = "answer";
    let begun = Instant::now();
    let role = query(&mut talk).await;
    talk.took("answer", begun, trace);
    talk.bye(&framed(Some(b'X'), &[])).await;
    let role = role?;
    trace.put("probe_postgres_is_primary", if role == Role::Primary { 1.0 } else { 0.0 });
    match check.role {
        Some(asked) if asked != role => {
            let why = if role == Role::Replica { "it is in recovery" } else { "it is not in recovery" };
            Err(Fault::new(Code::Role, format!("the server is a {} ({why}), a {} is expected", role.as_str(), asked.as_str())))
        }
        _ => talk.done(format!("a query is answered, {}", role.as_str())),
    }
}

/// Answers the server's questions until it is ready.
async fn sign_in(prober: &Prober, talk: &mut Talk, check: &DatabaseCheck, secret: Option<&Secret>, mut body: Vec<u8>) -> Result<(), Fault> {
    let user = check.user.as_deref().unwrap_or_default();
    let mut scram: Option<scram::Client> = None;
    for _ in 0..MESSAGES_MAX {
        let password =
            || secret.map(Secret::reveal).ok_or_else(|| Fault::new(Code::Login, "the server asks for a password; the probe names none"));
        match auth(&body).ok_or_else(|| protocol("a broken question for the password"))? {
            Auth::Ok => return ready(talk).await,
            Auth::Cleartext => talk.send(&framed(Some(b'p'), &[password()?.as_bytes(), &[0]].concat())).await?,
            Auth::Md5(salt) => {
                let inner = hex::encode(Md5::digest([password()?.as_bytes(), user.as_bytes()].concat()));
                let outer = hex::encode(Md5::digest([inner.as_bytes(), &salt].concat()));
                talk.send(&framed(Some(b'p'), format!("md5{outer}\0").as_bytes())).await?;
            }
            Auth::Sasl(ways) if ways.contains(&&b"SCRAM-SHA-256"[..]) => {
                let mut nonce = [0_u8; 18];
                prober.rng.fill(&mut nonce);
                let client = scram::Client::new(password()?, &STANDARD.encode(nonce));
                let first = client.first();
                let mut answer = b"SCRAM-SHA-256\0".to_vec();
                answer.extend_from_slice(&u32::try_from(first.len()).unwrap_or(u32::MAX).to_be_bytes());
                answer.extend_from_slice(first.as_bytes());
                talk.send(&framed(Some(b'p'), &answer)).await?;
                scram = Some(client);
            }
            Auth::SaslNext(said) => {
                let Some(mut client) = scram.take() else { return Err(protocol("an answer to nothing")) };
                let said = String::from_utf8_lossy(said).into_owned();
                // Thousands of rounds of hashing: other looks do not wait for them.
                let hashed = tokio::task::spawn_blocking(move || {
                    let last = client.last(&said);
                    (client, last)
                });
                let (client, last) = hashed.await.map_err(|error| Fault::new(Code::LocalResources, error.to_string()))?;
                scram = Some(client);
                talk.send(&framed(Some(b'p'), last.map_err(protocol)?.as_bytes())).await?;
            }
            Auth::SaslLast(said) => {
                if !scram.as_ref().is_some_and(|client| client.proves(&String::from_utf8_lossy(said))) {
                    return Err(Fault::new(Code::Login, "the server does not prove that it knows the password: is it the right server?"));
                }
            }
            Auth::Sasl(_) | Auth::Other(_) => {
                return Err(Fault::new(Code::Login, "the server wants to know who we are in a way that probes cannot (GSSAPI, LDAP …)"));
            }
        }
        let (kind, next) = message(talk).await?;
        match kind {
            b'R' => body = next,
            b'E' => return Err(fault(&error_said(&next))),
            other => return Err(protocol(format!("message {:?} while signing in", char::from(other)))),
        }
    }
    Err(protocol("signing in does not end"))
}

async fn ready(talk: &mut Talk) -> Result<(), Fault> {
    for _ in 0..MESSAGES_MAX {
        match message(talk).await? {
            (b'Z', _) => return Ok(()),
            (b'E', body) => return Err(fault(&error_said(&body))),
            _ => {}
        }
    }
    Err(protocol("the server does not become ready"))
}

/// A query that also says what the server is.
async fn query(talk: &mut Talk) -> Result<Role, Fault> {
    talk.send(&framed(Some(b'Q'), b"SELECT pg_is_in_recovery()\0")).await?;
    let mut role = None;
    for _ in 0..MESSAGES_MAX {
        match message(talk).await? {
            // One column: count, length, text.
            (b'D', body) => role = body.get(6).map(|text| if *text == b't' { Role::Replica } else { Role::Primary }),
            (b'E', body) => return Err(fault(&error_said(&body))),
            (b'Z', _) => return role.ok_or_else(|| protocol("the query is answered without a row")),
            _ => {}
        }
    }
    Err(protocol("the answer to the query does not end"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_is_the_matter() {
        let body = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0Fpostmaster.c\0\0";
        let said = error_said(body);
        assert_eq!((said.state.as_str(), said.message.as_str()), ("57P03", "the database system is starting up"));
        for (state, code) in
            [("57P03", Code::Starting), ("53300", Code::Full), ("28P01", Code::Login), ("28000", Code::Login), ("3D000", Code::Rejected)]
        {
            assert_eq!(fault(&ErrorSaid { state: state.into(), message: String::new() }).code, code, "{state}");
        }
    }

    #[test]
    fn a_broken_question_is_no_question() {
        assert_eq!(auth(&[0, 0, 0]), None);
        assert_eq!(auth(&[0, 0, 0, 5, 1, 2]), None);
        assert_eq!(auth(&[0, 0, 0, 5, 1, 2, 3, 4]), Some(Auth::Md5([1, 2, 3, 4])));
        assert_eq!(auth(b"\0\0\0\nSCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0"), Some(Auth::Sasl(vec![b"SCRAM-SHA-256-PLUS", b"SCRAM-SHA-256"])));
    }
}
