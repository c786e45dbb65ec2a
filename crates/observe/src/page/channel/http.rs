//! One HTTP request to somebody outside, under the address policy.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use evenkeel_store::Delivery;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::TRY_SECS;
use crate::{page::message::Unfit, probe::address::AddressPolicy};

/// How much of an answer's body is read, bytes.
const ANSWER_BYTES: usize = 8 << 10;

/// Sends requests.
pub(super) struct HttpSender {
    policy: AddressPolicy,
    client: reqwest::Client,
}

/// What the other side answered.
pub(super) struct HttpAnswer {
    pub status: u16,
    /// So many seconds it wants to be left alone (`Retry-After` in seconds; a date in it is not read).
    pub after_secs: Option<i64>,
    /// The beginning of the body.
    pub body: String,
}

impl HttpAnswer {
    /// Whether trying again may help.
    fn passing(&self) -> bool {
        !(400..500).contains(&self.status) || matches!(self.status, 408 | 425 | 429)
    }

    /// What an answer other than 2xx comes to.
    pub(super) fn refused(&self) -> Delivery {
        let error = self.short();
        if self.passing() { Delivery::Retry { error, after_secs: self.after_secs } } else { Delivery::Dead { error } }
    }

    /// The status and the first words of the body.
    pub(super) fn short(&self) -> String {
        let words: String = self.body.chars().filter(|letter| !letter.is_control()).take(120).collect();
        format!("HTTP {} {words}", self.status)
    }
}

/// Resolves as the system does and drops the addresses that the policy refuses.
struct Policed(AddressPolicy);

impl Resolve for Policed {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found.iter().copied().filter(|address| policy.refuses(address.ip()).is_none()).collect();
            if allowed.is_empty() {
                return Err(format!("{host} leads to addresses that the address policy refuses").into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

impl HttpSender {
    /// # Errors
    /// When TLS cannot be set up.
    pub(super) fn new(policy: AddressPolicy) -> Result<Self, String> {
        let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for certificate in rustls_native_certs::load_native_certs().certs {
            // A broken certificate in the system's store is the system's matter.
            let _ = roots.add(certificate);
        }
        let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Arc::new(Policed(policy.clone())))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(TRY_SECS / 2))
            .user_agent("Evenkeel")
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { policy, client })
    }

    /// The address as it may be used; a literal address is judged here, a name when it is resolved.
    pub(super) fn target(&self, text: &str) -> Result<Url, Unfit> {
        let url = Url::parse(text.trim()).map_err(|error| Unfit::Never(format!("this is not an address: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Unfit::Never("an address must begin with http:// or https://".to_owned()));
        }
        let literal = match url.host() {
            Some(Host::Ipv4(ip)) => Some(ip.into()),
            Some(Host::Ipv6(ip)) => Some(ip.into()),
            _ => None,
        };
        match literal.and_then(|ip| self.policy.refuses(ip)) {
            Some(why) => Err(Unfit::Never(format!("the address policy refuses it: {why}"))),
            None => Ok(url),
        }
    }

    /// Asks once.
    pub(super) async fn send(
        &self,
        method: reqwest::Method,
        url: Url,
        headers: &[(String, String)],
        body: impl Into<reqwest::Body>,
    ) -> Result<HttpAnswer, Unfit> {
        let mut request = self.client.request(method, url).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        // The address may hold a secret of the receiver: it is not part of the error.
        let answer = request.send().await.map_err(|error| Unfit::Later(causes(&error.without_url())))?;
        let after = answer.headers().get(http::header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse::<u32>().ok());
        Ok(HttpAnswer { status: answer.status().as_u16(), after_secs: after.map(i64::from), body: beginning(answer).await })
    }
}

/// An error with what lies behind it.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

/// The beginning of an answer's body, never more than is kept.
async fn beginning(mut answer: reqwest::Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < ANSWER_BYTES {
        match answer.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            _ => break,
        }
    }
    bytes.truncate(ANSWER_BYTES);
    String::from_utf8_lossy(&bytes).into_owned()
}
