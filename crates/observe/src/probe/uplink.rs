//! Our own line: when a look fails and our uplink is lost, the look proves nothing about its target.
//!
//! The sentinel asks canaries: the default gateway, and addresses named in the configuration. A canary that has never
//! answered proves nothing by being silent (many gateways answer nobody), so it has no say until it answers once. Canaries
//! are asked only when a look failed for a reason of the network, and at a slow period to learn which of them answer.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::{net::TcpStream, time::Instant};

use super::address::{Distance, distance};

/// How the sentinel looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UplinkOptions {
    /// `address:port` of machines outside that answer TCP when our line stands, by acceptance or refusal.
    pub canaries: Vec<SocketAddr>,
    /// Whether the default gateway is a canary too.
    pub gateway: bool,
    /// A canary that has not answered within this is silent.
    pub timeout: Duration,
    /// How often canaries are asked when nothing fails.
    pub period: Duration,
}

impl Default for UplinkOptions {
    fn default() -> Self {
        Self { canaries: Vec::new(), gateway: true, timeout: Duration::from_secs(1), period: Duration::from_secs(30) }
    }
}

/// What is known of our line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Line {
    /// The way to our gateway; `None` = nothing can tell.
    pub site: Option<bool>,
    /// The way to the outside; `None` = nothing can tell.
    pub internet: Option<bool>,
}

impl Line {
    /// Whether the line that a target at this distance needs is lost. Local targets need none, and where nothing can
    /// tell, nothing excuses.
    pub fn is_lost_for(self, distance: Distance) -> bool {
        match distance {
            Distance::Local => false,
            // An answer from outside has passed the gateway, whatever the gateway itself answers.
            Distance::Site => self.site == Some(false) && self.internet != Some(true),
            Distance::Internet => self.internet.or(self.site) == Some(false),
        }
    }
}

/// What one canary has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Canary {
    ever: bool,
    answers: bool,
}

/// One group's word: any answer is a yes; silence is a no only of those that ever answered.
fn word(canaries: &[Canary]) -> Option<bool> {
    if canaries.iter().any(|canary| canary.answers) {
        Some(true)
    } else if canaries.iter().any(|canary| canary.ever) {
        Some(false)
    } else {
        None
    }
}

/// The default route of the text of `/proc/net/route`: interface and gateway.
pub fn default_route(text: &str) -> Option<(String, Ipv4Addr)> {
    text.lines()
        .skip(1)
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [interface, destination, gateway, flags, _, _, metric, mask, ..] = fields[..] else {
                return None;
            };
            // RTF_UP and RTF_GATEWAY; addresses are hexadecimal in the machine's byte order.
            let flags = u32::from_str_radix(flags, 16).ok()?;
            let all = destination == "00000000" && mask == "00000000" && flags & 3 == 3;
            let gateway = Ipv4Addr::from(u32::from_str_radix(gateway, 16).ok()?.to_ne_bytes());
            all.then(|| (metric.parse::<u32>().unwrap_or(u32::MAX), interface.to_owned(), gateway))
        })
        .min_by_key(|(metric, ..)| *metric)
        .map(|(_, interface, gateway)| (interface, gateway))
}

/// Whether `ip` lies in a network that the text of `/proc/net/route` reaches without a gateway.
pub fn is_on_link(text: &str, ip: IpAddr) -> bool {
    let IpAddr::V4(ip) = ip.to_canonical() else { return false };
    text.lines().skip(1).any(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, destination, gateway, flags, _, _, _, mask, ..] = fields[..] else {
            return false;
        };
        let number = |text: &str| u32::from_str_radix(text, 16).map(|raw| u32::from_be_bytes(raw.to_ne_bytes()));
        match (number(destination), number(mask), u32::from_str_radix(flags, 16)) {
            (Ok(destination), Ok(mask), Ok(flags)) => {
                gateway == "00000000" && flags & 3 == 1 && mask != 0 && u32::from(ip) & mask == destination
            }
            _ => false,
        }
    })
}

#[derive(Debug, Default)]
struct Known {
    gateway: Canary,
    /// Whether there ever was a default route: one that vanished is a line lost, one that never was is a house without.
    routed: bool,
    canaries: Vec<Canary>,
    line: Line,
}

/// The sentinel.
#[derive(Debug)]
pub struct Uplink {
    options: UplinkOptions,
    known: Mutex<Known>,
    /// When the newest completed check began; also keeps checks one at a time.
    checked: tokio::sync::Mutex<Option<Instant>>,
}

impl Uplink {
    /// A sentinel that has asked nobody yet.
    pub fn new(options: UplinkOptions) -> Self {
        let canaries = vec![Canary::default(); options.canaries.len()];
        Self { options, known: Mutex::new(Known { canaries, ..Known::default() }), checked: tokio::sync::Mutex::new(None) }
    }

    /// As it was made.
    pub const fn options(&self) -> &UplinkOptions {
        &self.options
    }

    /// How often to call [`Self::check`] when nothing fails.
    pub const fn period(&self) -> Duration {
        self.options.period
    }

    /// The line as last seen.
    pub fn line(&self) -> Line {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).line
    }

    /// Whether our line to `target` is lost, by a check that began after `since`: many failing looks share one check.
    pub async fn is_lost_for(&self, target: Option<IpAddr>, since: Instant) -> bool {
        let routes = read_routes().await;
        let distance = match target {
            Some(ip) if is_on_link(&routes, ip) => Distance::Local,
            Some(ip) => distance(ip),
            // The name did not resolve: name servers are taken to be outside.
            None => Distance::Internet,
        };
        if distance == Distance::Local {
            return false;
        }
        self.check(since).await.is_lost_for(distance)
    }

    /// Asks the canaries, unless a check that began after `since` has done so.
    pub async fn check(&self, since: Instant) -> Line {
        let mut checked = self.checked.lock().await;
        if checked.is_some_and(|begun| begun >= since) {
            return self.line();
        }
        let begun = Instant::now();
        let line = self.ask().await;
        *checked = Some(begun);
        line
    }

    async fn ask(&self) -> Line {
        let route = if self.options.gateway { default_route(&read_routes().await) } else { None };
        let timeout = self.options.timeout;
        let canaries = futures::future::join_all(self.options.canaries.iter().map(|canary| answers(*canary, timeout)));
        let gateway = async {
            match &route {
                Some((interface, gateway)) => Some(has_carrier(interface).await && gateway_answers(*gateway, timeout).await),
                None => None,
            }
        };
        let (canaries, gateway) = tokio::join!(canaries, gateway);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for (canary, answers) in known.canaries.iter_mut().zip(canaries) {
            *canary = Canary { ever: canary.ever || answers, answers };
        }
        let routed = known.routed || route.is_some();
        known.routed = routed;
        let answers = gateway.unwrap_or(false);
        known.gateway = Canary { ever: known.gateway.ever || answers, answers };
        known.line = Line {
            site: if gateway.is_none() && routed && self.options.gateway { Some(false) } else { word(&[known.gateway]) },
            internet: word(&known.canaries),
        };
        known.line
    }
}

async fn read_routes() -> String {
    tokio::fs::read_to_string("/proc/net/route").await.unwrap_or_default()
}

/// Whether the interface's cable is in; an interface that does not say counts as yes.
async fn has_carrier(interface: &str) -> bool {
    match tokio::fs::read_to_string(format!("/sys/class/net/{interface}/carrier")).await {
        Ok(text) => text.trim() != "0",
        Err(_) => true,
    }
}

/// A gateway answers on some port, by acceptance or refusal, or not at all.
async fn gateway_answers(gateway: Ipv4Addr, timeout: Duration) -> bool {
    let asked = [53, 80, 443, 22].map(|port| Box::pin(answered(SocketAddr::new(gateway.into(), port), timeout)));
    futures::future::select_ok(asked).await.is_ok()
}

async fn answered(address: SocketAddr, timeout: Duration) -> Result<(), ()> {
    if answers(address, timeout).await { Ok(()) } else { Err(()) }
}

/// Whether anybody is there: a refusal is an answer, silence and "no route" are not.
async fn answers(address: SocketAddr, timeout: Duration) -> bool {
    match tokio::time::timeout(timeout, TcpStream::connect(address)).await {
        Ok(Ok(_)) => true,
        Ok(Err(error)) => matches!(error.kind(), std::io::ErrorKind::ConnectionRefused | std::io::ErrorKind::ConnectionReset),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests;
