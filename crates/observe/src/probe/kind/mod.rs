//! The probers: each looks once at a real target, within a time limit, and says what it saw.
//!
//! A prober opens one connection for each look (a kept one would not see that new clients are turned away), reads a bounded
//! answer, and names its measurements as `blackbox_exporter` does. It keeps no state of the target: verdicts are made in
//! [`super::verdict`].

use std::{borrow::Cow, sync::Arc, time::Duration};

use evenkeel_core::{Clock, Rng};
use tokio::time::Instant;

use super::{
    address::AddressPolicy,
    look::{Code, Fault, LookResult, Trace},
    model::{Check, IpRule},
    secret::SecretSource,
};

mod cookie;
pub mod dns;
mod expect;
mod fill;
pub mod grpc;
pub mod http;
pub mod icmp;
mod journey;
pub mod mysql;
pub mod net;
pub mod pattern;
pub mod postgres;
pub mod redis;
pub mod scram;
mod script;
mod talk;
pub mod tcp;
pub mod tls;
pub mod trust;

/// What every prober is given.
pub struct Prober {
    pub(crate) net: net::Net,
    pub(crate) trust: trust::Trust,
    pub(crate) icmp: icmp::Pinger,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) secrets: Arc<dyn SecretSource>,
    patterns: pattern::Patterns,
}

impl Prober {
    /// A prober that follows `policy`. Nothing is opened or read before the first look.
    pub fn new(policy: AddressPolicy, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>, secrets: Arc<dyn SecretSource>) -> Self {
        Self {
            net: net::Net::new(policy),
            trust: trust::Trust::default(),
            icmp: icmp::Pinger::default(),
            clock,
            rng,
            secrets,
            patterns: pattern::Patterns::default(),
        }
    }

    /// Looks once. Always comes back, at the latest after `timeout` and a moment.
    pub async fn look(&self, check: Check<'_>, ip_rule: IpRule, timeout: Duration) -> LookResult {
        let mut trace = Trace { ip_rule, ..Trace::default() };
        let begun = Instant::now();
        let outcome = match tokio::time::timeout(timeout, self.check(check, &mut trace)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Fault::network(Code::Timeout, trace.cut_off(timeout))),
        };
        trace.finish(outcome, begun.elapsed())
    }

    async fn check(&self, check: Check<'_>, trace: &mut Trace) -> Result<Cow<'static, str>, Fault> {
        match check {
            Check::Http(check) => http::look(self, check, trace).await,
            // Boxed, so that the commonest look does not carry the room that the largest needs.
            Check::Tcp(check) => Box::pin(tcp::look(self, check, trace)).await,
            Check::Tls(check) => Box::pin(tls::look(self, check, trace)).await,
            Check::Dns(check) => Box::pin(dns::look(self, check, trace)).await,
            Check::Icmp(check) => Box::pin(icmp::look(self, check, trace)).await,
            Check::Journey(check) => Box::pin(journey::look(self, check, trace)).await,
            Check::Grpc(check) => Box::pin(grpc::look(self, check, trace)).await,
            Check::Postgres(check) => Box::pin(postgres::look(self, check, trace)).await,
            Check::Mysql(check) => Box::pin(mysql::look(self, check, trace)).await,
            Check::Redis(check) => Box::pin(redis::look(self, check, trace)).await,
        }
    }
}

#[cfg(test)]
mod tests;
