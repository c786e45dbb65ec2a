//! A real SMTP server (RFC 5321) with STARTTLS, TLS and AUTH PLAIN, that can be told to refuse and to drop.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, rustls};

/// What the server does with the next mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Takes,
    /// 451 after the data.
    NotNow,
    /// 550 at the recipient.
    Never,
    /// Takes the mail and closes without an answer.
    TakesAndDrops,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    None,
    Starttls,
    Tls,
}

#[derive(Clone)]
pub struct Server {
    pub port: u16,
    /// The authority that signed its certificate, PEM.
    pub root: Vec<u8>,
    pub mood: Arc<Mutex<Mood>>,
    /// Whole mails, as they came.
    pub mails: Arc<Mutex<Vec<String>>>,
    acceptor: TlsAcceptor,
    protection: Protection,
    /// What AUTH PLAIN must say, when asked for.
    password: Option<&'static str>,
}

impl Server {
    pub async fn start(protection: Protection, password: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(signed.signing_key.serialize_der()).unwrap();
        let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![signed.cert.der().clone()], key)
            .unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            root: pem(signed.cert.der()),
            mood: Arc::new(Mutex::new(Mood::Takes)),
            mails: Arc::default(),
            acceptor: TlsAcceptor::from(Arc::new(config)),
            protection,
            password,
        };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = serving.clone();
                tokio::spawn(async move {
                    // A client that hangs up is its own matter.
                    let _ = server.connection(stream).await;
                });
            }
        });
        server
    }

    async fn connection(&self, stream: TcpStream) -> std::io::Result<()> {
        if self.protection == Protection::Tls {
            let mut stream = BufReader::new(self.acceptor.accept(stream).await?);
            stream.write_all(b"220 test ESMTP\r\n").await?;
            return self.session(&mut stream, true).await.map(|_| ());
        }
        let mut plain = BufReader::new(stream);
        plain.write_all(b"220 test ESMTP\r\n").await?;
        if self.session(&mut plain, false).await? {
            let mut stream = BufReader::new(self.acceptor.accept(plain.into_inner()).await?);
            self.session(&mut stream, true).await?;
        }
        Ok(())
    }

    /// Speaks until QUIT; `true` when the client asked for STARTTLS.
    async fn session<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut BufReader<S>, secured: bool) -> std::io::Result<bool> {
        let mut allowed = self.password.is_none();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(false);
            }
            let line = line.trim_end();
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let mood = *self.mood.lock().unwrap();
            let answer = match verb.as_str() {
                "EHLO" => {
                    let mut offer = "250-test\r\n250-8BITMIME\r\n".to_owned();
                    if self.protection == Protection::Starttls && !secured {
                        offer.push_str("250-STARTTLS\r\n");
                    }
                    if self.password.is_some() {
                        offer.push_str("250-AUTH PLAIN\r\n");
                    }
                    offer + "250 SIZE 1000000"
                }
                "STARTTLS" => {
                    stream.write_all(b"220 go on\r\n").await?;
                    return Ok(true);
                }
                "AUTH" => {
                    allowed = line.ends_with(self.password.unwrap_or("-"));
                    if allowed { "235 welcome".to_owned() } else { "535 5.7.8 wrong password".to_owned() }
                }
                "MAIL" if !allowed => "530 5.7.0 sign in first".to_owned(),
                "RCPT" if mood == Mood::Never => "550 5.1.1 no such user".to_owned(),
                "MAIL" | "RCPT" | "RSET" | "NOOP" => "250 2.1.0 Ok".to_owned(),
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await?;
                    let mail = data(stream).await?;
                    if mood == Mood::NotNow {
                        "451 4.3.0 try later".to_owned()
                    } else {
                        self.mails.lock().unwrap().push(mail);
                        if mood == Mood::TakesAndDrops {
                            return Ok(false);
                        }
                        "250 2.0.0 Ok: queued as 42".to_owned()
                    }
                }
                "QUIT" => {
                    stream.write_all(b"221 bye\r\n").await?;
                    return Ok(false);
                }
                _ => "502 what".to_owned(),
            };
            stream.write_all(answer.as_bytes()).await?;
            stream.write_all(b"\r\n").await?;
            stream.flush().await?;
        }
    }
}

async fn data<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> std::io::Result<String> {
    let mut mail = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(mail);
        }
        mail.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

fn pem(der: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for chunk in der.chunks(3) {
        let mut three = [0u8; 3];
        three[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for place in 0..4 {
            if place <= chunk.len() {
                text.push(char::from(ALPHABET[(bits >> (18 - 6 * place)) as usize & 63]));
            } else {
                text.push('=');
            }
        }
    }
    (text + "\n-----END CERTIFICATE-----\n").into_bytes()
}
