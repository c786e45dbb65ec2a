use std::{
    net::{Ipv4Addr, SocketAddr},
    str::FromStr,
};

use hickory_resolver::proto::{
    op::{Message, MessageType, OpCode, ResponseCode},
    rr::{
        Name, RData, Record,
        rdata::{A, CNAME, SOA, TXT},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, UdpSocket},
};

use super::{server::closed, *};
use crate::probe::model::DnsCheck;

/// A small name server: `shop.example` has an address, an alias, a text and a start of authority; `long.example` answers over TCP only;
/// `noisy.example` sends strays first; anything else does not exist.
async fn name_server() -> SocketAddr {
    // A port that is free for one of the two may be another test's for the other.
    let (udp, tcp) = loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
            break (udp, tcp);
        }
    };
    let address = udp.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0_u8; 1500];
        while let Ok((length, peer)) = udp.recv_from(&mut buffer).await {
            let query = Message::from_vec(&buffer[..length]).unwrap();
            let name = query.queries[0].name().to_string();
            if name.starts_with("silent") {
                continue;
            }
            if name.starts_with("rubbish") {
                for _ in 0..3 {
                    udp.send_to(b"rubbish", peer).await.unwrap();
                }
                continue;
            }
            if name.starts_with("noisy") {
                let mut stray = answer(&query, false);
                stray.metadata.id = query.metadata.id.wrapping_add(1);
                udp.send_to(&stray.to_vec().unwrap(), peer).await.unwrap();
            }
            udp.send_to(&answer(&query, false).to_vec().unwrap(), peer).await.unwrap();
        }
    });
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = tcp.accept().await {
            let length = stream.read_u16().await.unwrap();
            let mut buffer = vec![0; usize::from(length)];
            stream.read_exact(&mut buffer).await.unwrap();
            let bytes = answer(&Message::from_vec(&buffer).unwrap(), true).to_vec().unwrap();
            stream.write_u16(u16::try_from(bytes.len()).unwrap()).await.unwrap();
            stream.write_all(&bytes).await.unwrap();
        }
    });
    address
}

fn answer(query: &Message, tcp: bool) -> Message {
    let mut answer = Message::new(query.metadata.id, MessageType::Response, OpCode::Query);
    answer.queries.clone_from(&query.queries);
    let question = &query.queries[0];
    let name = question.name().clone();
    let record = |data: RData| Record::from_rdata(name.clone(), 60, data);
    let target = Name::from_str("cdn.example.").unwrap();
    match (name.to_string().as_str(), question.query_type().to_string().as_str()) {
        ("long.example.", _) if !tcp => answer.metadata.truncation = true,
        ("shop.example." | "long.example." | "noisy.example.", "A") => {
            answer.add_answer(record(RData::A(A(Ipv4Addr::new(192, 0, 2, 1)))));
            answer.add_answer(record(RData::A(A(Ipv4Addr::new(192, 0, 2, 2)))));
        }
        ("shop.example.", "CNAME") => {
            answer.add_answer(record(RData::CNAME(CNAME(target))));
        }
        ("shop.example.", "TXT") => {
            answer.add_answer(record(RData::TXT(TXT::new(vec!["v=spf1 ".to_owned(), "-all".to_owned()]))));
        }
        ("shop.example.", "SOA") => {
            answer.add_answer(record(RData::SOA(SOA::new(target.clone(), target, 2_026_112_201, 1, 1, 1, 1))));
        }
        ("shop.example.", _) => {}
        _ => answer.metadata.response_code = ResponseCode::NXDomain,
    }
    answer
}

fn check(server: SocketAddr, name: &str, record: &str, expect: &[&str]) -> DnsCheck {
    let asked = serde_json::json!({ "name": name, "server": server.to_string(), "record": record, "expect": expect });
    serde_json::from_value(asked).unwrap()
}

#[tokio::test]
async fn an_answer_passes_and_is_counted() {
    let server = name_server().await;
    let seen = look(Check::Dns(&check(server, "shop.example", "A", &["192.0.2.2"])), LONG).await;
    assert_code(&seen, Code::Ok);
    assert_eq!(seen.detail, "192.0.2.1, 192.0.2.2");
    assert_eq!(value(&seen, "probe_dns_answer_rrs"), Some(2.0));
    assert_eq!(value(&seen, "probe_dns_query_succeeded"), Some(1.0));
    assert!(labelled(&seen, "probe_dns_duration_seconds", "request").is_some());
    let seen = look(Check::Dns(&check(server, "shop.example", "SOA", &[])), LONG).await;
    assert_eq!(value(&seen, "probe_dns_serial"), Some(2_026_112_201.0));
}

#[tokio::test]
async fn expected_values_are_compared_as_people_write_them() {
    let server = name_server().await;
    for (record, expected, code) in [
        ("A", "192.0.2.9", Code::Body),
        ("CNAME", "CDN.example", Code::Ok),
        ("CNAME", "other.example", Code::Body),
        ("TXT", "v=spf1 -all", Code::Ok),
        ("MX", "mail.example", Code::Body),
    ] {
        let seen = look(Check::Dns(&check(server, "shop.example", record, &[expected])), LONG).await;
        assert_code(&seen, code);
    }
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_an_answer_and_a_failure() {
    let seen = look(Check::Dns(&check(name_server().await, "gone.example", "A", &[])), LONG).await;
    assert_code(&seen, Code::Status);
    assert!(!seen.network);
}

#[tokio::test]
async fn a_cut_answer_is_asked_for_over_tcp() {
    assert_code(&look(Check::Dns(&check(name_server().await, "long.example", "A", &["192.0.2.1"])), LONG).await, Code::Ok);
}

#[tokio::test]
async fn answers_to_other_questions_are_waited_past() {
    assert_code(&look(Check::Dns(&check(name_server().await, "noisy.example", "A", &["192.0.2.1"])), LONG).await, Code::Ok);
}

#[tokio::test]
async fn silence_rubbish_and_a_closed_port_are_told_apart() {
    let server = name_server().await;
    let seen = look(Check::Dns(&check(server, "silent.example", "A", &[])), SHORT).await;
    assert_code(&seen, Code::Timeout);
    assert!(seen.network);
    assert_code(&look(Check::Dns(&check(server, "rubbish.example", "A", &[])), LONG).await, Code::Protocol);
    assert_code(&look(Check::Dns(&check(closed().await, "shop.example", "A", &[])), LONG).await, Code::ConnectionRefused);
}
