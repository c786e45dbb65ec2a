//! Redis looks: AUTH where there is a password, PING, and what the server says of its role.

use std::{borrow::Cow, fmt::Write as _};

use tokio::time::Instant;

use super::{
    Prober,
    talk::{PIECE_BYTES_MAX, Talk, shown},
};
use crate::probe::{
    look::{Code, Fault, Trace},
    model::{RedisCheck, Role},
};

/// The port that is its own.
pub(super) const PORT: u16 = 6379;
const PHASES: &str = "probe_redis_duration_seconds";

/// An answer, as far as a look reads it.
#[derive(Debug, PartialEq, Eq)]
pub enum Reply {
    /// `+…`
    Text(String),
    /// `-…`
    Error(String),
    /// `$…`, with the bytes that follow.
    Bulk(usize),
    /// `$-1`
    Nothing,
}

/// Reads the first line of an answer (the serialization protocol, RESP2).
///
/// # Errors
/// In words, when it is none.
pub fn reply(line: &[u8]) -> Result<Reply, String> {
    let text = || String::from_utf8_lossy(&line[1..]).into_owned();
    match line.first() {
        Some(b'+') => Ok(Reply::Text(text())),
        Some(b'-') => Ok(Reply::Error(text())),
        Some(b'$') if text() == "-1" => Ok(Reply::Nothing),
        Some(b'$') => match text().parse() {
            Ok(count) if count <= PIECE_BYTES_MAX - 2 => Ok(Reply::Bulk(count)),
            _ => Err(format!("an answer of {} bytes", shown(text().as_bytes()))),
        },
        _ => Err(format!("{:?} is no answer of Redis", shown(line))),
    }
}

/// What INFO replication says: the role, and whether a replica has its primary.
#[derive(Debug, PartialEq, Eq)]
pub struct Replication {
    /// What it is.
    pub role: Role,
    /// A replica whose primary is away.
    pub is_cut_off: bool,
}

/// Reads INFO replication; `None` when it does not say.
pub fn replication(text: &str) -> Option<Replication> {
    let value = |name: &str| text.lines().find_map(|line| line.trim_end().strip_prefix(name)?.strip_prefix(':'));
    let role = match value("role")? {
        "master" => Role::Primary,
        "slave" => Role::Replica,
        _ => return None,
    };
    Some(Replication { role, is_cut_off: value("master_link_status") == Some("down") })
}

/// What an error says of the server.
fn fault(error: &str) -> Fault {
    let code = match error.split(' ').next().unwrap_or_default() {
        "LOADING" => Code::Starting,
        "MASTERDOWN" => Code::CutOff,
        "NOAUTH" | "WRONGPASS" | "NOPERM" => Code::Login,
        _ if error.contains("max number of clients") => Code::Full,
        _ if error.contains("invalid password") || error.contains("without any password configured") => Code::Login,
        _ => Code::Rejected,
    };
    Fault::new(code, format!("the server answers -{}", shown(error.as_bytes())))
}

fn command(words: &[&str]) -> Vec<u8> {
    let mut out = format!("*{}\r\n", words.len());
    for word in words {
        let _ = write!(out, "${}\r\n{word}\r\n", word.len());
    }
    out.into_bytes()
}

/// Asks, and gives the text of the answer; `Ok(Err(…))` when the server answers with an error.
async fn ask(talk: &mut Talk, words: &[&str]) -> Result<Result<String, String>, Fault> {
    talk.send(&command(words)).await?;
    let line = talk.line().await?.ok_or_else(|| Fault::new(Code::ConnectionClosed, "the server hung up without an answer"))?;
    match reply(&line).map_err(|error| Fault::new(Code::Protocol, error))? {
        Reply::Text(text) => Ok(Ok(text)),
        Reply::Error(error) => Ok(Err(error)),
        Reply::Nothing => Ok(Ok(String::new())),
        Reply::Bulk(count) => {
            let bytes = talk.exactly(count + 2).await?;
            Ok(Ok(String::from_utf8_lossy(&bytes[..count]).into_owned()))
        }
    }
}

pub(super) async fn look(prober: &Prober, check: &RedisCheck, trace: &mut Trace) -> Result<Cow<'static, str>, Fault> {
    let mut talk = Talk::open(prober, (&check.address, PORT), check.tls.as_ref(), PHASES, trace).await?;
    if let Some(name) = &check.password {
        let secret = trace.secrets.take(&prober.secrets, name)?;
        trace.step = "auth";
        let begun = Instant::now();
        let words: Vec<&str> = ["AUTH"].into_iter().chain(check.user.as_deref()).chain([secret.reveal()]).collect();
        let answer = ask(&mut talk, &words).await?;
        talk.took("auth", begun, trace);
        answer.map_err(|error| fault(&error))?;
    }
    trace.step = "answer";
    let begun = Instant::now();
    let answer = ask(&mut talk, &["PING"]).await?;
    talk.took("answer", begun, trace);
    match answer {
        Ok(text) if text == "PONG" => {}
        Ok(text) => return Err(Fault::new(Code::Protocol, format!("PING is answered with {:?}", shown(text.as_bytes())))),
        // It lives: that is all that can be known without a password.
        Err(error) if error.starts_with("NOAUTH") && check.password.is_none() && check.role.is_none() => {
            return talk.done("the server asks for a password");
        }
        Err(error) => return Err(fault(&error)),
    }
    let told = match ask(&mut talk, &["INFO", "replication"]).await? {
        Ok(text) => replication(&text),
        Err(error) if check.role.is_some() => return Err(fault(&error)),
        Err(_) => None,
    };
    talk.bye(&command(&["QUIT"])).await;
    if let Some(told) = &told {
        trace.put("probe_redis_is_primary", if told.role == Role::Primary { 1.0 } else { 0.0 });
    }
    match (check.role, told) {
        (Some(_), None) => Err(Fault::new(Code::Protocol, "the server does not say what its role is")),
        (Some(asked), Some(told)) if asked != told.role => {
            Err(Fault::new(Code::Role, format!("the server is a {}, a {} is expected", told.role.as_str(), asked.as_str())))
        }
        (_, Some(Replication { is_cut_off: true, .. })) => Err(Fault::new(Code::CutOff, "the replica has lost its primary")),
        (_, Some(told)) => talk.done(format!("PONG, {}", told.role.as_str())),
        (None, None) => talk.done("PONG"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_within_bounds() {
        assert_eq!(reply(b"+PONG"), Ok(Reply::Text("PONG".into())));
        assert_eq!(reply(b"$-1"), Ok(Reply::Nothing));
        assert_eq!(reply(b"$3"), Ok(Reply::Bulk(3)));
        for wrong in [&b"$99999999999999999999"[..], b"$65535", b"$x", b"HTTP/1.1 200 OK", b""] {
            assert!(reply(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn an_error_says_what_is_the_matter() {
        for (error, code) in [
            ("LOADING Redis is loading the dataset in memory", Code::Starting),
            ("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", Code::CutOff),
            ("WRONGPASS invalid username-password pair or user is disabled.", Code::Login),
            ("ERR max number of clients reached", Code::Full),
            ("ERR unknown command", Code::Rejected),
        ] {
            assert_eq!(fault(error).code, code, "{error}");
        }
    }
}
