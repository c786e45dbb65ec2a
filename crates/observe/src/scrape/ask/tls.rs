//! TLS as a job asks for it. Files are read again when they change, so that certificates can be renewed.

use std::{
    path::Path,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::SystemTime,
};

use rustls::{
    ClientConfig, RootCertStore,
    client::Resumption,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    version::{TLS12, TLS13},
};

use super::down::Down;
use crate::{
    probe::kind::trust::{Trust, unverified},
    scrape::config::{Text, TlsOptions},
};

/// The system's roots, read once.
static SYSTEM: OnceLock<Trust> = OnceLock::new();

/// When the files were changed; `None` where that cannot be told.
type Times = Vec<Option<SystemTime>>;

/// A job's TLS.
pub struct Tls {
    options: TlsOptions,
    /// The configuration with the times of the files it was made of.
    made: Mutex<Option<(Times, Arc<ClientConfig>)>>,
}

impl Tls {
    /// Nothing is read before the first connection.
    pub fn new(options: TlsOptions) -> Self {
        Self { options, made: Mutex::new(None) }
    }

    /// The name the certificate must have, when it is not the address's.
    pub fn server_name(&self) -> Option<&str> {
        self.options.server_name.as_deref()
    }

    /// The configuration.
    ///
    /// # Errors
    /// A file that cannot be read or holds something else.
    pub fn config(&self) -> Result<Arc<ClientConfig>, Down> {
        let times = self.times();
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, config)) = made.as_ref()
            && *known == times
        {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(self.make()?);
        *made = Some((times, Arc::clone(&config)));
        Ok(config)
    }

    fn times(&self) -> Times {
        let identity = self.options.identity.iter().flat_map(|(certificate, key)| [certificate, key]);
        let texts = self.options.roots.iter().chain(identity);
        texts
            .map(|text| match text {
                Text::Given(_) => None,
                Text::File(path) => std::fs::metadata(path).and_then(|meta| meta.modified()).ok(),
            })
            .collect()
    }

    fn make(&self) -> Result<ClientConfig, Down> {
        let fault = |error: rustls::Error| Down::new("tls", format!("tls_config: {error}"));
        let versions = match (self.options.only_12, self.options.only_13) {
            (true, false) => vec![&TLS12],
            (false, true) => vec![&TLS13],
            _ => vec![&TLS13, &TLS12],
        };
        let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let builder = builder.with_protocol_versions(&versions).map_err(fault)?;
        let builder = if self.options.insecure {
            builder.dangerous().with_custom_certificate_verifier(unverified())
        } else {
            builder.with_root_certificates(self.roots()?)
        };
        let mut config = match &self.options.identity {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let chain = certificates(certificate, "cert")?;
                let text = load(key, "key")?;
                let key = PrivateKeyDer::from_pem_slice(text.as_bytes())
                    .map_err(|_| Down::new("tls", format!("tls_config: {} holds no private key in PEM form", place(key, "key"))))?;
                builder.with_client_auth_cert(chain, key).map_err(fault)?
            }
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.resumption = Resumption::in_memory_sessions(16);
        Ok(config)
    }

    fn roots(&self) -> Result<Arc<RootCertStore>, Down> {
        let Some(given) = &self.options.roots else {
            return Ok(SYSTEM.get_or_init(Trust::default).roots());
        };
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates(given, "ca")?);
        Ok(Arc::new(roots))
    }
}

fn place(text: &Text, key: &str) -> String {
    match text {
        Text::Given(_) => key.to_owned(),
        Text::File(path) => path.display().to_string(),
    }
}

fn certificates(text: &Text, key: &str) -> Result<Vec<CertificateDer<'static>>, Down> {
    let pem = load(text, key)?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes()).filter_map(Result::ok).collect();
    if found.is_empty() {
        return Err(Down::new("tls", format!("tls_config: {} holds no certificate in PEM form", place(text, key))));
    }
    Ok(found)
}

/// A text of the configuration, read now when it is a file; `key` names it in errors.
///
/// # Errors
/// When the file cannot be read.
pub fn load(text: &Text, key: &str) -> Result<String, Down> {
    match text {
        Text::Given(secret) => Ok(secret.reveal().to_owned()),
        Text::File(path) => read(path).map_err(|error| Down::new("file", format!("{key}_file {} cannot be read: {error}", path.display()))),
    }
}

/// The largest of these files, bytes: bundles of authorities have some hundred thousand.
const FILE_BYTES_MAX: u64 = 4 << 20;

fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    std::io::Read::read_to_string(&mut std::io::Read::take(std::fs::File::open(path)?, FILE_BYTES_MAX), &mut text)?;
    Ok(text.trim_end().to_owned())
}
