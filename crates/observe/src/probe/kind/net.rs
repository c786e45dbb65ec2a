//! Names to addresses and addresses to connections, under the address policy.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use hickory_resolver::{
    TokioResolver,
    config::{LookupIpStrategy, ResolveHosts},
    lookup_ip::LookupIp,
    net::{DnsError, NetError},
    proto::rr::RecordType,
};
use tokio::{net::TcpStream, time::Instant};

use crate::probe::{
    address::{self, AddressPolicy},
    look::{Code, Fault, Trace},
    model::IpRule,
};

/// How often the files that configure the resolver are looked at.
const CONFIGURATION_CHECK: Duration = Duration::from_secs(5);
/// The files.
const CONFIGURATION_FILES: [&str; 2] = ["/etc/resolv.conf", "/etc/hosts"];
/// An answer is reused no longer than this: a cached one hides that the name no longer resolves, while a hundred probes of
/// one name in the same second need not ask a hundred times.
const ANSWER_AGE_MAX: Duration = Duration::from_secs(1);

/// Host and port of `host:port`, `[v6]:port` or a host alone, which has the port `default`; `None` when it is not that.
pub fn split_or(address: &str, default: u16) -> Option<(&str, u16)> {
    if let Some(found) = split(address) {
        return Some(found);
    }
    let v6 = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let host = v6.unwrap_or(address);
    let is_host = if host.contains(':') { host.parse::<std::net::Ipv6Addr>().is_ok() } else { v6.is_none() && !host.is_empty() };
    is_host.then_some((host, default))
}

/// Host and port of `host:port` or `[v6]:port`; `None` when it is not that.
pub fn split(address: &str) -> Option<(&str, u16)> {
    let (host, port) = address.rsplit_once(':')?;
    let port = port.parse().ok().filter(|port| *port != 0)?;
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').filter(|v6| v6.contains(':'))?,
        None if host.contains(':') => return None,
        None => host,
    };
    (!host.is_empty()).then_some((host, port))
}

#[derive(Clone)]
struct Configured {
    resolver: Arc<TokioResolver>,
    files: [Option<SystemTime>; 2],
    checked_at: Instant,
}

/// Resolution and connection.
pub struct Net {
    policy: RwLock<AddressPolicy>,
    configured: Mutex<Option<Configured>>,
}

impl Net {
    /// Nothing is read before the first name is asked for.
    pub fn new(policy: AddressPolicy) -> Self {
        Self { policy: RwLock::new(policy), configured: Mutex::new(None) }
    }

    /// Asks this name server and no other, and no file: for tests.
    #[cfg(test)]
    pub fn asking(server: SocketAddr) -> Self {
        use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
        let mut udp = ConnectionConfig::udp();
        udp.port = server.port();
        let config = ResolverConfig::from_name_servers(vec![NameServerConfig::new(server.ip(), true, vec![udp])]);
        let mut builder = TokioResolver::builder_with_config(config, hickory_resolver::net::runtime::TokioRuntimeProvider::default());
        builder.options_mut().positive_max_ttl = Some(Duration::ZERO);
        builder.options_mut().negative_max_ttl = Some(Duration::ZERO);
        let configured =
            builder.build().ok().map(|resolver| Configured { resolver: Arc::new(resolver), files: modified(), checked_at: Instant::now() });
        Self { policy: RwLock::new(AddressPolicy::default()), configured: Mutex::new(configured) }
    }

    /// Follows another policy from now on.
    pub fn follow(&self, policy: AddressPolicy) {
        *self.policy.write().unwrap_or_else(PoisonError::into_inner) = policy;
    }

    /// The address of `host`, checked against the policy; notes the lookup time, the protocol and the address's hash.
    pub async fn resolve(&self, host: &str, trace: &mut Trace) -> Result<IpAddr, Fault> {
        trace.step = "resolve";
        let begun = Instant::now();
        let resolved = match host.parse::<IpAddr>() {
            Ok(ip) => fits(ip, trace.ip_rule),
            // Boxed: most targets are looked at far more often than they are looked up.
            Err(_) => Box::pin(self.lookup(host, trace.ip_rule)).await,
        };
        trace.set("probe_dns_lookup_time_seconds", begun.elapsed().as_secs_f64());
        let ip = resolved?;
        trace.ip = Some(ip);
        trace.set("probe_ip_protocol", if ip.is_ipv4() { 4.0 } else { 6.0 });
        trace.set("probe_ip_addr_hash", f64::from(address::hash(ip)));
        let refused = self.policy.read().unwrap_or_else(PoisonError::into_inner).refuses(ip);
        match refused {
            None => Ok(ip),
            Some(why) => Err(Fault::new(Code::AddressRefused, format!("{host} is {ip}, {why}: not probed unless allowed"))),
        }
    }

    /// All addresses of `host` that the policy allows, in the resolver's order.
    ///
    /// # Errors
    /// When there is none.
    pub async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, Fault> {
        let found: Vec<IpAddr> = match host.parse::<IpAddr>() {
            Ok(ip) => vec![ip],
            Err(_) => self.resolver()?.lookup_ip(host).await.map_err(|error| lookup_fault(host, &error))?.iter().collect(),
        };
        let policy = self.policy.read().unwrap_or_else(PoisonError::into_inner);
        let allowed: Vec<IpAddr> = found.iter().copied().filter(|ip| policy.refuses(*ip).is_none()).collect();
        match (allowed.is_empty(), found.first()) {
            (false, _) => Ok(allowed),
            (true, None) => Err(Fault::new(Code::Dns, format!("{host} has no address"))),
            (true, Some(ip)) => {
                let why = policy.refuses(*ip).unwrap_or_default();
                Err(Fault::new(
                    Code::AddressRefused,
                    format!("{host} is {ip}, {why}: not asked unless settings allow it (settings.probe_addresses)"),
                ))
            }
        }
    }

    /// The system's resolver, for records other than addresses.
    ///
    /// # Errors
    /// When it cannot be set up.
    pub(crate) fn records(&self) -> Result<Arc<TokioResolver>, Fault> {
        self.resolver()
    }

    /// A connection.
    pub async fn connect(&self, ip: IpAddr, port: u16, trace: &mut Trace) -> Result<TcpStream, Fault> {
        trace.step = "connect";
        let address = SocketAddr::new(ip, port);
        TcpStream::connect(address).await.map_err(|error| Fault::io(&error, &format!("connect {address}")))
    }

    async fn lookup(&self, host: &str, rule: IpRule) -> Result<IpAddr, Fault> {
        let resolver = self.resolver()?;
        let one = async |record| resolver.lookup(host, record).await.map(LookupIp::from);
        let asked = match rule {
            // As the resolver is set up.
            IpRule::V4First => resolver.lookup_ip(host).await,
            IpRule::V6First => match one(RecordType::AAAA).await {
                Ok(found) if found.iter().next().is_some() => Ok(found),
                _ => one(RecordType::A).await,
            },
            IpRule::V4 => one(RecordType::A).await,
            IpRule::V6 => one(RecordType::AAAA).await,
        };
        let answer = asked.map_err(|error| lookup_fault(host, &error))?;
        answer.iter().next().ok_or_else(|| Fault::new(Code::Dns, format!("{host} has no address of the kind asked for")))
    }

    /// The system's resolver, made anew when its configuration changed: DHCP and VPNs change it while we run.
    fn resolver(&self) -> Result<Arc<TokioResolver>, Fault> {
        let mut configured = self.configured.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some(known) = configured.as_mut() {
            if now.duration_since(known.checked_at) < CONFIGURATION_CHECK {
                return Ok(Arc::clone(&known.resolver));
            }
            known.checked_at = now;
            if known.files == modified() {
                return Ok(Arc::clone(&known.resolver));
            }
        }
        let files = modified();
        let resolver = Arc::new(system_resolver().map_err(|error| {
            // Without a resolver nothing is known of any target.
            Fault::new(Code::LocalResources, format!("the system's resolver cannot be set up: {error}"))
        })?);
        *configured = Some(Configured { resolver: Arc::clone(&resolver), files, checked_at: now });
        Ok(resolver)
    }
}

/// An address that stands in the definition itself.
fn fits(ip: IpAddr, rule: IpRule) -> Result<IpAddr, Fault> {
    let fits = match rule {
        IpRule::V4 => ip.is_ipv4(),
        IpRule::V6 => ip.is_ipv6(),
        IpRule::V4First | IpRule::V6First => true,
    };
    if fits { Ok(ip) } else { Err(Fault::new(Code::Dns, format!("{ip} is no address of the kind asked for"))) }
}

fn modified() -> [Option<SystemTime>; 2] {
    CONFIGURATION_FILES.map(|file| std::fs::metadata(file).and_then(|meta| meta.modified()).ok())
}

fn system_resolver() -> Result<TokioResolver, NetError> {
    let mut builder = TokioResolver::builder_tokio()?;
    let options = builder.options_mut();
    options.timeout = Duration::from_secs(2);
    options.attempts = 2;
    options.ip_strategy = LookupIpStrategy::Ipv4thenIpv6;
    options.use_hosts_file = ResolveHosts::Always;
    options.positive_max_ttl = Some(ANSWER_AGE_MAX);
    options.negative_max_ttl = Some(Duration::ZERO);
    options.max_active_requests = 512;
    builder.build()
}

fn lookup_fault(host: &str, error: &NetError) -> Fault {
    match error {
        // The name servers were asked and said no: the path is fine.
        NetError::Dns(DnsError::NoRecordsFound(_)) => Fault::new(Code::Dns, format!("{host} does not exist")),
        NetError::Dns(error) => Fault::new(Code::Dns, format!("{host}: {error}")),
        NetError::Msg(_) | NetError::Message(_) => Fault::new(Code::Dns, format!("{host}: {error}")),
        _ => Fault::network(Code::Dns, format!("{host}: no name server answers ({error})")),
    }
}

#[cfg(test)]
mod tests {
    use super::{split, split_or};

    #[test]
    fn a_host_alone_has_the_port_of_its_kind() {
        assert_eq!(split_or("db.example", 5432), Some(("db.example", 5432)));
        assert_eq!(split_or("db.example:6000", 5432), Some(("db.example", 6000)));
        assert_eq!(split_or("::1", 5432), Some(("::1", 5432)));
        assert_eq!(split_or("[::1]", 5432), Some(("::1", 5432)));
        for wrong in ["", "db.example:", "db:1:2", "[db]"] {
            assert_eq!(split_or(wrong, 5432), None, "{wrong}");
        }
    }

    #[test]
    fn an_address_is_a_host_and_a_port() {
        assert_eq!(split("shop.example:443"), Some(("shop.example", 443)));
        assert_eq!(split("[::1]:80"), Some(("::1", 80)));
        for wrong in ["shop.example", "::1:80", "[shop]:80", ":80", "a:0", "a:65536", "a:", "[::1]"] {
            assert_eq!(split(wrong), None, "{wrong}");
        }
    }
}
