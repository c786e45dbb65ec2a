//! gRPC looks: `grpc.health.v1.Health/Check` over HTTP/2, plain or under TLS.

use std::{borrow::Cow, pin::pin};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::time::Instant;

use super::{
    Prober, net,
    talk::{Talk, judge_days},
};
use crate::probe::{
    look::{Code, Fault, Trace},
    model::GrpcCheck,
};

const PHASES: &str = "probe_grpc_duration_seconds";
/// Bytes of an answer, at most: two suffice.
const ANSWER_BYTES_MAX: usize = 4 << 10;
/// Bytes of headers, at most.
const HEAD_BYTES_MAX: u32 = 16 << 10;

/// What the health service says (`HealthCheckResponse.ServingStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serving {
    /// 0
    Unknown,
    /// 1
    Serving,
    /// 2
    NotServing,
    /// 3, which only Watch answers.
    ServiceUnknown,
}

impl Serving {
    /// As it is in the protocol.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Serving => "SERVING",
            Self::NotServing => "NOT_SERVING",
            Self::ServiceUnknown => "SERVICE_UNKNOWN",
        }
    }
}

/// A framed `HealthCheckRequest`: `string service = 1`.
fn request(service: &str) -> Vec<u8> {
    let mut message = Vec::with_capacity(service.len() + 3);
    if !service.is_empty() {
        message.push(0x0a);
        let mut length = service.len();
        while length >= 0x80 {
            message.push(u8::try_from(length & 0x7f).unwrap_or(0) | 0x80);
            length >>= 7;
        }
        message.push(u8::try_from(length).unwrap_or(0));
        message.extend_from_slice(service.as_bytes());
    }
    let mut framed = vec![0];
    framed.extend_from_slice(&u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes());
    framed.extend_from_slice(&message);
    framed
}

/// A base-128 number and what follows it.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (place, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[place + 1..]));
        }
    }
    None
}

/// Reads a framed `HealthCheckResponse`: `ServingStatus status = 1`.
///
/// # Errors
/// In words, when it is none.
pub fn response(body: &[u8]) -> Result<Serving, &'static str> {
    const BROKEN: &str = "an answer that is no HealthCheckResponse";
    let (head, rest) = body.split_first_chunk::<5>().ok_or("an answer without a message")?;
    if head[0] != 0 {
        return Err("a compressed answer, which was not asked for");
    }
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
    let mut rest = usize::try_from(length).ok().and_then(|length| rest.get(..length)).ok_or(BROKEN)?;
    // Proto3 leaves out what is zero.
    let mut status = 0;
    while !rest.is_empty() {
        let (tag, after) = varint(rest).ok_or(BROKEN)?;
        rest = match tag & 7 {
            0 => {
                let (value, after) = varint(after).ok_or(BROKEN)?;
                if tag >> 3 == 1 {
                    status = value;
                }
                after
            }
            1 => after.get(8..).ok_or(BROKEN)?,
            2 => {
                let (length, after) = varint(after).ok_or(BROKEN)?;
                usize::try_from(length).ok().and_then(|length| after.get(length..)).ok_or(BROKEN)?
            }
            5 => after.get(4..).ok_or(BROKEN)?,
            _ => return Err(BROKEN),
        };
    }
    match status {
        0 => Ok(Serving::Unknown),
        1 => Ok(Serving::Serving),
        2 => Ok(Serving::NotServing),
        3 => Ok(Serving::ServiceUnknown),
        _ => Err("a status that the health service does not have"),
    }
}

/// What a call that did not succeed says of the server; statuses: gRPC's `statuscodes`.
fn failed(status: u16, message: &str, service: &str) -> Fault {
    let what = if message.is_empty() { format!("gRPC status {status}") } else { format!("gRPC status {status}: {message}") };
    match status {
        5 => Fault::new(Code::UnknownService, format!("the health service does not know {service:?} ({what})")),
        7 | 16 => Fault::new(Code::Login, what),
        8 => Fault::new(Code::Full, what),
        12 => Fault::new(Code::Unimplemented, format!("the server has no health service, grpc.health.v1.Health ({what})")),
        _ => Fault::new(Code::Rejected, what),
    }
}

fn broken(error: &hyper::Error) -> Fault {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return Fault::io(io, "HTTP/2");
        }
        source = inner.source();
    }
    Fault::new(Code::Protocol, format!("HTTP/2: {error}: the server does not speak gRPC here"))
}

pub(super) async fn look(prober: &Prober, check: &GrpcCheck, trace: &mut Trace) -> Result<Cow<'static, str>, Fault> {
    let (host, _) = net::split(&check.address).ok_or_else(|| Fault::new(Code::Protocol, format!("{} is not host:port", check.address)))?;
    let service = check.service.as_deref().unwrap_or_default();
    let mut talk = Talk::open(prober, (&check.address, 0), None, PHASES, trace).await?;
    if let Some(terms) = &check.tls {
        talk.secure(prober, host, terms, &[b"h2"], trace).await?;
    }
    trace.put("probe_grpc_ssl", if check.tls.is_some() { 1.0 } else { 0.0 });
    let (line, short) = talk.into_line();
    trace.step = "answer";
    let begun = Instant::now();
    let scheme = if check.tls.is_some() { "https" } else { "http" };
    let refused = |error: http::Error| Fault::new(Code::Protocol, error.to_string());
    let uri = Uri::try_from(format!("{scheme}://{}/grpc.health.v1.Health/Check", check.address)).map_err(|error| refused(error.into()))?;
    let call = Request::builder()
        .method(Method::POST)
        .uri(uri)
        .header(header::CONTENT_TYPE, "application/grpc")
        .header(header::TE, HeaderValue::from_static("trailers"))
        .header(header::USER_AGENT, super::http::USER_AGENT)
        .body(Full::new(Bytes::from(request(service))))
        .map_err(refused)?;
    let (mut sender, connection) = http2::Builder::new(TokioExecutor::new())
        .max_header_list_size(HEAD_BYTES_MAX)
        .handshake(TokioIo::new(line))
        .await
        .map_err(|error| broken(&error))?;
    let talking = async {
        let answer = sender.send_request(call).await.map_err(|error| broken(&error))?;
        let (head, body) = answer.into_parts();
        if head.status != http::StatusCode::OK {
            return Err(Fault::new(Code::Status, format!("HTTP {}: the server does not speak gRPC here", head.status.as_u16())));
        }
        let (bytes, trailers) = read(body).await?;
        Ok((head.headers, bytes, trailers))
    };
    let mut talking = pin!(talking);
    let mut connection = pin!(connection);
    let answered = tokio::select! {
        biased;
        answered = &mut talking => answered,
        ended = &mut connection => match ended {
            Err(error) => Err(broken(&error)),
            Ok(()) => talking.await,
        },
    };
    trace.add_with(PHASES, ("phase", "answer"), begun.elapsed().as_secs_f64());
    let (headers, body, trailers) = answered?;
    // A call that fails at once has its status in the headers ("Trailers-Only").
    let said =
        |name: &str| trailers.as_ref().and_then(|all| all.get(name)).or_else(|| headers.get(name)).and_then(|value| value.to_str().ok());
    let status: u16 = said("grpc-status")
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| Fault::new(Code::Protocol, "an answer without grpc-status: the server does not speak gRPC here"))?;
    trace.put("probe_grpc_status_code", f64::from(status));
    if status != 0 {
        return Err(failed(status, said("grpc-message").unwrap_or_default(), service));
    }
    let serving = response(&body).map_err(|error| Fault::new(Code::Protocol, error))?;
    for one in [Serving::Unknown, Serving::Serving, Serving::NotServing, Serving::ServiceUnknown] {
        let value = if one == serving { 1.0 } else { 0.0 };
        trace.put_with("probe_grpc_healthcheck_response", ("serving_status", one.as_str()), value);
    }
    match serving {
        Serving::Serving => judge_days(short, "SERVING"),
        Serving::NotServing => Err(Fault::new(Code::NotServing, "the health service says NOT_SERVING")),
        Serving::Unknown => Err(Fault::new(Code::NotServing, "the health service says UNKNOWN")),
        Serving::ServiceUnknown => Err(Fault::new(Code::UnknownService, "the health service says SERVICE_UNKNOWN")),
    }
}

/// Body and trailers.
async fn read(mut body: Incoming) -> Result<(Vec<u8>, Option<HeaderMap>), Fault> {
    let (mut bytes, mut trailers) = (Vec::new(), None);
    while let Some(frame) = body.frame().await {
        match frame.map_err(|error| broken(&error))?.into_data() {
            Ok(data) if bytes.len() + data.len() > ANSWER_BYTES_MAX => {
                return Err(Fault::new(Code::Protocol, format!("an answer of more than {ANSWER_BYTES_MAX} bytes")));
            }
            Ok(data) => bytes.extend_from_slice(&data),
            Err(frame) => trailers = frame.into_trailers().ok(),
        }
    }
    Ok((bytes, trailers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_those_of_the_protocol() {
        assert_eq!(request(""), [0, 0, 0, 0, 0]);
        assert_eq!(request("shop"), [0, 0, 0, 0, 6, 0x0a, 4, b's', b'h', b'o', b'p']);
        assert_eq!(response(&[0, 0, 0, 0, 2, 8, 1]), Ok(Serving::Serving));
        assert_eq!(response(&[0, 0, 0, 0, 0]), Ok(Serving::Unknown));
        // A field that is not known here is passed over.
        assert_eq!(response(&[0, 0, 0, 0, 5, 0x12, 1, b'x', 8, 2]), Ok(Serving::NotServing));
    }

    #[test]
    fn what_is_no_message_is_no_answer() {
        for wrong in
            [&[][..], &[0, 0, 0, 0], &[1, 0, 0, 0, 2, 8, 1], &[0, 0, 0, 0, 9, 8, 1], &[0, 0, 0, 0, 2, 8, 0x80], &[0, 0, 0, 0, 2, 8, 9]]
        {
            assert!(response(wrong).is_err(), "{wrong:?}");
        }
    }
}
