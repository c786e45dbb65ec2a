//! The ways out: mail, webhook, browsers, and the gateways of the house. Each tries once and says what came of it; the outbox does the rest.

mod browser;
mod chat;
mod gateway;
mod http;
mod mail;
mod smtp;
mod webhook;

pub use browser::BrowserChannel;
pub use chat::{ChatCall, ChatChannel, ChatDesk, ChatReady};
pub use gateway::GatewayChannel;
pub use mail::{MailChannel, MailSettings, MailTls, SmtpSettings};
pub use webhook::{WebhookChannel, WebhookSettings};

use evenkeel_store::Delivery;

use super::message::Unfit;

/// How long one try may take in all, seconds: well below the outbox's lease.
const TRY_SECS: u64 = 30;

impl From<Unfit> for Delivery {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Later(error) => Self::retry(error),
            Unfit::Never(error) => Self::Dead { error },
        }
    }
}
