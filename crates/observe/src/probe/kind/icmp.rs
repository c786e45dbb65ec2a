//! ICMP looks: one echo request. Tries the kernel's unprivileged echo socket, then a raw one; without either a look proves
//! nothing, and says what to set.

use std::{
    borrow::Cow,
    net::IpAddr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use surge_ping::{Client, Config, ICMP, IcmpPacket, PingIdentifier, PingSequence, SurgeError};
use tokio::time::Instant;

use super::Prober;
use crate::probe::{
    look::{Code, Fault, Trace},
    model::IcmpCheck,
};

const PAYLOAD: &[u8; 56] = b"evenkeel looks at you, as a newcomer would, every moment";
const PHASES: &str = "probe_icmp_duration_seconds";
/// The look's own time limit is the one that counts; this one only has to be longer.
const REPLY_MAX: Duration = Duration::from_hours(24);

/// One socket for each family, shared by all looks, opened at first use.
#[derive(Default)]
pub struct Pinger {
    clients: Mutex<[Option<Client>; 2]>,
    sequence: AtomicU16,
}

impl Pinger {
    fn client(&self, ip: IpAddr) -> Result<Client, Fault> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = usize::from(ip.is_ipv6());
        if let Some(client) = &clients[slot] {
            return Ok(client.clone());
        }
        let client = open(ip, None)?;
        clients[slot] = Some(client.clone());
        Ok(client)
    }
}

fn open(ip: IpAddr, ttl: Option<u8>) -> Result<Client, Fault> {
    let config = Config::builder().kind(if ip.is_ipv4() { ICMP::V4 } else { ICMP::V6 });
    let config = match ttl {
        Some(ttl) => config.ttl(u32::from(ttl)),
        None => config,
    };
    Client::new(&config.build()).map_err(|error| {
        if error.kind() == std::io::ErrorKind::PermissionDenied {
            Fault::new(
                Code::NotPermitted,
                "this system allows us no ICMP: set sysctl net.ipv4.ping_group_range=\"0 2147483647\" or give the \
                 binary CAP_NET_RAW",
            )
        } else {
            Fault::io(&error, "ICMP socket")
        }
    })
}

pub(super) async fn look(prober: &Prober, check: &IcmpCheck, trace: &mut Trace) -> Result<Cow<'static, str>, Fault> {
    let begun = Instant::now();
    let ip = prober.net.resolve(&check.host, trace).await?;
    trace.put_with(PHASES, ("phase", "resolve"), begun.elapsed().as_secs_f64());
    trace.step = "setup";
    let begun = Instant::now();
    let client = match check.ttl {
        None => prober.icmp.client(ip)?,
        // The limit is the socket's, so such a look has one of its own.
        Some(ttl) => open(ip, Some(ttl))?,
    };
    let sequence = prober.icmp.sequence.fetch_add(1, Ordering::Relaxed);
    let mut pinger = client.pinger(ip, PingIdentifier(sequence)).await;
    pinger.timeout(REPLY_MAX);
    trace.put_with(PHASES, ("phase", "setup"), begun.elapsed().as_secs_f64());
    trace.step = "rtt";
    let bytes = check.payload_bytes.map_or(PAYLOAD.len(), usize::from);
    let payload: Vec<u8> = PAYLOAD.iter().copied().cycle().take(bytes).collect();
    match pinger.ping(PingSequence(sequence), &payload).await {
        Ok((packet, rtt)) => {
            trace.put_with(PHASES, ("phase", "rtt"), rtt.as_secs_f64());
            if let IcmpPacket::V4(packet) = &packet
                && let Some(hops) = packet.get_ttl()
            {
                trace.put("probe_icmp_reply_hop_limit", f64::from(hops));
            }
            Ok(format!("reply from {ip} in {:.1} ms", rtt.as_secs_f64() * 1000.0).into())
        }
        Err(SurgeError::Timeout { .. }) => Err(Fault::network(Code::Timeout, format!("no reply from {ip}"))),
        Err(SurgeError::IOError(error)) => Err(Fault::io(&error, "ICMP")),
        Err(SurgeError::NetworkError | SurgeError::ClientDestroyed) => {
            // The shared socket broke (interface gone, descriptor limit): the next look opens another.
            *prober.icmp.clients.lock().unwrap_or_else(PoisonError::into_inner) = [None, None];
            Err(Fault::network(Code::LocalResources, "the ICMP socket broke"))
        }
        Err(error) => Err(Fault::new(Code::Protocol, error.to_string())),
    }
}
