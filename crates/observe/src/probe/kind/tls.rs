//! TLS looks: is the certificate valid, and for long enough?

use std::borrow::Cow;

use rustls::pki_types::ServerName;
use tokio::time::Instant;

use super::{Prober, net, trust};
use crate::probe::{
    look::{Code, Fault, Trace},
    model::TlsCheck,
};

pub(super) async fn look(prober: &Prober, check: &TlsCheck, trace: &mut Trace) -> Result<Cow<'static, str>, Fault> {
    let (host, port) =
        net::split(&check.address).ok_or_else(|| Fault::new(Code::Protocol, format!("{} is not host:port", check.address)))?;
    let name = check.server_name.as_deref().unwrap_or(host);
    let name =
        ServerName::try_from(name.to_owned()).map_err(|error| Fault::new(Code::Tls, format!("{name} is no name for TLS: {error}")))?;
    let (config, shown) = prober.trust.recording(check.insecure)?;
    let ip = prober.net.resolve(host, trace).await?;
    let stream = prober.net.connect(ip, port, trace).await?;
    trace.step = "tls";
    let begun = Instant::now();
    let handshake = tokio_rustls::TlsConnector::from(config).connect(name, stream).await;
    trace.put_with("probe_tls_duration_seconds", ("phase", "handshake"), begun.elapsed().as_secs_f64());
    // Also of a certificate that was turned down: the date on which it ended is what people want to see.
    let chain = shown.take();
    let version = handshake.as_ref().ok().and_then(|stream| stream.get_ref().1.protocol_version());
    trust::note(trace, &chain, version);
    handshake.map_err(|error| trust::handshake_fault(&error))?;
    let expiry = trust::earliest_expiry(&chain).ok_or_else(|| Fault::new(Code::Certificate, "the certificate cannot be read"))?;
    let left_secs = expiry - prober.clock.now().as_second();
    let days = left_secs.div_euclid(86_400);
    if left_secs <= 0 {
        Err(Fault::new(Code::Certificate, format!("certificate expired {} days ago", -days)))
    } else if days < i64::from(check.min_days) {
        Err(Fault::new(Code::CertificateExpiring, format!("certificate ends in {days} days, {} are asked for", check.min_days)))
    } else {
        Ok(format!("certificate valid for {days} days").into())
    }
}
