#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! Probers against real servers on loopback: good ones and every way of being broken.

mod dns;
mod grpc;
mod http;
mod icmp;
mod journey;
mod mysql;
mod postgres;
mod real;
mod redis;
mod script;
mod server;
mod tcp;
mod tls;

use std::{sync::Arc, time::Duration};

use evenkeel_core::{random::SeededRng, time::ManualClock};
use jiff::Timestamp;

use super::{Prober, trust::Trust};
use crate::probe::{
    address::AddressPolicy,
    look::{Code, LookResult},
    model::{Check, IpRule},
    secret::{NoSecrets, Secret, SecretName, SecretSource},
};

/// Long enough for a slow machine; looks that must time out use [`SHORT`].
const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(300);

/// The instant at which the tests' certificates are judged by our own clock: the real present is the TLS library's.
fn prober() -> Prober {
    let clock = Arc::new(ManualClock::at(Timestamp::from_second(1_800_000_000).unwrap()));
    Prober::new(AddressPolicy::default(), clock, Arc::new(SeededRng::new(1)), Arc::new(NoSecrets))
}

fn trusting(roots: rustls::RootCertStore, clock: Arc<ManualClock>) -> Prober {
    let mut prober = Prober::new(AddressPolicy::default(), clock, Arc::new(SeededRng::new(1)), Arc::new(NoSecrets));
    prober.trust = Trust::with_roots(roots);
    prober
}

/// Secrets that a test knows.
#[derive(Debug)]
struct Known(std::collections::BTreeMap<String, String>);

impl SecretSource for Known {
    fn find(&self, name: &SecretName) -> Result<Option<Secret>, String> {
        Ok(self.0.get(name.as_str()).cloned().map(Secret::from))
    }
    fn advice(&self, _: &SecretName) -> String {
        "the test knows none of this name".to_owned()
    }
}

fn knowing(secrets: &[(&str, &str)]) -> Prober {
    let known = Known(secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
    let clock = Arc::new(ManualClock::at(Timestamp::from_second(1_800_000_000).unwrap()));
    Prober::new(AddressPolicy::default(), clock, Arc::new(SeededRng::new(1)), Arc::new(known))
}

async fn look(check: Check<'_>, timeout: Duration) -> LookResult {
    prober().look(check, IpRule::default(), timeout).await
}

fn value(look: &LookResult, metric: &str) -> Option<f64> {
    look.samples.iter().find(|sample| sample.metric == metric).map(|sample| sample.value)
}

fn labelled(look: &LookResult, metric: &str, label: &str) -> Option<f64> {
    look.samples
        .iter()
        .find(|sample| sample.metric == metric && sample.label.is_some_and(|(_, value)| value == label))
        .map(|sample| sample.value)
}

#[track_caller]
fn assert_code(look: &LookResult, code: Code) {
    assert_eq!(look.code, code, "{}", look.detail);
    assert_eq!(look.success, code == Code::Ok);
    assert_eq!(value(look, "probe_success"), Some(f64::from(u8::from(look.success))));
    assert!(value(look, "probe_duration_seconds").is_some());
}
