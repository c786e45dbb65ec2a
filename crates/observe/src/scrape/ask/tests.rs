#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! Asking real servers on loopback: good ones and every way of being broken.

use std::{io::Write as _, net::SocketAddr};

use flate2::{Compression, write::GzEncoder};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::TlsAcceptor;

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::*;
use crate::{
    probe::address::AddressPolicy,
    scrape::tests::house::{each, head, http, jobs, page, response},
};

/// Long enough for a slow machine.
const LONG: Duration = Duration::from_secs(20);

async fn ask_with(job: &str, url: &str, timeout: Duration) -> Result<Answer, Down> {
    let job = jobs(&format!("scrape_configs:\n- job_name: j\n{job}")).remove(0);
    let asker = Asker::new(Arc::new(Net::new(AddressPolicy::default())), &job.ask);
    asker.ask(&Url::parse(url).unwrap(), timeout, 0).await
}

async fn ask(address: SocketAddr) -> Result<Answer, Down> {
    ask_with("", &format!("http://{address}/metrics"), LONG).await
}

#[track_caller]
fn down(answer: Result<Answer, Down>, code: &str, words: &str) {
    let down = answer.expect_err("it answered");
    assert_eq!(down.code, code, "{down}");
    assert!(down.text.contains(words), "{words:?} is not in: {down}");
}

#[tokio::test]
async fn an_answer_comes_with_its_type_and_the_question_says_what_prometheus_says() {
    let address = http(|head| {
        assert!(head.starts_with("GET /metrics?a=b HTTP/1.1\r\n"), "{head}");
        let wanted = [
            "accept: application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,",
            "accept-encoding: gzip\r\n",
            "x-prometheus-scrape-timeout-seconds: 20\r\n",
            "user-agent: Evenkeel/",
        ];
        assert!(wanted.iter().all(|wanted| head.contains(wanted)), "{head}");
        assert!(!head.contains("authorization"));
        page("a 1\n")
    })
    .await;
    let answer = ask_with("", &format!("http://{address}/metrics?a=b"), LONG).await.unwrap();
    assert_eq!((answer.content_type.as_str(), answer.body.as_slice()), ("text/plain; version=0.0.4", b"a 1\n".as_slice()));
}

#[tokio::test]
async fn who_asks_proves_it_in_every_way_and_only_to_the_host_that_was_configured() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "from-file\n").unwrap();
    for (job, wanted) in [
        ("  basic_auth: {username: u, password: p}\n".to_owned(), "authorization: Basic dTpw\r\n"),
        ("  authorization: {type: Token, credentials: x}\n".to_owned(), "authorization: Token x\r\n"),
        (format!("  bearer_token_file: {}\n", file.display()), "authorization: Bearer from-file\r\n"),
        ("  http_headers: {X-Key: {secrets: [k]}}\n".to_owned(), "x-key: k\r\n"),
    ] {
        let stranger = http(|head| {
            assert!(!head.contains("authorization") && !head.contains("x-key"), "{head}");
            page("a 2\n")
        })
        .await;
        let address = http(move |head| {
            assert!(head.contains(wanted), "{head}");
            if head.starts_with("GET /metrics ") {
                response("302 Found", "Location: /moved\r\n", b"")
            } else {
                response("307 Temporary Redirect", &format!("Location: http://{stranger}/x\r\n"), b"")
            }
        })
        .await;
        let answer = ask_with(&job, &format!("http://{address}/metrics"), LONG).await.unwrap();
        assert_eq!(answer.body, b"a 2\n");
    }
    down(ask_with("  bearer_token_file: /nowhere\n", "http://127.0.0.1:1/", LONG).await, "file", "/nowhere cannot be read");
}

#[tokio::test]
async fn packed_answers_are_unpacked_and_bounded() {
    let pack = |bytes: &[u8]| {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    let small = pack(b"a 1\n");
    let bomb = pack(&vec![b' '; 20 << 20]);
    assert!(bomb.len() < 100_000);
    let address = http(move |head| {
        let body = if head.contains("/bomb") { &bomb } else { &small };
        response("200 OK", "Content-Type: text/plain\r\nContent-Encoding: gzip\r\n", body)
    })
    .await;
    let limit = "  body_size_limit: 1MB\n";
    assert_eq!(ask_with(limit, &format!("http://{address}/"), LONG).await.unwrap().body, b"a 1\n");
    down(ask_with(limit, &format!("http://{address}/bomb"), LONG).await, "body_size_limit", "more than 1048576 bytes");
    let broken = http(|_| response("200 OK", "Content-Encoding: gzip\r\n", b"no gzip at all")).await;
    down(ask(broken).await, "protocol", "gzip cannot be unpacked");
    let strange = http(|_| response("200 OK", "Content-Encoding: br\r\n", b"x")).await;
    down(ask(strange).await, "protocol", "only gzip");
}

#[tokio::test]
async fn a_target_that_never_stops_talking_is_cut_off() {
    let address = each(|mut stream| async move {
        head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nendless").await;
        while stream.write_all(&[b'x'; 8192]).await.is_ok() {}
    })
    .await;
    down(ask_with("  body_size_limit: 1MB\n", &format!("http://{address}/"), LONG).await, "body_size_limit", "body_size_limit");
    let heads = each(|mut stream| async move {
        head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX-Endless: ").await;
        while stream.write_all(&[b'x'; 8192]).await.is_ok() {}
    })
    .await;
    down(ask(heads).await, "protocol", "head of the answer");
}

#[tokio::test]
async fn a_target_that_lies_about_its_length_or_speaks_no_http_is_told_apart() {
    let short = each(|mut stream| async move {
        head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\na 1\n").await;
    })
    .await;
    down(ask(short).await, "connection_closed", "before its answer was whole");
    let mail = each(|mut stream| async move {
        let _ = stream.write_all(b"220 mail.example ESMTP\r\n").await;
        head(&mut stream).await;
    })
    .await;
    down(ask(mail).await, "protocol", "does not speak HTTP");
}

#[tokio::test]
async fn a_target_that_hangs_times_out_and_says_where() {
    let silent = each(|mut stream| async move {
        head(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let short = Duration::from_millis(300);
    down(ask_with("", &format!("http://{silent}/"), short).await, "timeout", "timed out after 300ms while connecting and waiting");
    let slow = each(|mut stream| async move {
        head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\na 1\n").await;
        std::future::pending::<()>().await;
    })
    .await;
    down(ask_with("", &format!("http://{slow}/"), short).await, "timeout", "while reading the answer (4 bytes had come)");
}

#[tokio::test]
async fn what_the_target_answers_is_told_with_advice() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    down(ask(closed).await, "connection_refused", "is the target running");
    for (status, words) in [
        ("500 Internal Server Error", "HTTP 500 Internal Server Error; see the target's own log"),
        ("401 Unauthorized", "HTTP 401 Unauthorized; the target wants to know who asks"),
        ("404 Not Found", "check metrics_path"),
    ] {
        let address = http(move |_| response(status, "", b"")).await;
        down(ask(address).await, "status", words);
    }
    let circle = http(|_| response("302 Found", "Location: /again\r\n", b"")).await;
    down(ask(circle).await, "redirects", "more than 10 redirects");
    down(ask_with("  follow_redirects: false\n", &format!("http://{circle}/"), LONG).await, "status", "HTTP 302");
    down(ask_with("", "http://no-such-host.invalid/", LONG).await, "dns", "no-such-host.invalid");
    down(ask_with("", "http://169.254.169.254/", LONG).await, "address_refused", "not asked unless settings allow it");
    let inwards = http(|_| response("302 Found", "Location: http://169.254.169.254/latest/meta-data\r\n", b"")).await;
    down(ask(inwards).await, "address_refused", "169.254.169.254");
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// A certification authority of one's own.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_after = date_time_ymd(2090, 1, 1);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn leaf(&self, name: &str, year: i32) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        (params.signed_by(&key, &self.0).unwrap(), key)
    }

    /// A server with a certificate for `name` that ends in `year`; with `asks` it wants one of ours.
    async fn server(&self, name: &str, year: i32, asks: bool) -> SocketAddr {
        let (certificate, key) = self.leaf(name, year);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions().unwrap();
        let builder = if asks {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(self.0.der().clone()).unwrap();
            let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        } else {
            builder.with_no_client_auth()
        };
        let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
        let config = builder.with_single_cert(chain, PrivateKeyDer::try_from(key.serialize_der()).unwrap()).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        each(move |stream| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                head(&mut stream).await;
                let _ = stream.write_all(&page("a 1\n")).await;
                let _ = stream.shutdown().await;
            }
        })
        .await
    }
}

#[tokio::test]
async fn certificates_are_checked_as_tls_config_says() {
    let authority = Authority::new();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let place = |name: &str| folder.path().join(name).display().to_string();
    write("ca.pem", &pem("CERTIFICATE", authority.0.der()));
    let (certificate, key) = authority.leaf("us.example", 2080);
    write("us.pem", &pem("CERTIFICATE", certificate.der()));
    write("us.key", &pem("PRIVATE KEY", &key.serialize_der()));
    let trusting = |more: &str| format!("  tls_config: {{ca_file: '{}'{more}}}\n", place("ca.pem"));
    let url = |address: SocketAddr| format!("https://{address}/metrics");

    let good = authority.server("127.0.0.1", 2080, false).await;
    assert_eq!(ask_with(&trusting(""), &url(good), LONG).await.unwrap().body, b"a 1\n");
    down(ask_with("", &url(good), LONG).await, "certificate", "signed by nobody we trust; give the authority as tls_config.ca_file");
    let expired = authority.server("127.0.0.1", 2020, false).await;
    down(ask_with(&trusting(""), &url(expired), LONG).await, "certificate", "certificate expired on 2020-01-01T00:00:00Z; renew it");
    let insecure = "  tls_config: {insecure_skip_verify: true}\n";
    assert!(ask_with(insecure, &url(expired), LONG).await.is_ok());
    let other = authority.server("shop.example", 2080, false).await;
    down(ask_with(&trusting(""), &url(other), LONG).await, "certificate", "is for shop.example, not for 127.0.0.1");
    assert!(ask_with(&trusting(", server_name: shop.example"), &url(other), LONG).await.is_ok());

    let asks = authority.server("127.0.0.1", 2080, true).await;
    let ours = format!(", cert_file: '{}', key_file: '{}'", place("us.pem"), place("us.key"));
    assert!(ask_with(&trusting(&ours), &url(asks), LONG).await.is_ok());
    assert!(ask_with(&trusting(""), &url(asks), LONG).await.is_err());
    down(ask_with("  tls_config: {ca_file: /nowhere.pem}\n", &url(good), LONG).await, "file", "/nowhere.pem cannot be read");
    let plain = each(|mut stream| async move {
        let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut [0_u8; 512]).await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    })
    .await;
    down(ask_with(insecure, &url(plain), LONG).await, "tls", "does not speak TLS");
}
