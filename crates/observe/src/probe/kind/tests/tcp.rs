use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{
    server::{closed, each},
    *,
};
use crate::probe::model::TcpCheck;

fn check(address: impl std::fmt::Display) -> TcpCheck {
    TcpCheck { address: address.to_string(), ..TcpCheck::default() }
}

#[tokio::test]
async fn a_port_that_accepts_passes() {
    let address = each(|_| async {}).await;
    let look = look(Check::Tcp(&check(address)), LONG).await;
    assert_code(&look, Code::Ok);
    assert!(labelled(&look, "probe_tcp_duration_seconds", "connect").is_some());
}

#[tokio::test]
async fn a_closed_port_is_refused() {
    let address = closed().await;
    assert_code(&look(Check::Tcp(&check(address)), LONG).await, Code::ConnectionRefused);
}

#[tokio::test]
async fn what_is_sent_is_answered_or_not() {
    let address = each(|mut stream| async move {
        let mut line = [0_u8; 6];
        if stream.read_exact(&mut line).await.is_ok() && &line == b"PING\r\n" {
            let _ = stream.write_all(b"+PONG\r\n").await;
        }
    })
    .await;
    let mut check = check(address);
    check.send = Some("PING\r\n".into());
    check.expect = Some("PONG".into());
    assert_code(&look(Check::Tcp(&check), LONG).await, Code::Ok);
    check.send = Some("QUIT\r\n".into());
    assert_code(&look(Check::Tcp(&check), LONG).await, Code::Body);
    check.send = None;
    assert_code(&look(Check::Tcp(&check), SHORT).await, Code::Timeout);
}

#[tokio::test]
async fn an_endless_answer_is_read_to_the_limit_only() {
    let address = each(|mut stream| async move { while stream.write_all(&[b'x'; 4096]).await.is_ok() {} }).await;
    let mut check = check(address);
    check.expect = Some("needle".into());
    assert_code(&look(Check::Tcp(&check), LONG).await, Code::Body);
}

#[tokio::test]
async fn a_name_that_cannot_exist_is_a_dns_failure() {
    // RFC 6761: .invalid never exists. Without a name server the code is the same, with the path in doubt.
    let look = look(Check::Tcp(&check("nowhere.invalid:80")), LONG).await;
    assert_code(&look, Code::Dns);
}
