//! DNS looks: one question to one name server, over UDP (and TCP when the answer does not fit), TCP or TLS.

use std::{
    borrow::Cow,
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use hickory_resolver::proto::{
    op::{Message, MessageType, OpCode, Query, ResponseCode},
    rr::{Name, RData, Record, RecordType},
};
use tokio::{net::UdpSocket, time::Instant};

use super::{Prober, net, talk::Talk};
use crate::probe::{
    look::{Code, Fault, Trace},
    model::{DnsCheck, RecordRules, TlsTerms, Transport},
};

/// Bytes of a UDP answer: without EDNS servers keep to 512, some do not.
const ANSWER_BYTES_MAX: usize = 4096;
const PHASES: &str = "probe_dns_duration_seconds";

/// The address of `ip` or `ip:port` (port 53 by default); `None` when it is neither.
fn server_address(server: &str) -> Option<SocketAddr> {
    server
        .parse::<SocketAddr>()
        .ok()
        .or_else(|| server.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, 53)))
        .filter(|address| address.port() != 0)
}

/// The first name server of the text of a `resolv.conf`.
pub fn first_server(resolv_conf: &str) -> Option<SocketAddr> {
    resolv_conf.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("nameserver")).then(|| words.next().and_then(server_address)).flatten()
    })
}

pub(super) async fn look(prober: &Prober, check: &DnsCheck, trace: &mut Trace) -> Result<Cow<'static, str>, Fault> {
    let port = if check.transport == Transport::Tls { 853 } else { 53 };
    let server = match &check.server {
        Some(server) => net::split_or(server, port).map(|(host, port)| (host.to_owned(), port)),
        None => tokio::fs::read_to_string("/etc/resolv.conf")
            .await
            .ok()
            .and_then(|text| first_server(&text))
            .map(|server| (server.ip().to_string(), server.port())),
    };
    let (host, port) = server.ok_or_else(|| Fault::new(Code::LocalResources, "this system names no name server"))?;

    let question = question(prober, check)?;
    let bytes = question.to_vec().map_err(|error| Fault::new(Code::Protocol, error.to_string()))?;
    let address = format!("{}:{port}", if host.contains(':') { format!("[{host}]") } else { host.clone() });
    let answer = match check.transport {
        Transport::Udp => {
            // Checks the policy and notes the address, as for every other kind.
            let ip = prober.net.resolve(&host, trace).await?;
            trace.step = "request";
            let begun = Instant::now();
            let answer = ask_udp((ip, port).into(), &bytes, &question).await?;
            trace.put_with(PHASES, ("phase", "request"), begun.elapsed().as_secs_f64());
            if answer.metadata.truncation { ask_tcp(prober, &address, None, &bytes, &question, trace).await? } else { answer }
        }
        Transport::Tcp => ask_tcp(prober, &address, None, &bytes, &question, trace).await?,
        Transport::Tls => {
            let own = TlsTerms::default();
            ask_tcp(prober, &address, Some(check.tls.as_ref().unwrap_or(&own)), &bytes, &question, trace).await?
        }
    };
    judge(prober, check, &answer, trace)
}

fn question(prober: &Prober, check: &DnsCheck) -> Result<Message, Fault> {
    let refused = |error: &dyn std::fmt::Display| Fault::new(Code::Protocol, error.to_string());
    let mut name = Name::from_utf8(&check.name).map_err(|error| refused(&error))?;
    name.set_fqdn(true);
    let record = RecordType::from_str(&check.record).map_err(|error| refused(&error))?;
    let mut id = [0_u8; 2];
    prober.rng.fill(&mut id);
    let mut message = Message::new(u16::from_ne_bytes(id), MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = !check.no_recursion;
    message.add_query(Query::query(name, record));
    Ok(message)
}

/// Whether `answer` is to `question`: anything else on the socket is noise or forgery, and is waited past.
fn belongs(answer: &Message, question: &Message) -> bool {
    answer.metadata.id == question.metadata.id
        && answer.metadata.message_type == MessageType::Response
        && answer.queries == question.queries
}

async fn ask_udp(server: SocketAddr, bytes: &[u8], question: &Message) -> Result<Message, Fault> {
    let failed = |error: std::io::Error| Fault::io(&error, "UDP");
    let any: SocketAddr =
        if server.is_ipv4() { (std::net::Ipv4Addr::UNSPECIFIED, 0).into() } else { (std::net::Ipv6Addr::UNSPECIFIED, 0).into() };
    let socket = UdpSocket::bind(any).await.map_err(failed)?;
    socket.connect(server).await.map_err(failed)?;
    socket.send(bytes).await.map_err(failed)?;
    let mut buffer = [0_u8; ANSWER_BYTES_MAX];
    let mut unread = 0_u32;
    loop {
        let length = socket.recv(&mut buffer).await.map_err(failed)?;
        match Message::from_vec(&buffer[..length]) {
            Ok(answer) if belongs(&answer, question) => return Ok(answer),
            Ok(_) => {}
            Err(_) => unread += 1,
        }
        // A server that answers with rubbish is broken; a stray packet is not.
        if unread >= 3 {
            return Err(Fault::new(Code::Protocol, "answers that are not DNS"));
        }
    }
}

async fn ask_tcp(
    prober: &Prober,
    address: &str,
    tls: Option<&TlsTerms>,
    bytes: &[u8],
    question: &Message,
    trace: &mut Trace,
) -> Result<Message, Fault> {
    let mut talk = Talk::open(prober, (address, 53), tls, PHASES, trace).await?;
    trace.step = "request";
    let begun = Instant::now();
    let length = u16::try_from(bytes.len()).map_err(|_| Fault::new(Code::Protocol, "the question is too long"))?;
    talk.send(&[&length.to_be_bytes()[..], bytes].concat()).await?;
    let length = talk.exactly(2).await?;
    let answer = talk.exactly(usize::from(u16::from_be_bytes([length[0], length[1]]))).await?;
    talk.took("request", begun, trace);
    let answer = Message::from_vec(&answer)
        .ok()
        .filter(|answer| belongs(answer, question))
        .ok_or_else(|| Fault::new(Code::Protocol, "the answer is not DNS"))?;
    talk.done("").map(|_| answer)
}

fn judge(prober: &Prober, check: &DnsCheck, answer: &Message, trace: &mut Trace) -> Result<Cow<'static, str>, Fault> {
    #[allow(clippy::cast_precision_loss)] // at most a few thousand records fit
    let count = |records: usize| records as f64;
    trace.put("probe_dns_answer_rrs", count(answer.answers.len()));
    trace.put("probe_dns_authority_rrs", count(answer.authorities.len()));
    trace.put("probe_dns_additional_rrs", count(answer.additionals.len()));
    trace.put("probe_dns_query_succeeded", 1.0);
    if let Some(serial) = answer.answers.iter().find_map(|record| match &record.data {
        RData::SOA(soa) => Some(soa.serial),
        _ => None,
    }) {
        trace.put("probe_dns_serial", f64::from(serial));
    }
    let response = answer.metadata.response_code;
    let is_right = match check.rcodes.as_slice() {
        [] => response == ResponseCode::NoError,
        wanted => wanted.iter().any(|word| word == response_word(response)),
    };
    if !is_right {
        return Err(Fault::new(Code::Status, format!("{} answers {response}", check.name)));
    }
    let sections = [
        ("answer", &check.answer, &answer.answers),
        ("authority", &check.authority, &answer.authorities),
        ("additional", &check.additional, &answer.additionals),
    ];
    for (section, rules, records) in sections.into_iter().filter(|(_, rules, _)| !rules.is_empty()) {
        let judged = obeys(prober, rules, section, records);
        trace.set("probe_failed_due_to_regex", if judged.is_ok() { 0.0 } else { 1.0 });
        judged?;
    }
    let of_type = |record: &&Record| check.record == "ANY" || record.record_type().to_string() == check.record;
    let values: Vec<String> = answer.answers.iter().filter(of_type).map(|record| plain(&record.data)).collect();
    if values.is_empty() && !check.may_be_empty {
        return Err(Fault::new(Code::Body, format!("{} has no {} record", check.name, check.record)));
    }
    let missing = check.expect.iter().find(|wanted| !values.iter().any(|value| same(value, wanted)));
    match missing {
        Some(wanted) => Err(Fault::new(Code::Body, format!("{wanted} is not among the answers: {}", values.join(", ")))),
        None => Ok(values.join(", ").into()),
    }
}

/// Whether a section is as its rules say.
fn obeys(prober: &Prober, rules: &RecordRules, section: &str, records: &[Record]) -> Result<(), Fault> {
    let lines: Vec<String> = records.iter().map(zone_line).collect();
    let wrong = |what: &str, pattern: &str| Err(Fault::new(Code::Body, format!("section {section}: {what} {pattern:?}")));
    for pattern in &rules.none_match {
        let found = prober.patterns.get(pattern)?;
        if lines.iter().any(|line| found.is_match(line.as_bytes())) {
            return wrong("a record matches", pattern);
        }
    }
    for pattern in &rules.not_all_match {
        let found = prober.patterns.get(pattern)?;
        if !lines.is_empty() && lines.iter().all(|line| found.is_match(line.as_bytes())) {
            return wrong("every record matches", pattern);
        }
    }
    for pattern in &rules.all_match {
        let found = prober.patterns.get(pattern)?;
        if lines.iter().any(|line| !found.is_match(line.as_bytes())) {
            return wrong("a record does not match", pattern);
        }
    }
    for pattern in &rules.any_match {
        let found = prober.patterns.get(pattern)?;
        if !lines.iter().any(|line| found.is_match(line.as_bytes())) {
            return wrong("no record matches", pattern);
        }
    }
    Ok(())
}

/// As in a zone file, with tabs between the fields.
fn zone_line(record: &Record) -> String {
    format!("{}\t{}\t{}\t{}\t{}", record.name, record.ttl, record.dns_class, record.record_type(), record.data)
}

/// The mnemonic of a response code (IANA's registry).
const fn response_word(code: ResponseCode) -> &'static str {
    match code {
        ResponseCode::NoError => "NOERROR",
        ResponseCode::FormErr => "FORMERR",
        ResponseCode::ServFail => "SERVFAIL",
        ResponseCode::NXDomain => "NXDOMAIN",
        ResponseCode::NotImp => "NOTIMP",
        ResponseCode::Refused => "REFUSED",
        ResponseCode::YXDomain => "YXDOMAIN",
        ResponseCode::YXRRSet => "YXRRSET",
        ResponseCode::NXRRSet => "NXRRSET",
        ResponseCode::NotAuth => "NOTAUTH",
        ResponseCode::NotZone => "NOTZONE",
        _ => "",
    }
}

/// A record's value as people write it.
fn plain(data: &RData) -> String {
    match data {
        RData::TXT(text) => text.txt_data.iter().map(|part| String::from_utf8_lossy(part)).collect::<String>(),
        other => other.to_string(),
    }
}

/// Names are equal whatever their case, with or without the final dot.
fn same(value: &str, wanted: &str) -> bool {
    let bare = |text: &str| text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    bare(value) == bare(wanted)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{first_server, server_address};

    #[test]
    fn a_server_is_an_address_with_or_without_a_port() {
        assert_eq!(server_address("1.1.1.1").unwrap().to_string(), "1.1.1.1:53");
        assert_eq!(server_address("[::1]:5353").unwrap().to_string(), "[::1]:5353");
        assert_eq!(server_address("::1").unwrap().to_string(), "[::1]:53");
        assert_eq!(server_address("ns.example"), None);
        assert_eq!(server_address("1.1.1.1:0"), None);
    }

    #[test]
    fn the_system_names_its_server_in_resolv_conf() {
        assert_eq!(
            first_server("# comment\nsearch example\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n").unwrap().to_string(),
            "10.0.0.2:53"
        );
        assert_eq!(first_server("search example\n"), None);
    }
}
