//! Webhook: one POST of versioned JSON. The receiver tells repeats by `Idempotency-Key` and forgeries by the signature.

use std::time::Duration;

use async_trait::async_trait;
use evenkeel_core::hmac;
use evenkeel_store::{Channel, Delivery, Message};

use super::{TRY_SECS, http::HttpSender};
use crate::{
    page::message::{Composer, Signed, Unfit},
    probe::address::AddressPolicy,
};

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
    secret: Option<String>,
    sender: HttpSender,
}

impl WebhookChannel {
    /// The channel.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(composer: Composer, settings: WebhookSettings) -> Result<Self, String> {
        Ok(Self { composer, secret: settings.secret, sender: HttpSender::new(settings.policy)? })
    }

    async fn send(&self, message: &Message) -> Result<Delivery, Unfit> {
        let letter = self.composer.letter(message).await?;
        let url = self.sender.target(&letter.address)?;
        let body = letter.payload.to_string();
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned()), ("idempotency-key".to_owned(), letter.key)];
        let secret = match &letter.signed {
            Signed::House => self.secret.as_ref(),
            Signed::Receiver(own) => own.as_ref(),
        };
        if let Some(secret) = secret {
            let t = self.composer.now().as_second().to_string();
            let code = hmac::hex(secret.as_bytes(), &[t.as_bytes(), b".", body.as_bytes()]);
            headers.push(("evenkeel-signature".to_owned(), format!("t={t},v1={code}")));
        }
        let answer = self.sender.send(reqwest::Method::POST, url, &headers, body).await?;
        if (200..300).contains(&answer.status) {
            return Ok(Delivery::Sent { receipt: format!("HTTP {}", answer.status) });
        }
        Ok(answer.refused())
    }
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
            Err(_) => Delivery::retry(format!("the receiver did not finish within {TRY_SECS} s")),
        }
    }
}
