//! The connection to a mail server: RFC 5321 as lettre speaks it, over a socket of our own.
//!
//! Of our own, because lettre's waits for the other side's acknowledgement between a mail's body and its final dot (Nagle's
//! algorithm): for that long a mail is on its way that nobody would know of if this process died (docs/adr/0004).

use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use lettre::{
    Message,
    transport::smtp::{
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters},
        extension::ClientId,
        response::Response,
    },
};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::Mutex,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::mail::{MailTls, SmtpSettings};

/// A server that does not even accept or greet within this time is tried again later.
const GREETING_WAIT: Duration = Duration::from_secs(10);

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum SmtpError {
    /// The server could not be reached.
    #[error("{0}")]
    Unreached(String),
    /// It answered, or the conversation broke off.
    #[error(transparent)]
    Said(#[from] lettre::transport::smtp::Error),
}

enum Protection {
    None,
    Starttls(TlsParameters),
    Tls(TlsConnector, ServerName<'static>),
}

/// A mail server.
pub(super) struct Smtp {
    host: String,
    port: u16,
    protection: Protection,
    credentials: Option<Credentials>,
    hello: ClientId,
    /// The connection of the mail before: one is enough for pages, and a greeting takes longer than a mail.
    idle: Mutex<Option<AsyncSmtpConnection>>,
}

impl Smtp {
    /// Nothing is connected yet.
    ///
    /// # Errors
    /// A sentence that says which setting is wrong.
    pub(super) fn new(settings: &SmtpSettings) -> Result<Self, String> {
        let (port, protection) = match settings.tls {
            MailTls::None => (25, Protection::None),
            MailTls::Starttls => (587, Protection::Starttls(starttls(settings)?)),
            MailTls::Tls => {
                let name = ServerName::try_from(settings.host.clone())
                    .map_err(|_| format!("{:?} is no name that a certificate can be for", settings.host))?;
                (465, Protection::Tls(connector(settings)?, name))
            }
        };
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port.unwrap_or(port),
            protection,
            credentials: settings.credentials.as_ref().map(|(user, password)| Credentials::new(user.clone(), password.clone())),
            hello: ClientId::default(),
            idle: Mutex::default(),
        })
    }

    /// Hands over one mail; what the server said when it took it.
    ///
    /// # Errors
    /// As [`SmtpError`] says.
    pub(super) async fn send(&self, mail: &Message) -> Result<Response, SmtpError> {
        let mut connection = match self.reuse().await {
            Some(idle) => idle,
            None => self.connect().await?,
        };
        let said = connection.send(mail.envelope(), &mail.formatted()).await?;
        // Kept open: a polite farewell would come between the server's word and our note of it.
        *self.idle.lock().await = Some(connection);
        Ok(said)
    }

    async fn reuse(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().await.take()?;
        idle.test_connected().await.then_some(idle)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        tokio::time::timeout(GREETING_WAIT, self.greet())
            .await
            .map_err(|_| SmtpError::Unreached(format!("{}:{} did not greet within {} s", self.host, self.port, GREETING_WAIT.as_secs())))?
    }

    async fn greet(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let unreached = |error: io::Error| SmtpError::Unreached(format!("{}:{} cannot be reached: {error}", self.host, self.port));
        let socket = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(unreached)?;
        socket.set_nodelay(true).map_err(unreached)?;
        let stream: Box<dyn AsyncTokioStream> = match &self.protection {
            Protection::Tls(connector, name) => Box::new(Sealed(connector.connect(name.clone(), socket).await.map_err(unreached)?)),
            Protection::None | Protection::Starttls(_) => Box::new(socket),
        };
        let mut connection = AsyncSmtpConnection::connect_with_transport(stream, &self.hello).await?;
        if let Protection::Starttls(parameters) = &self.protection {
            connection.starttls(parameters.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

fn starttls(settings: &SmtpSettings) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    for pem in &settings.extra_roots {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(unread)?);
    }
    builder.build().map_err(|error| format!("TLS to {} cannot be set up: {error}", settings.host))
}

fn connector(settings: &SmtpSettings) -> Result<TlsConnector, String> {
    let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for pem in &settings.extra_roots {
        for root in CertificateDer::pem_slice_iter(pem) {
            roots.add(root.map_err(unread)?).map_err(unread)?;
        }
    }
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS to {} cannot be set up: {error}", settings.host))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn unread(error: impl fmt::Display) -> String {
    format!("an extra root certificate cannot be read: {error}")
}

/// TLS from the first byte, as lettre wants a stream.
#[derive(Debug)]
struct Sealed(TlsStream<TcpStream>);

impl AsyncTokioStream for Sealed {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Sealed {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_read(cx, into)
    }
}

impl AsyncWrite for Sealed {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().0).poll_write(cx, bytes)
    }
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_flush(cx)
    }
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_shutdown(cx)
    }
}
