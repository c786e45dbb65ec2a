use std::net::SocketAddr;

use tokio::io::AsyncWriteExt;

use super::{
    server::{closed, each, head, http, response},
    *,
};
use crate::probe::model::HttpCheck;

fn check(url: impl Into<String>) -> HttpCheck {
    serde_json::from_value(serde_json::json!({ "url": url.into() })).unwrap()
}

fn at(address: SocketAddr) -> HttpCheck {
    check(format!("http://{address}/"))
}

async fn seen(check: &HttpCheck) -> LookResult {
    look(Check::Http(check), LONG).await
}

#[tokio::test]
async fn a_good_answer_passes_and_every_phase_is_timed() {
    let address = http(|_| response(200, "hello")).await;
    let look = seen(&at(address)).await;
    assert_code(&look, Code::Ok);
    assert_eq!(look.detail, "HTTP 200, 5 bytes");
    assert_eq!(value(&look, "probe_http_status_code"), Some(200.0));
    assert_eq!(value(&look, "probe_http_content_length"), Some(5.0));
    assert_eq!(value(&look, "probe_http_redirects"), Some(0.0));
    assert_eq!(value(&look, "probe_http_ssl"), Some(0.0));
    assert_eq!(value(&look, "probe_http_version"), Some(1.1));
    assert_eq!(value(&look, "probe_ip_protocol"), Some(4.0));
    assert!(value(&look, "probe_ip_addr_hash").is_some());
    assert!(value(&look, "probe_dns_lookup_time_seconds").is_some());
    for phase in ["resolve", "connect", "processing", "transfer"] {
        assert!(labelled(&look, "probe_http_duration_seconds", phase).is_some(), "{phase}");
    }
}

#[tokio::test]
async fn the_request_is_what_the_definition_says() {
    let address = http(|head| response(200, head)).await;
    let mut check = check(format!("http://{address}/a%20b?q=1#part"));
    check.method = "POST".into();
    check.body = Some("{}".into());
    check.headers.insert("Host".into(), "shop.example".into());
    check.headers.insert("X-Drill".into(), "1".into());
    for wanted in ["POST /a%20b?q=1 HTTP/1.1\r\n", "host: shop.example\r\n", "x-drill: 1\r\n", "content-length: 2\r\n"] {
        check.body_contains = Some(wanted.into());
        assert_code(&seen(&check).await, Code::Ok);
    }
}

#[tokio::test]
async fn a_wrong_status_fails_and_says_which() {
    let address = http(|_| response(503, "")).await;
    let look = seen(&at(address)).await;
    assert_code(&look, Code::Status);
    assert_eq!(look.detail, "HTTP 503");
    assert!(!look.network);
    let mut check = at(address);
    check.expect_status = vec![503];
    assert_code(&seen(&check).await, Code::Ok);
}

#[tokio::test]
async fn a_closed_port_is_refused() {
    let look = seen(&at(closed().await)).await;
    assert_code(&look, Code::ConnectionRefused);
    assert!(!look.network);
}

#[tokio::test]
async fn a_server_that_accepts_and_says_nothing_times_out() {
    let address = each(|stream| async move {
        let _held = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let look = super::look(Check::Http(&at(address)), SHORT).await;
    assert_code(&look, Code::Timeout);
    assert!(look.network);
    assert!(look.detail.contains("processing"), "{}", look.detail);
    assert!(labelled(&look, "probe_http_duration_seconds", "connect").is_some());
}

#[tokio::test]
async fn a_body_that_trickles_times_out() {
    let address = each(|mut stream| async move {
        head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").await;
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let look = super::look(Check::Http(&at(address)), SHORT).await;
    assert_code(&look, Code::Timeout);
    assert!(look.detail.contains("transfer"), "{}", look.detail);
    assert_eq!(value(&look, "probe_http_status_code"), Some(200.0));
}

#[tokio::test]
async fn an_endless_body_is_read_to_the_limit_only() {
    let address = each(|mut stream| async move {
        head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").await;
        while stream.write_all(&[b'x'; 8192]).await.is_ok() {}
    })
    .await;
    let mut check = at(address);
    check.body_bytes_max = 100_000;
    let look = seen(&check).await;
    assert_code(&look, Code::Ok);
    assert_eq!(value(&look, "probe_http_uncompressed_body_length"), Some(100_000.0));
    assert_eq!(value(&look, "probe_http_content_length"), Some(-1.0));
    check.body_contains = Some("needle".into());
    assert_code(&seen(&check).await, Code::Body);
}

#[tokio::test]
async fn endless_headers_fail() {
    let address = each(|mut stream| async move {
        head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
        while stream.write_all(format!("x: {}\r\n", "y".repeat(4000)).as_bytes()).await.is_ok() {}
    })
    .await;
    assert_code(&seen(&at(address)).await, Code::Protocol);
}

#[tokio::test]
async fn the_expected_text_is_found_across_chunks() {
    let address = each(|mut stream| async move {
        head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhealt\r\n").await;
        let _ = stream.shutdown().await;
    })
    .await;
    let mut check = at(address);
    check.body_contains = Some("healthy".into());
    // Cut in the middle of a chunk: broken, not merely missing.
    assert!(!seen(&check).await.success);
    let address = each(|mut stream| async move {
        head(&mut stream).await;
        for part in ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "4\r\nheal\r\n", "3\r\nthy\r\n", "0\r\n\r\n"] {
            let _ = stream.write_all(part.as_bytes()).await;
            tokio::task::yield_now().await;
        }
    })
    .await;
    let mut check = at(address);
    check.body_contains = Some("healthy".into());
    assert_code(&seen(&check).await, Code::Ok);
    check.body_contains = Some("absent".into());
    let look = seen(&check).await;
    assert_code(&look, Code::Body);
    assert_eq!(value(&look, "probe_failed_due_to_regex"), Some(1.0));
}

#[tokio::test]
async fn a_server_that_hangs_up_is_told_from_one_that_talks_rubbish() {
    let address = each(|mut stream| async move {
        head(&mut stream).await;
    })
    .await;
    assert_code(&seen(&at(address)).await, Code::ConnectionClosed);
    let address = each(|mut stream| async move {
        head(&mut stream).await;
        let _ = stream.write_all(b"SSH-2.0-OpenSSH\r\n\r\n").await;
        let _ = stream.shutdown().await;
    })
    .await;
    assert_code(&seen(&at(address)).await, Code::Protocol);
    let address = each(|mut stream| async move {
        head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort").await;
        let _ = stream.shutdown().await;
    })
    .await;
    assert_code(&seen(&at(address)).await, Code::ConnectionClosed);
}

#[tokio::test]
async fn redirects_are_followed_as_far_as_allowed() {
    let address = http(|head| {
        let path = head.split_whitespace().nth(1).unwrap_or("/").to_owned();
        match path.strip_prefix("/hop/").and_then(|number| number.parse::<u32>().ok()) {
            Some(0) => response(200, "there"),
            Some(number) => format!("HTTP/1.1 302 Found\r\nLocation: /hop/{}\r\nContent-Length: 0\r\n\r\n", number - 1),
            None => "HTTP/1.1 302 Found\r\nLocation: ftp://elsewhere/\r\nContent-Length: 0\r\n\r\n".to_owned(),
        }
    })
    .await;
    let look = seen(&check(format!("http://{address}/hop/3"))).await;
    assert_code(&look, Code::Ok);
    assert_eq!(value(&look, "probe_http_redirects"), Some(3.0));
    assert_eq!(value(&look, "probe_http_status_code"), Some(200.0));
    assert_code(&seen(&check(format!("http://{address}/hop/9"))).await, Code::Redirects);
    assert_code(&seen(&check(format!("http://{address}/away"))).await, Code::Redirects);
    // Not followed, the redirect itself is judged.
    let mut check = check(format!("http://{address}/hop/3"));
    check.redirects = 0;
    assert_code(&seen(&check).await, Code::Status);
    check.expect_status = vec![302];
    assert_code(&seen(&check).await, Code::Ok);
}

#[tokio::test]
async fn metadata_addresses_are_not_probed_not_even_through_a_redirect() {
    let look = seen(&check("http://169.254.169.254/latest/meta-data/")).await;
    assert_code(&look, Code::AddressRefused);
    assert_eq!(look.code.outcome(), crate::probe::look::Outcome::Unsure);
    let address =
        http(|_| "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/meta-data/\r\nContent-Length: 0\r\n\r\n".to_owned()).await;
    assert_code(&seen(&at(address)).await, Code::AddressRefused);
}

#[tokio::test]
async fn localhost_resolves() {
    let address = http(|_| response(204, "")).await;
    let look = seen(&check(format!("http://localhost:{}/", address.port()))).await;
    assert_code(&look, Code::Ok);
}

#[tokio::test]
async fn headers_json_and_time_are_asked_of_a_real_answer() {
    let address = http(|_| response(200, r#"{"status":"degraded"}"#)).await;
    let mut check = at(address);
    check.expect_headers.insert("content-length".into(), "21".into());
    check.expect_json.insert("/status".into(), "ok".into());
    let look = seen(&check).await;
    assert_code(&look, Code::Json);
    assert_eq!(look.detail, "/status is \"degraded\", expected \"ok\"");
    assert_eq!(value(&look, "probe_failed_due_to_regex"), Some(1.0));
    check.body_bytes_max = 5;
    assert!(seen(&check).await.detail.contains("longer than body_bytes_max, 5 bytes"));
    check.expect_json.clear();
    assert_code(&seen(&check).await, Code::Ok);
    check.expect_headers.insert("x-node".into(), String::new());
    assert_code(&seen(&check).await, Code::Header);
}
