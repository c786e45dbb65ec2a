//! Webhook: one POST of versioned JSON. The receiver tells repeats by `Idempotency-Key` and forgeries by the signature.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use evenkeel_store::{Channel, Delivery, Message};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use serde_json::{Value, json};
use url::{Host, Url};

use super::TRY_SECS;
use crate::{
    page::{
        hmac,
        message::{Composer, Notice, Unfit},
    },
    probe::address::AddressPolicy,
};

/// The version of the payload's shape. A field may be added; a changed meaning is a new number.
const VERSION: u32 = 1;
/// How much of an answer's body is kept in an error, characters.
const ANSWER_CHARS: usize = 120;

/// How webhooks are sent.
#[derive(Clone, Default)]
pub struct WebhookSettings {
    /// Signs each message: `Evenkeel-Signature: t=<unix seconds>,v1=<HMAC-SHA256 of "<t>.<body>", hex>`.
    pub secret: Option<String>,
    /// Where they may go.
    pub policy: AddressPolicy,
}

/// The channel `webhook`.
pub struct WebhookChannel {
    composer: Composer,
    settings: WebhookSettings,
    client: reqwest::Client,
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

impl WebhookChannel {
    /// The channel.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(composer: Composer, settings: WebhookSettings) -> Result<Self, String> {
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let mut roots = roots;
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
            .dns_resolver(Arc::new(Policed(settings.policy.clone())))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(TRY_SECS / 2))
            .user_agent("Evenkeel")
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { composer, settings, client })
    }

    /// The address as it may be used; a literal address is judged here, a name when it is resolved.
    fn target(&self, text: &str) -> Result<Url, Unfit> {
        let url = Url::parse(text.trim()).map_err(|error| Unfit::Never(format!("the person's webhook is not an address: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Unfit::Never("the person's webhook must begin with http:// or https://".to_owned()));
        }
        let literal = match url.host() {
            Some(Host::Ipv4(ip)) => Some(ip.into()),
            Some(Host::Ipv6(ip)) => Some(ip.into()),
            _ => None,
        };
        match literal.and_then(|ip| self.settings.policy.refuses(ip)) {
            Some(why) => Err(Unfit::Never(format!("the address policy refuses the webhook: {why}"))),
            None => Ok(url),
        }
    }

    async fn send(&self, message: &Message) -> Result<Delivery, Unfit> {
        let notice = self.composer.notice(message).await?;
        let url = self.target(notice.person.webhook.as_deref().unwrap_or_default())?;
        let body = payload(&notice).to_string();
        let mut request = self.client.post(url).header("content-type", "application/json").header("idempotency-key", &notice.key);
        if let Some(secret) = &self.settings.secret {
            let t = self.composer.now().as_second().to_string();
            let code = hmac::hex(secret.as_bytes(), &[t.as_bytes(), b".", body.as_bytes()]);
            request = request.header("evenkeel-signature", format!("t={t},v1={code}"));
        }
        let answer = match request.body(body).send().await {
            Ok(answer) => answer,
            // The address may hold a secret of the receiver: it is not part of the error.
            Err(error) => return Err(Unfit::Later(causes(&error.without_url()))),
        };
        let status = answer.status();
        if status.is_success() {
            return Ok(Delivery::Sent { receipt: format!("HTTP {}", status.as_u16()) });
        }
        let passing = !status.is_client_error() || matches!(status.as_u16(), 408 | 425 | 429);
        let error = format!("HTTP {} {}", status.as_u16(), beginning(answer).await);
        Ok(if passing { Delivery::Retry { error } } else { Delivery::Dead { error } })
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
    while bytes.len() < ANSWER_CHARS * 4 {
        match answer.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            _ => break,
        }
    }
    String::from_utf8_lossy(&bytes).chars().filter(|letter| !letter.is_control()).take(ANSWER_CHARS).collect()
}

/// The payload. Keys are in the order of the alphabet, as `serde_json` writes maps.
fn payload(notice: &Notice) -> Value {
    let envelope = &notice.envelope;
    json!({
        "version": VERSION,
        "type": format!("page.{}", envelope.reason),
        "key": notice.key,
        "at": notice.at,
        "because": (!envelope.because.is_empty()).then_some(&envelope.because),
        "step": envelope.step,
        "round": envelope.round,
        "incident": {
            "id": envelope.incident_id,
            "number": notice.number,
            "title": notice.title,
            "priority": notice.priority,
            "url": notice.incident_url,
        },
        "service": notice.service,
        "team": { "id": envelope.team_id, "display": notice.team },
        "person": { "id": envelope.person_id, "display": notice.person.display },
        "acknowledge_url": notice.acknowledge_url,
    })
}

#[async_trait]
impl Channel for WebhookChannel {
    fn name(&self) -> &'static str {
        "webhook"
    }

    async fn deliver(&self, message: &Message) -> Delivery {
        let limit = Duration::from_secs(TRY_SECS);
        match tokio::time::timeout(limit, self.send(message)).await {
            Ok(Ok(delivery)) => delivery,
            Ok(Err(unfit)) => unfit.into(),
            Err(_) => Delivery::Retry { error: format!("the receiver did not finish within {TRY_SECS} s") },
        }
    }
}
