use std::net::SocketAddr;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::{RootCertStore, pki_types::PrivateKeyDer};
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;

use super::{
    server::{each, response},
    *,
};
use crate::probe::model::{HttpCheck, TlsCheck};

/// A certification authority of one's own.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_after = date_time_ymd(2090, 1, 1);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        roots
    }

    /// A server with a certificate for `name` that ends in the year `year`; answers HTTP when asked.
    async fn server(&self, name: &str, year: i32) -> SocketAddr {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        each(move |stream| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut request = [0_u8; 2048];
                let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut request).await;
                let _ = stream.write_all(response(200, "secret").as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        })
        .await
    }
}

fn check(address: SocketAddr) -> TlsCheck {
    serde_json::from_value(serde_json::json!({ "address": address.to_string(), "server_name": "shop.example" })).unwrap()
}

/// Our clock stands at 2027-01-15.
fn prober_of(authority: &Authority) -> Prober {
    trusting(authority.roots(), Arc::new(ManualClock::at(Timestamp::from_second(1_800_000_000).unwrap())))
}

#[tokio::test]
async fn a_valid_certificate_passes_and_shows_its_end() {
    let authority = Authority::new();
    let address = authority.server("shop.example", 2080).await;
    let look = prober_of(&authority).look(Check::Tls(&check(address)), IpRule::default(), LONG).await;
    assert_code(&look, Code::Ok);
    // 2080-01-01T00:00:00Z.
    assert_eq!(value(&look, "probe_ssl_earliest_cert_expiry"), Some(3_471_292_800.0));
    assert_eq!(labelled(&look, "probe_tls_version_info", "TLS 1.3"), Some(1.0));
}

#[tokio::test]
async fn an_expired_certificate_fails_and_still_shows_its_end() {
    let authority = Authority::new();
    let address = authority.server("shop.example", 2020).await;
    let look = prober_of(&authority).look(Check::Tls(&check(address)), IpRule::default(), LONG).await;
    assert_code(&look, Code::Certificate);
    assert_eq!(value(&look, "probe_ssl_earliest_cert_expiry"), Some(1_577_836_800.0));
    // Whoever signed it, the date counts.
    let mut check = check(address);
    check.insecure = true;
    let look = prober().look(Check::Tls(&check), IpRule::default(), LONG).await;
    assert_code(&look, Code::Certificate);
    assert!(look.detail.contains("expired"), "{}", look.detail);
}

#[tokio::test]
async fn a_certificate_that_ends_soon_fails_in_time() {
    let authority = Authority::new();
    let address = authority.server("shop.example", 2080).await;
    let mut check = check(address);
    // 2079-12-20: twelve days left.
    let clock = Arc::new(ManualClock::at("2079-12-20T00:00:00Z".parse().unwrap()));
    let prober = trusting(authority.roots(), clock);
    let look = prober.look(Check::Tls(&check), IpRule::default(), LONG).await;
    assert_code(&look, Code::CertificateExpiring);
    assert!(look.detail.contains("12 days"), "{}", look.detail);
    check.min_days = 12;
    assert_code(&prober.look(Check::Tls(&check), IpRule::default(), LONG).await, Code::Ok);
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_or_for_another_name_fails() {
    let authority = Authority::new();
    let address = authority.server("shop.example", 2080).await;
    let stranger = Authority::new();
    let look = prober_of(&stranger).look(Check::Tls(&check(address)), IpRule::default(), LONG).await;
    assert_code(&look, Code::Certificate);
    let mut other = check(address);
    other.server_name = Some("bank.example".into());
    let look = prober_of(&authority).look(Check::Tls(&other), IpRule::default(), LONG).await;
    assert_code(&look, Code::Certificate);
    other.insecure = true;
    assert_code(&prober_of(&authority).look(Check::Tls(&other), IpRule::default(), LONG).await, Code::Ok);
}

#[tokio::test]
async fn a_server_without_tls_fails_the_handshake() {
    let address = each(|mut stream| async move {
        let _ = stream.write_all(b"220 mail.example ESMTP\r\n").await;
        std::future::pending::<()>().await;
    })
    .await;
    let look = prober_of(&Authority::new()).look(Check::Tls(&check(address)), IpRule::default(), LONG).await;
    assert_code(&look, Code::Tls);
}

#[tokio::test]
async fn https_looks_check_the_certificate_unless_told_not_to() {
    let authority = Authority::new();
    let address = authority.server("127.0.0.1", 2080).await;
    let mut check: HttpCheck =
        serde_json::from_value(serde_json::json!({ "url": format!("https://{address}/"), "body_contains": "secret" })).unwrap();
    let look = prober_of(&authority).look(Check::Http(&check), IpRule::default(), LONG).await;
    assert_code(&look, Code::Ok);
    assert_eq!(value(&look, "probe_http_ssl"), Some(1.0));
    assert_eq!(value(&look, "probe_ssl_earliest_cert_expiry"), Some(3_471_292_800.0));
    assert!(labelled(&look, "probe_http_duration_seconds", "tls").is_some());
    assert_code(&prober_of(&Authority::new()).look(Check::Http(&check), IpRule::default(), LONG).await, Code::Certificate);
    check.insecure = true;
    assert_code(&prober_of(&Authority::new()).look(Check::Http(&check), IpRule::default(), LONG).await, Code::Ok);
}
