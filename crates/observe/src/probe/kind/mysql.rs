//! MySQL and MariaDB looks: the handshake (protocol 10) to its end, and with a user a `COM_PING`.
//!
//! The handshake is never broken off: a server counts that against our address and shuts it out in the end
//! (`max_connect_errors`). Without a user it ends in "access denied", which shows that the server lives.

use std::borrow::Cow;

use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::{
    Prober, net,
    talk::{Talk, shown},
};
use crate::probe::{
    look::{Code, Fault, Trace},
    model::DatabaseCheck,
};

/// The port that is its own.
pub(super) const PORT: u16 = 3306;
const PHASES: &str = "probe_mysql_duration_seconds";
/// Packets of one handshake, at most.
const PACKETS_MAX: usize = 10;

/// Capabilities: those of the protocol's documentation under these names.
const CONNECT_WITH_DB: u32 = 8;
const PROTOCOL_41: u32 = 0x200;
const SSL: u32 = 0x800;
const SECURE_CONNECTION: u32 = 0x8000;
const PLUGIN_AUTH: u32 = 0x8_0000;

/// What the server says first.
#[derive(Debug, PartialEq, Eq)]
pub struct Greeting {
    /// Its version.
    pub version: String,
    /// What it can.
    pub capabilities: u32,
    /// What passwords are mixed with.
    pub salt: Vec<u8>,
    /// How it wants to know who we are.
    pub way: String,
}

/// Reads the first packet of the server.
///
/// # Errors
/// In words, when it is none.
pub fn greeting(packet: &[u8]) -> Result<Greeting, &'static str> {
    const BROKEN: &str = "a greeting that ends too soon";
    let rest = packet.strip_prefix(&[10]).ok_or("not the greeting of a MySQL server (protocol 10)")?;
    let end = rest.iter().position(|byte| *byte == 0).ok_or(BROKEN)?;
    let version = shown(&rest[..end]);
    let rest = rest.get(end + 1 + 4..).ok_or(BROKEN)?;
    let (salt, rest) = rest.split_at_checked(8).ok_or(BROKEN)?;
    let mut salt = salt.to_vec();
    // A filler, then capabilities in two halves around character set and status.
    let (fixed, rest) = rest.split_at_checked(19).ok_or(BROKEN)?;
    let capabilities = u32::from_le_bytes([fixed[1], fixed[2], fixed[6], fixed[7]]);
    let more = usize::from(fixed[8]).saturating_sub(8).max(13);
    let (second, rest) = rest.split_at_checked(more).ok_or(BROKEN)?;
    salt.extend_from_slice(&second[..more - 1]);
    let way = rest.split(|byte| *byte == 0).next().unwrap_or_default();
    Ok(Greeting { version, capabilities, salt, way: shown(way) })
}

/// An error packet's number and text.
pub fn error_said(packet: &[u8]) -> Option<(u16, String)> {
    let rest = packet.strip_prefix(&[0xff])?;
    let (number, text) = rest.split_first_chunk::<2>()?;
    // `#` and five characters of SQLSTATE, once the handshake has begun.
    let text = if text.first() == Some(&b'#') { text.get(6..).unwrap_or_default() } else { text };
    Some((u16::from_le_bytes(*number), shown(text)))
}

/// What an error says of the server. Numbers: MySQL's server error reference.
fn fault(packet: &[u8]) -> Fault {
    let Some((number, text)) = error_said(packet) else { return Fault::new(Code::Protocol, "a broken error of the server") };
    let code = match number {
        1040 | 1203 | 1226 => Code::Full,
        1044 | 1045 | 1698 | 1251 | 1524 | 1820 | 3118 | 4151 => Code::Login,
        1053 | 1077 | 1079 => Code::Starting,
        _ => Code::Rejected,
    };
    Fault::new(code, format!("{text} ({number})"))
}

/// The password as the server wants it; `None` when the way is not known here.
fn scrambled(way: &str, password: &[u8], salt: &[u8]) -> Option<Vec<u8>> {
    let salt = &salt[..salt.len().min(20)];
    let mixed = |left: &[u8], right: &[u8]| left.iter().zip(right).map(|(left, right)| left ^ right).collect();
    match way {
        _ if password.is_empty() => Some(Vec::new()),
        "mysql_native_password" => {
            let once = Sha1::digest(password);
            Some(mixed(&once, &Sha1::digest([salt, &Sha1::digest(once)[..]].concat())))
        }
        "caching_sha2_password" => {
            let once = Sha256::digest(password);
            Some(mixed(&once, &Sha256::digest([&Sha256::digest(once)[..], salt].concat())))
        }
        _ => None,
    }
}

/// Packets with their numbers.
struct Packets {
    talk: Talk,
    number: u8,
}

impl Packets {
    async fn next(&mut self) -> Result<Vec<u8>, Fault> {
        let head = self.talk.exactly(4).await?;
        let length = usize::from(head[0]) | usize::from(head[1]) << 8 | usize::from(head[2]) << 16;
        self.number = head[3].wrapping_add(1);
        if length == 0 {
            return Err(Fault::new(Code::Protocol, "an empty packet"));
        }
        self.talk.exactly(length).await
    }

    async fn send(&mut self, body: &[u8]) -> Result<(), Fault> {
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes();
        let head = [length[0], length[1], length[2], self.number];
        self.number = self.number.wrapping_add(1);
        self.talk.send(&[&head[..], body].concat()).await
    }
}

pub(super) async fn look(prober: &Prober, check: &DatabaseCheck, trace: &mut Trace) -> Result<Cow<'static, str>, Fault> {
    let talk = Talk::open(prober, (&check.address, PORT), None, PHASES, trace).await?;
    let mut packets = Packets { talk, number: 0 };
    trace.step = "greeting";
    let begun = Instant::now();
    let first = packets.next().await?;
    packets.talk.took("greeting", begun, trace);
    if first[0] == 0xff {
        return Err(fault(&first));
    }
    let said = greeting(&first).map_err(|error| Fault::new(Code::Greeting, error))?;
    let database = check.database.as_deref().filter(|_| check.user.is_some());
    let mut capabilities = PROTOCOL_41 | SECURE_CONNECTION | PLUGIN_AUTH | if database.is_some() { CONNECT_WITH_DB } else { 0 };
    if check.tls.is_some() {
        capabilities |= SSL;
    }
    // Capabilities, the largest packet, utf8mb4, filler: the whole request for TLS, and the beginning of the answer.
    let begin = [&capabilities.to_le_bytes()[..], &(1_u32 << 24).to_le_bytes(), &[45], &[0; 23]].concat();
    if let Some(terms) = &check.tls {
        if said.capabilities & SSL == 0 {
            return Err(Fault::new(Code::Tls, "the server does not speak TLS"));
        }
        packets.send(&begin).await?;
        let host = net::split_or(&check.address, PORT).map_or("", |(host, _)| host);
        packets.talk.secure(prober, host, terms, &[], trace).await?;
    }
    let secret = check.password.as_ref().map(|name| trace.secrets.take(&prober.secrets, name)).transpose()?;
    let password = secret.as_ref().map_or("", |secret| secret.reveal());
    trace.step = "auth";
    let begun = Instant::now();
    let mut answer = begin;
    answer.extend_from_slice(check.user.as_deref().unwrap_or("evenkeel").as_bytes());
    answer.push(0);
    let proof = scrambled(&said.way, password.as_bytes(), &said.salt).unwrap_or_default();
    answer.push(u8::try_from(proof.len()).unwrap_or(0));
    answer.extend_from_slice(&proof);
    for text in database.into_iter().chain([said.way.as_str()]) {
        answer.extend_from_slice(text.as_bytes());
        answer.push(0);
    }
    packets.send(&answer).await?;
    let signed_in = sign_in(&mut packets, password, check.tls.is_some()).await;
    packets.talk.took("auth", begun, trace);
    match signed_in {
        Err(failed) if failed.code == Code::Login && check.user.is_none() => {
            return packets.talk.done(format!("MySQL {} asks who we are", said.version));
        }
        other => other?,
    }
    trace.step = "answer";
    let begun = Instant::now();
    packets.number = 0;
    // COM_PING, then COM_QUIT.
    packets.send(&[0x0e]).await?;
    let answer = packets.next().await?;
    packets.talk.took("answer", begun, trace);
    if answer[0] != 0 {
        return Err(fault(&answer));
    }
    packets.number = 0;
    let _ = packets.send(&[0x01]).await;
    packets.talk.done(format!("MySQL {} answers", said.version))
}

/// Answers the server's questions until it lets us in.
async fn sign_in(packets: &mut Packets, password: &str, secure: bool) -> Result<(), Fault> {
    for _ in 0..PACKETS_MAX {
        let packet = packets.next().await?;
        match (packet[0], packet.get(1)) {
            (0, _) => return Ok(()),
            (0xff, _) => return Err(fault(&packet)),
            // It wants another way than the one that it named.
            (0xfe, _) => {
                let mut parts = packet[1..].splitn(2, |byte| *byte == 0);
                let way = parts.next().map(shown).unwrap_or_default();
                let salt = parts.next().unwrap_or_default();
                let proof = scrambled(&way, password.as_bytes(), salt).ok_or_else(|| {
                    Fault::new(
                        Code::Login,
                        format!("the server wants {way:?}: give the probe's user mysql_native_password or caching_sha2_password"),
                    )
                })?;
                packets.send(&proof).await?;
            }
            // caching_sha2_password: it knows the password already.
            (1, Some(3)) => {}
            // It does not, and wants it as it is: that is for TLS alone.
            (1, Some(4)) if secure => packets.send(&[password.as_bytes(), &[0]].concat()).await?,
            (1, Some(4)) => {
                return Err(Fault::new(Code::Login, "the server wants the password itself, which is sent under TLS alone: set tls"));
            }
            _ => return Err(Fault::new(Code::Protocol, "a packet that does not belong to signing in")),
        }
    }
    Err(Fault::new(Code::Protocol, "signing in does not end"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_greeting_is_read_and_one_that_ends_too_soon_is_not() {
        let mut packet = b"\x0a8.0.36\0\x01\0\0\0abcdefgh\0".to_vec();
        packet.extend_from_slice(&[0xff, 0xff, 45, 2, 0, 0xff, 0xdf, 21]);
        packet.extend_from_slice(&[0; 10]);
        packet.extend_from_slice(b"ijklmnopqrst\0caching_sha2_password\0");
        let said = greeting(&packet).unwrap();
        assert_eq!((said.version.as_str(), said.way.as_str()), ("8.0.36", "caching_sha2_password"));
        assert_eq!(said.salt, b"abcdefghijklmnopqrst");
        assert_eq!(said.capabilities, 0xdfff_ffff);
        for length in 0..packet.len() - 22 {
            assert!(greeting(&packet[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn an_error_says_what_is_the_matter() {
        assert_eq!(fault(b"\xff\x10\x04Too many connections").code, Code::Full);
        let denied = fault(b"\xff\x15\x04#28000Access denied for user 'x'");
        assert_eq!((denied.code, &*denied.detail), (Code::Login, "Access denied for user 'x' (1045)"));
        assert_eq!(fault(b"\xff").code, Code::Protocol);
    }
}
