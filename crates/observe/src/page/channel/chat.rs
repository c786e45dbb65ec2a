//! Chats of the desk: one call to a provider's API, with a token fetched first where the provider wants it so. What is asked,
//! and what the answer means, the hall says that owns the chat.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use evenkeel_store::{Channel, Db, Delivery, Message, StoreError};
use serde_json::Value;

use super::{
    TRY_SECS,
    http::{HttpAnswer, HttpSender},
};
use crate::{page::message::Unfit, probe::address::AddressPolicy};

/// Characters that are kept of what a provider says.
const KEPT_CHARS: usize = 200;

/// A call to a provider.
#[derive(Debug, Clone)]
pub struct ChatCall {
    /// Where.
    pub url: String,
    /// Header by name.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Value,
    /// Where in the answer stands whether it was taken, and what must stand there.
    pub taken: Option<(&'static str, Value)>,
    /// Where in the answer stands what the provider knows the message by.
    pub receipt: Option<&'static str>,
    /// The token to send it with, when one must be fetched first: where, with what, and where in the answer it stands.
    pub token: Option<(String, Value, &'static str)>,
}

/// What a message of a chat is, looked up when it leaves.
#[derive(Debug)]
pub enum ChatReady {
    /// It can leave.
    Call(Box<ChatCall>),
    /// It never can.
    Gone(String),
    /// Not now.
    Later(String),
}

/// Who knows what a message of a chat is.
#[async_trait]
pub trait ChatDesk: Send + Sync + 'static {
    /// The call that a message is.
    async fn call(&self, db: &Db, message: &Message) -> Result<ChatReady, StoreError>;
}

/// The channel `chat`.
pub struct ChatChannel {
    db: Db,
    desk: Arc<dyn ChatDesk>,
    sender: HttpSender,
}

impl ChatChannel {
    /// The channel; calls go where `policy` lets them.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(db: Db, desk: Arc<dyn ChatDesk>, policy: AddressPolicy) -> Result<Self, String> {
        Ok(Self { db, desk, sender: HttpSender::new(policy)? })
    }

    async fn ask(&self, url: &str, mut headers: Vec<(String, String)>, body: &Value) -> Result<HttpAnswer, Unfit> {
        headers.push(("content-type".to_owned(), "application/json; charset=utf-8".to_owned()));
        self.sender.send(reqwest::Method::POST, self.sender.target(url)?, &headers, body.to_string()).await
    }

    async fn send(&self, message: &Message) -> Result<Delivery, Unfit> {
        let call = match self.desk.call(&self.db, message).await? {
            ChatReady::Call(call) => call,
            ChatReady::Gone(why) => return Err(Unfit::Never(why)),
            ChatReady::Later(why) => return Err(Unfit::Later(why)),
        };
        let mut headers = call.headers.clone();
        if let Some((url, body, at)) = &call.token {
            let answer = self.ask(url, Vec::new(), body).await?;
            let said: Value = serde_json::from_str(&answer.body).unwrap_or_default();
            let token = said.pointer(at).and_then(Value::as_str).filter(|_| (200..300).contains(&answer.status));
            // A wrong app secret is mended by people: the message waits for that.
            let token = token.ok_or_else(|| Unfit::Later(format!("no token was given: HTTP {}", answer.status)))?;
            headers.push(("authorization".to_owned(), format!("Bearer {token}")));
        }
        let answer = self.ask(&call.url, headers, &call.body).await?;
        if !(200..300).contains(&answer.status) {
            // Feishu says with 400 that it is asked too often.
            return Ok(match judged(&call, &answer.body, answer.status) {
                later @ Delivery::Retry { .. } if answer.status == 400 => later,
                _ => answer.refused(),
            });
        }
        Ok(judged(&call, &answer.body, answer.status))
    }
}

/// What Slack says of what passes, or is mended by people: <https://api.slack.com/methods/chat.postMessage#errors>.
const PASSING: [&str; 10] = [
    "ratelimited",
    "rate_limited",
    "service_unavailable",
    "internal_error",
    "fatal_error",
    "invalid_auth",
    "not_authed",
    "token_expired",
    "token_revoked",
    "account_inactive",
];
/// What `DingTalk` (busy, asked too often) and Feishu (asked too often) say of the same.
const PASSING_CODES: [i64; 6] = [-1, 90_030, 130_101, 11_232, 230_020, 99_991_400];

/// What an answer of 2xx comes to: providers answer 200 to what they refuse.
fn judged(call: &ChatCall, body: &str, status: u16) -> Delivery {
    let said: Value = serde_json::from_str(body).unwrap_or_default();
    let short = |text: &str| text.chars().filter(|letter| !letter.is_control()).take(KEPT_CHARS).collect::<String>();
    if let Some((at, wanted)) = &call.taken
        && said.pointer(at) != Some(wanted)
    {
        let code = ["/errcode", "/code"].iter().find_map(|at| said.pointer(at)?.as_i64());
        let passing = PASSING.iter().any(|word| body.contains(word)) || code.is_some_and(|code| PASSING_CODES.contains(&code));
        let error = format!("the provider refused it: {}", short(body));
        return if passing { Delivery::retry(error) } else { Delivery::Dead { error } };
    }
    let receipt = call.receipt.and_then(|at| said.pointer(at)).and_then(Value::as_str).map(short).unwrap_or_default();
    Delivery::Sent { receipt: format!("HTTP {status} {receipt}").trim().to_owned() }
}

#[async_trait]
impl Channel for ChatChannel {
    fn name(&self) -> &'static str {
        "chat"
    }

    async fn deliver(&self, message: &Message) -> Delivery {
        let limit = Duration::from_secs(TRY_SECS);
        match tokio::time::timeout(limit, self.send(message)).await {
            Ok(Ok(delivery)) => delivery,
            Ok(Err(unfit)) => unfit.into(),
            Err(_) => Delivery::retry(format!("the provider did not finish within {TRY_SECS} s")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_of_200_may_be_a_refusal() {
        let call = ChatCall {
            url: String::new(),
            headers: Vec::new(),
            body: Value::Null,
            taken: Some(("/ok", json!(true))),
            receipt: Some("/ts"),
            token: None,
        };
        let judged = |body: &str| judged(&call, body, 200);
        assert!(matches!(judged(r#"{"ok":true,"ts":"17.1"}"#), Delivery::Sent { receipt } if receipt == "HTTP 200 17.1"));
        assert!(matches!(judged(r#"{"ok":false,"error":"channel_not_found"}"#), Delivery::Dead { .. }));
        assert!(matches!(judged(r#"{"ok":false,"error":"ratelimited"}"#), Delivery::Retry { .. }));
        assert!(matches!(judged("<html>"), Delivery::Dead { .. }));
    }
}
