//! A connection of a look, plain or under TLS, read in bounded pieces, with a time for each phase.

use std::{
    borrow::Cow,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Buf, BytesMut};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::TcpStream,
    time::Instant,
};
use tokio_rustls::client::TlsStream;

use super::{Prober, net, trust};
use crate::probe::{
    look::{Code, Fault, Trace},
    model::TlsTerms,
};

/// Bytes of one line or message, at most.
pub(super) const PIECE_BYTES_MAX: usize = 64 << 10;
/// Bytes that are read in one look, at most.
const READ_BYTES_MAX: usize = 1 << 20;

/// The stream itself.
pub(super) enum Line {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    /// Between the two.
    Gone,
}

fn gone<T>() -> Poll<io::Result<T>> {
    Poll::Ready(Err(io::ErrorKind::NotConnected.into()))
}

impl AsyncRead for Line {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_read(context, buffer),
            Self::Gone => gone(),
        }
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_write(context, bytes),
            Self::Gone => gone(),
        }
    }
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(context),
            Self::Gone => gone(),
        }
    }
    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(context),
            Self::Gone => gone(),
        }
    }
}

/// A conversation over one connection.
pub(super) struct Talk {
    line: Line,
    read: BytesMut,
    room: usize,
    /// The metric of its phases.
    phases: &'static str,
    /// A certificate that ends sooner than asked for: the look fails by it when all else is well.
    short: Option<String>,
}

impl Talk {
    /// Connects to `address`, whose port is `port` when it names none; under TLS from the first byte with `tls`.
    pub async fn open(
        prober: &Prober,
        (address, port): (&str, u16),
        tls: Option<&TlsTerms>,
        phases: &'static str,
        trace: &mut Trace,
    ) -> Result<Self, Fault> {
        let (host, port) = net::split_or(address, port).ok_or_else(|| Fault::new(Code::Protocol, format!("{address} is not host:port")))?;
        let begun = Instant::now();
        let ip = prober.net.resolve(host, trace).await?;
        trace.add_with(phases, ("phase", "resolve"), begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        let stream = prober.net.connect(ip, port, trace).await?;
        trace.add_with(phases, ("phase", "connect"), begun.elapsed().as_secs_f64());
        let mut talk = Self { line: Line::Plain(stream), read: BytesMut::new(), room: READ_BYTES_MAX, phases, short: None };
        if let Some(terms) = tls {
            talk.secure(prober, host, terms, &[], trace).await?;
        }
        Ok(talk)
    }

    /// Begins TLS on the connection.
    pub async fn secure(&mut self, prober: &Prober, host: &str, terms: &TlsTerms, alpn: &[&[u8]], trace: &mut Trace) -> Result<(), Fault> {
        // What came in the clear would be taken for a part of what comes under TLS (CVE-2011-0411).
        if !self.read.is_empty() {
            return Err(Fault::new(Code::Protocol, "the server sent on in the clear after it agreed to begin TLS"));
        }
        let Line::Plain(stream) = std::mem::replace(&mut self.line, Line::Gone) else {
            return Err(Fault::new(Code::Protocol, "TLS was begun already"));
        };
        trace.step = "tls";
        let name = terms.server_name.as_deref().unwrap_or(host);
        let name =
            ServerName::try_from(name.to_owned()).map_err(|error| Fault::new(Code::Tls, format!("{name} is no name for TLS: {error}")))?;
        let (config, shown) = prober.trust.by_terms(terms, alpn, &prober.secrets, &mut trace.secrets)?;
        let begun = Instant::now();
        let handshake = tokio_rustls::TlsConnector::from(config).connect(name, stream).await;
        trace.add_with(self.phases, ("phase", "tls"), begun.elapsed().as_secs_f64());
        let chain = shown.take();
        trust::note(trace, &chain, handshake.as_ref().ok().and_then(|stream| stream.get_ref().1.protocol_version()));
        let stream = handshake.map_err(|error| trust::handshake_fault(&error))?;
        if let (Some(asked), Some(expiry)) = (terms.min_days, trust::earliest_expiry(&chain)) {
            let left = (expiry - prober.clock.now().as_second()).div_euclid(86_400);
            if left < i64::from(asked) {
                self.short = Some(format!("certificate ends in {left} days, {asked} are asked for"));
            }
        }
        self.line = Line::Tls(Box::new(stream));
        Ok(())
    }

    /// The stream itself, for a protocol that has a client of its own; nothing has been read from it yet.
    pub fn into_line(self) -> (Line, Option<String>) {
        (self.line, self.short)
    }

    /// Notes how long a phase took.
    pub fn took(&self, name: &'static str, begun: Instant, trace: &mut Trace) {
        trace.add_with(self.phases, ("phase", name), begun.elapsed().as_secs_f64());
    }

    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.line.write_all(bytes).await.map_err(|error| Fault::io(&error, "send"))?;
        self.line.flush().await.map_err(|error| Fault::io(&error, "send"))
    }

    /// Says goodbye; how the other side takes it is no matter.
    pub async fn bye(&mut self, bytes: &[u8]) {
        let _ = self.send(bytes).await;
    }

    /// Reads more; false at the end of what is sent.
    async fn more(&mut self) -> Result<bool, Fault> {
        if self.room == 0 {
            return Err(Fault::new(Code::Protocol, format!("more than {READ_BYTES_MAX} bytes were sent")));
        }
        let mut buffer = [0_u8; 4096];
        let room = buffer.len().min(self.room);
        let count = match self.line.read(&mut buffer[..room]).await {
            Ok(count) => count,
            // Many servers hang up without TLS's own goodbye.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            Err(error) => return Err(Fault::io(&error, "read")),
        };
        self.room -= count;
        self.read.extend_from_slice(&buffer[..count]);
        Ok(count > 0)
    }

    /// The next line without its end; `None` when the other side has hung up.
    pub async fn line(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        let mut seen = 0;
        loop {
            if let Some(at) = self.read[seen..].iter().position(|byte| *byte == b'\n') {
                let mut line = self.read.split_to(seen + at + 1).to_vec();
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(Some(line));
            }
            seen = self.read.len();
            if seen > PIECE_BYTES_MAX {
                return Err(Fault::new(Code::Protocol, format!("a line of more than {PIECE_BYTES_MAX} bytes")));
            }
            if !self.more().await? {
                // What stands before the end without a line's end is a line, too.
                return Ok((!self.read.is_empty()).then(|| self.read.split().to_vec()));
            }
        }
    }

    /// Exactly so many bytes.
    pub async fn exactly(&mut self, count: usize) -> Result<Vec<u8>, Fault> {
        if count > PIECE_BYTES_MAX {
            return Err(Fault::new(Code::Protocol, format!("a message of {count} bytes, {PIECE_BYTES_MAX} are read at most")));
        }
        while self.read.len() < count {
            if !self.more().await? {
                return Err(Fault::new(Code::ConnectionClosed, "the server hung up in the middle of an answer"));
            }
        }
        let piece = self.read[..count].to_vec();
        self.read.advance(count);
        Ok(piece)
    }

    /// The end of a look that went well but for the days of the certificate.
    pub fn done(&mut self, detail: impl Into<Cow<'static, str>>) -> Result<Cow<'static, str>, Fault> {
        judge_days(self.short.take(), detail)
    }
}

/// `short` is what is wrong with the certificate's days.
pub(super) fn judge_days(short: Option<String>, detail: impl Into<Cow<'static, str>>) -> Result<Cow<'static, str>, Fault> {
    match short {
        Some(short) => Err(Fault::new(Code::CertificateExpiring, short)),
        None => Ok(detail.into()),
    }
}

/// The beginning of what a server said, for people.
pub(super) fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned()
}
