//! Whom we trust, and what a certificate says.

use std::{
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme, SupportedProtocolVersion,
    client::{
        Resumption, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
};

use crate::probe::{
    look::{Code, Fault, Trace},
    model::{TlsTerms, TlsVersion},
    secret::{SecretName, SecretSource, Used},
};

/// TLS configurations, made at first use: reading the system's roots takes milliseconds.
#[derive(Default)]
pub struct Trust {
    roots: OnceLock<Arc<RootCertStore>>,
    verified: OnceLock<Arc<ClientConfig>>,
    insecure: OnceLock<Arc<ClientConfig>>,
}

impl Trust {
    /// A trust store with these roots alone: tests, and houses with a certification authority of their own.
    pub fn with_roots(roots: RootCertStore) -> Self {
        let trust = Self::default();
        // A fresh cell is empty.
        let _ = trust.roots.set(Arc::new(roots));
        trust
    }

    /// The configuration of HTTPS looks.
    pub fn config(&self, insecure: bool) -> Result<Arc<ClientConfig>, Fault> {
        let cell = if insecure { &self.insecure } else { &self.verified };
        if let Some(config) = cell.get() {
            return Ok(Arc::clone(config));
        }
        let (verifier, _) = self.recorder(insecure)?;
        let mut config = client_config(verifier)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::clone(cell.get_or_init(|| Arc::new(config))))
    }

    /// A configuration that keeps the certificates it was shown, also when the handshake fails because of them.
    pub fn recording(&self, insecure: bool) -> Result<(Arc<ClientConfig>, Shown), Fault> {
        let (verifier, shown) = self.recorder(insecure)?;
        Ok((Arc::new(client_config(verifier)?), shown))
    }

    /// A configuration by these terms, which keeps what it was shown. What they name is read anew each time: it may have
    /// been renewed.
    pub fn by_terms(
        &self,
        terms: &TlsTerms,
        alpn: &[&[u8]],
        source: &Arc<dyn SecretSource>,
        used: &mut Used,
    ) -> Result<(Arc<ClientConfig>, Shown), Fault> {
        let mut pem = |name: &SecretName| used.take(source, name).map(|secret| secret.reveal().as_bytes().to_vec());
        let broken = |what: &SecretName, error: &dyn fmt::Display| Fault::new(Code::SecretMissing, format!("secret {what}: {error}"));
        let certificates = |name: &SecretName, pem: &[u8]| {
            let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
            found.map_err(|error| broken(name, &error)).and_then(|found| {
                if found.is_empty() { Err(broken(name, &"there is no certificate in PEM form in it")) } else { Ok(found) }
            })
        };
        let roots = match &terms.authority {
            None => self.roots(),
            Some(name) => {
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(certificates(name, &pem(name)?)?);
                Arc::new(roots)
            }
        };
        let (verifier, shown) = Self::recorder_of(roots, terms.insecure)?;
        let shows = match (&terms.certificate, &terms.key) {
            (Some(certificate), Some(key)) => {
                let chain = certificates(certificate, &pem(certificate)?)?;
                Some((chain, PrivateKeyDer::from_pem_slice(&pem(key)?).map_err(|error| broken(key, &error))?))
            }
            _ => None,
        };
        let versions: &[&SupportedProtocolVersion] = match terms.min_version {
            Some(TlsVersion::V13) => &[&rustls::version::TLS13],
            _ => rustls::ALL_VERSIONS,
        };
        let builder = ClientConfig::builder_with_provider(Arc::clone(&verifier.provider))
            .with_protocol_versions(versions)
            .map_err(|error| Fault::new(Code::LocalResources, error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match shows {
            Some((chain, key)) => builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| Fault::new(Code::SecretMissing, format!("the certificate to show cannot be used: {error}")))?,
            None => builder.with_no_client_auth(),
        };
        config.resumption = Resumption::disabled();
        config.alpn_protocols = alpn.iter().map(|word| word.to_vec()).collect();
        Ok((Arc::new(config), shown))
    }

    fn recorder(&self, insecure: bool) -> Result<(Arc<Recorder>, Shown), Fault> {
        Self::recorder_of(self.roots(), insecure)
    }

    fn recorder_of(roots: Arc<RootCertStore>, insecure: bool) -> Result<(Arc<Recorder>, Shown), Fault> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let inner = if insecure {
            None
        } else {
            let verifier = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider))
                .build()
                .map_err(|error| Fault::new(Code::LocalResources, format!("no trusted roots: {error}")))?;
            Some(verifier)
        };
        let shown = Shown::default();
        let recorder = Recorder { provider, inner, shown: shown.clone() };
        Ok((Arc::new(recorder), shown))
    }

    /// The system's roots; Mozilla's when the system has none.
    pub(crate) fn roots(&self) -> Arc<RootCertStore> {
        Arc::clone(self.roots.get_or_init(|| {
            let mut roots = RootCertStore::empty();
            let native = rustls_native_certs::load_native_certs();
            let (added, _) = roots.add_parsable_certificates(native.certs);
            if added == 0 {
                roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            }
            Arc::new(roots)
        }))
    }
}

/// A verifier that takes every certificate, for those who were told to.
pub(crate) fn unverified() -> Arc<dyn ServerCertVerifier> {
    Arc::new(Recorder { provider: Arc::new(rustls::crypto::ring::default_provider()), inner: None, shown: Shown::default() })
}

fn client_config(verifier: Arc<Recorder>) -> Result<ClientConfig, Fault> {
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&verifier.provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Fault::new(Code::LocalResources, error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    // A resumed session shows no certificate, so a look would miss that it was replaced or ran out.
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// The certificates of the latest handshake, leaf first.
#[derive(Debug, Clone, Default)]
pub struct Shown(Arc<Mutex<Vec<CertificateDer<'static>>>>);

impl Shown {
    /// Takes them out.
    pub fn take(&self) -> Vec<CertificateDer<'static>> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Verifies as rustls does (or not at all), and remembers what it was shown.
struct Recorder {
    provider: Arc<CryptoProvider>,
    inner: Option<Arc<WebPkiServerVerifier>>,
    shown: Shown,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("verifies", &self.inner.is_some()).finish_non_exhaustive()
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let chain = std::iter::once(end_entity).chain(intermediates).map(|certificate| certificate.clone().into_owned()).collect();
        *self.shown.0.lock().unwrap_or_else(PoisonError::into_inner) = chain;
        match &self.inner {
            Some(inner) => inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now),
            None => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// When the first certificate of the chain ends, unix seconds; `None` when none can be read.
pub fn earliest_expiry(chain: &[CertificateDer<'_>]) -> Option<i64> {
    chain
        .iter()
        .filter_map(|certificate| x509_parser::parse_x509_certificate(certificate).ok())
        .map(|(_, certificate)| certificate.validity().not_after.timestamp())
        .min()
}

/// Notes what the handshake told: the earliest expiry and the TLS version.
pub fn note(trace: &mut Trace, chain: &[CertificateDer<'_>], version: Option<rustls::ProtocolVersion>) {
    if let Some(expiry) = earliest_expiry(chain) {
        #[allow(clippy::cast_precision_loss)] // unix seconds
        trace.set("probe_ssl_earliest_cert_expiry", expiry as f64);
    }
    let version = match version {
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2",
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
        _ => return,
    };
    trace.samples.retain(|sample| sample.metric != "probe_tls_version_info");
    trace.put_with("probe_tls_version_info", ("version", version), 1.0);
}

/// What a failed handshake says.
pub fn handshake_fault(error: &std::io::Error) -> Fault {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::InvalidCertificate(why)) => Fault::new(Code::Certificate, format!("certificate: {why}")),
        Some(other) => Fault::new(Code::Tls, format!("TLS handshake: {other}")),
        None => Fault::io(error, "TLS handshake"),
    }
}
