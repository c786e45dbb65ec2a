//! Connections: where the policy of addresses lets them go, with the job's TLS.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures::future::BoxFuture;
use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{down::Down, tls::Tls};
use crate::probe::kind::net::Net;

/// Makes connections.
#[derive(Clone)]
pub struct Connector {
    net: Arc<Net>,
    tls: Arc<Tls>,
}

impl Connector {
    /// Nothing is read or opened yet.
    pub fn new(net: Arc<Net>, tls: Tls) -> Self {
        Self { net, tls: Arc::new(tls) }
    }

    async fn connect(self, uri: Uri) -> Result<Stream, Down> {
        let host = uri.host().unwrap_or_default();
        let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host).to_owned();
        let secure = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let stream = self.reach(&host, port).await?;
        // Small questions leave at once.
        let _ = stream.set_nodelay(true);
        if !secure {
            return Ok(Stream::Plain(TokioIo::new(stream)));
        }
        let name = self.tls.server_name().unwrap_or(&host).to_owned();
        let name = ServerName::try_from(name.clone()).map_err(|_| Down::new("tls", format!("{name} is no name for TLS")))?;
        let connector = TlsConnector::from(self.tls.config()?);
        let stream = connector.connect(name, stream).await.map_err(|error| Down::of_io(&error, "TLS handshake"))?;
        Ok(Stream::Tls(Box::new(TokioIo::new(stream))))
    }

    /// The first of the addresses that takes a connection.
    async fn reach(&self, host: &str, port: u16) -> Result<TcpStream, Down> {
        let mut last = None;
        for ip in self.net.addresses(host).await.map_err(|fault| Down::of_fault(&fault))? {
            match TcpStream::connect((ip, port)).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = Some(Down::of_io(&error, &format!("connecting to {ip} port {port}"))),
            }
        }
        Err(last.unwrap_or_else(|| Down::new("dns", format!("{host} has no address"))))
    }
}

impl tower::Service<Uri> for Connector {
    type Response = Stream;
    type Error = Down;
    type Future = BoxFuture<'static, Result<Stream, Down>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Down>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().connect(uri))
    }
}

/// A connection, plain or not.
pub enum Stream {
    /// HTTP.
    Plain(TokioIo<TcpStream>),
    /// HTTPS.
    Tls(Box<TokioIo<TlsStream<TcpStream>>>),
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Stream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, into),
            Self::Tls(stream) => Pin::new(&mut **stream).poll_read(context, into),
        }
    }
}

impl Write for Stream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(&mut **stream).poll_write(context, bytes),
        }
    }
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(&mut **stream).poll_flush(context),
        }
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(&mut **stream).poll_shutdown(context),
        }
    }
}
