//! Gateways: chat robots, short messages, calls. Which one, the letter says; what it is, the configuration in force.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use evenkeel_store::{Channel, Db, Delivery, Message};

use super::{TRY_SECS, http::HttpSender};
use crate::{
    page::{
        gateway::render,
        message::{Composer, Unfit},
        port::Directory,
    },
    probe::address::AddressPolicy,
};

/// The channel `gateway`.
pub struct GatewayChannel {
    db: Db,
    directory: Arc<dyn Directory>,
    composer: Composer,
    sender: HttpSender,
}

impl GatewayChannel {
    /// The channel over these gateways; requests go where `policy` lets them.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(db: Db, directory: Arc<dyn Directory>, policy: AddressPolicy) -> Result<Self, String> {
        let composer = Composer::new(db.clone(), directory.clone());
        Ok(Self { db, directory, composer, sender: HttpSender::new(policy)? })
    }

    async fn send(&self, message: &Message) -> Result<Delivery, Unfit> {
        let letter = self.composer.letter(message).await?;
        let gateways = {
            let mut sql = self.db.read().await?;
            self.directory.gateways(&mut sql, message.tenant).await?
        };
        let gateway = gateways
            .into_iter()
            .find(|gateway| gateway.name == letter.channel)
            .ok_or_else(|| Unfit::Never(format!("the house has no gateway {:?} any more", letter.channel)))?;
        let secret = match &gateway.secret {
            Some(secret) => self.directory.secret(secret).map_err(Unfit::Later)?,
            None => String::new(),
        };
        let request = render(&gateway, &letter, &secret, self.composer.now());
        let method = request.method.parse().map_err(|_| Unfit::Never("the gateway's method is none".to_owned()))?;
        let headers: Vec<_> = request.headers.into_iter().collect();
        let answer = self.sender.send(method, self.sender.target(&request.url)?, &headers, request.body).await?;
        if !(200..300).contains(&answer.status) {
            return Ok(answer.refused());
        }
        // Robots answer 200 to what they refuse: another try would be refused as well, another way may work.
        Ok(match gateway.accepted(&answer.body) {
            Ok(receipt) => Delivery::Sent { receipt: format!("HTTP {} {receipt}", answer.status) },
            Err(error) => Delivery::Dead { error },
        })
    }
}

#[async_trait]
impl Channel for GatewayChannel {
    fn name(&self) -> &'static str {
        "gateway"
    }

    async fn deliver(&self, message: &Message) -> Delivery {
        let limit = Duration::from_secs(TRY_SECS);
        match tokio::time::timeout(limit, self.send(message)).await {
            Ok(Ok(delivery)) => delivery,
            Ok(Err(unfit)) => unfit.into(),
            Err(_) => Delivery::retry(format!("the gateway did not finish within {TRY_SECS} s")),
        }
    }
}
