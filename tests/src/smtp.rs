//! A real SMTP server (RFC 5321) that keeps what it takes, in memory.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::SystemTime,
};

/// A mail as it arrived.
#[derive(Debug, Clone)]
pub struct Mail {
    pub at: SystemTime,
    pub from: String,
    pub to: Vec<String>,
    /// Headers and body, dots unstuffed.
    pub raw: String,
}

impl Mail {
    /// A header's value, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.raw.split("\r\n\r\n").next()?.replace("\r\n ", " ").replace("\r\n\t", " ");
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    /// The text with soft line breaks of quoted-printable undone and `=XX` read, for finding links.
    pub fn text(&self) -> String {
        let joined = self.raw.replace("=\r\n", "");
        let mut bytes = Vec::with_capacity(joined.len());
        let source = joined.as_bytes();
        let mut i = 0;
        while i < source.len() {
            let hex = source.get(i + 1..i + 3).and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
            if let (b'=', Some(byte)) = (source[i], hex) {
                bytes.push(byte);
                i += 3;
            } else {
                bytes.push(source[i]);
                i += 1;
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Its parts, however deep they lie.
    pub fn parts(&self) -> Vec<Part> {
        let unfolded = self.raw.replace("\r\n ", " ").replace("\r\n\t", " ");
        let boundaries = unfolded.match_indices("boundary=\"").filter_map(|(at, found)| unfolded[at + found.len()..].split('"').next());
        let mut parts = Vec::new();
        for boundary in boundaries {
            for piece in unfolded.split(&format!("--{boundary}")).skip(1) {
                if let Some((head, body)) = piece.trim_start_matches("\r\n").split_once("\r\n\r\n") {
                    parts.push(Part { head: head.to_owned(), body: body.to_owned() });
                }
            }
        }
        // What holds other parts is none of its own.
        parts.retain(|part: &Part| !part.head.contains("multipart/"));
        parts
    }

    /// The first link that holds `part`.
    pub fn link(&self, part: &str) -> Option<String> {
        let text = self.text();
        let at = text.find(part)?;
        let start = text[..at].rfind("http")?;
        let end =
            text[start..].find(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | ')')).map_or(text.len(), |end| start + end);
        Some(text[start..end].to_owned())
    }
}

/// A part of a mail.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its header, unfolded.
    pub head: String,
    body: String,
}

impl Part {
    /// What is in it, when it is base64.
    pub fn bytes(&self) -> Vec<u8> {
        assert!(self.head.contains("Content-Transfer-Encoding: base64"), "{}", self.head);
        let value = |letter: u8| match letter {
            b'A'..=b'Z' => Some(letter - b'A'),
            b'a'..=b'z' => Some(letter - b'a' + 26),
            b'0'..=b'9' => Some(letter - b'0' + 52),
            b'+' => Some(62),
            b'/' => Some(63),
            _ => None,
        };
        let sixes: Vec<u8> = self.body.bytes().filter_map(value).collect();
        let mut bytes = Vec::with_capacity(sixes.len() * 3 / 4);
        for four in sixes.chunks(4) {
            let word = four.iter().enumerate().fold(0u32, |word, (index, six)| word | u32::from(*six) << (18 - 6 * index));
            bytes.extend(word.to_be_bytes()[1..four.len()].iter());
        }
        bytes
    }
}

/// The server; lives until the test process ends.
#[derive(Clone)]
pub struct Smtp {
    pub port: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
    /// Addresses that nobody has here.
    unknown: Arc<Mutex<Vec<String>>>,
}

impl Smtp {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mails: Arc<Mutex<Vec<Mail>>> = Arc::default();
        let unknown: Arc<Mutex<Vec<String>>> = Arc::default();
        let (kept, refused) = (Arc::clone(&mails), Arc::clone(&unknown));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (kept, refused) = (Arc::clone(&kept), Arc::clone(&refused));
                std::thread::spawn(move || {
                    let _ = converse(stream, &kept, &refused);
                });
            }
        });
        Self { port, mails, unknown }
    }

    /// From now on it refuses mail for this address, for good.
    pub fn refuse(&self, address: &str) {
        self.unknown.lock().unwrap().push(address.to_owned());
    }

    /// Every mail so far.
    pub fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }
}

fn converse(stream: TcpStream, kept: &Mutex<Vec<Mail>>, unknown: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    let mut say = |text: &str| writer.write_all(format!("{text}\r\n").as_bytes());
    say("220 sink.example ESMTP")?;
    let (mut from, mut to, mut line) = (String::new(), Vec::new(), String::new());
    let address = |line: &str| line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => say("250-sink.example\r\n250-8BITMIME\r\n250 SMTPUTF8")?,
            "HELO" | "RSET" | "NOOP" => {
                to.clear();
                say("250 Ok")?;
            }
            "MAIL" => {
                from = address(&line);
                say("250 Ok")?;
            }
            "RCPT" if unknown.lock().unwrap().contains(&address(&line)) => say("550 5.1.1 nobody has this address")?,
            "RCPT" => {
                to.push(address(&line));
                say("250 Ok")?;
            }
            "DATA" => {
                say("354 go on")?;
                let mut raw = Vec::new();
                loop {
                    let mut part = Vec::new();
                    if reader.read_until(b'\n', &mut part)? == 0 {
                        return Ok(()); // cut off in the middle: not taken
                    }
                    if part == b".\r\n" {
                        break;
                    }
                    raw.extend_from_slice(if part.starts_with(b"..") { &part[1..] } else { &part });
                }
                let mail = Mail {
                    at: SystemTime::now(),
                    from: from.clone(),
                    to: std::mem::take(&mut to),
                    raw: String::from_utf8_lossy(&raw).into_owned(),
                };
                let number = {
                    let mut kept = kept.lock().unwrap();
                    kept.push(mail);
                    kept.len()
                };
                say(&format!("250 2.0.0 Ok: kept as {number}"))?;
            }
            "QUIT" => {
                say("221 bye")?;
                return Ok(());
            }
            _ => say("500 unknown")?,
        }
    }
}
