//! Browsers: one POST to the push service of the browser's vendor (RFC 8030), sealed for the browser, signed with the house's
//! key.

use std::time::Duration;

use async_trait::async_trait;
use evenkeel_store::{Channel, Db, Delivery, Message};

use super::{TRY_SECS, http::HttpSender};
use crate::{
    contact,
    page::{
        message::{Composer, Unfit},
        push::{HouseKey, Subscription, seal},
    },
    probe::address::AddressPolicy,
};

/// The channel `browser`.
pub struct BrowserChannel {
    db: Db,
    composer: Composer,
    sender: HttpSender,
}

impl BrowserChannel {
    /// The channel; requests go where `policy` lets them.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(db: Db, composer: Composer, policy: AddressPolicy) -> Result<Self, String> {
        Ok(Self { db, composer, sender: HttpSender::new(policy)? })
    }

    async fn send(&self, message: &Message) -> Result<Delivery, Unfit> {
        let letter = self.composer.letter(message).await?;
        let push = letter.push.ok_or_else(|| Unfit::Never("this is nothing that a browser shows".to_owned()))?;
        let subscription = Subscription::parse(&letter.address).map_err(Unfit::Never)?;
        let url = self.sender.target(subscription.endpoint().as_str())?;
        let later = |error: &dyn std::fmt::Display| Unfit::Later(error.to_string());
        let plain = push.plain().map_err(|error| later(&error))?;
        let body = seal(&subscription, &plain).map_err(|error| later(&error))?;
        let key = HouseKey::of(&self.db, message.tenant).await?;
        let authorization = key.authorization(&url, &self.composer.contact(), self.composer.now()).map_err(|error| later(&error))?;
        let headers = [
            ("authorization", authorization),
            ("content-encoding", "aes128gcm".to_owned()),
            ("content-type", "application/octet-stream".to_owned()),
            ("ttl", push.ttl_secs.to_string()),
            ("urgency", if push.urgent { "high" } else { "normal" }.to_owned()),
            ("topic", push.topic),
        ]
        .map(|(name, value)| (name.to_owned(), value));
        let answer = self.sender.send(reqwest::Method::POST, url, &headers, body).await?;
        match answer.status {
            200..300 => Ok(Delivery::Sent { receipt: format!("HTTP {}", answer.status) }),
            404 | 410 => {
                contact::lose(&self.db, message.tenant, &letter.address).await?;
                Ok(Delivery::Dead { error: format!("HTTP {}: the browser takes no messages of ours any more", answer.status) })
            }
            _ => Ok(answer.refused()),
        }
    }
}

#[async_trait]
impl Channel for BrowserChannel {
    fn name(&self) -> &'static str {
        contact::BROWSER
    }

    async fn deliver(&self, message: &Message) -> Delivery {
        let limit = Duration::from_secs(TRY_SECS);
        match tokio::time::timeout(limit, self.send(message)).await {
            Ok(Ok(delivery)) => delivery,
            Ok(Err(unfit)) => unfit.into(),
            Err(_) => Delivery::retry(format!("the push service did not finish within {TRY_SECS} s")),
        }
    }
}
