//! TCP looks: a connection, and optionally a text sent and a text awaited.

use std::borrow::Cow;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::Instant,
};

use super::{Prober, http::holds, net, script};
use crate::probe::{
    look::{Code, Fault, Trace},
    model::TcpCheck,
};

/// Bytes of the answer in which the expected text must be.
const ANSWER_BYTES_MAX: usize = 4 << 10;

pub(super) async fn look(prober: &Prober, check: &TcpCheck, trace: &mut Trace) -> Result<Cow<'static, str>, Fault> {
    if script::is_script(check) {
        return script::look(prober, check, trace).await;
    }
    let (host, port) =
        net::split(&check.address).ok_or_else(|| Fault::new(Code::Protocol, format!("{} is not host:port", check.address)))?;
    let ip = prober.net.resolve(host, trace).await?;
    let begun = Instant::now();
    let mut stream = prober.net.connect(ip, port, trace).await?;
    trace.put_with("probe_tcp_duration_seconds", ("phase", "connect"), begun.elapsed().as_secs_f64());
    if let Some(text) = &check.send {
        trace.step = "send";
        stream.write_all(text.as_bytes()).await.map_err(|error| Fault::io(&error, "send"))?;
    }
    let Some(expected) = &check.expect else {
        return Ok(format!("connected to {ip}:{port}").into());
    };
    trace.step = "answer";
    let begun = Instant::now();
    let mut answer = Vec::with_capacity(256);
    loop {
        let mut buffer = [0_u8; 1024];
        let room = buffer.len().min(ANSWER_BYTES_MAX - answer.len());
        let read = stream.read(&mut buffer[..room]).await.map_err(|error| Fault::io(&error, "read"))?;
        answer.extend_from_slice(&buffer[..read]);
        let found = holds(&answer, expected.as_bytes());
        let done = read == 0 || answer.len() >= ANSWER_BYTES_MAX;
        if found || done {
            trace.put("probe_failed_due_to_regex", if found { 0.0 } else { 1.0 });
            trace.put_with("probe_tcp_duration_seconds", ("phase", "answer"), begun.elapsed().as_secs_f64());
        }
        if found {
            return Ok(format!("expected text within {} bytes", answer.len()).into());
        }
        if done {
            return Err(Fault::new(Code::Body, format!("the expected text is not in the first {} bytes", answer.len())));
        }
    }
}
